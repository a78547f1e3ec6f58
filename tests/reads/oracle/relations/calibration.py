"""The relations of calibration sessions."""

from tests.reads.dataset import Row
from tests.reads.oracle.policy.calibration import can_see_name
from tests.reads.oracle.relations.relation import (
    Arguments,
    Relation,
    Relations,
    list_history,
    select_people,
    sort_relation,
    to_many,
    to_one,
)
from tests.reads.oracle.relationships import OracleCaller


def _list_units(who: OracleCaller, row: Row, _: Arguments) -> list[Row]:
    named = who.facts.select_rows("calibration_session_units", session_id=row["id"])
    return [who.facts.rows_by_id[each["organization_id"]] for each in named]


def _list_people(as_what: str) -> Relation:
    def walk(who: OracleCaller, row: Row, _: Arguments) -> list[Row]:
        named = who.facts.select_rows(f"calibration_session_{as_what}", session_id=row["id"])
        return select_people(who, [each["person_id"] for each in named])

    return Relation("Person", walk)


def _find_if_named(kind: str, column: str) -> Relation:
    """Return the relation to what tells whom a row is about."""

    def walk(who: OracleCaller, row: Row, _: Arguments) -> list[Row]:
        found = who.facts.find_row(row[column]) if can_see_name(who, row) else None
        return [found] if found else []

    return Relation(kind, walk)


def _find_level(column: str) -> Relation:
    def walk(who: OracleCaller, row: Row, _: Arguments) -> list[Row]:
        scale = who.facts.rows_by_id[row["session_id"]]["scale_id"]
        return who.facts.select_rows("rating_levels", scale_id=scale, position=row[column])

    return Relation("RatingLevel", walk, inherits_visibility=True)


HISTORY = Relation("JournalEntry", list_history, inherits_visibility=True)
RELATIONS: Relations = {
    "CalibrationSession": {
        "cycle": to_one("ReviewCycle", "cycle_id"),
        "organization": to_one("Organization", "organization_id"),
        "units": Relation("Organization", _list_units),
        "facilitators": _list_people("facilitators"),
        "members": _list_people("members"),
        **{
            each: to_one("RatingScale", f"{each}_id")
            for each in ("scale", "horizontal_scale", "vertical_scale")
        },
        "subjects": sort_relation(
            to_many("CalibrationSubject", "calibration_subjects", "session_id"),
            "discussion_key",
        ),
        "adjustments": to_many("CalibrationAdjustment", "calibration_adjustments", "session_id"),
        "history": HISTORY,
    },
    "CalibrationSubject": {
        "session": to_one("CalibrationSession", "session_id"),
        "person": _find_if_named("Person", "person_id"),
        "manager": _find_if_named("Person", "manager_id"),
        "organization": _find_if_named("Organization", "organization_id"),
        "packet": _find_if_named("ReviewPacket", "packet_id"),
        "level": _find_level("level"),
        "original_level": _find_level("original_level"),
        "adjustments": sort_relation(
            to_many("CalibrationAdjustment", "calibration_adjustments", "row_id"), "position"
        ),
        "history": HISTORY,
    },
    "CalibrationAdjustment": {
        "subject": to_one("CalibrationSubject", "row_id"),
        "before": _find_level("before"),
        "after": _find_level("after"),
        "adjusted_by": to_one("Person", "adjusted_by_id"),
    },
}
