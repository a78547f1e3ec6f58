"""The data set of the benchmark: complete in every table and column that the application writes."""

import json
from collections.abc import Iterable

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
    "directory.erasures": "no deletion is scheduled",
    **dict.fromkeys(
        (
            f"directory.{each}"
            for each in (
                *("operators", "platform_audit_log", "platform_issuers", "platform_keys"),
                *("tenant_operations", "tenant_files", "tenant_creations"),
            )
        ),
        "no operator of the platform has done anything",
    ),
    **dict.fromkeys(
        ("directory.request_counts", "directory.tenant_usage"), "measured in the background"
    ),
    "background_tasks": "nothing waits for a worker",
    "organization_closure": "built by the application",
    "reporting_closure": "built by the application",
    "team_closure": "built by the application",
    "idempotency_keys": "no request used one yet",
    "bulk_file_parts": "nobody has sent a file",
    "source_versions": "no other system has sent rows",
    "pending_references": "no other system has sent rows",
    "pending_goal_references": "no other system has sent rows",
    **dict.fromkeys(
        (f"sync_run_{each}" for each in ("changes", "counts", "issues", "people", "rows")),
        "no other system has sent rows",
    ),
    **dict.fromkeys(
        (
            *("action_items", "alert_rules", "alerts", "annotations", "ballot_batches"),
            "calibration_sessions",
            *(
                "competency_frameworks",
                "custom_fields",
                "feedback_programs",
                "feedback_requests",
                "feedbacks",
            ),
            *("kpi_review_schedules", "kpis", "rating_scales", "review_cycles", "review_packets"),
            *("fairness_attributes", "feedback_program_schedules", "free_days"),
            *("review_templates", "score_rules", "scorecards", "service_clients"),
            *("survey_bank_questions", "survey_schedules", "surveys", "sync_runs", "todos"),
            *("webhooks", "work_calendars"),
            *("bulk_operations", "staged_uploads", "legal_holds", "access_requests"),
            "retention_policies",
        ),
        "no case of the benchmark reads one",
    ),
    "issuers": "the loader writes those of the directory",
    "jobs": "no job has changed; the directory has the values",
    "journal_seals": "a worker seals the journal later",
    "leaves": "nobody is on leave",
    "organization_references": "no partner is connected",
    "person_references": "no partner is connected",
    "team_references": "no partner is connected",
    "goal_references": "no partner is connected",
    "redirects": "nobody was merged",
    "superseded_employments": "no employment has changed",
    "superseded_lines": "no line has changed",
    "tombstones": "nothing was deleted",
}
"""The tables without rows in the data set, with the reason. It is that of the parts, too."""


def test_every_table_has_rows_or_a_reason() -> None:
    has_rows = _build_small_tenant().rows.tables
    empty = {each.fullname for each in metadata.sorted_tables} - has_rows
    assert empty == {*EMPTY_TABLES, *_list_parts(EMPTY_TABLES)}


def _list_parts(tables: Iterable[str]) -> set[str]:
    """List the tables whose rows are deleted with a row of these."""
    known = {*tables}
    for table in metadata.sorted_tables:  # a table comes after those that it refers to
        keys = [each for each in table.foreign_key_constraints if each.ondelete == "CASCADE"]
        if not known.isdisjoint(each.referred_table.name for each in keys):
            known.add(table.name)
    return known - {*tables}


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
