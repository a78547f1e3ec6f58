"""Review cycles: programs of reviews that are planned, launched and advanced."""

from domain.reviews.cycles.enums import (
    ReviewChangeRule,
    ReviewConflictCode,
    ReviewCycleStatus,
    ReviewPhaseKind,
    ReviewSelectionKind,
)
from domain.reviews.cycles.following import FOLLOWING, LINES_FOLLOWING
from domain.reviews.cycles.groups import (
    MAX_GROUPS,
    MAX_PLACES,
    ReviewCycleGroup,
    ReviewCycleGroupPhase,
)
from domain.reviews.cycles.launching import ADVANCING, Launch
from domain.reviews.cycles.model import (
    ADVANCE_TASK,
    FOLLOW_TASK,
    MAX_LEVELS,
    MAX_UNITS,
    NOMINATION_TASK,
    OPEN_TASK,
    REMIND_TASK,
    SHARE_TASK,
    ReviewCycle,
)
from domain.reviews.cycles.opening import OPENING
from domain.reviews.cycles.participants import ReviewParticipant, ReviewParticipantStatus
from domain.reviews.cycles.parts import (
    MAX_SELECTIONS,
    ReviewCycleDirection,
    ReviewCyclePhase,
    ReviewCycleSelection,
)
from domain.reviews.cycles.releasing import SHARING
from domain.reviews.cycles.reminding import REMINDING
from domain.reviews.cycles.use_cases import create, edit

__all__ = [
    "ADVANCE_TASK",
    "ADVANCING",
    "FOLLOWING",
    "FOLLOW_TASK",
    "LINES_FOLLOWING",
    "MAX_GROUPS",
    "MAX_LEVELS",
    "MAX_PLACES",
    "MAX_SELECTIONS",
    "MAX_UNITS",
    "NOMINATION_TASK",
    "OPENING",
    "OPEN_TASK",
    "REMINDING",
    "REMIND_TASK",
    "SHARE_TASK",
    "SHARING",
    "Launch",
    "ReviewChangeRule",
    "ReviewConflictCode",
    "ReviewCycle",
    "ReviewCycleDirection",
    "ReviewCycleGroup",
    "ReviewCycleGroupPhase",
    "ReviewCyclePhase",
    "ReviewCycleSelection",
    "ReviewCycleStatus",
    "ReviewParticipant",
    "ReviewParticipantStatus",
    "ReviewPhaseKind",
    "ReviewSelectionKind",
    "create",
    "edit",
]
