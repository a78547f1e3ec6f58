"""Schedules of surveys in the graph: the types, queries and mutations."""

from datetime import date
from operator import attrgetter
from typing import TYPE_CHECKING
from uuid import UUID

import strawberry

from api.kernel.schema.declarations import (
    Connection,
    list_of,
    look_up,
    many,
    node,
    one,
    part,
    queries,
    value,
)
from api.kernel.schema.field_inputs import given_values
from api.kernel.schema.inputs import (
    expected_version_field,
    input_field,
    input_type,
    provided_fields,
    today_field,
)
from api.kernel.schema.mutations import mutation
from api.kernel.schema.subscriptions import change_subscription
from api.kernel.schema.verbs import verb
from api.recurrences import ABOUT_RULE
from api.surveys.bank import SurveyBankQuestion
from api.surveys.survey import Survey, SurveyResult
from domain import surveys as domain
from domain.kernel.unit_of_work import Work
from domain.recurrences import RULE, RecurrenceStatus, SkipReason
from domain.surveys import SurveyAudience
from domain.surveys.model import MAX_COMMENT_QUESTIONS, MAX_QUESTIONS
from domain.surveys.schedules import INTRODUCTION, OPEN_DAYS, TITLE
from persistence.reading.read_model import ROOT
from persistence.surveys import SURVEY_SCHEDULE, SURVEY_SCHEDULE_QUESTION

if TYPE_CHECKING:
    from api.organizations import Organization


@part(SURVEY_SCHEDULE_QUESTION)
class SurveyScheduleQuestion:
    """A question of the bank that a schedule asks."""

    position: int = value("The place in the survey, from 1.")
    question: SurveyBankQuestion | None = one("The question. Never null.")
    is_required: bool = value("Whether a response has to answer it.")


@node(
    SURVEY_SCHEDULE,
    where=(
        "id",
        "title",
        "status",
        "recurs_on",
        "starts_on",
        "organization",
        "created_at",
        "updated_at",
    ),
    order_by=("title", "recurs_on", "status", "created_at", "updated_at"),
)
class SurveySchedule:
    """A pulse survey: questions that are asked repeatedly in a unit.

    On each day of its rule, a background worker launches a survey among all who work there on that
    day. Its questions, threshold and audience cannot be changed; end the schedule, and create
    another one.
    """

    title: str = value("The title of its surveys.")
    introduction: str | None = value(
        "The introduction of its surveys. Null when nothing was entered."
    )
    organization: "Organization | None" = one(
        "The unit whose people are asked. Null for the whole tenant, or when the viewer may not see"
        " it."
    )
    questions: list[SurveyScheduleQuestion] = list_of(
        f"The questions in their order, {MAX_QUESTIONS} at most.", usual_size=5
    )
    rule: str = value(ABOUT_RULE)
    starts_on: date = value("The first day from which the rule counts.")
    open_days: int = value("On how many days people can answer, the day of the launch included.")
    threshold: int = value("How many have to answer before a figure about them is published.")
    audience: SurveyAudience = value("Who sees the results of all answers together.")
    recurs_on: date | None = value(
        "The day of the next survey. When background workers did not run on several days of the"
        " rule, only the last of these days is made up for. Null when there is no further day, and"
        " after the end."
    )
    last_occurred_on: date | None = value(
        "The last day for which a survey was launched. Null before the first one."
    )
    skipped_on: date | None = value(
        "The last day on which no survey could be launched. Null when there was none."
    )
    skip_reason: SkipReason | None = value(
        "Why no survey was launched on `skippedOn`. Null when there was no such day."
    )
    status: RecurrenceStatus = value("Whether there will be further surveys.")
    surveys: Connection[Survey] = many("The surveys that were launched, the last one first.")
    trend: Connection[SurveyResult] = many(
        "The published results of its surveys that the viewer may see: for a line, choose one"
        " `bankQuestion`, a `scope` and an `organization` by `where`, and order by `OCCURS_ON`."
        " Days without a result are gaps: too few answered. Nothing is added up over surveys.",
        usual_size=12,
    )


@input_type(one_of=True)
class SurveyScheduleBy:
    """Identifies a schedule of surveys by exactly one of these."""

    id: UUID | None = input_field("The schedule's id.")


@queries(ROOT)
class SurveyScheduleQueries:
    """Root fields of schedules of surveys."""

    survey_schedule: SurveySchedule | None = look_up(
        "A schedule of surveys. Null when there is none, or when the viewer may not see it.",
        "SurveyScheduleBy",
        "How the schedule is identified.",
    )
    survey_schedules: Connection[SurveySchedule] = many(
        "All schedules of surveys that the viewer may see."
    )


@input_type(creates=SurveyScheduleQuestion)
class SurveyScheduleQuestionInput:
    """A question that a schedule asks."""

    question_id: UUID = input_field("The question of the bank.", id_prefix="bankquestion")


@input_type(creates=SurveySchedule)
class SurveyScheduleCreateInput:
    """Input of `surveyScheduleCreate`."""

    organization_id: UUID | None = input_field(
        "The unit whose people are asked, with those of the units below. Default: the whole"
        " tenant.",
        id_prefix="org",
    )
    rule: str = input_field(ABOUT_RULE)
    starts_on: date | None = today_field(
        "The first day from which the rule counts: today or a later day, in the next ten years."
    )
    questions: list[SurveyScheduleQuestionInput] = input_field(
        f"The questions in their order, 1 to {MAX_QUESTIONS}, each once, with at most"
        f" {MAX_COMMENT_QUESTIONS} for comments.",
        max_items=MAX_QUESTIONS,
        unique_by=attrgetter("question_id"),
    )


@mutation(SurveySchedule)
async def survey_schedule_create(
    work: Work, input: SurveyScheduleCreateInput
) -> domain.SurveySchedule:
    """Ask questions of the bank on each day of a rule.

    The first day may be today. Questions, threshold and audience cannot be changed afterwards.
    """
    return await domain.create_schedule(
        work,
        input.organization_id,
        [
            (
                each.question_id,
                given_values(each, domain.SurveyScheduleQuestion).get("is_required", False),
            )
            for each in input.questions
        ],
        rule=input.rule,
        starts_on=input.starts_on,
        **given_values(input, domain.SurveySchedule),
    )


@input_type()
class SurveyScheduleEditInput:
    """Input of `surveyScheduleEdit`.

    Fields that are left out stay unchanged.
    """

    id: UUID = input_field("Id of the SurveySchedule.", id_prefix="surveyschedule")
    title: strawberry.Maybe[str] = input_field("The title of later surveys.", rule=TITLE)
    introduction: strawberry.Maybe[str | None] = input_field(
        "The introduction of later surveys. Null removes it.", rule=INTRODUCTION
    )
    open_days: strawberry.Maybe[int] = input_field(
        "On how many days people can answer later surveys, the day of the launch included.",
        rule=OPEN_DAYS,
    )
    rule: strawberry.Maybe[str] = input_field(ABOUT_RULE, rule=RULE)
    starts_on: strawberry.Maybe[date] = input_field(
        "The first day from which the rule counts: today or a later day, in the next ten years."
    )
    expected_version: int | None = expected_version_field()


@mutation(SurveySchedule)
async def survey_schedule_edit(work: Work, input: SurveyScheduleEditInput) -> domain.SurveySchedule:
    """Change when a schedule recurs, or how later surveys are announced.

    Surveys that were launched stay as they are. With another rule, the next day is computed from
    today on.
    """
    names = ("title", "introduction", "open_days", "rule", "starts_on")
    return await domain.SCHEDULES.edit(
        work,
        input.id,
        to=domain.SurveySchedule.EDIT,
        expected_version=input.expected_version,
        **provided_fields(input, *names),
    )


survey_schedule_end = verb(
    SurveySchedule,
    domain.SurveySchedule.END,
    "End a schedule: it launches no further surveys. An open survey goes on, and results stay.",
)
survey_schedule_changed = change_subscription(SurveySchedule)
