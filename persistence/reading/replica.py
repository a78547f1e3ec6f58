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

from persistence.kernel.pools import Pool, borrow
from persistence.kernel.transaction import enter_tenant_sql

READ_TIMEOUT = 2.0
RETRY_DELAY = 5.0
"""How long a replica that has failed is left alone."""

ReplicaCheck = Callable[[Any], Awaitable[None]]

_STATEMENT_ERRORS = (asyncpg.QueryCanceledError, asyncpg.SerializationError)
"""It ran for too long, or what it read had to make way; others may be answered all the same."""

LOG = structlog.get_logger("trellis.replica")


class NotAReplica(Exception):
    """The server follows no other: it was promoted, or never was a replica."""


class Replica:
    """Connections to a replica, as the serving role; `check` raises where they may not be used."""

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
        """Whether it failed a moment ago, and is left alone."""
        return self._clock() < self._suspended_until

    async def read(
        self, sql: str, values: Sequence[Any], tenant_id: Any
    ) -> tuple[bytes | None, int] | None:
        """What a statement gives in a tenant, and the first transaction it may not have seen.

        None where the replica cannot say now. What is wrong with the values is raised, as it would
        be by the primary.
        """
        if self.is_suspended:
            return None
        read_sql = _build_read_sql(sql, len(values) + 1)
        try:
            async with asyncio.timeout(READ_TIMEOUT), borrow(self.pool) as connection:
                if not self._is_checked:
                    await self._check(connection)
                    self._is_checked = True
                row = await connection.fetchrow(read_sql, *values, tenant_id)
            value, first_unseen_xid = _unpack_replica_row(row)
        except asyncpg.DataError:
            raise
        except _STATEMENT_ERRORS:
            return None
        except Exception as error:  # noqa: BLE001 - whatever it is, the primary can do without
            self._suspend(error)
            return None
        return None if first_unseen_xid is None else (value, first_unseen_xid)

    def _suspend(self, error: Exception) -> None:
        """For a while; then it is looked at as if for the first time."""
        self._is_checked = False
        self._suspended_until = self._clock() + RETRY_DELAY
        LOG.warning("replica.away", error=type(error).__name__)


def _unpack_replica_row(row: Sequence[Any]) -> tuple[bytes | None, int | None]:
    value, first_unseen_xid, is_replica = row
    if not is_replica:
        raise NotAReplica
    return value, first_unseen_xid


@lru_cache(maxsize=1_000)
def _build_read_sql(sql: str, tenant_parameter: int) -> str:
    """A read in the tenant at that place, what it may not have seen, and whether it is a replica.

    In recovery a snapshot has no list of what runs, so all from its oldest on may be unseen. A
    tenant that the replica does not know yet may have been restored, with all that it ever wrote.
    """
    return (
        f"SELECT ({sql}), (SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
        f" FROM directory.tenants WHERE id = ${tenant_parameter}::uuid), pg_is_in_recovery()"
        f" FROM {enter_tenant_sql(tenant_parameter)}"
    )


def caught_up_sql(xid_parameter: int) -> str:
    """Whether the tenant `$1` has written nothing from the transaction at that place on, as SQL."""
    return (
        "SELECT NOT EXISTS(SELECT FROM journal j"
        f" WHERE j.tenant_id = $1::uuid AND j.xid >= ${xid_parameter}::bigint)"
    )
