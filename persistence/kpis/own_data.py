"""What Trellis counts for KPIs: one statement for many periods.

The stays of people in a unit or team become movements of days: how many came and went. All figures
of a period are sums of movements, so no statement looks at people once for each period. A planned
departure counts from the day on which it has come.
"""

from collections.abc import Mapping
from itertools import product

from domain.kpis.enums import KpiScopeKind
from domain.kpis.own_data.measures import (
    MEASURES_OF_GOALS,
    MEASURES_OF_KINDS,
    MEASURES_OF_REVIEWS,
    MEASURES_OF_SURVEYS,
    KpiMeasure,
)
from domain.kpis.own_data.tasks import MEASURE
from domain.people import EmploymentType, LeavingKind
from persistence.kpis.own_goals import build_goal_statement
from persistence.kpis.own_reviews import build_review_statement
from persistence.kpis.own_surveys import PUBLISHED
from persistence.kpis.own_units import IN_UNITS
from persistence.unit_of_work.declared_statements import declare_statement

NOT_COUNTED = ", ".join(f"'{each}'" for each in (EmploymentType.AGENCY, EmploymentType.CONTRACTOR))

IN_UNIT = f"organization_id {IN_UNITS}"
"""The condition of a job in a unit, or in one that is below it today."""

MEMBERS = """JOIN team_memberships member
  ON member.tenant_id = {tenant} AND member.person_id = job.person_id"""

SCOPES: Mapping[KpiScopeKind, Mapping[str, str]] = {
    KpiScopeKind.ORGANIZATION: {
        "EVERYBODY": f"""SELECT DISTINCT person_id FROM jobs
    WHERE tenant_id = {{tenant}} AND superseded_at IS NULL AND {IN_UNIT}""",
        "MEMBERS": "",
        "CONDITION": f"({IN_UNIT}) IS TRUE",
        "FIRST": "job.starts_on",
        "LAST": "job.ends_on",
    },
    KpiScopeKind.TEAM: {
        "EVERYBODY": """SELECT DISTINCT person_id FROM team_memberships
    WHERE tenant_id = {tenant} AND team_id = {scope}""",
        "MEMBERS": MEMBERS,
        "CONDITION": "member.team_id = {scope}",
        "FIRST": "member.starts_on",
        "LAST": "coalesce(member.ends_on, 'infinity')",
    },
}
"""Who was ever in the scope, and what a scope adds to jobs: a join, a condition, and two days.

Neither list is joined. Without statistics, as in a new tenant, PostgreSQL would look through all
jobs of a unit for each job. With IS TRUE it looks units up by a hash, with an array people by an
index.
"""

IS_LEAVING = "day - 1 BETWEEN first_day AND last_day"
COUNT = f"""WITH periods AS ({{periods}}), jobs_held AS MATERIALIZED (
 SELECT person_id, starts_on, organization_id, employment_type,
  coalesce(lead(starts_on) OVER (PARTITION BY person_id ORDER BY starts_on), 'infinity')
   AS ends_on
 FROM jobs
 WHERE tenant_id = {{tenant}} AND superseded_at IS NULL AND person_id = ANY(ARRAY(EVERYBODY))
), stays AS MATERIALIZED (
 SELECT * FROM (SELECT employment.person_id, hired_on, left_on, leaving_kind,
   greatest(job.starts_on, hired_on, FIRST) AS starts_on,
   least(job.ends_on, coalesce(left_on, 'infinity'), LAST) AS ends_on
  FROM jobs_held job JOIN employments employment
   ON employment.tenant_id = {{tenant}} AND employment.person_id = job.person_id
  MEMBERS
  WHERE (employment_type IS NULL OR employment_type NOT IN ({NOT_COUNTED})) AND CONDITION) stay
 WHERE starts_on < ends_on
), moved AS (
 SELECT starts_on AS day, 1 AS change, 0 AS leavers,
  NULL AS leaving_kind,
  (starts_on = hired_on AND NOT EXISTS (SELECT FROM employments other
   WHERE other.tenant_id = {{tenant}} AND other.person_id = stays.person_id
    AND other.left_on = stays.hired_on AND other.hired_on < other.left_on))::int AS joiners
 FROM stays
 UNION ALL SELECT ends_on, -1,
  (ends_on = left_on AND NOT EXISTS (SELECT FROM employments other
   WHERE other.tenant_id = {{tenant}} AND other.person_id = stays.person_id
    AND other.hired_on = stays.left_on AND other.left_on IS DISTINCT FROM other.hired_on))::int,
  leaving_kind, 0
 FROM stays WHERE ends_on <= {{today}}
), movements AS MATERIALIZED (
 SELECT greatest(day, (SELECT min(first_day) - 1 FROM periods)) AS day,
  sum(change) AS change, sum(joiners) AS joiners, sum(leavers) AS leavers,
  sum(leavers) FILTER (WHERE leaving_kind = '{LeavingKind.VOLUNTARY}') AS voluntary,
  sum(leavers) FILTER (WHERE leaving_kind = '{LeavingKind.INVOLUNTARY}') AS involuntary,
  sum(leavers) FILTER (WHERE leaving_kind IS NULL) AS unknown
 FROM moved GROUP BY 1
), counted AS (
 SELECT ordinal, last_day - first_day + 1 AS days,
  coalesce(sum(change) FILTER (WHERE day < first_day), 0) AS opening,
  coalesce(sum(change) FILTER (WHERE day <= last_day), 0) AS closing,
  coalesce(sum(change * (last_day - greatest(day, first_day) + 1))
   FILTER (WHERE day <= last_day), 0) AS person_days,
  coalesce(sum(joiners) FILTER (WHERE day BETWEEN first_day AND last_day), 0) AS joiners,
  coalesce(sum(leavers) FILTER (WHERE {IS_LEAVING}), 0) AS leavers,
  coalesce(sum(voluntary) FILTER (WHERE {IS_LEAVING}), 0) AS voluntary,
  coalesce(sum(involuntary) FILTER (WHERE {IS_LEAVING}), 0) AS involuntary,
  coalesce(sum(unknown) FILTER (WHERE {IS_LEAVING}), 0) AS unknown
 FROM periods LEFT JOIN movements ON day <= last_day + 1
 GROUP BY ordinal, first_day, last_day
)"""
"""The movements of the days, before the first period as those of one day, and their sums."""

FEWEST, MOST = "least(opening, closing)", "greatest(opening, closing)"
LEFT = f"CASE leavers WHEN 0 THEN {MOST} ELSE leavers END"
PARTS: Mapping[KpiMeasure, tuple[str, str, str]] = {
    KpiMeasure.HEADCOUNT_START: ("opening", "1", "opening"),
    KpiMeasure.HEADCOUNT_END: ("closing", "1", "closing"),
    KpiMeasure.HEADCOUNT_AVERAGE: ("opening + closing", "2", FEWEST),
    KpiMeasure.HEADCOUNT_DAILY_AVERAGE: ("person_days", "days", FEWEST),
    KpiMeasure.JOINERS: ("joiners", "1", MOST),
    KpiMeasure.LEAVERS: ("leavers", "1", MOST),
    KpiMeasure.VOLUNTARY_LEAVERS: ("voluntary", "1", LEFT),
    KpiMeasure.INVOLUNTARY_LEAVERS: ("involuntary", "1", LEFT),
}
"""The dividend and the divisor of each measure, and how many people it is about.

A mean is about the smaller of the two groups. An event is about everybody whom it could concern,
and its kind about those whom it did.
"""


OF_KINDS = ", ".join(f"'{each}'" for each in MEASURES_OF_KINDS)
UNKNOWN = f"(CASE WHEN {{measure}} IN ({OF_KINDS}) THEN unknown ELSE 0 END)"


def build_people_statement(kind: KpiScopeKind) -> str:
    """Return the statement of the people of a scope: the figures of each period."""
    text = COUNT
    for name, part in SCOPES[kind].items():
        text = text.replace(name, part)
    above, below, people = (_choose_part(place) for place in range(3))
    return (
        f"{text}\nSELECT ordinal, {above} AS above, {below}::numeric AS below,"
        f" {people}::int AS people, {UNKNOWN}::int AS unknown FROM counted ORDER BY ordinal"
    )


def _choose_part(place: int) -> str:
    cases = " ".join(f"WHEN '{each}' THEN {parts[place]}" for each, parts in PARTS.items())
    return f"(CASE {{measure}} {cases} END)"


def build_statement(measure: KpiMeasure, kind: KpiScopeKind) -> str:
    """Return the statement of a measure, with names in braces for its parameters."""
    if measure in MEASURES_OF_SURVEYS:
        return PUBLISHED
    if measure in MEASURES_OF_REVIEWS:
        return build_review_statement(kind)
    is_of_goals = measure in MEASURES_OF_GOALS
    return build_goal_statement(kind) if is_of_goals else build_people_statement(kind)


GIVEN = """SELECT * FROM unnest({ordinals}, {first_days}, {last_days})
  each (ordinal, first_day, last_day)"""
PARAMETERS = {
    "scope": ("scope_id", "uuid"),
    "first_days": ("first_days", "date[]"),
    "last_days": ("last_days", "date[]"),
    "ordinals": ("ordinals", "int[]"),
    "today": ("today", "date"),
    "measure": ("measure", "text"),
    "excluded": ("excluded_ids", "uuid[]"),
    "schedule": ("survey_schedule_id", "uuid"),
    "question": ("survey_question_id", "uuid"),
}
"""The names in the text of statements, with the parameter and the type of each."""


def _declare(measure: KpiMeasure, kind: KpiScopeKind) -> None:
    """Declare the statement of a measure, with those parameters that its text has."""
    text = build_statement(measure, kind).replace("{periods}", GIVEN)
    names = [name for name in PARAMETERS if f"{{{name}}}" in text]
    numbers = {
        name: f"${number}::{PARAMETERS[name][1]}" for number, name in enumerate(names, start=2)
    }
    parameters = (PARAMETERS[name][0] for name in names)
    declare_statement(
        f"{MEASURE} {measure} {kind}", text.format(tenant="$1", **numbers), *parameters
    )


for measure, kind in product(KpiMeasure, KpiScopeKind):
    _declare(measure, kind)
