"""The relations of custom fields, and of their values."""

from datetime import date

from tests.reads.dataset import Row
from tests.reads.oracle import policy
from tests.reads.oracle.relations.relation import (
    Arguments,
    Relation,
    RelationResolver,
    Relations,
    list_history,
    to_one,
)
from tests.reads.oracle.relationships import OracleCaller

ATTRIBUTES = ("custom_values", "custom_values_of_managers", "custom_values_of_hr")


def list_values(who: OracleCaller, kind: str, row: Row) -> list[Row]:
    """List the values that the caller may read, in the order of the fields."""
    found = {
        key: value
        for name in ATTRIBUTES
        if policy.can_read_field(who, kind, name, row)
        for key, value in row[name].items()
    }
    fields = who.facts.select_rows("custom_fields", object_type=kind.lower())
    return [
        _build_value(each, found[each["key"]])
        for each in sorted(fields, key=lambda each: each["id"])
        if each["key"] in found
    ]


def find_custom_value(who: OracleCaller, kind: str, row: Row, key: str) -> Row:
    """Find the value with a key that the caller may read; an empty one where there is none."""
    found = list_values(who, kind, row)
    return next((each for each in found if each["key"] == key), {})


def _build_value(field: Row, value: Row) -> Row:
    day = value.get("date")
    return {
        "field_id": field["id"],
        "key": field["key"],
        "text": value.get("text"),
        "number": value.get("number"),
        "boolean": value.get("boolean"),
        "date": date.fromisoformat(day) if day else None,
        "options": [
            next(each for each in field["options"] if each["key"] == key)
            for key in value.get("options", ())
        ],
    }


def _build_resolver(kind: str) -> RelationResolver:
    def walk(who: OracleCaller, row: Row, _: Arguments) -> list[Row]:
        return list_values(who, kind, row)

    return walk


def _list_options(_: OracleCaller, row: Row, __: Arguments) -> list[Row]:
    return list(row["options"])


VALUES: dict[str, Relation] = {
    kind: Relation("CustomValue", _build_resolver(kind), inherits_visibility=True)
    for kind in ("Person", "Team", "Goal")
}
OPTIONS = Relation("CustomOption", _list_options, inherits_visibility=True)
RELATIONS: Relations = {
    "CustomField": {
        "options": OPTIONS,
        "history": Relation("JournalEntry", list_history, inherits_visibility=True),
    },
    "CustomValue": {"field": to_one("CustomField", "field_id"), "options": OPTIONS},
}
