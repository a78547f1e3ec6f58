"""Goals: what is to be reached, how it is measured and how it goes."""

from domain.goals.check_ins import CheckIn, CheckInValue, Confidence
from domain.goals.goal import Goal, Owner, OwnerKind
from domain.goals.key_results import Direction, KeyResult
from domain.goals.visibility import GoalStatus, Visibility

__all__ = [
    "CheckIn",
    "CheckInValue",
    "Confidence",
    "Direction",
    "Goal",
    "GoalStatus",
    "KeyResult",
    "Owner",
    "OwnerKind",
    "Visibility",
]
