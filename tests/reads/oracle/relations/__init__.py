"""The rows that each relation of the graph leads to, found in plain rows."""

from tests.reads.dataset import Row
from tests.reads.oracle import policy
from tests.reads.oracle.node_types import TYPE_BY_ENTITY
from tests.reads.oracle.relations import (
    access_requests,
    action_items,
    alerts,
    annotations,
    bulk_operations,
    calibration,
    custom_fields,
    fairness,
    feedback,
    feedback_programs,
    goals,
    issuers,
    kpi_reviews,
    kpis,
    members,
    nominations,
    organizations,
    people,
    review_cycles,
    review_scores,
    reviews,
    scorecards,
    service_clients,
    surveys,
    sync_runs,
    teams,
    webhooks,
    work_calendars,
)
from tests.reads.oracle.relations.custom_fields import find_custom_value
from tests.reads.oracle.relations.relation import Arguments, Relation, Relations, select_all, to_one
from tests.reads.oracle.relationships import OracleCaller

__all__ = ["OWNER_TYPES", "RELATIONS", "find_custom_value", "find_relation", "follow_relation"]

CONCEPTS = (
    access_requests,
    action_items,
    people,
    teams,
    organizations,
    goals,
    kpis,
    alerts,
    annotations,
    feedback,
    feedback_programs,
    kpi_reviews,
    scorecards,
    members,
    issuers,
    service_clients,
    webhooks,
    work_calendars,
    review_cycles,
    review_scores,
    reviews,
    calibration,
    fairness,
    nominations,
    surveys,
    sync_runs,
    custom_fields,
    bulk_operations,
)

ROOT: Relations = {
    "Query": {
        "members": select_all("Member", "members"),
        "roles": select_all("Role", "roles"),
        "people": select_all("Person", "people"),
        "teams": select_all("Team", "teams"),
        "organizations": select_all("Organization", "organizations"),
        "goals": select_all("Goal", "goals"),
        "kpis": select_all("Kpi", "kpis"),
        "scorecards": select_all("Scorecard", "scorecards"),
        "feedback_requests": select_all("FeedbackRequest", "feedback_requests"),
        "feedback_programs": select_all("FeedbackProgram", "feedback_programs"),
        "feedbacks": select_all("Feedback", "feedbacks"),
        "kpi_reviews": select_all("KpiReview", "kpi_reviews"),
        "kpi_review_schedules": select_all("KpiReviewSchedule", "kpi_review_schedules"),
        "action_items": select_all("ActionItem", "action_items"),
        "alert_rules": select_all("AlertRule", "alert_rules"),
        "alerts": select_all("Alert", "alerts"),
        "annotations": select_all("Annotation", "annotations"),
        "service_clients": select_all("ServiceClient", "service_clients"),
        "sync_runs": select_all("SyncRun", "sync_runs"),
        "staged_uploads": select_all("StagedUpload", "staged_uploads"),
        "bulk_operations": select_all("BulkOperation", "bulk_operations"),
        "issuers": select_all("Issuer", "issuers"),
        "webhooks": select_all("Webhook", "webhooks"),
        "webhook_deliveries": select_all("WebhookDelivery", "webhook_deliveries"),
        "work_calendars": select_all("WorkCalendar", "work_calendars"),
        "retention_policies": select_all("RetentionPolicy", "retention_policies"),
        "access_requests": select_all("AccessRequest", "access_requests"),
        "legal_holds": select_all("LegalHold", "legal_holds"),
        "custom_fields": select_all("CustomField", "custom_fields"),
        "rating_scales": select_all("RatingScale", "rating_scales"),
        "competency_frameworks": select_all("CompetencyFramework", "competency_frameworks"),
        "fairness_attributes": select_all("FairnessAttribute", "fairness_attributes"),
        "review_cycles": select_all("ReviewCycle", "review_cycles"),
        "review_templates": select_all("ReviewTemplate", "review_templates"),
        "score_rules": select_all("ScoreRule", "score_rules"),
        "surveys": select_all("Survey", "surveys"),
        "feedback_program_schedules": select_all(
            "FeedbackProgramSchedule", "feedback_program_schedules"
        ),
        "survey_bank_questions": select_all("SurveyBankQuestion", "survey_bank_questions"),
        "survey_schedules": select_all("SurveySchedule", "survey_schedules"),
        "review_packets": select_all("ReviewPacket", "review_packets"),
        "review_appeals": select_all("ReviewAppeal", "review_appeals"),
        "reviews": select_all("Review", "reviews"),
        "calibration_sessions": select_all("CalibrationSession", "calibration_sessions"),
        "review_nomination_rounds": select_all("ReviewNominationRound", "review_nomination_rounds"),
        "review_nominations": select_all("ReviewNomination", "review_nominations"),
        "audit_log": select_all("JournalEntry", "journal"),
    },
}
"""The lists at the root."""

RELATIONS = ROOT | {kind: links for each in CONCEPTS for kind, links in each.RELATIONS.items()}
for kind in ("Person", "Team", "Goal"):
    RELATIONS[kind] |= {"custom_values": custom_fields.VALUES[kind]}

OWNER_TYPES = {
    "kpi": "Kpi",
    "scorecard": "Scorecard",
    "person": "Person",
    "team": "Team",
    "organization": "Organization",
}


def follow_relation(
    who: OracleCaller, kind: str, row: Row, name: str, arguments: Arguments
) -> list[Row]:
    """Return the visible rows of a relation."""
    link = find_relation(kind, row, name)
    if name == "history" and not policy.can_read_history(who, kind, row):
        return []
    found = link.resolve(who, row, arguments)
    return [
        each for each in found if link.inherits_visibility or policy.can_see(who, link.kind, each)
    ]


def find_relation(kind: str, row: Row, name: str) -> Relation:
    """Find the relation of a field for this row; owners have one of several types."""
    if (kind, name) == ("Goal", "owner"):
        owner = row["owner_kind"]
        return to_one(OWNER_TYPES[owner], f"owner_{owner}_id")
    if (kind, name) == ("Annotation", "scope") and row["scope_kind"] == "tenant":
        return Relation("Kpi", lambda *_: [])
    if name == "scope" or (kind, name) == ("KpiReviewSchedule", "subject"):
        scope = row[f"{name}_kind"]
        return to_one(OWNER_TYPES[scope], f"{scope}_id")
    if (kind, name) == ("Task", "subject"):
        return to_one(TYPE_BY_ENTITY[row["entity"]], "subject_id")
    if (kind, name) == ("JournalEntry", "subject"):
        return to_one(TYPE_BY_ENTITY[row["entity"]], "entity_id")
    return RELATIONS[kind][name]
