"""Closures: who stands below whom in a tree, kept row by row so that one index look-up answers it.

The trees of organizations and of teams are as they are today; the reporting line has dates, and
its past stays. `persistence.kernel.work` keeps all three when it writes.
"""

from sqlalchemy import CheckConstraint, Column, Date, Integer, Table, Uuid

from persistence.kernel.tables import indexed, link_table, points_to


def closure_table(name: str, of: str) -> Table:
    """Every node with itself (depth 0) and with every node above it."""
    return link_table(
        name,
        Column("descendant_id", Uuid, nullable=False),
        Column("ancestor_id", Uuid, nullable=False),
        Column("depth", Integer, nullable=False),
        points_to("descendant_id", of),
        points_to("ancestor_id", of),
        indexed("ancestor_id", "depth", "descendant_id"),
        key=("descendant_id", "ancestor_id"),
    )


organization_closure = closure_table("organization_closure", of="organizations")
team_closure = closure_table("team_closure", of="teams")

reporting_closure = link_table(
    "reporting_closure",
    Column("descendant_id", Uuid, nullable=False),
    Column("ancestor_id", Uuid, nullable=False),
    Column("depth", Integer, nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date),
    points_to("descendant_id", "people"),
    points_to("ancestor_id", "people"),
    CheckConstraint("depth >= 1", name="depth"),
    indexed("ancestor_id", "depth", "descendant_id"),
    key=("descendant_id", "ancestor_id", "starts_on"),
)
"""Everyone above a person in the primary line, for each period in which nothing between them changed."""
