"""The relations of annotations."""

from datetime import date

from tests.reads.dataset import Row
from tests.reads.oracle.relations.relation import (
    Arguments,
    Relation,
    Relations,
    list_history,
    to_one,
)
from tests.reads.oracle.relationships import OracleCaller


def list_annotations(who: OracleCaller, kpi: Row, arguments: Arguments) -> list[Row]:
    """List the annotations of a KPI, of its unit and those above, and of the tenant."""
    start, end = arguments.get("from") or date.min, arguments.get("to") or date.max
    unit = kpi["organization_id"]
    above = {kpi["id"]}
    team = who.facts.find_row(kpi["team_id"]) if kpi["team_id"] else None
    while team is not None:
        above.add(team["id"])
        unit = unit or team["organization_id"]
        team = who.facts.find_row(team["parent_id"]) if team["parent_id"] else None
    found = who.facts.find_row(unit) if unit else None
    while found is not None:
        above.add(found["id"])
        found = who.facts.find_row(found["parent_id"]) if found["parent_id"] else None
    return [
        each
        for each in who.facts.select_rows("annotations")
        if (each["scope_kind"] == "tenant" or above & {each[name] for name in SCOPE_IDS})
        and each["last_day"] >= start
        and each["starts_on"] <= end
    ]


SCOPE_IDS = ("kpi_id", "organization_id", "team_id")

RELATIONS: Relations = {
    "Annotation": {
        "author": to_one("Person", "author_id"),
        "history": Relation("JournalEntry", list_history, inherits_visibility=True),
    },
}
