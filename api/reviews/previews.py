"""Previews in the graph: what a person will see of a packet once it is shared."""

from datetime import date, datetime

from api.kernel.schema.declarations import list_of, one, part, value
from api.people import Person
from api.reviews.directions import ReviewDirection
from api.reviews.scales import RatingLevel, RatingScale
from api.reviews.scores import ReviewScore
from api.reviews.templates import ReviewTemplate
from api.reviews.writing import ReviewAnswer
from domain.reviews.templates import MAX_TEMPLATE_QUESTIONS
from domain.reviews.writing.opening import MAX_REVIEWS
from persistence.reviews import REVIEW_PACKET_PREVIEW, REVIEW_PREVIEW


@part(REVIEW_PREVIEW)
class ReviewPreview:
    """A submitted form as a person will see it."""

    writer: Person | None = one("The person who writes. Null when the viewer may not see them.")
    direction: ReviewDirection = value("How the writer stands to the reviewed person.")
    template: ReviewTemplate | None = one(
        "The template of the form. Null when the viewer may not see it."
    )
    due_on: date = value("The day by which it was due.")
    submitted_at: datetime | None = value("When it was submitted. Never null.")
    submitted_by: Person | None = one(
        "Who submitted it: its writer or the stand-in. Null when the viewer may not see them."
    )
    stand_in: Person | None = one(
        "Who wrote in place of an absent writer. Null when nobody did, or when the viewer may not"
        " see them."
    )
    answers: list[ReviewAnswer] = list_of(
        f"The answers that the person will read, {MAX_TEMPLATE_QUESTIONS} at most. Those that the"
        " viewer may not read are left out.",
        usual_size=10,
    )


@part(REVIEW_PACKET_PREVIEW)
class ReviewPacketPreview:
    """A packet as a person will see it once it is shared."""

    subject: Person | None = one("The reviewed person. Null when the viewer may not see them.")
    manager: Person | None = one("The manager who decides. Null when the viewer may not see them.")
    second_level: Person | None = one(
        "The second level, who reads all of it beside the manager. Null when there is nobody, or"
        " when the viewer may not see them."
    )
    starts_on: date = value("The first day of the period.")
    last_day: date = value("The last day of the period.")
    due_on: date = value("The day by which it should be shared.")
    scale: RatingScale | None = one(
        "The scale of the overall level. Null when there is none, or when the viewer may not see"
        " it."
    )
    level: RatingLevel | None = one(
        "The overall level. Null before the decision, without a scale, or with"
        " `ReviewPacket.outcome`."
    )
    level_reason: str | None = value("The reason of the decision. Null when none was given.")
    score: ReviewScore | None = one(
        "The present score, with its rule, formula and components. Null when nothing was computed,"
        " or when it comes from an answer that the person will not read or the viewer may not read."
    )
    decided_by: Person | None = one(
        "Who decided. Null before the decision, or when the viewer may not see them."
    )
    decided_at: datetime | None = value("When it was decided. Null before that.")
    reviews: list[ReviewPreview] = list_of(
        "The submitted forms that the person will see, the one due last first, at most"
        f" {MAX_REVIEWS}. What is not submitted before sharing is never shown.",
        usual_size=5,
    )
