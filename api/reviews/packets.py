"""Packets in the graph: one person's review in one period, from opening to the signature."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from api.kernel.schema.declarations import (
    Connection,
    argument,
    graph_enum,
    list_of,
    look_up,
    many,
    node,
    one,
    queries,
    value,
)
from api.kernel.schema.inputs import input_field, input_type
from api.kernel.schema.mutations import mutation
from api.kernel.schema.subscriptions import change_subscription
from api.kernel.schema.verbs import verb
from api.people import Person
from api.reviews import cycle_enums  # noqa: F401 - declares the enum of releases
from api.reviews.directions import ReviewDirection
from api.reviews.scales import RatingLevel, RatingScale
from api.reviews.score_rules import ScoreRule
from api.reviews.scores import ReviewScore
from domain import reviews
from domain.kernel.unit_of_work import Work
from domain.reviews import writing
from domain.reviews.packets import ReviewPacketStatus, ReviewRelease
from domain.reviews.packets.model import APPEAL_DAYS
from domain.reviews.score_rules import ReviewOutcome
from domain.reviews.writing.opening import DAYS, MAX_REVIEWS
from persistence.reading.read_model import ROOT
from persistence.reviews import REVIEW_PACKET

if TYPE_CHECKING:
    from api.reviews.appeals import ReviewAppeal
    from api.reviews.cycles import ReviewCycle
    from api.reviews.evidence import ReviewEvidence
    from api.reviews.nominations import ReviewNominationRound
    from api.reviews.previews import ReviewPacketPreview
    from api.reviews.writing import Review

graph_enum(
    ReviewPacketStatus,
    "Where the review of a person in a period stands.",
    collecting="The writers are filling in their forms.",
    decided="The overall level is decided, and the packet is not shared yet. Where `needsApproval`"
    " says so, the second level has to approve it first.",
    approved="The second level has approved the decision.",
    shared="The reviewed person reads it, and has to sign.",
    acknowledged="The reviewed person has signed.",
    refused_to_sign="The reviewed person has read it, and did not sign.",
    disputed="The reviewed person disagrees, and HR or the second level has to answer.",
    cancelled="It ended without a decision.",
)


@node(
    REVIEW_PACKET,
    where=(
        *("id", "status", "starts_on", "last_day", "due_on", "shared_at", "signed_at"),
        "is_overdue",
        *("subject", "manager", "created_at", "updated_at"),
    ),
    order_by=("due_on", "starts_on", "status", "created_at", "updated_at"),
)
class ReviewPacket:
    """A packet: one person's review in one period, with all its forms and the decision.

    HR and the manager who decides see it from the beginning, the reviewed person and later managers
    once it is shared.
    """

    subject: Person | None = one("The reviewed person. Null when the viewer may not see them.")
    manager: Person | None = one(
        "The manager who decides. `changeRule` of the cycle says what happens when the person gets"
        " another manager. Null when the viewer may not see them."
    )
    is_manager_named: bool = value(
        "Whether HR has named the manager by `reviewTransfer`, so that changes of reporting lines"
        " have no effect."
    )
    second_level: Person | None = one(
        "The second level, usually the manager above the manager: who reads all of it, approves"
        " the decision where that is needed, and answers disputes. Null when there is nobody, or"
        " when the viewer may not see them."
    )
    cycle: "ReviewCycle | None" = one(
        "The cycle that it belongs to. Null outside of one, or when the viewer may not see it."
    )
    starts_on: date = value("The first day of the period.")
    last_day: date = value("The last day of the period.")
    due_on: date = value("The day by which it should be shared.")
    is_overdue: bool = value(
        "Whether `dueOn` is over, and it has to be shared or signed. The day ends where that person"
        " is: the manager, and after sharing the reviewed person, or else the tenant."
    )
    status: ReviewPacketStatus = value("Where it stands.")
    release: ReviewRelease = value(
        "Who shares it, and when. BY_MANAGER outside of a cycle, and after its cycle was shared"
        " while it was not decided."
    )
    release_on: date | None = value(
        "The day on which its cycle is shared. Null when there is no such day."
    )
    scale: RatingScale | None = one(
        "The scale of the overall level. Null when there is none, or when the viewer may not see"
        " it."
    )
    score_rule: ScoreRule | None = one("The rule of its score. Null when there is none.")
    score: ReviewScore | None = one(
        "The present score, which proposes a level. Null when none was computed, or when the viewer"
        " may not read all the answers that it comes from."
    )
    scores: list[ReviewScore] = list_of(
        "All scores that the viewer may read, the first one first. After sharing, only HR, the"
        " manager who decided and the second level see earlier ones.",
        usual_size=1,
    )
    level: RatingLevel | None = one(
        "The overall level. Null before the decision, without a scale, or with an outcome."
    )
    outcome: ReviewOutcome | None = value(
        "What was decided instead of a level. Null when a level was, or before the decision."
    )
    level_reason: str | None = value(
        "The reason of the decision. The reviewed person reads it. Null when none was given."
    )
    decided_by: Person | None = one(
        "Who decided. Null before the decision, or when the viewer may not see them."
    )
    decided_at: datetime | None = value("When it was decided. Null before that.")
    needs_approval: bool = value(
        "Whether the second level has to approve the decision before it is shared. False before the"
        " decision."
    )
    approved_by: Person | None = one(
        "Who approved the decision. Null when nobody did, or when the viewer may not see them."
    )
    approved_at: datetime | None = value("When it was approved. Null when it is not.")
    return_reason: str | None = value(
        "Why the second level or HR gave the decision back. Null when it did not, and after the"
        " next decision."
    )
    shared_at: datetime | None = value("When it was shared. Null before that.")
    signed_at: datetime | None = value(
        "When the reviewed person signed, refused or disagreed. Null before that, and after a"
        " dispute was answered."
    )
    content_hash: str | None = value(
        "The SHA-256 of what the reviewed person read at that time. Null where `signedAt` is null."
    )
    statement: str | None = value(
        "What the reviewed person says about it. Null when nothing was entered."
    )
    resolution: str | None = value("The answer to a dispute. Null when there is none.")
    resolved_by: Person | None = one(
        "Who answered the dispute. Null when nobody did, or when the viewer may not see them."
    )
    appeal_until: date | None = value(
        "The last day on which the reviewed person may appeal. Null before sharing, or when the"
        " review takes no appeals."
    )
    appeals: Connection["ReviewAppeal"] = many(
        "The appeals against it that the viewer may see.", usual_size=1
    )
    reviews: Connection["Review"] = many(
        "The forms that the viewer may see. The manager sees those that are submitted; the reviewed"
        " person, after sharing, those that are shown to them.",
        usual_size=5,
    )
    evidence: "ReviewEvidence | None" = one(
        "What the viewer may read about the work of the reviewed person in the period. Never null."
    )
    preview: "ReviewPacketPreview | None" = one(
        "What a person will see of it once it is shared, by the same rules. What their roles allow"
        " is left out: HR reads all that is submitted. Null when the person will not see it, and"
        " when the viewer is neither HR nor the manager who decides.",
        person_id=argument(strawberry.ID, "The id of the person.", is_required=True),
    )
    nomination_rounds: Connection["ReviewNominationRound"] = many(
        "The rounds of nominations: one for each direction in which people are nominated.",
        usual_size=2,
    )


@input_type(one_of=True)
class ReviewPacketBy:
    """Identifies a packet by exactly one of these."""

    id: UUID | None = input_field("The packet's id.")


@queries(ROOT)
class ReviewPacketQueries:
    """Root fields of packets."""

    review_packet: ReviewPacket | None = look_up(
        "The review of a person in a period. Null when there is none, or when the viewer may not"
        " see it.",
        "ReviewPacketBy",
        "How the packet is identified.",
    )
    review_packets: Connection[ReviewPacket] = many(
        "All packets that the viewer may see, the one due last first."
    )


@input_type()
class ReviewOrderInput:
    """A form to be written."""

    direction: ReviewDirection = input_field(
        "How the writer stands to the reviewed person. SELF is for that person, and nobody else."
    )
    writer_id: UUID = input_field("The person who writes.", id_prefix="person")
    template_id: UUID = input_field("The published template.", id_prefix="reviewtemplate")
    is_shown: bool | None = input_field(
        "Whether the reviewed person reads it after sharing, with the name of its writer. Default:"
        " true for SELF, MANAGER and SECOND_LEVEL, else false."
    )
    due_on: date | None = input_field("The day by which it is due. Default: that of the packet.")
    days: Annotated[int | None, DAYS] = input_field(
        "The days that it counts for in the score. INTERIM needs it, other directions take none."
    )


@input_type()
class ReviewPacketCreateInput:
    """Input of `reviewPacketCreate`."""

    subject_id: UUID = input_field("The person to review.", id_prefix="person")
    starts_on: date = input_field("The first day of the period.")
    last_day: date = input_field("The last day of the period.")
    due_on: date = input_field("The day by which it should be shared.")
    manager_id: UUID | None = input_field(
        "The manager who decides; not the reviewed person. Default: the viewer.",
        id_prefix="person",
    )
    second_level_id: UUID | None = input_field(
        "The second level, usually the manager above the manager: who reads all of it, approves"
        " the decision where that is needed, and answers disputes. Default: nobody.",
        id_prefix="person",
    )
    scale_id: UUID | None = input_field(
        "The published scale of the overall level. Default: no overall level.",
        id_prefix="ratingscale",
    )
    appeal_days: Annotated[int | None, APPEAL_DAYS] = input_field(
        "For how many days after sharing the reviewed person may appeal; 0 for no appeals."
        " Default: `Tenant.appealDays`."
    )
    score_rule_id: UUID | None = input_field(
        "The rule of the score, in the revision that is in force on the last day. It is for the"
        " scale in `scaleId`. Default: no score.",
        id_prefix="scorerule",
    )
    days: Annotated[int | None, DAYS] = input_field(
        "The days of work in the period. Some score rules ask for them, and the manager's form"
        " counts for those that no interim appraisal does. Default: not known."
    )
    needs_approval: bool | None = input_field(
        "Whether the second level has to approve every decision. Default: false, so that the score"
        " rule decides."
    )
    reviews: list[ReviewOrderInput] = input_field(
        f"The forms to be written, 1 to {MAX_REVIEWS}.", max_items=MAX_REVIEWS
    )


@mutation(ReviewPacket)
async def review_packet_create(work: Work, input: ReviewPacketCreateInput) -> reviews.ReviewPacket:
    """Open the review of a person outside of a cycle, such as one of a probation."""
    orders = [
        writing.ReviewOrder(
            each.direction, each.writer_id, each.template_id, each.is_shown, each.due_on, each.days
        )
        for each in input.reviews
    ]
    return await writing.open_packet(
        work,
        orders,
        subject_id=input.subject_id,
        manager_id=input.manager_id,
        second_level_id=input.second_level_id,
        scale_id=input.scale_id,
        score_rule_id=input.score_rule_id,
        days=input.days,
        always_needs_approval=bool(input.needs_approval),
        starts_on=input.starts_on,
        last_day=input.last_day,
        due_on=input.due_on,
        appeal_days=input.appeal_days,
    )


review_compute_score = verb(
    ReviewPacket,
    reviews.ReviewPacket.COMPUTE_SCORE,
    "Compute the score of a review again, from the forms that are submitted now. It is computed by"
    " itself when the last form that it waits for is submitted, and at no other time.",
    use_case=writing.compute_packet_score,
)
review_decide = verb(
    ReviewPacket,
    reviews.ReviewPacket.DECIDE,
    "Decide the overall level of a review. It can be decided again until it is shared. With a score"
    " rule it fails with STATE_CONFLICT before there is a score.",
    use_case=writing.decide,
    level=input_field(
        "The place of the level on the scale of the packet. Required with a scale, unless there"
        " is an `outcome`."
    ),
    reason=input_field(
        "The reason. Required when the score rule proposes something else or nothing, with an"
        " `outcome` where there is no score rule, and for levels with `needsNarrative`. The"
        " reviewed person reads it."
    ),
    outcome=input_field("What the review ends with instead of a level."),
)
review_approve = verb(
    ReviewPacket,
    reviews.ReviewPacket.APPROVE,
    "Approve the decision about a review, as the second level or HR. Nobody approves what"
    " they decided.",
    use_case=writing.approve,
)
review_return = verb(
    ReviewPacket,
    reviews.ReviewPacket.RETURN,
    "Give the decision about a review back to the manager, as the second level or HR. The"
    " manager decides again.",
    use_case=writing.return_decision,
    reason=input_field("What has to change. The manager reads it, the reviewed person does not."),
)
review_share = verb(
    ReviewPacket,
    reviews.ReviewPacket.SHARE,
    "Show a review to the reviewed person. Forms that are not submitted are not written any more."
    " It fails with STATE_CONFLICT while the manager's form is a draft, and where its cycle is"
    " shared on a day or all at once.",
    use_case=writing.share,
)
review_packet_cancel = verb(
    ReviewPacket,
    reviews.ReviewPacket.CANCEL,
    "End a review without a decision, with its forms. Nothing is deleted.",
    use_case=writing.cancel_packet,
)
review_acknowledge = verb(
    ReviewPacket,
    reviews.ReviewPacket.ACKNOWLEDGE,
    "Sign that one has read one's review.",
    use_case=writing.acknowledge,
)
review_refuse_to_sign = verb(
    ReviewPacket,
    reviews.ReviewPacket.REFUSE_TO_SIGN,
    "Record that one has read one's review, and does not sign it.",
    use_case=writing.refuse_to_sign,
    statement=input_field("What one says about it. Default: nothing."),
)
review_dispute = verb(
    ReviewPacket,
    reviews.ReviewPacket.DISPUTE,
    "Disagree with one's review, in a statement of one's own. HR or the second level answers it.",
    use_case=writing.dispute,
    statement=input_field("What one disagrees with, and why."),
)
review_resolve = verb(
    ReviewPacket,
    reviews.ReviewPacket.RESOLVE,
    "Answer a dispute. The reviewed person signs after that, or disagrees again.",
    use_case=writing.resolve,
    resolution=input_field("The answer. The reviewed person reads it."),
)
review_packet_changed = change_subscription(ReviewPacket)
