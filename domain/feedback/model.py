"""The aggregate of feedback."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, ClassVar
from uuid import UUID, uuid4

from domain.feedback import policy
from domain.feedback.enums import FeedbackAudience, FeedbackMode, FeedbackStatus
from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate
from domain.kernel.errors import Invalid, StateConflict
from domain.kernel.fields import EDITABLE, PERSONAL, MultiLine, SingleLine, key_rule
from domain.kernel.identity import PersonId, TenantId, generate_id
from domain.kernel.periods import ONE_DAY

GIVEN, ACKNOWLEDGED = FeedbackStatus


@dataclass(kw_only=True, eq=False)
class Feedback(Aggregate):
    """What an author tells about a person. One without an account has an `author_name` instead.

    From `released_on` on the author cannot withdraw it. In confidential mode its audience reads it
    from that day on, and in identified mode at once. The id of confidential feedback is random,
    because other ids tell the time.
    """

    NAME = "feedback"
    OWNER_ATTRIBUTES = policy.OWNER_ATTRIBUTES
    SEE = policy.SEE
    GUARDED: ClassVar = {"author_id": policy.SEE_AUTHOR}
    GUARDED_EVENTS: ClassVar = {"given": "author_id"}
    SEE_HISTORY = policy.SEE_HISTORY
    MOVES_CURSOR = False
    GIVE: ClassVar = Action("give", policy.GIVE)
    ACKNOWLEDGE: ClassVar = Action("acknowledge", policy.ACKNOWLEDGE, GIVEN)
    CHANGE_AUDIENCE: ClassVar = Action("change_audience", policy.CHANGE_AUDIENCE)
    WITHDRAW: ClassVar = Action("withdraw", policy.IS_AUTHOR, GIVEN, deletes=True)
    REVEAL_AUTHOR: ClassVar = Action("reveal_author", policy.REVEAL_AUTHOR)
    ACTIONS = (ACKNOWLEDGE, CHANGE_AUDIENCE, WITHDRAW)
    EVENTS = ("given", "acknowledged", "audience_changed", "withdrawn", "erased")

    subject_id: PersonId
    author_id: PersonId | None = None
    author_name: Annotated[str | None, SingleLine("The name of the author"), PERSONAL] = None
    mode: FeedbackMode = FeedbackMode.IDENTIFIED
    audience: FeedbackAudience
    text: Annotated[str, MultiLine("The text", max_length=5_000), EDITABLE, PERSONAL]
    competency_key: Annotated[str | None, key_rule("The key of the competency"), EDITABLE] = None
    goal_id: UUID | None = None
    request_id: UUID | None = None
    released_on: date
    status: FeedbackStatus = GIVEN
    acknowledged_at: datetime | None = None

    @classmethod
    def find_value_conflicts(cls, values: Mapping[str, Any]) -> Iterator[Invalid]:
        """Yield what is wrong between author, person, mode and audience."""
        if values.get("subject_id") is not None and values["subject_id"] == values.get("author_id"):
            yield Invalid("This is you. Choose another person.", "personId")
        is_public = values.get("audience") is FeedbackAudience.PUBLIC
        if is_public and values.get("mode") is FeedbackMode.CONFIDENTIAL:
            message = "Praise in public has the name of its author. Choose another audience."
            yield Invalid(message, "audience")

    @classmethod
    def start(
        cls,
        tenant_id: TenantId,
        author_id: PersonId | None,
        subject_id: PersonId,
        mode: FeedbackMode,
        audience: FeedbackAudience,
        today: date,
    ) -> "Feedback":
        """Return new feedback without a text."""
        is_confidential = mode is FeedbackMode.CONFIDENTIAL
        return cls(
            tenant_id=tenant_id,
            id=uuid4() if is_confidential else generate_id(),
            author_id=author_id,
            subject_id=subject_id,
            mode=mode,
            audience=audience,
            text="",
            released_on=today + ONE_DAY,
        )

    @property
    def is_confidential(self) -> bool:
        """Whether the audience does not learn the author."""
        return self.mode is FeedbackMode.CONFIDENTIAL

    def acknowledge(self, *, at: datetime) -> None:
        """Confirm that the feedback was read."""
        self.status, self.acknowledged_at = ACKNOWLEDGED, at
        self.record_event("acknowledged")

    def change_audience(self, audience: FeedbackAudience, today: date) -> None:
        """Show the feedback to others from now on. Raises StateConflict and Invalid."""
        if self.is_confidential and self.released_on <= today:
            message = "The audience of confidential feedback is fixed from its release on."
            raise StateConflict(message)
        self.check_attributes({"audience": audience})
        if audience is not self.audience:
            self.audience = audience
            self.record_event("audience_changed", hides_actor=self.is_confidential)

    def ensure_can_be_withdrawn(self, today: date) -> None:
        """Raise StateConflict from the day of the release on."""
        if self.released_on <= today:
            message = "This feedback has been released, so it stays. Give further feedback instead."
            raise StateConflict(message)
