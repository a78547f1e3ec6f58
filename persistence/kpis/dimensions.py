"""Dimensions of KPIs and their members: tables, mapping and read models."""

from domain.kpis.dimensions import KpiDimension, KpiDimensionMember
from persistence.concept import register_part
from persistence.kernel.schema.columns import columns_of
from persistence.kernel.schema.tables import entity_table, parent_foreign_key, tenant_index
from persistence.kpis.definitions import KPI
from persistence.organizations import ORGANIZATION

kpi_dimensions = entity_table(
    "kpi_dimensions",
    *columns_of(KpiDimension),
    parent_foreign_key("kpi_id", "kpis"),
    tenant_index("kpi_id", "key", unique=True),
    prefix="kpidim",
)

kpi_dimension_members = entity_table(
    "kpi_dimension_members",
    *columns_of(KpiDimensionMember),
    parent_foreign_key("kpi_id", "kpis"),
    parent_foreign_key("dimension_id", "kpi_dimensions"),
    tenant_index("dimension_id", "code_folded", unique=True),
    tenant_index("kpi_id", "dimension_id", "position"),
    tenant_index("organization_id"),
    prefix="kpimember",
)

KPI_DIMENSION = register_part(KpiDimension, kpi_dimensions, order=("position",))
KPI_MEMBER = register_part(KpiDimensionMember, kpi_dimension_members, order=("position",))

KPI.list_of(
    "dimensions",
    KPI_DIMENSION,
    lambda row, each, _: each.c.kpi_id == row.c.id,
    order=lambda _, each, __: each.c.position,
)
KPI_DIMENSION.list_of(
    "members",
    KPI_MEMBER,
    lambda row, each, _: each.c.dimension_id == row.c.id,
    inherits_visibility=False,
    order=lambda _, each, __: each.c.position,
)
KPI_DIMENSION.one("kpi", KPI, lambda row, kpi, _: kpi.c.id == row.c.kpi_id)
KPI_MEMBER.one("dimension", KPI_DIMENSION, lambda row, each, _: each.c.id == row.c.dimension_id)
KPI_MEMBER.one(
    "organization", ORGANIZATION, lambda row, unit, _: unit.c.id == row.c.organization_id
)
