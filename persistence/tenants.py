"""Tenants: the table of their settings, and the directory that is read before a tenant is known."""

from collections.abc import Callable

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    FromClause,
    Index,
    Integer,
    Table,
    Text,
    Uuid,
    false,
    func,
    select,
    text,
    type_coerce,
)

from domain.field_owners import OwnedField
from domain.tenants import LabelKey, Tenant, TenantStatus
from persistence.change_cursors import PREFIX as CURSOR_PREFIX
from persistence.change_cursors import build_current_cursor
from persistence.concept import register_concept
from persistence.kernel.mapping.registry import ClosureMaintenance
from persistence.kernel.schema.columns import columns_of
from persistence.kernel.schema.tables import EnumText, aggregate_table, enum_check, metadata
from persistence.kernel.sort_keys import rebuild_sort_keys
from persistence.reading.read_model import ROOT, FieldContext, ReadModel, Row, Sql

tenants = aggregate_table(
    "tenants",
    *columns_of(Tenant),
    CheckConstraint("id = tenant_id", name="itself"),
    CheckConstraint("fiscal_year_start_month BETWEEN 1 AND 12", name="fiscal_year_start_month"),
    CheckConstraint("check_in_backdating_days BETWEEN 0 AND 366", name="check_in_backdating_days"),
    CheckConstraint("kpi_tolerance_percent BETWEEN 0 AND 100", name="kpi_tolerance_percent"),
    CheckConstraint("suppression_threshold BETWEEN 3 AND 100", name="suppression_threshold"),
    CheckConstraint("appeal_days BETWEEN 0 AND 365", name="appeal_days"),
    CheckConstraint("changes_retention_days BETWEEN 1 AND 366", name="changes_retention_days"),
    prefix="tenant",
)

directory_tenants = Table(
    "tenants",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("slug", Text, nullable=False, unique=True),
    Column("status", EnumText(TenantStatus), enum_check("status", TenantStatus), nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("text_version", Text, nullable=False, server_default=""),
    Column("database", Text),
    Column("plan", Text),
    Column("caller_budget", Integer),
    Column("tenant_budget", Integer),
    schema="directory",
)

directory_issuers = Table(
    "issuers",
    metadata,
    Column("issuer", Text, primary_key=True),
    Column("tenant_value", Text, primary_key=True, server_default=""),
    Column("tenant_id", Uuid, ForeignKey("directory.tenants.id"), nullable=False),
    Column("audience", Text, nullable=False),
    Column("algorithms", Text, nullable=False),
    Column("key_set_uri", Text),
    Column("key_set", Text),
    Column("subject_claim", Text, nullable=False, server_default="sub"),
    Column("preset", Text, nullable=False, server_default="strict"),
    Column("clients", Text, nullable=False, server_default=""),
    Column("tenant_claim", Text, nullable=False, server_default=""),
    Column("max_lifetime", Integer),
    Column("is_shared", Boolean, nullable=False, server_default=false()),
    Column("key", Text, nullable=False, server_default=""),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Index("ix_issuers_tenant_id", "tenant_id"),
    Index("uq_issuers_alone", "issuer", unique=True, postgresql_where=text("NOT is_shared")),
    schema="directory",
)

TENANT = register_concept(
    Tenant,
    tenants,
    order=("name",),
    is_listed=False,
    closure=ClosureMaintenance(("locale",), rebuild_sort_keys, is_rebuilt_on_insert=True),
)
LABEL = ReadModel("Label", None)
FIELD_OWNER = ReadModel("FieldOwner", None)


def _select_directory_column(column: str) -> Callable[[Row, FieldContext], Sql]:
    """Select a column of the tenant's row in the registry."""
    return lambda row, _: (
        select(directory_tenants.c[column])
        .where(directory_tenants.c.id == row.c.tenant_id)
        .scalar_subquery()
    )


def _unpack_labels(row: Row, _: FieldContext) -> FromClause:
    each = func.jsonb_each_text(row.c.labels).table_valued("key", "value").render_derived()
    return select(each.c.key, each.c.value.label("text")).correlate_except(each).subquery()


def _unpack_field_owners(row: Row, _: FieldContext) -> FromClause:
    each = func.jsonb_each_text(row.c.field_owners).table_valued("key", "value").render_derived()
    named = each.c.key.label("field"), each.c.value.label("source")
    return select(*named).correlate_except(each).subquery()


TENANT.value("slug", _select_directory_column("slug"))
TENANT.value("status", _select_directory_column("status"))
TENANT.value("change_cursor", build_current_cursor, prefix=CURSOR_PREFIX)
TENANT.computed_list("labels", LABEL, _unpack_labels)
LABEL.value("key", lambda row, _: type_coerce(row.c.key, EnumText(LabelKey)))
LABEL.value("text")
TENANT.computed_list("field_owners", FIELD_OWNER, _unpack_field_owners)
FIELD_OWNER.value("field", lambda row, _: type_coerce(row.c.field, EnumText(OwnedField)))
FIELD_OWNER.value("source")
ROOT.one("tenant", TENANT, lambda _, row, context: row.c.id == context.facts.tenant())
