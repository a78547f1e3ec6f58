"""The aggregate of a request for feedback: one person asks another about a person."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from domain.feedback.enums import FeedbackAudience
from domain.kernel.access import Is, Manages
from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate
from domain.kernel.background_tasks import BackgroundTask
from domain.kernel.errors import Invalid, StateConflict
from domain.kernel.fields import DERIVED, EDITABLE, PERSONAL, MultiLine, SingleLine
from domain.kernel.identity import PersonId
from domain.kernel.labels import Labels
from domain.kernel.lifecycle import Lifecycle
from domain.kernel.todos import TaskKind, Todo

IS_ASKER = Is("asker_id")
IS_RESPONDENT = Is("respondent_id")
CREATE = Is("subject_id") | Manages("subject_id")
"""People ask about themselves, and managers about those below them."""

EXPIRE = "feedback_request.expire"
DAYS_AFTER_DUE = timedelta(days=14)
"""How long after the due day a request can be answered."""

REQUEST_REASON = MultiLine("The reason", max_length=1_000)
RESPONDENT_NAME = SingleLine("The name of the respondent", max_length=200)
QUESTIONS = Labels("A request", "questions", 10, label="The question", max_length=500)


class FeedbackRequestStatus(StrEnum):
    """What became of a request."""

    OPEN = "open"
    ANSWERED = "answered"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


OPEN, ANSWERED, DECLINED, CANCELLED, EXPIRED = FeedbackRequestStatus
LIFECYCLE = Lifecycle[FeedbackRequestStatus](
    {
        OPEN: frozenset({ANSWERED, DECLINED, CANCELLED, EXPIRED}),
        ANSWERED: frozenset({OPEN}),
        DECLINED: frozenset(),
        CANCELLED: frozenset(),
        EXPIRED: frozenset(),
    }
)


@dataclass(kw_only=True, eq=False)
class FeedbackRequest(Aggregate):
    """What `asker_id` wants to know from `respondent_id` about `subject_id`, by a day.

    `audience` is who the asker proposes as readers of the answer. A respondent without an account
    has a `respondent_name` instead, and answers by a link, of whose secret the hash is kept. The
    questions are copied from the template, if there is one.
    """

    NAME = "feedback_request"
    LABEL = "request for feedback"
    SEE = IS_ASKER | IS_RESPONDENT
    SEE_HISTORY = IS_ASKER | IS_RESPONDENT
    CREATE: ClassVar = Action("create", CREATE)
    ANSWER: ClassVar = Action("answer", IS_RESPONDENT, OPEN)
    DECLINE: ClassVar = Action("decline", IS_RESPONDENT, OPEN)
    CANCEL: ClassVar = Action("cancel", IS_ASKER, OPEN)
    RENEW_LINK: ClassVar = Action("renew_link", IS_ASKER, OPEN)
    ACTIONS = (CANCEL, RENEW_LINK)
    EVENTS = (
        *("created", "answered", "declined", "cancelled", "expired", "reopened", "link_renewed"),
        "erased",
    )

    subject_id: PersonId
    asker_id: PersonId
    respondent_id: PersonId | None = None
    respondent_name: Annotated[str | None, RESPONDENT_NAME, PERSONAL] = None
    link_hash: Annotated[str | None, DERIVED] = None
    audience: FeedbackAudience
    message: Annotated[
        str | None, MultiLine("The message", max_length=2_000), EDITABLE, PERSONAL
    ] = None
    questions: Annotated[tuple[str, ...], QUESTIONS, EDITABLE, PERSONAL] = ()
    template_id: UUID | None = None
    goal_id: UUID | None = None
    due_on: date
    status: FeedbackRequestStatus = OPEN
    reason: Annotated[str | None, REQUEST_REASON, PERSONAL] = None

    @property
    def audiences(self) -> tuple[FeedbackAudience, ...]:
        """The audiences of an answer that its asker belongs to."""
        is_own = self.asker_id == self.subject_id
        own = FeedbackAudience.SUBJECT if is_own else FeedbackAudience.MANAGER
        return own, FeedbackAudience.SUBJECT_AND_MANAGER

    def check_audience(self, audience: FeedbackAudience) -> FeedbackAudience:
        """Return an audience that its asker belongs to. Raises Invalid."""
        if audience not in self.audiences:
            allowed = " or ".join(each.name for each in self.audiences)
            raise Invalid(f"The one who asks has to read the answer. Choose {allowed}.", "audience")
        return audience

    def renew_link(self, link_hash: str) -> None:
        """Let another link be the only one that answers. Raises StateConflict."""
        if self.respondent_id is not None:
            message = "The respondent has an account, and answers with `feedbackGive`."
            raise StateConflict(message)
        self.link_hash = link_hash
        self.record_event("link_renewed")

    def answer(self) -> None:
        """Close the request with an answer. Raises StateConflict."""
        self._change(ANSWERED, "answered")

    def reopen(self) -> None:
        """Ask again, because the answer was withdrawn. Raises StateConflict."""
        self._change(OPEN, "reopened")

    def decline(self, reason: Annotated[str | None, REQUEST_REASON] = None) -> None:
        """Refuse to answer. Raises Invalid and StateConflict."""
        self.reason = REQUEST_REASON.check(reason, "reason")
        self._change(DECLINED, "declined")

    def cancel(self) -> None:
        """Ask no longer. Raises StateConflict."""
        self._change(CANCELLED, "cancelled")

    def erase(self) -> None:
        """Remove the texts, and close the request if it is open."""
        self.message, self.questions, self.reason = None, (), None
        self.respondent_name = self.link_hash = None
        self.status = CANCELLED if self.status is OPEN else self.status
        self.record_event("erased")

    def expire(self) -> None:
        """Close a request that nobody has answered for long. Raises StateConflict."""
        self._change(EXPIRED, "expired")

    def list_todos(self) -> Iterator[Todo]:
        """Yield that the respondent has to answer or decline."""
        if self.status is OPEN and self.respondent_id is not None:
            yield Todo(self.respondent_id, self.due_on, TaskKind.FEEDBACK_REQUEST)

    @property
    def expires_on(self) -> date:
        """The first day on which it can no longer be answered."""
        return self.due_on + DAYS_AFTER_DUE

    def build_expiry(self, at: datetime) -> BackgroundTask:
        """Return the task that closes it at a moment, when nobody has answered."""
        return BackgroundTask(EXPIRE, {"request_id": str(self.id)}, str(self.id), at)

    def _change(self, status: FeedbackRequestStatus, event: str) -> None:
        self.status = LIFECYCLE.transition(self.status, status)
        self.record_event(event)
