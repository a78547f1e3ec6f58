"""The measuring of a KPI from Trellis's own data, which workers do.

It compares what the data say now with the values that are stored. So it may run again at any time,
and what was entered late or corrected restates the periods that it concerns.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import dropwhile, groupby
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

from domain.kernel.background_tasks import TaskHandler
from domain.kernel.periods import ONE_DAY
from domain.kernel.permissions import Permission
from domain.kernel.unit_of_work import Work
from domain.kpis.calendar import Period, PeriodCalendar, create_calendar
from domain.kpis.definitions import KpiDefinition, find_definition
from domain.kpis.dimensions.model import KpiDimensionMember
from domain.kpis.dimensions.units import follow_units
from domain.kpis.enums import KpiForm, KpiFrequency, KpiState
from domain.kpis.measurements.model import (
    KpiMeasurement,
    KpiMeasurementSource,
    KpiMeasurementState,
)
from domain.kpis.measurements.recording import ChangedMeasurement, Recorder, change, create
from domain.kpis.measurements.rows import divide
from domain.kpis.measurements.suppression import reveal, suppress
from domain.kpis.measurements.use_cases import record_events, store
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


class Place(NamedTuple):
    """What a KPI is measured for: its total, or one member of a dimension.

    It is about a unit or team with all that is below it, but for what is below `without`.
    """

    member_id: UUID | None
    scope_id: UUID | None
    without: Collection[UUID] = ()


class _Figures(NamedTuple):
    """What a period has to have, and what its value leaves out."""

    period: Period
    figures: Mapping[str, Any]
    explanation: str | None


Key: TypeAlias = tuple[UUID | None, int]
"""A member or None, and the ordinal of a period."""


async def measure(work: Work, *, kpi_id: str) -> None:
    """Let the values of a KPI follow the data, and plan the measuring of tomorrow."""
    found = await work.load_all(Kpi, [UUID(kpi_id)])
    if not found or found[0].state is KpiState.ARCHIVED:
        return
    kpi = found[0]
    await work.lock([kpi])
    tenant, members = await load_tenant(work), await follow_units(work, kpi)
    stored = await work.list_parts(KpiMeasurement, kpi_id=kpi.id)
    wanted = await _measure_places(work, kpi, create_calendar(tenant), members, stored)
    changes = _find_changes(
        kpi, wanted, stored, tenant.suppression_threshold, Recorder(None, work.now)
    )
    if changes:
        await store(work, changes, Recorder(None, work.now))
        confined_ids = {each.id for each in members if each.is_confined}
        record_events({kpi.id: kpi}, changes, confined_ids)
    if kpi.is_measured_by_trellis:
        day = work.actor.today + ONE_DAY
        work.enqueue(build_measuring(kpi.id, tenant.begin_day(day)))


async def _measure_places(
    work: Work,
    kpi: Kpi,
    calendar: PeriodCalendar,
    members: Sequence[KpiDimensionMember],
    stored: Iterable[KpiMeasurement],
) -> dict[Key, _Figures]:
    """Return what the data say of the total, and of each member that is a unit."""
    known = [each.period_ordinal for each in stored if each.member_id is None]
    wanted = dict[Key, _Figures]()
    for definition, periods in _group_periods(kpi, calendar, known, work.actor.today):
        for place in _list_places(kpi, definition, members):
            for row in await _measure_periods(work, kpi, definition, place, periods):
                figures = build_figures(definition, row)
                period = calendar.get(kpi.frequency, row.ordinal)
                wanted[place.member_id, row.ordinal] = _Figures(period, figures, row.explanation)
    return wanted


def _list_places(
    kpi: Kpi, definition: KpiDefinition, members: Iterable[KpiDimensionMember]
) -> Iterator[Place]:
    """Yield the total, and the members. The unit of the KPI stands for what is in no other one."""
    root = kpi.team_id or kpi.organization_id
    yield Place(None, root)
    units = {each.id: each.unit_id for each in members if each.unit_id is not None}
    others = [unit_id for unit_id in units.values() if unit_id != root]
    if definition.measure not in MEASURES_OF_KINDS:
        for id, unit_id in units.items():
            yield Place(id, unit_id, others if unit_id == root else ())


def _find_changes(
    kpi: Kpi,
    wanted: Mapping[Key, _Figures],
    stored: Iterable[KpiMeasurement],
    threshold: int,
    by: Recorder,
) -> list[ChangedMeasurement]:
    """Return what has to change. Where nothing is measured any more, values go."""
    known = {(each.member_id, each.period_ordinal): each for each in stored}
    sliced = {each.period_ordinal for each in known.values() if _is_entered_slice(each)}
    changes = list[ChangedMeasurement]()
    for (member_id, ordinal), (period, figures, explanation) in wanted.items():
        before = known.get((member_id, ordinal))
        values = suppress(kpi, period.starts_on, figures, threshold) | CLEARED
        if values["state"] is not STATES.SUPPRESSED:
            values["explanation"] = explanation
        is_same = before is not None and reveal(before) == figures and before.source is DERIVED
        if before and is_same and before.explanation == values["explanation"]:
            continue
        after = change(before, values, by) if before else create(kpi, member_id, period, values, by)
        changes.append(ChangedMeasurement(before, after))
    changes += [
        ChangedMeasurement(each, None)
        for (member_id, ordinal), each in known.items()
        if each.source is DERIVED
        and (member_id, ordinal) not in wanted
        and (member_id is not None or ordinal not in sliced)
    ]
    return changes


def _is_entered_slice(each: KpiMeasurement) -> bool:
    """Return whether a value may have given a total that is derived from slices."""
    return each.member_id is not None and each.source is not DERIVED


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
    work: Work, kpi: Kpi, definition: KpiDefinition, place: Place, periods: Sequence[Period]
) -> Iterable[MeasuredPeriod]:
    """Return what is measured in periods, without those before there was anybody.

    Periods of surveys are only those in which one was published. A slice has none where it has
    nobody: the directory shows that, and so it hides no other slice.
    """
    today = work.actor.today
    rows = await work.run_statement(
        f"{MEASURE} {definition.measure} {kpi.scope_kind}",
        measure=definition.measure,
        scope_id=place.scope_id,
        excluded_ids=[*place.without],
        today=today,
        ordinals=[each.ordinal for each in periods],
        first_days=[each.starts_on for each in periods],
        last_days=[min(each.last_day, today) for each in periods],
        **{name: getattr(definition, name) for name in SOURCE_FIELDS},
    )
    measured = [MeasuredPeriod(*each) for each in rows]
    if place.member_id is not None:
        return (each for each in measured if each.people or each.above)
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
