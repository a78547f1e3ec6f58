"""Retelling: a unit of work about what several people did, each at a time of their own.

For what has happened already, somewhere else or in a made-up past: journal and dates say who and
when, as if each of them had come to the door that day. Still one transaction, all or nothing.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from uuid import UUID

from domain.kernel.access import Actor
from domain.kernel.aggregate import Aggregate
from persistence.kernel.engine import Pool
from persistence.kernel.holding import Held
from persistence.kernel.journal import Said
from persistence.kernel.work import Work, work


@asynccontextmanager
async def retelling(pool: Pool, actor: Actor, *, now: datetime) -> AsyncIterator["Retelling"]:
    """Begin to tell. Commits once, on the way out; anything raised undoes everything."""
    async with work(pool, actor, now=now) as begun:
        told = Retelling(actor, now, None, begun._transaction)  # noqa: SLF001
        yield told
        await told.flush()


class Retelling(Work):
    """A unit of work whose actor and time change between the acts that it holds.

    What is written is not looked at again until something more is told of it, so that a long story
    costs no more at its end.
    """

    def __post_init__(self) -> None:
        super().__post_init__()
        self._watched: dict[tuple[type, UUID], Held] = {}
        self._said: dict[UUID, Said] = {}

    async def turn_to(self, actor: Actor, at: datetime, about: UUID | None = None) -> None:
        """Let somebody act from here on; what one aggregate goes through is kept apart."""
        if about in self._said:
            await self.flush()
        self.actor, self.now = actor, at

    def tell(self, aggregate: Aggregate) -> None:
        """Put down what happened to an aggregate to whoever acts now."""
        self._watch(self._held[type(aggregate), aggregate.id])
        self._said[aggregate.id] = Said(self.actor.person_id, self.now)

    async def flush(self) -> None:
        """Write everything told so far."""
        await super().flush()
        self._said.clear()
        self._watched.clear()

    @property
    def told(self) -> int:
        """How many aggregates wait to be written."""
        return len(self._said)

    def _said_of(self, aggregate: Aggregate) -> Said:
        return self._said.get(aggregate.id) or super()._said_of(aggregate)
