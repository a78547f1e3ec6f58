"""Questions and sections of the managers' form as axes of a box."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from uuid import UUID

from domain.kernel.unit_of_work import Work
from domain.reviews.calibration.attributes import CellKind, Opening, Values
from domain.reviews.cycles import ReviewCycle
from domain.reviews.directions import ReviewDirection
from domain.reviews.scales import RatingScale
from domain.reviews.templates import (
    QuestionAudience,
    QuestionKind,
    ReviewQuestion,
    ReviewTemplate,
)
from domain.reviews.writing import Review, ReviewAnswer, ReviewStatus

NO_AND_YES = ("No", "Yes")
ANSWER = ("review_id", "question_id", "level", "choice_key", "is_true", "number")
Answers = Mapping[UUID, Mapping[UUID, Sequence[Any]]]
"""For each packet: by question its level, key of the choice, yes or no, and number."""


@dataclass(frozen=True)
class FormItem:
    """A question, or the questions of a section whose ratings are added up."""

    cells: CellKind
    questions: Sequence[ReviewQuestion]
    scale_id: UUID | None = None
    labels: tuple[str, ...] = ()
    is_section: bool = False


async def find_item(work: Work, cycle: ReviewCycle, key: str) -> FormItem | None:
    """Return the question with this key, or else the section; None if it can be no axis.

    Answers that only HR reads are none: the form promises it to those who write them.
    """
    ids = [
        each.template_id for each in cycle.directions if each.direction is ReviewDirection.MANAGER
    ]
    sections = [each for form in await work.load_all(ReviewTemplate, ids) for each in form.sections]
    questions = [each for section in sections for each in section.questions]
    question = next((each for each in questions if each.key == key), None)
    if question is not None:
        return _describe_question(question)
    rated = [
        each
        for section in sections
        for each in section.questions
        if section.key == key and each.scale_id is not None and each.weight and _is_told(each)
    ]
    return FormItem(CellKind.BANDS, rated, is_section=True) if rated else None


def _is_told(question: ReviewQuestion) -> bool:
    return question.audience is not QuestionAudience.HR_ONLY


def _describe_question(question: ReviewQuestion) -> FormItem | None:
    if not _is_told(question):
        return None
    if question.scale_id is not None:
        return FormItem(CellKind.LEVELS, [question], question.scale_id)
    match question.kind:
        case QuestionKind.NUMBER:
            return FormItem(CellKind.BANDS, [question])
        case QuestionKind.BOOLEAN:
            return FormItem(CellKind.LABELS, [question], labels=NO_AND_YES)
        case QuestionKind.CHOICE:
            labels = tuple(each.label for each in question.choices)
            return FormItem(CellKind.LABELS, [question], labels=labels)
        case _:
            return None


async def load_item_values(work: Work, item: FormItem, opening: Opening) -> Values:
    """Return the value of each packet: a level, a number, a label, or the mean of a section."""
    answers = await _load_answers(work, item, opening)
    if item.is_section:
        levels = await _load_level_values(work, item)
        means = {id: _compute_mean(item, levels, each) for id, each in answers.items()}
        return {id: each for id, each in means.items() if each is not None}
    (question,) = item.questions
    values = {id: _read_answer(question, each[question.id]) for id, each in answers.items()}
    return {id: each for id, each in values.items() if each is not None}


def _read_answer(question: ReviewQuestion, answer: Sequence[Any]) -> Any:
    """Return the value of an answer; None for one that is not applicable."""
    level, choice_key, is_true, number = answer
    if choice_key is not None:
        return next((each.label for each in question.choices if each.key == choice_key), None)
    if is_true is not None:
        return NO_AND_YES[is_true]
    return level if number is None else number


async def _load_level_values(work: Work, item: FormItem) -> Mapping[UUID, Sequence[Fraction]]:
    """Return the values of the levels of each scale, the lowest level first."""
    ids = {each.scale_id for each in item.questions if each.scale_id is not None}
    scales = await work.load_all(RatingScale, sorted(ids))
    return {each.id: [Fraction(level.value) for level in each.levels] for each in scales}


def _compute_mean(
    item: FormItem,
    levels: Mapping[UUID, Sequence[Fraction]],
    answers: Mapping[UUID, Sequence[Any]],
) -> Fraction | None:
    """Return the mean of the values of the levels, by the weights of those that were answered."""
    total, weights = Fraction(), 0
    for each in item.questions:
        level = answers.get(each.id, (None,))[0]
        if level is not None and each.scale_id is not None:
            total += levels[each.scale_id][level - 1] * each.weight
            weights += each.weight
    return total / weights if weights else None


async def _load_answers(work: Work, item: FormItem, opening: Opening) -> Answers:
    """Return the answers of managers to these questions."""
    managers = {each.packet_id: each.manager_id for each in opening.decisions}
    forms = await work.find_values(
        Review,
        ("id", "packet_id", "writer_id"),
        packet_id=list(managers),
        direction=[ReviewDirection.MANAGER] * len(managers),
        status=[ReviewStatus.SUBMITTED] * len(managers),
    )
    # A packet may have forms of an earlier manager, too: that of who decides counts.
    forms = sorted(forms, key=lambda row: row[2] == managers[row[1]])
    pairs = [(row[0], each.id) for row in forms for each in item.questions]
    rows = await work.find_values(
        ReviewAnswer,
        ANSWER,
        review_id=[review_id for review_id, _ in pairs],
        question_id=[question_id for _, question_id in pairs],
    )
    by_form = defaultdict[UUID, dict[UUID, Sequence[Any]]](dict)
    for review_id, question_id, *answer in rows:
        by_form[review_id][question_id] = answer
    return {packet_id: by_form[id] for id, packet_id, _ in forms if id in by_form}
