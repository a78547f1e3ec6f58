"""Review templates: sections of typed questions."""

from alembic import op

revision = "0050"
down_revision = "0049"

CREATE_REVIEW_TEMPLATES = """
CREATE TABLE review_templates (
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
    directions JSONB NOT NULL,
    CONSTRAINT pk_review_templates PRIMARY KEY (tenant_id, id),
    CONSTRAINT ck_review_templates_status CHECK (status IN ('draft', 'published', 'archived'))
)
"""
CREATE_REVIEW_SECTIONS = """
CREATE TABLE review_sections (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    template_id UUID NOT NULL,
    position INTEGER NOT NULL,
    key TEXT NOT NULL,
    title TEXT NOT NULL,
    description TEXT,
    weight INTEGER NOT NULL,
    CONSTRAINT pk_review_sections PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_review_sections_template_id FOREIGN KEY(tenant_id, template_id)
        REFERENCES review_templates (tenant_id, id) ON DELETE CASCADE
)
"""
CREATE_REVIEW_QUESTIONS = """
CREATE TABLE review_questions (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    template_id UUID NOT NULL,
    section_id UUID NOT NULL,
    position INTEGER NOT NULL,
    key TEXT NOT NULL,
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    help TEXT,
    audience TEXT NOT NULL,
    is_required BOOLEAN NOT NULL,
    is_critical BOOLEAN NOT NULL,
    weight INTEGER NOT NULL,
    scale_id UUID,
    framework_id UUID,
    competency_key TEXT,
    minimum NUMERIC,
    maximum NUMERIC,
    decimals INTEGER,
    condition_key TEXT,
    condition_comparison TEXT,
    condition_value TEXT,
    CONSTRAINT pk_review_questions PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_review_questions_template_id FOREIGN KEY(tenant_id, template_id)
        REFERENCES review_templates (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_review_questions_section_id FOREIGN KEY(tenant_id, section_id)
        REFERENCES review_sections (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_review_questions_scale_id FOREIGN KEY(tenant_id, scale_id)
        REFERENCES rating_scales (tenant_id, id),
    CONSTRAINT fk_review_questions_framework_id FOREIGN KEY(tenant_id, framework_id)
        REFERENCES competency_frameworks (tenant_id, id),
    CONSTRAINT ck_review_questions_kind
        CHECK (kind IN ('text', 'rating', 'choice', 'boolean', 'number', 'competency',
            'goals', 'kpis')),
    CONSTRAINT ck_review_questions_audience
        CHECK (audience IN ('reviewee', 'manager', 'hr_only')),
    CONSTRAINT ck_review_questions_condition_comparison
        CHECK (condition_comparison IN ('equals', 'at_most', 'at_least'))
)
"""
CREATE_REVIEW_CHOICES = """
CREATE TABLE review_choices (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    template_id UUID NOT NULL,
    question_id UUID NOT NULL,
    position INTEGER NOT NULL,
    key TEXT NOT NULL,
    label TEXT NOT NULL,
    CONSTRAINT pk_review_choices PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_review_choices_template_id FOREIGN KEY(tenant_id, template_id)
        REFERENCES review_templates (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_review_choices_question_id FOREIGN KEY(tenant_id, question_id)
        REFERENCES review_questions (tenant_id, id) ON DELETE CASCADE
)
"""
TABLES = {
    "review_templates": CREATE_REVIEW_TEMPLATES,
    "review_sections": CREATE_REVIEW_SECTIONS,
    "review_questions": CREATE_REVIEW_QUESTIONS,
    "review_choices": CREATE_REVIEW_CHOICES,
}
INDEXES = (
    ("INDEX", "review_templates", "name_sort_key", "id"),
    ("UNIQUE INDEX", "review_templates", "document_id", "revision"),
    ("UNIQUE INDEX", "review_sections", "template_id", "position"),
    ("INDEX", "review_questions", "framework_id"),
    ("INDEX", "review_questions", "scale_id"),
    ("INDEX", "review_questions", "template_id"),
    ("UNIQUE INDEX", "review_questions", "section_id", "position"),
    ("INDEX", "review_choices", "template_id"),
    ("UNIQUE INDEX", "review_choices", "question_id", "position"),
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
