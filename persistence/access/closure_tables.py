"""Closure tables: all pairs of a node and a node above it, so that one index look-up finds them.

Those of organizations and teams are as of today. The one of reporting lines has dates and keeps its
past. A unit of work rebuilds them for all that moved and everything below. A cycle violates the
primary key.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Date, Integer, Table, Uuid

from persistence.kernel.engine_kind import count_inserted
from persistence.kernel.mapping.registry import ClosureMaintenance, RebuildClosure
from persistence.kernel.pools import Connection
from persistence.kernel.schema.tables import link_table, tenant_foreign_key, tenant_index


def closure_table(name: str, node_table: str) -> Table:
    """Return a table of every node with itself (depth 0) and with every node above it."""
    return link_table(
        name,
        Column("descendant_id", Uuid, nullable=False),
        Column("ancestor_id", Uuid, nullable=False),
        Column("depth", Integer, nullable=False),
        tenant_foreign_key("descendant_id", node_table),
        tenant_foreign_key("ancestor_id", node_table),
        tenant_index("ancestor_id", "depth", "descendant_id"),
        key=("descendant_id", "ancestor_id"),
    )


organization_closure = closure_table("organization_closure", node_table="organizations")
team_closure = closure_table("team_closure", node_table="teams")

reporting_closure = link_table(
    "reporting_closure",
    Column("descendant_id", Uuid, nullable=False),
    Column("ancestor_id", Uuid, nullable=False),
    Column("depth", Integer, nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date),
    Column("left_on", Date),
    tenant_foreign_key("descendant_id", "people"),
    tenant_foreign_key("ancestor_id", "people"),
    CheckConstraint("depth >= 1", name="depth"),
    tenant_index("ancestor_id", "depth", "descendant_id"),
    key=("descendant_id", "ancestor_id", "starts_on"),
)
"""Everyone above a person in the primary line, a row for each period without a change.

`left_on` is the first day on which one of the people on the way has left. It is apart from
`ends_on`, because not everyone who plans reporting lines may know of a planned departure.
"""

MAX_DEPTH = 1000
"""Ends the walk around a cycle; no tree is deeper."""

LATEST_TODAY = "(now() AT TIME ZONE 'Pacific/Kiritimati')::date"
"""Today where the day begins first."""


def maintain_tree_closure(closure: Table, node_table: str) -> ClosureMaintenance:
    """Return how to maintain the closure of a tree of nodes with a `parent_id`."""
    select_descendants = f"""
        WITH RECURSIVE below (id) AS (
            SELECT unnest($2::uuid[])
            UNION
            SELECT n.id FROM {node_table} n JOIN below b ON n.parent_id = b.id
            WHERE n.tenant_id = $1
        )
        SELECT id FROM below"""
    delete_rows = (
        f"DELETE FROM {closure.name} WHERE tenant_id = $1 AND descendant_id = ANY($2::uuid[])"
    )
    insert_rows = count_inserted(f"""
        INSERT INTO {closure.name} (tenant_id, descendant_id, ancestor_id, depth)
        WITH RECURSIVE walk (descendant_id, ancestor_id, depth) AS (
            SELECT id, id, 0 FROM {node_table} WHERE tenant_id = $1 AND id = ANY($2::uuid[])
            UNION ALL
            SELECT w.descendant_id, n.parent_id, w.depth + 1
            FROM walk w JOIN {node_table} n ON n.tenant_id = $1 AND n.id = w.ancestor_id
            WHERE n.parent_id IS NOT NULL AND w.depth < {MAX_DEPTH}
        )
        SELECT $1, descendant_id, ancestor_id, depth FROM walk""")
    return ClosureMaintenance(
        ("parent_id",),
        _build_rebuild(select_descendants, delete_rows, insert_rows),
        is_rebuilt_on_insert=True,
    )


def maintain_reporting_closure() -> ClosureMaintenance:
    """Return how to maintain the closure of the primary reporting line."""
    select_descendants = """
        WITH RECURSIVE below (id) AS (
            SELECT unnest($2::uuid[])
            UNION
            SELECT l.person_id FROM reporting_lines l JOIN below b ON l.manager_id = b.id
            WHERE l.tenant_id = $1 AND l.kind = 'primary'
        )
        SELECT id FROM below"""
    delete_rows = (
        "DELETE FROM reporting_closure WHERE tenant_id = $1 AND descendant_id = ANY($2::uuid[])"
    )
    insert_rows = count_inserted(f"""
        INSERT INTO reporting_closure
               (tenant_id, descendant_id, ancestor_id, depth, starts_on, ends_on, left_on)
        WITH RECURSIVE walk (descendant_id, ancestor_id, depth, starts_on, ends_on, left_on) AS (
            SELECT l.person_id, l.manager_id, 1, l.starts_on, l.ends_on, l.left_on
            FROM unnest($2::uuid[]) moved (id) CROSS JOIN LATERAL ({_select_lines("moved.id")}) l
            WHERE {_is_alive("l.starts_on", "l.left_on")}
            UNION ALL
            SELECT w.descendant_id, l.manager_id, w.depth + 1, greatest(w.starts_on, l.starts_on),
                   least(w.ends_on, l.ends_on), least(w.left_on, l.left_on)
            FROM walk w CROSS JOIN LATERAL ({_select_lines("w.ancestor_id")}) l
            WHERE w.depth < {MAX_DEPTH}
              AND (w.ends_on IS NULL OR l.starts_on < w.ends_on)
              AND (l.ends_on IS NULL OR w.starts_on < l.ends_on)
              AND {_is_alive("greatest(w.starts_on, l.starts_on)", "least(w.left_on, l.left_on)")}
        )
        SELECT $1, descendant_id, ancestor_id, depth, starts_on, ends_on, left_on FROM walk""")
    return ClosureMaintenance(
        ("lines", "last_day"), _build_rebuild(select_descendants, delete_rows, insert_rows)
    )


def _select_lines(person_id: str) -> str:
    """Return the SELECT of the primary lines of one person.

    OFFSET 0 forbids a join with all lines: without statistics, as in the first import of a
    tenant, PostgreSQL would compare each line with every other one.
    """
    return f"""
        SELECT l.person_id, l.manager_id, l.starts_on, l.ends_on,
               least(p.left_on, m.left_on) AS left_on
        FROM reporting_lines l
        JOIN people p ON p.tenant_id = $1 AND p.id = l.person_id
        JOIN people m ON m.tenant_id = $1 AND m.id = l.manager_id
        WHERE l.tenant_id = $1 AND l.kind = 'primary' AND l.person_id = {person_id}
          AND (l.ends_on IS NULL OR l.starts_on < l.ends_on)
        OFFSET 0"""


def _is_alive(starts_on: str, left_on: str) -> str:
    """Return the SQL that a way up was not over for good before it began.

    A way that ends in the future stays, for those who may not know of the departure.
    """
    return f"({left_on} IS NULL OR {left_on} > {starts_on} OR {left_on} > {LATEST_TODAY})"


def _build_rebuild(select_descendants: str, delete_rows: str, insert_rows: str) -> RebuildClosure:
    async def rebuild(connection: Connection, tenant_id: UUID, moved: Collection[UUID]) -> None:
        affected = [
            row["id"] for row in await connection.fetch(select_descendants, tenant_id, list(moved))
        ]
        await connection.execute(delete_rows, tenant_id, affected)
        await connection.execute(insert_rows, tenant_id, affected)

    return rebuild
