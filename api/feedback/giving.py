"""Mutations of feedback."""

from typing import Annotated
from uuid import UUID

from api.feedback.feedback import Feedback
from api.kernel.schema.field_inputs import given_values
from api.kernel.schema.inputs import input_field, input_type
from api.kernel.schema.mutations import mutation
from api.kernel.schema.verbs import verb
from api.people import Person
from domain import feedback, people
from domain.feedback import REASON, FeedbackAudience, FeedbackMode
from domain.kernel.errors import Code, Invalid
from domain.kernel.faults import raise_faults
from domain.kernel.unit_of_work import Work


@input_type(creates=Feedback)
class FeedbackGiveInput:
    """Input of `feedbackGive`."""

    person_id: UUID | None = input_field(
        "The person whom it is about. Leave it out for an answer, and send it otherwise.",
        id_prefix="person",
    )
    request_id: UUID | None = input_field(
        "The request that it answers. Its author is named, and the goal is that of the request."
        " Default: none.",
        id_prefix="feedbackrequest",
    )
    audience: FeedbackAudience | None = input_field(
        "Who may read it. Confidential feedback cannot be PUBLIC. Required without `requestId`."
        " Default for an answer: the audience of the request, which has to include who asked."
    )
    mode: FeedbackMode | None = input_field("Who learns the author. Default: IDENTIFIED.")
    goal_id: UUID | None = input_field(
        "The goal that it is about: no draft, and one that the viewer may see. Default: none.",
        id_prefix="goal",
    )


@input_type()
class FeedbackRevealAuthorInput:
    """Input of `feedbackRevealAuthor`."""

    feedback_id: UUID = input_field("The confidential feedback.", id_prefix="feedback")
    reason: Annotated[str, REASON] = input_field(
        "Why the viewer has to know the author. The audit log keeps it."
    )


@mutation(Feedback)
async def feedback_give(work: Work, input: FeedbackGiveInput) -> feedback.Feedback:
    """Give feedback to a person whom the viewer sees in the directory, or answer a request."""
    details = given_values(input, feedback.Feedback)
    mode = input.mode or FeedbackMode.IDENTIFIED
    if input.request_id is not None:
        if input.person_id is not None or input.goal_id is not None:
            raise Invalid("The request names person and goal. Leave both out.", "requestId")
        return await feedback.answer(work, input.request_id, input.audience, mode, **details)
    given = {"personId": input.person_id, "audience": input.audience}
    message = "Send a person and an audience, or the request that this answers."
    missing = [name for name, each in given.items() if each is None]
    raise_faults([Invalid(message, each, code=Code.REQUIRED) for each in missing])
    assert input.person_id is not None, "It was checked just now."
    assert input.audience is not None, "It was checked just now."
    return await feedback.give(
        work, input.person_id, input.audience, mode, goal_id=input.goal_id, **details
    )


feedback_acknowledge = verb(
    Feedback,
    feedback.Feedback.ACKNOWLEDGE,
    "Confirm that the feedback was read. From then on its author cannot withdraw it.",
)
feedback_change_audience = verb(
    Feedback,
    feedback.Feedback.CHANGE_AUDIENCE,
    "Change who reads the feedback from now on. Its author chooses freely, for confidential"
    " feedback only before its release. The person may take praise back from the public.",
    use_case=feedback.change_audience,
    audience=input_field("Who may read it. Confidential feedback cannot be PUBLIC."),
)
feedback_withdraw = verb(
    Feedback,
    feedback.Feedback.WITHDRAW,
    "Delete feedback of one's own with its text. It is possible until `releasedOn`, and until"
    " somebody confirms that it was read.",
    use_case=feedback.withdraw,
)


@mutation(Person)
async def feedback_reveal_author(work: Work, input: FeedbackRevealAuthorInput) -> people.Person:
    """Return the author of confidential feedback to an HR officer with `FEEDBACK_READ_AUTHORS`.

    The audit log keeps each look with its reason, in the entries of the officer's account. Neither
    the readers of the feedback nor its author learn of it there. Nobody can look up the author of
    feedback about themselves, or about somebody who was below them since it was given. The id is
    all that an officer needs: it comes from those who read the feedback.
    """
    return await feedback.reveal_author(work, input.feedback_id, input.reason)
