"""Mutations that launch, close and cancel surveys."""

from datetime import date
from typing import Any
from uuid import UUID

from api.kernel.schema.field_inputs import given_values
from api.kernel.schema.inputs import input_field, input_type
from api.kernel.schema.mutations import mutation
from api.kernel.schema.verbs import verb
from api.surveys.survey import Survey, SurveyChoice, SurveyQuestion
from domain import surveys as domain
from domain.kernel.unit_of_work import Work
from domain.surveys.model import (
    DEFAULT_DAYS,
    MAX_CHOICES,
    MAX_COMMENT_QUESTIONS,
    MAX_DAYS,
    MAX_QUESTIONS,
)


@input_type(creates=SurveyChoice)
class SurveyChoiceInput:
    """A choice of a `CHOICE`."""


@input_type(creates=SurveyQuestion)
class SurveyQuestionInput:
    """A question of a survey."""

    choices: list[SurveyChoiceInput] | None = input_field(
        f"The choices of a `CHOICE`, 2 to {MAX_CHOICES}; no others have any. Default: none.",
        max_items=MAX_CHOICES,
    )


@input_type(creates=Survey)
class SurveyLaunchInput:
    """Input of `surveyLaunch`."""

    organization_id: UUID | None = input_field(
        "The unit whose people are asked, with those of the units below. Default: the whole"
        " tenant.",
        id_prefix="org",
    )
    closes_on: date | None = input_field(
        f"The last day on which people can answer, in at most {MAX_DAYS} days. Default: in"
        f" {DEFAULT_DAYS} days."
    )
    questions: list[SurveyQuestionInput] = input_field(
        f"The questions in their order, 1 to {MAX_QUESTIONS}, with at most"
        f" {MAX_COMMENT_QUESTIONS} for comments.",
        max_items=MAX_QUESTIONS,
    )


@mutation(Survey)
async def survey_launch(work: Work, input: SurveyLaunchInput) -> domain.Survey:
    """Ask all who work in a unit today. Nothing of the survey can be changed afterwards."""
    questions = [_list_values(each) for each in input.questions]
    return await domain.launch(
        work, input.organization_id, questions, **given_values(input, domain.Survey)
    )


survey_close = verb(
    Survey,
    domain.Survey.CLOSE,
    "Close a survey before its day. The results are published within seconds.",
    use_case=domain.close,
)
survey_cancel = verb(
    Survey,
    domain.Survey.CANCEL,
    "Cancel a survey. All answers are destroyed unread, and this cannot be undone.",
    use_case=domain.cancel,
)


def _list_values(question: SurveyQuestionInput) -> dict[str, Any]:
    choices = [given_values(each, domain.SurveyChoice) for each in question.choices or ()]
    return given_values(question, domain.SurveyQuestion) | {"choices": choices}
