"""Who may see alerts and their rules, who sets the rules, and who answers."""

from tests.reads.dataset import Row
from tests.reads.oracle.policy.kpis import can_edit_kpi, can_see_kpi_value
from tests.reads.oracle.relationships import OracleCaller


def can_set_alert_rule(who: OracleCaller, row: Row) -> bool:
    kpi = who.facts.find_row(row["kpi_id"])
    return kpi is not None and can_edit_kpi(who, kpi)


def can_see_alert(who: OracleCaller, row: Row) -> bool:
    kpi = who.facts.find_row(row["kpi_id"])
    return kpi is not None and can_see_kpi_value(who, row)


def can_answer_alert(who: OracleCaller, alert: Row) -> bool:
    is_asked = who.id is not None and who.id in (alert["recipient_id"], alert["escalated_to_id"])
    return is_asked or can_set_alert_rule(who, alert)


def can_read_alert_history(who: OracleCaller, row: Row) -> bool:
    if can_set_alert_rule(who, row):
        return True
    return who.holds_over_everyone("audit:read") and can_see_alert(who, row)
