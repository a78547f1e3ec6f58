"""Attendance: who the listeners of a tenant are, asked anew only where that may have changed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from domain.kernel.access import Actor
from domain.kernel.identity import TenantId
from domain.tenants import TenantStatus
from persistence.actors import A_DAY, QUESTION_OF_MANY, Barred, TenantNotServed, admitted
from persistence.kernel.mapping import Connection
from persistence.news import LONGEST_KEPT, NEVER, Moment, news

_LOOK = f"""
SELECT d.status, t.time_zone, pg_current_snapshot()::text AS snapshot, {news(1)} AS is_new
FROM directory.tenants d LEFT JOIN tenants t ON t.tenant_id = $1 AND t.id = $1
WHERE d.id = $1
"""


@dataclass
class Attendance:
    """The actors of one tenant, as far as they were asked for."""

    tenant_id: TenantId
    _actors: dict[str, Actor | Barred] = field(default_factory=dict)
    _moment: Moment = NEVER
    _today: date = date.min
    _until: datetime | None = None

    async def of(
        self, connection: Connection, subjects: Collection[str], now: datetime
    ) -> Mapping[str, Actor | Barred]:
        """Who these subjects are in the connection's snapshot. Raises TenantNotServed."""
        await self._look(connection, now)
        unknown = [each for each in dict.fromkeys(subjects) if each not in self._actors]
        if unknown:
            asked = (self.tenant_id, unknown, now.date() - A_DAY)
            for subject, said in await connection.fetch(QUESTION_OF_MANY, *asked):
                self._actors[subject] = admitted(self.tenant_id, said, now)
        return self._actors

    async def _look(self, connection: Connection, now: datetime) -> None:
        """Forget everybody where somebody may have become another actor."""
        since = self._moment
        found = await connection.fetchrow(_LOOK, self.tenant_id, since.until, since.running)
        if found is None or found["status"] != TenantStatus.ACTIVE:
            raise TenantNotServed(TenantStatus(found["status"] if found else TenantStatus.CLOSING))
        today = now.astimezone(ZoneInfo(found["time_zone"] or "UTC")).date()
        is_old = self._until is None or now >= self._until
        if found["is_new"] or is_old or today != self._today:
            self._actors.clear()
            self._today, self._until = today, now + LONGEST_KEPT
        self._moment = Moment.of(found["snapshot"])
