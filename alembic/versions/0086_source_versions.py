"""Source versions: the newest version of a row of another system that was applied."""

from alembic import op

revision = "0086"
down_revision = "0085"

TABLE = """
CREATE TABLE source_versions (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    source_version TEXT NOT NULL,
    CONSTRAINT pk_source_versions PRIMARY KEY (tenant_id, id)
)
"""
PROTECTION = (
    "ALTER TABLE source_versions ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE source_versions FORCE ROW LEVEL SECURITY",
    "ALTER TABLE source_versions ALTER COLUMN tenant_id SET (n_distinct=10)",
    (
        "CREATE POLICY own_rows ON source_versions"
        " USING (tenant_id = current_setting('app.tenant_id')::uuid)"
        " WITH CHECK (tenant_id = current_setting('app.tenant_id')::uuid)"
    ),
    "GRANT SELECT, INSERT, UPDATE, DELETE ON source_versions TO trellis_app",
)


def upgrade() -> None:
    """Create the table."""
    for each in (TABLE, *PROTECTION):
        op.execute(each)


def downgrade() -> None:
    """Drop the table."""
    op.execute("DROP TABLE source_versions")
