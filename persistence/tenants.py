"""Tenants: how their settings are kept, and the directory that is read before a tenant is known."""

from sqlalchemy import CheckConstraint, Column, DateTime, Integer, Table, Text, Uuid, func
from sqlalchemy.dialects.postgresql import JSONB

from domain.tenants import TenantStatus, WeekStart
from persistence.kernel.tables import Word, metadata, one_of, tenant_table

tenants = tenant_table(
    "tenants",
    Column("name", Text, nullable=False),
    Column("fiscal_year_start_month", Integer, nullable=False),
    Column("week_start", Word(WeekStart), nullable=False),
    Column("time_zone", Text, nullable=False),
    Column("locale", Text, nullable=False),
    Column("labels", JSONB, nullable=False),
    CheckConstraint("id = tenant_id", name="itself"),
    CheckConstraint("fiscal_year_start_month BETWEEN 1 AND 12", name="fiscal_year_start_month"),
)

directory_tenants = Table(
    "tenants",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("slug", Text, nullable=False, unique=True),
    Column("status", Word(TenantStatus), one_of("status", TenantStatus), nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    schema="directory",
)

directory_issuers = Table(
    "issuers",
    metadata,
    Column("issuer", Text, primary_key=True),
    Column("tenant_id", Uuid, nullable=False, index=True),
    Column("audience", Text, nullable=False),
    Column("algorithms", Text, nullable=False),
    Column("key_set_uri", Text),
    Column("key_set", Text),
    Column("subject_claim", Text, nullable=False, server_default="sub"),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    schema="directory",
)
