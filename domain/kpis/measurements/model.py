"""A measurement: the value of a KPI in one period. Without one, the period is not measured.

Not measured, not applicable and zero are three different things. A KPI has many measurements, so
they are parts that it never loads.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from domain.kernel.aggregate import Part
from domain.kernel.fields import ExactNumber, MultiLine, SingleLine, WholeNumber
from domain.kernel.identity import PersonId
from domain.kpis.formulas.outcomes import KpiGapReason
from domain.kpis.policy import SEE_FIGURES

VALUE = ExactNumber()
"""A number that is entered. Quotients and computed values have up to `STORED_DECIMALS`."""
STORED_DECIMALS = 12
ITEM_COUNT = WholeNumber("The number of items", 0, 2_000_000_000)
PERIOD = SingleLine("The label of the period", max_length=10)
COMMENT = MultiLine("The comment", max_length=1_000)
EXPLANATION = SingleLine("The explanation", max_length=500)
CORRECTION_REASON = MultiLine(
    "The reason", max_length=500, advice="Write why the value is corrected."
)
EXTERNAL_REFERENCE = SingleLine("The external reference", max_length=200)


class KpiMeasurementState(StrEnum):
    """Whether a period has a value. Only computed KPIs store that one is not measured."""

    MEASURED = "measured"
    NOT_APPLICABLE = "not_applicable"
    NOT_MEASURED = "not_measured"
    SUPPRESSED = "suppressed"


class KpiMeasurementSource(StrEnum):
    """Where a value comes from."""

    ENTERED = "entered"
    IMPORTED = "imported"
    COMPUTED = "computed"
    DERIVED = "derived"


@dataclass(kw_only=True, eq=False)
class _Figures(Part):
    """What is measured in one period.

    `member_id` is the member of a dimension; None is the total. A ratio has a numerator and a
    denominator; with a denominator of zero it is not applicable. `item_count` is the number of
    items or people behind the value. A computed value says with `gap` and `explanation` why there
    is none, or which periods of its inputs it leaves out. The figures of a suppressed value are
    withheld: nobody reads them.
    """

    SEE: ClassVar = SEE_FIGURES
    FIXED: ClassVar = frozenset({"kpi_id", "member_id", "period_ordinal", "starts_on"})

    kpi_id: UUID
    member_id: UUID | None = None
    period_ordinal: int
    starts_on: date
    state: KpiMeasurementState
    value: Annotated[Decimal | None, VALUE] = None
    numerator: Annotated[Decimal | None, VALUE] = None
    denominator: Annotated[Decimal | None, VALUE] = None
    item_count: Annotated[int | None, ITEM_COUNT] = None
    withheld_value: Annotated[Decimal | None, VALUE] = None
    withheld_numerator: Annotated[Decimal | None, VALUE] = None
    withheld_denominator: Annotated[Decimal | None, VALUE] = None
    withheld_item_count: Annotated[int | None, ITEM_COUNT] = None
    gap: KpiGapReason | None = None
    explanation: Annotated[str | None, EXPLANATION] = None
    source: KpiMeasurementSource
    external_reference: Annotated[str | None, EXTERNAL_REFERENCE] = None
    comment: Annotated[str | None, COMMENT] = None
    recorded_by_id: PersonId | None = None
    recorded_at: datetime
    revision: int = 1


@dataclass(kw_only=True, eq=False)
class KpiMeasurement(_Figures):
    """The present value of a KPI in one period, for the total or for one slice."""

    NAME = "kpi_measurement"


@dataclass(kw_only=True, eq=False)
class KpiMeasurementRevision(_Figures):
    """A value that was replaced or withdrawn: who did it, when and why."""

    NAME = "kpi_measurement_revision"

    measurement_id: UUID
    replaced_by_id: PersonId | None = None
    replaced_at: datetime
    reason: Annotated[str | None, CORRECTION_REASON] = None
