"""Surveys with sealed ballots, and the permission to manage them."""

from alembic import op

revision = "0057"
down_revision = "0056"

TABLES = {
    "surveys": """
CREATE TABLE surveys (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    version INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    title TEXT NOT NULL,
    introduction TEXT,
    organization_id UUID,
    closes_on DATE NOT NULL,
    threshold INTEGER NOT NULL,
    audience TEXT NOT NULL,
    status TEXT NOT NULL,
    invited_count INTEGER NOT NULL,
    response_count INTEGER,
    public_key TEXT NOT NULL,
    ballot_length INTEGER NOT NULL,
    CONSTRAINT pk_surveys PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_surveys_organization_id FOREIGN KEY(tenant_id, organization_id)
        REFERENCES organizations (tenant_id, id),
    CONSTRAINT ck_surveys_audience CHECK (audience IN ('managers', 'everyone')),
    CONSTRAINT ck_surveys_status CHECK (status IN ('open', 'closed', 'published', 'cancelled'))
)
""",
    "survey_questions": """
CREATE TABLE survey_questions (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    survey_id UUID NOT NULL,
    position INTEGER NOT NULL,
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    is_required BOOLEAN NOT NULL,
    highest_rating INTEGER NOT NULL,
    CONSTRAINT pk_survey_questions PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_survey_questions_survey_id FOREIGN KEY(tenant_id, survey_id)
        REFERENCES surveys (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT ck_survey_questions_kind CHECK (kind IN
        ('rating', 'recommendation', 'choice', 'comment'))
)
""",
    "survey_choices": """
CREATE TABLE survey_choices (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    survey_id UUID NOT NULL,
    question_id UUID NOT NULL,
    position INTEGER NOT NULL,
    label TEXT NOT NULL,
    CONSTRAINT pk_survey_choices PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_survey_choices_survey_id FOREIGN KEY(tenant_id, survey_id)
        REFERENCES surveys (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_survey_choices_question_id FOREIGN KEY(tenant_id, question_id)
        REFERENCES survey_questions (tenant_id, id) ON DELETE CASCADE
)
""",
    "survey_invitations": """
CREATE TABLE survey_invitations (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    survey_id UUID NOT NULL,
    person_id UUID NOT NULL,
    organization_id UUID,
    closes_on DATE NOT NULL,
    ballot TEXT,
    CONSTRAINT pk_survey_invitations PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_survey_invitations_person_id FOREIGN KEY(tenant_id, person_id)
        REFERENCES people (tenant_id, id),
    CONSTRAINT fk_survey_invitations_organization_id FOREIGN KEY(tenant_id, organization_id)
        REFERENCES organizations (tenant_id, id),
    CONSTRAINT fk_survey_invitations_survey_id FOREIGN KEY(tenant_id, survey_id)
        REFERENCES surveys (tenant_id, id) ON DELETE CASCADE
)
""",
    "survey_results": """
CREATE TABLE survey_results (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    survey_id UUID NOT NULL,
    question_id UUID NOT NULL,
    scope TEXT NOT NULL,
    organization_id UUID,
    answer_count INTEGER NOT NULL,
    mean NUMERIC,
    score NUMERIC,
    CONSTRAINT pk_survey_results PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_survey_results_organization_id FOREIGN KEY(tenant_id, organization_id)
        REFERENCES organizations (tenant_id, id),
    CONSTRAINT fk_survey_results_survey_id FOREIGN KEY(tenant_id, survey_id)
        REFERENCES surveys (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_survey_results_question_id FOREIGN KEY(tenant_id, question_id)
        REFERENCES survey_questions (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT ck_survey_results_scope CHECK (scope IN ('overall', 'cell'))
)
""",
    "survey_shares": """
CREATE TABLE survey_shares (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    survey_id UUID NOT NULL,
    result_id UUID NOT NULL,
    scope TEXT NOT NULL,
    answer INTEGER NOT NULL,
    label TEXT NOT NULL,
    share NUMERIC NOT NULL,
    CONSTRAINT pk_survey_shares PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_survey_shares_survey_id FOREIGN KEY(tenant_id, survey_id)
        REFERENCES surveys (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_survey_shares_result_id FOREIGN KEY(tenant_id, result_id)
        REFERENCES survey_results (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT ck_survey_shares_scope CHECK (scope IN ('overall', 'cell'))
)
""",
    "survey_comments": """
CREATE TABLE survey_comments (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    survey_id UUID NOT NULL,
    question_id UUID NOT NULL,
    text TEXT NOT NULL,
    CONSTRAINT pk_survey_comments PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_survey_comments_survey_id FOREIGN KEY(tenant_id, survey_id)
        REFERENCES surveys (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_survey_comments_question_id FOREIGN KEY(tenant_id, question_id)
        REFERENCES survey_questions (tenant_id, id) ON DELETE CASCADE
)
""",
}
INDEXES = (
    ("INDEX", "surveys", "closes_on", "id"),
    ("INDEX", "surveys", "organization_id", "closes_on", "id"),
    ("UNIQUE INDEX", "survey_questions", "survey_id", "position"),
    ("INDEX", "survey_choices", "survey_id"),
    ("UNIQUE INDEX", "survey_choices", "question_id", "position"),
    ("INDEX", "survey_invitations", "organization_id"),
    ("INDEX", "survey_invitations", "person_id"),
    ("INDEX", "survey_invitations", "survey_id", "person_id"),
    ("INDEX", "survey_results", "organization_id"),
    ("INDEX", "survey_results", "question_id", "answer_count", "id"),
    ("INDEX", "survey_results", "survey_id"),
    ("INDEX", "survey_shares", "survey_id"),
    ("UNIQUE INDEX", "survey_shares", "result_id", "answer"),
    ("INDEX", "survey_comments", "question_id", "id"),
    ("INDEX", "survey_comments", "survey_id"),
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
    "audit:read",
    "directory:read",
    "employment:manage",
    "employment:read",
    "feedback:read_authors",
    "goals:manage",
    "goals:read",
    "kpis:manage",
    "kpis:read",
    "kpis:record",
    "members:manage",
    "members:read",
    "organizations:manage",
    "people:correct",
    "people:erase",
    "people:manage",
    "people:merge",
    "reviews:manage",
    "roles:manage",
    "settings:manage",
    "settings:read",
    "teams:manage",
)
NEW = "surveys:manage"
GRANT = f"""
INSERT INTO role_grants (tenant_id, id, role_id, permission, population)
SELECT r.tenant_id, gen_random_uuid(), r.id, '{NEW}', 'everyone'
FROM roles r
WHERE r.is_built_in AND r.key = 'hr' AND EXISTS (
    SELECT FROM role_grants g
    WHERE g.tenant_id = r.tenant_id AND g.role_id = r.id
      AND g.permission = 'goals:manage' AND g.population = 'everyone')
  AND NOT EXISTS (
    SELECT FROM role_grants g
    WHERE g.tenant_id = r.tenant_id AND g.role_id = r.id AND g.permission = '{NEW}')
"""
"""HR gets the permission where it still manages the goals of everyone."""


UNSAMPLED = (("survey_invitations", "ballot"), ("survey_comments", "text"))
"""Columns of which PostgreSQL keeps no statistics: those would hold whole comments."""


def upgrade() -> None:
    """Create the tables, and allow and grant the permission."""
    for table, statement in TABLES.items():
        op.execute(statement)
        for each in PROTECTION:
            op.execute(each.format(table))
    for kind, table, *columns in INDEXES:
        name = f"{'uq' if kind.startswith('UNIQUE') else 'ix'}_{table}_{'_'.join(columns)}"
        op.execute(f"CREATE {kind} {name} ON {table} (tenant_id, {', '.join(columns)})")
    for table, column in UNSAMPLED:
        op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STATISTICS 0")
    _allow(*KNOWN, NEW)
    _change_all(GRANT)
    _validate()


def downgrade() -> None:
    """Take the permission from all roles, and drop the tables."""
    _change_all(f"DELETE FROM role_grants WHERE permission = '{NEW}'")
    _allow(*KNOWN)
    for table in reversed(TABLES):
        op.execute(f"DROP TABLE {table}")
    _validate()


def _change_all(statement: str) -> None:
    tables = ("roles", "role_grants")
    for each in tables:
        op.execute(f"ALTER TABLE {each} NO FORCE ROW LEVEL SECURITY")
    op.execute(statement)
    for each in tables:
        op.execute(f"ALTER TABLE {each} FORCE ROW LEVEL SECURITY")


def _allow(*permissions: str) -> None:
    listed = ", ".join(f"'{each}'" for each in sorted(permissions))
    op.execute("ALTER TABLE role_grants DROP CONSTRAINT ck_role_grants_permission")
    op.execute(
        "ALTER TABLE role_grants ADD CONSTRAINT ck_role_grants_permission"
        f" CHECK (permission IN ({listed})) NOT VALID"
    )


def _validate() -> None:
    with op.get_context().autocommit_block():
        op.execute("ALTER TABLE role_grants VALIDATE CONSTRAINT ck_role_grants_permission")
