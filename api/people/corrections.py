"""Corrections of the past: facts that were recorded wrongly, or too late."""

from datetime import date
from typing import Annotated
from uuid import UUID

import strawberry

from api.kernel.schema.inputs import (
    expected_version_field,
    input_field,
    input_type,
    provided_fields,
)
from api.kernel.schema.mutations import mutation
from api.kernel.schema.verbs import verb
from api.people.person import Person, ReportingLine
from domain import corrections, people
from domain.kernel.unit_of_work import Work
from domain.people import CORRECTION_REASON, LeaveCorrection, LineCorrection

REASON = "Why the record is corrected. The history shows it."

person_correct_employment = verb(
    Person,
    people.Person.CORRECT_EMPLOYMENT,
    "Correct the first or the last day of an employment, also of an earlier one. A later first day"
    " is refused while a leave, reporting line, membership or later job of the employment, or the"
    " line of a report, starts before it. An earlier last day ends leaves, lines, memberships and"
    " jobs that run beyond it.",
    use_case=corrections.correct_employment,
    employment_id=input_field("The employment.", id_prefix="employment"),
    hired_on=input_field("The first day. Default: unchanged."),
    left_on=input_field(
        "The last day. Default: unchanged. Only for an employment that has one; `personDepart`"
        " records it.",
        is_period_end=True,
        graph_name="lastDay",
    ),
    reason=input_field(REASON),
)
person_add_past_line = verb(
    Person,
    people.Person.ADD_PAST_LINE,
    "Add a reporting line that was not entered in time. On its days it takes the place of other"
    " lines, which keep their other days. For a day to come use `personAssignManager`.",
    use_case=people.add_past_line,
    returns_part=ReportingLine,
    manager_id=input_field("The manager.", id_prefix="person"),
    kind=input_field("The kind of reporting line. Default: PRIMARY."),
    starts_on=input_field("The first day, today or earlier, within an employment."),
    ends_on=input_field(
        "The last day. Default: the day before the next line starts; none without a next line.",
        is_period_end=True,
    ),
    reason=input_field(REASON),
)


@input_type()
class PersonCorrectLineInput:
    """Input of `personCorrectLine`.

    Fields that are left out stay unchanged; null is allowed only where a field says so.
    """

    id: UUID = input_field("Id of the Person.", id_prefix="person")
    line_id: UUID = input_field("The reporting line.", id_prefix="line")
    manager_id: UUID | None = input_field("The manager.", id_prefix="person")
    starts_on: date | None = input_field("The first day, within an employment.")
    ends_on: strawberry.Maybe[date | None] = input_field(
        "The last day. The day before the first one cancels the line. Null means until the next"
        " line starts, or without an end.",
        is_period_end=True,
    )
    reason: Annotated[str, CORRECTION_REASON] = input_field(REASON)
    expected_version: int | None = expected_version_field()


@input_type()
class PersonCorrectLeaveInput:
    """Input of `personCorrectLeave`.

    Fields that are left out stay unchanged; null is allowed only where a field says so.
    """

    id: UUID = input_field("Id of the Person.", id_prefix="person")
    leave_id: UUID = input_field("The leave.", id_prefix="leave")
    starts_on: date | None = input_field("The first day away, within an employment.")
    ends_on: strawberry.Maybe[date | None] = input_field(
        "The last day away. The day before the first one cancels the leave. Null means not known"
        " yet.",
        is_period_end=True,
    )
    leave_reason: strawberry.Maybe[str | None] = input_field(
        "Why the person is away. Null removes it.", rule=people.REASON
    )
    reason: Annotated[str, CORRECTION_REASON] = input_field(REASON)
    expected_version: int | None = expected_version_field()


@mutation(Person)
async def person_correct_line(work: Work, input: PersonCorrectLineInput) -> people.Person:
    """Correct the manager or the days of a reporting line, with a reason.

    On its days the line takes the place of other lines, which keep their other days. Days that it
    gives up have no manager.
    """
    values: LineCorrection = provided_fields(input, "ends_on")
    if input.manager_id is not None:
        values["manager_id"] = input.manager_id
    if input.starts_on is not None:
        values["starts_on"] = input.starts_on
    version = input.expected_version
    return await people.correct_line(
        work, input.id, input.line_id, input.reason, expected_version=version, **values
    )


@mutation(Person)
async def person_correct_leave(work: Work, input: PersonCorrectLeaveInput) -> people.Person:
    """Correct the days or the reason of a leave, with a reason for the correction."""
    values: LeaveCorrection = provided_fields(input, "ends_on", "leave_reason")
    if input.starts_on is not None:
        values["starts_on"] = input.starts_on
    version = input.expected_version
    return await people.correct_leave(
        work, input.id, input.leave_id, input.reason, expected_version=version, **values
    )
