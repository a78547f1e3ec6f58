"""What a rule looks at: the total of a KPI, or slices, with their own values and targets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from domain.alerts.points import Measured, load_measured
from domain.alerts.rules import AlertRule
from domain.kernel.unit_of_work import Work
from domain.kpis import Kpi, KpiTarget
from domain.kpis.dimensions import KpiDimensionMember


@dataclass(frozen=True)
class Watched:
    """The total of a KPI, or a slice: the periods that are measured, and the targets."""

    measured: Sequence[Measured]
    targets: Sequence[KpiTarget]
    member: KpiDimensionMember | None = None

    @property
    def member_id(self) -> UUID | None:
        """The member of a slice; None for the total."""
        return None if self.member is None else self.member.id

    @property
    def is_confined(self) -> bool:
        """Whether not everyone who sees the KPI sees the slice."""
        return self.member is not None and self.member.is_confined


async def load_total(work: Work, kpi: Kpi) -> Watched:
    """Return the total of a KPI."""
    return Watched((await load_measured(work, kpi.id, None))[None], kpi.targets)


async def load_slices(work: Work, kpi: Kpi) -> list[Watched]:
    """Return the slices of a KPI whose members are not archived."""
    members = [
        each
        for each in await work.find_records(KpiDimensionMember, kpi_id=[kpi.id])
        if not each.is_archived
    ]
    ids = [each.id for each in members]
    if not ids:
        return []
    measured = await load_measured(work, kpi.id, *ids)
    targets: dict[UUID | None, list[KpiTarget]] = {}
    keys: Mapping[str, Sequence[Any]] = {"kpi_id": [kpi.id for _ in ids], "member_id": ids}
    for each in await work.find_records(KpiTarget, **keys):
        targets.setdefault(each.member_id, []).append(each)
    return [Watched(measured[each.id], targets.get(each.id, []), each) for each in members]


def is_watched(rule: AlertRule, watched: Watched) -> bool:
    """Return whether a rule looks at a slice."""
    if watched.member is None or watched.member.dimension_id != rule.dimension_id:
        return False
    return rule.member_id in (None, watched.member_id)
