"""Use cases that correct one measurement, with a reason: the value that it had is kept."""

from typing import Annotated, Any
from uuid import UUID

from domain.kernel.errors import Code, Invalid
from domain.kernel.faults import raise_faults
from domain.kernel.fields import check_required
from domain.kernel.unit_of_work import Work
from domain.kpis.calendar import load_calendar
from domain.kpis.definitions import find_definition
from domain.kpis.dimensions.model import KpiDimensionMember
from domain.kpis.dimensions.slices import is_visible
from domain.kpis.measurements.model import (
    COMMENT,
    CORRECTION_REASON,
    KpiMeasurement,
    KpiMeasurementSource,
)
from domain.kpis.measurements.recording import ChangedMeasurement, Recorder, change
from domain.kpis.measurements.rows import MeasurementRow, build_figures, find_row_faults
from domain.kpis.measurements.suppression import load_threshold, reveal, suppress
from domain.kpis.measurements.use_cases import store
from domain.kpis.model import Kpi


async def restate(
    work: Work,
    id: UUID,
    measurement_id: UUID,
    row: MeasurementRow,
    *,
    reason: Annotated[str, CORRECTION_REASON],
    expected_version: int | None = None,
) -> Kpi:
    """Correct the value of a period by the figures of a row.

    Its external reference goes with the old value, so that the other system does not bring that
    value back. Raises what `Work.get` raises, and Invalid with all faults.
    """
    kpi = await work.get(Kpi, id, to=Kpi.RESTATE, expected_version=expected_version)
    before = await _load(work, kpi, measurement_id)
    reason = check_required(CORRECTION_REASON, reason, "reason")
    period = (await load_calendar(work)).get(kpi.frequency, before.period_ordinal)
    raise_faults(find_row_faults(row, kpi, period))
    entered, text = build_figures(row), COMMENT.check(row.comment, "comment")
    values = suppress(kpi, period.starts_on, entered, await load_threshold(work))
    values["comment"] = before.comment if text is None else text
    if reveal(before) == entered and values["comment"] == before.comment:
        return kpi
    by = Recorder(work.actor.person_id, work.now)
    after = change(before, values | {"external_reference": None}, by)
    await _record(work, kpi, "measurement_restated", before, reason)
    await store(work, [ChangedMeasurement(before, after)], by, reason)
    return kpi


async def withdraw(
    work: Work,
    id: UUID,
    measurement_id: UUID,
    *,
    reason: Annotated[str, CORRECTION_REASON],
    expected_version: int | None = None,
) -> Kpi:
    """Take back a value that was recorded by mistake: the period is not measured any more.

    Raises what `Work.get` raises, and Invalid.
    """
    kpi = await work.get(Kpi, id, to=Kpi.WITHDRAW, expected_version=expected_version)
    before = await _load(work, kpi, measurement_id)
    if find_definition(kpi.definitions, before.starts_on).measure is not None:
        message = "Trellis measured this value. Correct the data that it comes from."
        raise Invalid(message, "measurementId")
    if before.source is KpiMeasurementSource.DERIVED:
        message = "This total follows from its slices. Withdraw a slice, or record the total."
        raise Invalid(message, "measurementId")
    reason = check_required(CORRECTION_REASON, reason, "reason")
    by = Recorder(work.actor.person_id, work.now)
    await _record(work, kpi, "measurement_withdrawn", before, reason)
    await store(work, [ChangedMeasurement(before, None)], by, reason)
    return kpi


async def _record(
    work: Work, kpi: Kpi, event: str, measurement: KpiMeasurement, reason: str
) -> None:
    """Record the correction of a value. The history says no more of that of a confined member.

    A reason may name the value. If that is about people, only the revision has the reason.
    """
    if measurement.member_id is not None:
        member = await _load_member(work, measurement.member_id)
        if member.is_confined:
            kpi.record_event(event)
            return
    kpi.record_event(event, measurement.starts_on, None if kpi.describes_people else reason)


async def _load_member(work: Work, id: UUID) -> KpiDimensionMember:
    (found,) = await work.find_records(KpiDimensionMember, id=[id])
    return found


async def _load(work: Work, kpi: Kpi, measurement_id: UUID) -> KpiMeasurement:
    """Return a measurement of a KPI that is not computed. Raises Invalid."""
    await work.lock([kpi])
    keys: dict[str, Any] = {"kpi_id": [kpi.id], "id": [measurement_id]}
    found = await work.find_records(KpiMeasurement, **keys)
    id = found[0].member_id if found else None
    is_hidden = id is not None and not await is_visible(work, kpi, await _load_member(work, id))
    if not found or is_hidden:
        message = "This KPI has no such value. Read its values again."
        raise Invalid(message, "measurementId", code=Code.REFERENCE_NOT_FOUND)
    if found[0].source is KpiMeasurementSource.COMPUTED:
        message = "This value is computed. Correct the values that the formula reads."
        raise Invalid(message, "measurementId")
    return found[0]
