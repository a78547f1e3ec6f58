"""The tables of the platform. They are in the directory, and belong to no tenant.

Only the platform's role writes them. The serving role reads none but the issuers, so that it can
refuse their tokens.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)

from domain.platform import FileOrigin, OperationKind, OperationState, OperatorRole
from persistence.kernel.schema.tables import EnumText, enum_check, metadata

SCHEMA = "directory"

platform_issuers = Table(
    "platform_issuers",
    metadata,
    Column("issuer", Text, primary_key=True),
    Column("audience", Text, nullable=False),
    Column("algorithms", Text, nullable=False),
    Column("key_set_uri", Text),
    Column("key_set", Text),
    Column("subject_claim", Text, nullable=False, server_default="sub"),
    Column("preset", Text, nullable=False, server_default="strict"),
    Column("clients", Text, nullable=False, server_default=""),
    Column("tenant_claim", Text, nullable=False, server_default=""),
    Column("tenant_value", Text, nullable=False, server_default=""),
    Column("max_lifetime", Integer),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    schema=SCHEMA,
)

operators = Table(
    "operators",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("issuer", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("role", EnumText(OperatorRole), enum_check("role", OperatorRole), nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("removed_at", DateTime(timezone=True)),
    UniqueConstraint("issuer", "subject"),
    schema=SCHEMA,
)

platform_audit_log = Table(
    "platform_audit_log",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("act", Text, nullable=False),
    Column("operator_id", Uuid),
    Column("tenant_id", Uuid),
    Column("tenant_slug", Text),
    Column("subject_id", Uuid),
    Column("changes", Text, nullable=False, server_default="{}"),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("request_id", Text),
    Index("ix_platform_audit_log_tenant_id", "tenant_id", "id"),
    schema=SCHEMA,
)

platform_keys = Table(
    "platform_keys",
    metadata,
    Column("operator_id", Uuid, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("subject_id", Uuid, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    schema=SCHEMA,
)

tenant_usage = Table(
    "tenant_usage",
    metadata,
    Column("tenant_id", Uuid, primary_key=True),
    Column("name", Text),
    Column("people", Integer),
    Column("events", BigInteger),
    Column("storage_bytes", BigInteger),
    Column("requests", BigInteger),
    Column("measured_at", DateTime(timezone=True)),
    Column("due_at", DateTime(timezone=True), nullable=False),
    Index("ix_tenant_usage_due_at", "due_at"),
    schema=SCHEMA,
)

request_counts = Table(
    "request_counts",
    metadata,
    Column("tenant_id", Uuid, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("requests", BigInteger, nullable=False),
    schema=SCHEMA,
)

tenant_operations = Table(
    "tenant_operations",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("kind", EnumText(OperationKind), enum_check("kind", OperationKind), nullable=False),
    Column("state", EnumText(OperationState), enum_check("state", OperationState), nullable=False),
    Column("tenant_id", Uuid),
    Column("slug", Text, nullable=False),
    Column("new_slug", Text),
    Column("file_id", Uuid),
    Column("is_dry_run", Boolean, nullable=False),
    Column("input", Text),
    Column("operator_id", Uuid),
    Column("request_id", Text),
    Column("requested_at", DateTime(timezone=True), nullable=False),
    Column("started_at", DateTime(timezone=True)),
    Column("finished_at", DateTime(timezone=True)),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("lease_id", Uuid),
    Column("leased_until", DateTime(timezone=True)),
    Column("step", Text),
    Column("steps_done", Integer),
    Column("step_count", Integer),
    Column("result", Text),
    Column("error_code", Text),
    Column("error_message", Text),
    Index(
        "ix_tenant_operations_open",
        "requested_at",
        postgresql_where=text("finished_at IS NULL"),
    ),
    Index("ix_tenant_operations_slug", "slug", "id"),
    Index("ix_tenant_operations_new_slug", "new_slug", "id"),
    schema=SCHEMA,
)

tenant_files = Table(
    "tenant_files",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("origin", EnumText(FileOrigin), enum_check("origin", FileOrigin), nullable=False),
    Column("tenant_id", Uuid),
    Column("size", BigInteger, nullable=False, server_default="0"),
    Column("expected_size", BigInteger),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("kept_until", DateTime(timezone=True), nullable=False),
    Index("ix_tenant_files_kept_until", "kept_until"),
    schema=SCHEMA,
)

tenant_creations = Table(
    "tenant_creations",
    metadata,
    Column("tenant_id", Uuid, primary_key=True),
    Column("database", Text),
    Column("begun_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    schema=SCHEMA,
)
"""Tenants whose rows are being stored, before the directory has the tenant itself."""
