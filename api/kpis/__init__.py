"""KPIs in the graph: types, queries and mutations."""

from api.kpis import defining
from api.kpis.kpi import Kpi, KpiDefinition, KpiQueries

__all__ = ["Kpi", "KpiDefinition", "KpiQueries", "defining"]
