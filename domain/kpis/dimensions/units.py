"""Dimensions whose members are units: those directly below the unit of the KPI, as they are today.

One more member stands for what is in none of them, so the members are a partition. Then what is
hidden of one of them cannot be found by subtraction (see `domain.kpis.measurements.complementing`).
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from domain.kernel.aggregate import DomainEvent
from domain.kernel.errors import Invalid, NotPermitted, Refusal
from domain.kernel.faults import FaultCollector, list_faults
from domain.kernel.identity import OrganizationId
from domain.kernel.text import fold_case
from domain.kernel.unit_of_work import Work
from domain.kpis.computed.graph import load_graph
from domain.kpis.computed.recompute import recompute_all
from domain.kpis.dimensions.changes import DimensionChange, plan_change
from domain.kpis.dimensions.matching import load_inputs
from domain.kpis.dimensions.model import (
    MAX_MEMBERS,
    KpiDimension,
    KpiDimensionMember,
    KpiMemberSource,
    KpiUnknownMembers,
)
from domain.kpis.evaluation import build_evaluation
from domain.kpis.model import Kpi
from domain.kpis.own_data.measures import MEASURES_OF_KINDS
from domain.kpis.own_data.sources import check_source
from domain.organizations import Organization

UNIT = ("id", "code", "name")
REST = " (rest)"
"""The end of the code of the member for what is in none of the other units."""
NAME_LENGTH = 100
FIELD = "membersFrom"


async def refuse_units(
    work: Work, kpi: Kpi, dimension: KpiDimension, others: Sequence[KpiDimension], *, has_rows: bool
) -> None:
    """Refuse members from units where they are not possible. Raises Invalid and NotPermitted."""
    if not await work.is_permitted(kpi, to=Kpi.CREATE):
        message = "Only those who define KPIs of this organization break them down by its units."
        raise NotPermitted(f"{message} Ask them.", FIELD)
    faults = FaultCollector()
    for message, field in _find_conflicts(kpi, dimension, others, has_rows=has_rows):
        with faults.collect():
            raise Invalid(message, field)
    for each in kpi.definitions:
        with faults.collect():
            try:
                await check_source(work, each)
            except Refusal as refused:
                (first, *_) = list_faults(refused)
                raise type(first)(str(first), FIELD) from refused
    faults.raise_all()


def _find_conflicts(
    kpi: Kpi, dimension: KpiDimension, others: Sequence[KpiDimension], *, has_rows: bool
) -> list[tuple[str, str]]:
    measures = {each.measure for each in kpi.definitions}
    is_computed = any(each.formula is not None for each in kpi.definitions)
    found = list[tuple[str, str]]()
    if kpi.organization_id is None:
        found.append(("A team has no units below it. Name the members in a list.", FIELD))
    if measures == {None} and not is_computed:
        message = (
            "Trellis does not measure this KPI by unit. Choose LIST, or give it a measure first."
        )
        found.append((message, FIELD))
    if measures & {*MEASURES_OF_KINDS}:
        message = (
            "Kinds of leaving are not shown by unit, because too few people leave. Choose LIST."
        )
        found.append((message, FIELD))
    if any(each.has_units for each in others):
        message = "Another dimension of this KPI has the units. Change that one, or choose LIST."
        found.append((message, FIELD))
    if dimension.unknown_members is KpiUnknownMembers.CREATE:
        message = "Only units are members of this dimension. Choose REFUSE."
        found.append((message, "unknownMembers"))
    if has_rows:
        found.append(("The units are the members. Leave this out, or choose LIST.", "members"))
    return found


async def list_units(
    work: Work, kpi: Kpi, dimension: KpiDimension, stored: Sequence[KpiDimensionMember]
) -> list[dict[str, Any]]:
    """Return the values of the members; `stored` has those of all dimensions of the KPI.

    Units beyond the limit of members are in the rest. A code that another member still has gets
    a star.
    """
    root = kpi.organization_id
    assert root is not None, "Only a KPI of an organization has units."
    own = {each.unit_id: each for each in stored if each.dimension_id == dimension.id}
    below = sorted(
        await work.find_values(Organization, UNIT, parent_id=[root]), key=lambda each: each[1]
    )
    free = MAX_MEMBERS - len(stored) - (root not in own)
    fresh = [id for id, *_ in below if id not in own][: max(free, 0)]
    ((_, code, name),) = await work.find_values(Organization, UNIT, id=[root])
    units = [each for each in below if each[0] in own or each[0] in fresh]
    taken = {fold_case(each.code): each.unit_id for each in own.values()}
    return [
        _describe(dimension, OrganizationId(id), _choose_code(code_of, id, taken), name_of)
        for id, code_of, name_of in [*units, (root, f"{code}{REST}", name)]
    ]


def _choose_code(code: str, id: UUID, taken: dict[str, OrganizationId | None]) -> str:
    """Return the code of a unit, with stars while another member has it."""
    while taken.get(fold_case(code)) not in (None, id):
        code += "*"
    taken[fold_case(code)] = OrganizationId(id)
    return code


def _describe(
    dimension: KpiDimension, unit_id: OrganizationId, code: str, name: str
) -> dict[str, Any]:
    is_confined = dimension.members_from is KpiMemberSource.CONFINED_UNITS
    return {
        "code": code,
        "name": name[:NAME_LENGTH],
        "unit_id": unit_id,
        "organization_id": unit_id if is_confined else None,
    }


async def follow_units(work: Work, kpi: Kpi) -> list[KpiDimensionMember]:
    """Let the members of a KPI follow the tree, and those of the KPIs that read it.

    Return the members with a unit that are not archived.
    """
    change = await _plan(work, kpi)
    if change is None:
        return []
    key = change.after.key
    if change.write(work):
        kpi.record_event("dimension_set", keeps_version=True, details={"dimension": key})
        await _let_readers_follow(work, kpi, key)
    return [each for each in change.members if not each.is_archived]


async def _let_readers_follow(work: Work, kpi: Kpi, key: str) -> None:
    graph = await load_graph(work, [kpi.id])
    ids = [each.id for level in graph.levels for each in level]
    readers = {each.id: each for each in await work.load_all(Kpi, ids)} if ids else {}
    events = list[tuple[DomainEvent, list[UUID]]]()
    for id in ids:
        change = await _plan(work, readers[id], key)
        if change is not None and change.write(work):
            details = {"dimension": key}
            event = DomainEvent(
                "dimension_set", keeps_version=True, hides_actor=True, details=details
            )
            events.append((event, [id]))
            work.enqueue(build_evaluation(id))
        await recompute_all(work, readers[id])
    await work.record_events(Kpi, events)


async def _plan(work: Work, kpi: Kpi, key: str | None = None) -> DimensionChange | None:
    """Return how the dimension of the units has to change; None where there is none."""
    dimensions = await work.find_records(KpiDimension, kpi_id=[kpi.id])
    found = [each for each in dimensions if each.has_units and key in (None, each.key)]
    if not found:
        return None
    (dimension,) = found
    stored = await work.find_records(KpiDimensionMember, kpi_id=[kpi.id])
    wanted, inputs = (
        await list_units(work, kpi, dimension, stored),
        await load_inputs(work, kpi.definitions),
    )
    for each in wanted:
        for organization_id in inputs.find_confinements((dimension.key, fold_case(each["code"]))):
            each["organization_id"] = organization_id
    own = [each for each in stored if each.dimension_id == dimension.id]
    return await plan_change(work, kpi, dimension, dimension, own, wanted)
