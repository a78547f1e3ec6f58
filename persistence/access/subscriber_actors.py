"""The actors of a tenant's subscribers, loaded again only where their rights may have changed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from domain.kernel.access import Actor
from domain.kernel.identity import TenantId
from persistence.access.actor_cache import MAX_AGE, rights_number_sql
from persistence.access.actor_query import (
    SELECT_ACTORS,
    DenialReason,
    actor_from_row,
    actors_params,
    find_validity,
)
from persistence.kernel.pools import Connection

CHECK_SQL = f"""
SELECT ({rights_number_sql(1)}) AS rights_number,
       (SELECT time_zone FROM tenants WHERE tenant_id = $1 AND id = $1) AS time_zone
"""


@dataclass
class SubscriberActors:
    """The actors of many subscribers of one tenant, all with the same number of its clock.

    One check serves all of them, so that an event costs two statements at most.
    """

    tenant_id: TenantId
    _actors: dict[str, Actor | DenialReason] = field(default_factory=dict)
    _rights_number: int | None = None
    _today: date = date.min
    _expires_at: datetime | None = None

    async def resolve(
        self, connection: Connection, subjects: Collection[str], now: datetime
    ) -> Mapping[str, Actor | DenialReason]:
        """Return who these subjects are in the connection's snapshot. Raises TenantNotActive."""
        await self._drop_stale_actors(connection, now)
        missing = [each for each in dict.fromkeys(subjects) if each not in self._actors]
        if missing:
            parameters = actors_params(self.tenant_id, missing, now)
            for subject, row_json in await connection.fetch(SELECT_ACTORS, *parameters):
                actor = self._actors[subject] = actor_from_row(self.tenant_id, row_json, now)
                if isinstance(actor, Actor):
                    self._keep_until(find_validity(row_json, actor.today, now)[-1])
        return self._actors

    def _keep_until(self, moment: datetime) -> None:
        """Let all actors be loaded again at a moment at the latest."""
        self._expires_at = min(self._expires_at or moment, moment)

    async def _drop_stale_actors(self, connection: Connection, now: datetime) -> None:
        """Drop all actors if the rights of any may have changed, or a new day has begun."""
        row = await connection.fetchrow(CHECK_SQL, self.tenant_id)
        assert row is not None, "A SELECT without FROM returns one row."
        today = now.astimezone(ZoneInfo(row["time_zone"] or "UTC")).date()
        is_expired = self._expires_at is None or now >= self._expires_at
        rights_number = row["rights_number"]
        is_valid = rights_number is not None and rights_number == self._rights_number
        if not is_valid or is_expired or today != self._today:
            self._actors.clear()
            self._today, self._expires_at = today, now + MAX_AGE
        self._rights_number = rights_number
