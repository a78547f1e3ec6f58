"""A person: what the directory shows, and what few may see beside it."""

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from api.external_references import ExternalReferenceInput
from api.kernel.schema.declarations import (
    Connection,
    argument,
    graph_enum,
    list_of,
    many,
    node,
    one,
    part,
    queries,
    value,
)
from api.kernel.schema.inputs import input_field, input_type
from domain.people import EmploymentStatus, LineKind
from persistence.people import EMPLOYMENT, LEAVE, PERSON, PERSON_REFERENCE, REPORTING_LINE
from persistence.reading.read_model import ROOT

if TYPE_CHECKING:
    from api.goals import Goal
    from api.members import Member
    from api.organizations import Organization
    from api.teams import Membership, Team

graph_enum(
    EmploymentStatus,
    "Where somebody stands with the tenant today.",
    upcoming="Hired, and not yet here.",
    employed="Works here.",
    on_leave="Works here, and is away for long.",
    left="Works here no more.",
)
graph_enum(
    LineKind,
    "In which way somebody reports to a manager.",
    primary="The line that carries rights; there is one at a time.",
    dotted="Somebody else who gives direction.",
)

AS_OF_ARGUMENT = argument(
    date,
    "The day that is asked about; today unless said. Days to come are for those who may know what "
    "is planned; others get nothing for them.",
)
DEPTH_ARGUMENT = argument(int, "How many levels down; only the direct ones unless said.")


@part(EMPLOYMENT)
class Employment:
    """One stay with the tenant."""

    hired_on: date = value("The first day of work.")
    left_on: date | None = value("The first day on which it is over; null while none is set.")
    leaving_reason: str | None = value("Why it ended, as it was recorded.")


@part(LEAVE)
class Leave:
    """A long absence."""

    starts_on: date = value("The first day away.")
    ends_on: date | None = value("The day of the return; null while none is known.")
    reason: str | None = value("Why the person is away.")


@part(PERSON_REFERENCE)
class PersonReference:
    """What another system calls a person."""

    source: str = value("The other system.")
    external_id: str = value("The id that it uses.")


@part(REPORTING_LINE)
class ReportingLine:
    """One manager of one person for a time. An empty period was superseded on its first day."""

    kind: LineKind = value("In which way the person reports.")
    starts_on: date = value("The first day.")
    ends_on: date | None = value(
        "The first day on which it is over; null while none is set or known to the viewer."
    )
    manager: "Person | None" = one("The manager.")


@node(
    PERSON,
    where=(
        "id",
        "name",
        "given_name",
        "family_name",
        "work_email",
        "employee_number",
        "job_title",
        "level",
        "location",
        "time_zone",
        "hired_on",
        "left_on",
        "employment_status",
        "created_at",
        "updated_at",
        "organization",
        "manager",
        "reports",
        "memberships",
        "teams",
        "teams_led",
        "goals",
        "member",
    ),
    order_by=(
        "name",
        "given_name",
        "family_name",
        "job_title",
        "level",
        "location",
        "hired_on",
        "left_on",
        "employee_number",
        "created_at",
        "updated_at",
    ),
)
class Person:
    """Somebody who works, will work or has worked for the tenant."""

    name: str = value("The name to show.")
    given_name: str = value("The given name.")
    family_name: str = value("The family name; empty for whoever has one name only.")
    work_email: str | None = value("The work e-mail address, in small letters.")
    job_title: str | None = value("The job title.")
    level: str | None = value("The level or grade.")
    location: str | None = value("Where the person works.")
    time_zone: str | None = value("The time zone that the person works in, by its IANA name.")
    employee_number: str | None = value("The employee number; null where it is not for the viewer.")
    hired_on: date | None = value("The first day of the latest employment, for whoever may see it.")
    left_on: date | None = value("The first day after it, for whoever may see it.")
    employment_status: EmploymentStatus | None = value("Where the person stands today.")
    organization: "Organization | None" = one("The unit that the person belongs to.")
    manager: "Person | None" = one(
        "Whom the person reports to in the primary line.", as_of=AS_OF_ARGUMENT
    )
    management_chain: list["Person"] = list_of(
        "Everyone above in the primary line, the nearest first.", as_of=AS_OF_ARGUMENT
    )
    reports: Connection["Person"] = many(
        "Who reports to the person in the primary line.", as_of=AS_OF_ARGUMENT, depth=DEPTH_ARGUMENT
    )
    dotted_managers: Connection["Person"] = many("Who else gives direction.", as_of=AS_OF_ARGUMENT)
    dotted_reports: Connection["Person"] = many(
        "To whom the person gives direction.", as_of=AS_OF_ARGUMENT
    )
    reporting_lines: list[ReportingLine] = list_of(
        "All lines upwards, past and present; those to come for whoever may know what is planned."
    )
    employments: list[Employment] | None = list_of("All stays, for whoever may see them.")
    leaves: list[Leave] | None = list_of("All long absences, for whoever may see them.")
    references: list[PersonReference] | None = list_of(
        "What other systems call the person, for whoever may see it."
    )
    memberships: Connection["Membership"] = many("In which teams, as what.", as_of=AS_OF_ARGUMENT)
    teams: Connection["Team"] = many("The teams that the person is in.", as_of=AS_OF_ARGUMENT)
    teams_led: Connection["Team"] = many("The teams that the person leads.", as_of=AS_OF_ARGUMENT)
    goals: Connection["Goal"] = many("The goals that the person owns.")
    member: "Member | None" = one("The person as somebody who may sign in.")


@input_type(one_of=True)
class PersonBy:
    """How to name one person: by exactly one of these."""

    id: UUID | None = input_field("Their id.")
    work_email: str | None = input_field("Their work e-mail address, while they are employed.")
    external: ExternalReferenceInput | None = input_field("What another system calls them.")


@queries(ROOT)
class PersonQueries:
    """Questions about people."""

    person: Person | None = one(
        "One person.",
        flatten="by",
        by=argument("PersonBy", "How they are named.", is_required=True),
    )
    people: Connection[Person] = many("The people whom the viewer may see.")
