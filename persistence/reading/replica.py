"""A replica: answers reads, as long as it has seen all that their tenant wrote.

It lags behind the primary for a moment, or for long. So what it read counts only where the primary,
which is asked about the caller in any case, says that the tenant has written nothing since; that is
a look into an index, where the read may be thousands. Whoever has just changed something reads it.
It has to follow this very primary: the two are held against each other by their transactions.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import lru_cache
from time import monotonic
from typing import Any

import asyncpg
import structlog

from persistence.kernel.engine import Pool, borrow
from persistence.kernel.transaction import enter_tenant_sql

SECONDS_TO_ANSWER = 2.0
SECONDS_AWAY = 5.0
"""How long a replica that has failed is left alone."""

Check = Callable[[Any], Awaitable[None]]

_OF_ONE_STATEMENT = (asyncpg.QueryCanceledError, asyncpg.SerializationError)
"""It ran for too long, or what it read had to make way; others may be answered all the same."""

LOG = structlog.get_logger("trellis.replica")


class NoReplica(Exception):
    """The server follows no other: it was promoted, or never was a replica."""


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
        reading = _reading(sql, len(values) + 1)
        try:
            async with asyncio.timeout(SECONDS_TO_ANSWER), borrow(self.pool) as connection:
                if not self._is_checked:
                    await self._check(connection)
                    self._is_checked = True
                row = await connection.fetchrow(reading, *values, tenant_id)
            value, unseen = _of_a_follower(row)
        except asyncpg.DataError:
            raise
        except _OF_ONE_STATEMENT:
            return None
        except Exception as error:  # noqa: BLE001 - whatever it is, the primary can do without
            self._leave_alone(error)
            return None
        return None if unseen is None else (value, unseen)

    def _leave_alone(self, error: Exception) -> None:
        """For a while; then it is looked at as if for the first time."""
        self._is_checked = False
        self._away_until = self._clock() + SECONDS_AWAY
        LOG.warning("replica.away", error=type(error).__name__)


def _of_a_follower(row: Sequence[Any]) -> tuple[bytes | None, int | None]:
    value, unseen, follows = row
    if not follows:
        raise NoReplica
    return value, unseen


@lru_cache(maxsize=1_000)
def _reading(sql: str, place: int) -> str:
    """A read in the tenant at that place, what it may not have seen, and whether it is a replica.

    In recovery a snapshot has no list of what runs, so all from its oldest on may be unseen. A
    tenant that the replica does not know yet may have been restored, with all that it ever wrote.
    """
    return (
        f"SELECT ({sql}), (SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
        f" FROM directory.tenants WHERE id = ${place}::uuid), pg_is_in_recovery()"
        f" FROM {enter_tenant_sql(place)}"
    )


def has_seen(place: int) -> str:
    """Whether the tenant `$1` has written nothing from the transaction at that place on, as SQL."""
    return (
        "SELECT NOT EXISTS(SELECT FROM journal j"
        f" WHERE j.tenant_id = $1::uuid AND j.xid >= ${place}::bigint)"
    )
