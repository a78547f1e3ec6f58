"""Upserts of people: the fields of a row, and the verbs that apply them."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from domain import people, staffing
from domain.kernel.actions import Action
from domain.kernel.errors import Code, Invalid
from domain.kernel.periods import ONE_DAY
from domain.kernel.permissions import Permission
from domain.kernel.unit_of_work import Work
from domain.kernel.upserts import Change, Row, RowField, RowKind, attribute_field
from domain.kernel.upserts.declaration import Values, find_value
from domain.kernel.upserts.line_graph import LINES_ABOVE
from domain.organizations import Organization
from domain.people import UNIQUE_FIELDS, Employment, LineKind, Person
from domain.people.jobs import Job, find_job, list_current
from domain.upserts import custom_values

DIRECTORY = ("given_name", "family_name", "name", "work_email", "time_zone")
FACTS = ("job_title", "level", "location", "employment_type", "working_time_share")
"""The facts of a job that a row gives as they are."""

END = ("left_on", "leaving_reason", "leaving_kind", "successor")
"""The fields that a departure sets."""
PLACE = {"organization": "organization_id"}
"""The field that names a unit, and the job fact."""
UNDONE = "A sync run was undone."

CHANGE = Action("change", Person.EDIT.rule | Person.CHANGE_JOB.rule)
"""What all may do who may do any verb of a row."""


def _find_day(person: Person, row: Row) -> date:
    """Return the day of a row about a person: within the employment, by default today."""
    day = max(row.valid_from or row.today, person.hired_on)
    if person.left_on is not None and person.left_on <= day:
        return max(person.left_on - ONE_DAY, person.hired_on)
    return day


def _read_fact(name: str) -> Callable[[Person, Row], Any]:
    def read(person: Person, row: Row) -> Any:
        jobs = person.jobs
        if len(jobs) != 1:
            jobs = list_current(jobs)
            found = find_job(jobs, _find_day(person, row))
            jobs = [found] if found else jobs
        return getattr(jobs[0] if jobs else person, name, None)

    return read


def _read_fact_timeline(name: str) -> Callable[[Person], Mapping[date, Any]]:
    return lambda person: {
        each.starts_on: getattr(each, name) for each in list_current(person.jobs)
    }


def _read_manager_timeline(person: Person) -> Mapping[date, Any]:
    """Return the managers by the first day of their lines, and None by the end of lines."""
    lines = [
        each for each in person.lines if each.kind is LineKind.PRIMARY and not each.is_superseded
    ]
    ends = {each.ends_on: None for each in lines if each.ends_on is not None}
    return {**ends, **{each.starts_on: each.manager_id for each in lines}}


def _read_manager(person: Person, row: Row) -> Any:
    return find_value(_read_manager_timeline(person), _find_day(person, row))


async def _create(work: Work, values: Values, row: Row) -> Person:
    given = {name: each for name, each in values.items() if each is not None}
    manager_id, left_on = given.pop("manager", None), given.pop("left_on", None)
    custom = given.pop(custom_values.NAME, None)
    if "organization" in given:
        given["organization_id"] = given.pop("organization")
    person = await people.hire(work, **given)
    await custom_values.create_row_values(work, person, custom)
    if left_on is not None:
        person.depart(left_on)
        person.update_directory_fields(row.today)
    if manager_id is not None:
        await _assign_manager(work, person, {"manager": manager_id}, row)
    return person


async def _edit(work: Work, person: Person, values: Values, _: Row) -> None:
    await people.edit(work, person.id, **values)


async def _change_number(work: Work, person: Person, values: Values, _: Row) -> None:
    await people.change_employee_number(work, person.id, values["employee_number"])


async def _start(work: Work, person: Person, values: Values, _: Row) -> None:
    """Rehire somebody who has left. Another first day is a correction, and refused."""
    found = await work.get(Person, person.id, to=Person.REHIRE)
    hired_on = values["hired_on"]
    if found.left_on is not None and found.left_on <= min(hired_on, work.actor.today):
        await staffing.rehire(work, person.id, hired_on=hired_on)
        return
    raise Invalid(
        f"The first day is recorded as {found.hired_on}. Correct it with"
        " `personCorrectEmployment`, or leave it out.",
        "hiredOn",
        code=Code.OUT_OF_RANGE,
    )


async def _stay(work: Work, person: Person, values: Values, _: Row) -> None:
    if values["left_on"] is None:
        await staffing.cancel_departure(work, person.id)


async def _depart(work: Work, person: Person, values: Values, _: Row) -> None:
    left_on = values.get("left_on", person.left_on)
    if left_on is not None:
        found = await work.get(Person, person.id, to=Person.DEPART)
        end = found.latest_employment
        await staffing.depart(
            work,
            person.id,
            left_on=left_on,
            reason=values.get("leaving_reason", end.leaving_reason),
            kind=values.get("leaving_kind"),
            successor_id=values.get("successor"),
        )


async def _withdraw_rehire(work: Work, person: Person, _: Values, __: Row) -> None:
    await staffing.withdraw_rehire(work, person.id, UNDONE)


def _read_end(name: str) -> Callable[[Person, Row], Any]:
    return lambda person, _: getattr(person.latest_employment, name)


def _build_end(person: Person, _: date) -> Values:
    """Return the values of somebody who has never worked here. Others may have what is unique."""
    return {"left_on": person.hired_on, "work_email": None, "employee_number": None}


async def _change_job(work: Work, person: Person, values: Values, row: Row) -> None:
    facts = {PLACE.get(name, name): each for name, each in values.items()}
    await people.change_job(work, person.id, facts, effective_on=_find_day(person, row))


async def _restore_job(work: Work, person: Person, values: Values, row: Row) -> None:
    assert row.valid_from is not None, "Job facts are kept with their day."
    facts = {PLACE.get(name, name): each for name, each in values.items()}
    await people.restore_job_facts(work, person.id, row.valid_from, facts, UNDONE)


async def _assign_manager(work: Work, person: Person, values: Values, row: Row) -> None:
    manager_id = values["manager"]
    if manager_id is None:
        await _end_line(work, person, row)
        return
    if row.is_first and row.valid_from is None:
        await people.assign_first_manager(work, person.id, manager_id)
        return
    starts_on = row.valid_from or max(person.hired_on, row.today)
    await people.assign_manager(work, person.id, manager_id, starts_on=starts_on)


async def _end_line(work: Work, person: Person, row: Row) -> None:
    day = max(_find_day(person, row), work.actor.today)
    line = person.find_primary_line(day)
    if line is not None:
        await people.end_reporting_line(work, person.id, line.id, ends_on=day)


PERSON_ROWS = RowKind(
    aggregate=Person,
    change_action=CHANGE,
    creation_permissions=(Permission.PEOPLE_MANAGE, Permission.EMPLOYMENT_MANAGE),
    parent="manager",
    tree=LINES_ABOVE,
    fields=(
        attribute_field("given_name", Person, is_required=True),
        *(attribute_field(name, Person) for name in DIRECTORY[1:]),
        attribute_field("employee_number", Person),
        *(
            RowField(name, _read_fact(name), Job, read_timeline=_read_fact_timeline(name))
            for name in FACTS
        ),
        RowField(
            "organization",
            _read_fact("organization_id"),
            refers_to=Organization,
            read_timeline=_read_fact_timeline("organization_id"),
        ),
        RowField(
            "manager",
            _read_manager,
            refers_to=Person,
            defers=Person.ASSIGN_MANAGER,
            read_timeline=_read_manager_timeline,
        ),
        attribute_field("hired_on"),
        attribute_field("left_on", is_period_end=True, graph_name="lastDay"),
        custom_values.build_row_field(Person),
    ),
    create=_create,
    changes=(
        Change(DIRECTORY, _edit),
        Change(("hired_on",), _start, undo=_withdraw_rehire),
        Change(("left_on",), _stay),
        Change(("employee_number",), _change_number),
        Change((*FACTS, "organization"), _change_job, undo=_restore_job),
        Change(("manager",), _assign_manager),
        custom_values.WRITE,
        Change(END, _depart),
    ),
    unique=(UNIQUE_FIELDS["work_email"], UNIQUE_FIELDS["employee_number"]),
    paths={"effectiveOn": "validFrom", "startsOn": "validFrom", "endsOn": "validFrom"},
    companions=(
        RowField("leaving_reason", _read_end("leaving_reason"), Employment),
        RowField("leaving_kind", _read_end("leaving_kind"), Employment),
        RowField("successor", _read_end("successor_id"), refers_to=Person),
    ),
    restorable=frozenset((*FACTS, "organization")),
    together=("hired_on", *END),
    started_by="hired_on",
    ended_by="left_on",
    end=_build_end,
)
