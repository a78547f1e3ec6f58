"""The closed lists of calibration sessions."""

from enum import StrEnum


class CalibrationStatus(StrEnum):
    """Where a calibration session stands."""

    DRAFT = "draft"
    OPEN = "open"
    LOCKED = "locked"
    CANCELLED = "cancelled"


class LeniencyMethod(StrEnum):
    """Where the strength of the shrinkage of leniency comes from."""

    DEFAULT = "default"
    ESTIMATED = "estimated"


class CalibrationQuotaGroup(StrEnum):
    """Which rows of a session a quota counts together."""

    SESSION = "session"
    UNIT = "unit"
    MANAGER = "manager"


class CalibrationQuotaRounding(StrEnum):
    """How a quota becomes a whole number of rows."""

    UP = "up"
    DOWN = "down"


class CalibrationAttribute(StrEnum):
    """An attribute of a row that an axis of the box can show, beside the level and questions."""

    PROPOSED_LEVEL = "proposed_level"
    SCORE = "score"
    PREVIOUS_LEVEL = "previous_level"
    POSITION_LEVEL = "position_level"
    GOALS_ACHIEVED = "goals_achieved"
    TENURE_MONTHS = "tenure_months"
