"""SQLAlchemy Core statements, run on a connection of the driver."""

from typing import Any, TypeAlias

import asyncpg
from sqlalchemy import CompoundSelect, Select
from sqlalchemy.dialects.postgresql.asyncpg import dialect

from persistence.kernel.pools import Connection

Statement: TypeAlias = "Select[Any] | CompoundSelect[Any]"
DIALECT = dialect()  # type: ignore[no-untyped-call]


async def fetch_rows(
    connection: Connection,
    statement: Statement,
    *,
    seconds: float | None = None,
) -> list[asyncpg.Record]:
    """Fetch the rows of a statement, in the connection's transaction."""
    sql, values = compile_statement(statement)
    return await connection.fetch(sql, *values, timeout=seconds)


def compile_statement(statement: Statement) -> tuple[str, list[Any]]:
    """Return the text of a statement and its parameters in their order."""
    compiled = statement.compile(dialect=DIALECT)
    named = compiled.params  # Each access builds them anew.
    return str(compiled), [named[name] for name in compiled.positiontup or ()]


async def lift_timeouts(connection: Connection) -> None:
    """Let a transaction take as long as a test needs on a busy machine."""
    for timeout in ("idle_in_transaction_session_timeout", "statement_timeout"):
        await connection.execute(f"SET LOCAL {timeout} = 0")
