"""Career groups of review templates, and for whom sections, questions and forms are."""

from alembic import op

revision = "0105"
down_revision = "0104"

CREATE_GROUPS = """
CREATE TABLE review_career_groups (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    template_id UUID NOT NULL,
    position INTEGER NOT NULL,
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    job_titles JSONB NOT NULL,
    levels JSONB NOT NULL,
    organization_id UUID,
    has_reports BOOLEAN,
    CONSTRAINT pk_review_career_groups PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_review_career_groups_template_id FOREIGN KEY (tenant_id, template_id)
        REFERENCES review_templates (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_review_career_groups_organization_id FOREIGN KEY (tenant_id, organization_id)
        REFERENCES organizations (tenant_id, id)
)
"""
STATEMENTS = (
    CREATE_GROUPS,
    "ALTER TABLE review_career_groups ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE review_career_groups FORCE ROW LEVEL SECURITY",
    "ALTER TABLE review_career_groups ALTER COLUMN tenant_id SET (n_distinct=10)",
    (
        "CREATE POLICY own_rows ON review_career_groups"
        " USING (tenant_id = current_setting('app.tenant_id')::uuid)"
        " WITH CHECK (tenant_id = current_setting('app.tenant_id')::uuid)"
    ),
    "GRANT SELECT, INSERT, UPDATE, DELETE ON review_career_groups TO trellis_app",
    (
        "CREATE UNIQUE INDEX uq_review_career_groups_template_id_position"
        " ON review_career_groups (tenant_id, template_id, position)"
    ),
    (
        "CREATE INDEX ix_review_career_groups_organization_id"
        " ON review_career_groups (tenant_id, organization_id)"
    ),
    "ALTER TABLE review_sections ADD COLUMN career_group_keys JSONB NOT NULL DEFAULT '[]'",
    "ALTER TABLE review_questions ADD COLUMN career_group_keys JSONB NOT NULL DEFAULT '[]'",
    "ALTER TABLE review_sections ALTER COLUMN career_group_keys DROP DEFAULT",
    "ALTER TABLE review_questions ALTER COLUMN career_group_keys DROP DEFAULT",
    "ALTER TABLE reviews ADD COLUMN career_group_keys JSONB",
)


def upgrade() -> None:
    """Create the table and the columns. Every part of a form is for everybody."""
    for each in STATEMENTS:
        op.execute(each)


def downgrade() -> None:
    """Drop the columns and the table."""
    for table in ("reviews", "review_questions", "review_sections"):
        op.execute(f"ALTER TABLE {table} DROP COLUMN career_group_keys")
    op.execute("DROP TABLE review_career_groups")
