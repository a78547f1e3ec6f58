"""Who reads a score: nobody who may not read all the answers that it comes from."""

from tests.reads.dataset import Row
from tests.reads.oracle.policy.reviews import can_resolve, is_hr_of, is_subject
from tests.reads.oracle.relationships import OracleCaller


def can_approve(who: OracleCaller, packet: Row) -> bool:
    """Return whether the caller is HR or the second level, and has not decided."""
    is_other = who.id is None or packet["decided_by_id"] != who.id
    return is_other and can_resolve(who, packet)


def can_read_score(who: OracleCaller, score: Row) -> bool:
    packet = who.facts.rows_by_id[score["packet_id"]]
    subject = packet["subject_id"]
    deciders = {packet["manager_id"], packet["second_level_id"]} - {None, subject}
    if is_hr_of(who, packet) or who.id in deciders:
        return True
    if not (packet["is_released"] and score["is_current"]):
        return False
    is_open = score["audience"] == "reviewee" and score["is_shown"]
    reads_appeal = packet["appeal_decider_id"] == who.id and who.id not in (None, subject)
    return who.manages(subject) or reads_appeal or bool(is_open and is_subject(who, packet))


def can_read_score_part(who: OracleCaller, part: Row) -> bool:
    return can_read_score(who, who.facts.rows_by_id[part["score_id"]])
