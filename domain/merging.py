"""Merging people: two records of one human become one, and the id of the other one leads to it."""

from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

from domain.kernel.access import Holds
from domain.kernel.actions import Action
from domain.kernel.errors import Code, Invalid, Refusal, VersionConflict
from domain.kernel.external_references import MAX_REFERENCES
from domain.kernel.faults import FaultCollector, raise_faults
from domain.kernel.fields import MultiLine, check_required
from domain.kernel.identity import PersonId
from domain.kernel.unit_of_work import Work
from domain.members import Member, MemberStatus
from domain.people import (
    PLAN_LINES,
    Person,
    ReportingLine,
    authorize_line,
    ensure_unique_email,
    ensure_units_exist,
)
from domain.people.merging import (
    absorb,
    are_in_different_units,
    hand_over,
    list_past_departures,
    list_united_placements,
    replace_manager_record,
)
from domain.self_appointment import REASON as SELF_APPOINTMENT_REASON
from domain.self_appointment import authorize, check_reason
from domain.staffing import end_leftovers
from domain.sync_runs import follow_merge
from domain.teams import Membership, Team

REASON = MultiLine(
    "The reason", max_length=1_000, advice="Write how you know that both are one person."
)
DUPLICATE = "duplicateId"
"""The field that conflicts of the two records name."""


async def merge(
    work: Work,
    id: UUID,
    duplicate_id: UUID,
    reason: Annotated[str, REASON],
    *,
    self_appointment_reason: Annotated[str | None, SELF_APPOINTMENT_REASON] = None,
    expected_version: int | None = None,
    expected_duplicate_version: int | None = None,
) -> Person:
    """Merge a duplicate into the person who stays, and remove the duplicate.

    Raises what `Work.get` raises, Invalid for each conflict between the records, and NotPermitted
    with SELF_APPOINTMENT where the actor would get rights.
    """
    await work.lock_tree(Person.NAME)
    person = await work.get(Person, id, to=Person.MERGE, expected_version=expected_version)
    duplicate = await _get_duplicate(work, duplicate_id, expected_duplicate_version)
    await _authorize(work, person, duplicate, check_reason(self_appointment_reason))
    conflicts = [each async for each in _find_conflicts(work, person, duplicate)]
    faults = FaultCollector()
    with faults.collect():
        reason = check_required(REASON, reason, "reason")
    raise_faults([*faults.faults, *conflicts])
    await _move_others(work, person, duplicate)
    given = hand_over(duplicate)
    await work.replace(Person, duplicate.id, person.id)
    await follow_merge(work, duplicate.id, person.id)
    if not all(each.has_left(work.actor.today) for each in (person, given)):
        await ensure_unique_email(work, person, person.work_email or given.work_email)
    days = list_united_placements(person, given, work.actor.today)
    absorb(person, given, today=work.actor.today, at=work.now)
    await ensure_units_exist(work, person, days, DUPLICATE)
    person.record_event("merged", reason=reason, duplicate_id=duplicate.id)
    duplicate.record_event("merged", merged_into_id=person.id)
    await work.remove(duplicate)
    return person


async def _get_duplicate(work: Work, id: UUID, expected_version: int | None) -> Person:
    await work.reference(Person, id, DUPLICATE)
    duplicate = await work.get(Person, id, to=Person.MERGE)
    if expected_version not in (None, duplicate.version):
        message = "The duplicate was changed since you read it. Read it again."
        raise VersionConflict(message, "expectedDuplicateVersion")
    return duplicate


async def _find_conflicts(work: Work, person: Person, duplicate: Person) -> AsyncIterator[Refusal]:
    """Yield everything about the two records that somebody has to decide first."""
    if person.id == duplicate.id:
        yield Invalid("Both ids name the same record. Name the other record.", DUPLICATE)
        return
    if are_in_different_units(person, duplicate):
        yield _conflict(
            "Both records are employed in the same time, in different units. Give both the same"
            " unit first, or correct the employment of one."
        )
    if len(person.references) + len(duplicate.references) > MAX_REFERENCES:
        yield _conflict(
            f"Together the records have more than {MAX_REFERENCES} references. Remove some first.",
            Code.LIMIT_EXCEEDED,
        )
    if await _is_one_above_the_other(work, person, duplicate):
        yield _conflict(
            "One of the records manages the other on some day, directly or through others. End or"
            " correct these reporting lines first.",
            Code.REFERENCE_CYCLE,
        )
    if await _have_both_accounts(work, person, duplicate):
        yield _conflict("Both records have an account. Remove one with `memberRemove` first.")


def _conflict(message: str, code: Code = Code.STATE_CONFLICT) -> Invalid:
    return Invalid(message, DUPLICATE, code=code)


async def _have_both_accounts(work: Work, person: Person, duplicate: Person) -> bool:
    for each in (person, duplicate):
        member = await work.find(Member, person_id=PersonId(each.id))
        if member is None or member.status is MemberStatus.REMOVED:
            return False
    return True


async def _is_one_above_the_other(work: Work, person: Person, duplicate: Person) -> bool:
    for lower, upper in ((person, duplicate), (duplicate, person)):
        if any(each.manager_id == upper.id and not each.is_superseded for each in lower.lines):
            return True
        if upper.id in await work.managers_ever(lower.id):
            return True
    return False


async def _authorize(work: Work, person: Person, duplicate: Person, why: str | None) -> None:
    """Refuse a merge by which the actor would get rights that the actor does not hold.

    Raises NotPermitted with SELF_APPOINTMENT, and Invalid.
    """
    actor, today = work.actor.person_id, work.actor.today
    if actor in (person.id, duplicate.id) or await _has_unequal_rights(work, person, duplicate):
        await authorize(work, person, why, DUPLICATE)
        return
    is_above_person, is_above_duplicate = [
        await work.is_known_above(each.id, today, None, planning=PLAN_LINES)
        for each in (person, duplicate)
    ]
    if is_above_person != is_above_duplicate:
        gained = duplicate if is_above_person else person
        await authorize_line(work, gained, today, None, why, DUPLICATE)


async def _has_unequal_rights(work: Work, person: Person, duplicate: Person) -> bool:
    """Return whether the actor's grants cover one record and not the other."""
    for permission in sorted({each.permission for each in work.actor.grants}):
        action = Action("hold", Holds(permission, over=Person.OWNER_ATTRIBUTES))
        first, second = [await work.is_permitted(each, to=action) for each in (person, duplicate)]
        if first != second:
            return True
    return False


async def _move_others(work: Work, person: Person, duplicate: Person) -> None:
    """Let reports, teams, accounts and goals name the person instead of the duplicate."""
    old_id, new_id = PersonId(duplicate.id), PersonId(person.id)
    for record, left_on in list_past_departures(person, duplicate, work.actor.today):
        await end_leftovers(work, record, left_on)
    for report in await work.find_with_part(Person, ReportingLine, manager_id=old_id):
        if report.id != person.id:
            replace_manager_record(report, old_id, person)
    for team in await work.find_with_part(Team, Membership, person_id=old_id):
        team.replace_person(old_id, new_id)
    await _move_account(work, old_id, new_id)
    await work.replace_in_attributes(Person, old_id, new_id)


async def _move_account(work: Work, old_id: PersonId, new_id: PersonId) -> None:
    """Give the duplicate's account to the person. Of two accounts the removed one is deleted."""
    own, given = [await work.find(Member, person_id=each) for each in (new_id, old_id)]
    if given is None:
        return
    if own is not None:
        is_own_closed = own.status is MemberStatus.REMOVED
        closed, staying = (own, given) if is_own_closed else (given, own)
        closed.record_event("removed")
        await work.remove(closed)
        await work.flush()
        await work.replace(Member, closed.id, staying.id)
        if closed is given:
            return
    given.person_id = new_id
