"""The aggregate of a legal hold, and who may place, read and release it."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, ClassVar

from domain.kernel.access import Holds, IsAnother, OwnerAttributes
from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate
from domain.kernel.fields import PERSONAL, MultiLine, check_required
from domain.kernel.identity import PersonId
from domain.kernel.lifecycle import Lifecycle
from domain.kernel.permissions import Permission

OWNER_ATTRIBUTES = OwnerAttributes(person="person_id")
MANAGE = Holds(Permission.PEOPLE_HOLD, over=OWNER_ATTRIBUTES) & IsAnother("person_id")
"""Nobody else learns why somebody's data is held, not even the person with the permission."""

REASON = MultiLine("The reason", 2_000, advice="Name the case and who decided.")


class LegalHoldStatus(StrEnum):
    """Whether a hold still refuses erasure."""

    ACTIVE = "active"
    RELEASED = "released"


ACTIVE, RELEASED = LegalHoldStatus
LIFECYCLE = Lifecycle[LegalHoldStatus]({ACTIVE: frozenset({RELEASED}), RELEASED: frozenset()})


@dataclass(kw_only=True, eq=False)
class LegalHold(Aggregate):
    """Says that a person's data is kept, from when on and why, until somebody releases it."""

    NAME = "legal_hold"
    LABEL = "legal hold"
    OWNER_ATTRIBUTES = OWNER_ATTRIBUTES
    SEE = MANAGE
    SEE_HISTORY = MANAGE
    CREATE: ClassVar = Action("place", MANAGE)
    RELEASE: ClassVar = Action("release", MANAGE, ACTIVE)
    ACTIONS = (RELEASE,)
    EVENTS = ("placed", "released", "erased")

    person_id: PersonId
    placed_on: date
    reason: Annotated[str, REASON, PERSONAL]
    status: LegalHoldStatus = ACTIVE
    released_at: datetime | None = None
    release_reason: Annotated[str | None, REASON, PERSONAL] = None

    def release(self, reason: Annotated[str, REASON], *, at: datetime) -> None:
        """Let the person's data be erased again, with a reason. Raises Invalid."""
        self.release_reason = check_required(REASON, reason, "reason")
        self.status = LIFECYCLE.transition(self.status, RELEASED)
        self.released_at = at
        self.record_event("released")
