"""Mutations of respondents: answering, and taking the answer back."""

from typing import Annotated
from uuid import UUID

from api.kernel.schema.inputs import input_field, input_type
from api.kernel.schema.mutations import mutation
from api.surveys.survey import Survey
from domain import surveys as domain
from domain.kernel.unit_of_work import Work
from domain.surveys import SurveyAnswer
from domain.surveys.model import COMMENT, MAX_QUESTIONS
from domain.surveys.responses import NUMBER


@input_type()
class SurveyAnswerInput:
    """An answer to one question: the field that fits its kind, and no other."""

    question_id: UUID = input_field("The question.", id_prefix="surveyquestion")
    number: Annotated[int | None, NUMBER] = input_field(
        "The answer to a `RATING`, from 1 to its `highestRating`, or to a `RECOMMENDATION`."
        " Default: none."
    )
    choice_id: UUID | None = input_field(
        "The answer to a `CHOICE`. Default: none.", id_prefix="surveychoice"
    )
    comment: Annotated[str | None, COMMENT] = input_field(
        "The answer to a `COMMENT`. Names, places and days in it may tell who wrote it."
        " Default: none."
    )


@input_type()
class SurveyRespondInput:
    """Input of `surveyRespond`."""

    survey_id: UUID = input_field("The survey.", id_prefix="survey")
    answers: list[SurveyAnswerInput] = input_field(
        f"The answers, at most one for each question, {MAX_QUESTIONS} at most. Questions with"
        " `isRequired` need one. They replace all earlier answers of the viewer.",
        max_items=MAX_QUESTIONS,
    )


@input_type()
class SurveyWithdrawResponseInput:
    """Input of `surveyWithdrawResponse`."""

    survey_id: UUID = input_field("The survey.", id_prefix="survey")


@mutation(Survey, takes_key=False)
async def survey_respond(work: Work, input: SurveyRespondInput) -> domain.Survey:
    """Answer a survey to which the viewer was invited, in place of an earlier answer.

    It can be sent again without harm, and takes no idempotency key: one would be kept with a
    fingerprint of the answers.
    """
    answers = [
        SurveyAnswer(each.question_id, each.number, each.choice_id, each.comment)
        for each in input.answers
    ]
    return await domain.respond(work, input.survey_id, answers)


@mutation(Survey, takes_key=False)
async def survey_withdraw_response(work: Work, input: SurveyWithdrawResponseInput) -> domain.Survey:
    """Take the viewer's answer back. It can be given again while the survey is open."""
    return await domain.withdraw_response(work, input.survey_id)
