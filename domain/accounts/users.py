"""Accounts of people as an identity provider describes them: a person with a member, as one object.

Each difference is applied by the verb of its field, so its rules and rights are those of the verb.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from domain import members, people
from domain.accounts.external_ids import SOURCE, change_external_id
from domain.kernel.actions import Action
from domain.kernel.errors import VersionConflict
from domain.kernel.faults import FaultCollector
from domain.kernel.identity import PersonId
from domain.kernel.unit_of_work import Work
from domain.members import Member, MemberStatus
from domain.people import Person

Values = Mapping[str, Any]

DIRECTORY = ("given_name", "family_name", "name", "work_email", "time_zone")
SEE_PERSON = Action("see", Person.SEE)
SEE_MEMBER = Action("see", Member.SEE)


@dataclass(frozen=True)
class Account:
    """A person and the member, with the versions that the change depends on."""

    person_id: UUID
    member_id: UUID
    person_version: int | None = None
    member_version: int | None = None


async def create(work: Work, values: Values) -> UUID:
    """Create a person who works here from today, with an account; return the person's id.

    Raises what `people.hire` and `members.create` raise.
    """
    given = {name: values[name] for name in DIRECTORY if values.get(name) is not None}
    external_id = values.get("external_id")
    person = await people.hire(
        work,
        **given,
        **{name: values[name] for name in ("employee_number", "job_title") if values.get(name)},
        manager_id=values.get("manager_id"),
        references=[(SOURCE, external_id)] if external_id else (),
    )
    await work.flush()  # the rules of an account ask for the stored person
    subject = values["subject"]
    member = await members.create(work, person_id=PersonId(person.id), subject=subject)
    if values.get("is_active") is False:
        await work.flush()
        await members.suspend(work, member.id)
    return person.id


async def link(work: Work, person_id: UUID, values: Values) -> UUID:
    """Create an account for a person who has none, and apply the values; return the person's id.

    Raises what `people.create_member` and the verbs of the values raise.
    """
    member = await people.create_member(work, person_id, values["subject"])
    await work.flush()
    await change(work, Account(person_id, member.id), _without_account(values))
    if values.get("is_active") is False:
        await members.suspend(work, member.id)
    return person_id


async def revive(work: Work, account: Account, values: Values) -> UUID:
    """Open a suspended or removed account again, and apply the values; return the person's id.

    A removed account has no roles. Raises what the verbs raise.
    """
    member = await work.get(Member, account.member_id, to=SEE_MEMBER)
    if member.status is MemberStatus.REMOVED:
        await work.get(Member, member.id, to=Member.RESTORE)
        member.restore()
    is_active = values.get("is_active") is not False
    await change(work, account, {**values, "is_active": is_active})
    return account.person_id


async def change(work: Work, account: Account, changes: Values) -> None:
    """Apply changes, all or none. Raises VersionConflict, and what the verbs raise."""
    person = await work.get(
        Person, account.person_id, to=SEE_PERSON, expected_version=account.person_version
    )
    member = await work.get(
        Member, account.member_id, to=SEE_MEMBER, expected_version=account.member_version
    )
    if member.person_id != person.id:
        raise VersionConflict("The account belongs to another person now. Read it again.")
    if account.person_version is not None:
        work.check_unchanged(person)
        work.check_unchanged(member)
    faults = FaultCollector()
    for names, apply in CHANGES:
        given = {name: changes[name] for name in names if name in changes}
        if given:
            with faults.collect():
                await apply(work, account, given)
    faults.raise_all()


async def remove(work: Work, account: Account) -> Member:
    """Remove an account; the person stays. Raises what `members.remove` raises."""
    if account.person_version is not None:
        person = await work.get(
            Person, account.person_id, to=SEE_PERSON, expected_version=account.person_version
        )
        work.check_unchanged(person)
    return await members.remove(work, account.member_id, expected_version=account.member_version)


def _without_account(values: Values) -> Values:
    return {name: each for name, each in values.items() if name not in ("subject", "is_active")}


async def _edit(work: Work, account: Account, values: Values) -> None:
    await people.edit(work, account.person_id, **values)


async def _change_number(work: Work, account: Account, values: Values) -> None:
    await people.change_employee_number(work, account.person_id, values["employee_number"])


async def _change_job(work: Work, account: Account, values: Values) -> None:
    await people.change_job(work, account.person_id, values)


async def _change_external_id(work: Work, account: Account, values: Values) -> None:
    await change_external_id(work, Person, account.person_id, values["external_id"])


async def _assign_manager(work: Work, account: Account, values: Values) -> None:
    manager_id = values["manager_id"]
    if manager_id is not None:
        await people.assign_manager(work, account.person_id, manager_id)
        return
    person = await work.get(Person, account.person_id, to=Person.END_REPORTING_LINE)
    line = person.find_primary_line(work.actor.today)
    if line is not None:
        await people.end_reporting_line(work, account.person_id, line.id)


async def _change_subject(work: Work, account: Account, values: Values) -> None:
    await members.change_subject(work, account.member_id, values["subject"])


async def _open_or_suspend(work: Work, account: Account, values: Values) -> None:
    """Let the account be active or suspended. Nothing else of the person changes."""
    member = await work.get(Member, account.member_id, to=SEE_MEMBER)
    if not values["is_active"]:
        if member.status is not MemberStatus.SUSPENDED:
            await members.suspend(work, member.id)
    elif member.status is not MemberStatus.ACTIVE:
        await members.activate(work, member.id)


Apply = Callable[[Work, Account, Values], Awaitable[None]]

CHANGES: tuple[tuple[tuple[str, ...], Apply], ...] = (
    (DIRECTORY, _edit),
    (("employee_number",), _change_number),
    (("external_id",), _change_external_id),
    (("job_title",), _change_job),
    (("manager_id",), _assign_manager),
    (("subject",), _change_subject),
    (("is_active",), _open_or_suspend),
)
"""The verb of each group of values, in the order in which they are applied."""
