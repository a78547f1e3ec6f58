"""The declarations: which rows of which tables are about a person, or were written by one.

The right of access ends at the rights of others. So authors whom the person may not know, what is
not released and what managers or HR write among themselves stay out. What a person wrote is in an
officer's export only where the people it is about may know it and its author. The decision record
0187 has the reasons in full.
"""

from persistence.personal_data.links import Link


def _names(*columns: str) -> frozenset[str]:
    return frozenset(columns)


ACCOUNT = "members.person_id"
IS_RELEASED = "t.is_released"
IS_IDENTIFIED = "t.mode = 'identified'"
IS_NAMED = "t.is_named"
IS_FOR_SUBJECT = "t.audience <> 'manager'"
HAS_STARTED = "t.starts_on <= $3"
HAS_ENDED = {"ends_on": "t.ends_on <= $3"}
"""What is planned is read by those who plan, and by the person from its day on."""
SEALED = _names("ballot", "batch", "link_hash")
HAS_RESPONDED = _names("has_responded")

DIRECTORY = (
    Link(
        "people",
        "id",
        hides=_names("job_changes_on", "unit_changes_on"),
        office=_names("custom_values_of_hr"),
    ),
    Link("employments", "person_id"),
    Link("superseded_employments", "person_id"),
    Link("jobs", "person_id", only=HAS_STARTED),
    Link("leaves", "person_id"),
    Link("person_references", "person_id"),
    Link("pending_references", "object_id"),
    Link(
        "reporting_lines",
        "person_id",
        only=HAS_STARTED,
        names=_names("manager_id"),
        conceals=HAS_ENDED,
    ),
    Link("reporting_lines", "manager_id", only=HAS_STARTED, conceals=HAS_ENDED),
    Link("superseded_lines", "person_id", only=HAS_STARTED, names=_names("manager_id")),
    Link("superseded_lines", "manager_id", only=HAS_STARTED),
    Link("team_memberships", "person_id", only=HAS_STARTED, conceals=HAS_ENDED),
    Link("fairness_values", "person_id"),
    Link("members", "person_id"),
    Link("role_assignments", "member_id", ACCOUNT),
    Link("access_requests", "requester_id", names=_names("person_id", "decided_by_id")),
    Link("access_request_grants", "access_request_id", "access_requests.requester_id"),
    Link("sync_run_people", "person_id"),
    Link(
        "sync_run_changes", "object_id", only="t.type = 'person'", office=_names("before", "after")
    ),
    Link("redirects", "target_id", only="t.entity = 'person'"),
)
WORK = (
    Link(
        "goals",
        "owner_person_id",
        office=_names("custom_values_of_managers", "custom_values_of_hr"),
    ),
    Link("key_results", "goal_id", "goals.owner_person_id"),
    Link("goal_references", "goal_id", "goals.owner_person_id"),
    Link("goal_viewers", "person_id"),
    Link("check_ins", "author_id"),
    Link("check_ins", "goal_id", "goals.owner_person_id"),
    Link("check_in_values", "check_in_id", "check_ins.author_id"),
    Link("check_in_values", "check_in_id", "check_ins.goal_id"),
    Link("kpis", "owner_id"),
    Link("kpi_viewers", "person_id"),
    Link("kpi_recorders", "person_id"),
    Link("kpi_views", "person_id"),
    Link("kpi_value_requests", "person_id"),
    Link("kpi_review_schedules", "owner_id"),
    Link("kpi_review_participants", "person_id"),
    Link("kpi_reviews", "held_by_id"),
    Link("alert_rules", "recipient_id"),
    Link("alerts", "recipient_id"),
    Link("scorecards", "owner_id"),
    Link("scorecard_viewers", "person_id"),
    Link("annotations", "author_id"),
    Link("action_items", "owner_id", names=_names("creator_id")),
    Link("action_items", "creator_id", names=_names("owner_id")),
    Link("todos", "person_id"),
)
FEEDBACK = (
    Link(
        "feedbacks",
        "author_id",
        names=_names("subject_id"),
        officer=f"{IS_IDENTIFIED} AND {IS_FOR_SUBJECT}",
    ),
    Link(
        "feedbacks",
        "subject_id",
        only=f"({IS_IDENTIFIED} OR t.released_on <= $3) AND {IS_FOR_SUBJECT}",
        conceals={
            **dict.fromkeys(("author_id", "author_name"), IS_IDENTIFIED),
            "request_id": IS_IDENTIFIED,
            **dict.fromkeys(("created_at", "updated_at"), IS_IDENTIFIED),
        },
    ),
    Link(
        "feedback_requests",
        "asker_id",
        names=_names("subject_id", "respondent_id"),
        hides=_names("link_hash"),
        officer=IS_FOR_SUBJECT,
    ),
    Link(
        "feedback_requests",
        "respondent_id",
        names=_names("subject_id", "asker_id"),
        hides=_names("link_hash"),
        officer=IS_FOR_SUBJECT,
    ),
    Link(
        "feedback_programs",
        "subject_id",
        only="t.status = 'published'",
        hides=_names("public_key"),
    ),
    Link("feedback_program_results", "feedback_program_id", "feedback_programs.subject_id"),
    Link(
        "feedback_program_answers",
        "feedback_program_id",
        "feedback_programs.subject_id",
        conceals=dict.fromkeys(("author_id", "author_name"), IS_NAMED),
    ),
    Link("feedback_program_answers", "author_id", officer=IS_NAMED),
    Link("feedback_program_people", "person_id"),
    Link("feedback_program_raters", "person_id", hides=SEALED, own=HAS_RESPONDED),
    Link(
        "survey_invitations",
        "person_id",
        hides=_names("ballot", "batch", "cells"),
        own=HAS_RESPONDED,
    ),
)
OWN_FORM = "t.direction IN ('self', 'manager', 'interim')"
IS_SHOWN = "t.status = 'submitted' AND t.is_released AND t.is_shown"
IS_FOR_REVIEWEE = "t.audience = 'reviewee'"
REVIEWS = (
    Link(
        "review_packets",
        "subject_id",
        only=IS_RELEASED,
        names=_names("manager_id"),
        office=_names("return_reason", "proposed_level", "proposed_outcome"),
    ),
    Link(
        "review_scores",
        "packet_id",
        "review_packets.subject_id",
        "t.is_current AND t.is_shown AND t.audience = 'reviewee'",
    ),
    Link("review_score_steps", "score_id", "review_scores.packet_id"),
    Link(
        "reviews",
        "subject_id",
        only=IS_SHOWN,
        conceals={"writer_id": OWN_FORM},
        hides=_names("stand_in_reason", "decline_reason", "submitted_at", "updated_at"),
    ),
    Link("review_answers", "review_id", "reviews.subject_id", IS_FOR_REVIEWEE),
    Link(
        "reviews",
        "writer_id",
        names=_names("subject_id"),
        officer=f"{IS_SHOWN} AND {OWN_FORM}",
    ),
    Link("review_answers", "review_id", "reviews.writer_id", officer=IS_FOR_REVIEWEE),
    Link("review_readers", "person_id"),
    Link("review_nomination_rounds", "subject_id", only="t.subject_nominates"),
    Link(
        "review_proposals",
        "round_id",
        "review_nomination_rounds.subject_id",
        names=_names("person_id"),
    ),
    Link("review_appeals", "subject_id"),
    Link("review_participants", "person_id", is_office=True),
    Link("review_cycle_selections", "person_id", is_office=True),
    Link("calibration_session_facilitators", "person_id"),
    Link("calibration_session_members", "person_id"),
    Link("calibration_subjects", "person_id", is_office=True),
    Link("calibration_adjustments", "person_id", is_office=True),
)
SYSTEM = (
    Link(
        "journal",
        "entity_id",
        only="t.entity = 'person' AND coalesce(t.effective_on <= $3, true)",
        hides=_names("access_facts"),
        office=_names("changes"),
    ),
    Link(
        "journal",
        "actor_id",
        names=_names("entity_id"),
        hides=_names("changes", "access_facts"),
        own=_names("entity_id"),
    ),
    Link("sync_runs", "started_by_id", ACCOUNT),
    Link("staged_uploads", "owner_id", ACCOUNT),
    Link("bulk_operations", "owner_id", ACCOUNT, hides=_names("cursor")),
    Link("bulk_operations", "subject_id"),
    Link("webhooks", "owner_id", ACCOUNT, hides=_names("url")),
)
LINKS = (*DIRECTORY, *WORK, *FEEDBACK, *REVIEWS, *SYSTEM)
"""All links, in the order of an export."""
BY_KEY = {each.key: each for each in LINKS}
