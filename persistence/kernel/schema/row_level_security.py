"""Protection: what every table of a tenant gets in the migration that makes it."""

from collections.abc import Iterator

from persistence.kernel.pools import SERVING_ROLE

TENANT_POLICY = "tenant_id = current_setting('app.tenant_id')::uuid"
"""The one policy. Outside of a tenant the setting is missing, and every statement fails loudly."""

TENANT_ID_STATISTICS = "n_distinct=10"
"""What the planner is told of every tenant_id. Its plans serve tenants of any size, and counted out
over thousands of small ones they would read a large one from end to end to find a single row."""


def protect_table(table: str, *, is_append_only: bool = False) -> Iterator[str]:
    """The statements that shut a table to all but its tenant, and open it to those who serve."""
    yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
    yield f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"
    yield f"ALTER TABLE {table} ALTER COLUMN tenant_id SET ({TENANT_ID_STATISTICS})"
    yield f"CREATE POLICY own_rows ON {table} USING ({TENANT_POLICY}) WITH CHECK ({TENANT_POLICY})"
    privileges = "SELECT, INSERT" if is_append_only else "SELECT, INSERT, UPDATE, DELETE"
    yield f"GRANT {privileges} ON {table} TO {SERVING_ROLE}"
