"""Action items: table, mapping and read model, and what became of alerts because of them."""

from sqlalchemy import FromClause, func, not_, or_, select, text

from domain.action_items import ActionItem
from domain.alerts import AlertCloseReason, AlertStatus
from persistence.access.rules_to_sql import compile_rule
from persistence.alerts import ALERT, ALERT_RULE, alerts
from persistence.concept import register_concept
from persistence.goals import GOAL, goals
from persistence.kernel.schema.columns import columns_of
from persistence.kernel.schema.tables import aggregate_table, tenant_foreign_key, tenant_index
from persistence.kernel.sql_literals import literal_text
from persistence.kpi_reviews import KPI_REVIEW
from persistence.kpis import KPI
from persistence.people import PERSON
from persistence.reading.read_model import FieldContext, ReadModel, Row
from persistence.reading.relations import add_lookup, tenant_subquery

action_items = aggregate_table(
    "action_items",
    *columns_of(ActionItem),
    tenant_foreign_key("kpi_id", "kpis"),
    tenant_foreign_key("goal_id", "goals"),
    tenant_foreign_key("alert_id", "alerts"),
    tenant_foreign_key("review_id", "kpi_reviews"),
    tenant_index("due_on", "id"),
    tenant_index("owner_id", "due_on", "id"),
    tenant_index("creator_id", "due_on", "id"),
    tenant_index("kpi_id", "due_on", "id"),
    tenant_index("goal_id", "due_on", "id"),
    tenant_index("alert_id", "due_on", "id", postgresql_where=text("alert_id IS NOT NULL")),
    tenant_index("review_id", "due_on", "id", postgresql_where=text("review_id IS NOT NULL")),
    prefix="action",
)

ACTION_ITEM = register_concept(
    ActionItem, action_items, order=("due_on",), affects_access=False, is_in_feed=True
)
ACTION_ITEM.one("owner", PERSON, lambda row, person, _: person.c.id == row.c.owner_id)
ACTION_ITEM.one("creator", PERSON, lambda row, person, _: person.c.id == row.c.creator_id)
ACTION_ITEM.belongs_to(KPI, foreign_key="kpi_id", one="kpi", many="action_items")
ACTION_ITEM.belongs_to(GOAL, foreign_key="goal_id", one="goal", many="action_items")
ACTION_ITEM.belongs_to(ALERT, foreign_key="alert_id", one="alert", many="action_items")
ACTION_ITEM.belongs_to(KPI_REVIEW, foreign_key="review_id", one="review", many="action_items")

ALERT_OUTCOMES = ReadModel("AlertOutcomes", None)


def _count_outcomes(rule: Row, context: FieldContext) -> FromClause:
    """Return one row: what became of the alerts of a rule, as far as the viewer sees it."""
    alert, item, goal = alerts.alias(), action_items.alias(), goals.alias()
    item_id = tenant_subquery(context, item, item.c.id, item.c.alert_id == alert.c.id)
    goal_id = tenant_subquery(context, goal, goal.c.id, goal.c.id == alert.c.goal_id)
    has_action = or_(
        item_id.where(compile_rule(ACTION_ITEM.see, context.facts, item)).exists(),
        goal_id.where(compile_rule(GOAL.see, context.facts, goal)).exists(),
    )
    is_answered = alert.c.acknowledged_at.is_not(None)
    is_closed = alert.c.status == literal_text(AlertStatus.CLOSED)
    has_recovered = alert.c.close_reason == literal_text(AlertCloseReason.RECOVERED)
    return (
        select(
            func.count().label("raised"),
            func.count().filter(is_answered).label("acknowledged"),
            func.count().filter(has_action).label("with_action"),
            func.count().filter(has_recovered).label("recovered"),
            func.count().filter(is_closed, not_(is_answered)).label("unanswered"),
        )
        .where(
            alert.c.tenant_id == context.facts.tenant(),
            alert.c.rule_id == rule.c.id,
            compile_rule(ALERT.see, context.facts, alert),
        )
        .correlate_except(alert)
        .subquery()
    )


for name in ("raised", "acknowledged", "with_action", "recovered", "unanswered"):
    ALERT_OUTCOMES.value(name)
ALERT_RULE.computed_one("outcomes", ALERT_OUTCOMES, _count_outcomes)

add_lookup("action_item", ACTION_ITEM)
