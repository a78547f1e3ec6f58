"""The check before serving: the role, the schema's rules and its revision."""

from contextlib import suppress

import asyncpg

from persistence.kernel.pools import SERVING_ROLE, Connection
from persistence.kernel.schema.database_role import DatabaseNotReady
from persistence.kernel.schema.lint import PRIVILEGED_ROLE_RULE, format_findings, lint_schema
from persistence.kernel.schema.migrations import get_expected_revision


async def check_database_ready(connection: Connection) -> None:
    """Raise DatabaseNotReady if the role could bypass row-level security or the schema differs."""
    actual = await _load_revision(connection)
    if actual is None:
        raise DatabaseNotReady("The database has no Trellis schema. Run `trellis migrate`.")
    findings = await lint_schema(connection, await connection.fetchval("SELECT current_user"))
    problems = format_findings(findings)
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


async def _load_revision(connection: Connection) -> str | None:
    with suppress(asyncpg.UndefinedTableError, asyncpg.InvalidSchemaNameError):
        return str(await connection.fetchval("SELECT version_num FROM directory.alembic_version"))
    return None
