"""The check of the platform's role: it writes the directory, and sees no row of a tenant."""

from collections.abc import Mapping

from persistence.kernel.pools import PLATFORM_ROLE, Connection

PRIVILEGES: Mapping[str, frozenset[str]] = {
    "alembic_version": frozenset({"SELECT"}),
    "tenants": frozenset({"SELECT", "INSERT", "UPDATE"}),
    "issuers": frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"}),
    "platform_issuers": frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"}),
    "operators": frozenset({"SELECT", "INSERT", "UPDATE"}),
    "platform_audit_log": frozenset({"SELECT", "INSERT"}),
    "platform_keys": frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"}),
    "tenant_usage": frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"}),
    "request_counts": frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"}),
    "tenant_operations": frozenset({"SELECT", "INSERT"}),
    "tenant_files": frozenset({"SELECT", "INSERT", "UPDATE"}),
    "tenant_creations": frozenset({"SELECT", "INSERT", "DELETE"}),
    "erasures": frozenset({"SELECT"}),
}
"""What the role may do with each table of the directory. It may do nothing elsewhere."""

COLUMNS: Mapping[tuple[str, str], frozenset[str]] = {
    ("erasures", "INSERT"): frozenset(
        {"tenant_id", "slug", "status_before", "scheduled_at", "due_at"}
    ),
    ("erasures", "UPDATE"): frozenset({"cancelled_at"}),
}
"""The columns that the role may write where it may not write the whole table."""

SELECT_COLUMNS = """
SELECT c.relname AS name, p AS privilege, array_agg(a.attname::text) AS columns
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped,
     unnest(ARRAY['INSERT', 'UPDATE']) AS privilege (p)
WHERE c.relkind = 'r' AND n.nspname IN ('public', 'directory')
  AND has_column_privilege($1::name, c.oid, a.attnum, p)
  AND NOT has_table_privilege($1::name, c.oid, p)
GROUP BY 1, 2 ORDER BY 1, 2
"""

SELECT_PRIVILEGES = """
SELECT n.nspname AS schema, c.relname AS name,
       array_remove(array_agg(CASE WHEN has_table_privilege($1::name, c.oid, p) THEN p END), NULL)
         AS privileges
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,
     unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER'])
       AS privilege (p)
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname IN ('public', 'directory')
GROUP BY 1, 2 ORDER BY 1, 2
"""

SELECT_RANK = """
SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb
    OR has_schema_privilege(rolname, 'directory', 'CREATE')
    OR has_schema_privilege(rolname, 'public', 'USAGE')
    OR EXISTS (SELECT FROM pg_auth_members m WHERE m.member = r.oid)
FROM pg_roles r WHERE rolname = $1
"""


async def find_platform_problems(connection: Connection) -> list[str]:
    """Return what is wrong with the platform's role in this database; nothing if it fits."""
    is_above = await connection.fetchval(SELECT_RANK, PLATFORM_ROLE)
    if is_above is None:
        return [f"The role {PLATFORM_ROLE} is missing. Run `trellis migrate`."]
    problems = []
    if is_above:
        problems.append(f"The role {PLATFORM_ROLE} may do more than write the directory.")
    for row in await connection.fetch(SELECT_PRIVILEGES, PLATFORM_ROLE):
        is_known = row["schema"] == "directory"
        expected = PRIVILEGES.get(row["name"], frozenset()) if is_known else frozenset[str]()
        table, actual = f"{row['schema']}.{row['name']}", frozenset(row["privileges"])
        if surplus := sorted(actual - expected):
            problems.append(f"The role {PLATFORM_ROLE} may {', '.join(surplus)} on {table}.")
        if missing := sorted(expected - actual):
            problems.append(f"The role {PLATFORM_ROLE} may not {', '.join(missing)} on {table}.")
    return problems + await _find_column_problems(connection)


async def _find_column_problems(connection: Connection) -> list[str]:
    rows = await connection.fetch(SELECT_COLUMNS, PLATFORM_ROLE)
    found = {(row["name"], row["privilege"]): frozenset(row["columns"]) for row in rows}
    return [
        f"The role {PLATFORM_ROLE} may {privilege} other columns of {table} than expected:"
        f" {', '.join(sorted(found.get((table, privilege), ()))) or 'none'}."
        for table, privilege in sorted(COLUMNS.keys() | found.keys())
        if found.get((table, privilege)) != COLUMNS.get((table, privilege))
    ]
