"""The graph types of feedback."""

from datetime import date, datetime
from typing import TYPE_CHECKING
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
from api.kernel.schema.inputs import input_field, input_type
from api.kernel.schema.subscriptions import change_subscription
from domain.feedback import FeedbackAudience, FeedbackMode, FeedbackStatus
from persistence.feedback import FEEDBACK, FEEDBACK_PROMISE
from persistence.reading.read_model import ROOT

if TYPE_CHECKING:
    from api.feedback.requests import FeedbackRequest
    from api.goals import Goal
    from api.people import Person

graph_enum(
    FeedbackAudience,
    "Who may read feedback, beside its author. Managers are all who are above the person in the"
    " primary line on the day of reading.",
    subject="The person.",
    subject_and_manager="The person, and the managers.",
    manager="The managers. The person does not learn that it exists.",
    public="Everyone who sees the person in the directory.",
)
graph_enum(
    FeedbackMode,
    "Who learns the author of feedback. It is chosen when it is given, and never changes.",
    identified="Everybody who reads the feedback sees who wrote it.",
    confidential="HR officers, by `feedbackRevealAuthor`. Nobody else.",
)
graph_enum(
    FeedbackStatus,
    "Whether somebody has confirmed that feedback was read.",
    given="Nobody has confirmed that it was read.",
    acknowledged="The person has, or a manager where the audience is MANAGER.",
)


@node(
    FEEDBACK,
    where=(
        "id",
        "mode",
        "audience",
        "text",
        "competency_key",
        "status",
        "released_on",
        "subject",
        "author",
        "goal",
    ),
    order_by=("released_on", "status", "audience"),
)
class Feedback:
    """What one person tells about another.

    No role gives access to it: administrators, auditors and HR read public feedback, and feedback
    of whose audience they are a part.

    Of confidential feedback only the author sees version, times and history: others read version
    1, and as times the beginning of `releasedOn` in UTC.
    """

    text: str = value("What the author tells.")
    mode: FeedbackMode = value("Who learns the author.")
    audience: FeedbackAudience = value("Who may read it, beside its author.")
    explanation: str = value(
        "In words: who reads the text, who learns the author, and until when it can be withdrawn."
    )
    subject: "Person | None" = one(
        "The person whom it is about. Null when the viewer may not see them."
    )
    author: "Person | None" = one(
        "Who wrote it. Null in confidential feedback of others, for somebody without an account,"
        " and when the viewer may not see them."
    )
    author_name: str | None = value(
        "The name of an author without an account, who answered a request by its link. Null for"
        " people with one."
    )
    goal: "Goal | None" = one(
        "The goal that it is about. Null when there is none or the viewer may not see it."
    )
    request: "FeedbackRequest | None" = one(
        "The request that it answers. Null when there is none or the viewer may not see it."
    )
    competency_key: str | None = value(
        "The key of the competency that it is about. Null when there is none."
    )
    released_on: date = value(
        "The day of its release: from then on the author cannot withdraw it, and the audience reads"
        " it if it is confidential. Identified feedback is read at once."
    )
    status: FeedbackStatus = value("Whether somebody has confirmed that it was read.")
    acknowledged_at: datetime | None = value("When that was. Null before.")


@part(FEEDBACK_PROMISE)
class FeedbackPromise:
    """The meaning of a mode with an audience, for authors before they write."""

    mode: FeedbackMode = value("Who learns the author.")
    audience: FeedbackAudience = value("Who may read it, beside its author.")
    explanation: str = value("The words that `Feedback.explanation` shows afterwards.")


@input_type(one_of=True)
class FeedbackBy:
    """Identifies feedback by exactly one of these."""

    id: UUID | None = input_field("The feedback's id.")


@queries(ROOT)
class FeedbackQueries:
    """Root fields of feedback."""

    feedback: Feedback | None = look_up(
        "Feedback. Null when there is none, or when the viewer may not see it.",
        "FeedbackBy",
        "How the feedback is identified.",
    )
    feedbacks: Connection[Feedback] = many(
        "All feedback that the viewer wrote or may read, the last day of release first."
    )
    feedback_promises: list[FeedbackPromise] = list_of(
        "What to show authors before they write: the meaning of each mode with each audience it"
        " allows.",
        usual_size=7,
    )


feedback_changed = change_subscription(
    Feedback, also="Changes of confidential feedback are sent to its author only."
)
