"""The list of operations of tenants, as the graph shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from domain.platform import OperationState
from persistence.kernel.pools import Connection
from persistence.platform.reading import Page

COLUMNS = """
SELECT o.id, o.kind, o.state, o.slug, o.new_slug, o.is_dry_run, o.requested_at, o.started_at,
       o.finished_at, o.step, o.steps_done, o.step_count, o.result, o.error_code, o.error_message,
       o.operator_id, p.name AS operator_name, f.id AS file_id, f.size AS file_size, f.kept_until
FROM directory.tenant_operations o
LEFT JOIN directory.operators p ON p.id = o.operator_id
LEFT JOIN directory.tenant_files f ON f.id = o.id AND f.kept_until > now()
"""
"""The file that an operation wrote has its id."""


@dataclass(frozen=True)
class OperationFilter:
    """Which operations are listed. What is None matches all."""

    slug: str | None = None
    states: Sequence[OperationState] | None = None


async def find_operation(connection: Connection, id: UUID) -> Any:
    """Return the row of an operation, or None."""
    return await connection.fetchrow(f"{COLUMNS} WHERE o.id = $1", id)


async def list_operations(
    connection: Connection, where: OperationFilter, *, before: UUID | None, limit: int
) -> Page:
    """Return operations, the newest first."""
    conditions, values = ["true"], list[Any]()
    for value, condition in (
        (before, "o.id < ${}"),
        (where.slug, "${} IN (o.slug, o.new_slug)"),
        (where.states, "o.state = ANY(${}::text[])"),
    ):
        if value is not None:
            values.append(value)
            conditions.append(condition.format(len(values)))
    sql = f"{COLUMNS} WHERE {' AND '.join(conditions)} ORDER BY o.id DESC LIMIT {limit + 1}"
    rows = await connection.fetch(sql, *values)
    return Page(rows[:limit], len(rows) > limit)
