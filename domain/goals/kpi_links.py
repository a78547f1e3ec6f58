"""Links of key results to KPIs: who may link which KPI, and the use cases that change links.

The readers of a goal see the values of its key results. So a KPI that not everyone may see is
linked only by those who may edit it: they publish its values in the goal.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from domain.goals.enums import KeyResultBasis
from domain.goals.key_results import KeyResult
from domain.goals.kpi_values import refresh
from domain.goals.model import Goal
from domain.kernel.errors import Invalid, NotPermitted
from domain.kernel.faults import FaultCollector, raise_faults
from domain.kernel.unit_of_work import Work
from domain.kpis import (
    Kpi,
    KpiDefinition,
    KpiState,
    KpiUnit,
    KpiVisibility,
    TimeAggregation,
    find_definition,
)

UNLINKED: Mapping[str, Any] = {"kpi_id": None, "kpi_basis": None, "is_published": None}


async def add_key_result(
    work: Work, id: UUID, details: Mapping[str, Any], *, expected_version: int | None = None
) -> KeyResult:
    """Add a key result to an open goal. Raises what `Work.get` raises, and Invalid."""
    goal = await work.get(Goal, id, to=Goal.EDIT, expected_version=expected_version)
    linked = {**details, **await check_link(work, details, "keyResult")}
    await _hold_linked(work, [linked])
    key_result = goal.add_key_result(linked, "keyResult")
    await refresh(work, [goal], [key_result.kpi_id])
    return key_result


async def edit_key_result(
    work: Work,
    id: UUID,
    key_result_id: UUID,
    *,
    expected_version: int | None = None,
    **details: Any,
) -> Goal:
    """Change a key result of an open goal. Raises what `Work.get` raises, and Invalid.

    Without its KPI it keeps the value that it had last.
    """
    goal = await work.get(Goal, id, to=Goal.EDIT, expected_version=expected_version)
    key_result = goal.get_key_result(key_result_id, "keyResultId")
    link = await _change_link(work, key_result, details)
    if link:
        await _hold_linked(work, [link])
    elif "start_value" in details:
        await hold_kpis(work, [key_result.kpi_id])
    goal.edit_key_result(key_result_id, **details, **link)
    if link or "start_value" in details:
        await refresh(work, [goal], [key_result.kpi_id])
    return goal


async def reopen(work: Work, id: UUID, *, expected_version: int | None = None) -> Goal:
    """Make a closed goal active again: its key results catch up with their KPIs.

    Raises what `Work.get` raises.
    """
    goal = await work.get(Goal, id, to=Goal.REOPEN, expected_version=expected_version)
    await hold_kpis(work, [each.kpi_id for each in goal.key_results])
    goal.reopen()
    await refresh(work, [goal])
    return goal


async def check_links(
    work: Work, key_results: Sequence[Mapping[str, Any]], *path: str
) -> list[Mapping[str, Any]]:
    """Return the attributes of new key results, with those of their links.

    Raises Invalid with all faults, and NotPermitted.
    """
    faults, linked = FaultCollector(), list[Mapping[str, Any]]()
    for index, each in enumerate(key_results):
        with faults.collect():
            linked.append({**each, **await check_link(work, each, *path, index)})
    faults.raise_all()
    await _hold_linked(work, linked)
    return linked


async def check_link(work: Work, details: Mapping[str, Any], *path: str | int) -> Mapping[str, Any]:
    """Return the attributes that link a key result to the KPI of an input, if it names one.

    Raises Invalid with all faults, and NotPermitted where the actor may not publish the values.
    """
    basis = details.get("kpi_basis")
    if details.get("kpi_id") is None:
        if basis is not None:
            raise Invalid("There is no KPI. Name one in `kpiId`.", *path, "kpiBasis")
        return UNLINKED
    kpi = await work.reference(Kpi, details["kpi_id"], *map(str, path), "kpiId")
    assert kpi is not None, "An input with a KPI has its id."
    is_published = kpi.visibility is not KpiVisibility.TENANT
    if is_published and not await work.is_permitted(kpi, to=Kpi.EDIT):
        raise NotPermitted(
            "Not everyone may see this KPI, and the goal would show its values. Ask somebody who"
            " may edit the KPI to link it.",
            *path,
            "kpiId",
        )
    basis = basis or KeyResultBasis.LATEST
    _refuse_misfits(kpi, basis, find_definition(kpi.definitions, work.actor.today), details, *path)
    return {"kpi_id": kpi.id, "kpi_basis": basis, "is_published": is_published}


async def hold_kpis(work: Work, ids: Iterable[UUID | None]) -> Sequence[Kpi]:
    """Wait until nobody changes values of these KPIs, hold the KPIs, and return them.

    It comes before any change of the goal, because those who record values lock in this order.
    """
    kpis = await work.load_all(Kpi, {each for each in ids if each is not None})
    await work.lock(kpis)
    if any(definition.formula for each in kpis for definition in each.definitions):
        await work.lock_tree(Kpi.NAME)
    return kpis


async def _hold_linked(work: Work, links: Sequence[Mapping[str, Any]]) -> None:
    """Hold the KPIs of new links. The history of a KPI says that somebody publishes its values."""
    published_ids = {each["kpi_id"] for each in links if each["is_published"]}
    for each in await hold_kpis(work, [each["kpi_id"] for each in links]):
        if each.id in published_ids:
            each.record_event("published", keeps_version=True)


async def _change_link(
    work: Work, key_result: KeyResult, details: dict[str, Any]
) -> Mapping[str, Any]:
    """Return what an edit changes about the link of a key result. Takes it out of the details.

    Raises Invalid and NotPermitted.
    """
    named: dict[str, Any]
    named = {name: details.pop(name) for name in ("kpi_id", "kpi_basis") if name in details}
    if not named:
        return {}
    id = named.get("kpi_id", key_result.kpi_id)
    basis = key_result.kpi_basis if id is not None and id == key_result.kpi_id else None
    present: dict[str, Any] = {"unit": key_result.unit, "kpi_id": id, "kpi_basis": basis}
    return await check_link(work, {**present, **details, **named})


def _refuse_misfits(
    kpi: Kpi,
    basis: KeyResultBasis,
    definition: KpiDefinition,
    details: Mapping[str, Any],
    *path: str | int,
) -> None:
    """Raise Invalid with all that does not fit between a KPI and a key result."""
    faults = list[Invalid]()
    if details.get("current_value") is not None:
        message = "The KPI says the current value. Leave this out."
        faults.append(Invalid(message, *path, "currentValue"))
    if kpi.describes_people:
        message = "The values of this KPI are about people, and no goal shows them. Choose another."
        faults.append(Invalid(message, *path, "kpiId"))
    if kpi.state is KpiState.ARCHIVED:
        message = "This KPI is archived. Restore it, or choose another."
        faults.append(Invalid(message, *path, "kpiId"))
    if basis is KeyResultBasis.SUM and definition.time_aggregation is not TimeAggregation.SUM:
        message = "The values of this KPI do not add up over time. Choose LATEST."
        faults.append(Invalid(message, *path, "kpiBasis"))
    if definition.unit is KpiUnit.SHARE and "%" in (details.get("unit") or ""):
        message = "The values of this KPI are shares: 95 % is 0.95. Leave the unit out."
        faults.append(Invalid(message, *path, "unit"))
    raise_faults(faults)
