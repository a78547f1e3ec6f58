"""The rows of a session, one for each review that is compared, and what was changed in them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID, uuid4

from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate, Part
from domain.kernel.errors import Code, Invalid
from domain.kernel.fields import PERSONAL, MultiLine, check_required
from domain.kernel.identity import OrganizationId, PersonId
from domain.reviews.calibration import policy
from domain.reviews.calibration.model import CalibrationSession

REASON = MultiLine("The reason", 4_000)


@dataclass(kw_only=True, eq=False)
class CalibrationSubject(Aggregate):
    """The review of a person in a session, with its level when the session was opened, and now.

    It is an aggregate of its own, so that a change of it is no change of the session: the person
    may be a member, and learns of no change. For the same reason its id is random, and changes do
    not move the tenant's cursor. Rows are discussed in the order of `discussion_key`, drawn when
    the session is opened. The ratings are the cells of the box, None for the level itself or
    without a value. It repeats the scale of the session.
    """

    NAME = "calibration_subject"
    LABEL = "row"
    SEE = policy.SEE_SUBJECT
    SEE_HISTORY = policy.SEE_SUBJECT_HISTORY
    MOVES_CURSOR = False
    GUARDED: ClassVar = policy.SEE_RATINGS | dict.fromkeys(
        ("person_id", "manager_id", "organization_id", "packet_id"), policy.SEE_NAME
    )
    GUARDED_EVENTS: ClassVar = {"added": "person_id"}
    ADD: ClassVar = Action("add", policy.SEE_SUBJECT_HISTORY)
    ADJUST: ClassVar = Action("adjust", policy.ADJUST, noun="calibration_session")
    ACTIONS = (ADJUST,)
    EVENTS = ("added", "adjusted", "left_out", "erased")

    id: UUID = field(default_factory=uuid4)
    session_id: UUID
    packet_id: UUID
    scale_id: UUID
    person_id: PersonId
    manager_id: PersonId
    organization_id: OrganizationId | None = None
    decided_at: datetime
    original_level: int
    level: int
    horizontal_rating: int | None = None
    vertical_rating: int | None = None
    discussion_key: UUID = field(default_factory=uuid4)
    is_left_out: bool = False

    calibration_session: ClassVar[CalibrationSession | None] = None
    """The session, loaded for its access rules."""

    def adjust(
        self,
        level: int,
        reason: str,
        level_count: int,
        position: int,
        adjusted_by_id: PersonId,
        *,
        at: datetime,
    ) -> "CalibrationAdjustment | None":
        """Change the level, on a scale with so many. None where it is that level already.

        Raises Invalid.
        """
        if not 1 <= level <= level_count:
            message = f"The level is a place on the scale, from 1 to {level_count}."
            raise Invalid(message, "level", code=Code.OUT_OF_RANGE)
        checked = check_required(REASON, reason, "reason")
        if level == self.level:
            return None
        adjustment = CalibrationAdjustment(
            tenant_id=self.tenant_id,
            session_id=self.session_id,
            row_id=self.id,
            person_id=self.person_id,
            position=position,
            before=self.level,
            after=level,
            reason=checked,
            adjusted_by_id=adjusted_by_id,
            adjusted_at=at,
        )
        self.level = level
        self.record_event("adjusted", reason=checked)
        return adjustment

    def leave_out(self) -> None:
        """Record that the lock of the session did not write it back."""
        self.update_attributes("left_out", {"is_left_out": True})


@dataclass(kw_only=True, eq=False)
class CalibrationAdjustment(Part):
    """A change of a row. `position` orders all changes of the session; nobody sees it."""

    NAME = "calibration_adjustment"
    SEE = policy.SEE_SUBJECT

    session_id: UUID
    row_id: UUID
    person_id: PersonId
    position: int
    before: int
    after: int
    reason: Annotated[str | None, REASON, PERSONAL] = None
    adjusted_by_id: PersonId
    adjusted_at: datetime
