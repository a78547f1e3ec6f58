"""Legal holds of people, and the permission to place them."""

from alembic import op

revision = "0118"
down_revision = "0117"

TABLE = """
CREATE TABLE legal_holds (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    version INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    person_id UUID NOT NULL,
    placed_on DATE NOT NULL,
    reason TEXT NOT NULL,
    status TEXT NOT NULL,
    released_at TIMESTAMP WITH TIME ZONE,
    release_reason TEXT,
    CONSTRAINT pk_legal_holds PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_legal_holds_person_id FOREIGN KEY(tenant_id, person_id)
        REFERENCES people (tenant_id, id),
    CONSTRAINT ck_legal_holds_status CHECK (status IN ('active', 'released'))
)
"""
PROTECTION = (
    "ALTER TABLE legal_holds ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE legal_holds FORCE ROW LEVEL SECURITY",
    "ALTER TABLE legal_holds ALTER COLUMN tenant_id SET (n_distinct=10)",
    (
        "CREATE POLICY own_rows ON legal_holds"
        " USING (tenant_id = current_setting('app.tenant_id')::uuid)"
        " WITH CHECK (tenant_id = current_setting('app.tenant_id')::uuid)"
    ),
    "GRANT SELECT, INSERT, UPDATE, DELETE ON legal_holds TO trellis_app",
    "CREATE INDEX ix_legal_holds_person_id_status ON legal_holds (tenant_id, person_id, status)",
    "CREATE INDEX ix_legal_holds_placed_on_id ON legal_holds (tenant_id, placed_on, id)",
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
    "people:export",
    "people:manage",
    "people:merge",
    "reviews:manage",
    "roles:manage",
    "settings:manage",
    "settings:read",
    "surveys:manage",
    "teams:manage",
)
NEW = "people:hold"
GRANT = f"""
INSERT INTO role_grants (tenant_id, id, role_id, permission, population)
SELECT r.tenant_id, gen_random_uuid(), r.id, '{NEW}', 'everyone'
FROM roles r
WHERE r.is_built_in AND r.key = 'hr' AND EXISTS (
    SELECT FROM role_grants g
    WHERE g.tenant_id = r.tenant_id AND g.role_id = r.id
      AND g.permission = 'people:erase' AND g.population = 'everyone')
  AND NOT EXISTS (
    SELECT FROM role_grants g
    WHERE g.tenant_id = r.tenant_id AND g.role_id = r.id AND g.permission = '{NEW}')
"""
"""HR gets the permission where it still erases everyone."""


def upgrade() -> None:
    """Create the table, and allow and grant the permission."""
    op.execute(TABLE)
    for each in PROTECTION:
        op.execute(each)
    _allow(*KNOWN, NEW)
    _change_all(GRANT)
    _validate()


def downgrade() -> None:
    """Take the permission from all roles, and drop the table."""
    _change_all(f"DELETE FROM role_grants WHERE permission = '{NEW}'")
    _allow(*KNOWN)
    op.execute("DROP TABLE legal_holds")
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
