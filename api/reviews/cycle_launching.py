"""Mutations that launch review cycles, let them go on, and end them."""

from uuid import UUID

import strawberry

from api.kernel.schema.declarations import TYPES
from api.kernel.schema.inputs import expected_version_field, input_field, input_type
from api.kernel.schema.mutations import Computed, mutation
from api.kernel.schema.verbs import verb
from api.reviews.cycles import ReviewCycle, ReviewParticipant
from domain.kernel.unit_of_work import Work
from domain.reviews import cycles
from domain.reviews.cycles import launching, releasing


@strawberry.type(description="What a launch of a review cycle did.")
class ReviewCycleLaunchResult:
    """The result of a launch."""

    added_count: int = strawberry.field(
        description="The number of people who joined. 0 when the cycle was running already."
    )
    ratable_count: int = strawberry.field(
        description="The number of those who are reviewed; the others are unratable."
    )
    was_running: bool = strawberry.field(
        description="Whether the cycle was running already, so that nothing was done."
    )


TYPES["ReviewCycleLaunchResult"] = ReviewCycleLaunchResult


@input_type()
class ReviewCycleLaunchInput:
    """Input of `reviewCycleLaunch`."""

    id: UUID = input_field("Id of the ReviewCycle.", id_prefix="reviewcycle")
    expected_version: int | None = expected_version_field()


@mutation(ReviewCycle, computes={"launch": ReviewCycleLaunchResult})
async def review_cycle_launch(work: Work, input: ReviewCycleLaunchInput) -> Computed:
    """Launch a review cycle as `reviewCyclePlan` plans it today; conflicts may block it.

    To launch it again does nothing.
    """
    cycle, done = await launching.launch(work, input.id, expected_version=input.expected_version)
    result = ReviewCycleLaunchResult(
        added_count=done.added_count,
        ratable_count=done.ratable_count,
        was_running=done.was_running,
    )
    return Computed(cycle.id, result)


review_cycle_advance = verb(
    ReviewCycle,
    cycles.ReviewCycle.ADVANCE,
    "Begin the next phase of a running review cycle, or close it after the last one.",
)
review_cycle_cancel = verb(
    ReviewCycle,
    cycles.ReviewCycle.CANCEL,
    "Cancel a review cycle for good. What was written stays, and HR may read it.",
    reason=input_field("Why."),
)
review_cycle_share = verb(
    ReviewCycle,
    cycles.ReviewCycle.SHARE,
    "Share all decided reviews of a cycle, whatever its `release` says. Workers do it within"
    " seconds. What is not decided yet, or is still written by its manager, is left to its"
    " manager.",
    use_case=releasing.share_cycle,
)
review_cycle_add_participant = verb(
    ReviewCycle,
    cycles.ReviewCycle.ADD_PARTICIPANT,
    "Let a person join a running review cycle, whatever its rules say. They are employed today, or"
    " on the day that decides.",
    use_case=launching.add_participant,
    returns_part=ReviewParticipant,
    person_id=input_field("The person.", id_prefix="person"),
    reason=input_field("Why."),
)
review_cycle_remove_participant = verb(
    ReviewCycle,
    cycles.ReviewCycle.REMOVE_PARTICIPANT,
    "Take a person out of a running review cycle. What was written stays.",
    use_case=launching.remove_participant,
    person_id=input_field("The person.", id_prefix="person"),
    reason=input_field("Why."),
)
