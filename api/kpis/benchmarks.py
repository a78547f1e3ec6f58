"""The graph types of benchmarks of KPIs."""

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from api.kernel.schema.declarations import one, part, value
from domain.kpis.analysis.peers import KpiPosition
from persistence.kpis.benchmarks import KPI_BENCHMARK, KPI_BENCHMARK_POSITION

if TYPE_CHECKING:
    from api.kpis.kpi import Kpi


@part(
    KPI_BENCHMARK,
    where=("id", "source", "cohort", "starts_on", "last_day"),
    order_by=("starts_on", "last_day", "source", "cohort"),
)
class KpiBenchmark:
    """How others do who measure the same, by a study. Who sees the KPI sees its benchmarks."""

    source: str = value("Where the figures come from, such as the title of the study.")
    cohort: str = value("Whom the study asked, such as `Parcel carriers in Europe`.")
    starts_on: date = value("The first day that the figures are about.")
    last_day: date = value("The last day that the figures are about.")
    sample_size: int | None = value("How many took part. Null when it is not known.")
    lower_quartile: Decimal = value("A quarter of them lies below it.")
    median: Decimal = value("Half of them lie below it.")
    upper_quartile: Decimal = value("A quarter of them lies above it.")
    mean: Decimal | None = value("Their mean. Null when it is not known.")
    imported_at: datetime = value("When the figures were imported, or last corrected.")
    kpi: "Kpi | None" = one("The KPI. Null when the viewer may not see it.")


@part(KPI_BENCHMARK_POSITION)
class KpiBenchmarkPosition:
    """Where the value of a period lies among others."""

    sentence: str = value("The source, the quartiles and the position, for people.")
    position: KpiPosition | None = value(
        "Where the value lies. Null without a value, and for the direction BAND."
    )
    benchmark: KpiBenchmark | None = one("The benchmark. Never null.")
