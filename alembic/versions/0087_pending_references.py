"""Pending references: fields of people that wait for somebody whose row is still to come."""

from alembic import op

revision = "0087"
down_revision = "0086"

TABLE = """
CREATE TABLE pending_references (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    object_id UUID NOT NULL,
    field TEXT NOT NULL,
    source TEXT NOT NULL,
    external_id TEXT NOT NULL,
    valid_from DATE,
    CONSTRAINT pk_pending_references PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_pending_references_object_id FOREIGN KEY(tenant_id, object_id)
        REFERENCES people (tenant_id, id) ON DELETE CASCADE
)
"""
STATEMENTS = (
    TABLE,
    "ALTER TABLE pending_references ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE pending_references FORCE ROW LEVEL SECURITY",
    "ALTER TABLE pending_references ALTER COLUMN tenant_id SET (n_distinct=10)",
    (
        "CREATE POLICY own_rows ON pending_references"
        " USING (tenant_id = current_setting('app.tenant_id')::uuid)"
        " WITH CHECK (tenant_id = current_setting('app.tenant_id')::uuid)"
    ),
    "GRANT SELECT, INSERT, UPDATE, DELETE ON pending_references TO trellis_app",
    (
        "CREATE INDEX ix_pending_references_object_id_field"
        " ON pending_references (tenant_id, object_id, field)"
    ),
    (
        "CREATE INDEX ix_pending_references_source_external_id_id"
        " ON pending_references (tenant_id, source, external_id, id)"
    ),
)


def upgrade() -> None:
    """Create the table."""
    for each in STATEMENTS:
        op.execute(each)


def downgrade() -> None:
    """Drop the table."""
    op.execute("DROP TABLE pending_references")
