"""KPIs in the graph: types, queries and mutations."""

from api.kpis import (
    defining,
    importing_benchmarks,
    measuring,
    resetting_baselines,
    setting_dimensions,
    setting_targets,
    templates,
)
from api.kpis.benchmarks import KpiBenchmark
from api.kpis.dimensions import KpiDimension, KpiDimensionMember
from api.kpis.kpi import Kpi, KpiDefinition, KpiQueries
from api.kpis.measurement import KpiMeasurement, KpiMeasurementRevision
from api.kpis.signals import KpiBaseline
from api.kpis.targets import KpiTarget

__all__ = [
    "Kpi",
    "KpiBaseline",
    "KpiBenchmark",
    "KpiDefinition",
    "KpiDimension",
    "KpiDimensionMember",
    "KpiMeasurement",
    "KpiMeasurementRevision",
    "KpiQueries",
    "KpiTarget",
    "defining",
    "importing_benchmarks",
    "measuring",
    "resetting_baselines",
    "setting_dimensions",
    "setting_targets",
    "templates",
]
