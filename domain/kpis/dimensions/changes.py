"""What becomes of the members of a dimension when others take their place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from domain.kernel.aggregate import get_kind
from domain.kernel.errors import LimitExceeded
from domain.kernel.text import fold_case
from domain.kernel.unit_of_work import Work
from domain.kpis.dimensions.matching import list_names_of_readers
from domain.kpis.dimensions.model import MAX_MEMBERS, KpiDimension, KpiDimensionMember
from domain.kpis.measurements.model import KpiMeasurement, KpiMeasurementRevision
from domain.kpis.model import Kpi

ALERT_RULE = "alert_rule"
"""The NAME of the rules that name members. It is looked up, because alerts know KPIs."""


@dataclass(frozen=True)
class DimensionChange:
    """A dimension with its members before and after a change. Archived members are the last."""

    before: KpiDimension | None
    after: KpiDimension
    stored: Sequence[KpiDimensionMember]
    members: Sequence[KpiDimensionMember]
    unused: Sequence[KpiDimensionMember]

    def write(self, work: Work) -> bool:
        """Write what changes. Return whether that is anything."""
        known = {each.id: vars(each) for each in self.stored}
        added = [each for each in self.members if each.id not in known]
        changed = [each for each in self.members if known.get(each.id, vars(each)) != vars(each)]
        is_new = self.before is None
        is_same = self.before is not None and vars(self.before) == vars(self.after)
        work.write_records(removed=self.unused)
        work.write_records(
            added=[self.after] if is_new else [],
            changed=[] if is_new or is_same else [self.after],
        )
        work.write_records(added=added, changed=changed)
        return bool(added or changed or self.unused or not is_same)


async def plan_change(
    work: Work,
    kpi: Kpi,
    before: KpiDimension | None,
    after: KpiDimension,
    stored: Sequence[KpiDimensionMember],
    wanted: Sequence[Mapping[str, Any]],
) -> DimensionChange:
    """Return the change that gives a dimension these members, in their order.

    Members are matched by their unit, else by their code. One that is left out is removed, or
    archived if it is in use.
    """
    kept, left_out = _match(after, stored, wanted)
    unused = await select_unused(work, kpi, after, left_out)
    archived = [
        replace(each, is_archived=True, position=position)
        for position, each in enumerate(
            (each for each in left_out if each not in unused), len(kept)
        )
    ]
    return DimensionChange(before, after, stored, [*kept, *archived], unused)


def refuse_too_many(count: int) -> None:
    """Refuse more members than a KPI may have. Raises LimitExceeded."""
    if count > MAX_MEMBERS:
        message = f"A KPI has at most {MAX_MEMBERS} members in all dimensions, also archived ones."
        raise LimitExceeded(f"{message} Remove some.", "members")


def _match(
    dimension: KpiDimension,
    own: Sequence[KpiDimensionMember],
    wanted: Sequence[Mapping[str, Any]],
) -> tuple[list[KpiDimensionMember], list[KpiDimensionMember]]:
    """Return the members as they are wanted, and those that are left out."""
    by_unit = {each.unit_id: each for each in own if each.unit_id is not None}
    by_code = {fold_case(each.code): each for each in own}
    left_out, kept = {each.id: each for each in own}, list[KpiDimensionMember]()
    for position, given in enumerate(wanted):
        values = {"unit_id": None, **given, "position": position, "is_archived": False}
        same_code = by_code.get(fold_case(given["code"]))
        before = by_unit.get(values["unit_id"]) or same_code
        if before is None or before.id not in left_out:
            kept.append(_make(dimension, values))
        else:
            kept.append(replace(left_out.pop(before.id), **values))
    return kept, [*left_out.values()]


def _make(dimension: KpiDimension, values: Mapping[str, Any]) -> KpiDimensionMember:
    return KpiDimensionMember(
        tenant_id=dimension.tenant_id,
        kpi_id=dimension.kpi_id,
        dimension_id=dimension.id,
        **values,
    )


async def select_unused(
    work: Work, kpi: Kpi, dimension: KpiDimension, members: Sequence[KpiDimensionMember]
) -> list[KpiDimensionMember]:
    """Return the members that never had a value, and that no formula and no alert rule reads."""
    read = await list_names_of_readers(work, kpi) if members else set()
    return [
        each
        for each in members
        if (dimension.key, fold_case(each.code)) not in read
        and not await work.count(get_kind(ALERT_RULE), member_id=each.id)
        and not await work.count(KpiMeasurement, kpi_id=each.kpi_id, member_id=each.id)
        and not await work.count(KpiMeasurementRevision, kpi_id=each.kpi_id, member_id=each.id)
    ]
