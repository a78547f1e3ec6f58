"""Looking up the author of a text in a confidential program, which the audit log keeps."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from domain.feedback import REASON
from domain.feedback.revealing import REVEALED
from domain.feedback_programs import policy
from domain.feedback_programs.model import MAX_DAYS, FeedbackProgram
from domain.feedback_programs.records import FeedbackProgramAnswer
from domain.kernel.actions import Action
from domain.kernel.errors import NotFound, NotPermitted, StateConflict
from domain.kernel.fields import check_required
from domain.kernel.identity import PersonId
from domain.kernel.periods import ONE_DAY
from domain.kernel.unit_of_work import Work
from domain.members import Member
from domain.people import Person

READ = Action("read_results", policy.READ_RESULTS)


@dataclass(frozen=True)
class Author:
    """Who wrote a text: a person, or somebody without an account, with a name alone."""

    name: str
    person_id: PersonId | None


async def reveal_author(work: Work, answer_id: UUID, reason: Annotated[str, REASON]) -> Author:
    """Return the author of a text, and record the look at the officer's account.

    Raises NotFound also for a text that the actor neither reads nor may ask about, NotPermitted,
    StateConflict and Invalid.
    """
    found = await work.find_records(FeedbackProgramAnswer, id=[answer_id])
    programs = await work.load_all(
        FeedbackProgram, [each.feedback_program_id for each in found], keeps_state=True
    )
    if not programs or not await _may_know_of(work, programs[0]):
        raise NotFound("There is no such answer.", "answerId")
    (answer,), (program,) = found, programs
    if await _is_concerned(work, program):
        message = (
            "It is about you, or about somebody who was below you since the program. So you may"
            " not look its author up."
        )
        raise NotPermitted(message)
    await work.require(program, to=FeedbackProgram.REVEAL_AUTHOR)
    reason = check_required(REASON, reason, "reason")
    if answer.author_id is None and answer.author_name is None:
        raise StateConflict("The program was anonymous, so nobody can look its authors up.")
    (account,) = await work.load_all(Member, [UUID(str(work.actor.member_id))])
    account.record_event(REVEALED, reason=reason, feedback_program_id=program.id)
    ids = [] if answer.author_id is None else [answer.author_id]
    names = [answer.author_name, *(each.name for each in await work.load_all(Person, ids))]
    return Author(next(each for each in reversed(names) if each is not None), answer.author_id)


async def _may_know_of(work: Work, program: FeedbackProgram) -> bool:
    """Return whether the actor reads the results, or may look authors up unconcerned."""
    if await work.is_permitted(program, to=READ):
        return True
    may_reveal = await work.is_permitted(program, to=FeedbackProgram.REVEAL_AUTHOR)
    return may_reveal and not await _is_concerned(work, program)


async def _is_concerned(work: Work, program: FeedbackProgram) -> bool:
    """Return whether the actor is the person, or was above the person since the program began."""
    today = work.actor.today
    since = min(program.closes_on, today) - timedelta(days=MAX_DAYS)
    above = await work.managers_between(program.subject_id, since, today + ONE_DAY)
    return work.actor.person_id in {program.subject_id, *above}
