"""What a change of a line or of an employment replaces is kept, so that it can still be read.

What was changed before this migration counts as recorded when the person was created. The journal
shows the earlier forms as before. The force of row-level security is taken off for this one
transaction (see 0005).
"""

from alembic import op

revision = "0030"
down_revision = "0029"

CREATE_TABLES = (
    """
    CREATE TABLE superseded_lines (
        tenant_id UUID NOT NULL,
        id UUID NOT NULL,
        superseded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
        person_id UUID NOT NULL,
        manager_id UUID NOT NULL,
        kind TEXT NOT NULL,
        starts_on DATE NOT NULL,
        ends_on DATE,
        CONSTRAINT pk_superseded_lines PRIMARY KEY (tenant_id, id, superseded_at),
        CONSTRAINT fk_superseded_lines_manager_id FOREIGN KEY(tenant_id, manager_id)
            REFERENCES people (tenant_id, id),
        CONSTRAINT fk_superseded_lines_person_id FOREIGN KEY(tenant_id, person_id)
            REFERENCES people (tenant_id, id) ON DELETE CASCADE,
        CONSTRAINT ck_superseded_lines_kind CHECK (kind IN ('primary', 'dotted'))
    )
    """,
    """
    CREATE TABLE superseded_employments (
        tenant_id UUID NOT NULL,
        id UUID NOT NULL,
        superseded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
        person_id UUID NOT NULL,
        hired_on DATE NOT NULL,
        left_on DATE,
        CONSTRAINT pk_superseded_employments PRIMARY KEY (tenant_id, id, superseded_at),
        CONSTRAINT fk_superseded_employments_person_id FOREIGN KEY(tenant_id, person_id)
            REFERENCES people (tenant_id, id) ON DELETE CASCADE
    )
    """,
    "CREATE INDEX ix_superseded_lines_person_id ON superseded_lines (tenant_id, person_id)",
    "CREATE INDEX ix_superseded_lines_manager_id ON superseded_lines (tenant_id, manager_id)",
    (
        "CREATE INDEX ix_superseded_employments_person_id"
        " ON superseded_employments (tenant_id, person_id)"
    ),
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
LIVE_TABLES = ("reporting_lines", "employments")
# The default is for processes of the release before, which do not write the column.
ADD_MOMENT = "ALTER TABLE {0} ADD COLUMN updated_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now()"
FILL_MOMENT = """
UPDATE {0} it SET updated_at = p.created_at
FROM people p WHERE p.tenant_id = it.tenant_id AND p.id = it.person_id
"""


def upgrade() -> None:
    """Create the tables, and say since when the lines and employments are known."""
    for statement in CREATE_TABLES:
        op.execute(statement)
    for table in ("superseded_lines", "superseded_employments"):
        for statement in PROTECTION:
            op.execute(statement.format(table))
    for table in LIVE_TABLES:
        op.execute(ADD_MOMENT.format(table))
    # A directory of many people takes longer than the minute that a statement has.
    op.execute("SET LOCAL statement_timeout = 0")
    for table in ("people", *LIVE_TABLES):
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    for table in LIVE_TABLES:
        op.execute(FILL_MOMENT.format(table))
    for table in ("people", *LIVE_TABLES):
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def downgrade() -> None:
    """Drop the tables and the columns."""
    for table in ("superseded_lines", "superseded_employments"):
        op.execute(f"DROP TABLE {table}")
    for table in LIVE_TABLES:
        op.execute(f"ALTER TABLE {table} DROP COLUMN updated_at")
