"""The measuring of a KPI from Trellis's own data, which workers do.

It compares what the data say now with the values that are stored. So it may run again at any time,
and what was entered late or corrected restates the periods that it concerns.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import dropwhile, groupby
from typing import Any, NamedTuple
from uuid import UUID

from domain.kernel.background_tasks import TaskHandler
from domain.kernel.periods import ONE_DAY
from domain.kernel.permissions import Permission
from domain.kernel.unit_of_work import Work
from domain.kpis.calendar import Period, PeriodCalendar, create_calendar
from domain.kpis.definitions import KpiDefinition, find_definition
from domain.kpis.enums import KpiForm, KpiFrequency, KpiState
from domain.kpis.measurements.model import (
    KpiMeasurement,
    KpiMeasurementSource,
    KpiMeasurementState,
)
from domain.kpis.measurements.recording import ChangedMeasurement, Recorder, change, create
from domain.kpis.measurements.rows import divide
from domain.kpis.measurements.suppression import load_threshold, reveal, suppress
from domain.kpis.measurements.use_cases import store
from domain.kpis.model import Kpi
from domain.kpis.own_data.measures import (
    MEASURES_OF_KINDS,
    MEASURES_OF_PEOPLE,
    MEASURES_OF_SURVEYS,
    SOURCE_FIELDS,
)
from domain.kpis.own_data.tasks import MEASURE, build_measuring
from domain.tenants import load_tenant

SETTLING = timedelta(seconds=20)
DERIVED, STATES = KpiMeasurementSource.DERIVED, KpiMeasurementState
CLEARED = {
    "source": DERIVED,
    "gap": None,
    "explanation": None,
    "comment": None,
    "external_reference": None,
}
"""What a value does not keep from the one that it replaces."""

HISTORY = {
    KpiFrequency.DAILY: 400,
    KpiFrequency.WEEKLY: 160,
    KpiFrequency.MONTHLY: 60,
    KpiFrequency.QUARTERLY: 40,
    KpiFrequency.ANNUAL: 10,
}
"""How many periods of the past a new KPI gets. Those that it has are always measured again."""


class MeasuredPeriod(NamedTuple):
    """A row of the statement: the parts of a quotient, and how many people it is about.

    `unknown` is the number of leavers without a kind, where the measure is about kinds.
    """

    ordinal: int
    above: Decimal
    below: Decimal
    people: int
    unknown: int = 0

    @property
    def explanation(self) -> str | None:
        """What the value leaves out, in words."""
        return f"{self.unknown} of {self.people} leavers have no kind." if self.unknown else None


async def measure(work: Work, *, kpi_id: str) -> None:
    """Let the values of a KPI follow the data, and plan the measuring of tomorrow."""
    found = await work.load_all(Kpi, [UUID(kpi_id)])
    if not found or found[0].state is KpiState.ARCHIVED:
        return
    kpi = found[0]
    await work.lock([kpi])
    tenant = await load_tenant(work)
    stored = await work.list_parts(KpiMeasurement, kpi_id=kpi.id)
    changes = await _find_changes(work, kpi, create_calendar(tenant), stored)
    if changes:
        await store(work, changes, Recorder(None, work.now))
        kpi.record_measured([each.measurement.starts_on for each in changes])
    if kpi.is_measured_by_trellis:
        day = work.actor.today + ONE_DAY
        work.enqueue(build_measuring(kpi.id, tenant.begin_day(day)))


async def _find_changes(
    work: Work, kpi: Kpi, calendar: PeriodCalendar, stored: Sequence[KpiMeasurement]
) -> list[ChangedMeasurement]:
    """Return what has to change in the totals. Where nothing is measured any more, they go."""
    totals = {each.period_ordinal: each for each in stored if each.member_id is None}
    sliced = {each.period_ordinal for each in stored if each.member_id is not None}
    wanted, threshold = dict[int, dict[str, Any]](), await load_threshold(work)
    explanations = dict[int, str | None]()
    for definition, periods in _group_periods(kpi, calendar, totals, work.actor.today):
        for row in await _measure_periods(work, kpi, definition, periods):
            wanted[row.ordinal] = build_figures(definition, row)
            explanations[row.ordinal] = row.explanation
    changes, by = list[ChangedMeasurement](), Recorder(None, work.now)
    for ordinal, figures in wanted.items():
        before, period = totals.get(ordinal), calendar.get(kpi.frequency, ordinal)
        values = suppress(kpi, period.starts_on, figures, threshold) | CLEARED
        if values["state"] is not STATES.SUPPRESSED:
            values["explanation"] = explanations[ordinal]
        is_same = before is not None and reveal(before) == figures and before.source is DERIVED
        if before and is_same and before.explanation == values["explanation"]:
            continue
        after = change(before, values, by) if before else create(kpi, None, period, values, by)
        changes.append(ChangedMeasurement(before, after))
    changes += [
        ChangedMeasurement(each, None)
        for ordinal, each in totals.items()
        if each.source is DERIVED and ordinal not in wanted and ordinal not in sliced
    ]
    return changes


def _group_periods(
    kpi: Kpi, calendar: PeriodCalendar, known: Iterable[int], today: date
) -> Iterator[tuple[KpiDefinition, list[Period]]]:
    """Yield the definitions with a measure, and the periods of each that have begun."""
    present = calendar.find(kpi.frequency, today)
    first = min([present.ordinal - HISTORY[kpi.frequency], *known])
    periods = (calendar.get(kpi.frequency, each) for each in range(first, present.ordinal + 1))
    for definition, group in groupby(
        periods, lambda each: find_definition(kpi.definitions, each.starts_on)
    ):
        if definition.measure is not None:
            is_whole = definition.measure in MEASURES_OF_KINDS
            yield definition, [each for each in group if not is_whole or each.last_day < today]


async def _measure_periods(
    work: Work, kpi: Kpi, definition: KpiDefinition, periods: Sequence[Period]
) -> Iterable[MeasuredPeriod]:
    """Return what is measured in periods, without those before there was anybody.

    Periods of surveys are only those in which one was published.
    """
    today = work.actor.today
    rows = await work.run_statement(
        f"{MEASURE} {definition.measure} {kpi.scope_kind}",
        measure=definition.measure,
        scope_id=kpi.team_id or kpi.organization_id,
        today=today,
        ordinals=[each.ordinal for each in periods],
        first_days=[each.starts_on for each in periods],
        last_days=[min(each.last_day, today) for each in periods],
        **{name: getattr(definition, name) for name in SOURCE_FIELDS},
    )
    measured = [MeasuredPeriod(*each) for each in rows]
    if definition.measure in MEASURES_OF_SURVEYS:
        return measured
    return dropwhile(lambda each: not each.people, measured)


def build_figures(definition: KpiDefinition, row: MeasuredPeriod) -> dict[str, Any]:
    """Return the figures of a period as a measurement has them. A quotient of zero has none."""
    is_ratio = definition.form is KpiForm.RATIO
    value = divide(row.above, row.below) if row.below else None
    return {
        "state": STATES.NOT_APPLICABLE if value is None else STATES.MEASURED,
        "value": value,
        "numerator": row.above if is_ratio else None,
        "denominator": row.below if is_ratio else None,
        "item_count": row.people,
    }


async def measure_people(work: Work) -> None:
    """Let all KPIs that count people be measured soon, because people have changed.

    They wait a moment, so that an import or many changes in a row measure each of them once.
    """
    soon = work.now + SETTLING
    found = await work.find_values(KpiDefinition, ("kpi_id",), measure=MEASURES_OF_PEOPLE)
    for id in {id for (id,) in found}:
        work.enqueue(build_measuring(id, soon))


MEASURING = TaskHandler(measure, frozenset({Permission.KPIS_MANAGE}))
PEOPLE_COUNTING = TaskHandler(measure_people)
"""The handlers of the task of one KPI, and of the one that finds all that count people."""
