"""Competency frameworks: what is expected at each level of each career track."""

from alembic import op

revision = "0046"
down_revision = "0045"

CREATE_FRAMEWORKS = """
CREATE TABLE competency_frameworks (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    version INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    document_id UUID NOT NULL,
    revision INTEGER NOT NULL,
    name TEXT NOT NULL,
    name_sort_key TEXT COLLATE "C" DEFAULT '' NOT NULL,
    description TEXT,
    status TEXT NOT NULL,
    published_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_competency_frameworks PRIMARY KEY (tenant_id, id),
    CONSTRAINT ck_competency_frameworks_status CHECK (status IN ('draft', 'published', 'archived'))
)
"""
CREATE_COMPETENCIES = """
CREATE TABLE competencies (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    framework_id UUID NOT NULL,
    position INTEGER NOT NULL,
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    theme TEXT,
    description TEXT,
    CONSTRAINT pk_competencies PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_competencies_framework_id FOREIGN KEY(tenant_id, framework_id)
        REFERENCES competency_frameworks (tenant_id, id) ON DELETE CASCADE
)
"""
CREATE_TRACKS = """
CREATE TABLE competency_tracks (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    framework_id UUID NOT NULL,
    position INTEGER NOT NULL,
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    CONSTRAINT pk_competency_tracks PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_competency_tracks_framework_id FOREIGN KEY(tenant_id, framework_id)
        REFERENCES competency_frameworks (tenant_id, id) ON DELETE CASCADE
)
"""
CREATE_LEVELS = """
CREATE TABLE competency_levels (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    framework_id UUID NOT NULL,
    track_id UUID NOT NULL,
    position INTEGER NOT NULL,
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    CONSTRAINT pk_competency_levels PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_competency_levels_framework_id FOREIGN KEY(tenant_id, framework_id)
        REFERENCES competency_frameworks (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_competency_levels_track_id FOREIGN KEY(tenant_id, track_id)
        REFERENCES competency_tracks (tenant_id, id) ON DELETE CASCADE
)
"""
CREATE_EXPECTATIONS = """
CREATE TABLE competency_expectations (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    framework_id UUID NOT NULL,
    level_id UUID NOT NULL,
    position INTEGER NOT NULL,
    competency_key TEXT NOT NULL,
    text TEXT NOT NULL,
    CONSTRAINT pk_competency_expectations PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_competency_expectations_framework_id FOREIGN KEY(tenant_id, framework_id)
        REFERENCES competency_frameworks (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_competency_expectations_level_id FOREIGN KEY(tenant_id, level_id)
        REFERENCES competency_levels (tenant_id, id) ON DELETE CASCADE
)
"""
TABLES = {
    "competency_frameworks": CREATE_FRAMEWORKS,
    "competencies": CREATE_COMPETENCIES,
    "competency_tracks": CREATE_TRACKS,
    "competency_levels": CREATE_LEVELS,
    "competency_expectations": CREATE_EXPECTATIONS,
}
INDEXES = (
    ("INDEX", "competency_frameworks", "name_sort_key", "id"),
    ("UNIQUE INDEX", "competency_frameworks", "document_id", "revision"),
    ("UNIQUE INDEX", "competencies", "framework_id", "position"),
    ("INDEX", "competencies", "framework_id", "key"),
    ("UNIQUE INDEX", "competency_tracks", "framework_id", "position"),
    ("INDEX", "competency_levels", "framework_id"),
    ("UNIQUE INDEX", "competency_levels", "track_id", "position"),
    ("UNIQUE INDEX", "competency_expectations", "level_id", "position"),
    ("INDEX", "competency_expectations", "framework_id"),
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
    for kind, table, *columns in INDEXES:
        name = f"{'uq' if kind.startswith('UNIQUE') else 'ix'}_{table}_{'_'.join(columns)}"
        op.execute(f"CREATE {kind} {name} ON {table} (tenant_id, {', '.join(columns)})")


def downgrade() -> None:
    """Drop the tables."""
    for table in reversed(TABLES):
        op.execute(f"DROP TABLE {table}")
