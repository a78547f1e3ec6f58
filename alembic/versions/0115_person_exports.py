"""Exports of people, as a kind of bulk operation, and the permission to ask for them."""

from collections.abc import Iterable
from uuid import UUID

from alembic import op

revision = "0115"
down_revision = "0114"

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
    "surveys:manage",
    "teams:manage",
)
NEW = "people:export"
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

KINDS = (
    "upsert_people",
    "upsert_organizations",
    "upsert_teams",
    "upsert_goals",
    "record_measurements",
    "query",
)
NEW_KIND = "person_export"
TASKS = f"""
DELETE FROM background_tasks b USING bulk_operations o
WHERE o.tenant_id = b.tenant_id AND o.kind = '{NEW_KIND}'
  AND b.arguments ->> 'operation_id' = o.id::text
"""
PARTS = f"""
DELETE FROM bulk_file_parts p USING bulk_operations o
WHERE o.tenant_id = p.tenant_id AND o.kind = '{NEW_KIND}' AND p.file_id = o.id
"""


def upgrade() -> None:
    """Add the person of an export, and allow and grant the permission."""
    op.execute("ALTER TABLE bulk_operations ADD COLUMN subject_id UUID")
    op.execute(
        "ALTER TABLE bulk_operations ADD CONSTRAINT fk_bulk_operations_subject_id"
        " FOREIGN KEY (tenant_id, subject_id) REFERENCES people (tenant_id, id) NOT VALID"
    )
    _allow_kinds(*KINDS, NEW_KIND)
    _allow(*KNOWN, NEW)
    _change_all(GRANT, "roles", "role_grants")
    _validate()
    with op.get_context().autocommit_block():
        # No row names anybody; row-level security needs some tenant to validate it for.
        op.execute(f"SET app.tenant_id = '{UUID(int=0)}'")
        op.execute("ALTER TABLE bulk_operations VALIDATE CONSTRAINT fk_bulk_operations_subject_id")
        op.execute(
            "CREATE INDEX CONCURRENTLY IF NOT EXISTS ix_bulk_operations_subject_id"
            " ON bulk_operations (tenant_id, subject_id)"
        )
        op.execute("RESET app.tenant_id")


def downgrade() -> None:
    """Delete the exports with their files, and take the permission from all roles."""
    tables = ("bulk_operations", "background_tasks", "bulk_file_parts")
    _change_all(TASKS, *tables)
    _change_all(PARTS, *tables)
    _change_all(f"DELETE FROM bulk_operations WHERE kind = '{NEW_KIND}'", *tables)
    _change_all(f"DELETE FROM role_grants WHERE permission = '{NEW}'", "roles", "role_grants")
    op.execute("ALTER TABLE bulk_operations DROP COLUMN subject_id")
    _allow_kinds(*KINDS)
    _allow(*KNOWN)
    _validate()


def _change_all(statement: str, *tables: str) -> None:
    for each in tables:
        op.execute(f"ALTER TABLE {each} NO FORCE ROW LEVEL SECURITY")
    op.execute(statement)
    for each in tables:
        op.execute(f"ALTER TABLE {each} FORCE ROW LEVEL SECURITY")


def _allow_kinds(*kinds: str) -> None:
    _replace_check("bulk_operations", "kind", kinds)


def _allow(*permissions: str) -> None:
    _replace_check("role_grants", "permission", sorted(permissions))


def _replace_check(table: str, column: str, values: Iterable[str]) -> None:
    listed = ", ".join(f"'{each}'" for each in values)
    op.execute(f"ALTER TABLE {table} DROP CONSTRAINT ck_{table}_{column}")
    op.execute(
        f"ALTER TABLE {table} ADD CONSTRAINT ck_{table}_{column}"
        f" CHECK ({column} IN ({listed})) NOT VALID"
    )


def _validate() -> None:
    with op.get_context().autocommit_block():
        for table, column in (("role_grants", "permission"), ("bulk_operations", "kind")):
            op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT ck_{table}_{column}")
