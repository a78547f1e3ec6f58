"""The mutation that imports benchmarks of KPIs."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from api.kernel.schema.inputs import input_field, input_type
from api.kernel.schema.mutations import mutation
from api.kpis.kpi import Kpi
from domain.kernel.errors import Refusal
from domain.kernel.rows import RowResults
from domain.kernel.unit_of_work import Work
from domain.kpis.benchmarks import (
    COHORT,
    FIGURE,
    MAX_ROWS,
    SAMPLE_SIZE,
    SOURCE,
    BenchmarkRow,
    import_benchmarks,
)
from domain.kpis.definitions import CURRENCY
from domain.kpis.enums import KpiUnit


@input_type()
class KpiBenchmarkRowInput:
    """The figures of a cohort. KPI, source, cohort and first day together identify a benchmark."""

    kpi_id: UUID = input_field("The KPI.", id_prefix="kpi")
    source: Annotated[str, SOURCE] = input_field("Where the figures come from.")
    cohort: Annotated[str, COHORT] = input_field("Whom the study asked.")
    starts_on: date = input_field("The first day that the figures are about.")
    last_day: date = input_field("The last day that the figures are about.")
    unit: KpiUnit = input_field("The unit of the figures. It must be that of the KPI.")
    currency: Annotated[str | None, CURRENCY] = input_field(
        "The currency of the figures. Required for money, and must be that of the KPI."
    )
    sample_size: Annotated[int | None, SAMPLE_SIZE] = input_field(
        "How many took part. Default: not known."
    )
    lower_quartile: Annotated[Decimal, FIGURE] = input_field("A quarter of them lies below it.")
    median: Annotated[Decimal, FIGURE] = input_field("Half of them lie below it.")
    upper_quartile: Annotated[Decimal, FIGURE] = input_field("A quarter of them lies above it.")
    mean: Annotated[Decimal | None, FIGURE] = input_field("Their mean. Default: not known.")


@input_type()
class KpiImportBenchmarksInput:
    """Input of `kpiImportBenchmarks`."""

    rows: list[KpiBenchmarkRowInput] = input_field(
        f"The benchmarks, at most {MAX_ROWS:,} of at most 100 KPIs.", max_items=MAX_ROWS
    )
    dry_run: bool | None = input_field(
        "Whether to check the rows and to store nothing. Default: false."
    )


@mutation(Kpi, rows="rows", objects="kpis")
async def kpi_import_benchmarks(
    work: Work, input: KpiImportBenchmarksInput, faults: Mapping[int, Sequence[Refusal]]
) -> RowResults:
    """Import benchmarks of KPIs: new ones are added, others are corrected.

    The same rows may be sent again. A refused row refuses only itself.
    """
    rows = [BenchmarkRow(**vars(each)) for each in input.rows]
    return await import_benchmarks(work, rows, faults, is_dry_run=bool(input.dry_run))
