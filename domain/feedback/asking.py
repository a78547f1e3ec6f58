"""Use cases of requests for feedback: asking, answering, declining, and what nobody answers."""

from datetime import date, timedelta
from typing import Annotated, Any
from uuid import UUID

from domain.feedback.enums import FeedbackAudience
from domain.feedback.references import reference_goal
from domain.feedback.requests import REQUEST_REASON, FeedbackRequest, FeedbackRequestStatus
from domain.feedback.templates import load_questions
from domain.kernel.aggregate import set_attributes
from domain.kernel.background_tasks import TaskHandler
from domain.kernel.errors import Code, Invalid, LimitExceeded, NotPermitted
from domain.kernel.faults import FaultCollector
from domain.kernel.fields import new_values
from domain.kernel.guarded_values import NoneOrAfter
from domain.kernel.identity import PersonId
from domain.kernel.periods import ONE_DAY
from domain.kernel.unit_of_work import Work
from domain.people import Person
from domain.tenants import load_tenant
from domain.working_days import add_working_days, find_working_days

USUAL_WORKING_DAYS = 10
HORIZON = timedelta(days=90)
MAX_REQUESTS = 20
MAX_REQUESTS_OF_ASKER = 5
"""How many requests that are due today or later a person gets, of all and of one asker.

Those that are closed count, so that the limit tells nobody what became of the requests of others.
"""


async def request(
    work: Work,
    respondent_id: UUID,
    audience: FeedbackAudience,
    *,
    person_id: UUID | None = None,
    goal_id: UUID | None = None,
    template_id: UUID | None = None,
    due_on: date | None = None,
    **details: Any,
) -> FeedbackRequest:
    """Ask a person for feedback, by default about the actor.

    Raises Invalid, NotPermitted and LimitExceeded.
    """
    respondent = await work.reference(Person, respondent_id, "respondentId")
    assert respondent is not None, "The input has a respondent."
    asked = await start_request(work, audience, person_id)
    asked.respondent_id, asked.goal_id = PersonId(respondent.id), goal_id
    asked.template_id = template_id
    asked.due_on = due_on or await choose_due_day(work, respondent.id)
    faults = FaultCollector()
    with faults.collect():
        if asked.respondent_id in (asked.asker_id, asked.subject_id):
            raise Invalid("Ask somebody else: not yourself or the person.", "respondentId")
    with faults.collect():
        if respondent.has_left(work.actor.today):
            raise Invalid("This person has left. Choose another person.", "respondentId")
    with faults.collect():
        await fill_in_request(work, asked, details)
    faults.raise_all()
    await _check_load(work, asked)
    await add_request(work, asked)
    return asked


async def start_request(
    work: Work, audience: FeedbackAudience, person_id: UUID | None
) -> FeedbackRequest:
    """Return a new request of the actor, by default about themselves, that is due today.

    Raises Invalid and NotPermitted.
    """
    asker_id = work.actor.person_id
    subject = await work.reference(Person, person_id, "personId")
    if asker_id is None:
        raise NotPermitted("A person asks for feedback. Sign in as a person.")
    asked = FeedbackRequest(
        tenant_id=work.actor.tenant_id,
        subject_id=PersonId(subject.id) if subject else asker_id,
        asker_id=asker_id,
        audience=audience,
        due_on=work.actor.today,
    )
    await work.require(asked, to=FeedbackRequest.CREATE)
    return asked


async def add_request(work: Work, asked: FeedbackRequest) -> None:
    """Store a new request, and let a worker close it when nobody answers."""
    asked.record_event("created")
    await work.add(asked, to=FeedbackRequest.CREATE)
    await _plan_expiry(work, asked)


async def fill_in_request(work: Work, asked: FeedbackRequest, details: dict[str, Any]) -> None:
    """Check a new request, and set its texts. Raises Invalid with all faults."""
    faults, today = FaultCollector(), work.actor.today
    with faults.collect():
        await reference_goal(work, asked.goal_id)
    with faults.collect():
        asked.check_audience(asked.audience)
    with faults.collect():
        if not today <= asked.due_on <= today + HORIZON:
            message = f"Choose today or one of the next {HORIZON.days} days."
            raise Invalid(message, "dueOn", code=Code.OUT_OF_RANGE)
    with faults.collect():
        if asked.template_id is not None:
            given = details.get("questions")
            details["questions"] = await load_questions(work, asked.template_id, given)
    with faults.collect():
        set_attributes(asked, new_values(FeedbackRequest, details))
    faults.raise_all()


async def _check_load(work: Work, asked: FeedbackRequest) -> None:
    """Raise LimitExceeded where a person would get too many requests."""
    respondent_id, open_ones = asked.respondent_id, NoneOrAfter(work.actor.today - ONE_DAY)
    await work.lock_value("feedback_requests.respondent_id", str(respondent_id))
    named: dict[str, Any] = {"respondent_id": respondent_id, "due_on": open_ones}
    for limit, more in ((MAX_REQUESTS, {}), (MAX_REQUESTS_OF_ASKER, {"asker_id": asked.asker_id})):
        if await work.count(FeedbackRequest, **named, **more) >= limit:
            whose = "of yours " if more else ""
            message = f"This person has {limit} requests {whose}already. Ask later, or ask others."
            raise LimitExceeded(message, "respondentId")


async def decline(
    work: Work,
    id: UUID,
    reason: Annotated[str | None, REQUEST_REASON] = None,
    *,
    expected_version: int | None = None,
) -> FeedbackRequest:
    """Refuse to answer. Raises what `Work.get` raises, and Invalid."""
    asked = await work.get(
        FeedbackRequest, id, to=FeedbackRequest.DECLINE, expected_version=expected_version
    )
    asked.decline(reason)
    return asked


async def cancel_requests(work: Work, id: UUID) -> None:
    """End the open requests to a person, of a person and about a person who has left."""
    for name in ("respondent_id", "asker_id", "subject_id"):
        for asked in await work.find_all(FeedbackRequest, **{name: [PersonId(id)]}):
            if asked.status is FeedbackRequestStatus.OPEN:
                asked.cancel()


async def erase_requests(work: Work, person_id: UUID) -> None:
    """Remove the texts of requests about a person and to a person, also in the journal."""
    for name in ("subject_id", "respondent_id"):
        for asked in await work.find_all(FeedbackRequest, **{name: [PersonId(person_id)]}):
            asked.erase()
            await work.flush()
            await work.erase_history(FeedbackRequest, asked.id)


async def _plan_expiry(work: Work, asked: FeedbackRequest) -> None:
    """Let a worker close a request when its first day too late begins in the tenant."""
    tenant = await load_tenant(work)
    work.enqueue(asked.build_expiry(tenant.begin_day(asked.expires_on)))


async def expire(work: Work, *, request_id: str) -> None:
    """Close a request that nobody has answered until its last day."""
    for asked in await work.load_all(FeedbackRequest, [UUID(request_id)]):
        if asked.status is not FeedbackRequestStatus.OPEN:
            return
        if asked.expires_on > work.actor.today:
            await _plan_expiry(work, asked)
        else:
            asked.expire()


EXPIRY = TaskHandler(expire)
"""The handler of the task that follows each request."""


async def choose_due_day(work: Work, respondent_id: UUID) -> date:
    """Return the usual day by which a person answers: ten working days where the person is."""
    working_days = await find_working_days(work, PersonId(respondent_id))
    return add_working_days(work.actor.today, USUAL_WORKING_DAYS, working_days)
