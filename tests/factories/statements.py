"""SQLAlchemy Core statements, run on a connection of the driver."""

from typing import Any

import asyncpg
from sqlalchemy import CompoundSelect, Select
from sqlalchemy.dialects.postgresql.asyncpg import dialect

from persistence.kernel.pools import Connection

DIALECT = dialect()  # type: ignore[no-untyped-call]


async def fetch_rows(
    connection: Connection,
    statement: Select[Any] | CompoundSelect[Any],
    *,
    seconds: float | None = None,
) -> list[asyncpg.Record]:
    """Fetch the rows of a statement, in the connection's transaction."""
    compiled = statement.compile(dialect=DIALECT)
    named = compiled.params  # Each access builds them anew.
    values = [named[name] for name in compiled.positiontup or ()]
    return await connection.fetch(str(compiled), *values, timeout=seconds)
