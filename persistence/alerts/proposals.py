"""The goal that an alert proposes: to bring the leading drivers of the KPI back to their targets.

Only drivers that the viewer sees count, as everywhere. Nothing is stored, and nobody is asked: a
person may create the goal, or a better one.
"""

from sqlalchemy import Date, FromClause, Text, select, true

from domain.kpis.enums import KpiInfluence, KpiState
from domain.kpis.targets import KpiTargetKind, KpiTargetSpan, KpiTargetStatus
from persistence.access.rules_to_sql import compile_rule
from persistence.alerts.tables import ALERT
from persistence.kernel.schema.tables import shared_alias
from persistence.kernel.sql_literals import literal_number, literal_text
from persistence.kpis import KPI, kpis
from persistence.kpis.status import build_status_row
from persistence.kpis.target_rules import build_status
from persistence.kpis.targets import kpi_targets
from persistence.reading.raw_sql import SqlTemplate
from persistence.reading.read_model import FieldContext, ReadModel, Row

PROPOSED_GOAL, PROPOSED_KEY_RESULT = (
    ReadModel("ProposedGoal", None),
    ReadModel("ProposedKeyResult", None),
)
DAYS = 91
MAX_KEY_RESULTS = 10
TITLE = "left('Recover ' || {name}, 200)"


def _build_goal(alert: Row, context: FieldContext) -> FromClause:
    """Return one row for the KPI of an alert."""
    kpi = shared_alias(kpis)
    return (
        select(
            kpi.c.id.label("kpi_id"),
            SqlTemplate(TITLE, Text(), name=kpi.c.name).label("title"),
            SqlTemplate(f"({{today}} + {DAYS})", Date(), today=context.facts.today()).label(
                "due_on"
            ),
        )
        .where(kpi.c.tenant_id == context.facts.tenant(), kpi.c.id == alert.c.kpi_id)
        .correlate_except(kpi)
        .subquery()
    )


def _build_key_results(goal: Row, context: FieldContext) -> FromClause:
    """Return a row for each leading driver that is behind its target: from its value to that."""
    driver = shared_alias(kpis)
    figures = select(build_status_row(driver, context)).correlate(driver).lateral()
    target = kpi_targets.alias()
    behind = [literal_text(each) for each in (KpiTargetStatus.AMBER, KpiTargetStatus.RED)]
    return (
        select(
            driver.c.id.label("kpi_id"),
            driver.c.name.label("title"),
            driver.c.name_sort_key.label("place"),
            figures.c.value.label("start_value"),
            target.c.value.label("target_value"),
        )
        .select_from(driver.join(figures, true()).join(target, target.c.id == figures.c.target_id))
        .where(
            driver.c.tenant_id == context.facts.tenant(),
            driver.c.parent_id == goal.c.kpi_id,
            driver.c.influence == literal_text(KpiInfluence.LEADING),
            driver.c.state == literal_text(KpiState.ACTIVE),
            compile_rule(KPI.see, context.facts, driver),
            target.c.tenant_id == context.facts.tenant(),
            target.c.kind != literal_text(KpiTargetKind.BETWEEN),
            target.c.span == literal_text(KpiTargetSpan.PERIOD),
            build_status(figures).in_(behind),
        )
        .order_by(driver.c.name_sort_key)
        .limit(literal_number(MAX_KEY_RESULTS))
        .correlate_except(driver, figures, target)
        .subquery()
    )


for name in ("title", "due_on"):
    PROPOSED_GOAL.value(name)
for name in ("title", "start_value", "target_value"):
    PROPOSED_KEY_RESULT.value(name)
PROPOSED_KEY_RESULT.one("kpi", KPI, lambda row, kpi, _: kpi.c.id == row.c.kpi_id)
PROPOSED_GOAL.computed_list("key_results", PROPOSED_KEY_RESULT, _build_key_results, order="place")
ALERT.computed_one("proposed_goal", PROPOSED_GOAL, _build_goal)
