"""Work calendars in the graph: which days count for due dates and escalations."""

from datetime import date
from uuid import UUID

from api.kernel.schema.declarations import Connection, look_up, many, node, part, queries, value
from api.kernel.schema.field_inputs import given_values
from api.kernel.schema.inputs import expected_version_field, input_field, input_type
from api.kernel.schema.mutations import mutation
from api.kernel.schema.verbs import verb
from domain import working_days
from domain.kernel.unit_of_work import Work
from persistence.reading.read_model import ROOT
from persistence.work_calendars import CALENDAR_DAY, WORK_CALENDAR


@part(CALENDAR_DAY, where=("day", "is_working", "occasion"), order_by=("day",))
class CalendarDay:
    """A day on which the tenant decides otherwise than public holidays and weekends."""

    day: date = value("The day.")
    is_working: bool = value("Whether it is a working day.")
    occasion: str = value("Why, such as the name of a holiday.")


@node(
    WORK_CALENDAR,
    where=("id", "name", "location", "country", "subdivision", "days"),
    order_by=("name", "location", "country", "created_at", "updated_at"),
)
class WorkCalendar:
    """The working days of the people of a location. They count for due days and escalations.

    People of a location without a calendar have the one without a location. Without that, all days
    but Saturdays and Sundays are working days.
    """

    name: str = value("The name.")
    location: str | None = value(
        "The location of the jobs that it is for, compared without regard to case. Without one, the"
        " calendar is for all other locations. Null for that one."
    )
    country: str | None = value(
        "The country (ISO 3166-1, two capital letters) whose public holidays and weekends are free."
        " Without one, Saturdays and Sundays are free. Null when there is none."
    )
    subdivision: str | None = value(
        "The subdivision (ISO 3166-2 without the country, such as CT) whose public holidays are"
        " free, too. It needs a country. Null when there is none."
    )
    days: Connection[CalendarDay] = many(
        "The days on which the tenant decides otherwise, in their order.", usual_size=5
    )


@input_type(one_of=True)
class WorkCalendarBy:
    """Identifies a work calendar by exactly one of these."""

    id: UUID | None = input_field("The work calendar's id.")


@queries(ROOT)
class WorkCalendarQueries:
    """Root fields of work calendars."""

    work_calendar: WorkCalendar | None = look_up(
        "A work calendar. Null when there is none.",
        "WorkCalendarBy",
        "How the work calendar is identified.",
    )
    work_calendars: Connection[WorkCalendar] = many("All work calendars of the tenant.")


@input_type(creates=WorkCalendar)
class WorkCalendarCreateInput:
    """Input of `workCalendarCreate`."""


@input_type(edits=WorkCalendar)
class WorkCalendarEditInput:
    """Input of `workCalendarEdit`.

    Fields that are left out stay unchanged; null is allowed only where a field says so.
    """

    id: UUID = input_field("Id of the WorkCalendar.", id_prefix="calendar")
    expected_version: int | None = expected_version_field()


@mutation(WorkCalendar)
async def work_calendar_create(
    work: Work, input: WorkCalendarCreateInput
) -> working_days.WorkCalendar:
    """Create the work calendar of a location, or of all locations that have none."""
    return await working_days.create(work, **given_values(input, working_days.WorkCalendar))


@mutation(WorkCalendar)
async def work_calendar_edit(work: Work, input: WorkCalendarEditInput) -> working_days.WorkCalendar:
    """Change the name, the location or the country of a work calendar."""
    details = given_values(input, working_days.WorkCalendar)
    return await working_days.edit(
        work, input.id, expected_version=input.expected_version, **details
    )


work_calendar_set_day = verb(
    WorkCalendar,
    working_days.WorkCalendar.SET_DAY,
    "Decide whether a day is a working day, whatever the public holidays and weekends say.",
    day=input_field("The day."),
    is_working=input_field("Whether it is a working day."),
    occasion=input_field("Why, such as the name of a holiday."),
)
work_calendar_reset_day = verb(
    WorkCalendar,
    working_days.WorkCalendar.RESET_DAY,
    "Follow the public holidays and weekends on a day again.",
    day=input_field("The day."),
)
