"""Who may take which action."""

from tests.reads.dataset import Row
from tests.reads.oracle.policy.access_check import AccessCheck
from tests.reads.oracle.policy.action_items import can_ask_person, can_change_action_item
from tests.reads.oracle.policy.alerts import can_answer_alert, can_set_alert_rule
from tests.reads.oracle.policy.annotations import can_edit_annotation
from tests.reads.oracle.policy.bulk_operations import BULK_ACTIONS
from tests.reads.oracle.policy.calibration import can_adjust, can_facilitate, can_lead_session
from tests.reads.oracle.policy.custom_fields import CUSTOM_FIELD_ACTIONS
from tests.reads.oracle.policy.directory import (
    can_correct_person,
    can_edit_person,
    can_erase_person,
    can_export_person,
    can_lead_or_manage_team,
    can_manage_employment,
    can_manage_team,
    can_manage_unit,
    can_merge_person,
    get_person_owner,
    get_team_owner,
)
from tests.reads.oracle.policy.feedback import (
    can_acknowledge_feedback,
    can_cancel_request,
    can_change_feedback_audience,
    can_give_feedback,
    can_withdraw_feedback,
)
from tests.reads.oracle.policy.feedback_programs import can_manage_program_schedule, can_rate
from tests.reads.oracle.policy.goals import can_edit_goal, can_manage_goal
from tests.reads.oracle.policy.kpi_reviews import can_hold_reviews
from tests.reads.oracle.policy.kpis import (
    can_define_kpi,
    can_edit_kpi,
    can_record_kpi,
    can_see_kpi,
)
from tests.reads.oracle.policy.legal_holds import LEGAL_HOLD_ACTIONS
from tests.reads.oracle.policy.members import MEMBER_ACTIONS, require_tenant_wide_grant
from tests.reads.oracle.policy.nominations import (
    can_decide_on_nomination,
    can_nominate,
    can_propose,
)
from tests.reads.oracle.policy.partners import PARTNER_ACTIONS
from tests.reads.oracle.policy.preconditions import is_blocked
from tests.reads.oracle.policy.review_cycles import can_manage_cycle, can_run_reviews_in
from tests.reads.oracle.policy.review_scores import can_approve
from tests.reads.oracle.policy.reviews import (
    DOCUMENT_ACTIONS,
    can_assign_appeal,
    can_create_packet,
    can_decide,
    can_decide_appeal,
    can_decline,
    can_manage_reviews,
    can_reopen,
    can_resolve,
    can_write,
    is_hr_of,
    is_subject,
)
from tests.reads.oracle.policy.scorecards import can_edit_scorecard
from tests.reads.oracle.policy.surveys import can_manage_bank, can_manage_surveys, can_see_survey
from tests.reads.oracle.policy.sync_runs import SYNC_RUN_ACTIONS
from tests.reads.oracle.relationships import OracleCaller, ResourceOwner

OPEN_STATUSES, CLOSED_STATUSES = ("draft", "active"), ("achieved", "missed", "abandoned")
ANY_STATUS: tuple[str, ...] = ()
UNERASED = ("current",)
CORRECTIONS = ("CORRECT_EMPLOYMENT", "CORRECT_JOB", "WITHDRAW_JOB")
CORRECTIONS += ("CORRECT_LEAVE", "CORRECT_LINE", "ADD_PAST_LINE")


def _can_create_goal(kind: str) -> AccessCheck:
    """Return who may create a public goal of such an owner."""
    nobody = dict.fromkeys(f"owner_{each}_id" for each in ("person", "team", "organization"))
    goal = {**nobody, "visibility": "public"}
    return lambda who, owner: can_edit_goal(who, goal | {f"owner_{kind}_id": owner["id"]})


def _can_create_team(who: OracleCaller, place: Row) -> bool:
    if "kind" in place:  # a unit
        return who.holds("teams:manage", ResourceOwner(unit=place["id"]))
    return who.holds("teams:manage", get_team_owner(place))


def _can_hire(who: OracleCaller, unit: Row) -> bool:
    place = ResourceOwner(unit=unit["id"])
    return who.holds("people:manage", place) and who.holds("employment:manage", place)


def _can_always(_: OracleCaller, __: Row) -> bool:
    return True


def _can_hire_anywhere(who: OracleCaller, _: Row) -> bool:
    return all(map(who.holds_over_everyone, ("people:manage", "employment:manage")))


def _can_create_unit(who: OracleCaller, unit: Row) -> bool:
    return who.holds("organizations:manage", ResourceOwner(unit=unit["id"]))


def _can_create_member(who: OracleCaller, person: Row) -> bool:
    return who.holds("members:manage", get_person_owner(person))


def _can_give_feedback(who: OracleCaller, person: Row) -> bool:
    return can_give_feedback(who, {"subject_id": person["id"]})


def _can_create_kpi(kind: str) -> AccessCheck:
    """Return who may create a KPI of such a unit or team."""
    scope = {"organization_id": None, "team_id": None}
    return lambda who, place: can_define_kpi(who, scope | {f"{kind}_id": place["id"]})


def _can_create_cycle(who: OracleCaller, unit: Row) -> bool:
    return can_run_reviews_in(who, unit["id"])


def _can_create_cycle_anywhere(who: OracleCaller, _: Row) -> bool:
    return all(map(who.holds_over_everyone, ("reviews:manage", "employment:manage")))


def _can_launch_survey(who: OracleCaller, unit: Row) -> bool:
    return can_manage_surveys(who, {"organization_id": unit["id"]})


def _can_launch_program(who: OracleCaller, person: Row) -> bool:
    return is_hr_of(who, {"subject_id": person["id"]})


def _can_create_packet(who: OracleCaller, person: Row) -> bool:
    return can_create_packet(who, {"subject_id": person["id"]})


ACTION_RULES: dict[str, list[tuple[str, AccessCheck, tuple[str, ...]]]] = {
    "Goal": [
        ("EDIT", can_edit_goal, OPEN_STATUSES),
        ("ALIGN", can_edit_goal, OPEN_STATUSES),
        ("REASSIGN", can_edit_goal, OPEN_STATUSES),
        ("ACTIVATE", can_edit_goal, ("draft",)),
        ("DISCARD", can_edit_goal, ("draft",)),
        ("CHECK_IN", can_edit_goal, ("active",)),
        ("ACHIEVE", can_edit_goal, ("active",)),
        ("MARK_MISSED", can_edit_goal, ("active",)),
        ("ABANDON", can_edit_goal, ("active",)),
        ("REOPEN", can_edit_goal, CLOSED_STATUSES),
        ("ADD_EXTERNAL_REFERENCE", can_manage_goal, ANY_STATUS),
        ("REMOVE_EXTERNAL_REFERENCE", can_manage_goal, ANY_STATUS),
    ],
    "RatingScale": DOCUMENT_ACTIONS,
    "CompetencyFramework": DOCUMENT_ACTIONS,
    "ReviewTemplate": DOCUMENT_ACTIONS,
    "ScoreRule": DOCUMENT_ACTIONS,
    "ReviewCycle": [
        ("EDIT", can_manage_cycle, ("draft",)),
        *((name, can_manage_cycle, ("draft", "running")) for name in ("PLAN", "LAUNCH", "CANCEL")),
        ("ADVANCE", can_manage_cycle, ("running",)),
        ("SHARE", can_manage_cycle, ("running", "closed")),
        ("ADD_PARTICIPANT", can_manage_cycle, ("running",)),
        ("REMOVE_PARTICIPANT", can_manage_cycle, ("running",)),
        ("EXTEND_PARTICIPANT", can_manage_cycle, ("running",)),
        ("COMPUTE_FAIRNESS", can_manage_cycle, ("closed",)),
        ("CREATE_CALIBRATION_SESSION", can_manage_cycle, ANY_STATUS),
    ],
    "CalibrationSession": [
        ("EDIT", can_manage_cycle, ("draft",)),
        ("OPEN", can_facilitate, ("draft",)),
        ("SHOW_NAMES", can_facilitate, ("open",)),
        ("LOCK", can_facilitate, ("open",)),
        ("CANCEL", can_lead_session, ("draft", "open")),
    ],
    "CalibrationSubject": [("ADJUST", can_adjust, ANY_STATUS)],
    "FeedbackProgram": [
        ("RESPOND", can_rate, ("open",)),
        ("WITHDRAW_RESPONSE", can_rate, ("open",)),
        ("MAKE_LINKS", is_hr_of, ("open",)),
        ("CLOSE", is_hr_of, ("open",)),
        ("CANCEL", is_hr_of, ("open",)),
    ],
    "Survey": [
        ("RESPOND", can_see_survey, ("open",)),
        ("WITHDRAW_RESPONSE", can_see_survey, ("open",)),
        ("CLOSE", can_manage_surveys, ("open",)),
        ("CANCEL", can_manage_surveys, ("open",)),
    ],
    "SurveyBankQuestion": [("RETIRE", can_manage_bank, ("active",))],
    "SurveySchedule": [(each, can_manage_surveys, ("active",)) for each in ("EDIT", "END")],
    "FeedbackProgramSchedule": [
        (each, can_manage_program_schedule, ("active",)) for each in ("EDIT", "END")
    ],
    "ReviewPacket": [
        ("COMPUTE_SCORE", can_decide, ("collecting",)),
        ("DECIDE", can_decide, ("collecting", "decided", "approved")),
        ("APPROVE", can_approve, ("decided",)),
        ("RETURN", can_approve, ("decided", "approved")),
        ("SHARE", can_decide, ("decided", "approved")),
        ("CANCEL", is_hr_of, ("collecting", "decided", "approved")),
        ("ACKNOWLEDGE", is_subject, ("shared",)),
        ("REFUSE_TO_SIGN", is_subject, ("shared",)),
        ("DISPUTE", is_subject, ("shared",)),
        ("RESOLVE", can_resolve, ("disputed",)),
        ("TRANSFER", is_hr_of, ("collecting",)),
        ("EXTEND", is_hr_of, ("collecting", "decided", "approved")),
        ("FILE_REVIEW_APPEAL", is_subject, ANY_STATUS),
    ],
    "ReviewAppeal": [
        ("ASSIGN", can_assign_appeal, ("filed", "under_review")),
        ("DECIDE", can_decide_appeal, ("under_review",)),
        ("WITHDRAW", is_subject, ("filed", "under_review")),
    ],
    "Review": [
        ("SAVE_ANSWER", can_write, ("not_started", "draft")),
        ("SUBMIT", can_write, ("not_started", "draft")),
        ("REOPEN", can_reopen, ("submitted",)),
        ("SET_STAND_IN", is_hr_of, ("not_started", "draft")),
        ("DECLINE_NOMINATION", can_decline, ("not_started", "draft")),
    ],
    "ReviewNominationRound": [
        ("NOMINATE", can_nominate, ("proposing", "choosing")),
        ("WITHDRAW_NOMINATION", can_propose, ("proposing", "choosing")),
    ],
    "ReviewNomination": [
        ("APPROVE_NOMINATION", can_decide_on_nomination, ("proposed", "rejected")),
        ("REJECT_NOMINATION", can_decide_on_nomination, ("proposed", "approved", "declined")),
    ],
    "FairnessAttribute": [
        ("SET_VALUES", require_tenant_wide_grant("employment:manage"), ANY_STATUS),
    ],
    "SyncRun": SYNC_RUN_ACTIONS,
    **PARTNER_ACTIONS,
    **BULK_ACTIONS,
    "WorkCalendar": [
        (name, require_tenant_wide_grant("settings:manage"), ANY_STATUS)
        for name in ("EDIT", "SET_DAY", "RESET_DAY")
    ],
    "ActionItem": [
        ("EDIT", can_change_action_item, ("open",)),
        ("COMPLETE", can_change_action_item, ("open",)),
        ("CANCEL", can_change_action_item, ("open",)),
        ("REOPEN", can_change_action_item, ("completed", "cancelled")),
    ],
    "Feedback": [
        ("ACKNOWLEDGE", can_acknowledge_feedback, ("given",)),
        ("CHANGE_AUDIENCE", can_change_feedback_audience, ANY_STATUS),
        ("WITHDRAW", can_withdraw_feedback, ("given",)),
    ],
    "FeedbackRequest": [
        ("CANCEL", can_cancel_request, ("open",)),
        ("RENEW_LINK", can_cancel_request, ("open",)),
        ("GIVE_FEEDBACK", can_give_feedback, ANY_STATUS),
    ],
    "Kpi": [
        ("EDIT", can_edit_kpi, ("active",)),
        ("REDEFINE", can_edit_kpi, ("active",)),
        ("RECORD_MEASUREMENTS", can_record_kpi, ("active",)),
        ("RESTATE_MEASUREMENT", can_record_kpi, ("active",)),
        ("WITHDRAW_MEASUREMENT", can_record_kpi, ("active",)),
        ("SET_TARGET", can_edit_kpi, ("active",)),
        ("END_TARGET", can_edit_kpi, ("active",)),
        ("SET_DIMENSION", can_edit_kpi, ("active",)),
        ("REMOVE_DIMENSION", can_edit_kpi, ("active",)),
        ("RESET_BASELINE", can_edit_kpi, ("active",)),
        ("REMOVE_BASELINE", can_edit_kpi, ("active",)),
        ("IMPORT_BENCHMARKS", can_edit_kpi, ("active",)),
        ("MARK_SEEN", can_see_kpi, ("active",)),
        ("ARCHIVE", can_edit_kpi, ("active",)),
        ("RESTORE", can_edit_kpi, ("archived",)),
        ("CREATE_ALERT_RULE", can_edit_kpi, ANY_STATUS),
        ("CREATE_ANNOTATION", can_edit_kpi, ANY_STATUS),
        ("CREATE_KPI_REVIEW_SCHEDULE", can_edit_kpi, ANY_STATUS),
    ],
    "AlertRule": [(name, can_set_alert_rule, ANY_STATUS) for name in ("EDIT", "DELETE")],
    "Alert": [
        ("ACKNOWLEDGE", can_answer_alert, ("open", "snoozed")),
        ("SNOOZE", can_answer_alert, ("open", "snoozed")),
        ("ASSIGN", can_answer_alert, ("open", "snoozed")),
        ("SET_GOAL", can_answer_alert, ("open", "snoozed", "acknowledged")),
    ],
    "Annotation": [
        ("EDIT", can_edit_annotation, ANY_STATUS),
        ("DELETE", can_edit_annotation, ANY_STATUS),
    ],
    "Scorecard": [
        ("EDIT", can_edit_scorecard, ("active",)),
        ("ARCHIVE", can_edit_scorecard, ("active",)),
        ("RESTORE", can_edit_scorecard, ("archived",)),
        ("CREATE_KPI_REVIEW_SCHEDULE", can_edit_scorecard, ANY_STATUS),
    ],
    "KpiReview": [],
    "KpiReviewSchedule": [
        (name, can_hold_reviews, ("active",)) for name in ("EDIT", "END", "HOLD_KPI_REVIEW")
    ],
    "Person": [
        ("EDIT", can_edit_person, UNERASED),
        ("ASSIGN_MANAGER", can_edit_person, UNERASED),
        ("END_LINE", can_edit_person, UNERASED),
        ("CHANGE_EMPLOYEE_NUMBER", can_manage_employment, UNERASED),
        ("ADD_EXTERNAL_REFERENCE", can_manage_employment, UNERASED),
        ("REMOVE_EXTERNAL_REFERENCE", can_manage_employment, UNERASED),
        ("CHANGE_JOB", can_manage_employment, UNERASED),
        ("START_LEAVE", can_manage_employment, UNERASED),
        ("RETURN_FROM_LEAVE", can_manage_employment, UNERASED),
        ("DEPART", can_manage_employment, UNERASED),
        ("CANCEL_DEPARTURE", can_manage_employment, UNERASED),
        ("REHIRE", can_manage_employment, UNERASED),
        *((each, can_correct_person, UNERASED) for each in CORRECTIONS),
        ("MERGE", can_merge_person, UNERASED),
        ("ERASE", can_erase_person, UNERASED),
        ("EXPORT", can_export_person, UNERASED),
        ("CREATE_ACTION_ITEM", lambda who, person: can_ask_person(who, person["id"]), ANY_STATUS),
        ("GIVE_FEEDBACK", _can_give_feedback, ANY_STATUS),
        ("LAUNCH_FEEDBACK_PROGRAM", _can_launch_program, ANY_STATUS),
        ("CREATE_GOAL", _can_create_goal("person"), ANY_STATUS),
        ("CREATE_MEMBER", _can_create_member, ANY_STATUS),
        ("CREATE_REVIEW_PACKET", _can_create_packet, ANY_STATUS),
    ],
    "Team": [
        ("EDIT", can_lead_or_manage_team, ANY_STATUS),
        ("ADD_MEMBER", can_lead_or_manage_team, ANY_STATUS),
        ("CHANGE_MEMBERSHIP", can_lead_or_manage_team, ANY_STATUS),
        ("END_MEMBERSHIP", can_lead_or_manage_team, ANY_STATUS),
        *((each, can_manage_team, ANY_STATUS) for each in ("MOVE", "CLOSE", "REOPEN")),
        ("ADD_EXTERNAL_REFERENCE", can_manage_team, ANY_STATUS),
        ("REMOVE_EXTERNAL_REFERENCE", can_manage_team, ANY_STATUS),
        ("CREATE_ANNOTATION", _can_create_kpi("team"), ANY_STATUS),
        ("CREATE_GOAL", _can_create_goal("team"), ANY_STATUS),
        ("CREATE_KPI", _can_create_kpi("team"), ANY_STATUS),
        ("CREATE_SCORECARD", _can_create_kpi("team"), ANY_STATUS),
        ("CREATE_TEAM", _can_create_team, ANY_STATUS),
    ],
    "Organization": [
        (name, can_manage_unit, ANY_STATUS)
        for name in (
            *("EDIT", "MOVE", "CLOSE", "REOPEN"),
            *("ADD_EXTERNAL_REFERENCE", "REMOVE_EXTERNAL_REFERENCE"),
        )
    ]
    + [
        ("CREATE_ANNOTATION", _can_create_kpi("organization"), ANY_STATUS),
        ("CREATE_FEEDBACK_PROGRAM_SCHEDULE", _can_create_cycle, ANY_STATUS),
        ("CREATE_GOAL", _can_create_goal("organization"), ANY_STATUS),
        ("CREATE_KPI", _can_create_kpi("organization"), ANY_STATUS),
        ("CREATE_ORGANIZATION", _can_create_unit, ANY_STATUS),
        ("HIRE_PERSON", _can_hire, ANY_STATUS),
        ("CREATE_REVIEW_CYCLE", _can_create_cycle, ANY_STATUS),
        ("CREATE_SCORECARD", _can_create_kpi("organization"), ANY_STATUS),
        ("LAUNCH_SURVEY", _can_launch_survey, ANY_STATUS),
        ("CREATE_SURVEY_SCHEDULE", _can_launch_survey, ANY_STATUS),
        ("CREATE_TEAM", _can_create_team, ANY_STATUS),
    ],
    **LEGAL_HOLD_ACTIONS,
    "CustomField": CUSTOM_FIELD_ACTIONS,
    "Member": MEMBER_ACTIONS,
    "Role": [
        (name, require_tenant_wide_grant("roles:manage"), ANY_STATUS)
        for name in ("EDIT", "SET_GRANTS", "DELETE")
    ],
    "Tenant": [
        ("EDIT", require_tenant_wide_grant("settings:manage"), ANY_STATUS),
        ("RUN_BULK_OPERATION", _can_always, ANY_STATUS),
        ("CREATE_COMPETENCY_FRAMEWORK", can_manage_reviews, ANY_STATUS),
        ("CREATE_CUSTOM_FIELD", require_tenant_wide_grant("settings:manage"), ANY_STATUS),
        ("CREATE_FEEDBACK_PROGRAM_SCHEDULE", can_manage_reviews, ANY_STATUS),
        ("CREATE_ORGANIZATION", require_tenant_wide_grant("organizations:manage"), ANY_STATUS),
        ("HIRE_PERSON", _can_hire_anywhere, ANY_STATUS),
        ("CREATE_RATING_SCALE", can_manage_reviews, ANY_STATUS),
        ("CREATE_REVIEW_CYCLE", _can_create_cycle_anywhere, ANY_STATUS),
        ("CREATE_REVIEW_TEMPLATE", can_manage_reviews, ANY_STATUS),
        ("CREATE_SCORE_RULE", can_manage_reviews, ANY_STATUS),
        ("CREATE_ROLE", require_tenant_wide_grant("roles:manage"), ANY_STATUS),
        ("CREATE_SERVICE_CLIENT", require_tenant_wide_grant("members:manage"), ANY_STATUS),
        ("CREATE_STAGED_UPLOAD", _can_always, ANY_STATUS),
        ("CREATE_WEBHOOK", require_tenant_wide_grant("members:manage"), ANY_STATUS),
        ("LAUNCH_SURVEY", require_tenant_wide_grant("surveys:manage"), ANY_STATUS),
        ("CREATE_SURVEY_BANK_QUESTION", can_manage_bank, ANY_STATUS),
        ("CREATE_SURVEY_SCHEDULE", require_tenant_wide_grant("surveys:manage"), ANY_STATUS),
        ("CREATE_WORK_CALENDAR", require_tenant_wide_grant("settings:manage"), ANY_STATUS),
    ],
}


def is_in_state(row: Row, states: tuple[str, ...]) -> bool:
    """Return whether an object is in one of these states, or whether any state will do."""
    state = row.get("record_status") or row.get("status") or row.get("state") or "current"
    return not states or state in states


def list_actions(who: OracleCaller, kind: str, row: Row) -> list[str]:
    """List the actions that the caller may take on an object in its state."""
    return [
        name.lower()
        for name, rule, states in ACTION_RULES[kind]
        if is_in_state(row, states) and rule(who, row) and not is_blocked(who, kind, name, row)
    ]
