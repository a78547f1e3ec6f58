"""The statuses of a packet, and the changes between them that are allowed."""

from enum import StrEnum

from domain.kernel.lifecycle import Lifecycle


class ReviewPacketStatus(StrEnum):
    """Where the review of a person in a period stands."""

    COLLECTING = "collecting"
    DECIDED = "decided"
    APPROVED = "approved"
    SHARED = "shared"
    ACKNOWLEDGED = "acknowledged"
    REFUSED_TO_SIGN = "refused_to_sign"
    DISPUTED = "disputed"
    CANCELLED = "cancelled"


class ReviewRelease(StrEnum):
    """Who shares the packets of a cycle, and when."""

    BY_MANAGER = "by_manager"
    ON_DATE = "on_date"
    ALL_AT_ONCE = "all_at_once"


COLLECTING, DECIDED, APPROVED, SHARED, ACKNOWLEDGED, REFUSED, DISPUTED, CANCELLED = (
    ReviewPacketStatus
)
UNSHARED_DECIDED = (DECIDED, APPROVED)
UNSHARED = (COLLECTING, *UNSHARED_DECIDED)
LIFECYCLE = Lifecycle[ReviewPacketStatus](
    {
        COLLECTING: frozenset({DECIDED, CANCELLED}),
        DECIDED: frozenset({DECIDED, APPROVED, COLLECTING, SHARED, CANCELLED}),
        APPROVED: frozenset({DECIDED, COLLECTING, SHARED, CANCELLED}),
        SHARED: frozenset({SHARED, ACKNOWLEDGED, REFUSED, DISPUTED}),
        DISPUTED: frozenset({SHARED}),
        ACKNOWLEDGED: frozenset({SHARED}),
        REFUSED: frozenset({SHARED}),
        CANCELLED: frozenset(),
    }
)
APPEALABLE = (SHARED, ACKNOWLEDGED, REFUSED)
"""An appeal may change the level in these states, and while a dispute waits for its answer."""
