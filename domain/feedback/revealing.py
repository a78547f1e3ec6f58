"""Looking up the author of confidential feedback, which the audit log keeps."""

from typing import Annotated
from uuid import UUID

from domain.feedback.model import Feedback
from domain.kernel.actions import Action
from domain.kernel.errors import NotFound, NotPermitted
from domain.kernel.fields import MultiLine, check_required
from domain.kernel.periods import ONE_DAY
from domain.kernel.unit_of_work import Work
from domain.members import Member
from domain.people import Person

REASON = MultiLine("The reason", max_length=1_000, advice="Write why you have to know the author.")
SEE = Action("see", Feedback.SEE)
REVEALED = "feedback_author_revealed"


async def reveal_author(work: Work, feedback_id: UUID, reason: Annotated[str, REASON]) -> Person:
    """Return the author of confidential feedback, and record the look at the officer's account.

    Neither the feedback nor its readers learn of the look. Raises NotFound also for feedback that
    the actor neither reads nor may ask about, NotPermitted and Invalid.
    """
    found = await work.load_all(Feedback, [feedback_id])
    if not found or not await _may_know_of(work, found[0]):
        raise NotFound("There is no such feedback.", "feedbackId")
    feedback = found[0]
    if await _is_concerned(work, feedback):
        message = (
            "It is about you, or about somebody who was below you since it was written. So you may"
            " not look its author up."
        )
        raise NotPermitted(message)
    await work.require(feedback, to=Feedback.REVEAL_AUTHOR)
    reason = check_required(REASON, reason, "reason")
    (account,) = await work.load_all(Member, [UUID(str(work.actor.member_id))])
    account.record_event(REVEALED, reason=reason, feedback_id=feedback.id)
    assert feedback.author_id is not None, "Confidential feedback has an author with an account."
    (author,) = await work.load_all(Person, [feedback.author_id])
    return author


async def _may_know_of(work: Work, feedback: Feedback) -> bool:
    """Return whether the actor reads it, or may look its author up without being concerned."""
    if await work.is_permitted(feedback, to=SEE):
        return True
    return await work.is_permitted(feedback, to=Feedback.REVEAL_AUTHOR) and not await _is_concerned(
        work, feedback
    )


async def _is_concerned(work: Work, feedback: Feedback) -> bool:
    """Return whether the actor is the person, or was above the person since it was written."""
    today = work.actor.today
    since = min(feedback.released_on - ONE_DAY, today)
    above = await work.managers_between(feedback.subject_id, since, today + ONE_DAY)
    return work.actor.person_id in {feedback.subject_id, *above}
