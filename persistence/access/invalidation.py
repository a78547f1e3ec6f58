"""Invalidate cached actors: detect journal entries since a snapshot that may change rights.

All that makes an actor is written through the journal, except the tenant's status, which is read
each time, and the day. So a cached actor holds in a later snapshot when nothing has been committed
that the earlier snapshot did not see. The position of the change feed would not do: the feed waits
for the oldest running transaction, while later commits are visible already.
"""

from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from domain.kernel.aggregate import Aggregate
from persistence.kernel.mapping.registry import MAPPINGS

MAX_AGE = timedelta(seconds=10)
"""Changes that bypass the journal, by hand or by a migration, count after this time."""


@dataclass(frozen=True)
class SnapshotBounds:
    """What a snapshot of PostgreSQL does not see.

    That is every transaction from `xmax` on, and those that were `in_progress`.
    """

    xmax: int
    in_progress: tuple[int, ...] = ()

    @classmethod
    def parse(cls, snapshot: str) -> "SnapshotBounds":
        """Return the bounds of a `pg_snapshot`, whose text is `xmin:xmax:xip,xip`."""
        _, xmax, in_progress = snapshot.split(":")
        return cls(int(xmax), tuple(map(int, in_progress.split(","))) if in_progress else ())


ALL_SEEN = SnapshotBounds(2**63 - 1)
"""Bounds after which nothing is new."""


def changed_since_sql(position: int) -> str:
    """Return the SQL condition that rights may have changed.

    Its parameters from `position` on are the tenant, `xmax` and `in_progress` of the bounds.
    """
    unrelated = ", ".join(map(repr, list_unrelated_entities()))
    is_related = f" AND j.entity NOT IN ({unrelated})" if unrelated else ""
    unseen_conditions = (
        f"j.xid >= ${position + 1}::bigint",
        f"j.xid = ANY(${position + 2}::bigint[])",
    )
    entries = f"SELECT FROM journal j WHERE j.tenant_id = ${position}::uuid"
    return " OR ".join(f"EXISTS({entries} AND {each}{is_related})" for each in unseen_conditions)


@cache
def list_unrelated_entities() -> tuple[str, ...]:
    """Return the aggregates whose changes alter nobody's rights."""
    return tuple(
        sorted(
            kind.NAME
            for kind, mapping in MAPPINGS.items()
            if issubclass(kind, Aggregate) and not mapping.affects_access
        )
    )
