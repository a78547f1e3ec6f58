"""Work calendars: the working days of the people of a location."""

from alembic import op

revision = "0035"
down_revision = "0034"

CREATE_CALENDARS = """
CREATE TABLE work_calendars (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    version INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    name TEXT NOT NULL,
    name_sort_key TEXT COLLATE "C" DEFAULT '' NOT NULL,
    location TEXT,
    location_folded TEXT,
    country TEXT,
    subdivision TEXT,
    CONSTRAINT pk_work_calendars PRIMARY KEY (tenant_id, id)
)
"""
CREATE_DAYS = """
CREATE TABLE calendar_days (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    calendar_id UUID NOT NULL,
    day DATE NOT NULL,
    is_working BOOLEAN NOT NULL,
    occasion TEXT NOT NULL,
    CONSTRAINT pk_calendar_days PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_calendar_days_calendar_id FOREIGN KEY(tenant_id, calendar_id)
        REFERENCES work_calendars (tenant_id, id) ON DELETE CASCADE
)
"""
TABLES = {"work_calendars": CREATE_CALENDARS, "calendar_days": CREATE_DAYS}
INDEXES = (
    ("UNIQUE INDEX", "work_calendars", "location_folded"),
    ("INDEX", "work_calendars", "name_sort_key", "id"),
    ("UNIQUE INDEX", "calendar_days", "calendar_id", "day"),
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
