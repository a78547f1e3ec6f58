"""A unit of work for changes that several people made in the past, each at its own time.

It is for imports and demo data: the journal names the person and time of each change. All changes
are still written in one transaction.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from uuid import UUID

from domain.kernel.access import Actor
from domain.kernel.aggregate import Aggregate
from persistence.kernel.journal import Attribution
from persistence.kernel.pools import PoolSource
from persistence.unit_of_work.tracked import TrackedAggregate
from persistence.unit_of_work.work import Work, work


@asynccontextmanager
async def backdated_work(
    pool: PoolSource, actor: Actor, *, now: datetime
) -> AsyncIterator["BackdatedWork"]:
    """Open a backdated unit of work. It commits at its end; any exception undoes all."""
    async with work(pool, actor, now=now) as unit:
        backdated = BackdatedWork(actor, now, None, unit._transaction)  # noqa: SLF001
        yield backdated
        await backdated.commit()


class BackdatedWork(Work):
    """A unit of work whose actor and time change between the changes in it.

    A flush compares only the aggregates that changed since the last one, so that the last changes
    of a long import cost no more than the first.
    """

    def __post_init__(self) -> None:
        super().__post_init__()
        self._flush_candidates: dict[tuple[type, UUID], TrackedAggregate] = {}
        self._attributions: dict[UUID, Attribution] = {}

    async def act_as(self, actor: Actor, at: datetime, aggregate_id: UUID | None = None) -> None:
        """Set the actor and time of the following changes.

        Flushes first if the aggregate has pending changes of another actor or time.
        """
        if aggregate_id in self._attributions:
            await self.flush()
        self.actor, self.now = actor, at

    def attribute_change(self, aggregate: Aggregate) -> None:
        """Attribute the changes of an aggregate to the current actor and time."""
        self._track(self._tracked[type(aggregate), aggregate.id])
        self._attributions[aggregate.id] = Attribution(self.actor.author_id, self.now)

    async def _flush(self, *, is_last: bool = False) -> None:
        await super()._flush(is_last=is_last)
        self._attributions.clear()
        self._flush_candidates.clear()

    @property
    def pending_count(self) -> int:
        """Return how many aggregates wait to be written."""
        return len(self._attributions)

    def _resolve_attribution(self, aggregate: Aggregate) -> Attribution:
        return self._attributions.get(aggregate.id) or super()._resolve_attribution(aggregate)
