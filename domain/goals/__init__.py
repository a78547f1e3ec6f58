"""Goals: what is to be reached, how it is measured and how it goes."""

from domain.goals.check_ins import CheckIn, CheckInValue, Confidence
from domain.goals.details import GoalDetails
from domain.goals.goal import Goal
from domain.goals.key_results import Direction, KeyResult, KeyResultDetails, NewKeyResult
from domain.goals.owners import Owner, OwnerKind
from domain.goals.setting import align, create, discard, edit
from domain.goals.visibility import GoalStatus, Visibility

__all__ = [
    "CheckIn",
    "CheckInValue",
    "Confidence",
    "Direction",
    "Goal",
    "GoalDetails",
    "GoalStatus",
    "KeyResult",
    "KeyResultDetails",
    "NewKeyResult",
    "Owner",
    "OwnerKind",
    "Visibility",
    "align",
    "create",
    "discard",
    "edit",
]
