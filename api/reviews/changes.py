"""Mutations for what changes while reviews are written: another manager, or a longer period."""

from api.kernel.schema.inputs import input_field
from api.kernel.schema.verbs import verb
from api.reviews.cycles import ReviewCycle, ReviewParticipant
from api.reviews.packets import ReviewPacket
from domain import reviews
from domain.reviews.cycles import extending
from domain.reviews.writing import transferring
from domain.reviews.writing.extending import extend

review_transfer = verb(
    ReviewPacket,
    reviews.ReviewPacket.TRANSFER,
    "Let another manager decide about a review. What was submitted stays. An open form of the"
    " former manager is cancelled, and the new one gets a new form.",
    use_case=transferring.transfer,
    manager_id=input_field("The new manager; not the reviewed person.", id_prefix="person"),
    reason=input_field("Why."),
    interim_days=input_field(
        "The days of the period under the former manager, whose form becomes an interim appraisal"
        " for them. Default: no interim appraisal."
    ),
)
review_extend = verb(
    ReviewPacket,
    reviews.ReviewPacket.EXTEND,
    "Give a review more time. Forms that are not submitted are due as many days later.",
    use_case=extend,
    due_on=input_field("The new day by which it should be shared, after the present one."),
    reason=input_field("Why."),
    last_day=input_field("The new last day of the period. Default: the present one."),
)
review_cycle_extend_participant = verb(
    ReviewCycle,
    reviews.ReviewCycle.EXTEND_PARTICIPANT,
    "Extend the period of a person who is unratable, so that they are reviewed after it. It fails"
    " with STATE_CONFLICT where the days of work are still too few.",
    use_case=extending.extend_participant,
    returns_part=ReviewParticipant,
    person_id=input_field("The person.", id_prefix="person"),
    last_day=input_field("The last day of the period for this person."),
    due_on=input_field("The day by which the review should be shared, not before `lastDay`."),
    reason=input_field("Why."),
)
