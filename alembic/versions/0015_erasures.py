"""People can be erased: the status of a record, and a permission that HR and tenant admins get.

Tenants that took `people:manage` away from one of these roles do not get the new one either. The
force of row-level security is taken off for this one transaction (see 0005). An erasure removes
personal values from the changes in the journal, so the serving role may change that column.
"""

from alembic import op

revision = "0015"
down_revision = "0014"

ADD_COLUMN = (
    "ALTER TABLE people ADD COLUMN record_status TEXT NOT NULL DEFAULT 'current'"
    " CONSTRAINT ck_people_record_status CHECK (record_status IN ('current', 'erased'))"
)
REWRITABLE = "UPDATE (changes) ON journal"

NEW = "people:erase"
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
WHERE r.is_built_in AND r.key IN ('hr', 'tenant_admin') AND EXISTS (
    SELECT FROM role_grants g
    WHERE g.tenant_id = r.tenant_id AND g.role_id = r.id
      AND g.permission = 'people:manage' AND g.population = 'everyone')
  AND NOT EXISTS (
    SELECT FROM role_grants g
    WHERE g.tenant_id = r.tenant_id AND g.role_id = r.id AND g.permission = '{NEW}')
"""


def upgrade() -> None:
    """Add the column, and allow and grant the permission."""
    op.execute(ADD_COLUMN)
    op.execute(f"GRANT {REWRITABLE} TO trellis_app")
    _allow(*KNOWN, NEW)
    _change_all(GRANT)
    _validate()


def downgrade() -> None:
    """Take the permission from all roles, and drop the column."""
    _change_all(f"DELETE FROM role_grants WHERE permission = '{NEW}'")
    _allow(*KNOWN)
    op.execute(f"REVOKE {REWRITABLE} FROM trellis_app")
    op.execute("ALTER TABLE people DROP COLUMN record_status")
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
