"""Dimensions of KPIs and their members: tables, mapping and read models."""

from sqlalchemy import FromClause, select, text

from domain.kpis.dimensions import KpiDimension, KpiDimensionMember
from persistence.access.rules_to_sql import compile_rule
from persistence.concept import register_part
from persistence.kernel.schema.columns import columns_of
from persistence.kernel.schema.tables import (
    entity_table,
    parent_foreign_key,
    shared_alias,
    tenant_index,
)
from persistence.kpis.definitions import KPI
from persistence.organizations import ORGANIZATION
from persistence.reading.read_model import FieldContext, Row, Sql

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
    tenant_index("unit_id", postgresql_where=text("unit_id IS NOT NULL")),
    prefix="kpimember",
)

MEMBER = "member_id"
MAY_BE_SLICE = "member_or_null"
"""The member of a slice, or null for the total. Rows that know which use `MEMBER`, for indexes."""


def is_about(each: Row, row: Row) -> Sql:
    """Match what is about the slice of a row, or about the total where the row has no slice.

    A row of `MAY_BE_SLICE` is about a slice only where its member is not null.
    """
    of = each.c[MEMBER]
    if MAY_BE_SLICE in row.c:
        return of.is_not_distinct_from(row.c[MAY_BE_SLICE])
    return of == row.c[MEMBER] if MEMBER in row.c else of.is_(None)


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

KPI_MEMBER.one("unit", ORGANIZATION, lambda row, unit, _: unit.c.id == row.c.unit_id)


def select_members(kpi: Row, key: Sql, context: FieldContext) -> FromClause:
    """Select the members of a dimension that the viewer may see, archived ones with their past."""
    dimension, member = shared_alias(kpi_dimensions), shared_alias(kpi_dimension_members)
    return (
        select(member)
        .where(
            dimension.c.tenant_id == context.facts.tenant(),
            dimension.c.kpi_id == kpi.c.id,
            dimension.c.key == key,
            member.c.tenant_id == context.facts.tenant(),
            member.c.dimension_id == dimension.c.id,
            compile_rule(KpiDimensionMember.SEE, context.facts, member),
        )
        .correlate_except(dimension, member)
        .lateral()
    )
