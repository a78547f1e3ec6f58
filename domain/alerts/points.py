"""The measured periods of a KPI as alert rules look at them, each with its status.

A period that is not over is provisional: it may still recover, and so it counts only where a sum
has already passed what the whole period may have.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from domain.kernel.unit_of_work import Work
from domain.kpis import (
    Kpi,
    KpiForm,
    KpiFrequency,
    KpiTarget,
    KpiTargetSpan,
    KpiTargetStatus,
    TimeAggregation,
)
from domain.kpis.calendar import Period, PeriodCalendar
from domain.kpis.definitions import find_definition
from domain.kpis.measurements import KpiMeasurement
from domain.kpis.targets.bands import WHOLE, Bands
from domain.kpis.targets.target import find_target

WEEKS_OF_YEAR = 53


@dataclass(frozen=True)
class Point:
    """A period with a value. Without `is_final`, the value and the status can only become worse."""

    ordinal: int
    starts_on: date
    value: Decimal | None
    status: KpiTargetStatus
    is_final: bool = True


@dataclass(frozen=True)
class Measured:
    """What is stored about a period. A suppressed value is there, but nobody reads it."""

    ordinal: int
    starts_on: date
    value: Decimal | None
    is_suppressed: bool = False


async def load_measured(
    work: Work, kpi_id: UUID, *member_ids: UUID | None
) -> Mapping[UUID | None, list[Measured]]:
    """Return the periods of slices that somebody measured or marked as not applicable, in order.

    None stands for the total. Each of these slices has a list.
    """
    names = ("member_id", "period_ordinal", "starts_on", "value", "state")
    keys: dict[str, Sequence[Any]] = {
        "kpi_id": [kpi_id for _ in member_ids],
        "member_id": member_ids,
    }
    found: dict[UUID | None, list[Measured]] = {each: [] for each in member_ids}
    for member_id, ordinal, starts_on, value, state in await work.find_values(
        KpiMeasurement, names, **keys
    ):
        if state != "not_measured":
            is_suppressed = state == "suppressed"
            found[member_id].append(Measured(ordinal, starts_on, value, is_suppressed))
    for each in found.values():
        each.sort(key=lambda one: one.ordinal)
    return found


def build_points(
    kpi: Kpi,
    targets: Sequence[KpiTarget],
    measured: Sequence[Measured],
    calendar: PeriodCalendar,
    today: date,
) -> list[Point]:
    """Return the periods with a value that has begun to count."""
    return [*_Assessor(kpi, targets, measured, calendar, today).list_points()]


@dataclass(frozen=True)
class _Assessor:
    kpi: Kpi
    targets: Sequence[KpiTarget]
    measured: Sequence[Measured]
    calendar: PeriodCalendar
    today: date

    def list_points(self) -> Iterator[Point]:
        for each in self.measured:
            period = self.calendar.get(self.kpi.frequency, each.ordinal)
            if each.value is not None and period.starts_on <= self.today:
                target = find_target(self.targets, period.last_day)
                is_final = period.ends_before <= self.today
                if is_final or self._is_sum(period):
                    status = self._assess(each.value, period, target, is_final=is_final)
                    yield Point(each.ordinal, each.starts_on, each.value, status, is_final)

    def _is_sum(self, period: Period) -> bool:
        definition = find_definition(self.kpi.definitions, period.last_day)
        is_summed = definition.time_aggregation is TimeAggregation.SUM
        return is_summed and definition.form is KpiForm.SIMPLE

    def _assess(
        self, value: Decimal, period: Period, target: KpiTarget | None, *, is_final: bool
    ) -> KpiTargetStatus:
        """Return the status of a period; of one that is not over, what it cannot get rid of."""
        if target is None:
            return KpiTargetStatus.NO_TARGET
        pace = WHOLE
        if target.span is KpiTargetSpan.FISCAL_YEAR:
            if self._is_year_suppressed(period):
                return KpiTargetStatus.SUPPRESSED
            value, pace = self._add_up_year(period)
        if is_final:
            return target.bands.classify(value, pace)
        most = Bands(green_to=target.bands.green_to, amber_to=target.bands.amber_to)
        return most.classify(value)

    def _is_year_suppressed(self, period: Period) -> bool:
        """Return whether the sum of the year up to a period has a part that nobody reads."""
        first = self.calendar.find_first_in_year(period)
        return any(
            each.is_suppressed
            for each in self.measured
            if first.ordinal <= each.ordinal <= period.ordinal
        )

    def _add_up_year(self, period: Period) -> tuple[Decimal, Fraction]:
        """Return the sum of the year up to a period, and the share of the year that has passed."""
        first = self.calendar.find_first_in_year(period)
        days = (period.ends_before - first.starts_on).days
        all_days = (self._find_following_year(first) - first.starts_on).days
        total = sum_values(self.measured, first.ordinal, period.ordinal)
        return total, Fraction(days, all_days)

    def _find_following_year(self, first: Period) -> date:
        if first.frequency is not KpiFrequency.WEEKLY:
            return first.starts_on.replace(year=first.starts_on.year + 1)
        later = self.calendar.get(first.frequency, first.ordinal + WEEKS_OF_YEAR)
        return self.calendar.find_first_in_year(later).starts_on


def sum_values(measured: Iterable[Measured], first: int, last: int) -> Decimal:
    """Return the sum of the values from one period to another."""
    values = (each.value for each in measured if first <= each.ordinal <= last)
    return sum((each for each in values if each is not None), Decimal(0))
