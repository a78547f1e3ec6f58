"""Reviews in the graph: the forms of a packet, and their answers."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from api.kernel.schema.declarations import (
    Connection,
    graph_enum,
    list_of,
    look_up,
    many,
    node,
    one,
    part,
    queries,
    value,
)
from api.kernel.schema.inputs import expected_version_field, input_field, input_type
from api.kernel.schema.mutations import mutation
from api.kernel.schema.subscriptions import change_subscription
from api.kernel.schema.verbs import verb
from api.people import Person
from api.reviews.directions import ReviewDirection
from api.reviews.packets import ReviewPacket
from api.reviews.templates import ReviewQuestion, ReviewTemplate
from domain import reviews
from domain.kernel.fields import key_rule
from domain.kernel.unit_of_work import Work
from domain.kernel.wanted import Wanted
from domain.reviews import writing
from domain.reviews.nominations import deciding
from domain.reviews.packets.model import LEVEL
from domain.reviews.templates import MAX_TEMPLATE_QUESTIONS, QuestionAudience
from domain.reviews.writing import ReviewStatus
from domain.reviews.writing.answers import NUMBER, TEXT, VALUES
from persistence.reading.read_model import ROOT
from persistence.reviews import REVIEW, REVIEW_ANSWER

if TYPE_CHECKING:
    from api.reviews.evidence import ReviewEvidence

KEY = key_rule("The key")

graph_enum(
    ReviewStatus,
    "Where a form stands.",
    not_started="Nothing was saved.",
    draft="Some answers were saved. Only its writer reads them.",
    submitted="It was handed in.",
    cancelled="It is not needed any more.",
    declined="Its writer has declined it. The manager who decides sees that.",
)


@part(REVIEW_ANSWER)
class ReviewAnswer:
    """The answer to one question of a review."""

    question: ReviewQuestion | None = one("The question. Never null.")
    audience: QuestionAudience = value("Who reads it beside its writer.")
    answer_version: int = value(
        "How often it was saved with a change. Send it as `expectedAnswerVersion`."
    )
    text: str | None = value("The text. Null when there is none.")
    level: int | None = value("The place of the level on the scale. Null when there is none.")
    is_not_applicable: bool = value("Whether the writer says that no level applies.")
    choice_key: str | None = value("The key of the choice. Null when there is none.")
    is_true: bool | None = value("Yes or no. Null when there is no such answer.")
    number: Decimal | None = value("The number. Null when there is none.")


@node(
    REVIEW,
    where=(
        *("id", "status", "direction", "due_on", "submitted_at", "subject", "writer", "packet"),
        *("is_overdue", "created_at", "updated_at"),
    ),
    order_by=("due_on", "status", "direction", "created_at", "updated_at"),
)
class Review:
    """A form: the answers of one writer about one person. A packet has several.

    Its writer sees it. HR sees that it exists, and its answers once it is submitted. The manager
    who decides sees it once it is submitted, and the reviewed person once it is shared with them.
    """

    packet: ReviewPacket | None = one("The packet. Null when the viewer may not see it.")
    subject: Person | None = one("The reviewed person. Null when the viewer may not see them.")
    writer: Person | None = one("The person who writes. Null when the viewer may not see them.")
    direction: ReviewDirection = value("How the writer stands to the reviewed person.")
    template: ReviewTemplate | None = one(
        "The template of the form. Null when the viewer may not see it, which is never so for a"
        " published one."
    )
    career_group_keys: list[str] | None = value(
        "The keys of the template's career groups that fitted the position of the reviewed person"
        " when the packet was opened. It never changes. Null when the template has none."
    )
    questions: list[ReviewQuestion] = list_of(
        "The questions of the template that are for the position of the reviewed person, in their"
        " order. Those with a condition are asked only where it holds.",
        usual_size=10,
    )
    status: ReviewStatus = value("Where it stands.")
    due_on: date = value("The day by which it is due.")
    is_overdue: bool = value(
        "Whether `dueOn` is over where its writer is, and it is not submitted. A person without a"
        " time zone is in that of the tenant."
    )
    is_shown: bool = value(
        "Whether the reviewed person reads it after sharing, with the name of its writer."
    )
    submitted_at: datetime | None = value("When it was submitted. Null when it is not.")
    submitted_by: Person | None = one(
        "Who submitted it: its writer or the stand-in. Null when it is not submitted, or when the"
        " viewer may not see them."
    )
    stand_in: Person | None = one(
        "Who writes in place of an absent writer. Null when nobody does, or when the viewer may not"
        " see them."
    )
    stand_in_reason: str | None = value(
        "Why somebody writes in place of the writer. Null when nobody does."
    )
    days: int | None = value(
        "The days of the period that an interim appraisal counts for. Null for other forms, which"
        " count for the rest."
    )
    evidence: "ReviewEvidence | None" = one(
        "What the viewer may read about the work of the reviewed person in the period. Never null."
    )
    decline_reason: str | None = value(
        "Why its writer has declined it. HR and the manager who decides read it. Null when nobody"
        " has."
    )
    answers: list[ReviewAnswer] = list_of(
        f"The answers that the viewer may read, {MAX_TEMPLATE_QUESTIONS} at most.", usual_size=10
    )


@input_type(one_of=True)
class ReviewBy:
    """Identifies a review by exactly one of these."""

    id: UUID | None = input_field("The review's id.")


@queries(ROOT)
class ReviewQueries:
    """Root fields of reviews."""

    review: Review | None = look_up(
        "A form of a review. Null when there is none, or when the viewer may not see it.",
        "ReviewBy",
        "How the review is identified.",
    )
    reviews: Connection[Review] = many("All forms that the viewer may see, the one due last first.")


@input_type()
class ReviewSaveAnswerInput:
    """Input of `reviewSaveAnswer`. What is left out is empty afterwards."""

    id: UUID = input_field("Id of the Review.", id_prefix="review")
    question_key: Annotated[str, KEY] = input_field("The key of the question.")
    expected_answer_version: int | None = input_field(
        "The `answerVersion` that you read. Leave it out when there was no answer yet. If it is"
        " another by now, the mutation fails with VERSION_CONFLICT, and nothing is lost."
    )
    text: Annotated[str | None, TEXT] = input_field(
        "The text. Every kind of question takes one. Default: none."
    )
    level: Annotated[int | None, LEVEL] = input_field(
        "The place of the level on the scale. Default: none."
    )
    is_not_applicable: bool | None = input_field(
        "Whether no level applies, where the scale allows it. Default: false."
    )
    choice_key: Annotated[str | None, KEY] = input_field("The key of the choice. Default: none.")
    is_true: bool | None = input_field("Yes or no. Default: no answer.")
    number: Annotated[Decimal | None, NUMBER] = input_field("The number. Default: none.")
    expected_version: int | None = expected_version_field()

    def list_wanted(self) -> Sequence[Wanted]:
        """Return the question with its scale and its answer."""
        return writing.want_question(self.id, self.question_key)


@mutation(Review)
async def review_save_answer(work: Work, input: ReviewSaveAnswerInput) -> reviews.Review:
    """Save the answer to one question of a form. Only its writer reads it until it is submitted."""
    return await writing.save_answer(
        work,
        input.id,
        input.question_key,
        input.expected_answer_version,
        expected_version=input.expected_version,
        **{name: getattr(input, name) for name in VALUES},
    )


review_submit = verb(
    Review,
    reviews.Review.SUBMIT,
    "Hand a form in. All missing answers are reported at once, each with the key of its question."
    " Answers to questions whose condition does not hold are deleted.",
    use_case=writing.submit,
)
review_reopen = verb(
    Review,
    reviews.Review.REOPEN,
    "Let a submitted form be written again. A decision about the packet is taken back.",
    use_case=writing.reopen,
    reason=input_field("The reason."),
)
review_set_stand_in = verb(
    Review,
    reviews.Review.SET_STAND_IN,
    "Let somebody write in place of a writer who is absent. Both stay visible.",
    use_case=writing.set_stand_in,
    person_id=input_field("The person who writes. Null takes it back.", id_prefix="person"),
    reason=input_field("The reason."),
)
review_decline_nomination = verb(
    Review,
    reviews.Review.DECLINE_NOMINATION,
    "Decline to write a form for which the viewer was nominated: as a peer, as a report or"
    " as somebody else. It cannot be taken back.",
    use_case=deciding.decline,
    reason=input_field("The reason. HR and the manager who decides read it."),
)
review_changed = change_subscription(Review)
