"""Undoing sync runs: what a run changed, with the values before and after."""

from alembic import op

revision = "0096"
down_revision = "0095"

STATUSES = "'open', 'finished', 'blocked', 'abandoned'"
STATEMENTS = (
    "ALTER TABLE sync_runs ADD COLUMN undoable_until TIMESTAMP WITH TIME ZONE",
    """
    CREATE TABLE sync_run_changes (
        tenant_id UUID NOT NULL,
        id UUID NOT NULL,
        sync_run_id UUID NOT NULL,
        type TEXT NOT NULL,
        object_id UUID NOT NULL,
        turn INTEGER NOT NULL,
        kind TEXT NOT NULL,
        field TEXT NOT NULL,
        valid_from DATE,
        before JSONB NOT NULL,
        after JSONB NOT NULL,
        CONSTRAINT pk_sync_run_changes PRIMARY KEY (tenant_id, id),
        CONSTRAINT fk_sync_run_changes_sync_run_id FOREIGN KEY(tenant_id, sync_run_id)
            REFERENCES sync_runs (tenant_id, id) ON DELETE CASCADE,
        CONSTRAINT ck_sync_run_changes_type CHECK (type IN ('person', 'organization', 'team')),
        CONSTRAINT ck_sync_run_changes_kind
            CHECK (kind IN ('created', 'field', 'reference', 'waiting', 'version'))
    )
    """,
    "ALTER TABLE sync_run_changes ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE sync_run_changes FORCE ROW LEVEL SECURITY",
    "ALTER TABLE sync_run_changes ALTER COLUMN tenant_id SET (n_distinct=10)",
    (
        "CREATE POLICY own_rows ON sync_run_changes"
        " USING (tenant_id = current_setting('app.tenant_id')::uuid)"
        " WITH CHECK (tenant_id = current_setting('app.tenant_id')::uuid)"
    ),
    "GRANT SELECT, INSERT, UPDATE, DELETE ON sync_run_changes TO trellis_app",
    (
        "CREATE INDEX ix_sync_run_changes_sync_run_id_object_id"
        " ON sync_run_changes (tenant_id, sync_run_id, object_id)"
    ),
    (
        "CREATE INDEX ix_sync_run_changes_sync_run_id_turn_id"
        " ON sync_run_changes (tenant_id, sync_run_id, turn, id)"
    ),
    (
        "CREATE INDEX ix_sync_run_changes_object_id_id"
        " ON sync_run_changes (tenant_id, object_id, id)"
    ),
)


def upgrade() -> None:
    """Create the table, and allow the states of a run that is undone."""
    for each in STATEMENTS:
        op.execute(each)
    _allow(f"{STATUSES}, 'undoing', 'undone'")


def downgrade() -> None:
    """Drop the table. Runs that are undone become finished ones."""
    op.execute("DROP TABLE sync_run_changes")
    op.execute("ALTER TABLE sync_runs NO FORCE ROW LEVEL SECURITY")
    op.execute("UPDATE sync_runs SET status = 'finished' WHERE status IN ('undoing', 'undone')")
    op.execute("ALTER TABLE sync_runs FORCE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE sync_runs DROP COLUMN undoable_until")
    _allow(STATUSES)


def _allow(statuses: str) -> None:
    op.execute("ALTER TABLE sync_runs DROP CONSTRAINT ck_sync_runs_status")
    op.execute(
        "ALTER TABLE sync_runs ADD CONSTRAINT ck_sync_runs_status"
        f" CHECK (status IN ({statuses})) NOT VALID"
    )
    with op.get_context().autocommit_block():
        op.execute("ALTER TABLE sync_runs VALIDATE CONSTRAINT ck_sync_runs_status")
