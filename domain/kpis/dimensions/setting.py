"""Use cases that declare and remove the dimensions of a KPI."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any
from uuid import UUID

from domain.kernel.aggregate import get_kind
from domain.kernel.errors import Code, Invalid, LimitExceeded
from domain.kernel.faults import FaultCollector
from domain.kernel.fields import check_fields, check_required
from domain.kernel.identity import OrganizationId
from domain.kernel.text import fold_case
from domain.kernel.unit_of_work import Work
from domain.kpis.computed.recompute import recompute, recompute_all
from domain.kpis.computing import lock_inputs
from domain.kpis.dimensions.changes import (
    ALERT_RULE,
    DimensionChange,
    plan_change,
    refuse_too_many,
    select_unused,
)
from domain.kpis.dimensions.matching import confine_readers, load_inputs
from domain.kpis.dimensions.model import (
    DIMENSION_KEY,
    MAX_DIMENSIONS,
    MEMBER_CODE,
    MEMBER_NAME,
    KpiDimension,
    KpiDimensionMember,
    KpiUnknownMembers,
)
from domain.kpis.dimensions.totals import derive_all_totals
from domain.kpis.dimensions.units import FIELD, list_units, refuse_units
from domain.kpis.measurements.complementing import complement
from domain.kpis.model import Kpi
from domain.kpis.own_data.tasks import build_measuring
from domain.organizations import Organization

CONFINED = (
    "A dimension with a confined member takes no unknown ones, because they would be open to"
    " everybody. Choose REFUSE, or remove the organizations."
)


@dataclass(frozen=True, kw_only=True)
class MemberRow:
    """A member as an input describes it."""

    code: str
    name: str
    organization_id: UUID | None = None


async def set_dimension(
    work: Work,
    id: UUID,
    key: str,
    rows: Sequence[MemberRow] | None,
    *,
    expected_version: int | None = None,
    **details: Any,
) -> Kpi:
    """Declare a dimension with its members in their order, or change the one with this key.

    Members are matched by their code. One that is left out is removed, or archived if it ever had
    a value. Raises what `Work.get` raises, Invalid and LimitExceeded.
    """
    kpi = await work.get(Kpi, id, to=Kpi.SET_DIMENSION, expected_version=expected_version)
    await work.lock([kpi])
    await lock_inputs(work, *kpi.definitions)
    dimensions = await work.find_records(KpiDimension, kpi_id=[kpi.id])
    members = await work.find_records(KpiDimensionMember, kpi_id=[kpi.id])
    before, values, own, checked = await _check(work, key, rows, details, dimensions, members)
    dimension = before or _declare(kpi, key.strip(), dimensions, values)
    after = replace(dimension, **values)
    if after.has_units:
        others = [each for each in dimensions if each.id != after.id]
        await refuse_units(work, kpi, after, others, has_rows=bool(rows))
        checked = await list_units(work, kpi, after, members)
    else:
        _refuse_open_members(after, rows, checked)
    await _fit_inputs(work, kpi, after, checked)
    change = await plan_change(work, kpi, before, after, own, checked)
    refuse_too_many(len(members) - len(own) + len(change.members))
    if change.write(work):
        await _follow(work, kpi, change)
    return kpi


async def _check(
    work: Work,
    key: str,
    rows: Sequence[MemberRow] | None,
    details: Mapping[str, Any],
    dimensions: Sequence[KpiDimension],
    members: Sequence[KpiDimensionMember],
) -> tuple[KpiDimension | None, dict[str, Any], list[KpiDimensionMember], list[dict[str, Any]]]:
    """Return the dimension with this key, its new values, its members, and those of the input.

    Raises Invalid with all faults.
    """
    faults, before = FaultCollector(), None
    with faults.collect():
        before = _find(dimensions, check_required(DIMENSION_KEY, key, "key"))
    with faults.collect():
        values = check_fields(KpiDimension, details)
    with faults.collect():
        own = [] if before is None else [each for each in members if _belongs(each, before)]
        checked = await _check_rows(work, rows or (), own)
    faults.raise_all()
    return before, values, own, checked


async def _fit_inputs(
    work: Work, kpi: Kpi, dimension: KpiDimension, checked: Sequence[dict[str, Any]]
) -> None:
    """Check the members of a computed KPI, and confine them as its inputs do. Raises Invalid."""
    inputs = await load_inputs(work, kpi.definitions)
    if not inputs.definitions:
        return
    faults = FaultCollector()
    with faults.collect():
        if dimension.unknown_members is KpiUnknownMembers.CREATE:
            message = "A formula makes no members. Choose REFUSE, and name those that it is for."
            raise Invalid(message, "unknownMembers")
    for index, each in enumerate(checked):
        name = dimension.key, fold_case(each["code"])
        for fault in inputs.find_faults(name, each["code"], each["organization_id"]):
            where: list[str | int] = ["members", index, *fault.field]
            if dimension.has_units:
                where = [FIELD]
            with faults.collect():
                raise Invalid(str(fault), *where, code=fault.code)
        for organization_id in inputs.find_confinements(name):
            each["organization_id"] = organization_id
    faults.raise_all()


async def _follow(work: Work, kpi: Kpi, change: DimensionChange) -> None:
    """Let slices and totals follow a changed dimension, and what reads them. Raises Invalid."""
    # The names of members stay out of the history: some may be confined.
    kpi.record_event("dimension_set", details={"dimension": change.after.key})
    await confine_readers(work, kpi, change.after.key, change.stored, change.members)
    await recompute_all(work, kpi)
    if kpi.is_measured_by_trellis:
        work.enqueue(build_measuring(kpi.id))
    if change.before is None or not (change.before.is_complete or change.after.is_complete):
        return
    totals = await derive_all_totals(work, kpi)
    if totals:
        kpi.record_measured([each.measurement.starts_on for each in totals])
        hidden = await complement(work, [each.measurement for each in totals])
        await recompute(work, totals, hidden)


async def remove_dimension(
    work: Work, id: UUID, key: Annotated[str, DIMENSION_KEY], *, expected_version: int | None = None
) -> Kpi:
    """Remove a dimension that never had a value. Raises what `Work.get` raises, and Invalid."""
    kpi = await work.get(Kpi, id, to=Kpi.REMOVE_DIMENSION, expected_version=expected_version)
    await work.lock([kpi])
    wanted = check_required(DIMENSION_KEY, key, "key")
    dimension = _find(await work.find_records(KpiDimension, kpi_id=[kpi.id]), wanted)
    if dimension is None:
        message = "This KPI has no such dimension. Read its dimensions again."
        raise Invalid(message, "key", code=Code.REFERENCE_NOT_FOUND)
    found = await work.find_records(KpiDimensionMember, kpi_id=[kpi.id])
    members = [each for each in found if _belongs(each, dimension)]
    is_watched = await work.count(get_kind(ALERT_RULE), dimension_id=dimension.id) > 0
    if is_watched or len(await select_unused(work, kpi, dimension, members)) < len(members):
        message = (
            "There are, or were, values of this dimension, or a formula or an alert rule reads it."
            " Leave out its members instead."
        )
        raise Invalid(message, "key")
    work.write_records(removed=members)
    work.write_records(removed=[dimension])
    kpi.record_event("dimension_removed", details={"dimension": dimension.key})
    return kpi


def _find(dimensions: Collection[KpiDimension], key: str) -> KpiDimension | None:
    return next((each for each in dimensions if each.key == key), None)


def _belongs(member: KpiDimensionMember, dimension: KpiDimension) -> bool:
    return member.dimension_id == dimension.id


def _declare(
    kpi: Kpi, key: str, dimensions: Sequence[KpiDimension], values: Mapping[str, Any]
) -> KpiDimension:
    if len(dimensions) >= MAX_DIMENSIONS:
        message = f"A KPI has at most {MAX_DIMENSIONS} dimensions. Remove one."
        raise LimitExceeded(message, "key")
    position = max((each.position for each in dimensions), default=-1) + 1
    return KpiDimension(
        tenant_id=kpi.tenant_id, kpi_id=kpi.id, key=key, position=position, **values
    )


async def _check_rows(
    work: Work, rows: Sequence[MemberRow], own: Collection[KpiDimensionMember]
) -> list[dict[str, Any]]:
    """Return the checked values of the members. Raises Invalid with all faults."""
    known = {fold_case(each.code): each for each in own}
    faults, checked = FaultCollector(), dict[str, dict[str, Any]]()
    for index, row in enumerate(rows):
        path = ("members", str(index))
        values = dict[str, Any]()
        with faults.collect():
            code = check_required(MEMBER_CODE, row.code, *path, "code")
            values |= {"code": code, "name": check_required(MEMBER_NAME, row.name, *path, "name")}
            if fold_case(code) in checked:
                message = f"{code} is there twice. Remove one of the two."
                raise Invalid(message, *path, "code", code=Code.NOT_UNIQUE)
            checked[fold_case(code)] = values
        with faults.collect():
            before = known.get(fold_case(values.get("code", "")))
            if before is None or before.organization_id != row.organization_id:
                await work.reference(Organization, row.organization_id, *path, "organizationId")
            values["organization_id"] = row.organization_id and OrganizationId(row.organization_id)
    faults.raise_all()
    return [*checked.values()]


def _refuse_open_members(
    dimension: KpiDimension,
    rows: Sequence[MemberRow] | None,
    checked: Sequence[Mapping[str, Any]],
) -> None:
    """Refuse a list that is missing, and unknown members beside confined ones. Raises Invalid."""
    if rows is None:
        message = "Name the members, or choose the units in membersFrom."
        raise Invalid(message, "members", code=Code.REQUIRED)
    is_confined = any(each["organization_id"] for each in checked)
    if is_confined and dimension.unknown_members is KpiUnknownMembers.CREATE:
        raise Invalid(CONFINED, "unknownMembers")
