"""Counting of reviews of people for KPIs that Trellis measures: how many are shared when due."""

from collections.abc import Mapping

from domain.kpis.enums import KpiScopeKind
from domain.reviews.packets import ReviewPacketStatus
from persistence.kpis.own_units import IN_UNITS

IS_IN_SCOPE: Mapping[KpiScopeKind, str] = {
    KpiScopeKind.ORGANIZATION: f"""(SELECT job.organization_id FROM jobs job
   WHERE job.tenant_id = {{tenant}} AND job.person_id = packet.subject_id
    AND job.superseded_at IS NULL AND job.starts_on <= packet.due_on
   ORDER BY job.starts_on DESC LIMIT 1) {IN_UNITS}""",
    KpiScopeKind.TEAM: """packet.subject_id IN (SELECT person_id FROM team_memberships
   WHERE tenant_id = {tenant} AND team_id = {scope} AND starts_on <= packet.due_on
    AND (ends_on IS NULL OR ends_on > packet.due_on))""",
}
"""Whether the person worked in the unit, or was in the team, on the day when the review was due."""

COUNT = f"""WITH periods AS ({{periods}}), due AS (
 SELECT ordinal, packet.subject_id,
  coalesce((packet.shared_at AT TIME ZONE 'UTC')::date <= periods.last_day, false) AS is_shared
 FROM periods JOIN review_packets packet
  ON packet.tenant_id = {{tenant}}
  AND packet.due_on BETWEEN periods.first_day AND periods.last_day
 WHERE packet.status <> '{ReviewPacketStatus.CANCELLED}' AND packet.due_on <= {{today}}
  AND {{measure}} IS NOT NULL AND IS_IN_SCOPE
)
SELECT ordinal, count(*) FILTER (WHERE is_shared)::numeric AS above,
 count(subject_id)::numeric AS below, count(DISTINCT subject_id)::int AS people
FROM periods LEFT JOIN due USING (ordinal)
GROUP BY ordinal
ORDER BY ordinal"""


def build_review_statement(kind: KpiScopeKind) -> str:
    """Return the statement of the reviews of a scope: the figures of each period."""
    return COUNT.replace("IS_IN_SCOPE", IS_IN_SCOPE[kind])
