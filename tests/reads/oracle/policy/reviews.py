"""Who may see and change what reviews need: drafts are for those who manage all of it."""

from tests.reads.dataset import Row
from tests.reads.oracle.policy.access_check import AccessCheck, is_named
from tests.reads.oracle.relationships import DatasetIndex, OracleCaller, ResourceOwner


def can_manage_reviews(who: OracleCaller, _: Row) -> bool:
    return who.holds_over_everyone("reviews:manage")


def can_see_document(who: OracleCaller, document: Row) -> bool:
    return document["status"] != "draft" or can_manage_reviews(who, document)


def is_hr_of(who: OracleCaller, row: Row) -> bool:
    """Return whether the caller is HR for the person, which nobody is for themselves."""
    subject = row["subject_id"]
    owner = ResourceOwner(subject, None, who.facts.find_unit_id(subject))
    return who.id != subject and who.holds("reviews:manage", owner)


def _is(who: OracleCaller, row: Row, name: str) -> bool:
    return who.id is not None and row[f"{name}_id"] == who.id


def _is_another(who: OracleCaller, row: Row, name: str) -> bool:
    """Return whether the caller has this place and is not the reviewed person."""
    return _is(who, row, name) and row["subject_id"] != who.id


def can_create_packet(who: OracleCaller, row: Row) -> bool:
    return is_hr_of(who, row) or who.manages(row["subject_id"])


def can_see_packet(who: OracleCaller, packet: Row) -> bool:
    if is_hr_of(who, packet) or _is_another(who, packet, "manager"):
        return True
    if _is_another(who, packet, "second_level"):
        return True
    knows = _is(who, packet, "subject") or _reads_later(who, packet)
    return bool(packet["is_released"]) and knows


def _reads_later(who: OracleCaller, row: Row) -> bool:
    """Return whether the caller reads what was shared: a manager, or who decides an appeal."""
    return who.manages(row["subject_id"]) or _is_another(who, row, "appeal_decider")


def can_decide(who: OracleCaller, packet: Row) -> bool:
    return is_hr_of(who, packet) or _is_another(who, packet, "manager")


def is_subject(who: OracleCaller, packet: Row) -> bool:
    return _is(who, packet, "subject")


def can_resolve(who: OracleCaller, packet: Row) -> bool:
    return is_hr_of(who, packet) or _is_another(who, packet, "second_level")


def can_decide_appeal(who: OracleCaller, appeal: Row) -> bool:
    return _is_another(who, appeal, "decider") and not _is(who, appeal, "manager")


def can_see_appeal(who: OracleCaller, appeal: Row) -> bool:
    decided = _is_another(who, appeal, "manager") or _is_another(who, appeal, "second_level")
    is_assigned = appeal["status"] in ("under_review", "upheld", "changed")
    is_party = is_subject(who, appeal) or (is_assigned and can_decide_appeal(who, appeal))
    return is_hr_of(who, appeal) or decided or is_party


def can_assign_appeal(who: OracleCaller, appeal: Row) -> bool:
    took_part = ("manager", "second_level", "level_decided_by", "level_approved_by")
    return is_hr_of(who, appeal) and not any(_is(who, appeal, each) for each in took_part)


def takes_appeal(facts: DatasetIndex, packet: Row) -> bool:
    """Return whether an appeal against a packet may be filed."""
    if packet["status"] not in ("shared", "acknowledged", "refused_to_sign"):
        return False
    if packet["appeal_until"] is None or packet["appeal_until"] < facts.today:
        return False
    appeals = facts.select_rows("review_appeals", packet_id=packet["id"])
    return all(each["status"] == "withdrawn" for each in appeals)


def can_write(who: OracleCaller, review: Row) -> bool:
    return _is(who, review, "writer") or _is_another(who, review, "stand_in")


def can_decline(who: OracleCaller, review: Row) -> bool:
    is_chosen = review["direction"] in ("peer", "upward", "extra")
    return is_chosen and _is_another(who, review, "writer")


def can_reopen(who: OracleCaller, review: Row) -> bool:
    return not review["is_released"] and can_decide(who, review)


def _reads_as_manager(who: OracleCaller, review: Row) -> bool:
    decides = _is_another(who, review, "manager") or _is_another(who, review, "second_level")
    later = review["is_released"] and _reads_later(who, review)
    return review["status"] == "submitted" and bool(decides or later)


def _reads_as_former(who: OracleCaller, review: Row) -> bool:
    """Return whether the caller has read it while they decided, and is not the person."""
    was_shown = review["status"] == "submitted" and is_named(who, "review", review, "reader")
    return was_shown and review["subject_id"] != who.id


def _reads_as_subject(who: OracleCaller, review: Row) -> bool:
    is_open = review["status"] == "submitted" and review["is_released"] and review["is_shown"]
    return bool(is_open) and is_subject(who, review)


def can_see_form(who: OracleCaller, review: Row) -> bool:
    decides = _is_another(who, review, "manager") or _is_another(who, review, "second_level")
    knows = review["status"] == "declined" and decides
    reads = _reads_as_manager(who, review) or _reads_as_former(who, review) or knows
    is_shown = reads or _reads_as_subject(who, review)
    return can_write(who, review) or is_hr_of(who, review) or is_shown


def can_read_answer(who: OracleCaller, answer: Row) -> bool:
    review = who.facts.rows_by_id[answer["review_id"]]
    if can_write(who, review) or (review["status"] == "submitted" and is_hr_of(who, review)):
        return True
    if answer["audience"] == "hr_only":
        return False
    if _reads_as_manager(who, review) or _reads_as_former(who, review):
        return True
    return answer["audience"] == "reviewee" and _reads_as_subject(who, review)


DOCUMENT_ACTIONS: list[tuple[str, AccessCheck, tuple[str, ...]]] = [
    ("EDIT", can_manage_reviews, ("draft",)),
    ("PUBLISH", can_manage_reviews, ("draft",)),
    ("REVISE", can_manage_reviews, ("published", "archived")),
    ("ARCHIVE", can_manage_reviews, ("published",)),
    ("DISCARD", can_manage_reviews, ("draft",)),
]
