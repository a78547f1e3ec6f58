"""Forms: which review templates raters can fill in, and the check of what they answer."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from domain.ballots import Answers, compute_length
from domain.feedback_programs.enums import FeedbackProgramMode
from domain.kernel.errors import Code, Invalid, LimitExceeded
from domain.kernel.faults import FaultCollector, raise_faults
from domain.kernel.fields import MultiLine, check_required
from domain.kernel.unit_of_work import Work
from domain.reviews import CompetencyFramework, RatingScale, ReviewTemplate
from domain.reviews.templates import QuestionAudience, QuestionKind, ReviewQuestion
from domain.reviews.writing.answers import KEY

TEXT = MultiLine("The text", 2_000)
MAX_TEXT_QUESTIONS = 10
MIN_LEVELS = 3
"""With two levels a mean that never says that all answered alike says nothing."""

RATED = frozenset({QuestionKind.RATING, QuestionKind.COMPETENCY})
KINDS = RATED | {QuestionKind.TEXT}


@dataclass(frozen=True)
class FormQuestion:
    """A question as raters see it. `levels` is the number of levels of its scale; 0 for a text."""

    id: UUID
    key: str
    text: str
    levels: int = 0
    is_required: bool = False
    competency_id: UUID | None = None


@dataclass(frozen=True)
class Form:
    """The questions of a program in their order."""

    questions: Sequence[FormQuestion]

    @property
    def ballot_length(self) -> int:
        """The length of each ballot."""
        return compute_length([0 if each.levels else TEXT.max_length for each in self.questions])


@dataclass(frozen=True)
class RaterAnswer:
    """An answer to one question. Either the level or the text is set, by the kind of question."""

    question_key: str
    level: int | None = None
    text: str | None = None


async def load_form(work: Work, template: ReviewTemplate) -> Form:
    """Load what a form needs from the revisions that its template names."""
    questions = [*template.list_questions()]
    scale_ids = {each.scale_id for each in questions if each.scale_id is not None}
    framework_ids = {each.framework_id for each in questions if each.framework_id is not None}
    scales = {each.id: each for each in await work.load_all(RatingScale, sorted(scale_ids))}
    competencies = {
        (framework.id, each.key): each.id
        for framework in await work.load_all(CompetencyFramework, sorted(framework_ids))
        for each in framework.competencies
    }
    return Form([_build_question(each, scales, competencies) for each in questions])


def _build_question(
    question: ReviewQuestion,
    scales: Mapping[UUID, RatingScale],
    competencies: Mapping[tuple[UUID, str], UUID],
) -> FormQuestion:
    scale = scales.get(question.scale_id) if question.scale_id else None
    is_rated = question.kind in RATED and scale is not None
    key = (question.framework_id or UUID(int=0), question.competency_key or "")
    return FormQuestion(
        question.id,
        question.key,
        question.text,
        len(scale.levels) if scale is not None else 0,
        # Who cannot judge something leaves it out, where the scale allows that.
        is_rated and question.is_required and not (scale and scale.allows_not_applicable),
        competencies.get(key),
    )


def check_template(template: ReviewTemplate, form: Form, mode: FeedbackProgramMode) -> None:
    """Raise Invalid or LimitExceeded where raters could not fill in a template, at `templateId`."""
    faults = [*_find_faults([*template.list_questions()], form, mode)]
    if template.career_groups:
        message = "Raters answer all questions. Choose a template without career groups."
        faults.append(Invalid(message, "templateId"))
    raise_faults(faults)


def _find_faults(
    questions: Sequence[ReviewQuestion], form: Form, mode: FeedbackProgramMode
) -> Iterator[Invalid | LimitExceeded]:
    path = "templateId"
    if any(each.kind not in KINDS for each in questions):
        message = (
            "Raters answer questions of the kinds RATING, COMPETENCY and TEXT. Choose a template"
            " that has no others."
        )
        yield Invalid(message, path)
    if any(each.audience is not QuestionAudience.REVIEWEE for each in questions):
        message = (
            "The person reads the results of all questions. Choose a template whose questions all"
            " have the audience REVIEWEE."
        )
        yield Invalid(message, path)
    if any(each.condition_key is not None for each in questions):
        message = "Raters answer all questions. Choose a template without conditions."
        yield Invalid(message, path)
    levels = {each.levels for each in form.questions if each.levels}
    scales = {each.scale_id for each in questions if each.kind in RATED}
    if len(scales) > 1 or (levels and min(levels) < MIN_LEVELS):
        message = (
            f"All ratings have one scale, with at least {MIN_LEVELS} levels, so that they can be"
            " compared. Choose another template."
        )
        yield Invalid(message, path)
    texts = sum(not each.levels for each in form.questions)
    if texts and mode is FeedbackProgramMode.AGGREGATED:
        message = (
            "An AGGREGATED program asks for no texts. Choose a template without questions of the"
            " kind TEXT, or another mode."
        )
        yield Invalid(message, path)
    if texts > MAX_TEXT_QUESTIONS:
        message = (
            f"A program has at most {MAX_TEXT_QUESTIONS} questions of the kind TEXT. Choose another"
            " template."
        )
        yield LimitExceeded(message, path)


def check_answers(form: Form, answers: Sequence[RaterAnswer]) -> Answers:
    """Return the answers by question. Raises Invalid with all faults, each at its field."""
    questions = {each.key: each for each in form.questions}
    faults, checked = FaultCollector(), dict[UUID, int | str]()
    for index, answer in enumerate(answers):
        with faults.collect():
            _check_format(answer, index)
            question = _find_question(questions, checked, answer, index)
            checked[question.id] = _check_answer(question, answer, index)
    faults.faults += _find_missing(form, {each.question_key for each in answers})
    faults.raise_all()
    return checked


def _check_format(answer: RaterAnswer, index: int) -> None:
    faults = FaultCollector()
    with faults.collect():
        check_required(KEY, answer.question_key, "answers", index, "questionKey")
    with faults.collect():
        TEXT.check(answer.text, "answers", index, "text")
    faults.raise_all()


def _find_question(
    questions: Mapping[str, FormQuestion],
    checked: Mapping[UUID, object],
    answer: RaterAnswer,
    index: int,
) -> FormQuestion:
    path = ("answers", index, "questionKey")
    question = questions.get(answer.question_key)
    if question is None:
        message = "The form has no such question. Take the keys of its questions."
        raise Invalid(message, *path, code=Code.REFERENCE_NOT_FOUND)
    if question.id in checked:
        message = "This question has an answer already. Answer each question once."
        raise Invalid(message, *path, code=Code.NOT_UNIQUE)
    return question


def _check_answer(question: FormQuestion, answer: RaterAnswer, index: int) -> int | str:
    if not question.levels:
        if answer.level is not None:
            message = "A question of the kind TEXT has no level. Answer it with text."
            raise Invalid(message, "answers", index, "level")
        text: str = check_required(TEXT, answer.text, "answers", index, "text")
        return text
    if answer.text is not None:
        message = "A rating has no text. Answer it with level."
        raise Invalid(message, "answers", index, "text")
    path = ("answers", index, "level")
    level: int = check_required(None, answer.level, *path)
    if not 1 <= level <= question.levels:
        message = f"The level is a place on the scale, from 1 to {question.levels}."
        raise Invalid(message, *path, code=Code.OUT_OF_RANGE)
    return level


def _find_missing(form: Form, answered: set[str]) -> Iterator[Invalid]:
    if not answered:
        yield Invalid("Answer at least one question.", "answers", code=Code.REQUIRED)
    for each in form.questions:
        if each.is_required and each.key not in answered:
            message = f"This question has no answer: {each.text} Answer it."
            yield Invalid(message, "answers", code=Code.REQUIRED)
