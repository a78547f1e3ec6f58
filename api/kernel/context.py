"""Context: what one request brings along to whoever answers a part of it."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from api.identity.callers import Caller
from api.kernel.arguments import Variables
from api.kernel.refusals import RequestRefused
from api.kernel.selections import Operation, Prepared
from domain.kernel.access import Actor
from domain.kernel.identity import TenantId
from persistence.actors import DenialReason, TenantNotActive, actor_params, actor_sql
from persistence.admissions import ActorCache, UnverifiedActor, still_valid_sql
from persistence.kernel.engine import Pool
from persistence.kernel.opening import PrefixedIds, SqlBuilder
from persistence.kernel.work import Work, work_with_resolver
from persistence.reading.reader import Reader
from persistence.reading.selection import ReadRequest

ActorOf = Callable[[Any, TenantId, str, datetime], Awaitable[Actor | None]]


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Stores:
    """Where everything is kept, and how a caller becomes an actor; `secret` seals cursors."""

    reader: Reader
    writing: Pool
    secret: str
    actor_of: ActorOf | None = None
    clock: Callable[[], datetime] = _now
    admissions: ActorCache = field(default_factory=ActorCache)

    async def actor(self, connection: Any, caller: Caller, now: datetime) -> Actor:
        """Who the caller is now.

        Raises RequestRefused: TENANT_SUSPENDED where the tenant is not served, and FORBIDDEN for
        whoever is no active member.
        """
        look_up = self.actor_of or self.admissions.load_actor
        with refusing_suspended():
            return known(await look_up(connection, caller.tenant_id, caller.subject, now))

    async def doubt(self, caller: Caller, now: datetime) -> UnverifiedActor | None:
        """Whom to take the caller for, asked where it is not known well enough; None for nobody.

        Raises TenantNotServed.
        """
        if self.actor_of is not None:
            return None
        who = caller.tenant_id, caller.subject
        found = self.admissions.get_unverified(*who, now)
        if found is None:
            said, snapshot = await self.reader.query_actor(actor_sql, *actor_params(*who, now))
            self.admissions.store(*who, said, snapshot, now)
            found = self.admissions.get_unverified(*who, now)
        return found


@contextmanager
def refusing_suspended() -> Iterator[None]:
    """Around a question about actors. Raises RequestRefused where the tenant is not served."""
    try:
        yield
    except TenantNotActive as error:
        message = f"This tenant is {error.status}. Ask whoever runs Trellis."
        raise RequestRefused("TENANT_SUSPENDED", message, 403) from None


def known(found: Actor | DenialReason | None) -> Actor:
    """Whoever was found. Raises RequestRefused where that is no active member."""
    if isinstance(found, Actor):
        return found
    message = "Nobody who may use this tenant goes by this token. Ask its administrators."
    raise RequestRefused("FORBIDDEN", message, 403)


@dataclass
class Context:
    """One request in order: who asks, what for, and the moment that counts as now.

    `variables` are coerced, `given` are the same as they came. `key` is the idempotency key of the
    whole request; `replayed` collects the mutations that were made before under their keys.
    """

    stores: Stores
    caller: Caller
    request_id: str
    operation: Operation
    prepared: Prepared
    variables: Variables
    moment: datetime
    given: dict[str, Any]
    key: str | None = None
    replayed: list[str] = field(default_factory=list)

    def now(self) -> datetime:
        """The moment of the request."""
        return self.moment

    def run(self, actor: Actor, **given: Any) -> ReadRequest:
        """What a read needs to know of this request."""
        return ReadRequest(actor, self.moment, self.stores.secret, self.variables, given)

    def work(self, ids: PrefixedIds = ()) -> AbstractAsyncContextManager[Work]:
        """A unit of work for whoever the caller is at this moment; it has what these ids name."""
        whose = Asking(self.stores.admissions, self.caller, self.moment)
        return work_with_resolver(
            self.stores.writing, whose, ids, now=self.moment, request_id=self.request_id
        )


@dataclass
class Asking:
    """A caller at one moment, of whom a unit of work asks who that is."""

    admissions: ActorCache
    caller: Caller
    moment: datetime
    _doubt: UnverifiedActor | None = None
    _was_wrong: bool = False

    @property
    def tenant_id(self) -> TenantId:
        """The caller's tenant."""
        return self.caller.tenant_id

    def ask(self) -> tuple[SqlBuilder, tuple[Any, ...]]:
        """What is to be asked: who that is, or whether it is who it was last time."""
        self._doubt = None
        with suppress(TenantNotActive):  # it was not last time
            if not self._was_wrong:
                self._doubt = self.admissions.get_unverified(*self._who, self.moment)
        if self._doubt is None:
            return actor_sql, actor_params(*self._who, self.moment)
        return still_valid_sql, self._doubt.parameters

    def actor(self, told: Any, snapshot: str) -> Actor | None:
        """Whom the answer makes of the caller. Raises as `Stores.actor` does."""
        doubt = self._doubt
        if doubt is not None:
            holds = self.admissions.confirm(doubt, told, snapshot, self.moment)
            self._was_wrong = not holds
            return doubt.actor if holds else None
        with refusing_suspended():
            found = self.admissions.store(*self._who, told, snapshot, self.moment)
        return known(found)

    @property
    def _who(self) -> tuple[TenantId, str]:
        return self.caller.tenant_id, self.caller.subject
