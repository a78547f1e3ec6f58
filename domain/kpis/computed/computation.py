"""One definition with a formula: which periods a change reaches, what they read, and results."""

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from domain.kernel.pauses import with_pauses
from domain.kpis.calendar import PeriodCalendar
from domain.kpis.computed.reader import Cells, MeasurementReader
from domain.kpis.computed.results import build_result
from domain.kpis.computed.windows import list_affected, list_windows
from domain.kpis.definitions import KpiDefinition, find_definition
from domain.kpis.formulas.checking import Formula
from domain.kpis.formulas.evaluation import evaluate
from domain.kpis.formulas.parser import parse
from domain.kpis.formulas.units import find_unit
from domain.kpis.measurements.recording import Place
from domain.kpis.model import Kpi

parse_once = lru_cache(5_000)(parse)
PART = 20
"""The changed periods that are followed at a time, between two pauses."""


@dataclass(frozen=True)
class Computation:
    """A definition with its formula, and the reader of its inputs."""

    kpi: Kpi
    definition: KpiDefinition
    formula: Formula
    reader: MeasurementReader

    async def list_affected(self, changed: Mapping[UUID, AbstractSet[int]]) -> list[int]:
        """Return the periods of this definition that changed periods of its inputs reach.

        Their own periods are among them: a result is there where an input is measured.
        """
        found = set[int]()
        for name, input in self.reader.inputs.items():
            if input.id in changed:
                own = self.reader.list_around(input.frequency, changed[input.id])
                found |= own
                async for part in with_pauses(_split(own)):
                    found |= list_affected(self.formula.tree, self.reader, name, part)
        return self.select_own(found)

    def select_own(self, ordinals: Iterable[int]) -> list[int]:
        """Return those of the periods in which this definition is in force."""
        definitions = self.kpi.definitions
        return [
            each
            for each in sorted(ordinals)
            if find_definition(definitions, self.reader.get(each).starts_on) is self.definition
        ]

    def list_places(self, ordinal: int) -> Iterator[Place]:
        """Yield the places of all measurements that a period needs, its own one included."""
        yield self.kpi.id, None, ordinal
        yield from self._list_current(ordinal)
        for name, first, last in list_windows(self.formula.tree, self.reader, ordinal, ordinal):
            yield from self._list_inside(name, first, last)

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

    def _list_current(self, ordinal: int) -> Iterator[Place]:
        for name in self.reader.inputs:
            yield from self._list_inside(name, ordinal, ordinal)

    def _list_inside(self, name: str, first: int, last: int) -> Iterator[Place]:
        input = self.reader.inputs[name]
        for each in self.reader.list_inside(input.frequency, first, last):
            yield input.id, None, each


def _split(ordinals: AbstractSet[int]) -> Iterator[set[int]]:
    """Yield the periods in parts: each reaches up to 400 others by each function of a formula."""
    ordered = sorted(ordinals)
    for start in range(0, len(ordered), PART):
        yield {*ordered[start : start + PART]}


def list_computations(
    kpi: Kpi, kpis: Mapping[UUID, Kpi], calendar: PeriodCalendar, cells: Cells
) -> list[Computation]:
    """Return the definitions of a KPI that have a formula. `cells` is read when they compute."""
    return [
        Computation(
            kpi,
            each,
            Formula(
                each.formula,
                parse_once(each.formula),
                find_unit(each.unit, each.unit_name, each.currency),
            ),
            MeasurementReader(
                calendar,
                kpi.frequency,
                starts_on=each.starts_on,
                inputs={alias: kpis[id] for alias, id in each.input_ids.items()},
                cells=cells,
            ),
        )
        for each in kpi.definitions
        if each.formula is not None
    ]
