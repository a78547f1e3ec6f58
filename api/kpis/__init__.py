"""KPIs in the graph: types, queries and mutations."""

from api.kpis import defining, setting_targets, templates
from api.kpis.kpi import Kpi, KpiDefinition, KpiQueries
from api.kpis.targets import KpiTarget

__all__ = [
    "Kpi",
    "KpiDefinition",
    "KpiQueries",
    "KpiTarget",
    "defining",
    "setting_targets",
    "templates",
]
