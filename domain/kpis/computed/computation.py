"""One definition with a formula: which periods a change reaches, what they read, and results."""

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, TypeAlias
from uuid import UUID

from domain.kernel.pauses import with_pauses
from domain.kpis.calendar import PeriodCalendar
from domain.kpis.computed.reader import Cells, MeasurementReader
from domain.kpis.computed.results import build_result
from domain.kpis.computed.slices import MemberIndex
from domain.kpis.computed.windows import list_affected, list_windows, moves, reads_total
from domain.kpis.definitions import find_definition
from domain.kpis.formulas.checking import Formula
from domain.kpis.formulas.evaluation import evaluate
from domain.kpis.formulas.nodes import Node
from domain.kpis.formulas.parser import parse
from domain.kpis.formulas.units import find_unit
from domain.kpis.measured import MeasuredKpi, ValueDefinition
from domain.kpis.measurements.recording import Place

Changed: TypeAlias = Mapping[tuple[UUID, UUID | None], AbstractSet[int]]
"""The changed periods of KPIs, of each member; None stands for the total."""

PART = 20
"""The changed periods that are followed at a time, between two pauses."""


@dataclass(frozen=True)
class CompiledFormula:
    """What is known of a formula by its text alone.

    `reads_total` says that a slice is compared with the total, and `moves` that the formula reads
    other periods than the one that it is computed for.
    """

    tree: Node
    reads_total: bool
    moves: bool


@lru_cache(5_000)
def compile_once(text: str) -> CompiledFormula:
    """Return the formula of a text that was checked before."""
    tree = parse(text)
    return CompiledFormula(tree, reads_total(tree), moves(tree))


@dataclass(frozen=True)
class Computation:
    """A definition with its formula, and the reader of its inputs, for the total or a slice."""

    kpi: MeasuredKpi
    definition: ValueDefinition
    formula: Formula
    compiled: CompiledFormula
    reader: MeasurementReader

    @property
    def member_id(self) -> UUID | None:
        """The member whose slice is computed; None for the total."""
        return self.reader.slice.member_id

    async def list_affected(self, changed: Changed) -> list[int]:
        """Return the periods of this definition that changed periods of its inputs reach.

        Their own periods are among them: a result is there where an input is measured.
        """
        found = set[int]()
        for name, input in self.reader.inputs.items():
            for member_id in self._list_read(name):
                own = self.reader.list_around(
                    input.frequency, changed.get((input.id, member_id), ())
                )
                found |= own
                if not self.compiled.moves:
                    continue
                async for part in with_pauses(_split(own)):
                    found |= list_affected(self.formula.tree, self.reader, name, part)
        return self.select_own(found)

    def _list_read(self, name: str) -> set[UUID | None]:
        """Return the member of an input that is read, and None where its total is."""
        own = {self.reader.slice.input_ids.get(name)}
        return own | {None} if self.compiled.reads_total else own

    def list_measured(self, measured: Changed) -> set[int]:
        """Return the periods in which the KPI or one of its inputs is measured."""
        found = {*measured.get((self.kpi.id, self.member_id), ())}
        for name, input in self.reader.inputs.items():
            key = input.id, self.reader.slice.input_ids.get(name)
            found |= self.reader.list_around(input.frequency, measured.get(key, ()))
        return found

    def select_own(self, ordinals: Iterable[int]) -> list[int]:
        """Return those of the periods in which this definition is in force."""
        definitions = self.kpi.definitions
        if len(definitions) == 1:
            return sorted(ordinals)
        return [
            each
            for each in sorted(ordinals)
            if find_definition(definitions, self.reader.get(each).starts_on) is self.definition
        ]

    def list_places(self, ordinal: int) -> Iterator[Place]:
        """Yield the places of all measurements that a period needs, its own one included."""
        yield self.kpi.id, self.member_id, ordinal
        yield from self._list_current(ordinal)
        if not (self.compiled.moves or self.compiled.reads_total):
            return
        for name, first, last in list_windows(self.formula.tree, self.reader, ordinal, ordinal):
            yield from self.reader.list_places(name, first, last)
            if self.compiled.reads_total:
                yield from self.reader.list_places(name, first, last, is_total=True)

    def compute(self, ordinal: int, cells: Cells) -> dict[str, Any] | None:
        """Return what a period gets; None if none of its inputs has a measurement in it.

        Where inputs describe people, only their numbers of people count.
        """
        current = [cells[place] for place in self._list_current(ordinal)]
        known = [each for each in current if each is not None]
        if not known:
            return None
        inputs = self.reader.inputs.values()
        describe_people = {each.id for each in inputs if each.describes_people}
        counted = [each for each in known if each.kpi_id in describe_people] or known
        return build_result(self.formula, evaluate(self.formula, self.reader, ordinal), counted)

    def _list_current(self, ordinal: int) -> list[Place]:
        """Return the places of the inputs in a period."""
        reader = self.reader
        return [
            place for name in reader.inputs for place in reader.list_places(name, ordinal, ordinal)
        ]


def _split(ordinals: AbstractSet[int]) -> Iterator[set[int]]:
    """Yield the periods in parts: each reaches up to 400 others by each function of a formula."""
    ordered = sorted(ordinals)
    for start in range(0, len(ordered), PART):
        yield {*ordered[start : start + PART]}


def list_computations(
    kpi: MeasuredKpi,
    kpis: Mapping[UUID, MeasuredKpi],
    calendar: PeriodCalendar,
    cells: Cells,
    members: MemberIndex,
) -> list[Computation]:
    """Return the definitions of a KPI that have a formula, each for the total and each slice.

    `cells` is read when they compute.
    """
    found = list[Computation]()
    for each in kpi.definitions:
        if each.formula is None:
            continue
        compiled = compile_once(each.formula)
        unit = find_unit(each.unit, each.unit_name, each.currency)
        formula = Formula(each.formula, compiled.tree, unit)
        inputs = {alias: kpis[id] for alias, id in each.input_ids.items()}
        reader = MeasurementReader(
            calendar, kpi.frequency, starts_on=each.starts_on, inputs=inputs, cells=cells
        )
        found.append(Computation(kpi, each, formula, compiled, reader))
        for part in members.list_slices(kpi.id, each.input_ids):
            found.append(replace(found[-1], reader=replace(reader, slice=part)))
    return found
