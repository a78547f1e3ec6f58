"""Retelling: a unit of work about what several people did, each at a time of their own.

For what has happened already, somewhere else or in a made-up past: journal and dates say who and
when, as if each of them had come to the door that day. Still one transaction, all or nothing.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.kernel.access import Actor
from domain.kernel.aggregate import Aggregate
from persistence.kernel.journal import Entry, Journal
from persistence.kernel.work import Sessions, Work, work


@asynccontextmanager
async def retelling(made: Sessions, actor: Actor, *, now: datetime) -> AsyncIterator["Retelling"]:
    """Begin to tell. Commits once, on the way out; anything raised undoes everything."""
    async with work(made, actor, now=now) as begun:
        told = Retelling(actor, now, None, begun._session, begun._connection)  # noqa: SLF001
        yield told
        await told.settle()


@dataclass(frozen=True)
class _Said:
    """Who did something, and when."""

    by: UUID | None
    at: datetime


@dataclass
class _RetoldJournal(Journal):
    """A journal in which every entry has its own actor and time."""

    said: dict[UUID, _Said] = field(default_factory=dict)

    def _row(self, entry: Entry) -> tuple[object, ...]:
        present = self.actor_id, self.now
        said = self.said.get(entry.entity_id)
        if said is not None:
            self.actor_id, self.now = said.by, said.at
        row = super()._row(entry)
        self.actor_id, self.now = present
        return row


class Retelling(Work):
    """A unit of work whose actor and time change between the acts that it holds."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self._said: dict[UUID, _Said] = {}
        self._journal: _RetoldJournal = _RetoldJournal(
            self.actor.tenant_id, self.actor.person_id, self.now, None, said=self._said
        )

    async def turn_to(self, actor: Actor, at: datetime, about: UUID | None = None) -> None:
        """Let somebody act from here on; what one aggregate goes through is kept apart."""
        if about in self._said:
            await self.settle()
        self.actor, self.now = actor, at
        self._journal.actor_id, self._journal.now = actor.person_id, at

    def tell(self, aggregate: Aggregate) -> None:
        """Put down what happened to an aggregate to whoever acts now."""
        self._held[aggregate] = None
        self._said[aggregate.id] = _Said(self.actor.person_id, self.now)

    async def settle(self) -> None:
        """Write everything told so far.

        What is written is not looked at again until something more is told of it; whoever tells
        holds on to what they will come back to.
        """
        await super().settle()
        self._said.clear()
        self._held.clear()

    @property
    def told(self) -> int:
        """How many aggregates wait to be written."""
        return len(self._said)

    def _date(self, each: Any) -> None:
        present = self.now
        said = self._said.get(each.aggregate.id)
        self.now = said.at if said else present
        super()._date(each)
        self.now = present
