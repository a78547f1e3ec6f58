"""The snapshot of a review: the newest period of each KPI, its target and its status.

A figure is what `Kpi.status` shows on the same day; a test compares both. So a value that is
withheld from everybody who reads is not in it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from domain.kernel.unit_of_work import Work
from domain.kpi_reviews.model import KpiReviewEntry
from domain.kpis import (
    Kpi,
    KpiForm,
    KpiTarget,
    KpiTargetSpan,
    KpiTargetStatus,
    TimeAggregation,
    find_definition,
)
from domain.kpis.calendar import Period, PeriodCalendar, load_calendar
from domain.kpis.measurements import KpiMeasurement, KpiMeasurementState
from domain.kpis.targets.assessment import assess
from domain.kpis.targets.bands import WHOLE
from domain.kpis.targets.progress import compute_pace
from domain.kpis.targets.target import find_target
from domain.working_days import FreeDay

Values = Mapping[UUID, Mapping[int, KpiMeasurement]]
"""Measurements by KPI and by the ordinal of their period."""

MORE_THAN_A_YEAR = timedelta(days=380)
"""Less than two years, and more than 53 weeks."""


@dataclass(frozen=True)
class Snapshot:
    """What is known of KPIs on a day: the calendar, and the measurements that count."""

    today: date
    calendar: PeriodCalendar
    values: Values = field(repr=False)
    free_days: Collection[date] = field(default=(), repr=False)

    def build_entry(self, review_id: UUID, position: int, kpi: Kpi) -> KpiReviewEntry:
        """Return the entry of a KPI."""
        known = self.values.get(kpi.id, {})
        newest = max(known, default=None)
        period = None if newest is None else self.calendar.get(kpi.frequency, newest)
        measured = None if newest is None else known[newest]
        target = None if period is None else find_target(kpi.targets, period.last_day)
        counted = [] if period is None else self._list_compared(period, target, known)
        compared = _add(counted)
        applies = measured is None or measured.state is not KpiMeasurementState.NOT_APPLICABLE
        pace = WHOLE if period is None else self._compute_pace(kpi, period, target)
        found = assess(target, compared, pace, is_applicable=applies)
        return KpiReviewEntry(
            tenant_id=kpi.tenant_id,
            review_id=review_id,
            kpi_id=kpi.id,
            position=position,
            status=KpiTargetStatus.SUPPRESSED if _is_suppressed(counted) else found.status,
            **_describe(period, self.today),
            compared_from=None if period is None else self._find_first_compared(period, target),
            revision=None if measured is None else measured.revision,
            value=None if measured is None else measured.value,
            compared_value=compared,
            target_value=None if target is None else target.value,
            target_upper_value=None if target is None else target.upper_value,
        )

    def _list_compared(
        self, period: Period, target: KpiTarget | None, known: Mapping[int, KpiMeasurement]
    ) -> list[KpiMeasurement]:
        """Return what is compared with the target: the newest value last."""
        first = self._find_first_compared(period, target)
        return [known[each] for each in sorted(known) if known[each].starts_on >= first]

    def _find_first_compared(self, period: Period, target: KpiTarget | None) -> date:
        """Return the first day of what is compared with the target: the period, or its year."""
        is_yearly = target is not None and target.span is KpiTargetSpan.FISCAL_YEAR
        return self._find_year(period)[0] if is_yearly else period.starts_on

    def _compute_pace(self, kpi: Kpi, period: Period, target: KpiTarget | None) -> Fraction:
        """Return the share of the target that is due by now."""
        if target is not None and target.span is KpiTargetSpan.FISCAL_YEAR:
            day = min(self.today, period.last_day)
            return compute_pace(*self._find_year(period), day, self.free_days)
        definition = find_definition(kpi.definitions, period.last_day)
        is_simple = definition.form is KpiForm.SIMPLE
        grows = is_simple and definition.time_aggregation is TimeAggregation.SUM
        if period.ends_before <= self.today or not grows:
            return WHOLE
        return compute_pace(period.starts_on, period.ends_before, self.today, self.free_days)

    def _find_year(self, period: Period) -> tuple[date, date]:
        """Return the first day of the year that a period counts to, and of the next one."""
        first = self.calendar.find_first_in_year(period)
        later = self.calendar.find(period.frequency, first.starts_on + MORE_THAN_A_YEAR)
        return first.starts_on, self.calendar.find_first_in_year(later).starts_on


async def load_snapshot(work: Work, kpis: Sequence[Kpi]) -> Snapshot:
    """Read the measurements that count: the newest of each KPI, and those of its year."""
    calendar, today = await load_calendar(work), work.actor.today
    rows = await work.find_values(
        KpiMeasurement,
        ("kpi_id", "period_ordinal"),
        kpi_id=[each.id for each in kpis],
        member_id=[None for _ in kpis],
    )
    wanted = list[tuple[UUID, None, int]]()
    for kpi in kpis:
        present = calendar.find(kpi.frequency, today).ordinal
        begun = [ordinal for id, ordinal in rows if id == kpi.id and ordinal <= present]
        if begun:
            newest = calendar.get(kpi.frequency, max(begun))
            first = calendar.find_first_in_year(newest).ordinal if _is_yearly(kpi) else max(begun)
            wanted += [(kpi.id, None, each) for each in begun if each >= first]
    values = dict[UUID, dict[int, KpiMeasurement]]()
    columns = zip(*wanted, strict=True) if wanted else ((), (), ())
    keys = zip(("kpi_id", "member_id", "period_ordinal"), columns, strict=True)
    for each in await work.find_records(KpiMeasurement, **dict(keys)):
        values.setdefault(each.kpi_id, {})[each.period_ordinal] = each
    free_days = [each.day for each in await work.list_parts(FreeDay)]
    return Snapshot(today, calendar, values, free_days)


def _is_suppressed(measurements: Sequence[KpiMeasurement]) -> bool:
    return any(each.state is KpiMeasurementState.SUPPRESSED for each in measurements)


def _add(measurements: Sequence[KpiMeasurement]) -> Decimal | None:
    """Return the sum of values; None where the newest one is missing, or one is suppressed."""
    if not measurements or measurements[-1].value is None or _is_suppressed(measurements):
        return None
    return sum((each.value for each in measurements if each.value is not None), Decimal(0))


def _is_yearly(kpi: Kpi) -> bool:
    return any(each.span is KpiTargetSpan.FISCAL_YEAR for each in kpi.targets)


def _describe(period: Period | None, today: date) -> dict[str, Any]:
    if period is None:
        return {}
    return {
        "period_ordinal": period.ordinal,
        "period": period.label,
        "starts_on": period.starts_on,
        "last_day": period.last_day,
        "is_provisional": period.ends_before > today,
    }
