"""News: whether a tenant has written since a moment what could make somebody another actor.

What makes an actor is written through the journal, except for the tenant's status, which is read
each time, and the day. So an answer holds in a later snapshot where nothing is written that the
snapshot in which it was given did not see. (The feed's place would not do: it waits for the oldest
running transaction, while what others have committed meanwhile can be seen already.)
"""

from dataclasses import dataclass
from datetime import timedelta

from domain.goals import Goal

HARMLESS = (Goal.NAME,)
"""What may change without anybody becoming another actor; all else counts as if somebody did."""

LONGEST_KEPT = timedelta(seconds=10)
"""By then whatever was changed past the journal, by hand or by a migration, is heard of, too."""


@dataclass(frozen=True)
class Moment:
    """A snapshot of PostgreSQL by what it does not see.

    That is all transactions from `until` on, and those that were `running`.
    """

    until: int
    running: tuple[int, ...] = ()

    @classmethod
    def of(cls, snapshot: str) -> "Moment":
        """The moment that a `pg_snapshot` speaks of, which is `xmin:xmax:xip,xip`."""
        _, until, running = snapshot.split(":")
        return cls(int(until), tuple(map(int, running.split(","))) if running else ())


NEVER = Moment(2**63 - 1)
"""A moment that has seen all there will ever be."""


def news(place: int) -> str:
    """The condition that there are news, as SQL.

    Its parameters from that place are the tenant, and a moment's `until` and `running`.
    """
    unseen = (f"j.xid >= ${place + 1}::bigint", f"j.xid = ANY(${place + 2}::bigint[])")
    return " OR ".join(
        f"EXISTS(SELECT FROM journal j WHERE j.tenant_id = ${place}::uuid AND {each}"
        f" AND j.entity NOT IN ({', '.join(map(repr, HARMLESS))}))"
        for each in unseen
    )
