"""What the platform reads of the directory: operators and the audit log."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from domain.platform import Operator
from persistence.kernel.pools import Connection
from persistence.platform.work import build_operator

SELECT_OPERATORS = """
SELECT id, issuer, subject, name, role, removed_at FROM directory.operators
"""
GET_OPERATOR = f"{SELECT_OPERATORS} WHERE id = $1"
FIND_OPERATOR = f"""{SELECT_OPERATORS}
WHERE issuer = $1 AND subject = $2 AND removed_at IS NULL
"""

LIST_OPERATORS = f"{SELECT_OPERATORS} WHERE removed_at IS NULL ORDER BY name, id"

AUDIT_COLUMNS = """
SELECT a.id, a.act, a.tenant_id, a.tenant_slug, a.subject_id, a.changes, a.recorded_at,
       a.request_id, a.operator_id, o.name AS operator_name
FROM directory.platform_audit_log a LEFT JOIN directory.operators o ON o.id = a.operator_id
"""


@dataclass(frozen=True)
class Page:
    """One page of a list: its rows, and whether there are more behind it.

    `total` counts the rows of all pages, where reading the page has counted them.
    """

    rows: Sequence[Any]
    has_next: bool
    total: int | None = None


async def find_operator(connection: Connection, issuer: str, subject: str) -> Operator | None:
    """Return the operator whom a token identifies, or None."""
    row = await connection.fetchrow(FIND_OPERATOR, issuer, subject)
    return None if row is None else build_operator(row)


async def list_operators(connection: Connection) -> list[Operator]:
    """Return the operators in the order of their names."""
    return [build_operator(row) for row in await connection.fetch(LIST_OPERATORS)]


async def list_audit_entries(
    connection: Connection, *, before: UUID | None, slug: str | None, limit: int
) -> Page:
    """Return entries of the audit log, the newest first, of one tenant or of all."""
    conditions, values = ["true"], list[Any]()
    for value, condition in ((before, "a.id < ${}"), (slug, "a.tenant_slug = ${}")):
        if value is not None:
            values.append(value)
            conditions.append(condition.format(len(values)))
    sql = f"{AUDIT_COLUMNS} WHERE {' AND '.join(conditions)} ORDER BY a.id DESC LIMIT {limit + 1}"
    rows = await connection.fetch(sql, *values)
    return Page(rows[:limit], len(rows) > limit)


async def get_operator(connection: Connection, id: UUID) -> Operator:
    """Return an operator, also one who was removed."""
    return build_operator(await connection.fetchrow(GET_OPERATOR, id))
