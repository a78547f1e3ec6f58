"""Mutations that record the values of KPIs."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from api.kernel.schema.declarations import graph_enum
from api.kernel.schema.inputs import expected_version_field, input_field, input_type
from api.kernel.schema.mutations import mutation
from api.kernel.schema.verbs import verb
from api.kpis.kpi import Kpi
from domain import kpis
from domain.kernel.errors import Refusal
from domain.kernel.rows import RowResults
from domain.kernel.unit_of_work import Work
from domain.kpis.dimensions import DIMENSION_KEY, MEMBER_CODE
from domain.kpis.measurements import (
    COMMENT,
    CORRECTION_REASON,
    EXTERNAL_REFERENCE,
    ITEM_COUNT,
    PERIOD,
    VALUE,
    KpiMeasurementSource,
    MeasurementRow,
)
from domain.kpis.measurements.correcting import restate, withdraw
from domain.kpis.measurements.use_cases import MAX_KPIS, MAX_ROWS, record

graph_enum(
    KpiMeasurementSource,
    "Where a value comes from.",
    entered="A person entered it.",
    imported="Another system sent it.",
    computed="Trellis computed it by the formula of the KPI.",
    derived="Trellis derived it from its own data, such as a total from its slices.",
)


@input_type()
class KpiMeasurementRowInput:
    """A value for one period of a KPI, or of a slice of it. It replaces the present one."""

    kpi_id: UUID = input_field("The KPI. It must not be a computed one.", id_prefix="kpi")
    dimension: Annotated[str | None, DIMENSION_KEY] = input_field(
        "The key of the dimension of a slice. Default: the value is that of the total."
    )
    member: Annotated[str | None, MEMBER_CODE] = input_field(
        "The code of the member of a slice. Capital and small letters are the same. Required with"
        " `dimension`."
    )
    day: date | None = input_field("A day in the period. Required without `period`.")
    period: Annotated[str | None, PERIOD] = input_field(
        "The label of the period: `2026-03-31`, `2026-W09`, `2026-03`, `FY2026-Q1` or `FY2026`."
        " Required without `day`."
    )
    value: Annotated[Decimal | None, VALUE] = input_field(
        "The value. Required, except for a ratio and where `notApplicable` is true."
    )
    numerator: Annotated[Decimal | None, VALUE] = input_field(
        "The numerator. Required for a ratio, except where `notApplicable` is true."
    )
    denominator: Annotated[Decimal | None, VALUE] = input_field(
        "The denominator. Required for a ratio, except where `notApplicable` is true. With zero"
        " the period is not applicable."
    )
    not_applicable: bool | None = input_field(
        "Whether the period cannot have a value. Default: false."
    )
    item_count: Annotated[int | None, ITEM_COUNT] = input_field(
        "How many items or people are behind the value. Default: not known."
    )
    comment: Annotated[str | None, COMMENT] = input_field(
        "A comment. Default: the present one stays."
    )
    source: KpiMeasurementSource | None = input_field(
        "ENTERED or IMPORTED. Default: ENTERED for a person, IMPORTED for a service client."
    )
    external_reference: Annotated[str | None, EXTERNAL_REFERENCE] = input_field(
        "The name of the value in the system that sends it, unique for the KPI. Once another value"
        " has replaced it, a row that is sent again with it is UNCHANGED. Default: the present one"
        " stays."
    )


@input_type()
class KpiRecordMeasurementsInput:
    """Input of `kpiRecordMeasurements`."""

    rows: list[KpiMeasurementRowInput] = input_field(
        f"The values, at most {MAX_ROWS:,} of at most {MAX_KPIS} KPIs.", max_items=MAX_ROWS
    )
    dry_run: bool | None = input_field(
        "Whether to check the rows and to store nothing. Default: false."
    )


@mutation(Kpi, rows="rows", objects="kpis")
async def kpi_record_measurements(
    work: Work, input: KpiRecordMeasurementsInput, faults: Mapping[int, Sequence[Refusal]]
) -> RowResults:
    """Record values of KPIs: those of new periods are added, others replace the present ones.

    A value that is replaced is kept. A refused row refuses only itself.
    """
    rows = [MeasurementRow(**vars(each)) for each in input.rows]
    return await record(work, rows, faults, is_dry_run=bool(input.dry_run))


@input_type()
class KpiRestateMeasurementInput:
    """Input of `kpiRestateMeasurement`."""

    id: UUID = input_field("Id of the KPI.", id_prefix="kpi")
    measurement_id: UUID = input_field("The value to correct.", id_prefix="kpivalue")
    value: Annotated[Decimal | None, VALUE] = input_field(
        "The right value. Required, except for a ratio and where `notApplicable` is true."
    )
    numerator: Annotated[Decimal | None, VALUE] = input_field(
        "The right numerator. Required for a ratio, except where `notApplicable` is true."
    )
    denominator: Annotated[Decimal | None, VALUE] = input_field(
        "The right denominator. Required for a ratio, except where `notApplicable` is true. With"
        " zero the period is not applicable."
    )
    not_applicable: bool | None = input_field(
        "Whether the period cannot have a value. Default: false."
    )
    item_count: Annotated[int | None, ITEM_COUNT] = input_field(
        "How many items or people are behind the value. Default: not known."
    )
    comment: Annotated[str | None, COMMENT] = input_field(
        "A comment. Default: the present one stays."
    )
    reason: Annotated[str, CORRECTION_REASON] = input_field("Why the value is corrected.")
    expected_version: int | None = expected_version_field()


@mutation(Kpi)
async def kpi_restate_measurement(work: Work, input: KpiRestateMeasurementInput) -> kpis.Kpi:
    """Correct the value of a period, with a reason. The old value is kept.

    Select `kpi { dependents { nodes { name } } }` to learn which computed KPIs read it.
    """
    figures = ("value", "numerator", "denominator", "not_applicable", "item_count", "comment")
    row = MeasurementRow(kpi_id=input.id, **{name: getattr(input, name) for name in figures})
    return await restate(
        work,
        input.id,
        input.measurement_id,
        row,
        reason=input.reason,
        expected_version=input.expected_version,
    )


kpi_withdraw_measurement = verb(
    Kpi,
    kpis.Kpi.WITHDRAW,
    "Take back a value that was recorded by mistake, with a reason. The period is not measured any"
    " more, and the value is kept in `measurementRevisions`.",
    use_case=withdraw,
    measurement_id=input_field("The value to take back.", id_prefix="kpivalue"),
    reason=input_field("Why the value is taken back."),
)
