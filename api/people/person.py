"""The graph types of a person: directory entry, employment and reporting lines."""

from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from api.custom_fields import CustomValue, custom_values_field
from api.external_references import ExternalReferenceInput
from api.kernel.schema.declarations import (
    Connection,
    argument,
    graph_enum,
    list_of,
    look_up,
    many,
    node,
    one,
    part,
    queries,
    value,
)
from api.kernel.schema.inputs import input_field, input_type
from api.people.job import Job
from domain import people
from domain.kernel.fields import get_rule
from domain.people import EmploymentStatus, LeavingKind, LineKind, RecordStatus
from persistence.people import EMPLOYMENT, LEAVE, PERSON, PERSON_REFERENCE, REPORTING_LINE
from persistence.reading.read_model import ROOT

if TYPE_CHECKING:
    from api.feedback import Feedback, FeedbackRequest
    from api.goals import Goal
    from api.kpis import Kpi
    from api.members import Member
    from api.organizations import Organization
    from api.teams import Membership, Team

graph_enum(
    EmploymentStatus,
    "The state of a person's latest employment today.",
    upcoming="Hired; the first day is still to come.",
    employed="Employed and not on leave.",
    on_leave="Employed, and on a long leave.",
    left="The employment is over.",
)
graph_enum(
    RecordStatus,
    "Whether the record of a person has its personal values.",
    current="The record is complete.",
    erased="The personal values were erased. The name is a pseudonym.",
)
graph_enum(
    LineKind,
    "The kind of a reporting line.",
    primary="The line to the manager, who gets rights from it. A person has one at a time.",
    dotted="A line to another person who gives direction. It gives no rights.",
)

AS_OF_ARGUMENT = argument(
    date,
    "The day to read. Default: today in the tenant's time zone. For a later day the result is null,"
    " or an empty list, unless the viewer may see planned changes.",
)
KNOWN_AT_ARGUMENT = argument(
    datetime,
    "The moment whose knowledge to read: what was recorded by then. Default: what is known now."
    " With this argument nothing is shown unless the viewer may see planned changes.",
)
DEPTH_ARGUMENT = argument(int, "How many levels down to read. Default: 1, direct reports only.")


graph_enum(
    LeavingKind,
    "How an employment ended. Turnover is measured by it.",
    voluntary="The person resigned.",
    involuntary="The employer ended the employment.",
    retirement="The person retired.",
    death="The person died.",
    end_of_contract="A limited contract ended.",
    other="Something else.",
)


@part(EMPLOYMENT)
class Employment:
    """One employment of a person. A rehired person has several."""

    hired_on: date = value("The first day of the employment.")
    last_day: date | None = value("The last day of the employment. Null while no end is set.")
    leaving_reason: str | None = value("The recorded reason. Null when there is none.")
    leaving_kind: LeavingKind | None = value(
        "How the employment ended. Null when no last day is set, and when it is unknown."
    )
    successor: "Person | None" = one(
        "Who takes over the direct reports after the last day. Null when nobody is named, or when"
        " the viewer may not see the person."
    )


@part(LEAVE)
class Leave:
    """A long absence of a person. A cancelled one ends on the day before it starts."""

    starts_on: date = value("The first day away.")
    ends_on: date | None = value("The last day away. Null while it is not known.")
    reason: str | None = value("The recorded reason. Null when there is none.")


@part(PERSON_REFERENCE)
class PersonReference:
    """The id that another system uses for a person."""

    source: str = value("The other system, such as `workday-eu`.")
    external_id: str = value("The id in that system.")


@part(REPORTING_LINE)
class ReportingLine:
    """A period in which a person reports to a manager.

    A line that was replaced on its first day ends on the day before it starts.
    """

    kind: LineKind = value("The kind of line.")
    starts_on: date = value("The first day.")
    ends_on: date | None = value("The last day. Null while no end is set or visible to the viewer.")
    manager: "Person | None" = one("The manager. Null when the viewer may not see the person.")


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
        "last_day",
        "works_here",
        "employment_status",
        "record_status",
        "created_at",
        "updated_at",
        "organization",
        "job",
        "manager",
        "reports",
        "memberships",
        "teams",
        "teams_led",
        "goals",
        "member",
        "custom_values",
    ),
    order_by=(
        "name",
        "given_name",
        "family_name",
        "job_title",
        "level",
        "location",
        "hired_on",
        "last_day",
        "employee_number",
        "created_at",
        "updated_at",
        "custom_values",
    ),
)
class Person:
    """A person who works for the tenant, will do so, or has done so."""

    name: str = value("The name to show.")
    given_name: str = value("The given name.")
    family_name: str = value("The family name. Empty for people with one name.")
    work_email: str | None = value(
        "The work e-mail address as it was given. Comparisons ignore case, and the ASCII form of an"
        " international domain equals its Unicode form. Null when there is none."
    )
    job_title: str | None = value(
        "The job title today. After a departure, the last one. Null when there is none."
    )
    level: str | None = value(
        "The job level or grade today. After a departure, the last one. Null when there is none."
    )
    location: str | None = value(
        "The place of work today. After a departure, the last one. Null when there is none."
    )
    time_zone: str | None = value(
        "The person's IANA time zone: a place such as `Europe/Berlin`, or `UTC`. Null when the"
        " tenant's time zone applies."
    )
    works_here: bool = value(
        "Whether the person is employed today, in the tenant's time zone. Also true during a leave."
    )
    employee_number: str | None = value(
        "The employee number. Comparisons ignore case. Null when there is none, or when the viewer"
        " may not see it."
    )
    hired_on: date | None = value(
        "The first day of the latest employment. Null when the viewer may not see employment data."
    )
    last_day: date | None = value(
        "The last day of the latest employment. Null while no end is set, or when the viewer"
        " may not see employment data."
    )
    employment_status: EmploymentStatus | None = value(
        "The state of the latest employment today. Null when the viewer may not see it."
    )
    record_status: RecordStatus = value("Whether the personal values were erased.")
    organization: "Organization | None" = one(
        "The unit the person belongs to. Null when there is none or the viewer may not see it."
    )
    manager: "Person | None" = one(
        "The primary manager. Null when there is none, or when the viewer may not see the manager."
        " Null also with `knownAt`, when the viewer may not see planned changes.",
        as_of=AS_OF_ARGUMENT,
        known_at=KNOWN_AT_ARGUMENT,
    )
    management_chain: list["Person"] = list_of(
        "All managers above in the primary line, the nearest first. Those hidden are left out.",
        as_of=AS_OF_ARGUMENT,
    )
    reports: Connection["Person"] = many(
        "The people who report to the person in the primary line.",
        as_of=AS_OF_ARGUMENT,
        depth=DEPTH_ARGUMENT,
    )
    unassigned_reports: Connection["Person"] | None = many(
        "The people who report directly to the person on the last day, and have no manager"
        " afterwards. Once the last day is over: those who have no manager today. Empty while no"
        " last day is set. Null when the viewer may not see employment data."
    )
    dotted_managers: Connection["Person"] = many(
        "The managers of the person's dotted lines. Empty with `knownAt`, when the viewer may not"
        " see planned changes.",
        usual_size=1,
        as_of=AS_OF_ARGUMENT,
        known_at=KNOWN_AT_ARGUMENT,
    )
    dotted_reports: Connection["Person"] = many(
        "The people who report to the person in a dotted line.",
        usual_size=3,
        as_of=AS_OF_ARGUMENT,
    )
    reporting_lines: list[ReportingLine] = list_of(
        "All lines to managers, past and current. Future ones only for viewers who may see plans."
    )
    employments: list[Employment] | None = list_of(
        "All employments, the oldest first. Null when the viewer may not see employment data."
    )
    leaves: list[Leave] | None = list_of(
        "All leaves, the oldest first. Null when the viewer may not see employment data."
    )
    job: Job | None = one(
        "The job on a day: unit, title, level, location, employment type and working time. After a"
        " departure it stays the last one. Null before the first day, and when the viewer may not"
        " see employment data. Null also for a later day, or with `knownAt`, when the viewer may"
        " not see planned changes.",
        as_of=AS_OF_ARGUMENT,
        known_at=KNOWN_AT_ARGUMENT,
    )
    jobs: list[Job] | None = list_of(
        "All jobs as they are known now, the oldest first. Those planned for after the last day"
        " of work are left out. Future ones only for viewers who may see plans. Null when the"
        " viewer may not see employment data."
    )
    references: list[PersonReference] | None = list_of(
        "The ids of the person in other systems. Null when the viewer may not see employment data."
    )
    custom_values: list[CustomValue] = custom_values_field("person")
    memberships: Connection["Membership"] = many(
        "The team memberships in effect.", usual_size=3, as_of=AS_OF_ARGUMENT
    )
    teams: Connection["Team"] = many(
        "The teams the person belongs to.", usual_size=3, as_of=AS_OF_ARGUMENT
    )
    teams_led: Connection["Team"] = many(
        "The teams the person leads.", usual_size=2, as_of=AS_OF_ARGUMENT
    )
    goals: Connection["Goal"] = many("The goals the person owns.", usual_size=10)
    kpis: Connection["Kpi"] = many("The KPIs the person answers for.", usual_size=10)
    feedback_received: Connection["Feedback"] = many(
        "Feedback about the person that the viewer may see.", usual_size=10
    )
    feedback_given: Connection["Feedback"] = many(
        "Feedback that the person gave and the viewer may see. Confidential feedback is listed for"
        " the person only.",
        usual_size=10,
    )
    feedback_requested: Connection["FeedbackRequest"] = many(
        "Requests for feedback by the person that the viewer may see.", usual_size=3
    )
    member: "Member | None" = one(
        "The person's account. Null when there is none or the viewer may not see it."
    )


@input_type(one_of=True)
class PersonBy:
    """Identifies a person by exactly one of these."""

    id: UUID | None = input_field("The person's id.")
    work_email: str | None = input_field(
        "The work e-mail address, compared without regard to case and to the form of its domain."
        " Only people whose employment is not over are found.",
        rule=get_rule(people.Person, "work_email"),
    )
    employee_number: str | None = input_field(
        "The employee number, compared without regard to case. Only people whose employment data"
        " the viewer may see are found.",
        rule=get_rule(people.Person, "employee_number"),
    )
    external: ExternalReferenceInput | None = input_field(
        "The id in another system. Only people whose references the viewer may see are found."
    )


@queries(ROOT)
class PersonQueries:
    """Root fields of people."""

    person: Person | None = look_up(
        "A person. Null when there is none, or when the viewer may not see the person.",
        "PersonBy",
        "How the person is identified.",
    )
    people: Connection[Person] = many("All people the viewer may see.")
