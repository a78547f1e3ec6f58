"""The check before serving: the role, the schema's rules and its revision."""

from contextlib import suppress

import asyncpg

from persistence.kernel.pools import SERVING_ROLE, Connection
from persistence.kernel.schema.database_role import DatabaseNotReady
from persistence.kernel.schema.lint import PRIVILEGED_ROLE_RULE, format_findings, lint_schema
from persistence.kernel.schema.migrations import get_expected_revision

FIRST_SAFE_MINORS = {15: 14, 16: 10, 17: 6}
"""The first minor version of a major one that hides statistics of rows that are hidden.

Before, `pg_stats` showed values of other tenants to the serving role (CVE-2025-8713).
"""


async def check_database_ready(connection: Connection) -> None:
    """Raise DatabaseNotReady if rows are not protected, or the schema differs."""
    actual = await _load_revision(connection)
    if actual is None:
        raise DatabaseNotReady("The database has no Trellis schema. Run `trellis migrate`.")
    findings = await lint_schema(connection, await connection.fetchval("SELECT current_user"))
    problems = format_findings(findings)
    version = int(await connection.fetchval("SHOW server_version_num"))
    problems += filter(None, [describe_unsafe_version(version)])
    if any(each.rule == PRIVILEGED_ROLE_RULE for each in findings):
        problems.append(f"Serve as {SERVING_ROLE}: run `trellis migrate`; see TRELLIS_SERVING_URL.")
    elif findings:
        problems.append("Run `trellis migrate`; `trellis check --schema` lists what remains.")
    if actual != get_expected_revision():
        problems.append(
            f"The schema is at revision {actual}; this program expects {get_expected_revision()}. "
            "Run `trellis migrate`, or start the version that fits the schema."
        )
    if problems:
        raise DatabaseNotReady("\n".join(problems))


def describe_unsafe_version(number: int) -> str | None:
    """Return why a version of PostgreSQL, such as 150013 for 15.13, is not served; or None."""
    major, minor = divmod(number, 10_000)
    oldest = min(FIRST_SAFE_MINORS)
    if major < oldest:
        return f"PostgreSQL {major} is too old. Update it to {oldest} or newer."
    if minor >= FIRST_SAFE_MINORS.get(major, 0):
        return None
    return (
        f"PostgreSQL {major}.{minor} shows statistics of rows that row-level security hides"
        f" (CVE-2025-8713). Update it to {major}.{FIRST_SAFE_MINORS[major]} or newer."
    )


async def _load_revision(connection: Connection) -> str | None:
    with suppress(asyncpg.UndefinedTableError, asyncpg.InvalidSchemaNameError):
        return str(await connection.fetchval("SELECT version_num FROM directory.alembic_version"))
    return None
