"""The queue of background tasks, and the table that tells workers which tenants have some."""

from alembic import op

revision = "0026"
down_revision = "0025"

CREATE_TABLES = (
    """
    CREATE TABLE background_tasks (
        tenant_id UUID NOT NULL,
        id UUID NOT NULL,
        kind TEXT NOT NULL,
        arguments JSONB NOT NULL,
        key TEXT,
        state TEXT NOT NULL,
        enqueued_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
        due_at TIMESTAMP WITH TIME ZONE NOT NULL,
        again_at TIMESTAMP WITH TIME ZONE,
        attempt INTEGER NOT NULL DEFAULT 0,
        lease_id UUID,
        last_error TEXT,
        CONSTRAINT pk_background_tasks PRIMARY KEY (tenant_id, id),
        CONSTRAINT ck_background_tasks_state CHECK (state IN ('waiting', 'running', 'dead'))
    )
    """,
    """
    CREATE INDEX ix_background_tasks_due_at ON background_tasks (tenant_id, due_at)
    WHERE state <> 'dead'
    """,
    """
    CREATE UNIQUE INDEX uq_background_tasks_key ON background_tasks (tenant_id, key)
    WHERE state <> 'dead'
    """,
    """
    CREATE TABLE directory.queues (
        tenant_id UUID NOT NULL,
        next_due_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
        waiting INTEGER NOT NULL DEFAULT 0,
        dead INTEGER NOT NULL DEFAULT 0,
        CONSTRAINT pk_queues PRIMARY KEY (tenant_id)
    )
    """,
    "CREATE INDEX ix_queues_next_due_at ON directory.queues (next_due_at)",
)
PROTECTION = (
    "ALTER TABLE background_tasks ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE background_tasks FORCE ROW LEVEL SECURITY",
    "ALTER TABLE background_tasks ALTER COLUMN tenant_id SET (n_distinct=10)",
    (
        "CREATE POLICY own_rows ON background_tasks"
        " USING (tenant_id = current_setting('app.tenant_id')::uuid)"
        " WITH CHECK (tenant_id = current_setting('app.tenant_id')::uuid)"
    ),
    "GRANT SELECT, INSERT, UPDATE, DELETE ON background_tasks TO trellis_app",
    "GRANT SELECT, INSERT, UPDATE ON directory.queues TO trellis_app",
)


def upgrade() -> None:
    """Create the tables."""
    for each in (*CREATE_TABLES, *PROTECTION):
        op.execute(each)


def downgrade() -> None:
    """Drop the tables. Tasks that wait are lost."""
    op.execute("DROP TABLE background_tasks")
    op.execute("DROP TABLE directory.queues")
