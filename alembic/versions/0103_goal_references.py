"""Goals of other systems: their external references, their waiting parents, and their runs."""

from alembic import op

revision = "0103"
down_revision = "0102"

REFERENCES = """
CREATE TABLE goal_references (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    source TEXT NOT NULL,
    external_id TEXT NOT NULL,
    goal_id UUID NOT NULL,
    CONSTRAINT pk_goal_references PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_goal_references_goal_id FOREIGN KEY(tenant_id, goal_id)
        REFERENCES goals (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT uq_goal_references_source_external_id UNIQUE (tenant_id, source, external_id)
)
"""
PENDING = """
CREATE TABLE pending_goal_references (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    object_id UUID NOT NULL,
    field TEXT NOT NULL,
    source TEXT NOT NULL,
    external_id TEXT NOT NULL,
    valid_from DATE,
    CONSTRAINT pk_pending_goal_references PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_pending_goal_references_object_id FOREIGN KEY(tenant_id, object_id)
        REFERENCES goals (tenant_id, id) ON DELETE CASCADE
)
"""
INDEXES = (
    (
        "CREATE INDEX ix_goal_references_goal_id_source_external_id"
        " ON goal_references (tenant_id, goal_id, source, external_id)"
    ),
    (
        "CREATE INDEX ix_pending_goal_references_object_id_field"
        " ON pending_goal_references (tenant_id, object_id, field)"
    ),
    (
        "CREATE INDEX ix_pending_goal_references_source_external_id_id"
        " ON pending_goal_references (tenant_id, source, external_id, id)"
    ),
)
TABLES = ("goal_references", "pending_goal_references")
TYPED_TABLES = ("sync_run_counts", "sync_run_issues", "sync_run_changes")


def upgrade() -> None:
    """Create the tables, and let runs have goals."""
    op.execute(REFERENCES)
    op.execute(PENDING)
    for each in TABLES:
        _protect(each)
    for each in INDEXES:
        op.execute(each)
    for each in TYPED_TABLES:
        _allow(each, "'person', 'organization', 'team', 'goal'")


def downgrade() -> None:
    """Drop the tables. Runs forget their goals."""
    for each in TYPED_TABLES:
        op.execute(f"ALTER TABLE {each} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"DELETE FROM {each} WHERE type = 'goal'")
        op.execute(f"ALTER TABLE {each} FORCE ROW LEVEL SECURITY")
        _allow(each, "'person', 'organization', 'team'")
    op.execute("ALTER TABLE sync_runs NO FORCE ROW LEVEL SECURITY")
    op.execute("UPDATE sync_runs SET types = types - 'goal'")
    op.execute("ALTER TABLE sync_runs FORCE ROW LEVEL SECURITY")
    for each in reversed(TABLES):
        op.execute(f"DROP TABLE {each}")


def _protect(table: str) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} ALTER COLUMN tenant_id SET (n_distinct=10)")
    op.execute(
        f"CREATE POLICY own_rows ON {table}"
        " USING (tenant_id = current_setting('app.tenant_id')::uuid)"
        " WITH CHECK (tenant_id = current_setting('app.tenant_id')::uuid)"
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO trellis_app")


def _allow(table: str, types: str) -> None:
    op.execute(f"ALTER TABLE {table} DROP CONSTRAINT ck_{table}_type")
    op.execute(
        f"ALTER TABLE {table} ADD CONSTRAINT ck_{table}_type CHECK (type IN ({types})) NOT VALID"
    )
    with op.get_context().autocommit_block():
        op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT ck_{table}_type")
