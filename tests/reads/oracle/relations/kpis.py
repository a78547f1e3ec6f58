"""The relations of KPIs."""

from tests.reads.dataset import Row
from tests.reads.oracle.policy.kpis import can_see_kpi
from tests.reads.oracle.relations.annotations import list_annotations
from tests.reads.oracle.relations.relation import (
    Arguments,
    Relation,
    Relations,
    build_people_relation,
    get_day,
    list_history,
    sort_relation,
    to_many,
    to_one,
)
from tests.reads.oracle.relationships import OracleCaller, find_period


def _find_definition(who: OracleCaller, row: Row, arguments: Arguments) -> list[Row]:
    """Find the definition of the requested day: the last that has begun, else the first."""
    found = who.facts.select_rows("kpi_definitions", kpi_id=row["id"])
    in_order = sorted(found, key=lambda each: each["starts_on"])
    begun = [each for each in in_order if each["starts_on"] <= get_day(who, arguments)]
    return begun[-1:] or in_order[:1]


def _find_dependents(who: OracleCaller, row: Row, _: Arguments) -> list[Row]:
    found = who.facts.select_rows("kpi_formula_inputs", input_id=row["id"])
    ids = {each["kpi_id"] for each in found}
    return [each for id in ids for each in who.facts.select_rows("kpis", id=id)]


def _find_readers(who: OracleCaller, id: object) -> set[object]:
    """Find the visible KPIs that read one, directly or through visible ones."""
    found, waiting = set[object](), [id]
    while waiting:
        readers = who.facts.select_rows("kpi_formula_inputs", input_id=waiting.pop())
        for each in {each["kpi_id"] for each in readers} - found:
            if can_see_kpi(who, who.facts.rows_by_id[each]):
                found.add(each)
                waiting.append(each)
    return found


def _list_results(who: OracleCaller, row: Row, _: Arguments) -> list[Row]:
    """List the results that the change of a value has replaced."""
    readers = _find_readers(who, row["kpi_id"])
    rows = who.facts.select_rows("kpi_measurement_revisions", replaced_at=row["replaced_at"])
    return [each for each in rows if each["kpi_id"] in readers]


def _list_reviews(who: OracleCaller, row: Row, _: Arguments) -> list[Row]:
    """List the reviews that saw the total of a period while it was this value."""
    names = ("kpi_id", "period_ordinal", "revision")
    seen = who.facts.select_rows("kpi_review_entries", **{name: row[name] for name in names})
    return [who.facts.rows_by_id[each["review_id"]] for each in seen if not row["member_id"]]


def _list_alerts(who: OracleCaller, row: Row, _: Arguments) -> list[Row]:
    """List the alerts about the period that somebody could see while it had this value."""
    about = who.facts.select_rows("alerts", kpi_id=row["kpi_id"], member_id=row["member_id"])
    return [
        each
        for each in about
        if each["first_ordinal"] <= row["period_ordinal"] <= each["last_ordinal"]
        and each["created_at"] <= row["replaced_at"]
        and (each["closed_at"] or row["recorded_at"]) >= row["recorded_at"]
    ]


def _list_key_results(who: OracleCaller, row: Row, _: Arguments) -> list[Row]:
    """List the key results that take values of this period."""
    period = find_period(who, row)
    followers = who.facts.select_rows("key_results", kpi_id=row["kpi_id"])
    found = []
    for each in [] if row["member_id"] else followers:
        goal = who.facts.rows_by_id[each["goal_id"]]
        first = period.starts_on if each["kpi_basis"] == "sum" else period.last_day
        if goal["starts_on"] <= first and period.last_day <= goal["due_on"]:
            found.append(each)
    return found


def _list_scorecards(who: OracleCaller, row: Row, _: Arguments) -> list[Row]:
    found = who.facts.select_rows("scorecard_entries", kpi_id=row["id"])
    return [who.facts.rows_by_id[each["scorecard_id"]] for each in found]


def _list_values(kind: str, table: str) -> Relation:
    """Build the relation to the values or targets of the total of a KPI."""

    def walk(who: OracleCaller, row: Row, _: Arguments) -> list[Row]:
        return who.facts.select_rows(table, kpi_id=row["id"], member_id=None)

    return Relation(kind, walk, inherits_visibility=True)


RELATIONS: Relations = {
    "Kpi": {
        "owner": to_one("Person", "owner_id"),
        "purpose": to_one("Goal", "purpose_id"),
        "review_schedules": to_many("KpiReviewSchedule", "kpi_review_schedules", "kpi_id"),
        "parent": to_one("Kpi", "parent_id"),
        "drivers": to_many("Kpi", "kpis", "parent_id"),
        "definition": Relation("KpiDefinition", _find_definition, inherits_visibility=True),
        "definitions": to_many(
            "KpiDefinition", "kpi_definitions", "kpi_id", inherits_visibility=True
        ),
        "benchmarks": to_many("KpiBenchmark", "kpi_benchmarks", "kpi_id", inherits_visibility=True),
        "baselines": to_many("KpiBaseline", "kpi_baselines", "kpi_id", inherits_visibility=True),
        "alert_rules": to_many("AlertRule", "alert_rules", "kpi_id"),
        "alerts": to_many("Alert", "alerts", "kpi_id"),
        "targets": _list_values("KpiTarget", "kpi_targets"),
        "action_items": to_many("ActionItem", "action_items", "kpi_id"),
        "key_results": to_many("KeyResult", "key_results", "kpi_id"),
        "dependents": Relation("Kpi", _find_dependents),
        "annotations": Relation("Annotation", list_annotations),
        "scorecards": Relation("Scorecard", _list_scorecards),
        "dimensions": sort_relation(
            to_many("KpiDimension", "kpi_dimensions", "kpi_id", inherits_visibility=True),
            "position",
        ),
        "measurements": _list_values("KpiMeasurement", "kpi_measurements"),
        "measurement_revisions": _list_values(
            "KpiMeasurementRevision", "kpi_measurement_revisions"
        ),
        "viewers": build_people_relation("kpi"),
        "recorders": build_people_relation("kpi", "recorder"),
        "history": Relation("JournalEntry", list_history, inherits_visibility=True),
    },
    "KpiDefinition": {
        "kpi": to_one("Kpi", "kpi_id"),
        "survey_schedule": to_one("SurveySchedule", "survey_schedule_id"),
        "survey_question": to_one("SurveyBankQuestion", "survey_question_id"),
        "inputs": sort_relation(
            to_many(
                "KpiFormulaInput", "kpi_formula_inputs", "definition_id", inherits_visibility=True
            ),
            "alias",
        ),
    },
    "KpiFormulaInput": {"kpi": to_one("Kpi", "input_id")},
    "KpiDimension": {
        "kpi": to_one("Kpi", "kpi_id"),
        "members": sort_relation(
            to_many("KpiDimensionMember", "kpi_dimension_members", "dimension_id"), "position"
        ),
    },
    "KpiDimensionMember": {
        "dimension": to_one("KpiDimension", "dimension_id"),
        "organization": to_one("Organization", "organization_id"),
        "unit": to_one("Organization", "unit_id"),
        "targets": to_many("KpiTarget", "kpi_targets", "member_id", inherits_visibility=True),
        "measurements": to_many(
            "KpiMeasurement", "kpi_measurements", "member_id", inherits_visibility=True
        ),
        "measurement_revisions": to_many(
            "KpiMeasurementRevision",
            "kpi_measurement_revisions",
            "member_id",
            inherits_visibility=True,
        ),
    },
    "KpiMeasurement": {
        "kpi": to_one("Kpi", "kpi_id"),
        "member": to_one("KpiDimensionMember", "member_id"),
        "recorded_by": to_one("Person", "recorded_by_id"),
        "revisions": to_many(
            "KpiMeasurementRevision",
            "kpi_measurement_revisions",
            "measurement_id",
            inherits_visibility=True,
        ),
    },
    "KpiMeasurementRevision": {
        "kpi": to_one("Kpi", "kpi_id"),
        "member": to_one("KpiDimensionMember", "member_id"),
        "recorded_by": to_one("Person", "recorded_by_id"),
        "replaced_by": to_one("Person", "replaced_by_id"),
        "used_by": Relation("KpiMeasurementRevision", _list_results),
        "reviews": Relation("KpiReview", _list_reviews),
        "alerts": Relation("Alert", _list_alerts),
        "key_results": Relation("KeyResult", _list_key_results),
    },
    "KpiBenchmark": {"kpi": to_one("Kpi", "kpi_id")},
    "KpiBaseline": {"kpi": to_one("Kpi", "kpi_id")},
    "KpiTarget": {
        "kpi": to_one("Kpi", "kpi_id"),
        "member": to_one("KpiDimensionMember", "member_id"),
    },
}
