"""The relations of review cycles."""

from tests.reads.dataset import Row
from tests.reads.oracle.relations.relation import (
    Arguments,
    Relation,
    Relations,
    list_history,
    sort_relation,
    to_many,
    to_one,
)
from tests.reads.oracle.relations.review_progress import PROGRESS_RELATIONS, list_forms
from tests.reads.oracle.relationships import OracleCaller


def _list_units(who: OracleCaller, row: Row, _: Arguments) -> list[Row]:
    named = who.facts.select_rows("review_cycle_units", cycle_id=row["id"])
    ids = {each["organization_id"] for each in named}
    return [each for each in who.facts.select_rows("organizations") if each["id"] in ids]


def _find_cycle(who: OracleCaller, row: Row, _: Arguments) -> list[Row]:
    return [who.facts.rows_by_id[row["cycle_id"]]]


def _list_parts(kind: str, table: str) -> Relation:
    return sort_relation(to_many(kind, table, "cycle_id", inherits_visibility=True), "position")


def _count_participants(who: OracleCaller, row: Row, _: Arguments) -> list[Row]:
    found = who.facts.select_rows("review_participants", cycle_id=row["id"])
    statuses = [each["status"] for each in found]
    counts = {each: statuses.count(each) for each in ("active", "unratable", "removed")}
    return [counts | {"cycle_id": row["id"]}]


def _list_own_phases(who: OracleCaller, row: Row, _: Arguments) -> list[Row]:
    """List the phases with the days of the viewer's group, where it has own ones."""
    found = who.facts.select_rows("review_participants", cycle_id=row["id"], person_id=who.id)
    taking = [each for each in found if each["status"] != "removed"]
    (mine,) = taking
    own = who.facts.select_rows("review_cycle_group_phases", group_id=mine["group_id"])
    days = {each["kind"]: (each["starts_on"], each["last_day"]) for each in own}
    phases = who.facts.select_rows("review_cycle_phases", cycle_id=row["id"])
    return [
        each | dict(zip(("starts_on", "last_day"), days[each["kind"]], strict=True))
        if each["kind"] in days
        else each
        for each in sorted(phases, key=lambda each: each["position"])
    ]


def list_own_cycles(who: OracleCaller, row: Row, _: Arguments) -> list[Row]:
    """List the cycles in which the viewer takes part."""
    found = who.facts.select_rows("review_participants", person_id=row["person_id"])
    ids = {each["cycle_id"] for each in found if each["status"] != "removed"}
    return [each for each in who.facts.select_rows("review_cycles") if each["id"] in ids]


RELATIONS: Relations = {
    "ReviewCycle": {
        "progress": Relation("ReviewCycleProgress", _count_participants, inherits_visibility=True),
        "participants": to_many(
            "ReviewParticipant", "review_participants", "cycle_id", inherits_visibility=True
        ),
        "calibration_sessions": to_many("CalibrationSession", "calibration_sessions", "cycle_id"),
        "fairness": sort_relation(
            to_many("FairnessFigure", "fairness_figures", "cycle_id"), "computed_at"
        ),
        "packets": to_many("ReviewPacket", "review_packets", "cycle_id"),
        "reviews": Relation("Review", list_forms),
        "scale": to_one("RatingScale", "scale_id"),
        "organization": to_one("Organization", "organization_id"),
        "units": Relation("Organization", _list_units),
        "score_rule": to_one("ScoreRule", "score_rule_id"),
        "directions": _list_parts("ReviewCycleDirection", "review_cycle_directions"),
        "phases": _list_parts("ReviewCyclePhase", "review_cycle_phases"),
        "groups": _list_parts("ReviewCycleGroup", "review_cycle_groups"),
        "selections": _list_parts("ReviewCycleSelection", "review_cycle_selections"),
        "history": Relation("JournalEntry", list_history, inherits_visibility=True),
    },
    "ReviewCycleDirection": {"template": to_one("ReviewTemplate", "template_id")},
    "ReviewCycleSummary": {
        "phases": Relation("ReviewCyclePhase", _list_own_phases, inherits_visibility=True),
    },
    **PROGRESS_RELATIONS,
    "ReviewParticipant": {
        "cycle": Relation("ReviewCycle", _find_cycle, inherits_visibility=True),
        "person": to_one("Person", "person_id"),
        "manager": to_one("Person", "manager_id"),
        "group": to_one("ReviewCycleGroup", "group_id"),
    },
    "ReviewCyclePhase": {},
    "ReviewCycleGroup": {
        "organization": to_one("Organization", "organization_id"),
        "phases": sort_relation(
            to_many(
                "ReviewCycleGroupPhase",
                "review_cycle_group_phases",
                "group_id",
                inherits_visibility=True,
            ),
            "position",
        ),
    },
    "ReviewCycleGroupPhase": {},
    "ReviewCycleSelection": {"person": to_one("Person", "person_id")},
}
