"""Who may see and do what with surveys."""

from tests.reads.dataset import Row
from tests.reads.oracle.relationships import OracleCaller, ResourceOwner


def can_manage_surveys(who: OracleCaller, survey: Row) -> bool:
    return who.holds("surveys:manage", ResourceOwner(unit=survey["organization_id"]))


def can_see_survey(who: OracleCaller, survey: Row) -> bool:
    unit = survey["organization_id"]
    return unit is None or unit in who.unit_ids or can_manage_surveys(who, survey)


def can_see_schedule_part(who: OracleCaller, part: Row) -> bool:
    return can_see_survey(who, who.facts.rows_by_id[part["schedule_id"]])


def can_manage_bank(who: OracleCaller, _: Row) -> bool:
    return who.holds_over_everyone("surveys:manage")


def can_see_survey_part(who: OracleCaller, part: Row) -> bool:
    return can_see_survey(who, who.facts.rows_by_id[part["survey_id"]])


def can_see_survey_invitation(who: OracleCaller, invitation: Row) -> bool:
    is_own = who.id is not None and invitation["person_id"] == who.id
    return is_own and can_see_survey_part(who, invitation)


def can_see_survey_result(who: OracleCaller, result: Row) -> bool:
    survey = who.facts.rows_by_id[result["survey_id"]]
    if can_manage_surveys(who, survey):
        return True
    is_shared = survey["audience"] == "everyone" and result["scope"] == "overall"
    return is_shared and can_see_survey(who, survey)


def can_see_survey_comment(who: OracleCaller, comment: Row) -> bool:
    return can_manage_surveys(who, who.facts.rows_by_id[comment["survey_id"]])


def find_own_invitation(who: OracleCaller, survey: Row) -> Row | None:
    """Return the caller's invitation to a survey."""
    if who.id is None:
        return None
    found = who.facts.select_rows("survey_invitations", survey_id=survey["id"], person_id=who.id)
    return found[0] if found else None
