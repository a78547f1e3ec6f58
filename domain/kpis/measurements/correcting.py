"""Use cases that correct one measurement, with a reason: the value that it had is kept."""

from typing import Annotated, Any
from uuid import UUID

from domain.kernel.errors import Code, Invalid
from domain.kernel.faults import raise_faults
from domain.kernel.fields import check_required
from domain.kernel.unit_of_work import Work
from domain.kpis.calendar import load_calendar
from domain.kpis.measurements.model import (
    COMMENT,
    CORRECTION_REASON,
    KpiMeasurement,
    KpiMeasurementSource,
)
from domain.kpis.measurements.recording import ChangedMeasurement, Recorder, change
from domain.kpis.measurements.rows import MeasurementRow, build_figures, find_row_faults
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
    values = build_figures(row)
    text = COMMENT.check(row.comment, "comment")
    if text is not None:
        values["comment"] = text
    if all(getattr(before, name) == new for name, new in values.items()):
        return kpi
    by = Recorder(work.actor.person_id, work.now)
    after = change(before, values | {"external_reference": None}, by)
    kpi.record_event("measurement_restated", before.starts_on, reason)
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
    reason = check_required(CORRECTION_REASON, reason, "reason")
    by = Recorder(work.actor.person_id, work.now)
    kpi.record_event("measurement_withdrawn", before.starts_on, reason)
    await store(work, [ChangedMeasurement(before, None)], by, reason)
    return kpi


async def _load(work: Work, kpi: Kpi, id: UUID) -> KpiMeasurement:
    """Return a measurement of a KPI that is not computed. Raises Invalid."""
    await work.lock([kpi])
    keys: dict[str, Any] = {"kpi_id": [kpi.id], "id": [id]}
    found = await work.find_records(KpiMeasurement, **keys)
    if not found:
        message = "This KPI has no such value. Read its values again."
        raise Invalid(message, "measurementId", code=Code.REFERENCE_NOT_FOUND)
    if found[0].source is KpiMeasurementSource.COMPUTED:
        message = "This value is computed. Correct the values that the formula reads."
        raise Invalid(message, "measurementId")
    return found[0]
