"""Schedules of feedback programs in the graph: the types, queries and mutations."""

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

import strawberry

from api.feedback_programs.program import FeedbackProgram
from api.kernel.schema.declarations import (
    Connection,
    graph_enum,
    look_up,
    many,
    node,
    one,
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
from api.reviews.templates import ReviewTemplate
from domain import feedback_programs as domain
from domain.feedback_programs import (
    FeedbackProgramAudience,
    FeedbackProgramMode,
    FeedbackProgramPopulation,
)
from domain.feedback_programs.schedules import INTRODUCTION, OPEN_DAYS, TITLE
from domain.kernel.unit_of_work import Work
from domain.recurrences import RULE, RecurrenceStatus
from persistence.feedback_programs import FEEDBACK_PROGRAM_SCHEDULE
from persistence.reading.read_model import ROOT

if TYPE_CHECKING:
    from api.organizations import Organization

graph_enum(
    FeedbackProgramPopulation,
    "About whom a schedule launches programs: people who work in the unit, or below it, that day.",
    managers="People who have a direct report in the primary line on that day.",
    everyone="All of these people.",
)


@node(
    FEEDBACK_PROGRAM_SCHEDULE,
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
class FeedbackProgramSchedule:
    """Feedback programs that recur, such as a 360 of each manager every year.

    On each day of its rule, background workers launch a program about each person of the
    population. Raters are those whom `feedbackProgramPropose` proposes to a viewer who sees
    everybody. No program is launched about a person who has too few raters, or about whom another
    program is open. The form, mode, audience and least numbers cannot be changed; end the schedule,
    and create another one. It is seen by those with `REVIEWS_MANAGE` over the unit.
    """

    title: str = value("The title of its programs.")
    introduction: str | None = value(
        "The introduction of its programs. Null when nothing was entered."
    )
    organization: "Organization | None" = one(
        "The unit of the people. Null for the whole tenant, or when the viewer may not see it."
    )
    population: FeedbackProgramPopulation = value("About whom programs are launched.")
    template: ReviewTemplate | None = one("The form. Null when the viewer may not see it.")
    mode: FeedbackProgramMode = value("Who learns the authors of answers.")
    audience: FeedbackProgramAudience = value("Who reads the results.")
    open_days: int = value("On how many days raters can answer, the day of the launch included.")
    least_peers: int = value("How many peers have to answer before a figure is published.")
    least_reports: int = value("How many reports have to answer before a figure is published.")
    least_others: int = value("How many others have to answer before a figure is published.")
    rule: str = value(ABOUT_RULE)
    starts_on: date = value("The first day from which the rule counts.")
    recurs_on: date | None = value(
        "The next day on which programs are launched. When background workers did not run on"
        " several days of the rule, only the last of these days is made up for. Null when there is"
        " no further day, and after the end."
    )
    last_occurred_on: date | None = value(
        "The last day on which programs were launched. Null before the first one."
    )
    status: RecurrenceStatus = value("Whether there will be further programs.")
    programs: Connection[FeedbackProgram] = many(
        "The programs that were launched and that the viewer may see, those that close last first."
    )


@input_type(one_of=True)
class FeedbackProgramScheduleBy:
    """Identifies a schedule of feedback programs by exactly one of these."""

    id: UUID | None = input_field("The schedule's id.")


@queries(ROOT)
class FeedbackProgramScheduleQueries:
    """Root fields of schedules of feedback programs."""

    feedback_program_schedule: FeedbackProgramSchedule | None = look_up(
        "A schedule of feedback programs. Null when there is none, or when the viewer may not see"
        " it.",
        "FeedbackProgramScheduleBy",
        "How the schedule is identified.",
    )
    feedback_program_schedules: Connection[FeedbackProgramSchedule] = many(
        "All schedules of feedback programs that the viewer may see."
    )


@input_type(creates=FeedbackProgramSchedule)
class FeedbackProgramScheduleCreateInput:
    """Input of `feedbackProgramScheduleCreate`."""

    organization_id: UUID | None = input_field(
        "The unit of the people, with the units below. Default: the whole tenant.",
        id_prefix="org",
    )
    template_id: UUID = input_field(
        "A published review template for the form, as for `feedbackProgramLaunch`. All programs use"
        " this revision.",
        id_prefix="reviewtemplate",
    )
    rule: str = input_field(ABOUT_RULE)
    starts_on: date | None = today_field(
        "The first day from which the rule counts: today or a later day, in the next ten years."
    )


@mutation(FeedbackProgramSchedule)
async def feedback_program_schedule_create(
    work: Work, input: FeedbackProgramScheduleCreateInput
) -> domain.FeedbackProgramSchedule:
    """Launch feedback programs about the people of a unit on each day of a rule.

    The first day may be today. Form, mode, audience and least numbers cannot be changed afterwards.
    """
    return await domain.create_schedule(
        work,
        input.organization_id,
        input.template_id,
        rule=input.rule,
        starts_on=input.starts_on,
        **given_values(input, domain.FeedbackProgramSchedule),
    )


@input_type()
class FeedbackProgramScheduleEditInput:
    """Input of `feedbackProgramScheduleEdit`.

    Fields that are left out stay unchanged.
    """

    id: UUID = input_field("Id of the FeedbackProgramSchedule.", id_prefix="programschedule")
    title: strawberry.Maybe[str] = input_field("The title of later programs.", rule=TITLE)
    introduction: strawberry.Maybe[str | None] = input_field(
        "The introduction of later programs. Null removes it.", rule=INTRODUCTION
    )
    open_days: strawberry.Maybe[int] = input_field(
        "On how many days people can answer later programs, the day of the launch included.",
        rule=OPEN_DAYS,
    )
    rule: strawberry.Maybe[str] = input_field(ABOUT_RULE, rule=RULE)
    starts_on: strawberry.Maybe[date] = input_field(
        "The first day from which the rule counts: today or a later day, in the next ten years."
    )
    expected_version: int | None = expected_version_field()


@mutation(FeedbackProgramSchedule)
async def feedback_program_schedule_edit(
    work: Work, input: FeedbackProgramScheduleEditInput
) -> domain.FeedbackProgramSchedule:
    """Change when a schedule recurs, or how later programs are announced.

    Programs that were launched stay as they are. With another rule, the next day is computed from
    today on.
    """
    names = ("title", "introduction", "open_days", "rule", "starts_on")
    return await domain.SCHEDULES.edit(
        work,
        input.id,
        to=domain.FeedbackProgramSchedule.EDIT,
        expected_version=input.expected_version,
        **provided_fields(input, *names),
    )


feedback_program_schedule_end = verb(
    FeedbackProgramSchedule,
    domain.FeedbackProgramSchedule.END,
    "End a schedule: it launches no further programs. Open programs go on.",
)
feedback_program_schedule_changed = change_subscription(FeedbackProgramSchedule)
