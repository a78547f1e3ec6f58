"""Who may see and change scorecards: as KPIs, but with viewers of their own."""

from tests.reads.dataset import Row
from tests.reads.oracle.policy.access_check import is_named
from tests.reads.oracle.policy.kpis import can_edit_kpi, can_see_kpi, can_see_shared, get_kpi_scope
from tests.reads.oracle.relationships import OracleCaller


def can_edit_scorecard(who: OracleCaller, scorecard: Row) -> bool:
    return can_edit_kpi(who, scorecard)


def can_see_scorecard(who: OracleCaller, scorecard: Row) -> bool:
    if is_named(who, "scorecard", scorecard) or can_edit_scorecard(who, scorecard):
        return True
    return can_see_shared(who, scorecard)


def can_see_scorecard_entry(who: OracleCaller, entry: Row) -> bool:
    rows = who.facts.rows_by_id
    sees_scorecard = can_see_scorecard(who, rows[entry["scorecard_id"]])
    return sees_scorecard and can_see_kpi(who, rows[entry["kpi_id"]])


def can_read_scorecard_history(who: OracleCaller, scorecard: Row) -> bool:
    if can_edit_scorecard(who, scorecard):
        return True
    is_shared = scorecard["visibility"] in ("tenant", "organization")
    audits = who.holds("audit:read", get_kpi_scope(who, scorecard))
    return is_shared and audits and can_see_scorecard(who, scorecard)
