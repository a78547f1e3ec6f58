"""Figures of surveys for KPIs: what was published of one question of a schedule."""

from domain.ballots.figures import MIN_SCORE
from domain.kpis.own_data.measures import KpiMeasure
from domain.surveys.enums import SurveyResultScope, SurveyStatus

ASKS_ALL_OF_IT = """cardinality({excluded}) = 0
  AND (asked.organization_id = {scope} OR asked.organization_id IS NULL
   AND NOT EXISTS (SELECT FROM organizations other WHERE other.tenant_id = {tenant}
    AND other.parent_id IS NULL AND other.id <> {scope}))"""
"""Whether the survey asks the unit of the KPI: this one, or all of a tenant with this top unit.

What is in none of the units below has the result of the cell of that name.
"""

FIGURE = f"""(CASE {{measure}} WHEN '{KpiMeasure.SURVEY_SCORE}'
   THEN CASE WHEN answer_count >= {MIN_SCORE} THEN score END
   ELSE favorable_share END)"""

PUBLISHED = f"""WITH periods AS ({{periods}}), asked AS (
 SELECT DISTINCT ON (ordinal) ordinal, survey.id, survey.organization_id
 FROM periods JOIN surveys survey ON survey.tenant_id = {{tenant}}
  AND survey.schedule_id = {{schedule}} AND survey.occurs_on BETWEEN first_day AND last_day
 WHERE survey.status = '{SurveyStatus.PUBLISHED}' AND survey.occurs_on <= {{today}}
 ORDER BY ordinal, survey.occurs_on DESC
)
SELECT ordinal, coalesce(figure, 0) AS above, 1::numeric AS below,
 (CASE WHEN figure IS NULL THEN 0 ELSE answer_count END)::int AS people
FROM asked LEFT JOIN LATERAL (
 SELECT answer_count, {FIGURE} AS figure FROM survey_results result
 WHERE result.tenant_id = {{tenant}} AND result.survey_id = asked.id
  AND result.bank_question_id = {{question}}
  AND (result.scope = '{SurveyResultScope.OVERALL}' AND {ASKS_ALL_OF_IT}
   OR result.scope = '{SurveyResultScope.CELL}' AND result.organization_id = {{scope}})
 ORDER BY result.scope = '{SurveyResultScope.OVERALL}' DESC LIMIT 1
) published ON true
ORDER BY ordinal"""
"""A survey without such a figure is about nobody, so its value is suppressed.

Periods without a published survey have no row.
"""
