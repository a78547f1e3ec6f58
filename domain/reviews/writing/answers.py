"""Answers: their form, whether a question is asked, and what is missing in a review."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, ClassVar
from uuid import UUID

from domain.kernel.aggregate import Part
from domain.kernel.errors import Code, Invalid
from domain.kernel.faults import FaultCollector, raise_faults
from domain.kernel.fields import PERSONAL, ExactNumber, MultiLine, SingleLine, to_camel_case
from domain.reviews.packets import policy
from domain.reviews.scales import RatingScale
from domain.reviews.templates import (
    QuestionAudience,
    QuestionComparison,
    QuestionKind,
    ReviewQuestion,
    ReviewTemplate,
    list_applicable,
)
from domain.reviews.templates.questions import RATED, parse_number

TEXT = MultiLine("The text", 10_000)
KEY = SingleLine("The key", 50)
NUMBER = ExactNumber()
VALUES = ("text", "level", "is_not_applicable", "choice_key", "is_true", "number")
FIELD_BY_KIND = {
    QuestionKind.CHOICE: "choice_key",
    QuestionKind.BOOLEAN: "is_true",
    QuestionKind.NUMBER: "number",
}


@dataclass(kw_only=True, eq=False)
class ReviewAnswer(Part):
    """The answer to one question of one review.

    `answer_version` counts its own changes, so that two devices never overwrite each other.
    `audience` repeats that of the question, which never changes. `level` is a place on the scale.
    """

    NAME = "review_answer"
    SEE = policy.SEE_ANSWER
    FIXED: ClassVar = frozenset({"review_id", "question_id", "audience"})
    VERSION: ClassVar = "answer_version"

    review_id: UUID
    question_id: UUID
    audience: QuestionAudience
    answer_version: int = 1
    text: Annotated[str | None, TEXT, PERSONAL] = None
    level: int | None = None
    is_not_applicable: bool = False
    choice_key: str | None = None
    is_true: bool | None = None
    number: Decimal | None = None

    def describe(self) -> dict[str, Any]:
        """Return its values."""
        return {name: getattr(self, name) for name in VALUES}

    def change(self, values: Mapping[str, Any]) -> bool:
        """Take these values, and count the change. Return whether any is different."""
        is_different = any(getattr(self, name) != value for name, value in values.items())
        if is_different:
            vars(self).update(values)
            self.answer_version += 1
        return is_different


def check_answer(
    question: ReviewQuestion, scale: RatingScale | None, values: Mapping[str, Any]
) -> dict[str, Any]:
    """Return all values of an answer; those that are not given are empty.

    Raises Invalid with all faults: for a value that this kind of question does not take, or that
    lies outside of its scale, choices or limits.
    """
    given = {name: each for name, each in values.items() if each is not None and each is not False}
    if values.get("is_true") is False:
        given["is_true"] = False
    faults = FaultCollector()
    with faults.collect():
        given["text"] = TEXT.check(values.get("text"), "text")
    with faults.collect():
        given["choice_key"] = KEY.check(values.get("choice_key"), "choiceKey")
    given = {name: each for name, each in given.items() if each is not None}
    raise_faults([*faults.faults, *_find_faults(question, scale, given)])
    return {name: given.get(name) for name in VALUES} | {
        "is_not_applicable": "is_not_applicable" in given
    }


def _find_faults(
    question: ReviewQuestion, scale: RatingScale | None, given: Mapping[str, Any]
) -> Iterator[Invalid]:
    taken = {"text", FIELD_BY_KIND.get(question.kind)}
    if question.kind in RATED and scale is not None:
        taken |= {"level"} | ({"is_not_applicable"} if scale.allows_not_applicable else set())
    for name in (each for each in given if each not in taken):
        message = f"A question of the kind {question.kind.name} does not take it. Leave it out."
        yield Invalid(message, to_camel_case(name))
    level = given.get("level")
    if level is not None and scale is not None and not 1 <= level <= len(scale.levels):
        message = f"The level is a place on the scale, from 1 to {len(scale.levels)}."
        yield Invalid(message, "level", code=Code.OUT_OF_RANGE)
    if level is not None and given.get("is_not_applicable"):
        message = "Give a level or isNotApplicable, not both."
        yield Invalid(message, "isNotApplicable")
    choice = given.get("choice_key")
    if "choice_key" in taken and choice and choice not in {each.key for each in question.choices}:
        message = "The question has no such choice. Use the key of one of its choices."
        yield Invalid(message, "choiceKey", code=Code.REFERENCE_NOT_FOUND)
    if given.get("number") is not None and "number" in taken:
        yield from _find_number_faults(question, given["number"])


def _find_number_faults(question: ReviewQuestion, number: Decimal) -> Iterator[Invalid]:
    decimals = NUMBER.decimals if question.decimals is None else question.decimals
    is_low = question.minimum is not None and number < question.minimum
    is_high = question.maximum is not None and number > question.maximum
    if not number.is_finite() or is_low or is_high or number != round(number, decimals):
        ends = [f"from {question.minimum:f}"] if question.minimum is not None else []
        ends += [f"up to {question.maximum:f}"] if question.maximum is not None else []
        limits = " ".join([*ends, f"with at most {decimals} decimals"])
        yield Invalid(f"The number has to be {limits}.", "number", code=Code.OUT_OF_RANGE)


def is_answered(question: ReviewQuestion, answer: ReviewAnswer | None) -> bool:
    """Return whether an answer says what its question asks for."""
    if answer is None:
        return False
    if question.kind in RATED and question.scale_id is not None:
        return answer.level is not None or answer.is_not_applicable
    name = FIELD_BY_KIND.get(question.kind, "text")
    return getattr(answer, name) is not None


def is_asked(question: ReviewQuestion, answers: Mapping[str, ReviewAnswer]) -> bool:
    """Return whether the condition of a question holds, given the answers by key."""
    if question.condition_key is None:
        return True
    answer = answers.get(question.condition_key)
    if answer is None:
        return False
    value = question.condition_value or ""
    if answer.is_true is not None:
        return value == ("true" if answer.is_true else "false")
    if answer.choice_key is not None:
        return value == answer.choice_key
    found = answer.number if answer.number is not None else answer.level
    wanted = parse_number(value)
    if found is None or wanted is None:
        return False
    return {
        QuestionComparison.EQUALS: found == wanted,
        QuestionComparison.AT_MOST: found <= wanted,
        QuestionComparison.AT_LEAST: found >= wanted,
        None: False,
    }[question.condition_comparison]


def list_asked(
    template: ReviewTemplate,
    answers: Iterable[ReviewAnswer],
    career_group_keys: Collection[str] | None = None,
) -> list[tuple[ReviewQuestion, ReviewAnswer | None]]:
    """Return the questions that are asked about somebody in these groups, with their answers."""
    by_id = {each.question_id: each for each in answers}
    found = list[tuple[ReviewQuestion, ReviewAnswer | None]]()
    by_key = dict[str, ReviewAnswer]()
    for question in list_applicable(template, career_group_keys):
        if is_asked(question, by_key):
            answer = by_id.get(question.id)
            found.append((question, answer))
            if answer is not None:
                by_key[question.key] = answer
    return found


def find_missing(
    asked: Iterable[tuple[ReviewQuestion, ReviewAnswer | None]],
) -> Iterator[Invalid]:
    """Yield each required question that is asked and has no answer, at `answers` and its key."""
    for question, answer in asked:
        if question.is_required and not is_answered(question, answer):
            message = f"This question has no answer: {question.text} Answer it."
            yield Invalid(message, "answers", question.key, code=Code.REQUIRED)
