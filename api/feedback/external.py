"""Mutations that ask people without an account for feedback, by a link."""

from datetime import date
from uuid import UUID

import strawberry

from api.feedback.requests import TEMPLATE, FeedbackRequest
from api.kernel.schema.declarations import TYPES
from api.kernel.schema.field_inputs import given_values
from api.kernel.schema.inputs import expected_version_field, input_field, input_type
from api.kernel.schema.mutations import Computed, SecretData, mutation
from api.respond.link_tokens import LinkTokens
from domain import feedback
from domain.feedback import HORIZON, MAX_EXTERNAL_REQUESTS, FeedbackAudience, ResponseLink
from domain.kernel.periods import ONE_DAY
from domain.kernel.unit_of_work import Work


@strawberry.type(
    description="A link by which somebody without an account answers. It is shown only once;"
    " `feedbackRequestRenewLink` makes another one."
)
class FeedbackLink:
    """A link to a request."""

    path: str = strawberry.field(
        description="The path of the page, relative to the address of this service. Give it to"
        " the respondent only: everybody who has it can answer in their name."
    )
    last_day: date = strawberry.field(description="The last day on which it can be answered.")


TYPES["FeedbackLink"] = FeedbackLink


@input_type(creates=FeedbackRequest)
class FeedbackRequestExternalInput:
    """Input of `feedbackRequestExternal`."""

    respondent_name: str = input_field(
        "The name of the person who is asked. Readers of the answer see it as that of its author."
        f" The viewer may have {MAX_EXTERNAL_REQUESTS} requests to people outside that are due"
        " today or later."
    )
    person_id: UUID | None = input_field(
        "The person whom it is about: the viewer, or somebody below the viewer. Default: the"
        " viewer.",
        id_prefix="person",
    )
    audience: FeedbackAudience = input_field(
        "Who will read the answer: SUBJECT or SUBJECT_AND_MANAGER about oneself, MANAGER or"
        " SUBJECT_AND_MANAGER about somebody below. The page shows it to the respondent."
    )
    goal_id: UUID | None = input_field(
        "The goal that it is about: no draft, and one that the viewer may see. The respondent reads"
        " its title. Default: none.",
        id_prefix="goal",
    )
    template_id: UUID | None = input_field(TEMPLATE, id_prefix="reviewtemplate")
    due_on: date | None = input_field(
        f"The day by which an answer is wanted: today or one of the next {HORIZON.days} days."
        " Default: ten working days after today, by the work calendar of the viewer's location."
    )


@input_type()
class FeedbackRequestRenewLinkInput:
    """Input of `feedbackRequestRenewLink`."""

    id: UUID = input_field("Id of the FeedbackRequest.", id_prefix="feedbackrequest")
    expected_version: int | None = expected_version_field()


@mutation(FeedbackRequest, computes={"link": FeedbackLink})
async def feedback_request_external(work: Work, input: FeedbackRequestExternalInput) -> Computed:
    """Ask somebody without an account, and get a link to give to them. Trellis sends no e-mail."""
    asked, link = await feedback.request_externally(
        work,
        input.respondent_name,
        input.audience,
        person_id=input.person_id,
        goal_id=input.goal_id,
        template_id=input.template_id,
        due_on=input.due_on,
        **given_values(input, feedback.FeedbackRequest),
    )
    return _show(asked, link)


@mutation(FeedbackRequest, computes={"link": FeedbackLink})
async def feedback_request_renew_link(work: Work, input: FeedbackRequestRenewLinkInput) -> Computed:
    """Make another link to an open request, for a lost one. The earlier link ends."""
    asked, link = await feedback.renew_link(work, input.id, expected_version=input.expected_version)
    return _show(asked, link)


def _show(asked: feedback.FeedbackRequest, link: ResponseLink) -> Computed:
    last_day = asked.expires_on - ONE_DAY

    def build(secret: str) -> FeedbackLink:
        return FeedbackLink(path=LinkTokens(secret).build_path(link), last_day=last_day)

    return Computed(asked.id, SecretData(build))
