"""Context: what one request brings along to whoever answers a part of it."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from api.identity.token_verifier import Caller
from api.kernel.execution.argument_templates import Variables
from api.kernel.execution.errors import RequestError
from api.kernel.execution.selection_builder import Operation, PreparedOperation
from domain.kernel.access import Actor
from domain.kernel.identity import TenantId
from persistence.access.actor_cache import ActorCache, UnverifiedActor, still_valid_sql
from persistence.access.actor_query import DenialReason, TenantNotActive, actor_params, actor_sql
from persistence.kernel.pools import Pool
from persistence.reading.reader import Reader
from persistence.reading.selection import ReadRequest
from persistence.unit_of_work.prefetch import PrefixedIds, SqlBuilder
from persistence.unit_of_work.work import Work, work_with_resolver

LoadActor = Callable[[Any, TenantId, str, datetime], Awaitable[Actor | None]]


def _get_utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Stores:
    """Where everything is kept, and how a caller becomes an actor; `secret` seals cursors."""

    reader: Reader
    write_pool: Pool
    secret: str
    load_actor: LoadActor | None = None
    clock: Callable[[], datetime] = _get_utc_now
    actor_cache: ActorCache = field(default_factory=ActorCache)

    async def resolve_actor(self, connection: Any, caller: Caller, now: datetime) -> Actor:
        """Who the caller is now.

        Raises RequestRefused: TENANT_SUSPENDED where the tenant is not served, and FORBIDDEN for
        whoever is no active member.
        """
        look_up = self.load_actor or self.actor_cache.load_actor
        with reject_suspended_tenants():
            return require_actor(await look_up(connection, caller.tenant_id, caller.subject, now))

    async def get_cached_actor(self, caller: Caller, now: datetime) -> UnverifiedActor | None:
        """Whom to take the caller for, asked where it is not known well enough; None for nobody.

        Raises TenantNotServed.
        """
        if self.load_actor is not None:
            return None
        cache_key = caller.tenant_id, caller.subject
        found = self.actor_cache.get_unverified(*cache_key, now)
        if found is None:
            actor_row, snapshot = await self.reader.query_actor(
                actor_sql, *actor_params(*cache_key, now)
            )
            self.actor_cache.store(*cache_key, actor_row, snapshot, now)
            found = self.actor_cache.get_unverified(*cache_key, now)
        return found


@contextmanager
def reject_suspended_tenants() -> Iterator[None]:
    """Around a question about actors. Raises RequestRefused where the tenant is not served."""
    try:
        yield
    except TenantNotActive as error:
        message = f"This tenant is {error.status}. Ask whoever runs Trellis."
        raise RequestError("TENANT_SUSPENDED", message, 403) from None


def require_actor(result: Actor | DenialReason | None) -> Actor:
    """Whoever was found. Raises RequestRefused where that is no active member."""
    if isinstance(result, Actor):
        return result
    message = "Nobody who may use this tenant goes by this token. Ask its administrators."
    raise RequestError("FORBIDDEN", message, 403)


@dataclass
class RequestContext:
    """One request in order: who asks, what for, and the moment that counts as now.

    `variables` are coerced, `given` are the same as they came. `key` is the idempotency key of the
    whole request; `replayed` collects the mutations that were made before under their keys.
    """

    stores: Stores
    caller: Caller
    request_id: str
    operation: Operation
    prepared_operation: PreparedOperation
    variables: Variables
    request_time: datetime
    raw_variables: dict[str, Any]
    idempotency_key: str | None = None
    replayed_fields: list[str] = field(default_factory=list)

    def now(self) -> datetime:
        """The moment of the request."""
        return self.request_time

    def build_read_request(self, actor: Actor, **bound_ids: Any) -> ReadRequest:
        """What a read needs to know of this request."""
        return ReadRequest(actor, self.request_time, self.stores.secret, self.variables, bound_ids)

    def begin_work(self, ids: PrefixedIds = ()) -> AbstractAsyncContextManager[Work]:
        """A unit of work for whoever the caller is at this moment; it has what these ids name."""
        actor_resolver = CachedActorResolver(
            self.stores.actor_cache, self.caller, self.request_time
        )
        return work_with_resolver(
            self.stores.write_pool,
            actor_resolver,
            ids,
            now=self.request_time,
            request_id=self.request_id,
        )


@dataclass
class CachedActorResolver:
    """A caller at one moment, of whom a unit of work asks who that is."""

    actor_cache: ActorCache
    caller: Caller
    request_time: datetime
    _unverified_actor: UnverifiedActor | None = None
    _is_cache_stale: bool = False

    @property
    def tenant_id(self) -> TenantId:
        """The caller's tenant."""
        return self.caller.tenant_id

    def build_query(self) -> tuple[SqlBuilder, tuple[Any, ...]]:
        """What is to be asked: who that is, or whether it is who it was last time."""
        self._unverified_actor = None
        with suppress(TenantNotActive):  # it was not last time
            if not self._is_cache_stale:
                self._unverified_actor = self.actor_cache.get_unverified(
                    *self._cache_key, self.request_time
                )
        if self._unverified_actor is None:
            return actor_sql, actor_params(*self._cache_key, self.request_time)
        return still_valid_sql, self._unverified_actor.parameters

    def resolve_actor(self, query_result: Any, snapshot: str) -> Actor | None:
        """Whom the answer makes of the caller. Raises as `Stores.actor` does."""
        unverified_actor = self._unverified_actor
        if unverified_actor is not None:
            is_valid = self.actor_cache.confirm(
                unverified_actor, query_result, snapshot, self.request_time
            )
            self._is_cache_stale = not is_valid
            return unverified_actor.actor if is_valid else None
        with reject_suspended_tenants():
            found = self.actor_cache.store(
                *self._cache_key, query_result, snapshot, self.request_time
            )
        return require_actor(found)

    @property
    def _cache_key(self) -> tuple[TenantId, str]:
        return self.caller.tenant_id, self.caller.subject
