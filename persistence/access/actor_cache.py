"""A cache of actors, and how a statement finds out whether a cached actor's rights still hold.

A statement reads with cached rights and looks into the journal whether they may have changed since
they were loaded; if so, its result is discarded. A tenant whose rights change all the time, as
during an import, is not served from the cache for a while: most reads would be discarded.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache

from domain.kernel.access import Actor
from domain.kernel.identity import TenantId
from domain.tenants import TenantStatus
from persistence.access.actor_query import AccessDenied, DenialReason, actor_from_row
from persistence.access.invalidation import MAX_AGE, SnapshotBounds, changed_since_sql
from persistence.kernel.caching import LruCache

MAX_ENTRIES = 10_000

NO_AGE = timedelta(0)

CacheKey = tuple[TenantId, str]
"""A tenant, and the subject of a token."""


@dataclass(frozen=True)
class CachedActor:
    """The row of an actor, when it was loaded, and the last snapshot in which it was valid."""

    row_json: bytes
    loaded_at: datetime
    bounds: SnapshotBounds


@dataclass(frozen=True)
class UnverifiedActor:
    """A cached actor whose rights may have changed since its snapshot."""

    key: CacheKey
    actor: Actor
    cached: CachedActor

    @property
    def parameters(self) -> tuple[TenantId, int, tuple[int, ...]]:
        """The parameters of `still_valid_sql`."""
        return self.key[0], self.cached.bounds.xmax, self.cached.bounds.in_progress


@cache
def still_valid_sql(position: int) -> str:
    """Return the SQL that is true if the tenant is active here and no rights changed in it.

    Its parameters from that position on are those of `changed_since_sql`.
    """
    return (
        f"SELECT d.status = '{TenantStatus.ACTIVE}' AND d.database IS NULL"
        f" AND NOT ({changed_since_sql(position)})"
        f" FROM directory.tenants d WHERE d.id = ${position}::uuid"
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
    ) -> UnverifiedActor | None:
        """Return the cached actor, or None where the actor has to be loaded."""
        cached = self._entries.get((tenant_id, subject))
        if cached is None or now > cached.loaded_at + self._get_max_age(tenant_id, now):
            return None
        actor = actor_from_row(tenant_id, cached.row_json, now)
        if not isinstance(actor, Actor):  # the person has left since
            return None
        return UnverifiedActor((tenant_id, subject), actor, cached)

    def store(
        self,
        tenant_id: TenantId,
        subject: str,
        row_json: bytes | None,
        snapshot: str,
        now: datetime,
    ) -> UnverifiedActor:
        """Cache what `actor_sql` selected. Raises TenantNotActive or AccessDenied."""
        key = tenant_id, subject
        self._entries.pop(key)
        actor = actor_from_row(tenant_id, row_json, now)
        if isinstance(actor, DenialReason):
            raise AccessDenied(actor)
        assert row_json is not None, "Without a row there is no such tenant."
        cached = CachedActor(row_json, now, SnapshotBounds.parse(snapshot))
        self._entries.put(key, cached)
        return UnverifiedActor(key, actor, cached)

    def confirm(
        self, unverified: UnverifiedActor, is_valid: object, snapshot: str, now: datetime
    ) -> bool:
        """Return whether the cached rights still held in a snapshot; if not, drop the actor.

        `is_valid` is the result of `still_valid_sql`. A snapshot older than that of the cached
        actor proves nothing: it comes from another server, after a failover.
        """
        is_latest = self._entries.peek(unverified.key) is unverified.cached
        bounds = SnapshotBounds.parse(snapshot)
        if is_valid is True and bounds.xmax >= unverified.cached.bounds.xmax:
            if is_latest:
                self._entries.put(unverified.key, replace(unverified.cached, bounds=bounds))
            return True
        self._recently_invalidated.put(unverified.key[0], now + MAX_AGE)
        if is_latest:
            self._entries.pop(unverified.key)
        return False

    def _get_max_age(self, tenant_id: TenantId, now: datetime) -> timedelta:
        """Return for how long an actor is used; not at all soon after an invalidation."""
        if self._recently_invalidated:
            until = self._recently_invalidated.peek(tenant_id)
            if until is not None and now < until:
                return NO_AGE
            self._recently_invalidated.pop(tenant_id)
        return MAX_AGE
