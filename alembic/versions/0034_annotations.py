"""Annotations: what happened on some days."""

from alembic import op

revision = "0034"
down_revision = "0033"

CREATE = """
CREATE TABLE annotations (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    version INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    scope_kind TEXT NOT NULL,
    kpi_id UUID,
    organization_id UUID,
    team_id UUID,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    text TEXT,
    starts_on DATE NOT NULL,
    last_day DATE NOT NULL,
    is_excluded_from_baselines BOOLEAN NOT NULL,
    author_id UUID,
    CONSTRAINT pk_annotations PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_annotations_organization_id FOREIGN KEY(tenant_id, organization_id)
        REFERENCES organizations (tenant_id, id),
    CONSTRAINT fk_annotations_team_id FOREIGN KEY(tenant_id, team_id)
        REFERENCES teams (tenant_id, id),
    CONSTRAINT fk_annotations_author_id FOREIGN KEY(tenant_id, author_id)
        REFERENCES people (tenant_id, id),
    CONSTRAINT fk_annotations_kpi_id FOREIGN KEY(tenant_id, kpi_id)
        REFERENCES kpis (tenant_id, id),
    CONSTRAINT ck_annotations_scope CHECK ((kpi_id IS NOT NULL) = (scope_kind = 'kpi')
        AND (organization_id IS NOT NULL) = (scope_kind = 'organization')
        AND (team_id IS NOT NULL) = (scope_kind = 'team')),
    CONSTRAINT ck_annotations_days CHECK (last_day >= starts_on),
    CONSTRAINT ck_annotations_scope_kind CHECK (scope_kind IN
        ('tenant', 'organization', 'team', 'kpi')),
    CONSTRAINT ck_annotations_kind CHECK (kind IN ('incident', 'change', 'measurement', 'other'))
)
"""
INDEXES = (
    ("starts_on", "id"),
    ("kpi_id", "starts_on", "id"),
    ("organization_id", "starts_on", "id"),
    ("team_id", "starts_on", "id"),
    ("author_id", "starts_on", "id"),
)
PROTECTION = (
    "ALTER TABLE annotations ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE annotations FORCE ROW LEVEL SECURITY",
    "ALTER TABLE annotations ALTER COLUMN tenant_id SET (n_distinct=10)",
    (
        "CREATE POLICY own_rows ON annotations"
        " USING (tenant_id = current_setting('app.tenant_id')::uuid)"
        " WITH CHECK (tenant_id = current_setting('app.tenant_id')::uuid)"
    ),
    "GRANT SELECT, INSERT, UPDATE, DELETE ON annotations TO trellis_app",
)


def upgrade() -> None:
    """Create the table of annotations."""
    op.execute(CREATE)
    for each in PROTECTION:
        op.execute(each)
    for columns in INDEXES:
        name = f"ix_annotations_{'_'.join(columns)}"
        op.execute(f"CREATE INDEX {name} ON annotations (tenant_id, {', '.join(columns)})")


def downgrade() -> None:
    """Drop the table of annotations."""
    op.execute("DROP TABLE annotations")
