"""Questions of a template: their kinds, who reads the answers, and what belongs to each kind."""

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from domain.kernel.errors import Code, Invalid
from domain.kernel.fields import to_camel_case


class QuestionKind(StrEnum):
    """What an answer is."""

    TEXT = "text"
    RATING = "rating"
    CHOICE = "choice"
    BOOLEAN = "boolean"
    NUMBER = "number"
    COMPETENCY = "competency"
    GOALS = "goals"
    KPIS = "kpis"


class QuestionAudience(StrEnum):
    """Who reads an answer, beside its writer. Each audience includes the next ones."""

    REVIEWEE = "reviewee"
    MANAGER = "manager"
    HR_ONLY = "hr_only"


class QuestionComparison(StrEnum):
    """How an earlier answer is compared."""

    EQUALS = "equals"
    AT_MOST = "at_most"
    AT_LEAST = "at_least"


TEXT, RATING, CHOICE, BOOLEAN, NUMBER, COMPETENCY, GOALS, KPIS = QuestionKind
RATED = {RATING, COMPETENCY, GOALS, KPIS}
"""Kinds whose answer may be a rating; the first two are nothing else."""

ORDERED = {RATING, COMPETENCY, NUMBER}
"""Kinds whose answers can be at most or at least something."""

COMPARABLE = ORDERED | {CHOICE, BOOLEAN}

REQUIRED = {
    RATING: ("scale_id",),
    COMPETENCY: ("scale_id", "framework_id", "competency_key"),
}
ALLOWED = {
    "scale_id": RATED,
    "framework_id": {COMPETENCY},
    "competency_key": {COMPETENCY},
    "minimum": {NUMBER},
    "maximum": {NUMBER},
    "decimals": {NUMBER},
}
MIN_CHOICES = 2
CONDITION = ("condition_key", "condition_comparison", "condition_value")

Question = Mapping[str, Any]


def find_conflicts(
    question: Question, earlier: Mapping[str, Question], *path: str | int
) -> Iterator[Invalid]:
    """Yield what is wrong between values of a question, given the questions before it by key."""
    yield from _find_unfit(question, *path)
    yield from _find_bad_bounds(question, *path)
    yield from _find_bad_condition(question, earlier, *path)


def _find_unfit(question: Question, *path: str | int) -> Iterator[Invalid]:
    """Yield what a question of its kind needs or does not take."""
    kind = question["kind"]
    for name in REQUIRED.get(kind, ()):
        if question.get(name) is None:
            message = f"A {kind.name} needs it. Fill it in, or choose another kind."
            yield Invalid(message, *path, to_camel_case(name), code=Code.REQUIRED)
    for name, kinds in ALLOWED.items():
        if kind not in kinds and question.get(name) is not None:
            message = f"A question of the kind {kind.name} does not take it. Remove it."
            yield Invalid(message, *path, to_camel_case(name))
    choices = question.get("choices") or ()
    if kind is CHOICE and len(choices) < MIN_CHOICES:
        message = f"At least {MIN_CHOICES} choices are needed. Add some."
        yield Invalid(message, *path, "choices", code=Code.OUT_OF_RANGE)
    if kind is not CHOICE and choices:
        message = f"A question of the kind {kind.name} has no choices. Remove them."
        yield Invalid(message, *path, "choices")


def _find_bad_bounds(question: Question, *path: str | int) -> Iterator[Invalid]:
    lowest, highest = question.get("minimum"), question.get("maximum")
    if lowest is not None and highest is not None and lowest > highest:
        message = "The maximum is below the minimum. Correct one of them."
        yield Invalid(message, *path, "maximum", code=Code.OUT_OF_RANGE)


def _find_bad_condition(
    question: Question, earlier: Mapping[str, Question], *path: str | int
) -> Iterator[Invalid]:
    given = [name for name in CONDITION if question.get(name) is not None]
    if not given:
        return
    for name in CONDITION:
        if name not in given:
            message = "A condition has a question, a comparison and a value. Add it."
            yield Invalid(message, *path, to_camel_case(name), code=Code.REQUIRED)
    if len(given) < len(CONDITION):
        return
    asked = earlier.get(question["condition_key"])
    if asked is None:
        message = "No earlier question has this key. Name one that stands before this question."
        yield Invalid(message, *path, "conditionKey", code=Code.REFERENCE_NOT_FOUND)
        return
    yield from _find_bad_comparison(question, asked, *path)


def _find_bad_comparison(
    question: Question, asked: Question, *path: str | int
) -> Iterator[Invalid]:
    kind, comparison = asked["kind"], question["condition_comparison"]
    if kind not in COMPARABLE:
        message = f"Answers of the kind {kind.name} are not compared. Name another question."
        yield Invalid(message, *path, "conditionKey")
        return
    if comparison is not QuestionComparison.EQUALS and kind not in ORDERED:
        message = f"Answers of the kind {kind.name} are only equal or not. Use EQUALS."
        yield Invalid(message, *path, "conditionComparison")
    if not _can_be(asked, question["condition_value"]):
        message = (
            "The earlier question has no such answer. Write true or false, the key of a choice,"
            " a number, or the place of a level on its scale, from 1."
        )
        yield Invalid(message, *path, "conditionValue")


def _can_be(asked: Question, value: str) -> bool:
    """Return whether a value of a condition has the form of an answer."""
    match asked["kind"]:
        case QuestionKind.BOOLEAN:
            return value in ("true", "false")
        case QuestionKind.CHOICE:
            return value in {each["key"] for each in asked.get("choices") or ()}
        case QuestionKind.NUMBER:
            return parse_number(value) is not None
        case _:
            return value.isascii() and value.isdecimal() and int(value) >= 1


def parse_number(text: str) -> Decimal | None:
    """Return the number that a text writes; None for another text."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
