"""Key results follow their KPIs: the value that a key result has by the measurements of its KPI."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from domain.goals.enums import KeyResultBasis
from domain.goals.key_results import KeyResult
from domain.goals.model import CLOSED_STATUSES, Goal
from domain.kernel.pauses import with_pauses
from domain.kernel.unit_of_work import Work
from domain.kpis import Kpi, KpiVisibility, find_definition
from domain.kpis.calendar import Period, PeriodCalendar, load_calendar
from domain.kpis.computed.reader import combine
from domain.kpis.computed.results import round_result
from domain.kpis.measurements import KpiMeasurement, KpiMeasurementSource, KpiMeasurementState
from domain.kpis.measurements.followers import follows_values

MEASURED = KpiMeasurementState.MEASURED


class Figures(NamedTuple):
    """What was measured in one period, for the total."""

    kpi_id: UUID
    period_ordinal: int
    state: KpiMeasurementState
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    source: KpiMeasurementSource


class FollowedValue(NamedTuple):
    """The value of a key result, and where it comes from, for the journal."""

    value: Decimal
    details: Mapping[str, str | int]


@follows_values
async def follow(work: Work, kpi_ids: Collection[UUID]) -> None:
    """Let the key results of open goals follow KPIs whose values have changed.

    Who records values holds the KPIs, then the tree of KPIs, then the goals, in this order.
    """
    found = await work.find_values(KeyResult, ("goal_id",), kpi_id=[*kpi_ids])
    if found:
        goals = await work.load_all(Goal, {id for (id,) in found}, locks=True)
        await refresh(work, [each for each in goals if each.status not in CLOSED_STATUSES], kpi_ids)


async def refresh(
    work: Work, goals: Sequence[Goal], kpi_ids: Collection[UUID | None] | None = None
) -> None:
    """Set the current values that follow from the stored measurements of these KPIs, or of all."""
    followers = [
        (goal, each, each.kpi_id)
        for goal in goals
        for each in goal.key_results
        if each.kpi_id is not None and (kpi_ids is None or each.kpi_id in kpi_ids)
    ]
    if not followers:
        return
    ids = {id for _, _, id in followers}
    kpis = {each.id: each for each in await work.load_all(Kpi, ids)}
    figures, calendar = await _read_figures(work, ids), await load_calendar(work)
    # Reading has written what was pending, and imports compare only what is loaded after that.
    await work.load_all(Goal, [each.id for each in goals])
    async for goal, key_result, id in with_pauses(followers):
        if may_follow(key_result, kpis[id]):
            found = _find_value(key_result, goal, kpis[id], calendar, figures[id])
            goal.follow_kpi(key_result, *found)


def may_follow(key_result: KeyResult, kpi: Kpi) -> bool:
    """Return whether the readers of a goal may know the values of a KPI.

    If fewer people see the KPI from now on, or it is declared to describe people, the key result
    keeps its value.
    """
    if kpi.describes_people:
        return False
    return bool(key_result.is_published) or kpi.visibility is KpiVisibility.TENANT


async def _read_figures(work: Work, ids: Collection[UUID]) -> Mapping[UUID, list[Figures]]:
    """Return what is measured of each KPI, the newest period first."""
    keys: dict[str, list[Any]] = {"kpi_id": [*ids], "member_id": [None] * len(ids)}
    by_kpi: dict[UUID, list[Figures]] = {id: [] for id in ids}
    rows = await work.find_values(KpiMeasurement, Figures._fields, **keys)
    async for row in with_pauses(rows):
        figures = Figures(*row)
        if figures.state == MEASURED:
            source = KpiMeasurementSource(figures.source)
            by_kpi[figures.kpi_id].append(figures._replace(state=MEASURED, source=source))
    for each in by_kpi.values():
        each.sort(key=lambda one: one.period_ordinal, reverse=True)
    return by_kpi


def _find_value(
    key_result: KeyResult,
    goal: Goal,
    kpi: Kpi,
    calendar: PeriodCalendar,
    figures: Iterable[Figures],
) -> FollowedValue:
    """Return the value of a key result; its start value where nothing is measured yet."""
    is_sum = key_result.kpi_basis is KeyResultBasis.SUM
    inside, newest = list[Figures](), None
    for each in figures:
        period = calendar.get(kpi.frequency, each.period_ordinal)
        if period.last_day < goal.starts_on or (inside and not is_sum):
            break
        if _counts(goal, period, as_a_whole=is_sum):
            inside.append(each)
            newest = newest or period
    if newest is None:
        return FollowedValue(key_result.start_value, {})
    details = {"period": newest.label, "source": inside[0].source.name}
    if not is_sum:
        assert inside[0].value is not None, "What is measured has a value."
        return FollowedValue(inside[0].value, details)
    outcome = combine("", find_definition(kpi.definitions, newest.starts_on), inside[::-1])
    value = key_result.start_value if outcome.gap else round_result(outcome)
    return FollowedValue(value, details)


def _counts(goal: Goal, period: Period, *, as_a_whole: bool) -> bool:
    """Return whether a period ends in the time of a goal, or lies in it as a whole."""
    first = period.starts_on if as_a_whole else period.last_day
    return goal.starts_on <= first and period.last_day <= goal.due_on
