"""Events of aggregates that are not loaded: they follow from a change of something else."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from domain.kernel.access import Actor
from domain.kernel.aggregate import Aggregate, DomainEvent
from persistence.kernel.access_facts import select_access_facts
from persistence.kernel.journal import Attribution, JournalWriter
from persistence.kernel.pools import Connection
from persistence.unit_of_work.tracked import TrackedAggregate, build_entry


class UnloadedEvents(ABC):
    """The part of a unit of work that records events without loading their aggregates."""

    actor: Actor
    now: datetime
    _journal: JournalWriter
    _tracked: dict[tuple[type, UUID], TrackedAggregate]

    @abstractmethod
    def _track(self, tracked: TrackedAggregate) -> None:
        """Compare an aggregate with its stored state in the next flush."""

    @abstractmethod
    async def get_connection(self) -> Connection:
        """Return the connection of the transaction, after all changes so far were written."""

    async def record_events(
        self, kind: type[Aggregate], events: Sequence[tuple[DomainEvent, Collection[UUID]]]
    ) -> None:
        """Record events of aggregates; those that are loaded get them with their other changes."""
        missing = {id for _, ids in events for id in ids if (kind, id) not in self._tracked}
        facts = await self._load_access_facts(kind, [*missing]) if missing else {}
        attribution = Attribution(self.actor.person_id, self.now)
        for event, ids in events:
            if event.action not in kind.EVENTS or not event.keeps_version:
                raise ValueError(f"{kind.NAME} has no event {event.action} that keeps the version.")
            unloaded = {id: facts[id] for id in ids if id in facts}
            for id in unloaded.keys() ^ {*ids}:
                tracked = self._tracked[kind, id]
                tracked.aggregate.events.append(event)
                self._track(tracked)
            for first in [*unloaded][:1]:
                entry = build_entry(kind, first, event, attribution, {}, ())
                self._journal.add_alike(entry, unloaded)

    async def _load_access_facts(
        self, kind: type[Aggregate], ids: Sequence[UUID]
    ) -> dict[UUID, str]:
        connection = await self.get_connection()
        select = select_access_facts(cast(type, kind))
        rows: Any = await connection.fetch(select, self.actor.tenant_id, ids)
        return dict(rows)
