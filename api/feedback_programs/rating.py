"""Mutations of raters, and the look at the author of a confidential text."""

from typing import Annotated
from uuid import UUID

import strawberry

from api.feedback_programs.program import FeedbackProgram
from api.kernel.schema.declarations import TYPES
from api.kernel.schema.inputs import input_field, input_type
from api.kernel.schema.mutations import Computed, mutation
from api.people import Person
from domain import feedback_programs as domain
from domain.feedback import REASON
from domain.feedback_programs import RaterAnswer
from domain.feedback_programs.forms import TEXT
from domain.kernel.unit_of_work import Work
from domain.reviews.packets.model import LEVEL
from domain.reviews.templates.model import MAX_TEMPLATE_QUESTIONS
from domain.reviews.writing.answers import KEY


@input_type()
class FeedbackProgramAnswerInput:
    """An answer to one question: either a level or a text, depending on its kind."""

    question_key: Annotated[str, KEY] = input_field("The key of the question.")
    level: Annotated[int | None, LEVEL] = input_field(
        "The answer to a question of the kinds RATING and COMPETENCY: the place of the level on"
        " the scale; 1 is the lowest."
    )
    text: Annotated[str | None, TEXT] = input_field(
        "The answer to a question of the kind TEXT. Names, places and days in it may tell who"
        " wrote it."
    )


@input_type()
class FeedbackProgramRespondInput:
    """Input of `feedbackProgramRespond`."""

    program_id: UUID = input_field("The program.", id_prefix="feedbackprogram")
    answers: list[FeedbackProgramAnswerInput] = input_field(
        f"The answers, one for each question, {MAX_TEMPLATE_QUESTIONS} at most. Questions may be"
        " left out, except for required ratings on a scale that does not allow that.",
        max_items=MAX_TEMPLATE_QUESTIONS,
    )


@input_type()
class FeedbackProgramWithdrawResponseInput:
    """Input of `feedbackProgramWithdrawResponse`."""

    program_id: UUID = input_field("The program.", id_prefix="feedbackprogram")


@input_type()
class FeedbackProgramRevealAuthorInput:
    """Input of `feedbackProgramRevealAuthor`."""

    answer_id: UUID = input_field(
        "Id of the FeedbackProgramAnswer that has the text.", id_prefix="feedbackanswer"
    )
    reason: Annotated[str, REASON] = input_field(
        "Why the viewer has to know the author. The audit log keeps it."
    )


@mutation(FeedbackProgram, takes_key=False)
async def feedback_program_respond(
    work: Work, input: FeedbackProgramRespondInput
) -> domain.FeedbackProgram:
    """Answer as a rater. It replaces all earlier answers of the viewer in this program.

    It can be sent again without harm, and takes no idempotency key.
    """
    answers = [RaterAnswer(each.question_key, each.level, each.text) for each in input.answers]
    return await domain.respond(work, input.program_id, answers)


@mutation(FeedbackProgram, takes_key=False)
async def feedback_program_withdraw_response(
    work: Work, input: FeedbackProgramWithdrawResponseInput
) -> domain.FeedbackProgram:
    """Take all answers of the viewer back. They can be given again while the program is open."""
    return await domain.withdraw_response(work, input.program_id)


@strawberry.type(description="Who wrote a text.")
class FeedbackProgramAuthor:
    """The author of a text."""

    name: str = strawberry.field(
        description="The name of the person, or the one that HR entered for somebody without an"
        " account."
    )


TYPES["FeedbackProgramAuthor"] = FeedbackProgramAuthor


@mutation(Person, computes={"author": FeedbackProgramAuthor})
async def feedback_program_reveal_author(
    work: Work, input: FeedbackProgramRevealAuthorInput
) -> Computed:
    """Return who wrote a text of a confidential program to HR with `FEEDBACK_READ_AUTHORS`.

    `person` is null where the author has no account; `author` has the name of each.

    The audit log keeps each look with its reason, in the entries of the officer's account. Nobody
    can look up who wrote about themselves, or about somebody who was below them since the program.
    """
    author = await domain.reveal_author(work, input.answer_id, input.reason)
    return Computed(author.person_id, FeedbackProgramAuthor(name=author.name))
