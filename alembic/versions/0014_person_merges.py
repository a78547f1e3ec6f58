"""People can be merged: redirects of ids, and a permission that HR and tenant admins get.

Tenants that took `people:manage` away from one of these roles do not get the new one either. The
force of row-level security is taken off for this one transaction (see 0005). A merge lets entries
of the journal name the person who stays, so the serving role may change three columns of it.
"""

from alembic import op

revision = "0014"
down_revision = "0013"

CREATE_TABLE = """
CREATE TABLE redirects (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    entity TEXT NOT NULL,
    target_id UUID NOT NULL,
    CONSTRAINT pk_redirects PRIMARY KEY (tenant_id, id)
)
"""
PROTECTION = (
    "CREATE INDEX ix_redirects_target_id ON redirects (tenant_id, target_id)",
    "ALTER TABLE redirects ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE redirects FORCE ROW LEVEL SECURITY",
    "ALTER TABLE redirects ALTER COLUMN tenant_id SET (n_distinct=10)",
    (
        "CREATE POLICY own_rows ON redirects"
        " USING (tenant_id = current_setting('app.tenant_id')::uuid)"
        " WITH CHECK (tenant_id = current_setting('app.tenant_id')::uuid)"
    ),
    "GRANT SELECT, INSERT, UPDATE, DELETE ON redirects TO trellis_app",
)
REWRITABLE = "UPDATE (entity_id, actor_id, access_facts) ON journal"

NEW = "people:merge"
KNOWN = (
    "audit:read",
    "directory:read",
    "employment:manage",
    "employment:read",
    "goals:manage",
    "goals:read",
    "members:manage",
    "members:read",
    "organizations:manage",
    "people:manage",
    "roles:manage",
    "settings:manage",
    "settings:read",
    "teams:manage",
)

GRANT = f"""
INSERT INTO role_grants (tenant_id, id, role_id, permission, population)
SELECT r.tenant_id, gen_random_uuid(), r.id, '{NEW}', 'everyone'
FROM roles r
WHERE r.is_built_in AND r.key IN ('hr', 'tenant_admin') AND EXISTS (
    SELECT FROM role_grants g
    WHERE g.tenant_id = r.tenant_id AND g.role_id = r.id
      AND g.permission = 'people:manage' AND g.population = 'everyone')
  AND NOT EXISTS (
    SELECT FROM role_grants g
    WHERE g.tenant_id = r.tenant_id AND g.role_id = r.id AND g.permission = '{NEW}')
"""


def upgrade() -> None:
    """Create the table, and allow and grant the permission."""
    op.execute(CREATE_TABLE)
    for statement in PROTECTION:
        op.execute(statement)
    op.execute(f"GRANT {REWRITABLE} TO trellis_app")
    _allow(*KNOWN, NEW)
    _change_all(GRANT)
    _validate()


def downgrade() -> None:
    """Take the permission from all roles, and drop the redirects."""
    _change_all(f"DELETE FROM role_grants WHERE permission = '{NEW}'")
    _allow(*KNOWN)
    op.execute(f"REVOKE {REWRITABLE} FROM trellis_app")
    op.execute("DROP TABLE redirects")
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
