"""Admissions: what tenants said of their callers last time, and how a statement knows if it holds.

It is made with the rights that its caller had last time, and looks into the journal whether those
may be others now; where they may, what it read is thrown away. So a tenant is asked in full now and
then only, and before each statement where much is written: a sync makes news all the time.
"""

from collections import OrderedDict
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from domain.kernel.access import Actor
from domain.kernel.identity import TenantId
from domain.tenants import TenantStatus
from persistence.actors import admitted, ask
from persistence.kernel.mapping import Connection
from persistence.news import LONGEST_KEPT, Moment, news

MOST_REMEMBERED = 10_000

AT_ONCE = timedelta(0)

Key = tuple[TenantId, str]


@dataclass(frozen=True)
class Told:
    """What a tenant said of a subject, when, and the moment since which nothing new was found."""

    said: bytes
    at: datetime
    moment: Moment


@dataclass(frozen=True)
class Doubt:
    """Who a caller was last, and what `look` is about: the tenant, and since when."""

    key: Key
    actor: Actor
    told: Told

    @property
    def about(self) -> tuple[TenantId, int, tuple[int, ...]]:
        """The parameters of `look`."""
        return self.key[0], self.told.moment.until, self.told.moment.running


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
        said, snapshot = await ask(connection, tenant_id, subject, now)
        return self.told(tenant_id, subject, said, snapshot, now)

    def told(
        self, tenant_id: TenantId, subject: str, said: bytes | None, snapshot: str, now: datetime
    ) -> Actor | None:
        """Whom an answer makes of a caller; it is remembered. Raises TenantNotServed."""
        told = Told(said, now, Moment.of(snapshot)) if said else None
        self._remember((tenant_id, subject), told)
        return _actor(tenant_id, said, now)

    def doubt(self, tenant_id: TenantId, subject: str, now: datetime) -> Doubt | None:
        """Whom to take a caller for; None where the tenant is to be asked in full.

        Raises TenantNotServed.
        """
        told = self._told.get((tenant_id, subject))
        if told is None or now > told.at + self._kept(tenant_id, now):
            return None
        actor = _actor(tenant_id, told.said, now)
        return Doubt((tenant_id, subject), actor, told) if actor else None

    def settle(self, doubt: Doubt, holds: object, snapshot: str, now: datetime) -> bool:
        """Whether the caller was rightly taken for who they had been, by what a snapshot told.

        A snapshot from before the moment is one of another server, after a failover, say.
        """
        is_latest, moment = self._told.get(doubt.key) is doubt.told, Moment.of(snapshot)
        if holds is True and moment.until >= doubt.told.moment.until:
            if is_latest:
                self._told[doubt.key] = replace(doubt.told, moment=moment)
            return True
        self._restless[doubt.key[0]] = now + LONGEST_KEPT
        if is_latest:
            del self._told[doubt.key]
        return False

    def _kept(self, tenant_id: TenantId, now: datetime) -> timedelta:
        """How long an answer may be taken for granted: where there are news, only at once."""
        if self._restless:
            if now < self._restless.get(tenant_id, now):
                return AT_ONCE
            self._restless.pop(tenant_id, None)
        return LONGEST_KEPT

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
