"""Admissions: what tenants said of their callers last time, and how a read finds out if it holds.

A read is made with the rights that its caller had last time, and asks about them in its own
statement; where they are others now, what it read is thrown away. Mostly a look into the journal
settles it. Where that finds news, the tenant is asked in full for a while: one that is being
synchronised has news all the time.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from domain.kernel.access import Actor
from domain.kernel.identity import TenantId
from domain.tenants import TenantStatus
from persistence.actors import about, admitted, ask, question
from persistence.kernel.mapping import Connection
from persistence.news import LONGEST_KEPT, Moment, news

MOST_REMEMBERED = 10_000

Key = tuple[TenantId, str]


@dataclass(frozen=True)
class Told:
    """What a tenant said of a subject, when, and the moment since which nothing new was found."""

    said: bytes
    at: datetime
    moment: Moment | None = None


@dataclass(frozen=True)
class Doubt:
    """Who a caller was last, and what a read with these rights has to ask.

    `question` is SQL by the place of its first parameter; `about` are these, the tenant first.
    """

    key: Key
    actor: Actor
    told: Told
    question: Callable[[int], str]
    about: tuple[Any, ...]


def look(place: int) -> str:
    """Whether a tenant is served and has no news, as SQL with parameters as of `news`."""
    return (
        f"SELECT d.status = '{TenantStatus.ACTIVE}' AND NOT ({news(place)})"
        f" FROM directory.tenants d WHERE d.id = ${place}::uuid"
    )


@dataclass
class Admissions:
    """What tenants said of their callers, for as many as there is room."""

    _told: OrderedDict[Key, Told] = field(default_factory=OrderedDict)
    _restless: dict[TenantId, datetime] = field(default_factory=dict)

    async def actor_of(
        self, connection: Connection, tenant_id: TenantId, subject: str, now: datetime
    ) -> Actor | None:
        """Ask, and remember the answer. Raises TenantNotServed."""
        said = await ask(connection, tenant_id, subject, now)
        return self.told(tenant_id, subject, said, now)

    def told(
        self, tenant_id: TenantId, subject: str, said: bytes | None, now: datetime
    ) -> Actor | None:
        """Whom an answer makes of a caller; it is remembered. Raises TenantNotServed."""
        self._remember((tenant_id, subject), Told(said, now) if said else None)
        return _actor(tenant_id, said, now)

    def doubt(self, tenant_id: TenantId, subject: str, now: datetime) -> Doubt | None:
        """What to ask of a caller who was somebody last time. Raises TenantNotServed."""
        key = tenant_id, subject
        told = self._told.get(key)
        actor = _actor(tenant_id, told.said, now) if told else None
        if told is None or actor is None:
            return None
        moment = self._moment(tenant_id, told, now)
        if moment is None:
            return Doubt(key, actor, told, question, about(tenant_id, subject, now))
        return Doubt(key, actor, told, look, (tenant_id, moment.until, moment.running))

    def settle(self, doubt: Doubt, answer: object, snapshot: str, now: datetime) -> bool:
        """Whether the caller was rightly taken for who they had been, by the answer of a snapshot.

        It is held against what this doubt was about: others may have been told better meanwhile.
        """
        if doubt.question is look:
            if answer and self._told.get(doubt.key) is doubt.told:
                self._told[doubt.key] = replace(doubt.told, moment=Moment.of(snapshot))
            if not answer:
                self._restless[doubt.key[0]] = now + LONGEST_KEPT
            return bool(answer)
        told = Told(answer, now, Moment.of(snapshot)) if isinstance(answer, bytes) else None
        self._remember(doubt.key, told)
        return bool(answer == doubt.told.said)

    def _moment(self, tenant_id: TenantId, told: Told, now: datetime) -> Moment | None:
        """Since when there has to be no news; None where the tenant is to be asked in full."""
        if self._restless:
            if now < self._restless.get(tenant_id, now):
                return None
            self._restless.pop(tenant_id, None)
        return told.moment if now < told.at + LONGEST_KEPT else None

    def _remember(self, key: Key, told: Told | None) -> None:
        if told is None:
            self._told.pop(key, None)
            return
        self._told[key] = told
        self._told.move_to_end(key)
        while len(self._told) > MOST_REMEMBERED:
            self._told.popitem(last=False)


def _actor(tenant_id: TenantId, said: bytes | None, now: datetime) -> Actor | None:
    found = admitted(tenant_id, said, now)
    return found if isinstance(found, Actor) else None
