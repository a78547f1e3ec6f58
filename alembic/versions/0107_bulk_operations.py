"""Bulk operations: uploads, what workers do with them, and the bytes of their files."""

from alembic import op

revision = "0107"
down_revision = "0106"

CREATE_UPLOADS = """
CREATE TABLE staged_uploads (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    version INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    owner_id UUID NOT NULL,
    format TEXT NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    size INTEGER DEFAULT '0' NOT NULL,
    CONSTRAINT pk_staged_uploads PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_staged_uploads_owner_id FOREIGN KEY(tenant_id, owner_id)
        REFERENCES members (tenant_id, id),
    CONSTRAINT ck_staged_uploads_format CHECK (format IN ('jsonl', 'csv'))
)
"""
CREATE_OPERATIONS = """
CREATE TABLE bulk_operations (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    version INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    owner_id UUID NOT NULL,
    kind TEXT NOT NULL,
    upload_id UUID,
    source TEXT,
    mode TEXT,
    left_on DATE,
    is_dry_run BOOLEAN NOT NULL,
    sync_run_id UUID,
    status TEXT NOT NULL,
    failure TEXT,
    finished_at TIMESTAMP WITH TIME ZONE,
    files_until TIMESTAMP WITH TIME ZONE NOT NULL,
    row_count INTEGER DEFAULT '0' NOT NULL,
    created_count INTEGER DEFAULT '0' NOT NULL,
    updated_count INTEGER DEFAULT '0' NOT NULL,
    unchanged_count INTEGER DEFAULT '0' NOT NULL,
    deferred_count INTEGER DEFAULT '0' NOT NULL,
    rejected_count INTEGER DEFAULT '0' NOT NULL,
    file_size INTEGER DEFAULT '0' NOT NULL,
    read_size INTEGER DEFAULT '0' NOT NULL,
    result_size INTEGER DEFAULT '0' NOT NULL,
    unreadable_count INTEGER DEFAULT '0' NOT NULL,
    line_count INTEGER DEFAULT '0' NOT NULL,
    CONSTRAINT pk_bulk_operations PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_bulk_operations_owner_id FOREIGN KEY(tenant_id, owner_id)
        REFERENCES members (tenant_id, id),
    CONSTRAINT fk_bulk_operations_sync_run_id FOREIGN KEY(tenant_id, sync_run_id)
        REFERENCES sync_runs (tenant_id, id),
    CONSTRAINT ck_bulk_operations_kind CHECK (kind IN ('upsert_people', 'upsert_organizations',
        'upsert_teams', 'record_measurements')),
    CONSTRAINT ck_bulk_operations_mode CHECK (mode IN ('full', 'delta')),
    CONSTRAINT ck_bulk_operations_status
        CHECK (status IN ('created', 'running', 'done', 'failed', 'cancelled')),
    CONSTRAINT ck_bulk_operations_failure CHECK (failure IN ('owner_without_access',
        'sync_run_refused', 'file_missing', 'rows_unreadable', 'row_too_long',
        'results_too_large', 'timeout'))
)
"""
CREATE_PARTS = """
CREATE TABLE bulk_file_parts (
    tenant_id UUID NOT NULL,
    file_id UUID NOT NULL,
    starts_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    data BYTEA NOT NULL,
    CONSTRAINT pk_bulk_file_parts PRIMARY KEY (tenant_id, file_id, starts_at)
)
"""
TABLES = {
    "staged_uploads": CREATE_UPLOADS,
    "bulk_operations": CREATE_OPERATIONS,
    "bulk_file_parts": CREATE_PARTS,
}
INDEXES = (
    ("staged_uploads", "owner_id", "id"),
    ("bulk_operations", "owner_id", "id"),
    ("bulk_operations", "sync_run_id", "id"),
    ("bulk_operations", "status"),
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
