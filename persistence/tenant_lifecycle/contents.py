"""What each table contains, which decides what becomes of it in a clone.

Every table of tenants stands here once; a test fails for one that does not.
"""

from enum import StrEnum
from functools import cache

from sqlalchemy import Table

from persistence.registry import metadata


class Content(StrEnum):
    """What the rows of a table are about."""

    CONFIGURATION = "configuration"
    """How the tenant works. Cloned with its texts."""

    PEOPLE = "people"
    """People and their everyday work. Cloned with texts that are made up, or not at all."""

    PRIVATE = "private"
    """Opinions about people and what is known of them in confidence. Never cloned."""

    ACCESS = "access"
    """Accounts, secrets and connections to other systems. Never cloned."""

    RECORD = "record"
    """What Trellis records for itself: history, queues, search words. Never cloned."""


TABLES: dict[Content, str] = {
    Content.CONFIGURATION: """
        tenants retention_policies roles role_grants organizations organization_closure
        teams team_closure
        custom_fields work_calendars calendar_days rating_scales rating_levels
        competency_frameworks competencies competency_tracks competency_levels
        competency_expectations review_templates review_career_groups review_sections
        review_questions review_choices score_rules score_steps score_conditions
        survey_bank_questions survey_schedules survey_schedule_questions
        feedback_program_schedules
        kpis kpi_definitions kpi_formula_inputs kpi_dimensions kpi_dimension_members kpi_baselines
        kpi_targets alert_rules scorecards scorecard_entries kpi_review_schedules
        kpi_benchmarks
    """,
    Content.PEOPLE: """
        people jobs employments superseded_employments reporting_lines superseded_lines
        reporting_closure team_memberships
        goals goal_viewers key_results check_ins check_in_values
        kpi_measurements kpi_measurement_revisions kpi_recorders kpi_viewers scorecard_viewers
        kpi_review_participants kpi_reviews kpi_review_entries kpi_review_decisions annotations
        action_items
    """,
    Content.PRIVATE: """
        access_requests access_request_grants access_request_approvers
        legal_holds leaves free_days
        fairness_attributes fairness_values fairness_figures fairness_groups
        feedbacks feedback_requests feedback_programs feedback_program_answers
        feedback_program_people feedback_program_raters feedback_program_results
        review_cycles review_cycle_directions review_cycle_groups review_cycle_group_phases
        review_cycle_phases review_cycle_selections review_cycle_units
        review_packets review_participants reviews review_answers review_readers review_appeals
        review_nomination_rounds review_nominations review_proposals
        review_scores review_score_components review_score_steps
        calibration_sessions calibration_session_facilitators calibration_session_members
        calibration_session_units calibration_subjects calibration_adjustments
        surveys survey_questions survey_choices survey_invitations survey_comments survey_results
        survey_shares ballot_batches
    """,
    Content.ACCESS: """
        issuers members role_assignments service_clients service_client_keys service_client_key_uses
        service_client_assertions webhooks webhook_positions webhook_deliveries
        organization_references person_references team_references goal_references
        pending_references pending_goal_references
    """,
    Content.RECORD: """
        journal journal_seals tombstones redirects words tenant_clocks
        background_tasks idempotency_keys todos
        source_versions sync_runs sync_run_changes sync_run_counts sync_run_issues sync_run_people
        sync_run_rows bulk_operations bulk_file_parts staged_uploads
        alerts kpi_value_requests kpi_views
    """,
}

LEFT_OUT_BESIDE = frozenset(
    {
        "service_client_keys",
        "service_client_key_uses",
        "service_client_assertions",
        "issuers",
        "webhooks",
        "webhook_positions",
        "webhook_deliveries",
        "ballot_batches",
        "journal_seals",
    }
)
"""Tables that a tenant beside its original does not get.

A key would open both, each message would be sent twice, and the keys of ballots stay with the
original. Seals have hashes of entries with the id of the original.
"""


@cache
def _map_contents() -> dict[str, Content]:
    return {name: content for content, names in TABLES.items() for name in names.split()}


def get_content(table: Table) -> Content:
    """Return what a table contains. Raises KeyError for a table that is not declared."""
    return _map_contents()[table.name]


def is_left_out_beside(table: Table) -> bool:
    """Return whether a tenant that is restored beside its original does not get the table."""
    return table.name in LEFT_OUT_BESIDE


def is_kept_in_place(table: Table) -> bool:
    """Return whether a restore in place leaves a table as it is.

    Issuers are also rows of the directory, by which tokens are verified. They stay there, so they
    must stay objects that can be removed.
    """
    return table.name == "issuers"


def list_undeclared() -> list[str]:
    """Return the tables of tenants that are not declared, and declared ones that do not exist."""
    known = {each.name for each in metadata.sorted_tables if each.schema is None}
    names = [name for listed in TABLES.values() for name in listed.split()]
    twice = {each for each in names if names.count(each) > 1}
    return sorted((known ^ set(names)) | twice)
