"""External references of teams: their ids in other systems."""

from alembic import op

revision = "0088"
down_revision = "0087"

TABLE = """
CREATE TABLE team_references (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    source TEXT NOT NULL,
    external_id TEXT NOT NULL,
    team_id UUID NOT NULL,
    CONSTRAINT pk_team_references PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_team_references_team_id FOREIGN KEY(tenant_id, team_id)
        REFERENCES teams (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT uq_team_references_source_external_id UNIQUE (tenant_id, source, external_id)
)
"""
STATEMENTS = (
    TABLE,
    "ALTER TABLE team_references ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE team_references FORCE ROW LEVEL SECURITY",
    "ALTER TABLE team_references ALTER COLUMN tenant_id SET (n_distinct=10)",
    (
        "CREATE POLICY own_rows ON team_references"
        " USING (tenant_id = current_setting('app.tenant_id')::uuid)"
        " WITH CHECK (tenant_id = current_setting('app.tenant_id')::uuid)"
    ),
    "GRANT SELECT, INSERT, UPDATE, DELETE ON team_references TO trellis_app",
    (
        "CREATE INDEX ix_team_references_team_id_source_external_id"
        " ON team_references (tenant_id, team_id, source, external_id)"
    ),
)


def upgrade() -> None:
    """Create the table."""
    for each in STATEMENTS:
        op.execute(each)


def downgrade() -> None:
    """Drop the table."""
    op.execute("DROP TABLE team_references")
