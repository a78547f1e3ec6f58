"""The graph types of measurements, and of the values that they replaced."""

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from api.kernel.schema.declarations import Connection, graph_enum, many, one, part, value
from domain.kpis.formulas.outcomes import KpiGapReason
from domain.kpis.measurements import KpiMeasurementSource, KpiMeasurementState
from persistence.kpis import KPI_MEASUREMENT, KPI_MEASUREMENT_REVISION

if TYPE_CHECKING:
    from api.alerts import Alert
    from api.goals import KeyResult
    from api.kpi_reviews import KpiReview
    from api.kpis.dimensions import KpiDimensionMember
    from api.kpis.kpi import Kpi
    from api.people import Person

graph_enum(
    KpiGapReason,
    "Why a computed period has no value.",
    not_measured="Inputs are not measured. They may still be.",
    not_applicable="Inputs are not applicable.",
    division_by_zero="The formula divides by zero.",
    no_such_period="The formula reads a period that is not in the calendar.",
    out_of_range="The result has too many digits.",
    suppressed="A value of an input is about few people, so it is not shown.",
)
graph_enum(
    KpiMeasurementState,
    "Whether a period has a value. A period of a measured KPI without a value has no measurement.",
    not_measured="A computed KPI has no value, because inputs are not measured: see `explanation`.",
    measured="There is a value; it may be zero.",
    not_applicable="There cannot be a value, such as a rate of returns in a month without sales.",
    suppressed="There is a value, but it is about fewer people than"
    " `Tenant.suppressionThreshold`, or about an unknown number. Nobody reads its figures.",
)
WHERE = (
    "id",
    "starts_on",
    "state",
    "value",
    "item_count",
    "gap",
    "source",
    "external_reference",
    "recorded_at",
    "recorded_by",
)


@part(KPI_MEASUREMENT, where=(*WHERE, "revision"), order_by=("starts_on", "value", "recorded_at"))
class KpiMeasurement:
    """The value of a KPI in one period, for the total or for one slice."""

    member: "KpiDimensionMember | None" = one(
        "The member of a dimension whose value it is. Null for the total."
    )
    period: str = value(
        "The label of the period: `2026-03-31`, `2026-W09`, `2026-03`, `FY2026-Q1` or `FY2026`."
    )
    starts_on: date = value("The first day of the period.")
    ends_on: date = value("The last day of the period.")
    state: KpiMeasurementState = value("Whether the period has a value.")
    numerator: Decimal | None = value("The numerator of a ratio. Null for other KPIs.")
    denominator: Decimal | None = value(
        "The denominator of a ratio. When it is zero, the period is not applicable. Null for other"
        " KPIs."
    )
    item_count: int | None = value(
        "How many items or people are behind the value. Null when it is not known or suppressed."
    )
    source: KpiMeasurementSource = value("Where the value comes from.")
    external_reference: str | None = value(
        "The name of the value in the system that sent it. Null when there is none."
    )
    comment: str | None = value(
        "A comment on the value. Null when there is none, or the value is suppressed."
    )
    gap: KpiGapReason | None = value(
        "Why a computed KPI has no value. Null when there is one, and for measured KPIs."
    )
    explanation: str | None = value(
        "Why a computed KPI has no value, or which periods of its inputs it leaves out, in words."
        " Null when there is nothing to say, and for measured KPIs."
    )
    revision: int = value("1 for the first value of the period, and one more with each change.")
    recorded_at: datetime = value("When this value was recorded.")
    recorded_by: "Person | None" = one(
        "Who recorded the value. Null when it was no person, or the viewer may not see them."
    )
    revisions: Connection["KpiMeasurementRevision"] = many(
        "The values that were replaced, the last one first.", usual_size=2
    )
    kpi: "Kpi | None" = one("The KPI. Null when the viewer may not see it.")
    value: Decimal | None = value(
        "The value. That of a ratio is divided and rounded to 12 decimals. Null when the period is"
        " not applicable, or the value is suppressed."
    )


@part(
    KPI_MEASUREMENT_REVISION,
    where=(*WHERE, "replaced_at", "replaced_by"),
    order_by=("starts_on", "replaced_at"),
)
class KpiMeasurementRevision:
    """A value that was replaced or withdrawn."""

    member: "KpiDimensionMember | None" = one(
        "The member of a dimension whose value it was. Null for the total."
    )
    period: str = value("The label of the period.")
    starts_on: date = value("The first day of the period.")
    ends_on: date = value("The last day of the period.")
    state: KpiMeasurementState = value("Whether the period had a value.")
    numerator: Decimal | None = value("The numerator of a ratio. Null for other KPIs.")
    denominator: Decimal | None = value("The denominator of a ratio. Null for other KPIs.")
    item_count: int | None = value(
        "How many items or people were behind the value. Null when it was not known."
    )
    source: KpiMeasurementSource = value("Where the value came from.")
    external_reference: str | None = value(
        "The name of the value in the system that sent it. Null when there was none."
    )
    comment: str | None = value(
        "A comment on the value. Null when there was none, or the value is suppressed."
    )
    gap: KpiGapReason | None = value("Why there was no value. Null when there was one.")
    explanation: str | None = value("The explanation of that time. Null when there was none.")
    revision: int = value("The number of the value in its period, from 1.")
    recorded_at: datetime = value("When the value was recorded.")
    recorded_by: "Person | None" = one(
        "Who recorded the value. Null when it was no person, or the viewer may not see them."
    )
    replaced_at: datetime = value("When the value was replaced or withdrawn.")
    replaced_by: "Person | None" = one(
        "Who replaced or withdrew the value. Null when it was no person, or the viewer may not see"
        " them."
    )
    used_by: Connection["KpiMeasurementRevision"] = many(
        "The results of other KPIs that were computed from this value, and that the same change"
        " replaced. Results that stay as they are are not among them.",
        usual_size=3,
    )
    reviews: Connection["KpiReview"] = many(
        "The KPI reviews that looked at the value before it was replaced. Values of slices have"
        " none.",
        usual_size=2,
    )
    alerts: Connection["Alert"] = many(
        "The alerts about the period of the total or the slice that were not closed while it had"
        " this value.",
        usual_size=2,
    )
    key_results: Connection["KeyResult"] = many(
        "The key results that follow the KPI, and whose goal counts the period: their progress has"
        " taken the value, unless a later period was measured. Values of slices have none.",
        usual_size=3,
    )
    reason: str | None = value(
        "Why it was corrected or withdrawn. Null for an ordinary update, and when the value is"
        " suppressed."
    )
    kpi: "Kpi | None" = one("The KPI. Null when the viewer may not see it.")
    value: Decimal | None = value("The value. Null when the period was not applicable.")
