"""Finishing a run: those of its source who are missing have left, if they are few.

More than a share of them, or more than one call may end, wait for the approval of a person.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from domain import staffing
from domain.kernel.errors import Code, ConcurrentChange, Invalid, NotPermitted, Refusal
from domain.kernel.faults import FaultCollector, list_faults
from domain.kernel.fields import WholeNumber
from domain.kernel.identity import PersonId
from domain.kernel.unit_of_work import Work
from domain.kernel.upserts import (
    NamedObject,
    ObjectChange,
    Row,
    is_owned_by_other,
    list_field_changes,
    take_snapshot,
)
from domain.people import Person
from domain.sync_runs.changes import keep_changes
from domain.sync_runs.model import (
    SyncRun,
    SyncRunIssue,
    SyncRunPerson,
    SyncRunRow,
    SyncRunType,
    build_row_id,
)
from domain.sync_runs.recording import LOCK
from domain.upserts import PERSON_ROWS, find_owners

MAX_PERCENT = 5
PERCENT = WholeNumber("The share", 0, MAX_PERCENT)
MAX_ENDED = 250
"""How many employments one call ends."""

MASS_CHANGE_BLOCKED = "MASS_CHANGE_BLOCKED"
SOURCE_PEOPLE = "people_of_source"


@dataclass(frozen=True)
class SourcePerson:
    """Somebody of a source, with the id there."""

    id: PersonId
    external_id: str


async def finish(
    work: Work,
    id: UUID,
    *,
    left_on: date | None = None,
    max_ended_percent: Annotated[int, PERCENT] = MAX_PERCENT,
    expected_version: int | None = None,
) -> SyncRun:
    """Finish a run. A full one ends those who are missing, or is blocked.

    Raises what `Work.get` raises, NotPermitted and Invalid.
    """
    await work.lock_value(LOCK, str(id))
    run = await work.get(SyncRun, id, to=SyncRun.FINISH, expected_version=expected_version)
    run.require_starter(work.actor.member_id)
    _check_input(run, left_on, max_ended_percent)
    if not run.ends_people or left_on is None:
        run.finish(None, 0, work.now)
        return run
    everybody = await _find_people(work, run.source, left_on)
    missing = await _list_missing(work, run, everybody)
    if len(missing) > MAX_ENDED or len(missing) * 100 > len(everybody) * max_ended_percent:
        run.block(left_on, len(missing))
        people = [_build_person(run, each) for each in missing]
        work.write_records(added=people)
        work.write_records(added=[run.build_issue(MASS_CHANGE_BLOCKED)])
        return run
    ended = await _end_all(work, run, missing, left_on)
    people = [_build_person(run, each, is_ended=True) for each in missing if each.id in ended]
    work.write_records(added=people)
    run.finish(left_on, len(ended), work.now)
    return run


def _check_input(run: SyncRun, left_on: date | None, max_ended_percent: int) -> None:
    """Raise Invalid with all that is wrong with the input."""
    faults = FaultCollector()
    with faults.collect():
        PERCENT.check(max_ended_percent, "maxEndedPercent")
    with faults.collect():
        if run.ends_people and left_on is None:
            message = (
                "A FULL run of people needs the last day for people without a row. Fill it in."
            )
            raise Invalid(message, "lastDay", code=Code.REQUIRED)
    faults.raise_all()


async def approve(work: Work, id: UUID, *, expected_version: int | None = None) -> SyncRun:
    """End those who are missing in a blocked run: the first ones, where they are many.

    Those who have left by now, or whom the source does not have any more, are not ended. Raises
    what `Work.get` raises, and NotPermitted for a service client.
    """
    await work.lock_value(LOCK, str(id))
    run = await work.get(SyncRun, id, to=SyncRun.APPROVE, expected_version=expected_version)
    if work.actor.person_id is None:
        raise NotPermitted(
            "A service client may not approve a blocked run. Ask a person who manages people."
        )
    assert run.left_on is not None, "A blocked run states the last day."
    listed = await work.find_records(SyncRunPerson, sync_run_id=[run.id])
    open_ones = sorted((each for each in listed if not each.is_ended), key=lambda each: each.id)
    part = open_ones[:MAX_ENDED]
    present = {each.id: each for each in await _find_people(work, run.source, run.left_on)}
    missing = [present[each.person_id] for each in part if each.person_id in present]
    ended = await _end_all(work, run, missing, run.left_on)
    for each in part:
        each.is_ended = each.person_id in ended
    work.write_records(
        changed=[each for each in part if each.is_ended],
        removed=[each for each in part if not each.is_ended],
    )
    run.approve(len(ended), work.now, is_last=len(part) == len(open_ones))
    return run


async def _find_people(work: Work, source: str, left_on: date) -> list[SourcePerson]:
    """Return everybody of a source who works before that day and has not left by then."""
    rows = await work.run_statement(SOURCE_PEOPLE, source=source, left_on=left_on)
    return [SourcePerson(PersonId(id), external_id) for id, external_id in rows]


async def _list_missing(
    work: Work, run: SyncRun, everybody: Sequence[SourcePerson]
) -> list[SourcePerson]:
    """Return those without a row in the run."""
    rows = await work.find_values(SyncRunRow, ("id",), sync_run_id=[run.id])
    sent = {id for (id,) in rows}
    return [each for each in everybody if build_row_id(run.id, each.external_id) not in sent]


async def _end_all(
    work: Work, run: SyncRun, missing: Sequence[SourcePerson], left_on: date
) -> set[UUID]:
    """Record the departure of each, and return whose was recorded. A refusal becomes an issue."""
    ended, issues, changes = set[UUID](), list[SyncRunIssue](), list[ObjectChange]()
    owners = await find_owners(work, PERSON_ROWS)
    if missing:
        await work.lock_tree(Person.NAME)
    for each in missing:
        work.begin_step()
        try:
            change = await _depart(work, run, each.id, left_on, owners)
        except ConcurrentChange:
            raise
        except Refusal as refusal:
            await work.undo_step()
            issues += [
                run.build_issue(fault.code.value, each.external_id, type=SyncRunType.PERSON)
                for fault in list_faults(refusal)
            ]
        else:
            ended.add(each.id)
            changes.append(change)
    work.keep_steps()
    await keep_changes(work, run, PERSON_ROWS, changes)
    work.write_records(added=issues)
    return ended


async def _depart(
    work: Work, run: SyncRun, id: UUID, left_on: date, owners: Mapping[str, str]
) -> ObjectChange:
    """Record the departure of somebody, and return what it changes.

    Raises Invalid where another source owns the last day of the person.
    """
    person = await work.get(Person, id, to=Person.DEPART)
    if is_owned_by_other(owners, person, "left_on", run.source):
        message = (
            f"The source {owners['left_on']} owns the last day of this person. Change it there."
        )
        raise Invalid(message, "lastDay", code=Code.FIELD_OWNED)
    row = Row(0, NamedObject(id=id), {}, work.actor.today)
    version, snapshot = person.version, take_snapshot(PERSON_ROWS, person, row)
    reason = person.latest_employment.leaving_reason
    await staffing.depart(work, id, left_on=left_on, reason=reason)
    return ObjectChange(person, version, list_field_changes(PERSON_ROWS, snapshot, person, row))


def _build_person(run: SyncRun, person: SourcePerson, *, is_ended: bool = False) -> SyncRunPerson:
    return SyncRunPerson(
        tenant_id=run.tenant_id, sync_run_id=run.id, person_id=person.id, is_ended=is_ended
    )
