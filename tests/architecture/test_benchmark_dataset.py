"""The data set of the benchmark: complete in every table and column that the application writes."""

import json

import pytest

from benchmarks.dataset.goals import add_goals
from benchmarks.dataset.tenants import Tenant, build_tenant
from domain.goals import Goal
from persistence.kernel.access_facts import list_fact_names
from persistence.registry import metadata

EMPTY_TABLES = {
    "directory.tenants": "written by the loader",
    "directory.issuers": "written by the loader",
    "directory.queues": "written by workers",
    "background_tasks": "nothing waits for a worker",
    "organization_closure": "built by the application",
    "reporting_closure": "built by the application",
    "team_closure": "built by the application",
    "idempotency_keys": "no request used one yet",
    "rating_scales": "no case of the benchmark reads one",
    "rating_levels": "no case of the benchmark reads one",
    **dict.fromkeys(
        (
            "feedback_programs",
            "feedback_program_people",
            "feedback_program_raters",
            "feedback_program_results",
            "feedback_program_answers",
            "surveys",
            "survey_questions",
            "survey_choices",
            "survey_invitations",
            "survey_results",
            "survey_shares",
            "survey_comments",
        ),
        "no case of the benchmark reads one",
    ),
    "competency_frameworks": "no case of the benchmark reads one",
    **dict.fromkeys(
        (
            *("review_cycles", "review_cycle_units", "review_cycle_directions"),
            *("review_cycle_phases", "review_cycle_selections", "review_participants"),
            *("review_templates", "review_sections", "review_questions", "review_choices"),
            *("calibration_sessions", "calibration_session_units"),
            *("calibration_session_facilitators", "calibration_session_members"),
            *("calibration_subjects", "calibration_adjustments"),
            *("review_packets", "reviews", "review_answers", "review_readers", "review_appeals"),
            *("score_rules", "score_steps", "score_conditions", "review_scores"),
            *("review_score_components", "review_score_steps"),
            *("review_nomination_rounds", "review_proposals", "review_nominations"),
        ),
        "no case of the benchmark reads one",
    ),
    "competencies": "no case of the benchmark reads one",
    "competency_tracks": "no case of the benchmark reads one",
    "competency_levels": "no case of the benchmark reads one",
    "competency_expectations": "no case of the benchmark reads one",
    "work_calendars": "no case of the benchmark reads one",
    "calendar_days": "no case of the benchmark reads one",
    "alert_rules": "no case of the benchmark reads one",
    "alerts": "no case of the benchmark reads one",
    "action_items": "no case of the benchmark reads one",
    "todos": "no case of the benchmark reads one",
    "kpis": "no case of the benchmark reads one",
    "kpi_definitions": "no case of the benchmark reads one",
    "kpi_dimensions": "no case of the benchmark reads one",
    "kpi_dimension_members": "no case of the benchmark reads one",
    "kpi_formula_inputs": "no case of the benchmark reads one",
    "kpi_benchmarks": "no case of the benchmark reads one",
    "kpi_views": "no case of the benchmark reads who has looked",
    "kpi_value_requests": "workers write them, and no case of the benchmark reads them",
    "kpi_baselines": "no case of the benchmark reads one",
    "kpi_targets": "no case of the benchmark reads one",
    "kpi_measurement_revisions": "no case of the benchmark reads one",
    "kpi_measurements": "no case of the benchmark reads one",
    "kpi_recorders": "no case of the benchmark reads one",
    "kpi_viewers": "no case of the benchmark reads one",
    "feedback_requests": "no case of the benchmark reads one",
    "feedbacks": "no case of the benchmark reads one",
    "annotations": "no case of the benchmark reads one",
    **dict.fromkeys(
        (
            *("kpi_review_schedules", "kpi_review_participants", "kpi_reviews"),
            *("kpi_review_entries", "kpi_review_decisions"),
        ),
        "no case of the benchmark reads one",
    ),
    "scorecards": "no case of the benchmark reads one",
    "scorecard_entries": "no case of the benchmark reads one",
    "scorecard_viewers": "no case of the benchmark reads one",
    "jobs": "no job has changed; the directory has the values",
    "leaves": "nobody is on leave",
    "organization_references": "no partner is connected",
    "person_references": "no partner is connected",
    "redirects": "nobody was merged",
    "superseded_employments": "no employment has changed",
    "superseded_lines": "no line has changed",
    "tombstones": "nothing was deleted",
}
"""The tables without rows in the data set, with the reason."""


def test_every_table_has_rows_or_a_reason() -> None:
    tables = {each.fullname for each in metadata.sorted_tables}
    assert tables - _build_small_tenant().rows.tables == set(EMPTY_TABLES)


def test_every_column_that_may_not_be_null_has_a_value() -> None:
    missing = set()
    for name, columns, data in _build_small_tenant().rows.iterate_copy_data():
        required = {each.name for each in metadata.tables[name].columns if not each.nullable}
        for line in data.decode().splitlines():
            values = dict(zip(columns, line.split("\t"), strict=True))
            missing |= {f"{name}.{each}" for each in required if values[each] == r"\N"}
    assert missing == set()


def test_a_row_without_a_value_that_it_needs_is_refused() -> None:
    with pytest.raises(AssertionError, match=r"A row of goal_viewers needs {'person_id'}\."):
        _build_small_tenant().rows.add_row("goal_viewers", goal_id="00000000")


def test_entries_of_the_journal_have_the_facts_that_the_application_writes() -> None:
    tables = _build_small_tenant().rows.iterate_copy_data()
    columns, data = next((columns, data) for name, columns, data in tables if name == "journal")
    place = columns.index("access_facts")
    stored = [json.loads(line.split("\t")[place]) for line in data.decode().splitlines()]
    assert {len(facts) for facts in stored} == {1}
    assert {name for [facts] in stored for name in facts} == set(list_fact_names(Goal))


def _build_small_tenant() -> Tenant:
    tenant = build_tenant("small-1", person_count=20)
    add_goals(tenant)
    return tenant
