"""What a row of a batch does to the measurement of its period, if there is one already."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

from domain.kernel.aggregate import evolve
from domain.kernel.errors import Code, Invalid
from domain.kernel.identity import PersonId, generate_id
from domain.kernel.rows import RowOutcome
from domain.kernel.unit_of_work import Work
from domain.kpis.calendar import Period
from domain.kpis.measured import MeasuredKpi
from domain.kpis.measurements.model import (
    COMMENT,
    EXTERNAL_REFERENCE,
    KpiMeasurement,
    KpiMeasurementRevision,
    KpiMeasurementSource,
)
from domain.kpis.measurements.rows import MeasurementRow, build_figures
from domain.kpis.measurements.suppression import reveal, suppress
from domain.kpis.model import Kpi

RESULTS = (KpiMeasurementSource.COMPUTED, KpiMeasurementSource.DERIVED)
"""The sources of values that nobody enters."""

Place: TypeAlias = tuple[UUID, UUID | None, int]
"""The KPI, the member of a dimension or None, and the ordinal of the period."""


class ChangedMeasurement(NamedTuple):
    """A measurement before and after a change. None is not measured."""

    before: KpiMeasurement | None
    after: KpiMeasurement | None

    @property
    def measurement(self) -> KpiMeasurement:
        """The measurement, in its newer state if it still exists."""
        found = self.after or self.before
        assert found is not None, "A change has at least one state."
        return found


@dataclass(frozen=True)
class Recorder:
    """Who records values, when, and where they come from unless a row says so."""

    person_id: PersonId | None
    at: datetime

    @property
    def source(self) -> KpiMeasurementSource:
        """The source of values that a person enters, or that a client imports."""
        is_person = self.person_id is not None
        return KpiMeasurementSource.ENTERED if is_person else KpiMeasurementSource.IMPORTED


@dataclass(frozen=True)
class Known:
    """What is stored before a batch: measurements, references that were replaced, a setting."""

    by_place: Mapping[Place, KpiMeasurement]
    by_reference: dict[tuple[UUID, str], KpiMeasurement]
    replaced_references: AbstractSet[tuple[UUID, str]]
    suppression_threshold: int


def apply_row(
    row: MeasurementRow,
    kpi: Kpi,
    member_id: UUID | None,
    period: Period,
    known: Known,
    by: Recorder,
) -> tuple[RowOutcome, ChangedMeasurement | None]:
    """Return the outcome of a row without faults, and the change that it makes, if any.

    A reference that was replaced by a correction has been applied before, so its row does nothing.
    Raises Invalid where the reference belongs to another period.
    """
    before = known.by_place.get((kpi.id, member_id, period.ordinal))
    reference = EXTERNAL_REFERENCE.check(row.external_reference)
    if reference is not None:
        key = kpi.id, reference
        other = known.by_reference.get(key)
        if other is not None and other is not before:
            message = "This reference belongs to the value of another period. Use a new one."
            raise Invalid(message, "externalReference", code=Code.NOT_UNIQUE)
        if other is None and key in known.replaced_references:
            return RowOutcome.UNCHANGED, None
    entered = build_figures(row)
    figures = suppress(kpi, period.starts_on, entered, known.suppression_threshold)
    others = _list_details(row, reference)
    figures |= others
    if before is None:
        return RowOutcome.CREATED, ChangedMeasurement(
            None, create(kpi, member_id, period, figures, by)
        )
    is_same = reveal(before) == entered
    is_same &= before.source is not KpiMeasurementSource.DERIVED
    if is_same and all(getattr(before, name) == value for name, value in others.items()):
        return RowOutcome.UNCHANGED, None
    return RowOutcome.UPDATED, ChangedMeasurement(before, change(before, figures, by))


def _list_details(row: MeasurementRow, reference: str | None) -> dict[str, Any]:
    """Return what a row says beside its figures; what it leaves out stays as it is."""
    details = {
        "comment": COMMENT.check(row.comment),
        "source": row.source,
        "external_reference": reference,
    }
    return {name: value for name, value in details.items() if value is not None}


def change(before: KpiMeasurement, values: Mapping[str, Any], by: Recorder) -> KpiMeasurement:
    """Return the next revision of a measurement."""
    return evolve(
        before,
        KpiMeasurement,
        {
            "source": by.source,
            **values,
            "recorded_by_id": by.person_id,
            "recorded_at": by.at,
            "revision": before.revision + 1,
        },
    )


def write_changes(
    work: Work, changes: Sequence[ChangedMeasurement], by: Recorder, reason: str | None = None
) -> None:
    """Write changed measurements, and keep what they replace."""
    replaced = [each.before for each in changes if each.before]
    work.keep_records(
        KpiMeasurementRevision, [(each, _keep(each, by, reason)) for each in replaced]
    )
    work.write_records(
        added=[each.after for each in changes if each.after and not each.before],
        changed=[each.after for each in changes if each.after and each.before],
        removed=[each.before for each in changes if each.before and not each.after],
    )


def _keep(replaced: KpiMeasurement, by: Recorder, reason: str | None) -> Mapping[str, Any]:
    """Return what the revision of a value that is replaced or withdrawn says beside the value.

    A result does not say who: its readers may not know who changes its inputs or slices.
    """
    return {
        "id": generate_id(),
        "measurement_id": replaced.id,
        "replaced_by_id": None if replaced.source in RESULTS else by.person_id,
        "replaced_at": by.at,
        "reason": reason,
    }


def create(
    kpi: MeasuredKpi,
    member_id: UUID | None,
    period: Period,
    figures: Mapping[str, Any],
    by: Recorder,
) -> KpiMeasurement:
    """Return the first measurement of a period."""
    return KpiMeasurement(
        tenant_id=kpi.tenant_id,
        kpi_id=kpi.id,
        member_id=member_id,
        period_ordinal=period.ordinal,
        starts_on=period.starts_on,
        recorded_by_id=by.person_id,
        recorded_at=by.at,
        **{"source": by.source, **figures},
    )
