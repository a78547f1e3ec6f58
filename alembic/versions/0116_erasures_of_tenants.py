"""The deletions of tenants that are scheduled, under way or done, with their receipts."""

from alembic import op

revision = "0116"
down_revision = "0115"

CREATE_TABLE = """
CREATE TABLE directory.erasures (
    tenant_id UUID NOT NULL,
    slug TEXT NOT NULL,
    status_before TEXT NOT NULL,
    scheduled_at TIMESTAMP WITH TIME ZONE NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE NOT NULL,
    begun_at TIMESTAMP WITH TIME ZONE,
    finished_at TIMESTAMP WITH TIME ZONE,
    counts JSONB NOT NULL DEFAULT '{}',
    receipt TEXT,
    CONSTRAINT pk_erasures PRIMARY KEY (tenant_id, scheduled_at),
    CONSTRAINT ck_erasures_status_before CHECK (status_before IN ('active', 'suspended', 'closing'))
)
"""
GRANT = "GRANT SELECT ON directory.erasures TO trellis_app"


def upgrade() -> None:
    """Create the table. Only the role that owns the schema may write it."""
    op.execute(CREATE_TABLE)
    op.execute("CREATE INDEX ix_erasures_due_at ON directory.erasures (due_at)")
    op.execute(GRANT)


def downgrade() -> None:
    """Drop the table. Tenants whose deletion is scheduled stay closing; receipts are lost."""
    op.execute("DROP TABLE directory.erasures")
