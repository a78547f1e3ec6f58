"""Context: what one request brings along to whoever answers a part of it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from api.identity.callers import Caller
from api.kernel.refusals import RequestRefused
from api.kernel.selections import Operation, Prepared, Variables
from domain.kernel.access import Actor
from domain.kernel.identity import TenantId
from domain.kernel.work import Work
from persistence.reading.reader import Library, Snapshot
from persistence.reading.selection import Run


class Reading(Protocol):
    """Opens snapshots of a tenant; `persistence.reading.reader.Reader` does."""

    library: Library

    def snapshot(self, tenant_id: TenantId) -> AbstractAsyncContextManager[Snapshot]:
        """A read-only look at one tenant."""
        ...


class OpenWork(Work, Protocol):
    """Work whose own transaction can also be read from."""

    async def connection(self) -> Any:
        """The connection, after everything done so far has been sent."""
        ...


class Opening(Protocol):
    """Opens the unit of work; `persistence.kernel.work.work`, given its sessions, does."""

    def __call__(
        self, actor: Actor, *, now: datetime, request_id: str | None
    ) -> AbstractAsyncContextManager[OpenWork]: ...


ActorOf = Callable[[Any, TenantId, str, datetime], Awaitable[Actor | None]]


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Stores:
    """Where everything is kept, and how the caller becomes an actor there; `secret` seals cursors."""

    reader: Reading
    actor_of: ActorOf
    open_work: Opening
    secret: str
    clock: Callable[[], datetime] = _now

    async def actor(self, connection: Any, caller: Caller, now: datetime) -> Actor:
        """Who the caller is now. Raises RequestRefused for whoever is no active member."""
        actor = await self.actor_of(connection, caller.tenant_id, caller.subject, now)
        if actor is None:
            message = "Nobody who may use this tenant goes by this token. Ask its administrators."
            raise RequestRefused("FORBIDDEN", message, 403)
        return actor


@dataclass
class Context:
    """One request: who asks, what for, and the moment that counts as now."""

    stores: Stores
    caller: Caller
    request_id: str
    operation: Operation
    prepared: Prepared
    variables: Variables
    moment: datetime

    def now(self) -> datetime:
        """The moment of the request."""
        return self.moment

    def run(self, actor: Actor, **given: Any) -> Run:
        """What a read needs to know of this request."""
        return Run(actor, self.moment, self.stores.secret, self.variables, given)

    @asynccontextmanager
    async def work(self) -> AsyncIterator[OpenWork]:
        """A unit of work on behalf of whoever the caller is at this moment."""
        async with self.stores.reader.snapshot(self.caller.tenant_id) as snapshot:
            actor = await self.stores.actor(snapshot.connection, self.caller, self.moment)
        opened = self.stores.open_work(actor, now=self.moment, request_id=self.request_id)
        async with opened as work:
            yield work
