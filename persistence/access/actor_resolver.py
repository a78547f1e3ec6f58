"""The one way from a caller to an actor, for queries, mutations and subscriptions."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from domain.kernel.access import Actor
from domain.kernel.identity import TenantId
from persistence.access.actor_cache import ActorCache, CachedActor, rights_number_sql
from persistence.access.actor_query import AccessDenied, DenialReason, actor_params, actor_sql
from persistence.kernel.transaction import SqlBuilder

RunQuery: TypeAlias = Callable[..., Awaitable[Any]]
"""Runs an SqlBuilder with its parameters; returns the result."""


@dataclass
class ActorResolver:
    """Finds out who one caller is at one moment.

    Where the cache has an actor, its query only checks that the cached rights still hold. Any
    statement can carry that query: what it read with those rights counts if `accept` agrees.
    """

    actor_cache: ActorCache
    tenant_id: TenantId
    subject: str
    now: datetime
    issuer: str = ""
    """The issuer of the caller's token."""
    verified_email: str | None = None

    @property
    def identity(self) -> tuple[str, str, str | None]:
        """The issuer, the subject and the verified e-mail address of the caller's token."""
        return self.issuer, self.subject, self.verified_email

    def __post_init__(self) -> None:
        self._unverified: CachedActor | None = self.actor_cache.get_unverified(
            self.tenant_id, self.subject, self.now
        )

    @property
    def unverified_actor(self) -> Actor | None:
        """The actor whose rights the next query checks; None where it loads the actor."""
        return self._unverified.actor if self._unverified is not None else None

    def build_query(self) -> tuple[SqlBuilder, tuple[Any, ...]]:
        """Return the next query to run and its parameters; the first is the tenant's id."""
        if self._unverified is not None:
            return rights_number_sql, (self.tenant_id,)
        return actor_sql, actor_params(self.tenant_id, self.subject, self.now)

    def accept(self, query_result: Any) -> Actor | None:
        """Return the actor by the result of the last query, or None where it has to be loaded.

        Raises TenantNotActive or AccessDenied.
        """
        unverified = self._unverified
        if unverified is None:
            self._unverified = self.actor_cache.store(
                self.tenant_id, self.subject, query_result, self.now
            )
            return self._unverified.actor
        if self.actor_cache.confirm(unverified, query_result, self.now):
            return unverified.actor
        self._unverified = None
        return None

    async def resolve(self, run_query: RunQuery) -> Actor:
        """Return the actor after one query, or two where cached rights no longer hold.

        Raises TenantNotActive or AccessDenied.
        """
        actor = None
        while actor is None:
            build_sql, parameters = self.build_query()
            actor = self.accept(await run_query(build_sql, *parameters))
        return actor


@dataclass
class StrangerResolver(ActorResolver):
    """Finds out who a caller is who may be no member yet: an actor without any rights."""

    def accept(self, query_result: Any) -> Actor | None:
        """Return the actor by the result of the last query, or None where it has to be loaded.

        Raises TenantNotActive, and AccessDenied for an account that may not sign in.
        """
        try:
            return super().accept(query_result)
        except AccessDenied as denied:
            if denied.reason is not DenialReason.NO_MEMBER:
                raise
            return Actor(self.tenant_id, self.now.date())
