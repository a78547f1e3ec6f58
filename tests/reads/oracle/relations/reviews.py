"""The relations of what reviews need."""

from typing import Any

from tests.reads.dataset import Row
from tests.reads.oracle.relations import review_scores
from tests.reads.oracle.relations.relation import (
    Arguments,
    Relation,
    Relations,
    list_history,
    sort_relation,
    to_many,
    to_one,
)
from tests.reads.oracle.relationships import OracleCaller


def _list_revisions(kind: str, table: str) -> Relation:
    def walk(who: OracleCaller, row: Row, _: Arguments) -> list[Row]:
        found = who.facts.select_rows(table, document_id=row["document_id"])
        return sorted(found, key=lambda each: -each["revision"])

    return Relation(kind, walk)


def _list_by_place(kind: str, table: str, column: str) -> Relation:
    return sort_relation(to_many(kind, table, column), "position")


def _find_competency(who: OracleCaller, row: Row, _: Arguments) -> list[Row]:
    key, framework = row["competency_key"], row["framework_id"]
    return who.facts.select_rows("competencies", framework_id=framework, key=key)


def _find_level_in(name: str) -> Any:
    def walk(who: OracleCaller, row: Row, _: Arguments) -> list[Row]:
        place = {"scale_id": row["scale_id"], "position": row[name]}
        return who.facts.select_rows("rating_levels", **place)

    return walk


def _list_questions(who: OracleCaller, row: Row, _: Arguments) -> list[Row]:
    """Return the questions that are for the groups of a form, section by section."""
    groups, found = row["career_group_keys"], list[Row]()

    def is_for_them(part: Row) -> bool:
        wanted = part["career_group_keys"]
        return groups is None or wanted == [] or any(each in groups for each in wanted)

    for section in sorted(
        who.facts.select_rows("review_sections", template_id=row["template_id"]),
        key=lambda each: each["position"],
    ):
        questions = who.facts.select_rows("review_questions", section_id=section["id"])
        if is_for_them(section):
            found += sorted(filter(is_for_them, questions), key=lambda each: each["position"])
    return found


RELATIONS: Relations = {
    "RatingScale": {
        "levels": _list_by_place("RatingLevel", "rating_levels", "scale_id"),
        "revisions": _list_revisions("RatingScale", "rating_scales"),
        "history": Relation("JournalEntry", list_history, inherits_visibility=True),
    },
    "RatingLevel": {},
    "ReviewTemplate": {
        "sections": _list_by_place("ReviewSection", "review_sections", "template_id"),
        "career_groups": _list_by_place("ReviewCareerGroup", "review_career_groups", "template_id"),
        "revisions": _list_revisions("ReviewTemplate", "review_templates"),
        "history": Relation("JournalEntry", list_history, inherits_visibility=True),
    },
    "ReviewSection": {
        "questions": _list_by_place("ReviewQuestion", "review_questions", "section_id"),
    },
    "ReviewQuestion": {
        "choices": _list_by_place("ReviewChoice", "review_choices", "question_id"),
        "scale": to_one("RatingScale", "scale_id"),
        "framework": to_one("CompetencyFramework", "framework_id"),
        "competency": Relation("Competency", _find_competency),
    },
    "ReviewChoice": {},
    "ReviewCareerGroup": {"organization": to_one("Organization", "organization_id")},
    "ReviewPacket": {
        **{
            name: to_one("Person", f"{name}_id")
            for name in ("subject", "manager", "second_level", "decided_by", "resolved_by")
        },
        **review_scores.OF_PACKET,
        "cycle": to_one("ReviewCycle", "cycle_id"),
        "scale": to_one("RatingScale", "scale_id"),
        "level": Relation("RatingLevel", _find_level_in("level")),
        "reviews": to_many("Review", "reviews", "packet_id"),
        "appeals": to_many("ReviewAppeal", "review_appeals", "packet_id"),
        "nomination_rounds": to_many(
            "ReviewNominationRound", "review_nomination_rounds", "packet_id"
        ),
        "history": Relation("JournalEntry", list_history, inherits_visibility=True),
    },
    "Review": {
        **{
            name: to_one("Person", f"{name}_id")
            for name in ("subject", "writer", "submitted_by", "stand_in")
        },
        "packet": to_one("ReviewPacket", "packet_id"),
        "template": to_one("ReviewTemplate", "template_id"),
        "questions": Relation("ReviewQuestion", _list_questions, inherits_visibility=True),
        "answers": sort_relation(
            to_many("ReviewAnswer", "review_answers", "review_id"), "question_id"
        ),
        "history": Relation("JournalEntry", list_history, inherits_visibility=True),
    },
    "ReviewAppeal": {
        **{name: to_one("Person", f"{name}_id") for name in ("subject", "decider")},
        "packet": to_one("ReviewPacket", "packet_id"),
        "level_before": Relation("RatingLevel", _find_level_in("level_before")),
        "level_after": Relation("RatingLevel", _find_level_in("level_after")),
        "history": Relation("JournalEntry", list_history, inherits_visibility=True),
    },
    "ReviewAnswer": {"question": to_one("ReviewQuestion", "question_id")},
    "CompetencyFramework": {
        "competencies": _list_by_place("Competency", "competencies", "framework_id"),
        "tracks": _list_by_place("CompetencyTrack", "competency_tracks", "framework_id"),
        "revisions": _list_revisions("CompetencyFramework", "competency_frameworks"),
        "history": Relation("JournalEntry", list_history, inherits_visibility=True),
    },
    "Competency": {},
    "CompetencyTrack": {
        "levels": _list_by_place("CompetencyLevel", "competency_levels", "track_id"),
    },
    "CompetencyLevel": {
        "expectations": _list_by_place(
            "CompetencyExpectation", "competency_expectations", "level_id"
        ),
        "track": to_one("CompetencyTrack", "track_id"),
    },
    "CompetencyExpectation": {
        "competency": Relation("Competency", _find_competency),
        "level": to_one("CompetencyLevel", "level_id"),
    },
}
