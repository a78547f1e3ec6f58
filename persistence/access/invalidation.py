"""News: whether a tenant has written since a moment what could make somebody another actor.

What makes an actor is written through the journal, except for the tenant's status, which is read
each time, and the day. So an answer holds in a later snapshot where nothing is written that the
snapshot in which it was given did not see. (The feed's place would not do: it waits for the oldest
running transaction, while what others have committed meanwhile can be seen already.)
"""

from dataclasses import dataclass
from datetime import timedelta

from domain.goals import Goal

UNRELATED_ENTITIES = (Goal.NAME,)
"""What may change without anybody becoming another actor; all else counts as if somebody did."""

MAX_AGE = timedelta(seconds=10)
"""By then whatever was changed past the journal, by hand or by a migration, is heard of, too."""


@dataclass(frozen=True)
class SnapshotBounds:
    """A snapshot of PostgreSQL by what it does not see.

    That is all transactions from `until` on, and those that were `running`.
    """

    xmax: int
    in_progress: tuple[int, ...] = ()

    @classmethod
    def parse(cls, snapshot: str) -> "SnapshotBounds":
        """The moment that a `pg_snapshot` speaks of, which is `xmin:xmax:xip,xip`."""
        _, xmax, in_progress = snapshot.split(":")
        return cls(int(xmax), tuple(map(int, in_progress.split(","))) if in_progress else ())


ALL_SEEN = SnapshotBounds(2**63 - 1)
"""A moment that has seen all there will ever be."""


def changed_since_sql(position: int) -> str:
    """The condition that there are news, as SQL.

    Its parameters from that place are the tenant, and a moment's `until` and `running`.
    """
    unseen_conditions = (
        f"j.xid >= ${position + 1}::bigint",
        f"j.xid = ANY(${position + 2}::bigint[])",
    )
    return " OR ".join(
        f"EXISTS(SELECT FROM journal j WHERE j.tenant_id = ${position}::uuid AND {each}"
        f" AND j.entity NOT IN ({', '.join(map(repr, UNRELATED_ENTITIES))}))"
        for each in unseen_conditions
    )
