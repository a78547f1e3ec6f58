"""Feedback programs with sealed ballots."""

from alembic import op

revision = "0064"
down_revision = "0063"

TABLES = {
    "feedback_programs": """
CREATE TABLE feedback_programs (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    version INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    subject_id UUID NOT NULL,
    template_id UUID NOT NULL,
    title TEXT NOT NULL,
    introduction TEXT,
    mode TEXT NOT NULL,
    audience TEXT NOT NULL,
    closes_on DATE NOT NULL,
    least_peers INTEGER NOT NULL,
    least_reports INTEGER NOT NULL,
    least_others INTEGER NOT NULL,
    status TEXT NOT NULL,
    explanation TEXT NOT NULL,
    invited_count INTEGER,
    response_count INTEGER,
    public_key TEXT NOT NULL,
    ballot_length INTEGER NOT NULL,
    CONSTRAINT pk_feedback_programs PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_feedback_programs_subject_id FOREIGN KEY(tenant_id, subject_id)
        REFERENCES people (tenant_id, id),
    CONSTRAINT fk_feedback_programs_template_id FOREIGN KEY(tenant_id, template_id)
        REFERENCES review_templates (tenant_id, id),
    CONSTRAINT ck_feedback_programs_mode CHECK (
        mode IN ('identified', 'confidential', 'aggregated', 'anonymous')),
    CONSTRAINT ck_feedback_programs_audience CHECK (
        audience IN ('subject', 'subject_and_manager', 'subject_manager_and_hr')),
    CONSTRAINT ck_feedback_programs_status CHECK (
        status IN ('open', 'closed', 'published', 'cancelled'))
)
""",
    "feedback_program_people": """
CREATE TABLE feedback_program_people (
    tenant_id UUID NOT NULL,
    program_id UUID NOT NULL,
    person_id UUID NOT NULL,
    CONSTRAINT pk_feedback_program_people PRIMARY KEY (tenant_id, program_id, person_id),
    CONSTRAINT fk_feedback_program_people_program_id FOREIGN KEY(tenant_id, program_id)
        REFERENCES feedback_programs (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_feedback_program_people_person_id FOREIGN KEY(tenant_id, person_id)
        REFERENCES people (tenant_id, id)
)
""",
    "feedback_program_raters": """
CREATE TABLE feedback_program_raters (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    feedback_program_id UUID NOT NULL,
    person_id UUID NOT NULL,
    rater_group TEXT NOT NULL,
    shown_as TEXT NOT NULL,
    closes_on DATE NOT NULL,
    ballot TEXT,
    CONSTRAINT pk_feedback_program_raters PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_feedback_program_raters_feedback_program_id
        FOREIGN KEY(tenant_id, feedback_program_id)
        REFERENCES feedback_programs (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_feedback_program_raters_person_id FOREIGN KEY(tenant_id, person_id)
        REFERENCES people (tenant_id, id),
    CONSTRAINT ck_feedback_program_raters_rater_group CHECK (
        rater_group IN ('self', 'manager', 'peer', 'report', 'other', 'all')),
    CONSTRAINT ck_feedback_program_raters_shown_as CHECK (
        shown_as IN ('self', 'manager', 'peer', 'report', 'other', 'all'))
)
""",
    "feedback_program_results": """
CREATE TABLE feedback_program_results (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    feedback_program_id UUID NOT NULL,
    position INTEGER NOT NULL,
    question_id UUID,
    competency_id UUID,
    rater_group TEXT NOT NULL,
    answer_count INTEGER,
    mean NUMERIC NOT NULL,
    gap NUMERIC,
    CONSTRAINT pk_feedback_program_results PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_feedback_program_results_feedback_program_id
        FOREIGN KEY(tenant_id, feedback_program_id)
        REFERENCES feedback_programs (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_feedback_program_results_question_id FOREIGN KEY(tenant_id, question_id)
        REFERENCES review_questions (tenant_id, id),
    CONSTRAINT fk_feedback_program_results_competency_id FOREIGN KEY(tenant_id, competency_id)
        REFERENCES competencies (tenant_id, id),
    CONSTRAINT ck_feedback_program_results_rater_group CHECK (
        rater_group IN ('self', 'manager', 'peer', 'report', 'other', 'all'))
)
""",
    "feedback_program_answers": """
CREATE TABLE feedback_program_answers (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    feedback_program_id UUID NOT NULL,
    question_id UUID NOT NULL,
    rater_group TEXT NOT NULL,
    is_named BOOLEAN NOT NULL,
    author_id UUID,
    rating INTEGER,
    text TEXT,
    CONSTRAINT pk_feedback_program_answers PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_feedback_program_answers_feedback_program_id
        FOREIGN KEY(tenant_id, feedback_program_id)
        REFERENCES feedback_programs (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_feedback_program_answers_question_id FOREIGN KEY(tenant_id, question_id)
        REFERENCES review_questions (tenant_id, id),
    CONSTRAINT fk_feedback_program_answers_author_id FOREIGN KEY(tenant_id, author_id)
        REFERENCES people (tenant_id, id),
    CONSTRAINT ck_feedback_program_answers_rater_group CHECK (
        rater_group IN ('self', 'manager', 'peer', 'report', 'other', 'all'))
)
""",
}
INDEXES = (
    ("INDEX", "feedback_programs", "closes_on", "id"),
    ("INDEX", "feedback_programs", "subject_id", "closes_on", "id"),
    ("INDEX", "feedback_programs", "template_id"),
    ("INDEX", "feedback_program_people", "person_id", "program_id"),
    ("INDEX", "feedback_program_raters", "feedback_program_id", "person_id"),
    ("INDEX", "feedback_program_raters", "person_id"),
    ("UNIQUE INDEX", "feedback_program_results", "feedback_program_id", "position"),
    ("INDEX", "feedback_program_results", "question_id"),
    ("INDEX", "feedback_program_results", "competency_id"),
    ("INDEX", "feedback_program_answers", "feedback_program_id", "id"),
    ("INDEX", "feedback_program_answers", "question_id"),
    ("INDEX", "feedback_program_answers", "author_id"),
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
UNSAMPLED = (
    ("feedback_program_raters", "ballot"),
    ("feedback_program_answers", "text"),
    ("feedback_program_answers", "author_id"),
)
"""Columns of which PostgreSQL keeps no statistics: those would hold whole texts."""


def upgrade() -> None:
    """Create the tables."""
    for table, statement in TABLES.items():
        op.execute(statement)
        for each in PROTECTION:
            op.execute(each.format(table))
    for kind, table, *columns in INDEXES:
        name = f"{'uq' if kind.startswith('UNIQUE') else 'ix'}_{table}_{'_'.join(columns)}"
        op.execute(f"CREATE {kind} {name} ON {table} (tenant_id, {', '.join(columns)})")
    for table, column in UNSAMPLED:
        op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STATISTICS 0")


def downgrade() -> None:
    """Drop the tables."""
    for table in reversed(TABLES):
        op.execute(f"DROP TABLE {table}")
