"""The tables of alerts and of their rules, their mapping and read models."""

from sqlalchemy import and_, or_, text

from domain.alerts import Alert, AlertRule
from persistence.concept import register_concept
from persistence.goals import GOAL
from persistence.kernel.schema.columns import columns_of
from persistence.kernel.schema.tables import aggregate_table, tenant_foreign_key, tenant_index
from persistence.kpis import KPI, KPI_DIMENSION, KPI_MEASUREMENT_REVISION, KPI_MEMBER
from persistence.people import PERSON
from persistence.reading.read_model import FieldContext, Row, Sql
from persistence.reading.relations import add_lookup

alert_rules = aggregate_table(
    "alert_rules",
    *columns_of(AlertRule),
    tenant_foreign_key("kpi_id", "kpis"),
    tenant_foreign_key("member_id", "kpi_dimension_members"),
    tenant_index("kpi_id", "id"),
    tenant_index("dimension_id", postgresql_where=text("dimension_id IS NOT NULL")),
    tenant_index("recipient_id"),
    tenant_index("member_id", postgresql_where=text("member_id IS NOT NULL")),
    prefix="alertrule",
)
alerts = aggregate_table(
    "alerts",
    *columns_of(Alert),
    tenant_foreign_key("kpi_id", "kpis"),
    tenant_foreign_key("goal_id", "goals"),
    tenant_foreign_key("member_id", "kpi_dimension_members"),
    tenant_index("goal_id", "id", postgresql_where=text("goal_id IS NOT NULL")),
    tenant_index(
        "rule_id",
        "member_id",
        "first_ordinal",
        unique=True,
        postgresql_nulls_not_distinct=True,
    ),
    tenant_index("member_id", postgresql_where=text("member_id IS NOT NULL")),
    tenant_index("kpi_id", "status", "id"),
    tenant_index("status", "due_on", "id"),
    tenant_index("recipient_id", "status", "id"),
    tenant_index("escalated_to_id"),
    tenant_index("acknowledged_by_id"),
    prefix="alert",
)
"""A rule is no foreign key, because its alerts stay when it is deleted."""

ALERT_RULE = register_concept(AlertRule, alert_rules, order=("id",), affects_access=False)
ALERT = register_concept(Alert, alerts, order=("-id",), affects_access=False)
for each in (ALERT_RULE, ALERT):
    each.one("member", KPI_MEMBER, lambda row, member, _: member.c.id == row.c.member_id)
ALERT_RULE.one("dimension", KPI_DIMENSION, lambda row, each, _: each.c.id == row.c.dimension_id)

ALERT_RULE.belongs_to(KPI, foreign_key="kpi_id", one="kpi", many="alert_rules")
ALERT_RULE.one("recipient", PERSON, lambda row, person, _: person.c.id == row.c.recipient_id)
ALERT.belongs_to(KPI, foreign_key="kpi_id", one="kpi", many="alerts")
ALERT.one("rule", ALERT_RULE, lambda row, rule, _: rule.c.id == row.c.rule_id)
ALERT_RULE.many("alerts", ALERT, lambda row, alert, _: alert.c.rule_id == row.c.id)
ALERT.one("goal", GOAL, lambda row, goal, _: goal.c.id == row.c.goal_id)
ALERT.one("recipient", PERSON, lambda row, person, _: person.c.id == row.c.recipient_id)
ALERT.one("escalated_to", PERSON, lambda row, person, _: person.c.id == row.c.escalated_to_id)
ALERT.one("acknowledged_by", PERSON, lambda row, person, _: person.c.id == row.c.acknowledged_by_id)

add_lookup("alert", ALERT)


def _was_there(revision: Row, alert: Row, _: FieldContext) -> Sql:
    """Match the alerts about a period that were not closed while it had this value."""
    return and_(
        alert.c.kpi_id == revision.c.kpi_id,
        alert.c.member_id.is_not_distinct_from(revision.c.member_id),
        revision.c.period_ordinal.between(alert.c.first_ordinal, alert.c.last_ordinal),
        alert.c.created_at <= revision.c.replaced_at,
        or_(alert.c.closed_at.is_(None), alert.c.closed_at >= revision.c.recorded_at),
    )


KPI_MEASUREMENT_REVISION.many("alerts", ALERT, _was_there)
