"""Create the table of idempotency keys, by which a repeated mutation is recognized."""

from alembic import op

revision = "0002"
down_revision = "0001"

CREATE_TABLE = """
CREATE TABLE idempotency_keys (
    tenant_id UUID NOT NULL,
    member_id UUID NOT NULL,
    key TEXT NOT NULL,
    fingerprint BYTEA NOT NULL,
    entity_id UUID,
    used_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_idempotency_keys PRIMARY KEY (tenant_id, member_id, key)
)
"""
CREATE_INDEX = "CREATE INDEX ix_idempotency_keys_used_at ON idempotency_keys (tenant_id, used_at)"
PROTECTION = (
    "ALTER TABLE idempotency_keys ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE idempotency_keys FORCE ROW LEVEL SECURITY",
    "ALTER TABLE idempotency_keys ALTER COLUMN tenant_id SET (n_distinct=10)",
    (
        "CREATE POLICY own_rows ON idempotency_keys"
        " USING (tenant_id = current_setting('app.tenant_id')::uuid)"
        " WITH CHECK (tenant_id = current_setting('app.tenant_id')::uuid)"
    ),
    "GRANT SELECT, INSERT, UPDATE, DELETE ON idempotency_keys TO trellis_app",
)


def upgrade() -> None:
    """Create the table, restrict it to its tenant, and grant it to the serving role."""
    for statement in (CREATE_TABLE, CREATE_INDEX, *PROTECTION):
        op.execute(statement)


def downgrade() -> None:
    """Drop the table with its keys."""
    op.execute("DROP TABLE idempotency_keys")
