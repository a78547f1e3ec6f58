"""Requests for feedback in the graph: the type, its queries and its mutations."""

from datetime import date
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from api.feedback.feedback import Feedback
from api.kernel.schema.declarations import (
    Connection,
    graph_enum,
    look_up,
    many,
    node,
    one,
    queries,
    value,
)
from api.kernel.schema.field_inputs import given_values
from api.kernel.schema.inputs import expected_version_field, input_field, input_type
from api.kernel.schema.mutations import mutation
from api.kernel.schema.subscriptions import change_subscription
from api.kernel.schema.verbs import verb
from domain import feedback
from domain.feedback import (
    DAYS_AFTER_DUE,
    HORIZON,
    MAX_REQUESTS,
    MAX_REQUESTS_OF_ASKER,
    REQUEST_REASON,
    FeedbackAudience,
    FeedbackRequestStatus,
)
from domain.feedback.requests import QUESTIONS
from domain.kernel.unit_of_work import Work
from persistence.feedback import FEEDBACK_REQUEST
from persistence.reading.read_model import ROOT

if TYPE_CHECKING:
    from api.goals import Goal
    from api.people import Person
    from api.reviews.templates import ReviewTemplate

graph_enum(
    FeedbackRequestStatus,
    "What became of a request for feedback.",
    open="It waits for an answer.",
    answered="It has an answer. If the answer is withdrawn, it is open again.",
    declined="The respondent does not answer; `reason` may say why.",
    cancelled="The one who asked needs no answer.",
    expired=f"Nobody has answered {DAYS_AFTER_DUE.days} days after `dueOn`.",
)


@node(
    FEEDBACK_REQUEST,
    where=("id", "due_on", "status", "created_at", "subject", "asker", "respondent", "goal"),
    order_by=("due_on", "status", "created_at"),
)
class FeedbackRequest:
    """What one person wants to know from another about a person. Only these two see it.

    An answer has a named author: the one who asks knows whom they asked.
    """

    subject: "Person | None" = one(
        "The person whom it is about. Null when the viewer may not see them."
    )
    asker: "Person | None" = one("Who asks. Null when the viewer may not see them.")
    respondent: "Person | None" = one(
        "Who is asked. Null when the viewer may not see them, and for somebody without an account."
    )
    respondent_name: str | None = value(
        "The name of a respondent without an account, as the one who asks entered it. Null for"
        " people with one."
    )
    message: str | None = value("What the one who asks writes. Null when it is nothing.")
    questions: list[str] = value(
        "The questions, in the order of the template if there is one. May be empty."
    )
    template: "ReviewTemplate | None" = one(
        "The template of the questions, with the help for each. It never changes. Null when there"
        " is none, or when the viewer may not see it."
    )
    goal: "Goal | None" = one(
        "The goal that it is about. Null when there is none or the viewer may not see it."
    )
    audience: FeedbackAudience = value("Who will read the answer, unless its author narrows it.")
    due_on: date = value("The day by which an answer is wanted.")
    status: FeedbackRequestStatus = value("What became of it.")
    reason: str | None = value("Why it was declined. Null when nothing was entered.")
    answers: Connection[Feedback] = many(
        "The answer, if there is one that the viewer may see.", usual_size=1
    )


TEMPLATE = (
    f"A published review template from which the questions are copied: {QUESTIONS.maximum} at most,"
    " all of the kind TEXT, with the audience REVIEWEE and without conditions. Leave `questions`"
    " out with it. Default: none."
)


@input_type(one_of=True)
class FeedbackRequestBy:
    """Identifies a request for feedback by exactly one of these."""

    id: UUID | None = input_field("The request's id.")


@queries(ROOT)
class FeedbackRequestQueries:
    """Root fields of requests for feedback."""

    feedback_request: FeedbackRequest | None = look_up(
        "A request for feedback. Null when there is none, or when the viewer may not see it.",
        "FeedbackRequestBy",
        "How the request is identified.",
    )
    feedback_requests: Connection[FeedbackRequest] = many(
        "All requests for feedback that the viewer made or got."
    )


@input_type(creates=FeedbackRequest)
class FeedbackRequestInput:
    """Input of `feedbackRequest`."""

    respondent_id: UUID = input_field(
        f"The person who is asked. A person gets at most {MAX_REQUESTS} requests that are due today"
        f" or later, {MAX_REQUESTS_OF_ASKER} of them from one person; those that are closed count.",
        id_prefix="person",
    )
    person_id: UUID | None = input_field(
        "The person whom it is about: the viewer, or somebody below the viewer. Default: the"
        " viewer.",
        id_prefix="person",
    )
    audience: FeedbackAudience = input_field(
        "Who will read the answer: SUBJECT or SUBJECT_AND_MANAGER about oneself, MANAGER or"
        " SUBJECT_AND_MANAGER about somebody below."
    )
    goal_id: UUID | None = input_field(
        "The goal that it is about, which the viewer may see. Default: none.", id_prefix="goal"
    )
    template_id: UUID | None = input_field(TEMPLATE, id_prefix="reviewtemplate")
    due_on: date | None = input_field(
        f"The day by which an answer is wanted: today or one of the next {HORIZON.days} days."
        " Default: ten working days after today, by the work calendar of the respondent's location."
    )


@input_type()
class FeedbackDeclineInput:
    """Input of `feedbackDecline`."""

    id: UUID = input_field("Id of the FeedbackRequest.", id_prefix="feedbackrequest")
    reason: Annotated[str | None, REQUEST_REASON] = input_field(
        "Why. The one who asked reads it. Default: none."
    )
    expected_version: int | None = expected_version_field()


@mutation(FeedbackRequest, batch="feedback_requests")
async def feedback_request(work: Work, input: FeedbackRequestInput) -> feedback.FeedbackRequest:
    """Ask a person for feedback about oneself, or about somebody below the viewer."""
    return await feedback.request(
        work,
        input.respondent_id,
        input.audience,
        person_id=input.person_id,
        goal_id=input.goal_id,
        template_id=input.template_id,
        due_on=input.due_on,
        **given_values(input, feedback.FeedbackRequest),
    )


@mutation(FeedbackRequest)
async def feedback_decline(work: Work, input: FeedbackDeclineInput) -> feedback.FeedbackRequest:
    """Decline a request for feedback. The one who asked reads the reason."""
    return await feedback.decline(
        work, input.id, input.reason, expected_version=input.expected_version
    )


feedback_request_cancel = verb(
    FeedbackRequest,
    feedback.FeedbackRequest.CANCEL,
    "Cancel a request that nobody has answered.",
)
feedback_request_changed = change_subscription(FeedbackRequest)
