"""Feedback between people, and the permission to look up authors of confidential feedback."""

from alembic import op

revision = "0051"
down_revision = "0050"

CREATE_FEEDBACKS = """
CREATE TABLE feedbacks (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    version INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    subject_id UUID NOT NULL,
    author_id UUID NOT NULL,
    mode TEXT NOT NULL,
    audience TEXT NOT NULL,
    text TEXT NOT NULL,
    competency_key TEXT,
    goal_id UUID,
    released_on DATE NOT NULL,
    status TEXT NOT NULL,
    acknowledged_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_feedbacks PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_feedbacks_subject_id FOREIGN KEY(tenant_id, subject_id)
        REFERENCES people (tenant_id, id),
    CONSTRAINT fk_feedbacks_author_id FOREIGN KEY(tenant_id, author_id)
        REFERENCES people (tenant_id, id),
    CONSTRAINT fk_feedbacks_goal_id FOREIGN KEY(tenant_id, goal_id)
        REFERENCES goals (tenant_id, id),
    CONSTRAINT ck_feedbacks_mode CHECK (mode IN ('identified', 'confidential')),
    CONSTRAINT ck_feedbacks_audience CHECK (
        audience IN ('subject', 'subject_and_manager', 'manager', 'public')),
    CONSTRAINT ck_feedbacks_status CHECK (status IN ('given', 'acknowledged'))
)
"""
INDEXES = (
    ("released_on", "id"),
    ("subject_id", "released_on", "id"),
    ("author_id", "released_on", "id"),
    ("goal_id", "released_on", "id"),
)
PROTECTION = (
    "ALTER TABLE feedbacks ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE feedbacks FORCE ROW LEVEL SECURITY",
    "ALTER TABLE feedbacks ALTER COLUMN tenant_id SET (n_distinct=10)",
    (
        "CREATE POLICY own_rows ON feedbacks"
        " USING (tenant_id = current_setting('app.tenant_id')::uuid)"
        " WITH CHECK (tenant_id = current_setting('app.tenant_id')::uuid)"
    ),
    "GRANT SELECT, INSERT, UPDATE, DELETE ON feedbacks TO trellis_app",
)

KNOWN = (
    "audit:read",
    "directory:read",
    "employment:manage",
    "employment:read",
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
NEW = "feedback:read_authors"
GRANT = f"""
INSERT INTO role_grants (tenant_id, id, role_id, permission, population)
SELECT r.tenant_id, gen_random_uuid(), r.id, '{NEW}', 'everyone'
FROM roles r
WHERE r.is_built_in AND r.key = 'hr' AND EXISTS (
    SELECT FROM role_grants g
    WHERE g.tenant_id = r.tenant_id AND g.role_id = r.id
      AND g.permission = 'employment:manage' AND g.population = 'everyone')
  AND NOT EXISTS (
    SELECT FROM role_grants g
    WHERE g.tenant_id = r.tenant_id AND g.role_id = r.id AND g.permission = '{NEW}')
"""
"""HR gets the permission where it still manages the employment of everyone."""


def upgrade() -> None:
    """Create the table, and allow and grant the permission."""
    op.execute(CREATE_FEEDBACKS)
    for each in PROTECTION:
        op.execute(each)
    for columns in INDEXES:
        name = f"ix_feedbacks_{'_'.join(columns)}"
        op.execute(f"CREATE INDEX {name} ON feedbacks (tenant_id, {', '.join(columns)})")
    _allow(*KNOWN, NEW)
    _change_all(GRANT)
    _validate()


def downgrade() -> None:
    """Take the permission from all roles, and drop the table."""
    _change_all(f"DELETE FROM role_grants WHERE permission = '{NEW}'")
    _allow(*KNOWN)
    op.execute("DROP TABLE feedbacks")
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
