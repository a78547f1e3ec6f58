"""Questions of the bank in the graph."""

from uuid import UUID

from api.kernel.schema.declarations import (
    Connection,
    graph_enum,
    look_up,
    many,
    node,
    queries,
    value,
)
from api.kernel.schema.field_inputs import given_values
from api.kernel.schema.inputs import input_field, input_type
from api.kernel.schema.mutations import mutation
from api.kernel.schema.subscriptions import change_subscription
from api.kernel.schema.verbs import verb
from domain import surveys as domain
from domain.kernel.unit_of_work import Work
from domain.surveys import SurveyBankQuestionStatus, SurveyQuestionKind
from persistence.reading.read_model import ROOT
from persistence.surveys import SURVEY_BANK_QUESTION

graph_enum(
    SurveyBankQuestionStatus,
    "Whether new schedules may ask a question.",
    active="New schedules may ask it.",
    retired="New schedules may not ask it. Existing schedules that ask it go on.",
)


@node(
    SURVEY_BANK_QUESTION,
    where=("id", "kind", "text", "status", "created_at"),
    order_by=("created_at",),
)
class SurveyBankQuestion:
    """A question that surveys ask again and again.

    It never changes, so that results of different days can be compared. For another wording, or
    other numbers that count as favorable, create another question.
    """

    kind: SurveyQuestionKind = value("What the answer is. Never `CHOICE`.")
    text: str = value("The question.")
    highest_rating: int = value(
        "The best number of a `RATING`; 1 is the worst. It has no meaning for other kinds."
    )
    highest_unfavorable: int | None = value(
        "Answers up to this number are unfavorable. Default for a `RATING`: 2 of 5, 1 of 3, 1 of 4,"
        " and 2 of more than 5. Of a `RECOMMENDATION` it is always 6: these are detractors. Null"
        " for a `COMMENT`."
    )
    lowest_favorable: int | None = value(
        "Answers from this number on are favorable; those in between are neutral. Default for a"
        " `RATING`: 4 of 5, 3 of 3, 4 of 4, and the two highest of more than 5. Of a"
        " `RECOMMENDATION` it is always 9: these are promoters. Null for a `COMMENT`."
    )
    status: SurveyBankQuestionStatus = value("Whether new schedules may ask it.")


@input_type(one_of=True)
class SurveyBankQuestionBy:
    """Identifies a question of the bank by exactly one of these."""

    id: UUID | None = input_field("The question's id.")


@queries(ROOT)
class SurveyBankQueries:
    """Root fields of the question bank."""

    survey_bank_question: SurveyBankQuestion | None = look_up(
        "A question of the bank. Null when there is none.",
        "SurveyBankQuestionBy",
        "How the question is identified.",
    )
    survey_bank_questions: Connection[SurveyBankQuestion] = many(
        "All questions of the bank, the oldest first."
    )


@input_type(creates=SurveyBankQuestion)
class SurveyBankQuestionCreateInput:
    """Input of `surveyBankQuestionCreate`."""


@mutation(SurveyBankQuestion)
async def survey_bank_question_create(
    work: Work, input: SurveyBankQuestionCreateInput
) -> domain.SurveyBankQuestion:
    """Add a question to the bank. It cannot be changed afterwards."""
    return await domain.create_question(work, **given_values(input, domain.SurveyBankQuestion))


survey_bank_question_retire = verb(
    SurveyBankQuestion,
    domain.SurveyBankQuestion.RETIRE,
    "Retire a question: new schedules may not ask it. Existing schedules that ask it go on.",
)
survey_bank_question_changed = change_subscription(SurveyBankQuestion)
