"""Idempotency keys: what a client calls one change, however often it has to ask for it."""

from alembic import op

from persistence.kernel.schema.row_level_security import protect_table

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


def upgrade() -> None:
    """Make the table, shut it to all but its tenant, and open it to those who serve."""
    for statement in (CREATE_TABLE, CREATE_INDEX, *protect_table("idempotency_keys")):
        op.execute(statement)


def downgrade() -> None:
    """Forget every key."""
    op.execute("DROP TABLE idempotency_keys")
