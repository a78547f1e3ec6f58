"""Baselines of KPIs: the table."""

from domain.kpis.analysis.baselines import KpiBaseline
from persistence.kernel.schema.columns import columns_of
from persistence.kernel.schema.tables import entity_table, parent_foreign_key, tenant_index

kpi_baselines = entity_table(
    "kpi_baselines",
    *columns_of(KpiBaseline),
    parent_foreign_key("kpi_id", "kpis"),
    tenant_index("kpi_id", "starts_on", unique=True),
    prefix="kpibaseline",
)
