"""Use cases of feedback from people without an account: asking them, and their answers by a link.

Who has the link may answer. So the use case takes it in place of a permission, and compares its
secret before anything else.
"""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from domain.feedback.asking import (
    add_request,
    choose_due_day,
    fill_in_request,
    start_request,
)
from domain.feedback.enums import FeedbackAudience, FeedbackMode
from domain.feedback.links import ResponseLink
from domain.feedback.model import Feedback
from domain.feedback.requests import (
    DECLINED,
    OPEN,
    RESPONDENT_NAME,
    FeedbackRequest,
    FeedbackRequestStatus,
)
from domain.feedback.templates import load_helps
from domain.feedback.wording import OUTSIDE_EXPLANATIONS
from domain.goals import Goal
from domain.kernel.access import Actor
from domain.kernel.errors import LimitExceeded, StateConflict
from domain.kernel.faults import FaultCollector
from domain.kernel.fields import MultiLine, check_required
from domain.kernel.guarded_values import NoneOrAfter
from domain.kernel.identity import TenantId
from domain.kernel.periods import ONE_DAY
from domain.kernel.permissions import Grant, Permission
from domain.kernel.unit_of_work import Work
from domain.people import Person
from domain.tenants import load_tenant

MAX_EXTERNAL_REQUESTS = 20
"""How many requests to people outside, due today or later, a person may have made."""

TEXT = MultiLine("Your feedback", max_length=5_000, advice="Write it, or decline to answer.")


@dataclass(frozen=True)
class ResponseForm:
    """What somebody with a link reads before they answer. Each question has a help, or None."""

    status: FeedbackRequestStatus
    respondent: str | None
    tenant: str
    asker: str
    person: str
    is_about_asker: bool
    goal: str | None
    message: str | None
    questions: tuple[str, ...]
    helps: tuple[str | None, ...]
    due_on: date
    last_day: date
    explanation: str


@dataclass(frozen=True)
class GivenResponse:
    """What the holder of a link responds: ANSWERED with feedback, or DECLINED with a reason."""

    status: FeedbackRequestStatus
    text: str | None


async def request_externally(
    work: Work,
    respondent_name: Annotated[str, RESPONDENT_NAME],
    audience: FeedbackAudience,
    *,
    person_id: UUID | None = None,
    goal_id: UUID | None = None,
    template_id: UUID | None = None,
    due_on: date | None = None,
    **details: Any,
) -> tuple[FeedbackRequest, ResponseLink]:
    """Ask somebody without an account, by default about the actor; return the link, too.

    Raises Invalid, NotPermitted and LimitExceeded.
    """
    asked = await start_request(work, audience, person_id)
    asked.goal_id, asked.template_id = goal_id, template_id
    asked.due_on = due_on or await choose_due_day(work, asked.asker_id)
    faults = FaultCollector()
    with faults.collect():
        asked.respondent_name = check_required(RESPONDENT_NAME, respondent_name, "respondentName")
    with faults.collect():
        await fill_in_request(work, asked, details)
    faults.raise_all()
    await _check_number(work, asked)
    link = ResponseLink.create(asked.tenant_id, asked.id)
    asked.link_hash = link.hash
    await add_request(work, asked)
    return asked, link


async def renew_link(
    work: Work, id: UUID, *, expected_version: int | None = None
) -> tuple[FeedbackRequest, ResponseLink]:
    """Return another link to a request; the earlier one does not hold any more.

    Raises what `Work.get` raises, and StateConflict.
    """
    asked = await work.get(
        FeedbackRequest, id, to=FeedbackRequest.RENEW_LINK, expected_version=expected_version
    )
    link = ResponseLink.create(asked.tenant_id, asked.id)
    asked.renew_link(link.hash)
    return asked, link


def build_respondent_actor(tenant_id: TenantId, today: date) -> Actor:
    """Return the actor of those who answer by a link: no person and no member.

    What they write is feedback of the tenant, so it needs the permission to give some.
    """
    return Actor(tenant_id, today, grants=frozenset({Grant(Permission.DIRECTORY_READ)}))


async def respond(
    work: Work, link: ResponseLink, response: GivenResponse | None = None
) -> ResponseForm | None:
    """Return what the holder of a link reads, after what they responded, if anything.

    None where the link does not hold. A response that is sent again changes nothing. Raises
    Invalid, and StateConflict where it is too late.
    """
    found = await work.load_all(FeedbackRequest, [link.object_id], locks=response is not None)
    asked = next((each for each in found if link.opens(each.link_hash)), None)
    if asked is None:
        return None
    if response is not None and asked.status is not response.status:
        await _take(work, asked, response)
    return await _describe(work, asked)


async def _take(work: Work, asked: FeedbackRequest, response: GivenResponse) -> None:
    """Close a request with a response. Raises Invalid and StateConflict."""
    if response.status is DECLINED:
        await _ensure_open(work, asked)
        asked.decline(response.text)
        return
    text = check_required(TEXT, response.text, "text")
    await _ensure_open(work, asked)
    feedback = Feedback.start(
        asked.tenant_id,
        None,
        asked.subject_id,
        FeedbackMode.IDENTIFIED,
        asked.audience,
        work.actor.today,
    )
    feedback.author_name, feedback.request_id = asked.respondent_name, asked.id
    feedback.text, feedback.goal_id = text, asked.goal_id
    asked.answer()
    feedback.record_event("given")
    await work.add(feedback, to=Feedback.GIVE)


async def _describe(work: Work, asked: FeedbackRequest) -> ResponseForm:
    people = await work.load_all(Person, sorted({asked.subject_id, asked.asker_id}))
    names = {each.id: each.name for each in people}
    status = asked.status
    if status is OPEN and await _is_over(work, asked):
        status = FeedbackRequestStatus.EXPIRED
    # A link that is over does not show how the goal is called by then.
    shown = [asked.goal_id] if asked.goal_id is not None and status is OPEN else []
    goals = await work.load_all(Goal, shown)
    return ResponseForm(
        status=status,
        respondent=asked.respondent_name,
        tenant=(await load_tenant(work)).name,
        asker=names[asked.asker_id],
        person=names[asked.subject_id],
        is_about_asker=asked.subject_id == asked.asker_id,
        goal=next((each.title for each in goals), None),
        message=asked.message,
        questions=asked.questions,
        helps=await load_helps(work, asked),
        due_on=asked.due_on,
        last_day=asked.expires_on - ONE_DAY,
        explanation=OUTSIDE_EXPLANATIONS[asked.audience],
    )


async def _ensure_open(work: Work, asked: FeedbackRequest) -> None:
    """Raise StateConflict where nobody waits for an answer any more."""
    if asked.status is not OPEN or await _is_over(work, asked):
        raise StateConflict("This request is closed. Nothing was saved.")


async def _is_over(work: Work, asked: FeedbackRequest) -> bool:
    """Return whether it is too late, or the person has left."""
    today = work.actor.today
    (subject,) = await work.load_all(Person, [asked.subject_id])
    return asked.expires_on <= today or subject.has_left(today)


async def _check_number(work: Work, asked: FeedbackRequest) -> None:
    """Raise LimitExceeded where a person would ask too many people outside."""
    await work.lock_value("feedback_requests.asker_id", str(asked.asker_id))
    count = await work.count(
        FeedbackRequest,
        asker_id=asked.asker_id,
        respondent_id=None,
        due_on=NoneOrAfter(work.actor.today - ONE_DAY),
    )
    if count >= MAX_EXTERNAL_REQUESTS:
        message = (
            f"You have {count} requests to people outside that are due today or later. Ask later."
        )
        raise LimitExceeded(message)
