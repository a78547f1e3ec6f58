"""The members of computed KPIs: all inputs have them, and no input confines them more.

Who declares such a member, or changes the formula, has to see it in all inputs. A member that they
may not see counts as unknown.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias
from uuid import UUID

from domain.kernel.aggregate import DomainEvent
from domain.kernel.errors import Code, Invalid
from domain.kernel.faults import raise_faults
from domain.kernel.identity import OrganizationId
from domain.kernel.text import fold_case
from domain.kernel.unit_of_work import Work
from domain.kpis.computed.graph import list_readers, load_graph
from domain.kpis.computed.slices import MemberIndex, MemberName, load_members
from domain.kpis.definitions import KpiDefinition
from domain.kpis.dimensions.model import KpiDimensionMember
from domain.kpis.dimensions.slices import is_visible
from domain.kpis.evaluation import build_evaluation
from domain.kpis.formulas.faults import FormulaFault
from domain.kpis.formulas.nodes import Input, Span, walk
from domain.kpis.formulas.parser import parse
from domain.kpis.measured import MeasuredKpi
from domain.kpis.model import Kpi

Confinement: TypeAlias = OrganizationId | None
"""The organization that a member is confined to."""


@dataclass(frozen=True)
class Inputs:
    """The inputs of the formulas of a KPI, with the members that the actor may see."""

    definitions: Sequence[KpiDefinition]
    members: MemberIndex

    def find_faults(self, name: MemberName, code: str, given: Confinement) -> Iterator[Invalid]:
        """Yield why a KPI cannot have a member that is confined so: at `code`, or `organizationId`.

        The messages begin with the line and the column of the input.
        """
        confining = self.find_confinements(name)
        for definition in self.definitions:
            for alias, input_id in definition.input_ids.items():
                own = self.members.get(input_id)
                found = own.get(name)
                if found is None:
                    has_dimension = any(key == name[0] for key, _ in own)
                    missing = f"member {code} in its dimension" if has_dimension else "dimension"
                    message = f"{alias} has no {missing} {name[0]}. Declare it there first."
                    yield _locate(message, definition, alias, "code")
                elif found.is_confined and (
                    len(confining) > 1 or given not in (None, found.organization_id)
                ):
                    message = f"{alias} confines {code} to another organization."
                    yield _locate(message, definition, alias, "organizationId")

    def find_confinements(self, name: MemberName) -> set[Confinement]:
        """Return the organizations that inputs confine a member to."""
        ids = {id for each in self.definitions for id in each.input_ids.values()}
        found = (self.members.get(id).get(name) for id in ids)
        return {each.organization_id for each in found if each is not None and each.is_confined}


def _locate(message: str, definition: KpiDefinition, alias: str, field: str) -> Invalid:
    text = definition.formula or ""
    spans = (
        each.span for each in walk(parse(text)) if isinstance(each, Input) and each.name == alias
    )
    fault = FormulaFault(message, text, next(spans, Span(0, 0)))
    return Invalid(str(fault), field, code=Code.REFERENCE_NOT_FOUND if field == "code" else None)


async def load_inputs(work: Work, definitions: Iterable[KpiDefinition]) -> Inputs:
    """Return the inputs of those definitions that have a formula."""
    found = [each for each in definitions if each.formula is not None]
    ids = {id for each in found for id in each.input_ids.values()}
    index, visible = await load_members(work, ids), dict[UUID, dict[MemberName, Any]]()
    for id in ids:
        try:
            kpi = await work.reference(Kpi, id)
        except Invalid:
            continue
        assert kpi is not None, "An input has an id."
        visible[id] = {
            name: each for name, each in index.get(id).items() if await is_visible(work, kpi, each)
        }
    return Inputs(found, MemberIndex(visible))


async def fit_members(work: Work, kpi: Kpi, definition: KpiDefinition) -> None:
    """Check that a formula fits the members of its KPI, and confine these as the inputs do.

    Raises Invalid with all faults, at `formula`.
    """
    own = (await load_members(work, [kpi.id])).get(kpi.id)
    if definition.formula is None or not own:
        return
    inputs = await load_inputs(work, [definition])
    raise_faults(
        Invalid(str(fault), "formula", code=fault.code)
        for name, each in own.items()
        for fault in inputs.find_faults(name, each.code, each.organization_id)
    )
    _confine(work, own, {name: inputs.find_confinements(name) for name in own})


def _confine(
    work: Work,
    members: Mapping[MemberName, KpiDimensionMember],
    wanted: Mapping[MemberName, set[Confinement]],
) -> set[str]:
    """Write the members that are to be confined, and return the keys of their dimensions."""
    changed = dict[MemberName, KpiDimensionMember]()
    for name, each in members.items():
        for organization_id in wanted.get(name, ()):
            if organization_id != each.organization_id:
                changed[name] = replace(each, organization_id=organization_id)
    work.write_records(changed=[*changed.values()])
    return {key for key, _ in changed}


async def list_names_of_readers(work: Work, kpi: Kpi) -> set[MemberName]:
    """Return the members of the KPIs whose formulas read this one."""
    readers = await list_readers(work, [kpi.id])
    index = await load_members(work, readers)
    return {name for id in readers for name in index.get(id)}


async def confine_readers(
    work: Work,
    kpi: Kpi,
    key: str,
    before: Sequence[KpiDimensionMember],
    after: Sequence[KpiDimensionMember],
) -> None:
    """Confine the members of KPIs that read this one as its own are confined now.

    Raises Invalid where one of them is confined to another organization.
    """
    earlier = {fold_case(each.code): each.organization_id for each in before}
    moves = dict[tuple[UUID, MemberName], _Move]()
    for index, each in enumerate(after):
        code = fold_case(each.code)
        if each.organization_id not in (None, earlier.get(code)):
            moves[kpi.id, (key, code)] = _Move(index, earlier.get(code), each.organization_id)
    if not moves:
        return
    await work.flush()
    graph, events = await load_graph(work, [kpi.id]), list[tuple[DomainEvent, list[UUID]]]()
    members = await load_members(work, graph.kpis.keys())
    for reader in (each for level in graph.levels for each in level):
        wanted = {
            name: _follow(members, reader, name, own.organization_id, moves)
            for name, own in members.get(reader.id).items()
        }
        for changed in _confine(work, members.get(reader.id), wanted):
            event = DomainEvent(
                "dimension_set",
                keeps_version=True,
                hides_actor=True,
                details={"dimension": changed},
            )
            events.append((event, [reader.id]))
    await work.record_events(Kpi, events)
    for _, (id,) in events:
        work.enqueue(build_evaluation(id))


@dataclass(frozen=True)
class _Move:
    """A member that is confined to another organization; `index` is its row."""

    index: int
    old: Confinement
    new: Confinement


def _follow(
    members: MemberIndex,
    reader: MeasuredKpi,
    name: MemberName,
    own: Confinement,
    moves: dict[tuple[UUID, MemberName], _Move],
) -> set[Confinement]:
    """Return the organization that a member of a reader follows to, and add its move."""
    ids = {id for each in reader.definitions for id in each.input_ids.values()}
    moving = [moves[id, name] for id in ids if (id, name) in moves]
    if not moving:
        return set()
    found = (members.get(id).get(name) for id in ids if (id, name) not in moves)
    confining: set[Confinement] = {each.organization_id for each in found if each is not None}
    confining = confining - {None} | {each.new for each in moving}
    if len(confining) > 1 or own not in (None, *confining, *(each.old for each in moving)):
        message = f"A formula that reads this KPI confines {name[1]} to another organization."
        path = ("members", moving[0].index, "organizationId")
        raise Invalid(f"{message} Name that one, or leave it as it was.", *path)
    moves[reader.id, name] = _Move(moving[0].index, own, *confining)
    return confining
