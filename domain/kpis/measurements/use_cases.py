"""Use cases of measurements: a batch of rows over several KPIs, written as a set."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from domain.kernel.errors import (
    Code,
    Invalid,
    LimitExceeded,
    NotFound,
    NotPermitted,
    Refusal,
    StateConflict,
)
from domain.kernel.faults import FaultCollector, list_faults
from domain.kernel.rows import RowOutcome, RowResult, RowResults
from domain.kernel.unit_of_work import Work
from domain.kpis.calendar import Period, PeriodCalendar, load_calendar
from domain.kpis.computed.recompute import recompute
from domain.kpis.dimensions.balancing import find_differences
from domain.kpis.dimensions.slices import Slices, load_slices, read_slice_name
from domain.kpis.dimensions.totals import derive_totals
from domain.kpis.measurements.complementing import complement, withhold_revisions
from domain.kpis.measurements.model import (
    KpiMeasurement,
    KpiMeasurementRevision,
    KpiMeasurementState,
)
from domain.kpis.measurements.recording import (
    ChangedMeasurement,
    Known,
    Place,
    Recorder,
    apply_row,
    write_changes,
)
from domain.kpis.measurements.rows import (
    MeasurementRow,
    build_figures,
    find_period,
    find_row_faults,
)
from domain.kpis.measurements.suppression import find_warnings, load_threshold
from domain.kpis.model import Kpi

MAX_ROWS = 1_000
MAX_KPIS = 100
REPEATED = "An earlier row has a value for the same period and slice. Remove one of the two."


async def record(
    work: Work,
    rows: Sequence[MeasurementRow],
    faults: Mapping[int, Sequence[Refusal]],
    *,
    is_dry_run: bool = False,
) -> RowResults:
    """Record values, and return the outcome of each row in the order of the rows.

    `faults` are those that each row has by itself. A row with faults refuses only itself.
    """
    ids = {each.kpi_id for each in rows}
    if len(ids) > MAX_KPIS:
        message = f"A batch has values of at most {MAX_KPIS} KPIs. Send several batches."
        raise LimitExceeded(message, "rows")
    kpis = await _load_kpis(work, rows)
    if not is_dry_run:
        writable = [each for each in kpis.values() if isinstance(each, Kpi)]
        await work.lock(writable, keeps_state=True)
    # The settings of the tenant are read under the lock: the threshold changes under it, too.
    batch = _Batch(await load_calendar(work), work.actor.today, rows, kpis)
    await batch.load_slices(work)
    for index, row in enumerate(rows):
        batch.place(index, row, faults.get(index, ()))
    known = await _load_known(work, batch)
    by = Recorder(work.actor.person_id, work.now)
    changes = batch.apply(known, by)
    await batch.warn_of_differences(work, changes)
    if changes and not is_dry_run:
        batch.add_members(work, changes)
        totals = await store(work, changes, by)
        record_events(batch.writable_kpis, [*changes, *totals], batch.slices.confined_ids)
    return RowResults([batch.results[index] for index in range(len(rows))], [*batch.kpis])


async def store(
    work: Work, changes: Sequence[ChangedMeasurement], by: Recorder, reason: str | None = None
) -> list[ChangedMeasurement]:
    """Write changed measurements, keep what they replace, and compute what reads them.

    What a period had is withheld where something in it was suppressed: a unit that is counted with
    another one from now on would follow from what the other one was. Returns the totals that follow
    from changed slices.
    """
    write_changes(work, changes, by, reason)
    totals = await derive_totals(work, changes)
    hidden = await complement(work, [each.measurement for each in (*changes, *totals)])
    former = {
        (each.before.kpi_id, each.before.period_ordinal)
        for each in changes
        if each.before is not None and each.before.state is KpiMeasurementState.SUPPRESSED
    }
    await withhold_revisions(work, former - hidden.places)
    hidden.places |= former
    await recompute(work, [*changes, *totals], hidden)
    return totals


def record_events(
    kpis: Mapping[UUID, Kpi],
    changes: Sequence[ChangedMeasurement],
    confined_ids: Collection[UUID],
) -> None:
    """Let each KPI record its changed values; those of confined members are not counted."""
    days = dict[UUID, list[date]]()
    for each in changes:
        found = days.setdefault(each.measurement.kpi_id, [])
        if each.measurement.member_id not in confined_ids:
            found.append(each.measurement.starts_on)
    for id, shown in days.items():
        kpis[id].record_measured(shown)


async def _load_kpis(work: Work, rows: Sequence[MeasurementRow]) -> dict[UUID, Kpi | Refusal]:
    """Load each KPI once, or return why its values cannot be recorded."""
    found = dict[UUID, Kpi | Refusal]()
    for id in dict.fromkeys(each.kpi_id for each in rows if each.kpi_id is not None):
        try:
            found[id] = await work.get(Kpi, id, to=Kpi.RECORD)
        except NotFound as refusal:
            found[id] = Invalid(str(refusal), "kpiId", code=Code.REFERENCE_NOT_FOUND)
        except (NotPermitted, StateConflict) as refusal:
            found[id] = type(refusal)(str(refusal), "kpiId")
    return found


@dataclass
class _Batch:
    """The rows of one call, with the KPI, the period and the result of each."""

    calendar: PeriodCalendar
    today: date
    rows: Sequence[MeasurementRow]
    kpis: dict[UUID, Kpi | Refusal]
    places: dict[Place, int] = field(default_factory=dict)
    periods: dict[int, Period] = field(default_factory=dict)
    named_periods: dict[Any, Period] = field(default_factory=dict)
    results: dict[int, RowResult] = field(default_factory=dict)
    slices: Slices = field(default_factory=Slices)

    @property
    def writable_kpis(self) -> dict[UUID, Kpi]:
        """The KPIs whose values the actor may record."""
        return {id: each for id, each in self.kpis.items() if isinstance(each, Kpi)}

    async def load_slices(self, work: Work) -> None:
        """Load the dimensions of the KPIs of which rows name slices."""
        ids = dict.fromkeys(each.kpi_id for each in self.rows if each.dimension or each.member)
        kpis = self.writable_kpis
        if ids.keys() & kpis.keys():
            self.slices = await load_slices(work, [kpis[id] for id in ids if id in kpis])

    def add_members(self, work: Work, changes: Sequence[ChangedMeasurement]) -> None:
        """Write the members that were unknown and have a value now."""
        ids = dict.fromkeys(each.measurement.member_id for each in changes)
        made = [self.slices.created[id] for id in ids if id in self.slices.created]
        work.write_records(added=made)
        keys = {each.id: each.key for each in self.slices.dimensions.values()}
        counts = Counter((each.kpi_id, keys[each.dimension_id]) for each in made)
        for (kpi_id, key), count in counts.items():
            self.writable_kpis[kpi_id].record_members_added(key, count)

    def place(self, index: int, row: MeasurementRow, faults: Sequence[Refusal]) -> None:
        """Find the period of a row, or reject the row with all its faults."""
        kpi = self.kpis.get(row.kpi_id)
        if kpi is None or isinstance(kpi, Refusal):
            self._reject(index, faults if kpi is None else [kpi])
            return
        if faults:
            self._reject(index, faults)
            return
        collected, period, member_id = FaultCollector(), None, None
        with collected.collect():
            period = self._find_period(row, kpi)
        with collected.collect():
            member_id = self._find_member_id(row, kpi)
        found = [*collected.faults, *find_row_faults(row, kpi, period)]
        if period is None or found:
            self._reject(index, found)
            return
        place = kpi.id, member_id, period.ordinal
        if place in self.places:
            name = "period" if row.day is None else "day"
            self._reject(index, [Invalid(REPEATED, name, code=Code.NOT_UNIQUE)])
            return
        self.places[place], self.periods[index] = index, period

    def apply(self, known: Known, by: Recorder) -> list[ChangedMeasurement]:
        """Apply the rows that were placed, and return the changes that they make."""
        changes, kpis = list[ChangedMeasurement](), self.writable_kpis
        for (kpi_id, member_id, _), index in self.places.items():
            row, period = self.rows[index], self.periods[index]
            try:
                outcome, change = apply_row(row, kpis[kpi_id], member_id, period, known, by)
            except Invalid as fault:
                self._reject(index, list_faults(fault))
                continue
            self.results[index] = RowResult(
                outcome, warnings=_find_warnings(row, kpis[kpi_id], period, known)
            )
            if change is not None and change.after is not None:
                changes.append(change)
                if change.after.external_reference is not None:
                    known.by_reference[kpi_id, change.after.external_reference] = change.after
        return changes

    async def warn_of_differences(self, work: Work, changes: Sequence[ChangedMeasurement]) -> None:
        """Warn of the rows in whose periods slices and total will differ."""
        indexes = {
            index: (id, ordinal)
            for (id, _, ordinal), index in self.places.items()
            if self.results[index].outcome is not RowOutcome.REJECTED
        }
        periods = [*dict.fromkeys(indexes.values())]
        differences = await find_differences(work, self.writable_kpis, periods, changes)
        for index, period in indexes.items():
            if period in differences:
                result = self.results[index]
                warnings = [*result.warnings, differences[period]]
                self.results[index] = replace(result, warnings=warnings)

    def _find_period(self, row: MeasurementRow, kpi: Kpi) -> Period:
        """Return the period that a row names; most rows name one that another has named."""
        name = kpi.frequency, row.day, row.period
        if name not in self.named_periods:
            self.named_periods[name] = find_period(row, kpi, self.calendar, self.today)
        return self.named_periods[name]

    def _find_member_id(self, row: MeasurementRow, kpi: Kpi) -> UUID | None:
        name = read_slice_name(row.dimension, row.member)
        return None if name is None else self.slices.find(kpi, *name).id

    def _reject(self, index: int, faults: Sequence[Refusal]) -> None:
        self.results[index] = RowResult(RowOutcome.REJECTED, faults=faults)


def _find_warnings(row: MeasurementRow, kpi: Kpi, period: Period, known: Known) -> list[Invalid]:
    if not kpi.describes_people:
        return []
    figures, threshold = build_figures(row), known.suppression_threshold
    return [*find_warnings(kpi, period.starts_on, figures, threshold)]


async def _load_known(work: Work, batch: _Batch) -> Known:
    """Load what is stored about the periods and the references of a batch."""
    # The first day says the same as the ordinal. With both, either index leads to few rows.
    stored = await work.find_records(
        KpiMeasurement,
        kpi_id=[id for id, _, _ in batch.places],
        member_id=[id for _, id, _ in batch.places],
        period_ordinal=[ordinal for _, _, ordinal in batch.places],
        starts_on=[batch.periods[index].starts_on for index in batch.places.values()],
    )
    references = {
        (row.kpi_id, row.external_reference.strip())
        for row in (batch.rows[index] for index in batch.places.values())
        if row.external_reference
    }
    keys: dict[str, list[Any]] = {
        "kpi_id": [id for id, _ in references],
        "external_reference": [each for _, each in references],
    }
    named = await work.find_records(KpiMeasurement, **keys)
    replaced = await work.find_records(KpiMeasurementRevision, **keys)
    by_id = {each.id: each for each in stored}
    return Known(
        {(each.kpi_id, each.member_id, each.period_ordinal): each for each in stored},
        {(each.kpi_id, each.external_reference or ""): by_id.get(each.id, each) for each in named},
        {(each.kpi_id, each.external_reference or "") for each in replaced},
        await load_threshold(work),
    )
