"""Targets of KPIs: the table."""

from domain.kpis.targets import KpiTarget
from persistence.kernel.schema.columns import columns_of
from persistence.kernel.schema.tables import entity_table, parent_foreign_key, tenant_index

kpi_targets = entity_table(
    "kpi_targets",
    *columns_of(KpiTarget),
    parent_foreign_key("kpi_id", "kpis"),
    tenant_index("kpi_id", "starts_on", unique=True),
    prefix="kpitarget",
)
