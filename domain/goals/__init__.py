"""Goals of people, teams and organizations, with their key results and check-ins."""

from domain.goals.check_ins import NOTE, REASON, CheckIn, CheckInValue
from domain.goals.checking_in import check_in
from domain.goals.enums import (
    Confidence,
    Direction,
    GoalStatus,
    KeyResultBasis,
    OwnerKind,
    Visibility,
)
from domain.goals.key_results import QUANTITY, KeyResult
from domain.goals.kpi_links import add_key_result, edit_key_result, reopen
from domain.goals.model import Goal, GoalReference
from domain.goals.owners import Owner
from domain.goals.use_cases import align, create, discard, edit, reassign

__all__ = [
    "NOTE",
    "QUANTITY",
    "REASON",
    "CheckIn",
    "CheckInValue",
    "Confidence",
    "Direction",
    "Goal",
    "GoalReference",
    "GoalStatus",
    "KeyResult",
    "KeyResultBasis",
    "Owner",
    "OwnerKind",
    "Visibility",
    "add_key_result",
    "align",
    "check_in",
    "create",
    "discard",
    "edit",
    "edit_key_result",
    "reassign",
    "reopen",
]
