"""Sync runs: what another system sends together, its outcomes, and who was missing."""

from alembic import op

revision = "0090"
down_revision = "0089"

CREATE_RUNS = """
CREATE TABLE sync_runs (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    version INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    source TEXT NOT NULL,
    kind TEXT NOT NULL,
    types JSONB NOT NULL,
    started_by_id UUID NOT NULL,
    status TEXT NOT NULL,
    left_on DATE,
    ended_count INTEGER NOT NULL,
    finished_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_sync_runs PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_sync_runs_started_by_id FOREIGN KEY(tenant_id, started_by_id)
        REFERENCES members (tenant_id, id),
    CONSTRAINT ck_sync_runs_kind CHECK (kind IN ('full', 'delta')),
    CONSTRAINT ck_sync_runs_status
        CHECK (status IN ('open', 'finished', 'blocked', 'abandoned'))
)
"""
CREATE_COUNTS = """
CREATE TABLE sync_run_counts (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    sync_run_id UUID NOT NULL,
    type TEXT NOT NULL,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    unchanged INTEGER NOT NULL,
    deferred INTEGER NOT NULL,
    rejected INTEGER NOT NULL,
    CONSTRAINT pk_sync_run_counts PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_sync_run_counts_sync_run_id FOREIGN KEY(tenant_id, sync_run_id)
        REFERENCES sync_runs (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT ck_sync_run_counts_type CHECK (type IN ('person', 'organization', 'team'))
)
"""
CREATE_ISSUES = """
CREATE TABLE sync_run_issues (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    sync_run_id UUID NOT NULL,
    type TEXT,
    source TEXT NOT NULL,
    external_id TEXT,
    code TEXT NOT NULL,
    field TEXT,
    CONSTRAINT pk_sync_run_issues PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_sync_run_issues_sync_run_id FOREIGN KEY(tenant_id, sync_run_id)
        REFERENCES sync_runs (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT ck_sync_run_issues_type CHECK (type IN ('person', 'organization', 'team'))
)
"""
CREATE_ROWS = """
CREATE TABLE sync_run_rows (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    sync_run_id UUID NOT NULL,
    CONSTRAINT pk_sync_run_rows PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_sync_run_rows_sync_run_id FOREIGN KEY(tenant_id, sync_run_id)
        REFERENCES sync_runs (tenant_id, id) ON DELETE CASCADE
)
"""
CREATE_PEOPLE = """
CREATE TABLE sync_run_people (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    sync_run_id UUID NOT NULL,
    person_id UUID NOT NULL,
    is_ended BOOLEAN NOT NULL,
    CONSTRAINT pk_sync_run_people PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_sync_run_people_sync_run_id FOREIGN KEY(tenant_id, sync_run_id)
        REFERENCES sync_runs (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_sync_run_people_person_id FOREIGN KEY(tenant_id, person_id)
        REFERENCES people (tenant_id, id)
)
"""
TABLES = {
    "sync_runs": CREATE_RUNS,
    "sync_run_counts": CREATE_COUNTS,
    "sync_run_issues": CREATE_ISSUES,
    "sync_run_rows": CREATE_ROWS,
    "sync_run_people": CREATE_PEOPLE,
}
INDEXES = (
    ("sync_runs", "started_by_id", "id"),
    ("sync_run_counts", "sync_run_id", "type"),
    ("sync_run_issues", "sync_run_id", "id"),
    ("sync_run_issues", "source", "external_id"),
    ("sync_run_rows", "sync_run_id", "id"),
    ("sync_run_people", "sync_run_id", "person_id"),
    ("sync_run_people", "person_id", "id"),
)
PROTECTION = (
    "ALTER TABLE {0} ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE {0} FORCE ROW LEVEL SECURITY",
    "ALTER TABLE {0} ALTER COLUMN tenant_id SET (n_distinct=10)",
    (
        "CREATE POLICY own_rows ON {0}"
        " USING (tenant_id = current_setting('app.tenant_id')::uuid)"
        " WITH CHECK (tenant_id = current_setting('app.tenant_id')::uuid)"
    ),
    "GRANT SELECT, INSERT, UPDATE, DELETE ON {0} TO trellis_app",
)


def upgrade() -> None:
    """Create the tables."""
    for table, statement in TABLES.items():
        op.execute(statement)
        for each in PROTECTION:
            op.execute(each.format(table))
    for table, *columns in INDEXES:
        name = f"ix_{table}_{'_'.join(columns)}"
        op.execute(f"CREATE INDEX {name} ON {table} (tenant_id, {', '.join(columns)})")


def downgrade() -> None:
    """Drop the tables."""
    for table in reversed(TABLES):
        op.execute(f"DROP TABLE {table}")
