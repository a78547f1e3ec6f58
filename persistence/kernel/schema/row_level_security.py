"""Row-level security: the statements that restrict a tenant's table to its own rows."""

from collections.abc import Iterator

from persistence.kernel.pools import SERVING_ROLE

TENANT_POLICY = "tenant_id = current_setting('app.tenant_id')::uuid"
"""The one policy. Without a tenant the setting is missing, and every statement raises an error."""

TENANT_ID_STATISTICS = "n_distinct=10"
"""The planner's statistics for every tenant_id.

If measured over thousands of small tenants, they would make it read a large tenant's whole table to
find one row."""


def protect_table(table: str, *, is_append_only: bool = False) -> Iterator[str]:
    """Yield the statements that restrict a table to its tenant and grant it to the serving role.

    `alembic revision --autogenerate` writes them into the migration as text: migrations import no
    code of Trellis, so that later changes cannot alter them.
    """
    yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
    yield f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"
    yield f"ALTER TABLE {table} ALTER COLUMN tenant_id SET ({TENANT_ID_STATISTICS})"
    yield f"CREATE POLICY own_rows ON {table} USING ({TENANT_POLICY}) WITH CHECK ({TENANT_POLICY})"
    privileges = "SELECT, INSERT" if is_append_only else "SELECT, INSERT, UPDATE, DELETE"
    yield f"GRANT {privileges} ON {table} TO {SERVING_ROLE}"
