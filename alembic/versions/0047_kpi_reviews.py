"""KPI reviews: schedules, what was looked at, and what was decided."""

from uuid import UUID

from alembic import op

revision = "0047"
down_revision = "0046"

FOREIGN_KEY = "fk_action_items_review_id"
INDEX = "ix_action_items_review_id_due_on_id"

STATUSES = "'green', 'amber', 'red', 'no_target', 'not_measured', 'not_applicable', 'suppressed'"
AGGREGATE = """
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    version INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL"""
CREATE_SCHEDULES = f"""
CREATE TABLE kpi_review_schedules ({AGGREGATE},
    subject_kind TEXT NOT NULL,
    kpi_id UUID,
    scorecard_id UUID,
    owner_id UUID NOT NULL,
    rule TEXT NOT NULL,
    starts_on DATE NOT NULL,
    recurs_on DATE,
    due_on DATE,
    last_held_on DATE,
    status TEXT NOT NULL,
    CONSTRAINT pk_kpi_review_schedules PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_kpi_review_schedules_owner_id FOREIGN KEY(tenant_id, owner_id)
        REFERENCES people (tenant_id, id),
    CONSTRAINT fk_kpi_review_schedules_kpi_id FOREIGN KEY(tenant_id, kpi_id)
        REFERENCES kpis (tenant_id, id),
    CONSTRAINT fk_kpi_review_schedules_scorecard_id FOREIGN KEY(tenant_id, scorecard_id)
        REFERENCES scorecards (tenant_id, id),
    CONSTRAINT ck_kpi_review_schedules_subject CHECK (
        (kpi_id IS NOT NULL) = (subject_kind = 'kpi')
        AND (scorecard_id IS NOT NULL) = (subject_kind = 'scorecard')),
    CONSTRAINT ck_kpi_review_schedules_subject_kind CHECK (subject_kind IN ('kpi', 'scorecard')),
    CONSTRAINT ck_kpi_review_schedules_status CHECK (status IN ('active', 'ended'))
)
"""
CREATE_PARTICIPANTS = """
CREATE TABLE kpi_review_participants (
    tenant_id UUID NOT NULL,
    schedule_id UUID NOT NULL,
    person_id UUID NOT NULL,
    CONSTRAINT pk_kpi_review_participants PRIMARY KEY (tenant_id, schedule_id, person_id),
    CONSTRAINT fk_kpi_review_participants_schedule_id FOREIGN KEY(tenant_id, schedule_id)
        REFERENCES kpi_review_schedules (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_kpi_review_participants_person_id FOREIGN KEY(tenant_id, person_id)
        REFERENCES people (tenant_id, id)
)
"""
CREATE_REVIEWS = f"""
CREATE TABLE kpi_reviews ({AGGREGATE},
    schedule_id UUID NOT NULL,
    held_by_id UUID,
    held_on DATE NOT NULL,
    due_on DATE NOT NULL,
    note TEXT,
    CONSTRAINT pk_kpi_reviews PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_kpi_reviews_schedule_id FOREIGN KEY(tenant_id, schedule_id)
        REFERENCES kpi_review_schedules (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_kpi_reviews_held_by_id FOREIGN KEY(tenant_id, held_by_id)
        REFERENCES people (tenant_id, id)
)
"""
CREATE_ENTRIES = f"""
CREATE TABLE kpi_review_entries (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    review_id UUID NOT NULL,
    kpi_id UUID NOT NULL,
    position INTEGER NOT NULL,
    status TEXT NOT NULL,
    period_ordinal INTEGER,
    period TEXT,
    starts_on DATE,
    last_day DATE,
    compared_from DATE,
    is_provisional BOOLEAN NOT NULL,
    revision INTEGER,
    value NUMERIC,
    compared_value NUMERIC,
    target_value NUMERIC,
    target_upper_value NUMERIC,
    CONSTRAINT pk_kpi_review_entries PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_kpi_review_entries_review_id FOREIGN KEY(tenant_id, review_id)
        REFERENCES kpi_reviews (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_kpi_review_entries_kpi_id FOREIGN KEY(tenant_id, kpi_id)
        REFERENCES kpis (tenant_id, id),
    CONSTRAINT ck_kpi_review_entries_status CHECK (status IN ({STATUSES}))
)
"""
CREATE_DECISIONS = """
CREATE TABLE kpi_review_decisions (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    review_id UUID NOT NULL,
    position INTEGER NOT NULL,
    text TEXT NOT NULL,
    CONSTRAINT pk_kpi_review_decisions PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_kpi_review_decisions_review_id FOREIGN KEY(tenant_id, review_id)
        REFERENCES kpi_reviews (tenant_id, id) ON DELETE CASCADE
)
"""
TABLES = {
    "kpi_review_schedules": CREATE_SCHEDULES,
    "kpi_review_participants": CREATE_PARTICIPANTS,
    "kpi_reviews": CREATE_REVIEWS,
    "kpi_review_entries": CREATE_ENTRIES,
    "kpi_review_decisions": CREATE_DECISIONS,
}
INDEXES = (
    ("kpi_review_schedules", "starts_on", "id"),
    ("kpi_review_schedules", "kpi_id", "starts_on", "id"),
    ("kpi_review_schedules", "scorecard_id", "starts_on", "id"),
    ("kpi_review_schedules", "owner_id", "starts_on", "id"),
    ("kpi_review_participants", "person_id", "schedule_id"),
    ("kpi_reviews", "held_on", "id"),
    ("kpi_reviews", "schedule_id", "held_on", "id"),
    ("kpi_reviews", "held_by_id", "held_on", "id"),
    ("kpi_review_entries", "kpi_id", "review_id"),
)
UNIQUE_INDEXES = (
    ("kpi_review_entries", "review_id", "kpi_id"),
    ("kpi_review_decisions", "review_id", "position"),
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
    """Create the tables, and let action items name a review."""
    for statement in TABLES.values():
        op.execute(statement)
    for table in TABLES:
        for each in PROTECTION:
            op.execute(each.format(table))
    for kind, prefix, indexes in (("", "ix", INDEXES), ("UNIQUE ", "uq", UNIQUE_INDEXES)):
        for table, *columns in indexes:
            name = f"{prefix}_{table}_{'_'.join(columns)}"
            op.execute(f"CREATE {kind}INDEX {name} ON {table} (tenant_id, {', '.join(columns)})")
    _link_action_items()


def downgrade() -> None:
    """Remove what this migration added."""
    op.execute("ALTER TABLE action_items DROP COLUMN review_id")
    # Without a tenant, row-level security would be in the way; its force returns below.
    op.execute("ALTER TABLE todos NO FORCE ROW LEVEL SECURITY")
    op.execute("DELETE FROM todos WHERE kind = 'kpi_review'")
    op.execute("ALTER TABLE todos FORCE ROW LEVEL SECURITY")
    for table in reversed(TABLES):
        op.execute(f"DROP TABLE {table}")


def _link_action_items() -> None:
    """Add the link of an action item to a review. No row has one yet."""
    op.execute("ALTER TABLE action_items ADD COLUMN review_id UUID")
    op.execute(
        f"ALTER TABLE action_items ADD CONSTRAINT {FOREIGN_KEY} FOREIGN KEY (tenant_id, review_id)"
        " REFERENCES kpi_reviews (tenant_id, id) NOT VALID"
    )
    with op.get_context().autocommit_block():
        # The new column is empty; row-level security needs some tenant to validate it for.
        op.execute(f"SET app.tenant_id = '{UUID(int=0)}'")
        op.execute(f"ALTER TABLE action_items VALIDATE CONSTRAINT {FOREIGN_KEY}")
        op.execute("RESET app.tenant_id")
        op.execute("SET statement_timeout = 0")
        op.execute("SET lock_timeout = 0")
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {INDEX}")
        op.execute(
            f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {INDEX}"
            " ON action_items (tenant_id, review_id, due_on, id) WHERE review_id IS NOT NULL"
        )
        op.execute("SET statement_timeout = '60s'")
        op.execute("SET lock_timeout = '2s'")
