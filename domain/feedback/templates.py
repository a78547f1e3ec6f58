"""Templates of requests for feedback: published review templates whose questions are texts.

The questions are copied to the request, and a published template never changes. So a request keeps
what it had.
"""

from collections.abc import Iterator
from uuid import UUID

from domain.feedback.requests import QUESTIONS, FeedbackRequest
from domain.kernel.errors import Invalid, LimitExceeded
from domain.kernel.faults import raise_faults
from domain.kernel.unit_of_work import Work
from domain.reviews import ReviewTemplate
from domain.reviews.templates import QuestionAudience, QuestionKind, ReviewQuestion
from domain.revisions import reference_published

PATH = "templateId"


async def load_questions(
    work: Work, template_id: UUID, given: tuple[str, ...] | None
) -> tuple[str, ...]:
    """Return the questions of a template. Raises Invalid and LimitExceeded with all faults.

    `given` are those that the asker sends, who has to leave them out.
    """
    template = await reference_published(work, ReviewTemplate, template_id, PATH)
    assert template is not None, "The id is given."
    questions = [*template.list_questions()]
    faults = [*_find_faults(questions)]
    if given:
        message = "The questions are those of the template. Leave one of the two out."
        faults.append(Invalid(message, "questions"))
    if template.career_groups:
        message = "All questions are asked. Choose a template without career groups."
        faults.append(Invalid(message, PATH))
    raise_faults(faults)
    return tuple(join_lines(each.text) for each in questions)


async def load_helps(work: Work, asked: FeedbackRequest) -> tuple[str | None, ...]:
    """Return the help of each question of a request, by its template."""
    ids = [] if asked.template_id is None else [asked.template_id]
    templates = await work.load_all(ReviewTemplate, ids, keeps_state=True)
    helps = {join_lines(each.text): each.help for it in templates for each in it.list_questions()}
    return tuple(helps.get(each) for each in asked.questions)


def join_lines(text: str) -> str:
    """Return a text in one line."""
    return " ".join(text.split())


def _find_faults(questions: list[ReviewQuestion]) -> Iterator[Invalid | LimitExceeded]:
    if any(each.kind is not QuestionKind.TEXT for each in questions):
        message = "An answer is a text. Choose a template whose questions are all of the kind TEXT."
        yield Invalid(message, PATH)
    if any(each.audience is not QuestionAudience.REVIEWEE for each in questions):
        message = (
            "The audience of the request reads all answers. Choose a template whose questions all"
            " have the audience REVIEWEE."
        )
        yield Invalid(message, PATH)
    if any(each.condition_key is not None for each in questions):
        message = "All questions are asked. Choose a template without conditions."
        yield Invalid(message, PATH)
    if len(questions) > QUESTIONS.maximum:
        message = f"A request has at most {QUESTIONS.maximum} questions. Choose another template."
        yield LimitExceeded(message, PATH)
    if any(len(each.text) > QUESTIONS.max_length for each in questions):
        message = (
            f"A question of a request has at most {QUESTIONS.max_length} characters. Choose another"
            " template."
        )
        yield Invalid(message, PATH)
