"""The closed lists of review cycles."""

from enum import StrEnum

from domain.reviews.directions import ReviewDirection
from domain.reviews.nominations.rules import CHOSEN


class ReviewCycleStatus(StrEnum):
    """Where a cycle stands."""

    DRAFT = "draft"
    RUNNING = "running"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class ReviewPhaseKind(StrEnum):
    """What is done in a phase of a cycle, in the order of phases."""

    NOMINATION = "nomination"
    SELF = "self"
    PEERS = "peers"
    MANAGER = "manager"
    SECOND_LEVEL = "second_level"
    CALIBRATION = "calibration"
    SHARING = "sharing"
    SIGN_OFF = "sign_off"


PHASE_OF_DIRECTION = {
    ReviewDirection.SELF: ReviewPhaseKind.SELF,
    ReviewDirection.PEER: ReviewPhaseKind.PEERS,
    ReviewDirection.UPWARD: ReviewPhaseKind.PEERS,
    ReviewDirection.EXTRA: ReviewPhaseKind.PEERS,
    ReviewDirection.MANAGER: ReviewPhaseKind.MANAGER,
    ReviewDirection.SECOND_LEVEL: ReviewPhaseKind.SECOND_LEVEL,
    ReviewDirection.INTERIM: ReviewPhaseKind.MANAGER,
}
"""The phase in which the reviews of a direction are written."""

NEEDED_DIRECTIONS = {
    ReviewPhaseKind.NOMINATION: CHOSEN,
    ReviewPhaseKind.SELF: (ReviewDirection.SELF,),
    ReviewPhaseKind.PEERS: CHOSEN,
    ReviewPhaseKind.MANAGER: (ReviewDirection.MANAGER,),
    ReviewPhaseKind.SECOND_LEVEL: (ReviewDirection.SECOND_LEVEL,),
}
"""The directions of which a phase needs at least one with a template."""


class ReviewSelectionKind(StrEnum):
    """What a person was selected for by hand."""

    ADDED = "added"
    EXCLUDED = "excluded"


class ReviewChangeRule(StrEnum):
    """What happens to a review in a running cycle when the manager or the job changes."""

    KEEP = "keep"
    TRANSFER = "transfer"
    BOTH = "both"


class ReviewConflictCode(StrEnum):
    """What a plan found about a person or the cycle."""

    NO_MANAGER = "no_manager"
    NO_SECOND_LEVEL = "no_second_level"
    NO_TEMPLATE = "no_template"
    NO_PARTICIPANTS = "no_participants"
    OUTSIDE_UNIT = "outside_unit"
    NOT_EMPLOYED = "not_employed"
    HAS_LEFT = "has_left"
    INCLUDED_TWICE = "included_twice"
    TOO_FEW_DAYS = "too_few_days"
    ON_LEAVE = "on_leave"
    TOO_MANY_REVIEWS = "too_many_reviews"
    SEVERAL_GROUPS = "several_groups"
    EMPTY_GROUP = "empty_group"
    NO_CRITERIA = "no_criteria"


BLOCKING = frozenset(
    {
        ReviewConflictCode.NO_MANAGER,
        ReviewConflictCode.NO_TEMPLATE,
        ReviewConflictCode.NO_PARTICIPANTS,
        ReviewConflictCode.OUTSIDE_UNIT,
        ReviewConflictCode.NOT_EMPLOYED,
        ReviewConflictCode.NO_CRITERIA,
    }
)
"""Conflicts with which a cycle is not launched: something would have to be guessed."""
