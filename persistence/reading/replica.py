"""Reads from a replica, which count only if the replica has seen every write of the tenant.

A replica lags behind the primary. A read also returns the number of the journal's clock there. Each
read validates the actor on the primary anyway, and the same statement reads the number there. The
result counts if the replica's number is not smaller. The check costs one index look-up, the read
may cost thousands, and a client always reads its own writes.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import lru_cache
from time import monotonic
from typing import Any, Protocol

import asyncpg
import structlog

from persistence.kernel.clocks import Clock, select_number
from persistence.kernel.pools import Pool, borrow
from persistence.kernel.transaction import enter_tenant_sql

READ_TIMEOUT = 2.0
"""Seconds; a slower read is repeated on the primary."""

RETRY_DELAY = 5.0
"""Seconds without reads from a replica that has failed."""

ReplicaCheck = Callable[[Any], Awaitable[None]]

_STATEMENT_ERRORS = (asyncpg.QueryCanceledError, asyncpg.SerializationError)
"""The statement was too slow, or its rows were vacuumed; the replica itself has not failed."""

LOG = structlog.get_logger("trellis.replica")


class ReplicaSource(Protocol):
    """A replica, or the replicas of all databases."""

    async def read(
        self, sql: str, values: Sequence[Any], tenant_id: Any
    ) -> tuple[bytes | None, int] | None:
        """Read where the tenant lives; see `Replica.read`."""
        ...


class NotAReplica(Exception):
    """The server follows no primary: it was promoted, or never was a replica."""


class Replica:
    """A pool of connections to a replica, as the serving role.

    `check` raises if the connections must not be used; it runs before the first read and after
    each failure.
    """

    def __init__(
        self, pool: Pool, check: ReplicaCheck, *, clock: Callable[[], float] = monotonic
    ) -> None:
        self.pool = pool
        self._check = check
        self._clock = clock
        self._is_checked = False
        self._suspended_until = 0.0

    @property
    def is_suspended(self) -> bool:
        """Whether the replica failed a few seconds ago and is not used now."""
        return self._clock() < self._suspended_until

    async def read(
        self, sql: str, values: Sequence[Any], tenant_id: Any
    ) -> tuple[bytes | None, int] | None:
        """Return the value of a statement, and the number of the journal that it has seen.

        Return None if the replica cannot answer now. Raises asyncpg.DataError for invalid values,
        as the primary would.
        """
        if self.is_suspended:
            return None
        read_sql = _build_read_sql(sql, len(values) + 1)
        try:
            async with asyncio.timeout(READ_TIMEOUT), borrow(self.pool, tenant_id) as connection:
                if not self._is_checked:
                    await self._check(connection)
                    self._is_checked = True
                row = await connection.fetchrow(read_sql, *values, tenant_id)
            value, seen_number = _unpack_replica_row(row)
        except asyncpg.DataError:
            raise
        except _STATEMENT_ERRORS:
            return None
        except Exception as error:  # noqa: BLE001 - the primary answers after any error
            self._suspend(error)
            return None
        return None if seen_number is None else (value, seen_number)

    def _suspend(self, error: Exception) -> None:
        """Stop reading from the replica for a while; then check it again."""
        self._is_checked = False
        self._suspended_until = self._clock() + RETRY_DELAY
        LOG.warning("replica.away", error=type(error).__name__)


def _unpack_replica_row(row: Sequence[Any]) -> tuple[bytes | None, int | None]:
    value, seen_number, is_replica = row
    if not is_replica:
        raise NotAReplica
    return value, seen_number


@lru_cache(maxsize=1_000)
def _build_read_sql(sql: str, tenant_parameter: int) -> str:
    """Build a read in the tenant that also returns what it has seen, and if it is a replica."""
    seen_number = select_number(Clock.JOURNAL, f"${tenant_parameter}::uuid")
    return (
        f"SELECT ({sql}), ({seen_number}), pg_is_in_recovery()"
        f" FROM {enter_tenant_sql(tenant_parameter)}"
    )
