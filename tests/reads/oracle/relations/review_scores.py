"""The relations of score rules and scores."""

from tests.reads.dataset import Row
from tests.reads.oracle.policy.review_scores import can_read_score
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


def _list_by_place(kind: str, table: str, column: str) -> Relation:
    return sort_relation(to_many(kind, table, column), "position")


def _list_revisions(who: OracleCaller, row: Row, _: Arguments) -> list[Row]:
    found = who.facts.select_rows("score_rules", document_id=row["document_id"])
    return sorted(found, key=lambda each: -each["revision"])


def _list_scores(who: OracleCaller, packet: Row, _: Arguments) -> list[Row]:
    found = who.facts.select_rows("review_scores", packet_id=packet["id"])
    return [each for each in found if can_read_score(who, each)]


def _find_score(who: OracleCaller, packet: Row, arguments: Arguments) -> list[Row]:
    return [each for each in _list_scores(who, packet, arguments) if each["is_current"]]


OF_PACKET: dict[str, Relation] = {
    "approved_by": to_one("Person", "approved_by_id"),
    "score_rule": to_one("ScoreRule", "score_rule_id"),
    "score": Relation("ReviewScore", _find_score),
    "scores": sort_relation(Relation("ReviewScore", _list_scores), "computed_at"),
}
RELATIONS: Relations = {
    "ScoreRule": {
        "scale": to_one("RatingScale", "scale_id"),
        "steps": _list_by_place("ScoreStep", "score_steps", "rule_id"),
        "revisions": Relation("ScoreRule", _list_revisions),
        "history": Relation("JournalEntry", list_history, inherits_visibility=True),
    },
    "ScoreStep": {
        "conditions": _list_by_place("ScoreCondition", "score_conditions", "step_id"),
    },
    "ScoreCondition": {},
    "ReviewScore": {
        "rule": to_one("ScoreRule", "rule_id"),
        "components": _list_by_place("ReviewScoreComponent", "review_score_components", "score_id"),
        "steps": _list_by_place("ReviewScoreStep", "review_score_steps", "score_id"),
    },
    "ReviewScoreComponent": {
        "review": to_one("Review", "review_id"),
        "question": to_one("ReviewQuestion", "question_id"),
    },
    "ReviewScoreStep": {},
}
