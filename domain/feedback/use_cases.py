"""Use cases of feedback: giving it, changing who reads it, and withdrawing it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from domain.feedback.enums import FeedbackAudience, FeedbackMode
from domain.feedback.model import ONE_DAY, Feedback
from domain.goals import Goal, GoalStatus
from domain.kernel.aggregate import set_attributes
from domain.kernel.errors import Invalid, NotPermitted
from domain.kernel.faults import FaultCollector
from domain.kernel.fields import new_values
from domain.kernel.identity import PersonId
from domain.kernel.unit_of_work import Work
from domain.people import Person

TAKEN_BACK = FeedbackAudience.SUBJECT_AND_MANAGER
"""The audience that is left when a person takes praise back from the public."""


async def give(
    work: Work,
    person_id: UUID,
    audience: FeedbackAudience,
    mode: FeedbackMode = FeedbackMode.IDENTIFIED,
    *,
    goal_id: UUID | None = None,
    **details: Any,
) -> Feedback:
    """Give feedback to a person of the directory. Raises Invalid and NotPermitted."""
    subject = await work.reference(Person, person_id, "personId")
    assert subject is not None, "The input has a person."
    author_id, today = work.actor.person_id, work.actor.today
    feedback = Feedback.start(
        work.actor.tenant_id,
        author_id or PersonId(UUID(int=0)),
        PersonId(subject.id),
        mode,
        audience,
        today,
    )
    await work.require(feedback, to=Feedback.GIVE)
    if author_id is None:
        raise NotPermitted("Feedback has a person as its author. Sign in as a person.")
    feedback.goal_id = goal_id
    await _fill_in(work, feedback, subject, details)
    feedback.record_event("given", hides_actor=feedback.is_confidential)
    await work.add(feedback, to=Feedback.GIVE)
    return feedback


async def _fill_in(
    work: Work, feedback: Feedback, subject: Person, details: Mapping[str, Any]
) -> None:
    """Check new feedback, and set its text. Raises Invalid with all faults."""
    faults = FaultCollector()
    with faults.collect():
        if subject.has_left(work.actor.today):
            raise Invalid("This person has left. Choose another person.", "personId")
    with faults.collect():
        await reference_goal(work, feedback.goal_id)
    with faults.collect():
        feedback.check_attributes({})
    with faults.collect():
        await _check_readers(work, feedback)
    with faults.collect():
        set_attributes(feedback, new_values(Feedback, details))
    faults.raise_all()


async def reference_goal(work: Work, goal_id: UUID | None) -> None:
    """Check the goal that feedback is about. Raises Invalid.

    Drafts can be deleted, and the refusal would tell their owner of feedback.
    """
    goal = await work.reference(Goal, goal_id, "goalId")
    if goal is not None and goal.status is GoalStatus.DRAFT:
        raise Invalid("This goal is a draft. Choose one that has begun.", "goalId")


async def change_audience(
    work: Work, id: UUID, audience: FeedbackAudience, *, expected_version: int | None = None
) -> Feedback:
    """Change who reads feedback. Raises what `Work.get` raises, Invalid and StateConflict.

    The author chooses any audience. The person may only take praise back from the public.
    """
    feedback = await work.get(
        Feedback, id, to=Feedback.CHANGE_AUDIENCE, expected_version=expected_version
    )
    if feedback.author_id != work.actor.person_id and audience is not TAKEN_BACK:
        message = "You can take it back from the public only. Choose SUBJECT_AND_MANAGER."
        raise Invalid(message, "audience")
    feedback.change_audience(audience, work.actor.today)
    await _check_readers(work, feedback)
    return feedback


async def withdraw(work: Work, id: UUID, *, expected_version: int | None = None) -> Feedback:
    """Delete feedback before its release, with its text in the journal.

    Raises what `Work.get` raises, and StateConflict after the release.
    """
    feedback = await work.get(Feedback, id, to=Feedback.WITHDRAW, expected_version=expected_version)
    feedback.ensure_can_be_withdrawn(work.actor.today)
    feedback.record_event("withdrawn", hides_actor=feedback.is_confidential)
    await _remove(work, feedback)
    return feedback


async def erase_about(work: Work, person_id: UUID) -> None:
    """Delete all feedback about a person, with its texts in the journal."""
    for each in await work.find_all(Feedback, subject_id=[PersonId(person_id)]):
        each.record_event("erased")
        await _remove(work, each)


async def _remove(work: Work, feedback: Feedback) -> None:
    await work.remove(feedback)
    await work.flush()
    await work.erase_history(Feedback, feedback.id)


async def _check_readers(work: Work, feedback: Feedback) -> None:
    """Raise Invalid where nobody could read what is for managers."""
    today = work.actor.today
    if feedback.audience is FeedbackAudience.MANAGER and not await work.managers_between(
        feedback.subject_id, today, today + ONE_DAY
    ):
        message = "Nobody is above this person, so nobody could read it. Choose another audience."
        raise Invalid(message, "audience")
