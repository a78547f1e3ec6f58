"""Groups of review cycles, whose phases have days of their own."""

from uuid import UUID

from alembic import op

revision = "0093"
down_revision = "0092"

PHASES = (
    "'nomination', 'self', 'peers', 'manager', 'second_level', 'calibration', 'sharing', 'sign_off'"
)
CREATE_GROUPS = """
CREATE TABLE review_cycle_groups (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    cycle_id UUID NOT NULL,
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    organization_id UUID,
    time_zones JSONB NOT NULL,
    locations JSONB NOT NULL,
    employment_types JSONB NOT NULL,
    max_working_time_share NUMERIC,
    min_leave_days INTEGER NOT NULL,
    CONSTRAINT pk_review_cycle_groups PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_review_cycle_groups_cycle_id FOREIGN KEY (tenant_id, cycle_id)
        REFERENCES review_cycles (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_review_cycle_groups_organization_id FOREIGN KEY (tenant_id, organization_id)
        REFERENCES organizations (tenant_id, id)
)
"""
CREATE_PHASES = f"""
CREATE TABLE review_cycle_group_phases (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    cycle_id UUID NOT NULL,
    group_id UUID NOT NULL,
    position INTEGER NOT NULL,
    kind TEXT NOT NULL,
    starts_on DATE NOT NULL,
    last_day DATE NOT NULL,
    CONSTRAINT pk_review_cycle_group_phases PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_review_cycle_group_phases_cycle_id FOREIGN KEY (tenant_id, cycle_id)
        REFERENCES review_cycles (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_review_cycle_group_phases_group_id FOREIGN KEY (tenant_id, group_id)
        REFERENCES review_cycle_groups (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT ck_review_cycle_group_phases_kind CHECK (kind IN ({PHASES}))
)
"""
TABLES = {
    "review_cycle_groups": CREATE_GROUPS,
    "review_cycle_group_phases": CREATE_PHASES,
}
INDEXES = (
    ("review_cycle_groups", "organization_id"),
    ("review_cycle_group_phases", "cycle_id"),
)
UNIQUE_INDEXES = (
    ("review_cycle_groups", "cycle_id", "position"),
    ("review_cycle_group_phases", "group_id", "position"),
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
CONSTRAINT = "fk_review_participants_group_id"
INDEX = "ix_review_participants_group_id"


def upgrade() -> None:
    """Create the tables, and the group of each participant. Nobody has one yet."""
    for table, statement in TABLES.items():
        op.execute(statement)
        for each in PROTECTION:
            op.execute(each.format(table))
    for kind, prefix, indexes in (("", "ix", INDEXES), ("UNIQUE ", "uq", UNIQUE_INDEXES)):
        for table, *columns in indexes:
            name = f"{prefix}_{table}_{'_'.join(columns)}"
            op.execute(f"CREATE {kind}INDEX {name} ON {table} (tenant_id, {', '.join(columns)})")
    op.execute("ALTER TABLE review_participants ADD COLUMN group_id UUID")
    op.execute(
        f"ALTER TABLE review_participants ADD CONSTRAINT {CONSTRAINT} FOREIGN KEY"
        " (tenant_id, group_id) REFERENCES review_cycle_groups (tenant_id, id) NOT VALID"
    )
    with op.get_context().autocommit_block():
        # The new column is empty; row-level security needs some tenant to validate it for.
        op.execute(f"SET app.tenant_id = '{UUID(int=0)}'")
        op.execute(f"ALTER TABLE review_participants VALIDATE CONSTRAINT {CONSTRAINT}")
        op.execute("RESET app.tenant_id")
        op.execute("SET statement_timeout = 0")
        op.execute("SET lock_timeout = 0")
        op.execute(
            f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {INDEX} ON review_participants"
            " (tenant_id, group_id)"
        )
        op.execute("SET statement_timeout = '60s'")
        op.execute("SET lock_timeout = '2s'")


def downgrade() -> None:
    """Drop the tables and the column."""
    op.execute("ALTER TABLE review_participants DROP COLUMN group_id")
    for table in reversed(TABLES):
        op.execute(f"DROP TABLE {table}")
