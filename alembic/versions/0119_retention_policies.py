"""Retention policies: for how long data of a kind is kept."""

from alembic import op

revision = "0119"
down_revision = "0118"

STATEMENTS = (
    """
CREATE TABLE retention_policies (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    version INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    data_kind TEXT NOT NULL,
    days INTEGER,
    CONSTRAINT pk_retention_policies PRIMARY KEY (tenant_id, id),
    CONSTRAINT uq_retention_policies_data_kind UNIQUE (tenant_id, data_kind),
    CONSTRAINT ck_retention_policies_data_kind
        CHECK (data_kind IN ('leavers', 'feedback', 'survey_comments'))
)
""",
    "ALTER TABLE retention_policies ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE retention_policies FORCE ROW LEVEL SECURITY",
    "ALTER TABLE retention_policies ALTER COLUMN tenant_id SET (n_distinct=10)",
    (
        "CREATE POLICY own_rows ON retention_policies"
        " USING (tenant_id = current_setting('app.tenant_id')::uuid)"
        " WITH CHECK (tenant_id = current_setting('app.tenant_id')::uuid)"
    ),
    "GRANT SELECT, INSERT, UPDATE, DELETE ON retention_policies TO trellis_app",
)


def upgrade() -> None:
    """Create the table. No tenant has a policy."""
    for each in STATEMENTS:
        op.execute(each)


def downgrade() -> None:
    """Drop the policies. Their task is unknown to the release before, and waits."""
    op.execute("DROP TABLE retention_policies")
