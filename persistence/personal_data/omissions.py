"""The columns and tables that name people and are in no export, each with the reason."""

from collections.abc import Mapping

OF_OTHERS = "It names the person in a record about somebody else."
IN_JOURNAL = "What the person did is in the journal entries of the export."
OF_PROGRAM = "It belongs to a program, not to a person."
OF_KPI = "It is about the KPI, not about its owner."
DERIVED = "It follows from rows that are in the export."
DECIDES = "It says who decides or reads. The review is about somebody else."

OMITTED_COLUMNS: Mapping[str, str] = {
    "employments.successor_id": OF_OTHERS,
    **dict.fromkeys(("reporting_closure.descendant_id", "reporting_closure.ancestor_id"), DERIVED),
    "words.entity_id": DERIVED,
    "idempotency_keys.member_id": "It has a hash of a request, and is deleted after seven days.",
    "idempotency_keys.entity_id": "It has a hash of a request, and is deleted after seven days.",
    "service_clients.member_id": OF_PROGRAM,
    "feedback_requests.subject_id": (
        "The question is between those who ask and answer. The answer is in the export once it is"
        " released to the person."
    ),
    **dict.fromkeys(
        (
            *("kpi_measurements.recorded_by_id", "kpi_measurement_revisions.recorded_by_id"),
            "kpi_measurement_revisions.replaced_by_id",
            *("alerts.acknowledged_by_id", "alerts.escalated_to_id"),
            "calibration_adjustments.adjusted_by_id",
            *("review_nominations.decided_by_id", "reviews.submitted_by_id"),
            *("review_packets.decided_by_id", "review_packets.approved_by_id"),
            *("review_packets.resolved_by_id", "review_appeals.level_decided_by_id"),
            "review_appeals.level_approved_by_id",
        ),
        IN_JOURNAL,
    ),
    **dict.fromkeys(
        (
            *(f"review_packets.{each}_id" for each in ("manager", "second_level", "asked")),
            "review_packets.appeal_decider_id",
            *(f"review_appeals.{each}_id" for each in ("manager", "second_level", "asked")),
            "review_appeals.decider_id",
            *(f"reviews.{each}_id" for each in ("manager", "second_level", "stand_in")),
            "reviews.appeal_decider_id",
            *("review_nominations.manager_id", "review_nominations.asked_id"),
            *("review_nomination_rounds.manager_id", "review_participants.manager_id"),
            "calibration_subjects.manager_id",
        ),
        DECIDES,
    ),
    **dict.fromkeys(
        ("access_requests.person_id", "access_requests.member_id"),
        "What others write to each other about a role. The role itself is in the export.",
    ),
    **dict.fromkeys(
        ("access_requests.decided_by_id", "access_request_approvers.person_id"), IN_JOURNAL
    ),
    "legal_holds.person_id": (
        "A hold is often about a dispute with the person. Those with `people:hold` read it."
    ),
    **dict.fromkeys(
        (
            *("review_proposals.person_id", "review_nominations.nominee_id"),
            "review_nominations.proposer_id",
        ),
        "Only those who decide know the result of a proposal. An opened form is in the export.",
    ),
    "review_nominations.subject_id": (
        "It names who is asked to write about the person. What they write is in the export once it"
        " is released."
    ),
}
OMITTED_PARTS: Mapping[str, str] = {
    **dict.fromkeys(
        (
            *("kpi_baselines", "kpi_benchmarks", "kpi_definitions", "kpi_dimensions"),
            *("kpi_dimension_members", "kpi_formula_inputs", "kpi_targets", "kpi_measurements"),
            *("kpi_measurement_revisions", "kpi_review_entries", "kpi_review_decisions"),
            "scorecard_entries",
        ),
        OF_KPI,
    ),
    "access_request_approvers": "It says who decides. The request is about a role.",
    "pending_goal_references": "It refers to a goal of another system that was not sent yet.",
    "review_nominations": "It names who is asked to write, and what was decided about them.",
    "review_score_components": "It shows what the form of each writer counted.",
    **dict.fromkeys(
        ("sync_run_counts", "sync_run_issues", "sync_run_rows"), "It is about the whole run."
    ),
    **dict.fromkeys(("webhook_deliveries", "webhook_positions"), OF_PROGRAM),
}
