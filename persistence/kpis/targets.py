"""Targets of KPIs: the table."""

from sqlalchemy import text

from domain.kpis.targets import KpiTarget
from persistence.kernel.schema.columns import columns_of
from persistence.kernel.schema.tables import (
    entity_table,
    parent_foreign_key,
    tenant_foreign_key,
    tenant_index,
)

kpi_targets = entity_table(
    "kpi_targets",
    *columns_of(KpiTarget),
    parent_foreign_key("kpi_id", "kpis"),
    tenant_foreign_key("member_id", "kpi_dimension_members"),
    tenant_index("kpi_id", "starts_on"),
    tenant_index(
        *("kpi_id", "member_id", "starts_on"), unique=True, postgresql_nulls_not_distinct=True
    ),
    tenant_index("member_id", postgresql_where=text("member_id IS NOT NULL")),
    prefix="kpitarget",
)
