"""Who may read feedback, learn its author and change it."""

from tests.reads.dataset import Row
from tests.reads.oracle.relationships import OracleCaller, ResourceOwner


def _wrote(who: OracleCaller, feedback: Row) -> bool:
    return who.id is not None and feedback["author_id"] == who.id


def _is_about(who: OracleCaller, feedback: Row) -> bool:
    return who.id is not None and feedback["subject_id"] == who.id


def _has_come(who: OracleCaller, feedback: Row) -> bool:
    return str(feedback["released_on"]) <= str(who.facts.today)


def _is_released(who: OracleCaller, feedback: Row) -> bool:
    return feedback["mode"] == "identified" or _has_come(who, feedback)


def can_see_feedback(who: OracleCaller, feedback: Row) -> bool:
    if _wrote(who, feedback):
        return True
    if not _is_released(who, feedback):
        return False
    subject, audience = feedback["subject_id"], feedback["audience"]
    if audience == "public":
        whose = ResourceOwner(person=subject, unit=who.facts.find_unit_id(subject))
        is_colleague = who.holds("directory:read", whose)
        return is_colleague or _is_about(who, feedback) or who.manages(subject)
    reads = {
        "subject": (_is_about(who, feedback),),
        "subject_and_manager": (_is_about(who, feedback), who.manages(subject)),
        "manager": (who.manages(subject),),
    }
    return any(reads[audience])


def can_see_feedback_author(who: OracleCaller, feedback: Row) -> bool:
    return feedback["mode"] == "identified" or _wrote(who, feedback)


def can_read_feedback_history(who: OracleCaller, feedback: Row) -> bool:
    return _wrote(who, feedback)


def can_acknowledge_feedback(who: OracleCaller, feedback: Row) -> bool:
    if not _is_released(who, feedback):
        return False
    if feedback["audience"] == "manager":
        return who.manages(feedback["subject_id"])
    return _is_about(who, feedback)


def can_change_feedback_audience(who: OracleCaller, feedback: Row) -> bool:
    is_praise = feedback["audience"] == "public" and feedback["mode"] == "identified"
    return _wrote(who, feedback) or (is_praise and _is_about(who, feedback))


def can_withdraw_feedback(who: OracleCaller, feedback: Row) -> bool:
    return _wrote(who, feedback)


def can_give_feedback(who: OracleCaller, feedback: Row) -> bool:
    """Return whether the caller sees the person; people do not see themselves by a line."""
    subject = feedback["subject_id"]
    whose = ResourceOwner(person=subject, unit=who.facts.find_unit_id(subject))
    return who.manages(subject) or who.holds("directory:read", whose)


def can_reveal_feedback_author(who: OracleCaller, feedback: Row) -> bool:
    subject = feedback["subject_id"]
    whose = ResourceOwner(person=subject, unit=who.facts.find_unit_id(subject))
    is_open = feedback["mode"] == "confidential" and _has_come(who, feedback)
    return is_open and who.holds("feedback:read_authors", whose)


def is_final(who: OracleCaller, action: str, feedback: Row) -> bool:
    """Return whether the release blocks an action."""
    is_fixed = action == "WITHDRAW" or feedback["mode"] == "confidential"
    return action != "ACKNOWLEDGE" and is_fixed and _has_come(who, feedback)


def is_party_of_request(who: OracleCaller, asked: Row) -> bool:
    return who.id is not None and who.id in (asked["asker_id"], asked["respondent_id"])


def can_cancel_request(who: OracleCaller, asked: Row) -> bool:
    return who.id is not None and asked["asker_id"] == who.id


def has_account(asked: Row) -> bool:
    """Return whether the respondent needs no link, which blocks the renewal of one."""
    return asked["respondent_id"] is not None


def can_answer_request(who: OracleCaller, asked: Row) -> bool:
    """Return whether the caller is asked, and the request waits."""
    is_asked = who.id is not None and asked["respondent_id"] == who.id
    return is_asked and asked["status"] == "open"


def can_request_feedback(who: OracleCaller, asked: Row) -> bool:
    return _is_about(who, asked) or who.manages(asked["subject_id"])
