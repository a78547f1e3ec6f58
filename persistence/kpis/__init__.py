"""KPIs: tables, mapping and read models."""

from persistence.kpis.baselines import kpi_baselines
from persistence.kpis.benchmarks import KPI_BENCHMARK, KPI_BENCHMARK_POSITION, kpi_benchmarks
from persistence.kpis.definitions import (
    KPI,
    KPI_BASELINE,
    KPI_DEFINITION,
    KPI_FORMULA_INPUT,
    KPI_TARGET,
    SCOPES,
    kpi_definitions,
    kpi_formula_inputs,
    kpi_recorders,
    kpi_viewers,
    kpis,
)
from persistence.kpis.dimensions import (
    KPI_DIMENSION,
    KPI_MEMBER,
    kpi_dimension_members,
    kpi_dimensions,
)
from persistence.kpis.forecasts import KPI_FORECAST, KPI_FORECAST_POINT
from persistence.kpis.linear_trend import KPI_LINEAR_TREND
from persistence.kpis.measured_value import KPI_MEASURED_VALUE
from persistence.kpis.measurements import (
    KPI_MEASUREMENT,
    KPI_MEASUREMENT_REVISION,
    kpi_measurement_revisions,
    kpi_measurements,
)
from persistence.kpis.peers import KPI_PEERS
from persistence.kpis.quality import KPI_QUALITY_CHECK
from persistence.kpis.series import KPI_POINT, KPI_SERIES
from persistence.kpis.status import KPI_STATUS
from persistence.kpis.targets import kpi_targets
from persistence.kpis.templates import TEMPLATE, TEMPLATE_INPUT, TEMPLATE_VARIANT
from persistence.kpis.trend import KPI_DIFFERENCE, KPI_TREND
from persistence.kpis.value_requests import kpi_value_requests
from persistence.kpis.views import KPI_AUDIENCE, kpi_views

__all__ = [
    "KPI",
    "KPI_AUDIENCE",
    "KPI_BASELINE",
    "KPI_BENCHMARK",
    "KPI_BENCHMARK_POSITION",
    "KPI_DEFINITION",
    "KPI_DIFFERENCE",
    "KPI_DIMENSION",
    "KPI_FORECAST",
    "KPI_FORECAST_POINT",
    "KPI_FORMULA_INPUT",
    "KPI_LINEAR_TREND",
    "KPI_MEASURED_VALUE",
    "KPI_MEASUREMENT",
    "KPI_MEASUREMENT_REVISION",
    "KPI_MEMBER",
    "KPI_PEERS",
    "KPI_POINT",
    "KPI_QUALITY_CHECK",
    "KPI_SERIES",
    "KPI_STATUS",
    "KPI_TARGET",
    "KPI_TREND",
    "SCOPES",
    "TEMPLATE",
    "TEMPLATE_INPUT",
    "TEMPLATE_VARIANT",
    "kpi_baselines",
    "kpi_benchmarks",
    "kpi_definitions",
    "kpi_dimension_members",
    "kpi_dimensions",
    "kpi_formula_inputs",
    "kpi_measurement_revisions",
    "kpi_measurements",
    "kpi_recorders",
    "kpi_targets",
    "kpi_value_requests",
    "kpi_viewers",
    "kpi_views",
    "kpis",
]
