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
from persistence.kernel.journal import Attribution
from persistence.kernel.pools import Pool
from persistence.unit_of_work.tracked import TrackedAggregate
from persistence.unit_of_work.work import Work, work


@asynccontextmanager
async def backdated_work(
    pool: Pool, actor: Actor, *, now: datetime
) -> AsyncIterator["BackdatedWork"]:
    """Begin to tell. Commits once, on the way out; anything raised undoes everything."""
    async with work(pool, actor, now=now) as unit:
        backdated = BackdatedWork(actor, now, None, unit._transaction)  # noqa: SLF001
        yield backdated
        await backdated.flush()


class BackdatedWork(Work):
    """A unit of work whose actor and time change between the acts that it holds.

    What is written is not looked at again until something more is told of it, so that a long story
    costs no more at its end.
    """

    def __post_init__(self) -> None:
        super().__post_init__()
        self._flush_candidates: dict[tuple[type, UUID], TrackedAggregate] = {}
        self._attributions: dict[UUID, Attribution] = {}

    async def act_as(self, actor: Actor, at: datetime, aggregate_id: UUID | None = None) -> None:
        """Let somebody act from here on; what one aggregate goes through is kept apart."""
        if aggregate_id in self._attributions:
            await self.flush()
        self.actor, self.now = actor, at

    def attribute_change(self, aggregate: Aggregate) -> None:
        """Put down what happened to an aggregate to whoever acts now."""
        self._track(self._tracked[type(aggregate), aggregate.id])
        self._attributions[aggregate.id] = Attribution(self.actor.person_id, self.now)

    async def flush(self) -> None:
        """Write everything told so far."""
        await super().flush()
        self._attributions.clear()
        self._flush_candidates.clear()

    @property
    def pending_count(self) -> int:
        """How many aggregates wait to be written."""
        return len(self._attributions)

    def _resolve_attribution(self, aggregate: Aggregate) -> Attribution:
        return self._attributions.get(aggregate.id) or super()._resolve_attribution(aggregate)
