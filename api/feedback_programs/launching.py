"""Mutations of HR: proposing raters, launching, closing and cancelling feedback programs."""

from datetime import date
from operator import attrgetter
from typing import Annotated
from uuid import UUID

import strawberry

from api.feedback_programs.program import FeedbackProgram
from api.kernel.schema.declarations import TYPES
from api.kernel.schema.field_inputs import given_values
from api.kernel.schema.global_ids import encode_id
from api.kernel.schema.inputs import input_field, input_type
from api.kernel.schema.mutations import Computed, mutation
from api.kernel.schema.verbs import verb
from api.people import Person
from domain import feedback_programs as domain
from domain.feedback import RESPONDENT_NAME
from domain.feedback_programs import NamedRater, RaterGroup
from domain.feedback_programs.launching import MAX_OUTSIDE, MAX_RATERS
from domain.feedback_programs.model import DEFAULT_DAYS, MAX_DAYS
from domain.kernel.unit_of_work import Work


@strawberry.type(description="Somebody who could be asked.")
class ProposedRater:
    """A proposed rater."""

    person_id: strawberry.ID = strawberry.field(description="The id of the person.")
    group: RaterGroup = strawberry.field(
        description="How the proposed rater stands to the person it is about."
    )


@strawberry.type(
    description="The people around a person today, by primary reporting lines and teams. Names of"
    " people are read with `nodes`."
)
class RaterProposal:
    """The proposal of raters."""

    raters: list[ProposedRater] = strawberry.field(
        description="The people whom the viewer sees, by group."
    )


TYPES.update({each.__name__: each for each in (ProposedRater, RaterProposal)})


@input_type()
class FeedbackProgramRaterInput:
    """A person who is asked to rate."""

    person_id: UUID = input_field("The person who is asked.", id_prefix="person")
    group: RaterGroup | None = input_field(
        "How the rater stands to the person. SELF is the person, MANAGER somebody above. Default:"
        " by the primary lines and teams of today."
    )


@input_type()
class FeedbackProgramExternalRaterInput:
    """Somebody without an account who is asked to rate, in the group EXTERNAL."""

    name: Annotated[str, RESPONDENT_NAME] = input_field(
        "The name, which HR sees until the answers are counted. Readers of the results see it where"
        " the mode shows authors. Two raters of a program have different names."
    )


@input_type(creates=FeedbackProgram)
class FeedbackProgramLaunchInput:
    """Input of `feedbackProgramLaunch`."""

    subject_id: UUID = input_field(
        "The person it is about. At most one program about a person is open at a time.",
        id_prefix="person",
    )
    template_id: UUID = input_field(
        "A published review template for the form, with questions of the kinds RATING and"
        " COMPETENCY, on one scale with at least three levels, and TEXT, all with the audience"
        " REVIEWEE and without conditions.",
        id_prefix="reviewtemplate",
    )
    closes_on: date | None = input_field(
        f"The last day on which raters can answer, in at most {MAX_DAYS} days. Default: in"
        f" {DEFAULT_DAYS} days."
    )
    raters: list[FeedbackProgramRaterInput] | None = input_field(
        f"Who is asked, {MAX_RATERS} people at most. Default: all whom `feedbackProgramPropose`"
        " proposes.",
        max_items=MAX_RATERS,
        unique_by=attrgetter("person_id"),
    )
    external_raters: list[FeedbackProgramExternalRaterInput] | None = input_field(
        f"People without an account who are asked, too, {MAX_OUTSIDE} at most, all in the group"
        " EXTERNAL. `feedbackProgramMakeLinks` makes their links. Default: none.",
        max_items=MAX_OUTSIDE,
        unique_by=attrgetter("name"),
    )


@input_type()
class FeedbackProgramProposeInput:
    """Input of `feedbackProgramPropose`."""

    subject_id: UUID = input_field("The person.", id_prefix="person")


@mutation(Person, computes={"proposal": RaterProposal})
async def feedback_program_propose(work: Work, input: FeedbackProgramProposeInput) -> Computed:
    """Propose raters for a feedback program, from reporting lines and teams. Nothing is stored."""
    found = await domain.propose(work, input.subject_id)
    order = [*RaterGroup]
    raters = [
        ProposedRater(person_id=strawberry.ID(encode_id("person", id)), group=group)
        for id, group in sorted(found.items(), key=lambda each: (order.index(each[1]), each[0]))
    ]
    return Computed(input.subject_id, RaterProposal(raters=raters))


@mutation(FeedbackProgram, batch="feedback_programs")
async def feedback_program_launch(
    work: Work, input: FeedbackProgramLaunchInput
) -> domain.FeedbackProgram:
    """Launch a feedback program: ask raters about a person. It cannot be changed afterwards."""
    named = input.raters
    raters = None if named is None else [NamedRater(each.person_id, each.group) for each in named]
    return await domain.launch(
        work,
        input.subject_id,
        input.template_id,
        raters,
        [each.name for each in input.external_raters or ()],
        **given_values(input, domain.FeedbackProgram),
    )


feedback_program_close = verb(
    FeedbackProgram,
    domain.FeedbackProgram.CLOSE,
    "Close a feedback program before the end of `closesOn`. The results are published within"
    " seconds.",
    use_case=domain.close,
)
feedback_program_cancel = verb(
    FeedbackProgram,
    domain.FeedbackProgram.CANCEL,
    "Cancel a feedback program. All answers are destroyed unread, and this cannot be undone.",
    use_case=domain.cancel,
)
