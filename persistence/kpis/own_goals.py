"""Counting of goals for KPIs that Trellis measures: their attainment, and who checks in."""

from collections.abc import Mapping

from domain.goals import Direction, GoalStatus, Visibility
from domain.kpis.enums import KpiScopeKind
from domain.kpis.own_data.measures import KpiMeasure
from persistence.kpis.own_units import IN_UNITS

IS_IN_SCOPE: Mapping[KpiScopeKind, str] = {
    KpiScopeKind.ORGANIZATION: f"""(goal.owner_organization_id {IN_UNITS}
  OR goal.owner_team_id IN (SELECT id FROM teams
   WHERE tenant_id = {{tenant}} AND organization_id {IN_UNITS})
  OR (SELECT job.organization_id FROM jobs job
   WHERE job.tenant_id = {{tenant}} AND job.person_id = goal.owner_person_id
    AND job.superseded_at IS NULL AND job.starts_on <= least(goal.due_on, last_day)
   ORDER BY job.starts_on DESC LIMIT 1) {IN_UNITS})""",
    KpiScopeKind.TEAM: """(goal.owner_team_id = {scope}
  OR goal.owner_person_id IN (SELECT person_id FROM team_memberships
   WHERE tenant_id = {tenant} AND team_id = {scope}
    AND starts_on <= least(goal.due_on, last_day)
    AND (ends_on IS NULL OR ends_on > least(goal.due_on, last_day))))""",
}
"""Whether the owner is in the scope; a person when the goal is due or the period ends."""

COUNTS = f"""(CASE {{measure}} WHEN '{KpiMeasure.GOAL_ATTAINMENT}'
  THEN goal.due_on BETWEEN first_day AND last_day
  ELSE goal.starts_on <= first_day AND goal.due_on >= last_day
   AND (goal.closed_at IS NULL OR (goal.closed_at AT TIME ZONE 'UTC')::date > last_day) END)"""
"""A goal is attained when it is due. Of check-ins, goals count that run through the period."""

IS_CORRECTED = """EXISTS (SELECT FROM check_ins correction
    WHERE correction.tenant_id = {tenant} AND correction.corrects_id = check_in.id)"""

VALUE = f"""(CASE WHEN key_result.kpi_id IS NOT NULL THEN key_result.current_value
   ELSE coalesce((SELECT reported.value FROM check_in_values reported
    JOIN check_ins check_in
     ON check_in.tenant_id = {{tenant}} AND check_in.id = reported.check_in_id
    WHERE reported.tenant_id = {{tenant}} AND reported.key_result_id = key_result.id
     AND reported.is_reported AND check_in.effective_on <= last_day AND NOT {IS_CORRECTED}
    ORDER BY check_in.effective_on DESC, check_in.first_recorded_at DESC, check_in.id DESC
    LIMIT 1), key_result.start_value) END)"""
"""The value of a key result on the last day. Of one with a KPI only the present value is known."""

PROGRESS = f"""coalesce((SELECT round(avg(greatest(0, least(1, CASE
    WHEN target_value = start_value THEN (CASE direction
     WHEN '{Direction.DECREASE}' THEN on_day.value <= target_value
     ELSE on_day.value >= target_value END)::int
    ELSE (on_day.value - start_value + 0e-40) / (target_value - start_value) END))), 12)
   FROM key_results key_result CROSS JOIN LATERAL (SELECT {VALUE} AS value OFFSET 0) on_day
   WHERE key_result.tenant_id = {{tenant}} AND key_result.goal_id = counted_goal.id),
  CASE status WHEN '{GoalStatus.ACHIEVED}' THEN 1 WHEN '{GoalStatus.MISSED}' THEN 0 END)"""
"""The mean of the key results' shares (see `domain.goals.progress`); without any, the outcome."""

HAS_CHECK_IN = f"""EXISTS (SELECT FROM check_ins check_in
   WHERE check_in.tenant_id = {{tenant}} AND check_in.goal_id = counted_goal.id
    AND check_in.effective_on BETWEEN first_day AND last_day AND NOT {IS_CORRECTED})::int"""

COUNT = f"""WITH periods AS ({{periods}}), counted_goals AS MATERIALIZED (
 SELECT ordinal, first_day, last_day, goal.id, goal.status, goal.owner_person_id,
  coalesce(goal.owner_person_id, goal.owner_team_id, goal.owner_organization_id) AS owner_id
 FROM periods JOIN goals goal ON goal.tenant_id = {{tenant}} AND {COUNTS}
 WHERE goal.starts_on <= {{today}} AND IS_IN_SCOPE
  AND goal.status NOT IN ('{GoalStatus.DRAFT}', '{GoalStatus.ABANDONED}')
  AND goal.visibility <> '{Visibility.PRIVATE}'
), results AS (
 SELECT ordinal, owner_person_id, owner_id,
  (CASE {{measure}} WHEN '{KpiMeasure.GOAL_ATTAINMENT}' THEN {PROGRESS}
   ELSE {HAS_CHECK_IN} END) AS result
 FROM counted_goals counted_goal
)
SELECT ordinal, coalesce(sum(result), 0) AS above, count(result)::numeric AS below,
 (CASE count(DISTINCT owner_person_id) FILTER (WHERE result IS NOT NULL)
  WHEN 0 THEN count(DISTINCT owner_id) FILTER (WHERE result IS NOT NULL)
  ELSE count(DISTINCT owner_person_id) FILTER (WHERE result IS NOT NULL) END)::int AS people
FROM periods LEFT JOIN results USING (ordinal)
GROUP BY ordinal
ORDER BY ordinal"""
"""A value is about the people who own the goals; without such goals, about their owners."""


def build_goal_statement(kind: KpiScopeKind) -> str:
    """Return the statement of the goals of a scope: the figures of each period."""
    return COUNT.replace("IS_IN_SCOPE", IS_IN_SCOPE[kind])
