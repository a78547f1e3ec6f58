"""The past of people can be corrected, with a permission that the built-in HR role gets.

So does every other built-in role that manages employment over everyone. Roles that tenants made do
not get it: a correction is guarded more strictly than the change that it corrects. The force of
row-level security is taken off for this one transaction (see 0005).
"""

from alembic import op

revision = "0017"
down_revision = "0016"

NEW = "people:correct"
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
    "people:erase",
    "people:manage",
    "people:merge",
    "roles:manage",
    "settings:manage",
    "settings:read",
    "teams:manage",
)

GRANT = f"""
INSERT INTO role_grants (tenant_id, id, role_id, permission, population)
SELECT r.tenant_id, gen_random_uuid(), r.id, '{NEW}', 'everyone'
FROM roles r
WHERE r.is_built_in AND EXISTS (
    SELECT FROM role_grants g
    WHERE g.tenant_id = r.tenant_id AND g.role_id = r.id
      AND g.permission = 'employment:manage' AND g.population = 'everyone')
  AND NOT EXISTS (
    SELECT FROM role_grants g
    WHERE g.tenant_id = r.tenant_id AND g.role_id = r.id AND g.permission = '{NEW}')
"""


def upgrade() -> None:
    """Allow and grant the permission."""
    _allow(*KNOWN, NEW)
    _change_all(GRANT)
    _validate()


def downgrade() -> None:
    """Take the permission from all roles."""
    _change_all(f"DELETE FROM role_grants WHERE permission = '{NEW}'")
    _allow(*KNOWN)
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
