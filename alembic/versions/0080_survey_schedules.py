"""Questions of a bank, schedules of surveys, and KPIs that take values from them."""

from uuid import UUID

from alembic import op

revision = "0080"
down_revision = "0079"

AGGREGATE = """
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    version INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL"""

TABLES = {
    "survey_bank_questions": f"""
CREATE TABLE survey_bank_questions ({AGGREGATE},
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    highest_rating INTEGER NOT NULL,
    highest_unfavorable INTEGER,
    lowest_favorable INTEGER,
    status TEXT NOT NULL,
    CONSTRAINT pk_survey_bank_questions PRIMARY KEY (tenant_id, id),
    CONSTRAINT ck_survey_bank_questions_kind CHECK (kind IN
        ('rating', 'recommendation', 'choice', 'comment')),
    CONSTRAINT ck_survey_bank_questions_status CHECK (status IN ('active', 'retired'))
)
""",
    "survey_schedules": f"""
CREATE TABLE survey_schedules ({AGGREGATE},
    title TEXT NOT NULL,
    introduction TEXT,
    organization_id UUID,
    open_days INTEGER NOT NULL,
    threshold INTEGER NOT NULL,
    audience TEXT NOT NULL,
    rule TEXT NOT NULL,
    starts_on DATE NOT NULL,
    recurs_on DATE,
    last_occurred_on DATE,
    skipped_on DATE,
    skip_reason TEXT,
    status TEXT NOT NULL,
    CONSTRAINT pk_survey_schedules PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_survey_schedules_organization_id FOREIGN KEY(tenant_id, organization_id)
        REFERENCES organizations (tenant_id, id),
    CONSTRAINT ck_survey_schedules_audience CHECK (audience IN ('managers', 'everyone')),
    CONSTRAINT ck_survey_schedules_skip_reason CHECK (skip_reason IN
        ('too_few_people', 'limit_exceeded', 'still_open', 'not_possible')),
    CONSTRAINT ck_survey_schedules_status CHECK (status IN ('active', 'ended'))
)
""",
    "survey_schedule_questions": """
CREATE TABLE survey_schedule_questions (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    schedule_id UUID NOT NULL,
    position INTEGER NOT NULL,
    question_id UUID NOT NULL,
    is_required BOOLEAN NOT NULL,
    CONSTRAINT pk_survey_schedule_questions PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_survey_schedule_questions_schedule_id FOREIGN KEY(tenant_id, schedule_id)
        REFERENCES survey_schedules (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_survey_schedule_questions_question_id FOREIGN KEY(tenant_id, question_id)
        REFERENCES survey_bank_questions (tenant_id, id)
)
""",
}
INDEXES = (
    ("INDEX", "survey_schedules", "title", "id"),
    ("INDEX", "survey_schedules", "organization_id", "title", "id"),
    ("UNIQUE INDEX", "survey_schedule_questions", "schedule_id", "position"),
    ("INDEX", "survey_schedule_questions", "question_id", "schedule_id"),
    ("UNIQUE INDEX", "surveys", "schedule_id", "occurs_on"),
    ("INDEX", "survey_questions", "bank_question_id"),
    ("INDEX", "survey_results", "schedule_id", "answer_count", "id"),
    ("INDEX", "survey_results", "bank_question_id"),
    ("INDEX", "kpi_definitions", "survey_schedule_id"),
    ("INDEX", "kpi_definitions", "survey_question_id"),
)
COLUMNS = {
    "surveys": ("schedule_id UUID", "occurs_on DATE"),
    "survey_questions": (
        "bank_question_id UUID",
        "highest_unfavorable INTEGER",
        "lowest_favorable INTEGER",
    ),
    "survey_results": (
        "unfavorable_share NUMERIC",
        "favorable_share NUMERIC",
        "schedule_id UUID",
        "bank_question_id UUID",
        "occurs_on DATE",
    ),
    "kpi_definitions": ("survey_schedule_id UUID", "survey_question_id UUID"),
}
KEYS = (
    ("surveys", "schedule_id", "survey_schedules"),
    ("survey_questions", "bank_question_id", "survey_bank_questions"),
    ("survey_results", "schedule_id", "survey_schedules"),
    ("survey_results", "bank_question_id", "survey_bank_questions"),
    ("kpi_definitions", "survey_schedule_id", "survey_schedules"),
    ("kpi_definitions", "survey_question_id", "survey_bank_questions"),
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
KNOWN = (
    "'headcount_start', 'headcount_end', 'headcount_average', 'headcount_daily_average',"
    " 'joiners', 'leavers', 'voluntary_leavers', 'involuntary_leavers',"
    " 'goal_attainment', 'check_in_discipline', 'review_completion'"
)
NEW = "'survey_score', 'survey_favorable'"
MEASURE = ("kpi_definitions", "ck_kpi_definitions_measure")


def upgrade() -> None:
    """Create the tables, add the columns, and allow the measures."""
    for table, statement in TABLES.items():
        op.execute(statement)
        for each in PROTECTION:
            op.execute(each.format(table))
    for table, columns in COLUMNS.items():
        for each in columns:
            op.execute(f"ALTER TABLE {table} ADD COLUMN {each}")
    for table, column, target in KEYS:
        op.execute(
            f"ALTER TABLE {table} ADD CONSTRAINT fk_{table}_{column}"
            f" FOREIGN KEY (tenant_id, {column}) REFERENCES {target} (tenant_id, id) NOT VALID"
        )
    for kind, table, *columns in INDEXES:
        name = f"{'uq' if kind.startswith('UNIQUE') else 'ix'}_{table}_{'_'.join(columns)}"
        op.execute(f"CREATE {kind} {name} ON {table} (tenant_id, {', '.join(columns)})")
    _limit(f"{KNOWN}, {NEW}")
    _validate(*((table, f"fk_{table}_{column}") for table, column, _ in KEYS), MEASURE)


def downgrade() -> None:
    """Remove them. What was measured stays, as values that nobody measures again."""
    # Without a tenant, row-level security would be in the way.
    op.execute("ALTER TABLE kpi_definitions NO FORCE ROW LEVEL SECURITY")
    op.execute(f"UPDATE kpi_definitions SET measure = NULL WHERE measure IN ({NEW})")
    op.execute("ALTER TABLE kpi_definitions FORCE ROW LEVEL SECURITY")
    for table, columns in COLUMNS.items():
        for each in columns:
            op.execute(f"ALTER TABLE {table} DROP COLUMN {each.split()[0]}")
    for table in reversed(TABLES):
        op.execute(f"DROP TABLE {table}")
    _limit(KNOWN)
    _validate(MEASURE)


def _limit(measures: str) -> None:
    op.execute("ALTER TABLE kpi_definitions DROP CONSTRAINT ck_kpi_definitions_measure")
    op.execute(
        "ALTER TABLE kpi_definitions ADD CONSTRAINT ck_kpi_definitions_measure"
        f" CHECK (measure IN ({measures})) NOT VALID"
    )


def _validate(*constraints: tuple[str, str]) -> None:
    with op.get_context().autocommit_block():
        # Row-level security needs some tenant to validate them for.
        op.execute(f"SET app.tenant_id = '{UUID(int=0)}'")
        for table, name in constraints:
            op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")
        op.execute("RESET app.tenant_id")
