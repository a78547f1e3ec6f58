"""Use cases of feedback: giving it, changing who reads it, and withdrawing it."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from domain.feedback.asking import erase_requests
from domain.feedback.enums import FeedbackAudience, FeedbackMode
from domain.feedback.model import Feedback
from domain.feedback.references import reference_goal
from domain.feedback.requests import FeedbackRequest
from domain.kernel.aggregate import set_attributes
from domain.kernel.errors import Invalid, NotPermitted
from domain.kernel.faults import FaultCollector
from domain.kernel.fields import new_values
from domain.kernel.identity import PersonId
from domain.kernel.periods import ONE_DAY
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
    feedback = await _start(work, subject, audience, mode)
    feedback.goal_id = goal_id
    await _fill_in(work, feedback, subject, details)
    return await _add(work, feedback)


async def answer(
    work: Work,
    request_id: UUID,
    audience: FeedbackAudience | None = None,
    mode: FeedbackMode = FeedbackMode.IDENTIFIED,
    **details: Any,
) -> Feedback:
    """Give the feedback that somebody asked the actor for, by default for the proposed audience.

    Raises what `Work.get` raises, Invalid and NotPermitted.
    """
    await work.reference(FeedbackRequest, request_id, "requestId")
    asked = await work.get(FeedbackRequest, request_id, to=FeedbackRequest.ANSWER)
    subject = await work.reference(Person, asked.subject_id, "requestId")
    assert subject is not None, "A request is about a person."
    feedback = await _start(work, subject, audience or asked.audience, mode)
    feedback.request_id = asked.id
    faults = FaultCollector()
    with faults.collect():
        asked.check_audience(feedback.audience)
    with faults.collect():
        if feedback.is_confidential:
            message = "The one who asks knows whom they asked. Choose IDENTIFIED."
            raise Invalid(message, "mode")
    with faults.collect():
        await _fill_in(work, feedback, subject, details)
    faults.raise_all()
    feedback.goal_id = asked.goal_id
    asked.answer()
    return await _add(work, feedback)


async def _start(
    work: Work, subject: Person, audience: FeedbackAudience, mode: FeedbackMode
) -> Feedback:
    """Return new feedback by the actor without a text. Raises NotPermitted."""
    author_id = work.actor.person_id
    feedback = Feedback.start(
        work.actor.tenant_id,
        author_id or PersonId(UUID(int=0)),
        PersonId(subject.id),
        mode,
        audience,
        work.actor.today,
    )
    await work.require(feedback, to=Feedback.GIVE)
    if author_id is None:
        raise NotPermitted("Feedback has a person as its author. Sign in as a person.")
    return feedback


async def _add(work: Work, feedback: Feedback) -> Feedback:
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

    The request that it answers is open again. Raises what `Work.get` raises, and StateConflict.
    """
    feedback = await work.get(Feedback, id, to=Feedback.WITHDRAW, expected_version=expected_version)
    feedback.ensure_can_be_withdrawn(work.actor.today)
    feedback.record_event("withdrawn", hides_actor=feedback.is_confidential)
    await _remove(work, feedback)
    for asked in await work.load_all(FeedbackRequest, [feedback.request_id or UUID(int=0)]):
        asked.reopen()
    return feedback


async def erase_about(work: Work, person_id: UUID) -> None:
    """Delete all feedback about a person, with its texts in the journal, and texts of requests."""
    for each in await work.find_all(Feedback, subject_id=[PersonId(person_id)]):
        each.record_event("erased")
        await _remove(work, each)
    await erase_requests(work, person_id)


async def remove_expired(work: Work, ids: Collection[UUID]) -> None:
    """Delete feedback that is not kept any longer, with its texts in the journal."""
    for each in await work.load_all(Feedback, ids):
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
