"""Locks of a unit of work, each held until the end of its transaction."""

from abc import ABC, abstractmethod
from collections.abc import Collection
from hashlib import blake2b
from uuid import UUID

from domain.kernel.access import Actor
from persistence.kernel.pools import Connection
from persistence.unit_of_work.prefetch import Prefetched

LOCK_KEYS = "SELECT pg_advisory_xact_lock(key) FROM unnest($1::bigint[]) key"


class Locks(ABC):
    """The part of a unit of work that locks trees and values of the tenant."""

    actor: Actor
    _prefetched: Prefetched

    @abstractmethod
    async def _begin(self) -> Connection:
        """Begin a transaction, unless it has begun; return its connection."""

    async def lock_tree(self, tree: str) -> None:
        """Lock a tree of this tenant until the end of the transaction."""
        await self._lock([tree])

    async def lock_value(self, attribute: str, value: str) -> None:
        """Lock a value of this tenant until the end of the transaction."""
        await self._lock([f"{attribute}:{value}"])

    async def lock_values(self, attribute: str, values: Collection[str]) -> None:
        """Lock values of this tenant in one statement, always in the same order."""
        await self._lock([f"{attribute}:{each}" for each in values])

    async def _lock(self, names: Collection[str]) -> None:
        await lock_names(await self._begin(), self.actor.tenant_id, names)
        self._prefetched.clear()


async def lock_names(connection: Connection, tenant_id: UUID, names: Collection[str]) -> None:
    """Lock names of a tenant until the end of the transaction, always in the same order.

    A value of a unit of work has the name `attribute:value`.
    """
    tenant_names = [f"{tenant_id}:{each}".encode() for each in names]
    digests = [blake2b(each, digest_size=8).digest() for each in tenant_names]
    keys = sorted(int.from_bytes(each, signed=True) for each in digests)
    await connection.execute(LOCK_KEYS, keys)
