"""Queries of hierarchies and role holders, for rules about the tenant as a whole."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

import asyncpg

from domain.kernel.unit_of_work import Occupant
from persistence.access.assignment_terms import LASTING, NOT_OVER
from persistence.access.units import render_unit
from persistence.kernel.pools import Connection

ANCESTORS = """
WITH RECURSIVE up (id, depth) AS (
    SELECT parent_id, 1 FROM {nodes} WHERE tenant_id = $1 AND id = $2
    UNION ALL
    SELECT n.parent_id, u.depth + 1 FROM up u JOIN {nodes} n ON n.tenant_id = $1 AND n.id = u.id
    WHERE u.depth < 1000
)
SELECT id FROM up WHERE id IS NOT NULL ORDER BY depth
"""

MANAGERS_BETWEEN = """
SELECT DISTINCT ancestor_id AS id FROM reporting_closure
WHERE tenant_id = $1 AND descendant_id = $2
  AND starts_on < $3 AND (ends_on IS NULL OR ends_on > $4)
  AND (left_on IS NULL OR left_on > $5)
"""

ROLE_HOLDERS = f"""
SELECT m.person_id AS id
FROM role_assignments a
JOIN members m ON m.tenant_id = $1 AND m.id = a.member_id
JOIN people p ON p.tenant_id = $1 AND p.id = m.person_id
WHERE a.tenant_id = $1 AND a.role_id = $2 AND a.organization_id IS NULL
  AND m.status = 'active' AND (p.left_on IS NULL OR p.left_on > $3)
  AND {LASTING.format("a")}
"""

COUNT_HOLDERS = f"""
SELECT count(*)
FROM role_assignments a
JOIN members m ON m.tenant_id = $1 AND m.id = a.member_id
LEFT JOIN people p ON p.tenant_id = $1 AND p.id = m.person_id
WHERE a.tenant_id = $1 AND a.role_id = $2 AND (p.left_on IS NULL OR p.left_on > $3)
  AND {NOT_OVER.format("a")}
"""


OCCUPANTS = """
SELECT * FROM (
    SELECT p.id, {unit} AS organization_id, EXISTS (
        SELECT FROM jobs j
        WHERE j.tenant_id = $1 AND j.person_id = p.id AND j.organization_id = $3
          AND j.superseded_at IS NULL AND NOT EXISTS (
            SELECT FROM jobs n
            WHERE n.tenant_id = $1 AND n.person_id = p.id AND n.superseded_at IS NULL
              AND n.starts_on > j.starts_on AND n.starts_on <= $4)) AS stays
    FROM people p
    WHERE p.tenant_id = $1 AND (p.left_on IS NULL OR p.left_on > $2) AND p.id IN (
        SELECT person_id FROM jobs
        WHERE tenant_id = $1 AND organization_id = $3 AND superseded_at IS NULL)
) occupant
WHERE stays OR organization_id = $3
"""


async def load_occupants(
    connection: Connection, tenant_id: UUID, unit_id: UUID, day: date, today: date
) -> list[Occupant]:
    """Return who is in a unit today, or has a job in it that counts on that day or later.

    People who have left are left out.
    """
    sql = OCCUPANTS.format(unit=render_unit("p", "$2"))
    rows = await connection.fetch(sql, tenant_id, today, unit_id, day)
    return [Occupant(*row.values()) for row in rows]


async def load_ancestors(
    connection: Connection, tenant_id: UUID, node_table: str, id: UUID
) -> Collection[UUID]:
    """Return the ids of the ancestors of a node of a tree, the nearest first."""
    return _extract_ids(await connection.fetch(ANCESTORS.format(nodes=node_table), tenant_id, id))


async def load_managers_between(
    connection: Connection,
    tenant_id: UUID,
    person_id: UUID,
    since: date,
    until: date | None,
    today: date,
) -> Collection[UUID]:
    """Return the ids of all above a person in the primary line on some day of a period.

    A line over somebody who has left does not count; one over somebody who will leave does.
    """
    last = until or date.max
    values = (tenant_id, person_id, last, since, today)
    return _extract_ids(await connection.fetch(MANAGERS_BETWEEN, *values))


async def load_role_holders(
    connection: Connection, tenant_id: UUID, role_id: UUID, day: date
) -> Collection[UUID]:
    """Return the ids of active members' people who hold a role over the whole tenant, without end.

    People who have left by that day do not count.
    """
    return _extract_ids(await connection.fetch(ROLE_HOLDERS, tenant_id, role_id, day))


async def count_holders(connection: Connection, tenant_id: UUID, role_id: UUID, day: date) -> int:
    """Return how many assignments of a role are held by people who have not left by a day."""
    found: int = await connection.fetchval(COUNT_HOLDERS, tenant_id, role_id, day)
    return found


def _extract_ids(rows: list[asyncpg.Record]) -> Collection[UUID]:
    return [row["id"] for row in rows]
