"""Use cases of feedback programs: launch, respond, close, cancel; and what counts the ballots."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from domain.ballots import BallotTasks, get_invited, seal_answers, withdraw_answers
from domain.ballots.voting import Opened
from domain.feedback_programs.counting import Ballot, Count
from domain.feedback_programs.enums import SELF
from domain.feedback_programs.forms import Form, RaterAnswer, check_answers, load_form
from domain.feedback_programs.launching import Asked, NamedRater, build_program
from domain.feedback_programs.model import FeedbackProgram
from domain.feedback_programs.records import FeedbackProgramRater
from domain.kernel.actions import Action
from domain.kernel.background_tasks import TaskHandler
from domain.kernel.unit_of_work import Work
from domain.reviews import ReviewTemplate


async def launch(
    work: Work,
    subject_id: UUID,
    template_id: UUID,
    raters: Sequence[NamedRater] | None = None,
    outside: Sequence[str] = (),
    **details: Any,
) -> FeedbackProgram:
    """Launch a program about a person. Without raters, line and teams of today decide.

    `outside` are the names of raters without an account. Raises NotPermitted, Invalid and
    LimitExceeded.
    """
    asked = Asked(raters, outside)
    program, invited = await build_program(work, subject_id, template_id, asked, **details)
    await store(work, program, invited)
    return program


async def store(
    work: Work, program: FeedbackProgram, raters: Sequence[FeedbackProgramRater]
) -> None:
    """Give a program its key, and store it with its raters."""
    program.public_key = work.ballot_keys.create(program.id)
    await work.add(program, to=FeedbackProgram.LAUNCH)
    work.write_records(added=raters)
    await TASKS.enqueue_closing(work, program)


async def respond(work: Work, id: UUID, answers: Sequence[RaterAnswer]) -> FeedbackProgram:
    """Seal the answers of the actor, in place of earlier ones. The journal has nothing of it.

    Raises Invalid, StateConflict and NotPermitted.
    """
    program, rater = await _get_rater(work, id, FeedbackProgram.RESPOND)
    checked = check_answers(await _load_form(work, program), answers)
    await seal_answers(work, program, rater, checked)
    return program


async def withdraw_response(work: Work, id: UUID) -> FeedbackProgram:
    """Remove the ballot of the actor. Raises Invalid, StateConflict and NotPermitted."""
    program, rater = await _get_rater(work, id, FeedbackProgram.WITHDRAW_RESPONSE)
    await withdraw_answers(work, program, rater)
    return program


async def close(work: Work, id: UUID, *, expected_version: int | None = None) -> FeedbackProgram:
    """Close a program before its day. Raises what `get` raises."""
    action = FeedbackProgram.CLOSE
    program = await work.get(FeedbackProgram, id, to=action, expected_version=expected_version)
    program.close()
    TASKS.enqueue_counting(work, program)
    return program


async def cancel(work: Work, id: UUID, *, expected_version: int | None = None) -> FeedbackProgram:
    """Cancel a program: its ballots are destroyed unread. Raises what `get` raises."""
    action = FeedbackProgram.CANCEL
    program = await work.get(FeedbackProgram, id, to=action, expected_version=expected_version)
    program.cancel()
    TASKS.enqueue_counting(work, program)
    return program


async def _publish(
    work: Work, program: FeedbackProgram, opened: Sequence[Opened[FeedbackProgramRater]]
) -> None:
    """Publish the results of a closed program."""
    valid = _list_valid(program, opened)
    ballots = [Ballot(each.invitation, each.answers) for each in valid if each.answers is not None]
    raters = [each.invitation for each in opened]
    count = Count(program, await _load_form(work, program), ballots, raters)
    work.write_records(added=count.list_published())
    program.response_count = count.count_responses()
    program.publish()


def _list_valid(
    program: FeedbackProgram, opened: Sequence[Opened[FeedbackProgramRater]]
) -> list[Opened[FeedbackProgramRater]]:
    """Return one ballot of each rater, and none about oneself in the group of others.

    A merge of two people can make one rater of two, or a rater of the person.
    """
    found = dict[UUID, Opened[FeedbackProgramRater]]()
    for each in opened:
        rater = each.invitation
        is_self = rater.person_id == program.subject_id
        if is_self is (rater.rater_group is SELF) and each.answers is not None:
            found.setdefault(rater.person_id or rater.id, each)
    return [*found.values()]


TASKS = BallotTasks("feedback_programs", FeedbackProgram, FeedbackProgramRater, _publish)
BALLOT_HANDLERS: Mapping[str, TaskHandler] = TASKS.list_handlers()


async def _get_rater(
    work: Work, id: UUID, action: Action
) -> tuple[FeedbackProgram, FeedbackProgramRater]:
    """Return an open program with the actor as a rater. Raises what `get_invited` raises."""
    kinds = FeedbackProgram, FeedbackProgramRater
    refusal = "You were not asked to rate in this program."
    return await get_invited(work, kinds, id, action, field="programId", refusal=refusal)


async def _load_form(work: Work, program: FeedbackProgram) -> Form:
    (template,) = await work.load_all(ReviewTemplate, [program.template_id], keeps_state=True)
    return await load_form(work, template)
