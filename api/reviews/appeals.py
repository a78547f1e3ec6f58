"""Appeals in the graph: a reviewed person asks somebody who took no part to decide again."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

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
from api.kernel.schema.inputs import input_field, input_type
from api.kernel.schema.mutations import mutation
from api.kernel.schema.subscriptions import change_subscription
from api.kernel.schema.verbs import verb
from api.people import Person
from api.reviews.packets import ReviewPacket
from api.reviews.scales import RatingLevel
from domain import reviews
from domain.kernel.unit_of_work import Work
from domain.reviews.appeals import ReviewAppealStatus, use_cases
from domain.reviews.appeals.model import STATEMENT
from persistence.reading.read_model import ROOT
from persistence.reviews import REVIEW_APPEAL

graph_enum(
    ReviewAppealStatus,
    "Where an appeal stands. FILED and UNDER_REVIEW are open.",
    filed="HR has to name somebody who decides.",
    under_review="The one who was named has to decide.",
    upheld="The review stays as it is.",
    changed="The level was changed, and the reviewed person signs again.",
    withdrawn="The reviewed person took it back.",
)


@node(
    REVIEW_APPEAL,
    where=(
        *("id", "status", "due_on", "decided_at", "subject", "decider", "packet"),
        *("created_at", "updated_at"),
    ),
    order_by=("due_on", "status", "created_at", "updated_at"),
)
class ReviewAppeal:
    """An appeal of a reviewed person against their review.

    It is read by that person, HR, the manager who decided, the second level, and the one
    who decides it.
    """

    packet: ReviewPacket | None = one("The review. Null when the viewer may not see it.")
    subject: Person | None = one("The reviewed person. Null when the viewer may not see them.")
    status: ReviewAppealStatus = value("Where it stands.")
    statement: str | None = value("What the reviewed person says. Null after it was erased.")
    decider: Person | None = one(
        "The person who decides it, and took no part in the review. Null before HR names"
        " somebody, or when the viewer may not see them."
    )
    due_on: date = value(
        "The day by which HR should name somebody who decides; after that, the day by which it"
        " should be decided."
    )
    answer: str | None = value("The answer. Null before the decision, or after it was erased.")
    decided_at: datetime | None = value("When it was decided. Null before that.")
    level_before: RatingLevel | None = one(
        "The level that the appeal is about. Null without a scale."
    )
    level_reason_before: str | None = value("The reason of that level. Null when none was given.")
    content_hash_before: str = value(
        "The SHA-256 of what the reviewed person read when they appealed."
    )
    level_after: RatingLevel | None = one("The new level. Null unless it was changed.")
    content_hash_after: str | None = value(
        "The SHA-256 of what the reviewed person reads with the new level. Null without one."
    )


@input_type(one_of=True)
class ReviewAppealBy:
    """Identifies an appeal by exactly one of these."""

    id: UUID | None = input_field("The appeal's id.")


@queries(ROOT)
class ReviewAppealQueries:
    """Root fields of appeals."""

    review_appeal: ReviewAppeal | None = look_up(
        "An appeal against a review. Null when there is none, or when the viewer may not see it.",
        "ReviewAppealBy",
        "How the appeal is identified.",
    )
    review_appeals: Connection[ReviewAppeal] = many(
        "All appeals that the viewer may see, the one due last first."
    )


@input_type()
class ReviewAppealFileInput:
    """Input of `reviewAppealFile`."""

    packet_id: UUID = input_field(
        "Id of the ReviewPacket about the viewer.", id_prefix="reviewpacket"
    )
    statement: Annotated[str, STATEMENT] = input_field(
        "What is wrong with the review, and why. HR, the manager who decided, the second level and"
        " the one who decides the appeal read it."
    )


@mutation(ReviewAppeal)
async def review_appeal_file(work: Work, input: ReviewAppealFileInput) -> reviews.ReviewAppeal:
    """Appeal against one's review, until the day `appealUntil`. One appeal is decided.

    An HR officer gets the task to name somebody who took no part.
    """
    return await use_cases.file(work, input.packet_id, input.statement)


review_appeal_assign = verb(
    ReviewAppeal,
    reviews.ReviewAppeal.ASSIGN,
    "Name the person who decides an appeal, or another one instead. They read the review"
    " like a manager. HR officers who took part in the decision may not do it.",
    use_case=use_cases.assign,
    person_id=input_field(
        "The person who is to decide. It cannot be the reviewed person, nor somebody who decided"
        " or approved, wrote a form, or answered a dispute.",
        id_prefix="person",
    ),
    due_on=input_field(
        "The day by which to decide: today or one of the next 365 days. Default: in 30 days."
    ),
)
review_appeal_decide = verb(
    ReviewAppeal,
    reviews.ReviewAppeal.DECIDE,
    "Decide an appeal. With another level the review changes: the answer becomes the reason of the"
    " level, and the reviewed person signs again.",
    use_case=use_cases.decide,
    answer=input_field("The answer. The reviewed person reads it."),
    level=input_field(
        "The place of the new level on the scale. Default: the review stays as it is."
    ),
)
review_appeal_withdraw = verb(
    ReviewAppeal,
    reviews.ReviewAppeal.WITHDRAW,
    "Take the viewer's appeal back, before it is decided. Another one may be filed until"
    " `appealUntil`.",
    use_case=use_cases.withdraw,
)
review_appeal_changed = change_subscription(ReviewAppeal)
