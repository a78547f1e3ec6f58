"""A replica: answers reads, as long as it has seen all that their tenant wrote.

It lags behind the primary for a moment, or for long. So what it read counts only where the primary,
which is asked about the caller in any case, says that the tenant has written nothing since; that is
a look into an index, where the read may be thousands. Whoever has just changed something reads it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from time import monotonic
from typing import Any

import asyncpg

from persistence.kernel.engine import Pool, lent
from persistence.kernel.transaction import entering

SECONDS_TO_ANSWER = 2.0
SECONDS_AWAY = 5.0
"""How long a replica that has failed is left alone."""

Check = Callable[[Any], Awaitable[None]]


class Replica:
    """Connections to a replica, as the serving role; `check` raises where they may not be used."""

    def __init__(self, pool: Pool, check: Check, *, clock: Callable[[], float] = monotonic) -> None:
        self.pool = pool
        self._check = check
        self._clock = clock
        self._is_checked = False
        self._away_until = 0.0

    @property
    def is_away(self) -> bool:
        """Whether it failed a moment ago, and is left alone."""
        return self._clock() < self._away_until

    async def read(
        self, sql: str, values: Sequence[Any], tenant_id: Any
    ) -> tuple[bytes | None, int] | None:
        """What a statement gives in a tenant, and the first transaction it may not have seen.

        None where the replica cannot say now. What is wrong with the values is raised, as it would
        be by the primary.
        """
        if self.is_away:
            return None
        reading = (
            f"SELECT ({sql}), pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
            f" FROM {entering(len(values) + 1)}"
        )
        try:
            async with asyncio.timeout(SECONDS_TO_ANSWER), lent(self.pool) as connection:
                if not self._is_checked:
                    await self._check(connection)
                    self._is_checked = True
                value, unseen = await connection.fetchrow(reading, *values, tenant_id)
        except asyncpg.DataError:
            raise
        except Exception:  # noqa: BLE001 - whatever it is, the primary can do without
            self._away_until = self._clock() + SECONDS_AWAY
            return None
        return value, unseen


def has_seen(place: int) -> str:
    """Whether the tenant `$1` has written nothing from the transaction at that place on, as SQL."""
    return (
        "SELECT NOT EXISTS(SELECT FROM journal j"
        f" WHERE j.tenant_id = $1::uuid AND j.xid >= ${place}::bigint)"
    )
