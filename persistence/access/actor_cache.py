"""A cache of actors, and how a statement finds out whether a cached actor's rights still hold.

A statement reads with cached rights and looks at the tenant's clock of rights, which each change
advances that may alter them. With another number its result is discarded. A tenant whose rights
change all the time, as during an import, is not served from the cache for a while: most reads would
be discarded.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache

from domain.kernel.access import Actor
from domain.kernel.identity import TenantId
from domain.tenants import TenantStatus
from persistence.access.actor_query import (
    AccessDenied,
    DenialReason,
    actor_from_row,
    find_validity,
)
from persistence.kernel.caching import LruCache
from persistence.kernel.clocks import Clock, select_number

MAX_ENTRIES = 10_000

MAX_AGE = timedelta(seconds=10)
"""Changes that bypass the clock, by hand or by a migration, count after this time."""

CacheKey = tuple[TenantId, str]
"""A tenant, and the subject of a token."""


@dataclass(frozen=True, eq=False)
class CachedActor:
    """An actor, the number of the clock of rights with which it was loaded, and when it is used.

    It is used only on the tenant's day for which it was loaded.
    """

    key: CacheKey
    actor: Actor
    rights_number: int | None
    loaded_at: datetime
    valid_from: datetime
    valid_until: datetime


@cache
def rights_number_sql(position: int) -> str:
    """Return the SQL for the number of a tenant's clock of rights; null unless it is active here.

    Its parameter at that position is the tenant.
    """
    tenant = f"${position}::uuid"
    return (
        f"{select_number(Clock.RIGHTS, tenant)} AND EXISTS(SELECT FROM directory.tenants"
        f" WHERE id = {tenant} AND status = '{TenantStatus.ACTIVE}' AND database IS NULL)"
    )


@dataclass
class ActorCache:
    """The actors who sent requests lately, at most `MAX_ENTRIES`."""

    _entries: LruCache[CacheKey, CachedActor] = field(default_factory=lambda: LruCache(MAX_ENTRIES))
    _recently_invalidated: LruCache[TenantId, datetime] = field(
        default_factory=lambda: LruCache(MAX_ENTRIES)
    )

    def get_unverified(
        self, tenant_id: TenantId, subject: str, now: datetime
    ) -> CachedActor | None:
        """Return the cached actor, or None where the actor has to be loaded."""
        cached = self._entries.get((tenant_id, subject))
        if cached is None or not cached.valid_from <= now < cached.valid_until:
            return None
        if now > cached.loaded_at and self._is_recently_invalidated(tenant_id, now):
            return None
        return cached

    def store(
        self, tenant_id: TenantId, subject: str, row_json: bytes | None, now: datetime
    ) -> CachedActor:
        """Cache what `actor_sql` selected. Raises TenantNotActive or AccessDenied."""
        key = tenant_id, subject
        self._entries.pop(key)
        actor = actor_from_row(tenant_id, row_json, now)
        if isinstance(actor, DenialReason):
            raise AccessDenied(actor)
        assert row_json is not None, "Without a row there is no such tenant."
        rights_number, day_start, day_end = find_validity(row_json, actor.today, now)
        valid_until = min(now + MAX_AGE, day_end)
        cached = CachedActor(key, actor, rights_number, now, day_start, valid_until)
        self._entries.put(key, cached)
        return cached

    def confirm(self, cached: CachedActor, rights_number: object, now: datetime) -> bool:
        """Return whether the cached rights still held in a statement; if not, drop the actor.

        `rights_number` is the result of `rights_number_sql` in it. A smaller number proves nothing
        either: it comes from another server, after a failover.
        """
        if rights_number is not None and rights_number == cached.rights_number:
            return True
        self._recently_invalidated.put(cached.key[0], now + MAX_AGE)
        if self._entries.peek(cached.key) is cached:
            self._entries.pop(cached.key)
        return False

    def _is_recently_invalidated(self, tenant_id: TenantId, now: datetime) -> bool:
        if not self._recently_invalidated:
            return False
        until = self._recently_invalidated.peek(tenant_id)
        if until is not None and now < until:
            return True
        self._recently_invalidated.pop(tenant_id)
        return False
