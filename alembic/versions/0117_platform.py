"""The platform: its operators, issuers and audit log, and the limits of tenants."""

from alembic import op

revision = "0117"
down_revision = "0116"

CREATE_TABLES = (
    """
    CREATE TABLE directory.platform_issuers (
        issuer TEXT NOT NULL,
        audience TEXT NOT NULL,
        algorithms TEXT NOT NULL,
        key_set_uri TEXT,
        key_set TEXT,
        subject_claim TEXT NOT NULL DEFAULT 'sub',
        preset TEXT NOT NULL DEFAULT 'strict',
        clients TEXT NOT NULL DEFAULT '',
        tenant_claim TEXT NOT NULL DEFAULT '',
        tenant_value TEXT NOT NULL DEFAULT '',
        max_lifetime INTEGER,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
        CONSTRAINT pk_platform_issuers PRIMARY KEY (issuer)
    )
    """,
    """
    CREATE TABLE directory.operators (
        id UUID NOT NULL,
        issuer TEXT NOT NULL,
        subject TEXT NOT NULL,
        name TEXT NOT NULL,
        role TEXT NOT NULL CONSTRAINT ck_operators_role
            CHECK (role IN ('reader', 'operator', 'owner')),
        created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
        removed_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_operators PRIMARY KEY (id),
        CONSTRAINT uq_operators_issuer_subject UNIQUE (issuer, subject)
    )
    """,
    """
    CREATE TABLE directory.platform_audit_log (
        id UUID NOT NULL,
        act TEXT NOT NULL,
        operator_id UUID,
        tenant_id UUID,
        tenant_slug TEXT,
        subject_id UUID,
        changes TEXT NOT NULL DEFAULT '{}',
        recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        request_id TEXT,
        CONSTRAINT pk_platform_audit_log PRIMARY KEY (id)
    )
    """,
    "CREATE INDEX ix_platform_audit_log_tenant_id ON directory.platform_audit_log (tenant_id, id)",
    """
    CREATE TABLE directory.platform_keys (
        operator_id UUID NOT NULL,
        key TEXT NOT NULL,
        fingerprint BYTEA NOT NULL,
        subject_id UUID NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_platform_keys PRIMARY KEY (operator_id, key)
    )
    """,
)
LIMITS = ("plan TEXT", "caller_budget INTEGER", "tenant_budget INTEGER")
GRANTS = (
    "GRANT USAGE ON SCHEMA directory TO trellis_platform",
    "GRANT SELECT ON directory.alembic_version TO trellis_platform",
    "GRANT SELECT, INSERT, UPDATE ON directory.tenants, directory.operators TO trellis_platform",
    (
        "GRANT SELECT, INSERT, UPDATE, DELETE ON directory.issuers, directory.platform_issuers"
        " TO trellis_platform"
    ),
    "GRANT SELECT, INSERT ON directory.platform_audit_log TO trellis_platform",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON directory.platform_keys TO trellis_platform",
    "GRANT SELECT ON directory.platform_issuers TO trellis_app",
)


def upgrade() -> None:
    """Create the tables, and let the platform's role write the directory."""
    for each in CREATE_TABLES:
        op.execute(each)
    for each in LIMITS:
        op.execute(f"ALTER TABLE directory.tenants ADD COLUMN {each}")
    for each in GRANTS:
        op.execute(each)


def downgrade() -> None:
    """Drop the tables and the limits. Tenants have those of the installation from then on."""
    op.execute("REVOKE ALL ON ALL TABLES IN SCHEMA directory FROM trellis_platform")
    op.execute("REVOKE ALL ON SCHEMA directory FROM trellis_platform")
    for each in LIMITS:
        op.execute(f"ALTER TABLE directory.tenants DROP COLUMN {each.partition(' ')[0]}")
    for each in ("platform_keys", "platform_audit_log", "operators", "platform_issuers"):
        op.execute(f"DROP TABLE directory.{each}")
