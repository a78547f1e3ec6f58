"""Goals: what is to be reached, how it is measured and how it goes."""

from domain.goals.check_ins import CheckIn, CheckInValue, Confidence
from domain.goals.details import GoalDetails
from domain.goals.key_results import Direction, KeyResult, KeyResultDetails, NewKeyResult
from domain.goals.model import Goal
from domain.goals.owners import Owner, OwnerKind
from domain.goals.policy import GoalStatus, Visibility
from domain.goals.use_cases import align, create, discard, edit

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
