"""Erasing people who have left: what names or describes them is removed, and the rest stays."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from domain.access_requests import erase_requests
from domain.bulk_operations import erase_exports
from domain.feedback import erase_about
from domain.feedback_programs import erase_programs
from domain.kernel.errors import Invalid, StateConflict
from domain.kernel.fields import SingleLine
from domain.kernel.identity import PersonId
from domain.kernel.text import single_line
from domain.kernel.unit_of_work import Work
from domain.kernel.upserts import PendingReference
from domain.legal_holds import erase_holds, refuse_held
from domain.members import Member
from domain.people import ErasureReason, Person
from domain.personal_data import hash_rows
from domain.reviews.calibration import erase_adjustments
from domain.reviews.fairness import erase_fairness
from domain.reviews.nominations.erasing import erase_nominations
from domain.reviews.writing.erasing import erase_reviews
from domain.sync_runs import erase_issues, forget_object

CONFIRMED_NAME = SingleLine("The name")


@dataclass(frozen=True)
class ErasedTable:
    """How many rows of a table were about a person, and what an erasure did with them."""

    table: str
    removed: int
    changed: int
    kept: int


@dataclass(frozen=True)
class Erasure:
    """An erased person, and the receipt."""

    person: Person
    tables: tuple[ErasedTable, ...]


async def erase(
    work: Work,
    id: UUID,
    confirm_name: Annotated[str, CONFIRMED_NAME],
    reason: ErasureReason,
    *,
    expected_version: int | None = None,
) -> Erasure:
    """Erase the personal values of somebody who has left, in all tables and in the journal.

    Raises what `Work.get` raises, StateConflict for somebody who has not left or whose data is
    held, and Invalid where the name is not that of the person.
    """
    person = await work.get(Person, id, to=Person.ERASE, expected_version=expected_version)
    if not person.has_left(work.actor.today):
        raise StateConflict("This person has not left. Record the departure first.")
    if single_line("The name", confirm_name, "confirmName") != person.name:
        message = "This is not the person's name. Check that you erase the right person."
        raise Invalid(message, "confirmName")
    await refuse_held(work, id)
    before = await hash_rows(work, id)
    person = await erase_values(work, id, reason)
    return Erasure(person, _compare(before, await hash_rows(work, id)))


async def erase_values(work: Work, id: UUID, reason: ErasureReason) -> Person:
    """Erase a person, for whom everything was checked."""
    person = await work.reveal(Person, id)
    await erase_issues(work, person.references)
    await forget_object(work, id)
    person.erase(reason)
    member = await work.find(Member, person_id=PersonId(id))
    if member is not None:
        member.erase()
        await work.erase_history(Member, member.id)
    work.write_records(removed=await work.find_records(PendingReference, object_id=[id]))
    for erase_part in (
        *(erase_about, erase_programs, erase_reviews, erase_adjustments, erase_nominations),
        *(erase_fairness, erase_exports, erase_holds, erase_requests),
    ):
        await erase_part(work, id)
    await work.erase_history(Person, id)
    await work.flush()
    return person


def _compare(
    before: Mapping[str, Mapping[str, str]], after: Mapping[str, Mapping[str, str]]
) -> tuple[ErasedTable, ...]:
    """Return what became of the rows of each table that had any."""
    found = list[ErasedTable]()
    for table, rows in before.items():
        left = after[table]
        kept = sum(left.get(key) == value for key, value in rows.items())
        removed = sum(key not in left for key in rows)
        if rows:
            found.append(ErasedTable(table, removed, len(rows) - removed - kept, kept))
    return tuple(sorted(found, key=lambda each: each.table))
