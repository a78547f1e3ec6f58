"""Attendance: who the listeners of a tenant are, asked anew only where that may have changed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from zoneinfo import ZoneInfo

from domain.kernel.access import Actor
from domain.kernel.identity import TenantId
from domain.tenants import TenantStatus
from persistence.access.actor_query import (
    ONE_DAY,
    SELECT_ACTORS,
    DenialReason,
    TenantNotActive,
    actor_from_row,
)
from persistence.access.invalidation import ALL_SEEN, MAX_AGE, SnapshotBounds, changed_since_sql
from persistence.kernel.mapping.registry import Connection


@cache
def _select_staleness() -> str:
    """Return the SQL that says whether cached actors of a tenant may be stale."""
    return f"""
        SELECT d.status, t.time_zone, pg_current_snapshot()::text AS snapshot,
               {changed_since_sql(1)} AS is_new
        FROM directory.tenants d LEFT JOIN tenants t ON t.tenant_id = $1 AND t.id = $1
        WHERE d.id = $1
        """


@dataclass
class SubscriberActors:
    """The actors of one tenant, as far as they were asked for."""

    tenant_id: TenantId
    _actors: dict[str, Actor | DenialReason] = field(default_factory=dict)
    _bounds: SnapshotBounds = ALL_SEEN
    _today: date = date.min
    _expires_at: datetime | None = None

    async def resolve(
        self, connection: Connection, subjects: Collection[str], now: datetime
    ) -> Mapping[str, Actor | DenialReason]:
        """Who these subjects are in the connection's snapshot. Raises TenantNotServed."""
        await self._drop_stale_actors(connection, now)
        missing = [each for each in dict.fromkeys(subjects) if each not in self._actors]
        if missing:
            parameters = (self.tenant_id, missing, now.date() - ONE_DAY)
            for subject, row_json in await connection.fetch(SELECT_ACTORS, *parameters):
                self._actors[subject] = actor_from_row(self.tenant_id, row_json, now)
        return self._actors

    async def _drop_stale_actors(self, connection: Connection, now: datetime) -> None:
        """Forget everybody where somebody may have become another actor."""
        bounds = self._bounds
        found = await connection.fetchrow(
            _select_staleness(), self.tenant_id, bounds.xmax, bounds.in_progress
        )
        if found is None or found["status"] != TenantStatus.ACTIVE:
            raise TenantNotActive(TenantStatus(found["status"] if found else TenantStatus.CLOSING))
        today = now.astimezone(ZoneInfo(found["time_zone"] or "UTC")).date()
        is_old = self._expires_at is None or now >= self._expires_at
        if found["is_new"] or is_old or today != self._today:
            self._actors.clear()
            self._today, self._expires_at = today, now + MAX_AGE
        self._bounds = SnapshotBounds.parse(found["snapshot"])
