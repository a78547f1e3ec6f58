"""Who may see, plan and hold KPI reviews."""

from tests.reads.dataset import Row
from tests.reads.oracle.policy.kpis import can_edit_kpi, can_see_kpi
from tests.reads.oracle.policy.scorecards import can_edit_scorecard, can_see_scorecard
from tests.reads.oracle.relationships import OracleCaller


def can_plan_reviews(who: OracleCaller, schedule: Row) -> bool:
    """Return whether the caller edits what is reviewed."""
    kind = schedule["subject_kind"]
    subject = who.facts.find_row(schedule.get(f"{kind}_id"))
    if subject is None:
        return False
    return (can_edit_kpi if kind == "kpi" else can_edit_scorecard)(who, subject)


def can_hold_reviews(who: OracleCaller, schedule: Row) -> bool:
    is_owner = who.id is not None and schedule["owner_id"] == who.id
    return is_owner or can_plan_reviews(who, schedule)


def can_see_schedule(who: OracleCaller, schedule: Row) -> bool:
    if can_hold_reviews(who, schedule) or _takes_part(who, schedule):
        return True
    kind = schedule["subject_kind"]
    subject = who.facts.find_row(schedule.get(f"{kind}_id"))
    if subject is None:
        return False
    return (can_see_kpi if kind == "kpi" else can_see_scorecard)(who, subject)


def _takes_part(who: OracleCaller, schedule: Row) -> bool:
    if "participant_ids" in schedule:
        return str(who.id) in schedule["participant_ids"]
    found = who.facts.select_rows("kpi_review_participants", schedule_id=schedule["id"])
    return who.id in {each["person_id"] for each in found}


def can_see_review(who: OracleCaller, review: Row) -> bool:
    schedule = who.facts.find_row(review["schedule_id"])
    return schedule is not None and can_see_schedule(who, schedule)


def can_read_review_history(who: OracleCaller, review: Row) -> bool:
    schedule = who.facts.find_row(review["schedule_id"])
    return schedule is not None and can_hold_reviews(who, schedule)


def can_see_review_part(who: OracleCaller, part: Row) -> bool:
    return can_see_review(who, who.facts.rows_by_id[part["review_id"]])


def can_see_review_entry(who: OracleCaller, entry: Row) -> bool:
    return can_see_review_part(who, entry) and can_see_kpi(
        who, who.facts.rows_by_id[entry["kpi_id"]]
    )


def is_withheld(who: OracleCaller, entry: Row) -> bool:
    """Return whether a value that was looked at is about few people by now."""
    review = who.facts.rows_by_id[entry["review_id"]]
    present = who.facts.select_rows("kpi_measurements", kpi_id=entry["kpi_id"])
    replaced = who.facts.select_rows("kpi_measurement_revisions", kpi_id=entry["kpi_id"])
    later = [each for each in replaced if each["replaced_at"] >= review["created_at"]]
    return entry["compared_from"] is not None and any(
        each["state"] == "suppressed"
        and each["member_id"] is None
        and entry["compared_from"] <= each["starts_on"] <= entry["starts_on"]
        for each in present + later
    )
