"""Attendance: who the listeners of a tenant are, asked anew only where that may have changed.

What makes an actor is written through the journal, except for the tenant's status, which is read
each time, and the day. So an answer holds in a later snapshot where nothing is written that the
snapshot in which it was given did not see. (The feed's place would not do: it waits for the oldest
running transaction, while what others have committed meanwhile can be seen already.)
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from domain.goals import Goal
from domain.kernel.access import Actor
from domain.kernel.identity import TenantId
from domain.tenants import TenantStatus
from persistence.actors import A_DAY, QUESTION_OF_MANY, Barred, TenantNotServed, admitted
from persistence.kernel.mapping import Connection

HARMLESS = (Goal.NAME,)
"""What may change without anybody becoming another actor; all else counts as if somebody did."""

LONGEST_KEPT = timedelta(minutes=1)
"""By then whatever was changed past the journal, by hand or by a migration, is heard of, too."""

EVERYTHING = f"{2**63 - 1}:{2**63 - 1}:"
"""A snapshot that has seen all there will ever be."""

_LOOK = """
SELECT d.status, t.time_zone, pg_current_snapshot()::text AS snapshot,
       EXISTS(SELECT FROM journal j
              WHERE j.tenant_id = $1
                AND j.xid >= pg_snapshot_xmin($2::text::pg_snapshot)::text::bigint
                AND j.entity <> ALL($3::text[])
                AND NOT pg_visible_in_snapshot(j.xid::text::xid8, $2::text::pg_snapshot)) AS is_new
FROM directory.tenants d LEFT JOIN tenants t ON t.tenant_id = $1 AND t.id = $1
WHERE d.id = $1
"""


@dataclass
class Attendance:
    """The actors of one tenant, as far as they were asked for."""

    tenant_id: TenantId
    _actors: dict[str, Actor | Barred] = field(default_factory=dict)
    _snapshot: str = EVERYTHING
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
        found = await connection.fetchrow(_LOOK, self.tenant_id, self._snapshot, HARMLESS)
        if found is None or found["status"] != TenantStatus.ACTIVE:
            raise TenantNotServed(TenantStatus(found["status"] if found else TenantStatus.CLOSING))
        today = now.astimezone(ZoneInfo(found["time_zone"] or "UTC")).date()
        is_old = self._until is None or now >= self._until
        if found["is_new"] or is_old or today != self._today:
            self._actors.clear()
            self._today, self._until = today, now + LONGEST_KEPT
        self._snapshot = found["snapshot"]
