"""Who may see and do what with feedback programs."""

from tests.reads.dataset import Row
from tests.reads.oracle.policy.reviews import is_hr_of
from tests.reads.oracle.relationships import OracleCaller, ResourceOwner


def can_rate(who: OracleCaller, program: Row) -> bool:
    if who.id is None:
        return False
    if "rater_ids" in program:
        return str(who.id) in program["rater_ids"]
    asked = who.facts.select_rows("feedback_program_people", program_id=program["id"])
    return who.id in {each["person_id"] for each in asked}


def can_read_program_results(who: OracleCaller, program: Row) -> bool:
    if program["status"] != "published":
        return False
    readers = {
        "subject": [_is_subject(who, program)],
        "subject_and_manager": [_is_subject(who, program), who.manages(program["subject_id"])],
    }
    with_hr = [*readers["subject_and_manager"], is_hr_of(who, program)]
    return any(readers.get(program["audience"], with_hr))


def _is_subject(who: OracleCaller, program: Row) -> bool:
    return who.id is not None and program["subject_id"] == who.id


def can_see_program(who: OracleCaller, program: Row) -> bool:
    checks = (is_hr_of, can_rate, can_read_program_results)
    return any(check(who, program) for check in checks)


def can_see_program_totals(who: OracleCaller, program: Row) -> bool:
    return is_hr_of(who, program) or can_read_program_results(who, program)


def _get_program(who: OracleCaller, part: Row) -> Row:
    return who.facts.rows_by_id[part["feedback_program_id"]]


def can_see_program_result(who: OracleCaller, part: Row) -> bool:
    return can_read_program_results(who, _get_program(who, part))


def can_see_program_rater(who: OracleCaller, rater: Row) -> bool:
    program = _get_program(who, rater)
    is_own = who.id is not None and rater["person_id"] == who.id
    return is_hr_of(who, program) or (is_own and can_see_program(who, program))


def can_reveal_program_author(who: OracleCaller, program: Row) -> bool:
    subject = program["subject_id"]
    owner = ResourceOwner(subject, None, who.facts.find_unit_id(subject))
    return who.id != subject and who.holds("feedback:read_authors", owner)


def find_own_ballot(who: OracleCaller, program: Row) -> Row | None:
    """Return the caller as a rater of a program."""
    if who.id is None:
        return None
    key = {"feedback_program_id": program["id"], "person_id": who.id}
    found = who.facts.select_rows("feedback_program_raters", **key)
    return found[0] if found else None


def can_manage_program_schedule(who: OracleCaller, schedule: Row) -> bool:
    return who.holds("reviews:manage", ResourceOwner(unit=schedule["organization_id"]))
