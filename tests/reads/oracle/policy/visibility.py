"""Who may see which object, field and entry."""

from tests.reads.dataset import Row
from tests.reads.oracle.journal_facts import (
    GUARDED_EVENTS,
    PLANNED_EVENTS,
    holds_then_and_now,
)
from tests.reads.oracle.node_types import TYPE_BY_ENTITY
from tests.reads.oracle.policy.access_check import AccessCheck
from tests.reads.oracle.policy.access_requests import can_see_request
from tests.reads.oracle.policy.action_items import can_change_action_item, can_see_task
from tests.reads.oracle.policy.alerts import can_read_alert_history, can_see_alert
from tests.reads.oracle.policy.annotations import (
    can_read_annotation_history,
    can_see_annotation,
)
from tests.reads.oracle.policy.bulk_operations import owns
from tests.reads.oracle.policy.calibration import (
    can_lead_session,
    can_read_row_history,
    can_see_name,
    can_see_row,
    can_see_session,
)
from tests.reads.oracle.policy.custom_fields import can_read_field_history
from tests.reads.oracle.policy.directory import (
    can_lead_or_manage_team,
    can_manage_team,
    can_manage_unit,
    can_read_person_history,
    can_read_team_history,
    can_read_unit_history,
    can_see_employment,
    can_see_person,
    can_see_person_plans,
    can_see_team,
    can_see_unit,
)
from tests.reads.oracle.policy.feedback import (
    can_read_feedback_history,
    can_see_feedback,
    can_see_feedback_author,
    is_party_of_request,
)
from tests.reads.oracle.policy.feedback_programs import (
    can_manage_program_schedule,
    can_see_program,
    can_see_program_rater,
    can_see_program_result,
)
from tests.reads.oracle.policy.goals import can_manage_goal, can_read_goal_history, can_see_goal
from tests.reads.oracle.policy.kpi_reviews import (
    can_hold_reviews,
    can_read_review_history,
    can_see_review,
    can_see_review_entry,
    can_see_review_part,
    can_see_schedule,
)
from tests.reads.oracle.policy.kpis import (
    can_read_kpi_history,
    can_see_kpi,
    can_see_kpi_member,
    can_see_kpi_value,
)
from tests.reads.oracle.policy.legal_holds import can_manage_hold
from tests.reads.oracle.policy.members import (
    can_see_member,
    can_see_role,
    get_member_owner,
    require_tenant_wide_grant,
)
from tests.reads.oracle.policy.nominations import (
    can_see_nomination,
    can_see_proposal,
    can_see_round,
)
from tests.reads.oracle.policy.partners import can_see_issuer
from tests.reads.oracle.policy.retention import can_read_retention_history, can_set_retention
from tests.reads.oracle.policy.review_cycles import can_manage_cycle, can_see_cycle_part
from tests.reads.oracle.policy.review_scores import can_read_score, can_read_score_part
from tests.reads.oracle.policy.reviews import (
    can_manage_reviews,
    can_read_answer,
    can_see_appeal,
    can_see_document,
    can_see_form,
    can_see_packet,
    is_hr_of,
)
from tests.reads.oracle.policy.scorecards import (
    can_read_scorecard_history,
    can_see_scorecard,
    can_see_scorecard_entry,
)
from tests.reads.oracle.policy.surveys import (
    can_manage_bank,
    can_manage_surveys,
    can_see_schedule_part,
    can_see_survey,
    can_see_survey_comment,
    can_see_survey_invitation,
    can_see_survey_part,
    can_see_survey_result,
)
from tests.reads.oracle.policy.sync_runs import can_manage_everybody
from tests.reads.oracle.relationships import OracleCaller

"""The fields that need more than permission to see the object."""


def _inherit_visibility(column: str, kind: str) -> AccessCheck:
    def sees(who: OracleCaller, part: Row) -> bool:
        whole = who.facts.find_row(part[column])
        return whole is not None and can_see(who, kind, whole)

    return sees


def can_see_plans(who: OracleCaller, kind: str, part: Row) -> bool:
    """Return whether the caller may see planned changes of the object that a part belongs to."""
    column, plans = PLANNABLE_PARTS[kind]
    return plans(who, who.facts.rows_by_id[part[column]])


def _can_see_membership(who: OracleCaller, part: Row) -> bool:
    now = part["starts_on"] <= who.facts.today
    known = part["person_id"] == who.id or _inherit_visibility("team_id", "Team")(who, part)
    return (now and known) or can_see_plans(who, "Membership", part)


def _can_see_reporting_line(who: OracleCaller, part: Row) -> bool:
    now = part["starts_on"] <= who.facts.today
    return (now and _inherit_visibility("person_id", "Person")(who, part)) or can_see_plans(
        who, "ReportingLine", part
    )


def _can_see_employment_part(who: OracleCaller, part: Row) -> bool:
    person = who.facts.find_row(part["person_id"])
    return person is not None and can_see_employment(who, person)


def _can_see_job(who: OracleCaller, job: Row) -> bool:
    person = who.facts.rows_by_id[job["person_id"]]
    is_known = job["starts_on"] <= who.facts.today and job["state"] == "current"
    return can_see_employment(who, person) and (is_known or can_see_person_plans(who, person))


def _can_see_unit_reference(who: OracleCaller, part: Row) -> bool:
    return can_manage_unit(who, who.facts.rows_by_id[part["organization_id"]])


def _can_see_team_reference(who: OracleCaller, part: Row) -> bool:
    return can_manage_team(who, who.facts.rows_by_id[part["team_id"]])


def _can_see_goal_reference(who: OracleCaller, part: Row) -> bool:
    return can_manage_goal(who, who.facts.rows_by_id[part["goal_id"]])


def _can_see_journal_entry(who: OracleCaller, entry: Row) -> bool:
    kind = TYPE_BY_ENTITY[entry["entity"]]
    return holds_then_and_now(entry, who, HISTORY_CHECKS[kind]) and may_know_event(who, entry)


def may_know_event(who: OracleCaller, entry: Row) -> bool:
    """Return whether the caller may know the fact that an event stands for."""
    if entry["action"] in PLANNED_EVENTS.get(entry["entity"], ()):
        is_plan = entry["effective_on"] is not None and entry["effective_on"] > who.facts.today
        may_plan = can_see_person_plans if entry["entity"] == "person" else can_lead_or_manage_team
        if is_plan and not holds_then_and_now(entry, who, may_plan):
            return False
    if entry["action"] not in GUARDED_EVENTS.get(entry["entity"], ()):
        return True
    checks: dict[str, AccessCheck] = {
        "person": can_see_employment,
        "organization": can_manage_unit,
        "team": can_manage_team,
        "goal": can_manage_goal,
        "calibration_subject": can_see_name,
    }
    check = checks.get(entry["entity"], can_see_feedback_author)
    return holds_then_and_now(entry, who, check)


PLANNABLE_PARTS: dict[str, tuple[str, AccessCheck]] = {
    "Membership": ("team_id", can_lead_or_manage_team),
    "ReportingLine": ("person_id", can_see_person_plans),
}
"""Parts that may lie in the future: their object's table, and who may plan for it."""


VISIBILITY_CHECKS: dict[str, AccessCheck] = {
    "Person": can_see_person,
    "Team": can_see_team,
    "Organization": can_see_unit,
    "Goal": can_see_goal,
    "Kpi": can_see_kpi,
    "ActionItem": can_change_action_item,
    "Task": can_see_task,
    "RatingScale": can_see_document,
    "CompetencyFramework": can_see_document,
    "ReviewTemplate": can_see_document,
    "ScoreRule": can_see_document,
    **dict.fromkeys(("ScoreStep", "ScoreCondition"), _inherit_visibility("rule_id", "ScoreRule")),
    "ReviewScore": can_read_score,
    **dict.fromkeys(("ReviewScoreComponent", "ReviewScoreStep"), can_read_score_part),
    "ReviewCycle": can_manage_cycle,
    **dict.fromkeys(
        (
            *("ReviewCycleDirection", "ReviewCyclePhase", "ReviewCycleSelection"),
            *("ReviewCycleGroup", "ReviewCycleGroupPhase"),
            *("ReviewParticipant", "FairnessFigure", "FairnessGroup"),
        ),
        can_see_cycle_part,
    ),
    "ReviewPacket": can_see_packet,
    "Review": can_see_form,
    "ReviewAppeal": can_see_appeal,
    "ReviewAnswer": can_read_answer,
    "CalibrationSession": can_see_session,
    "CalibrationSubject": can_see_row,
    "CalibrationAdjustment": can_see_row,
    "ReviewNominationRound": can_see_round,
    "ReviewProposal": can_see_proposal,
    "ReviewNomination": can_see_nomination,
    **dict.fromkeys(
        ("ReviewSection", "ReviewQuestion", "ReviewChoice", "ReviewCareerGroup"),
        _inherit_visibility("template_id", "ReviewTemplate"),
    ),
    **dict.fromkeys(
        ("Competency", "CompetencyTrack", "CompetencyLevel", "CompetencyExpectation"),
        _inherit_visibility("framework_id", "CompetencyFramework"),
    ),
    "FeedbackProgram": can_see_program,
    "FeedbackProgramRater": can_see_program_rater,
    "FeedbackProgramResult": can_see_program_result,
    "FeedbackProgramAnswer": can_see_program_result,
    "Survey": can_see_survey,
    "SurveyBankQuestion": lambda _who, _row: True,
    "SurveySchedule": can_see_survey,
    "FeedbackProgramSchedule": can_manage_program_schedule,
    "SurveyScheduleQuestion": can_see_schedule_part,
    "SurveyQuestion": can_see_survey_part,
    "SurveyChoice": can_see_survey_part,
    "SurveyInvitation": can_see_survey_invitation,
    "SurveyResult": can_see_survey_result,
    "SurveyShare": can_see_survey_result,
    "SurveyComment": can_see_survey_comment,
    "RatingLevel": _inherit_visibility("scale_id", "RatingScale"),
    "ServiceClient": require_tenant_wide_grant("members:read"),
    "ServiceClientKey": _inherit_visibility("service_client_id", "ServiceClient"),
    "SyncRun": can_manage_everybody,
    "SyncRunCounts": _inherit_visibility("sync_run_id", "SyncRun"),
    "SyncRunIssue": _inherit_visibility("sync_run_id", "SyncRun"),
    **dict.fromkeys(("StagedUpload", "BulkOperation"), owns),
    "Issuer": can_see_issuer,
    "Webhook": require_tenant_wide_grant("members:manage"),
    "WebhookDelivery": _inherit_visibility("webhook_id", "Webhook"),
    "WorkCalendar": lambda _, __: True,
    "CustomField": lambda _, __: True,
    "AccessRequest": can_see_request,
    "AccessRequestGrant": _inherit_visibility("access_request_id", "AccessRequest"),
    "LegalHold": can_manage_hold,
    "RetentionPolicy": can_set_retention,
    "FairnessAttribute": lambda _, __: True,
    "FairnessValue": lambda _, __: False,
    "CalendarDay": lambda _, __: True,
    "KpiDefinition": _inherit_visibility("kpi_id", "Kpi"),
    "KpiDimension": _inherit_visibility("kpi_id", "Kpi"),
    "KpiDimensionMember": can_see_kpi_member,
    "KpiMeasurement": can_see_kpi_value,
    "KpiMeasurementRevision": can_see_kpi_value,
    "KpiValueRequest": lambda _, __: False,
    "KpiView": lambda _, __: False,
    "FreeDay": lambda _, __: False,
    **dict.fromkeys(
        ("BallotBatch", "PendingReference", "PendingGoalReference"), lambda _, __: False
    ),
    "SourceVersion": lambda _, __: False,
    **dict.fromkeys(("SyncRunChange", "SyncRunPerson", "SyncRunRow"), lambda _, __: False),
    "KpiBaseline": _inherit_visibility("kpi_id", "Kpi"),
    "KpiBenchmark": _inherit_visibility("kpi_id", "Kpi"),
    "KpiTarget": can_see_kpi_value,
    "KpiFormulaInput": _inherit_visibility("definition_id", "KpiDefinition"),
    "AlertRule": can_see_alert,
    "Alert": can_see_alert,
    "Annotation": can_see_annotation,
    "Feedback": can_see_feedback,
    "FeedbackRequest": is_party_of_request,
    "KpiReviewSchedule": can_see_schedule,
    "KpiReview": can_see_review,
    "KpiReviewEntry": can_see_review_entry,
    "KpiReviewDecision": can_see_review_part,
    "Scorecard": can_see_scorecard,
    "ScorecardEntry": can_see_scorecard_entry,
    "Member": can_see_member,
    "Role": can_see_role,
    "Tenant": lambda _, __: True,
    "KeyResult": _inherit_visibility("goal_id", "Goal"),
    "CheckIn": _inherit_visibility("goal_id", "Goal"),
    "CheckInValue": _inherit_visibility("check_in_id", "CheckIn"),
    "Membership": _can_see_membership,
    "ReportingLine": _can_see_reporting_line,
    "Employment": _can_see_employment_part,
    "Leave": _can_see_employment_part,
    "Job": _can_see_job,
    "PersonReference": _can_see_employment_part,
    "OrganizationReference": _can_see_unit_reference,
    "TeamReference": _can_see_team_reference,
    "GoalReference": _can_see_goal_reference,
    "RoleAssignment": _inherit_visibility("member_id", "Member"),
    "RoleGrant": _inherit_visibility("role_id", "Role"),
    "JournalEntry": _can_see_journal_entry,
}


HISTORY_CHECKS: dict[str, AccessCheck] = {
    "ServiceClient": require_tenant_wide_grant("audit:read"),
    "SyncRun": can_manage_everybody,
    **dict.fromkeys(
        ("Webhook", "StagedUpload", "BulkOperation"), require_tenant_wide_grant("audit:read")
    ),
    **dict.fromkeys(("Issuer", "AccessRequest"), require_tenant_wide_grant("audit:read")),
    "WorkCalendar": require_tenant_wide_grant("audit:read"),
    "CustomField": can_read_field_history,
    "LegalHold": can_manage_hold,
    "RetentionPolicy": can_read_retention_history,
    "FairnessAttribute": require_tenant_wide_grant("employment:manage"),
    "RatingScale": can_manage_reviews,
    "CompetencyFramework": can_manage_reviews,
    "ReviewTemplate": can_manage_reviews,
    "ScoreRule": can_manage_reviews,
    "ReviewCycle": can_manage_cycle,
    "FeedbackProgram": is_hr_of,
    "Survey": can_manage_surveys,
    "SurveyBankQuestion": can_manage_bank,
    "SurveySchedule": can_manage_surveys,
    "FeedbackProgramSchedule": can_manage_program_schedule,
    "ReviewPacket": is_hr_of,
    "Review": is_hr_of,
    "CalibrationSession": can_lead_session,
    "CalibrationSubject": can_read_row_history,
    "ReviewAppeal": is_hr_of,
    "ReviewNominationRound": is_hr_of,
    "ReviewNomination": can_see_nomination,
    "Person": can_read_person_history,
    "Team": can_read_team_history,
    "Organization": can_read_unit_history,
    "Goal": can_read_goal_history,
    "Kpi": can_read_kpi_history,
    "AlertRule": can_read_alert_history,
    "Alert": can_read_alert_history,
    "Annotation": can_read_annotation_history,
    "Feedback": can_read_feedback_history,
    "FeedbackRequest": is_party_of_request,
    "KpiReviewSchedule": can_hold_reviews,
    "KpiReview": can_read_review_history,
    "Scorecard": can_read_scorecard_history,
    "ActionItem": can_change_action_item,
    "Member": lambda who, member: who.holds("audit:read", get_member_owner(who, member)),
    "Role": require_tenant_wide_grant("audit:read"),
    "Tenant": require_tenant_wide_grant("audit:read"),
}


def can_see(who: OracleCaller, kind: str, row: Row) -> bool:
    """Return whether the caller may see an object."""
    key = (kind, row["id"])
    if key not in who.visibility_cache:
        who.visibility_cache[key] = VISIBILITY_CHECKS[kind](who, row)
    return who.visibility_cache[key]


def can_read_history(who: OracleCaller, kind: str, row: Row) -> bool:
    """Return whether the caller may read the history of an object."""
    return HISTORY_CHECKS[kind](who, row)
