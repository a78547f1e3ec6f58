"""Idempotency keys in a unit of work: reserved first, and completed with the change."""

from abc import ABC, abstractmethod
from datetime import datetime
from uuid import UUID

from domain.kernel.access import Actor
from persistence.kernel.journal import SAME_UNIT_OF_WORK
from persistence.kernel.pools import Connection
from persistence.unit_of_work import idempotency_keys
from persistence.unit_of_work.idempotency_keys import IdempotencyKey, PriorResult


class KeyReservations(ABC):
    """The part of a unit of work that makes sure that a repeated request changes nothing."""

    actor: Actor
    now: datetime

    @abstractmethod
    async def _begin(self) -> Connection:
        """Begin the transaction, unless it has begun; return its connection."""

    async def reserve_key(self, key: IdempotencyKey) -> PriorResult | None:
        """Reserve a key, or return the result of the change that was made under it before.

        Must come first in a unit of work. Raises Invalid with IDEMPOTENCY_KEY_REUSED.
        """
        return await idempotency_keys.reserve(await self._begin(), *self._key_scope, key, self.now)

    async def complete_key(self, key: IdempotencyKey, entity_id: UUID | None) -> None:
        """Store under the reserved key which aggregate was changed."""
        connection = await self._begin()
        await idempotency_keys.complete(connection, *self._key_scope, key, entity_id)
        await idempotency_keys.purge(connection, self.actor.tenant_id, self.now)

    async def batch_of(self, entity: str, id: UUID) -> list[UUID]:
        """Return the ids of this kind that the unit of work which created this one changed."""
        connection = await self._begin()
        rows = await connection.fetch(SAME_UNIT_OF_WORK, self.actor.tenant_id, entity, id)
        return [row["entity_id"] for row in rows]

    @property
    def _key_scope(self) -> tuple[UUID, UUID]:
        """Return the tenant and the member, so that nobody finds the key of another member."""
        assert self.actor.member_id is not None, "Only members send keys."
        return self.actor.tenant_id, self.actor.member_id
