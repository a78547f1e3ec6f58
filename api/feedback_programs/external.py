"""The mutation that makes links of raters without an account."""

from datetime import date
from uuid import UUID

import strawberry

from api.feedback_programs.program import FeedbackProgram
from api.kernel.schema.declarations import TYPES
from api.kernel.schema.global_ids import encode_id
from api.kernel.schema.inputs import expected_version_field, input_field, input_type
from api.kernel.schema.mutations import Computed, SecretData, mutation
from api.respond.link_tokens import LinkTokens
from domain import feedback_programs as domain
from domain.feedback_programs.launching import MAX_OUTSIDE
from domain.kernel.unit_of_work import Work


@strawberry.type(description="The link of a rater without an account.")
class FeedbackProgramLink:
    """A link by which a rater answers."""

    rater_id: strawberry.ID = strawberry.field(description="Id of the FeedbackProgramRater.")
    name: str = strawberry.field(description="The name of the rater, as HR entered it.")
    path: str = strawberry.field(
        description="The path of the page, relative to the address of this service. Give it to"
        " the rater only: everybody who has it can answer in their name."
    )


@strawberry.type(
    description="Links by which raters without an account answer. They are shown only once, and"
    " hold until the program closes."
)
class FeedbackProgramLinks:
    """The links that were made."""

    made: list[FeedbackProgramLink] = strawberry.field(
        description=f"A link for each rater, {MAX_OUTSIDE} at most."
    )
    last_day: date = strawberry.field(description="The last day on which they can be used.")


TYPES.update({each.__name__: each for each in (FeedbackProgramLink, FeedbackProgramLinks)})


@input_type()
class FeedbackProgramMakeLinksInput:
    """Input of `feedbackProgramMakeLinks`."""

    id: UUID = input_field("Id of the FeedbackProgram.", id_prefix="feedbackprogram")
    rater_ids: list[UUID] | None = input_field(
        "Ids of raters in the group EXTERNAL who get another link. Their earlier link ends, and"
        " what they answered stays. Default: all those for whom no link was made yet.",
        id_prefix="feedbackrater",
        max_items=MAX_OUTSIDE,
    )
    expected_version: int | None = expected_version_field()


@mutation(FeedbackProgram, computes={"links": FeedbackProgramLinks})
async def feedback_program_make_links(work: Work, input: FeedbackProgramMakeLinksInput) -> Computed:
    """Make links for raters without an account of an open program. Trellis sends no e-mail.

    A link is shown only once. What its page shows never depends on whether somebody has answered.
    """
    program, made = await domain.make_links(
        work, input.id, input.rater_ids, expected_version=input.expected_version
    )

    def build(secret: str) -> FeedbackProgramLinks:
        tokens = LinkTokens(secret)
        links = [
            FeedbackProgramLink(
                rater_id=strawberry.ID(encode_id("feedbackrater", each.rater_id)),
                name=each.name,
                path=tokens.build_path(each.link),
            )
            for each in made
        ]
        return FeedbackProgramLinks(made=links, last_day=program.closes_on)

    return Computed(program.id, SecretData(build))
