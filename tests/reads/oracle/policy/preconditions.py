"""Preconditions of actions beside permission and state: related rows that block an action."""

from typing import Any

from tests.reads.dataset import Row
from tests.reads.oracle.policy.access_requests import cannot_be_decided
from tests.reads.oracle.policy.calibration import cannot_adjust_now, has_nothing_to_compare
from tests.reads.oracle.policy.feedback import can_answer_request, has_account, is_final
from tests.reads.oracle.policy.feedback_programs import find_own_ballot
from tests.reads.oracle.policy.reviews import takes_appeal
from tests.reads.oracle.policy.surveys import find_own_invitation
from tests.reads.oracle.relationships import (
    DatasetIndex,
    OracleCaller,
    ResourceOwner,
    is_assignment_running,
)

DOCUMENT_TABLES = {
    "RatingScale": "rating_scales",
    "CompetencyFramework": "competency_frameworks",
    "ReviewTemplate": "review_templates",
    "ScoreRule": "score_rules",
}


def is_blocked(  # noqa: C901, PLR0911, PLR0912 - one for each action
    who: OracleCaller, kind: str, action: str, row: Row
) -> bool:
    """Return whether related rows block an action."""
    facts, id = who.facts, row["id"]
    match kind, action:
        case "Goal", "DISCARD":
            return _has_rows(facts, "goals", parent_id=id)
        case "Issuer", _:
            is_last = action == "REMOVE" and len(facts.select_rows("issuers")) == 1
            return is_last or bool(row["is_shared"])
        case "Goal", "REASSIGN":
            return row["visibility"] != "public" and not _acts_as_owner(who, row)
        case (("RatingScale" | "CompetencyFramework" | "ReviewTemplate" | "ScoreRule"), "REVISE"):
            document = {"document_id": row["document_id"], "status": "draft"}
            return _has_rows(facts, DOCUMENT_TABLES[kind], **document)
        case "KpiReviewSchedule", "HOLD_KPI_REVIEW":
            return bool(row["status"] != "active")
        case "FeedbackRequest", "RENEW_LINK":
            return has_account(row)
        case "FeedbackRequest", "GIVE_FEEDBACK":
            return not can_answer_request(who, row)
        case "Feedback", _:
            return is_final(who, action, row)
        case "ReviewPacket", "SHARE":
            waits = row["release_on"] is not None and row["release_on"] > facts.today
            is_held = row["release"] == "all_at_once" or (row["release"] == "on_date" and waits)
            return is_held or (row["status"] == "decided" and bool(row["needs_approval"]))
        case "ReviewPacket", "FILE_REVIEW_APPEAL":
            return not takes_appeal(facts, row)
        case "Person", "GIVE_FEEDBACK":
            return _has_left(row, facts) or who.id in (None, id)
        case "ReviewCycle", "CREATE_CALIBRATION_SESSION":
            return has_nothing_to_compare(row)
        case "CalibrationSubject", "ADJUST":
            return cannot_adjust_now(who, row)
        case "FeedbackProgram", "WITHDRAW_RESPONSE":
            own = find_own_ballot(who, row)
            return own is None or not own["has_responded"]
        case "FeedbackProgram", "MAKE_LINKS":
            raters = facts.select_rows("feedback_program_raters", feedback_program_id=id)
            return all(each["person_id"] is not None for each in raters)
        case "Survey", ("RESPOND" | "WITHDRAW_RESPONSE"):
            own = find_own_invitation(who, row)
            return own is None or (action == "WITHDRAW_RESPONSE" and not own["has_responded"])
        case "ReviewNominationRound", "NOMINATE":
            return row["status"] == "choosing" and row["subject_id"] == who.id
        case "Role", "DELETE":
            return row["is_built_in"] or bool(facts.list_assignments(role_id=id))
        case "Organization", "HIRE_PERSON":
            return row["ends_on"] is not None
        case (
            ("Organization" | "Team"),
            (
                "CREATE_TEAM"
                | "CREATE_ORGANIZATION"
                | "CREATE_GOAL"
                | "CREATE_KPI"
                | "CREATE_SCORECARD"
            ),
        ):
            return row["ends_on"] is not None and row["ends_on"] <= facts.today
        case "Person", (
            "CREATE_GOAL"
            | "CREATE_ACTION_ITEM"
            | "CREATE_REVIEW_PACKET"
            | "LAUNCH_FEEDBACK_PROGRAM"
        ):
            return _has_left(row, facts)
        case "Person", "CREATE_MEMBER":
            return _has_left(row, facts) or _has_rows(facts, "members", person_id=id)
        case (("Organization" | "Team"), "REOPEN"):
            above = (row["parent_id"], row.get("organization_id"))
            ends = [facts.rows_by_id[each]["ends_on"] for each in above if each]
            return row["ends_on"] is None or any(ends)
        case "Team", "CLOSE":
            return _has_rows(facts, "teams", parent_id=id, ends_on=None)
        case "Organization", "CLOSE":
            below = _has_rows(facts, "organizations", parent_id=id, ends_on=None)
            teams = _has_rows(facts, "teams", organization_id=id, ends_on=None)
            people = facts.select_rows("people", organization_id=id)
            return below or teams or any(not _has_left(each, facts) for each in people)
        case "Person", "CANCEL_DEPARTURE":
            return row["left_on"] is None
        case "Person", ("REHIRE" | "ERASE"):
            return not _has_left(row, facts) or (action == "ERASE" and is_held(facts, id))
        case "Person", "RETURN_FROM_LEAVE":
            return not _has_rows(facts, "leaves", person_id=id)
        case "Person", "DEPART":
            lasting = {each["id"] for each in _find_admins(facts) if each["left_on"] is None}
            return lasting == {id}
        case "AccessRequest", "APPROVE" | "REFUSE":
            return cannot_be_decided(who, row)
        case "Member", "CHANGE_SUBJECT" | "EXPLAIN" | "PREVIEW" | "INVITE":
            return row["person_id"] is None
        case "Member", "RESTORE":
            return bool(row["subject"] == f"invited-{id.hex}")
        case "Member", "REMOVE" | "SUSPEND":
            present = {each["id"] for each in _find_admins(facts) if not _has_left(each, facts)}
            return present == {row["person_id"]} or _has_irrevocable_role(who, row)
    return False


def _acts_as_owner(who: OracleCaller, goal: Row) -> bool:
    """Return whether the caller, who may edit the goal, is its owner or acts for the owner."""
    if goal["owner_organization_id"] is not None or who.leads(goal["owner_team_id"]):
        return True
    owner_id = goal["owner_person_id"]
    is_gone = owner_id is not None and _has_left(who.facts.rows_by_id[owner_id], who.facts)
    return bool(owner_id == who.id or is_gone)


def _has_rows(facts: DatasetIndex, table: str, **having: Any) -> bool:
    return bool(facts.select_rows(table, **having))


def _has_left(person: Row, facts: DatasetIndex) -> bool:
    return person["left_on"] is not None and person["left_on"] <= facts.today


def _has_irrevocable_role(who: OracleCaller, member: Row) -> bool:
    """Return whether a member has a role, here or everywhere, that the caller may not revoke."""
    held = who.facts.select_rows("role_assignments", member_id=member["id"])
    return not all(
        who.holds("members:manage", ResourceOwner(unit=each["organization_id"])) for each in held
    )


def _find_admins(facts: DatasetIndex) -> list[Row]:
    """Find the people who administer the whole tenant."""
    (role,) = facts.select_rows("roles", key="tenant_admin")
    found = facts.select_rows("role_assignments", role_id=role["id"], organization_id=None)
    held = [each for each in found if is_assignment_running(each) and not each["expires_at"]]
    members = [facts.rows_by_id[each["member_id"]] for each in held]
    active = [each for each in members if each["status"] == "active" and each["person_id"]]
    return [facts.rows_by_id[each["person_id"]] for each in active]
