"""The check of what a respondent answers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from domain.kernel.errors import Code, Invalid
from domain.kernel.faults import FaultCollector
from domain.kernel.fields import WholeNumber, check_required
from domain.surveys.enums import SurveyQuestionKind
from domain.surveys.model import COMMENT, Survey, SurveyQuestion

HIGHEST_RECOMMENDATION = 10
NUMBER = WholeNumber("The answer", 0, HIGHEST_RECOMMENDATION)
NO_CHOICE = "The question has no such choice. Take the ids of its choices."
FIELDS = {
    SurveyQuestionKind.RATING: "number",
    SurveyQuestionKind.RECOMMENDATION: "number",
    SurveyQuestionKind.CHOICE: "choice_id",
    SurveyQuestionKind.COMMENT: "comment",
}
GRAPH_FIELDS = {"number": "number", "choice_id": "choiceId", "comment": "comment"}


@dataclass(frozen=True)
class SurveyAnswer:
    """An answer to one question. Exactly one of the others is set, by the kind of question."""

    question_id: UUID
    number: int | None = None
    choice_id: UUID | None = None
    comment: str | None = None


def check_answers(survey: Survey, answers: Sequence[SurveyAnswer]) -> dict[UUID, int | str]:
    """Return the answers by question. Raises Invalid with all faults, each at its field."""
    questions = {each.id: each for each in survey.questions}
    faults, checked = FaultCollector(), dict[UUID, int | str]()
    for index, answer in enumerate(answers):
        with faults.collect():
            question = _find_question(questions, checked, answer, index)
            checked[question.id] = _check_answer(survey, question, answer, index)
    answered = {each.question_id for each in answers}
    faults.faults += _find_missing(questions, answered)
    faults.raise_all()
    return checked


def get_range(question: SurveyQuestion) -> range:
    """Return the numbers that a RATING or a RECOMMENDATION may have."""
    if question.kind is SurveyQuestionKind.RATING:
        return range(1, question.highest_rating + 1)
    return range(HIGHEST_RECOMMENDATION + 1)


def _find_question(
    questions: Mapping[UUID, SurveyQuestion],
    checked: Mapping[UUID, object],
    answer: SurveyAnswer,
    index: int,
) -> SurveyQuestion:
    path = ("answers", index, "questionId")
    question = questions.get(answer.question_id)
    if question is None:
        message = "The survey has no such question. Take the ids of its questions."
        raise Invalid(message, *path, code=Code.REFERENCE_NOT_FOUND)
    if question.id in checked:
        message = "This question has an answer already. Answer each question once."
        raise Invalid(message, *path, code=Code.NOT_UNIQUE)
    return question


def _check_answer(
    survey: Survey, question: SurveyQuestion, answer: SurveyAnswer, index: int
) -> int | str:
    name = FIELDS[question.kind]
    faults = FaultCollector()
    for other in (each for each in GRAPH_FIELDS if each != name):
        with faults.collect():
            _refuse_field(survey, question, answer, other, index)
    faults.raise_all()
    path = ("answers", index, GRAPH_FIELDS[name])
    return _check_value(question, check_required(None, getattr(answer, name), *path), *path)


def _refuse_field(
    survey: Survey, question: SurveyQuestion, answer: SurveyAnswer, name: str, index: int
) -> None:
    """Raise Invalid where a field is set that does not fit the kind of question."""
    path = ("answers", index, GRAPH_FIELDS[name])
    if name == "choice_id" and answer.choice_id is not None:
        choices = {choice.id for each in survey.questions for choice in each.choices}
        if answer.choice_id not in choices:
            raise Invalid(NO_CHOICE, *path, code=Code.REFERENCE_NOT_FOUND)
    if getattr(answer, name) is not None:
        expected = GRAPH_FIELDS[FIELDS[question.kind]]
        message = f"A {question.kind.name} is answered by {expected}. Remove this."
        raise Invalid(message, *path)


def _check_value(question: SurveyQuestion, value: int | str | UUID, *path: str | int) -> int | str:
    """Return the number, the position of the choice, or the text."""
    if isinstance(value, UUID):
        for choice in question.choices:
            if choice.id == value:
                return choice.position
        raise Invalid(NO_CHOICE, *path, code=Code.REFERENCE_NOT_FOUND)
    if isinstance(value, str):
        text: str = check_required(COMMENT, value, *path)
        return text
    allowed = get_range(question)
    if value not in allowed:
        message = f"The answer is a number from {allowed[0]} to {allowed[-1]}."
        raise Invalid(message, *path, code=Code.OUT_OF_RANGE)
    return value


def _find_missing(
    questions: Mapping[UUID, SurveyQuestion], answered: set[UUID]
) -> Iterator[Invalid]:
    """Yield the required questions that have no answer."""
    for each in questions.values():
        if each.is_required and each.id not in answered:
            message = f"Question {each.position} is missing. Answer it."
            yield Invalid(message, "answers", code=Code.REQUIRED)
