"""Admissions: what tenants said of their callers last time, and how a statement knows if it holds.

It is made with the rights that its caller had last time, and looks into the journal whether those
may be others now; where they may, what it read is thrown away. So a tenant is asked in full now and
then only, and before each statement where much is written: a sync makes news all the time.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from domain.kernel.access import Actor
from domain.kernel.identity import TenantId
from domain.tenants import TenantStatus
from persistence.access.actor_query import actor_from_row, fetch_actor_row
from persistence.access.invalidation import MAX_AGE, SnapshotBounds, changed_since_sql
from persistence.kernel.caching import LruCache
from persistence.kernel.mapping.registry import Connection

MAX_ENTRIES = 10_000

NO_AGE = timedelta(0)

CacheKey = tuple[TenantId, str]


@dataclass(frozen=True)
class CachedActor:
    """What a tenant said of a subject, when, and the moment since which nothing new was found."""

    row_json: bytes
    loaded_at: datetime
    bounds: SnapshotBounds


@dataclass(frozen=True)
class UnverifiedActor:
    """Who a caller was last, and what `look` is about: the tenant, and since when."""

    key: CacheKey
    actor: Actor
    cached: CachedActor

    @property
    def parameters(self) -> tuple[TenantId, int, tuple[int, ...]]:
        """The parameters of `look`."""
        return self.key[0], self.cached.bounds.xmax, self.cached.bounds.in_progress


def still_valid_sql(position: int) -> str:
    """Whether a tenant is served and has no news, as SQL with parameters as of `news`."""
    return (
        f"SELECT d.status = '{TenantStatus.ACTIVE}' AND NOT ({changed_since_sql(position)})"
        f" FROM directory.tenants d WHERE d.id = ${position}::uuid"
    )


@dataclass
class ActorCache:
    """What tenants said of their callers, for as many as there is room."""

    _entries: LruCache[CacheKey, CachedActor] = field(default_factory=lambda: LruCache(MAX_ENTRIES))
    _recently_invalidated: LruCache[TenantId, datetime] = field(
        default_factory=lambda: LruCache(MAX_ENTRIES)
    )

    async def load_actor(
        self, connection: Connection, tenant_id: TenantId, subject: str, now: datetime
    ) -> Actor | None:
        """Ask, and remember the answer. Raises TenantNotServed."""
        row_json, snapshot = await fetch_actor_row(connection, tenant_id, subject, now)
        return self.store(tenant_id, subject, row_json, snapshot, now)

    def store(
        self,
        tenant_id: TenantId,
        subject: str,
        row_json: bytes | None,
        snapshot: str,
        now: datetime,
    ) -> Actor | None:
        """Whom an answer makes of a caller; it is remembered. Raises TenantNotServed."""
        entry = CachedActor(row_json, now, SnapshotBounds.parse(snapshot)) if row_json else None
        if entry is None:
            self._entries.pop((tenant_id, subject))
        else:
            self._entries.put((tenant_id, subject), entry)
        return _build_active_actor(tenant_id, row_json, now)

    def get_unverified(
        self, tenant_id: TenantId, subject: str, now: datetime
    ) -> UnverifiedActor | None:
        """Whom to take a caller for; None where the tenant is to be asked in full.

        Raises TenantNotServed.
        """
        entry = self._entries.get((tenant_id, subject))
        if entry is None or now > entry.loaded_at + self._resolve_max_age(tenant_id, now):
            return None
        actor = _build_active_actor(tenant_id, entry.row_json, now)
        return UnverifiedActor((tenant_id, subject), actor, entry) if actor else None

    def confirm(
        self, unverified: UnverifiedActor, is_valid: object, snapshot: str, now: datetime
    ) -> bool:
        """Whether the caller was rightly taken for who they had been, by what a snapshot told.

        A snapshot from before the moment is one of another server, after a failover, say.
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

    def _resolve_max_age(self, tenant_id: TenantId, now: datetime) -> timedelta:
        """How long an answer may be taken for granted: where there are news, only at once."""
        if self._recently_invalidated:
            until = self._recently_invalidated.peek(tenant_id)
            if until is not None and now < until:
                return NO_AGE
            self._recently_invalidated.pop(tenant_id)
        return MAX_AGE


def _build_active_actor(tenant_id: TenantId, row_json: bytes | None, now: datetime) -> Actor | None:
    found = actor_from_row(tenant_id, row_json, now)
    return found if isinstance(found, Actor) else None
