"""The relations of alerts and their rules."""

from tests.reads.oracle.relations.relation import (
    Relation,
    Relations,
    list_history,
    to_many,
    to_one,
)

RELATIONS: Relations = {
    "AlertRule": {
        "kpi": to_one("Kpi", "kpi_id"),
        "dimension": to_one("KpiDimension", "dimension_id"),
        "member": to_one("KpiDimensionMember", "member_id"),
        "recipient": to_one("Person", "recipient_id"),
        "alerts": to_many("Alert", "alerts", "rule_id"),
        "history": Relation("JournalEntry", list_history, inherits_visibility=True),
    },
    "Alert": {
        "kpi": to_one("Kpi", "kpi_id"),
        "member": to_one("KpiDimensionMember", "member_id"),
        "action_items": to_many("ActionItem", "action_items", "alert_id"),
        "goal": to_one("Goal", "goal_id"),
        "rule": to_one("AlertRule", "rule_id"),
        "recipient": to_one("Person", "recipient_id"),
        "escalated_to": to_one("Person", "escalated_to_id"),
        "acknowledged_by": to_one("Person", "acknowledged_by_id"),
        "history": Relation("JournalEntry", list_history, inherits_visibility=True),
    },
}
