"""Who may see nominations, and nominate: the table of decision 125, row by row."""

from tests.reads.dataset import Row
from tests.reads.oracle.policy.reviews import is_hr_of
from tests.reads.oracle.relationships import OracleCaller


def _decides_on_packet(who: OracleCaller, row: Row) -> bool:
    return who.id is not None and who.id == row["manager_id"] != row["subject_id"]


def _is_reviewed(who: OracleCaller, row: Row) -> bool:
    return who.id is not None and who.id == row["subject_id"]


def can_see_nomination(who: OracleCaller, nomination: Row) -> bool:
    return is_hr_of(who, nomination) or _decides_on_packet(who, nomination)


def _sees_all_of_round(who: OracleCaller, row: Row) -> bool:
    packet = who.facts.rows_by_id[row["packet_id"]]
    return is_hr_of(who, row) or _decides_on_packet(who, packet)


def can_see_nominees(who: OracleCaller, row: Row) -> bool:
    shown = row["shows_nominees"] and _is_reviewed(who, row)
    return bool(shown) or _sees_all_of_round(who, row)


def can_propose(who: OracleCaller, row: Row) -> bool:
    return bool(row["subject_nominates"]) and _is_reviewed(who, row)


def can_see_round(who: OracleCaller, row: Row) -> bool:
    return can_see_nominees(who, row) or can_propose(who, row)


def can_see_proposal(who: OracleCaller, proposal: Row) -> bool:
    return can_see_round(who, who.facts.rows_by_id[proposal["round_id"]])


def can_nominate(who: OracleCaller, row: Row) -> bool:
    packet = who.facts.rows_by_id[row["packet_id"]]
    as_manager = row["manager_nominates"] and _decides_on_packet(who, packet)
    as_hr = row["hr_nominates"] and is_hr_of(who, row)
    return can_propose(who, row) or bool(as_manager or as_hr)


def can_decide_on_nomination(who: OracleCaller, nomination: Row) -> bool:
    is_left_to_manager = nomination["approver"] != "hr"
    return is_hr_of(who, nomination) or (is_left_to_manager and _decides_on_packet(who, nomination))
