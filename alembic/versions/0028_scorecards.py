"""Scorecards: sets of KPIs of an organization or a team."""

from alembic import op

revision = "0028"
down_revision = "0027"

CREATE_SCORECARDS = """
CREATE TABLE scorecards (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    version INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    scope_kind TEXT NOT NULL,
    organization_id UUID,
    team_id UUID,
    name TEXT NOT NULL,
    name_sort_key TEXT COLLATE "C" DEFAULT '' NOT NULL,
    description TEXT,
    owner_id UUID NOT NULL,
    visibility TEXT NOT NULL,
    status TEXT NOT NULL,
    CONSTRAINT pk_scorecards PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_scorecards_organization_id FOREIGN KEY(tenant_id, organization_id)
        REFERENCES organizations (tenant_id, id),
    CONSTRAINT fk_scorecards_team_id FOREIGN KEY(tenant_id, team_id)
        REFERENCES teams (tenant_id, id),
    CONSTRAINT fk_scorecards_owner_id FOREIGN KEY(tenant_id, owner_id)
        REFERENCES people (tenant_id, id),
    CONSTRAINT ck_scorecards_scope CHECK ((organization_id IS NOT NULL) =
        (scope_kind = 'organization') AND (team_id IS NOT NULL) = (scope_kind = 'team')),
    CONSTRAINT ck_scorecards_scope_kind CHECK (scope_kind IN ('organization', 'team')),
    CONSTRAINT ck_scorecards_visibility CHECK (visibility IN ('tenant', 'organization', 'named')),
    CONSTRAINT ck_scorecards_status CHECK (status IN ('active', 'archived'))
)
"""
CREATE_VIEWERS = """
CREATE TABLE scorecard_viewers (
    tenant_id UUID NOT NULL,
    scorecard_id UUID NOT NULL,
    person_id UUID NOT NULL,
    CONSTRAINT pk_scorecard_viewers PRIMARY KEY (tenant_id, scorecard_id, person_id),
    CONSTRAINT fk_scorecard_viewers_scorecard_id FOREIGN KEY(tenant_id, scorecard_id)
        REFERENCES scorecards (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_scorecard_viewers_person_id FOREIGN KEY(tenant_id, person_id)
        REFERENCES people (tenant_id, id)
)
"""
CREATE_ENTRIES = """
CREATE TABLE scorecard_entries (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    scorecard_id UUID NOT NULL,
    kpi_id UUID NOT NULL,
    position INTEGER NOT NULL,
    weight INTEGER NOT NULL,
    heading TEXT,
    size TEXT NOT NULL,
    grid_column INTEGER,
    grid_row INTEGER,
    CONSTRAINT pk_scorecard_entries PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_scorecard_entries_scorecard_id FOREIGN KEY(tenant_id, scorecard_id)
        REFERENCES scorecards (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_scorecard_entries_kpi_id FOREIGN KEY(tenant_id, kpi_id)
        REFERENCES kpis (tenant_id, id),
    CONSTRAINT ck_scorecard_entries_size CHECK (size IN ('small', 'medium', 'large'))
)
"""
TABLES = {
    "scorecards": CREATE_SCORECARDS,
    "scorecard_viewers": CREATE_VIEWERS,
    "scorecard_entries": CREATE_ENTRIES,
}
INDEXES = (
    ("INDEX", "scorecards", "name_sort_key", "id"),
    ("INDEX", "scorecards", "organization_id", "name_sort_key", "id"),
    ("INDEX", "scorecards", "team_id", "name_sort_key", "id"),
    ("INDEX", "scorecards", "owner_id", "name_sort_key", "id"),
    ("INDEX", "scorecard_viewers", "person_id", "scorecard_id"),
    ("UNIQUE INDEX", "scorecard_entries", "scorecard_id", "kpi_id"),
    ("INDEX", "scorecard_entries", "kpi_id", "scorecard_id"),
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
    """Create the tables of scorecards."""
    for table, statement in TABLES.items():
        op.execute(statement)
        for each in PROTECTION:
            op.execute(each.format(table))
    for kind, table, *columns in INDEXES:
        name = f"{'uq' if kind.startswith('UNIQUE') else 'ix'}_{table}_{'_'.join(columns)}"
        op.execute(f"CREATE {kind} {name} ON {table} (tenant_id, {', '.join(columns)})")


def downgrade() -> None:
    """Drop the tables of scorecards."""
    for table in reversed(TABLES):
        op.execute(f"DROP TABLE {table}")
