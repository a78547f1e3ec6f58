"""The relations of KPIs."""

from tests.reads.dataset import Row
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
from tests.reads.oracle.relationships import OracleCaller


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


def _list_scorecards(who: OracleCaller, row: Row, _: Arguments) -> list[Row]:
    found = who.facts.select_rows("scorecard_entries", kpi_id=row["id"])
    return [who.facts.rows_by_id[each["scorecard_id"]] for each in found]


RELATIONS: Relations = {
    "Kpi": {
        "owner": to_one("Person", "owner_id"),
        "purpose": to_one("Goal", "purpose_id"),
        "definition": Relation("KpiDefinition", _find_definition, inherits_visibility=True),
        "definitions": to_many(
            "KpiDefinition", "kpi_definitions", "kpi_id", inherits_visibility=True
        ),
        "targets": to_many("KpiTarget", "kpi_targets", "kpi_id", inherits_visibility=True),
        "action_items": to_many("ActionItem", "action_items", "kpi_id"),
        "dependents": Relation("Kpi", _find_dependents),
        "annotations": Relation("Annotation", list_annotations),
        "scorecards": Relation("Scorecard", _list_scorecards),
        "measurements": to_many(
            "KpiMeasurement", "kpi_measurements", "kpi_id", inherits_visibility=True
        ),
        "measurement_revisions": to_many(
            "KpiMeasurementRevision",
            "kpi_measurement_revisions",
            "kpi_id",
            inherits_visibility=True,
        ),
        "viewers": build_people_relation("kpi"),
        "recorders": build_people_relation("kpi", "recorder"),
        "history": Relation("JournalEntry", list_history, inherits_visibility=True),
    },
    "KpiDefinition": {
        "kpi": to_one("Kpi", "kpi_id"),
        "inputs": sort_relation(
            to_many(
                "KpiFormulaInput", "kpi_formula_inputs", "definition_id", inherits_visibility=True
            ),
            "alias",
        ),
    },
    "KpiFormulaInput": {"kpi": to_one("Kpi", "input_id")},
    "KpiMeasurement": {
        "kpi": to_one("Kpi", "kpi_id"),
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
        "recorded_by": to_one("Person", "recorded_by_id"),
        "replaced_by": to_one("Person", "replaced_by_id"),
    },
    "KpiTarget": {"kpi": to_one("Kpi", "kpi_id")},
}
