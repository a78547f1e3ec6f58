"""Calibration: sessions in which the decided levels of a cycle are compared and adjusted."""

from domain.reviews.calibration.adjusting import LockResult, adjust, lock
from domain.reviews.calibration.axes import MAX_CELLS
from domain.reviews.calibration.enums import (
    CalibrationAttribute,
    CalibrationQuotaGroup,
    CalibrationQuotaRounding,
    CalibrationStatus,
    LeniencyMethod,
)
from domain.reviews.calibration.erasing import erase_adjustments
from domain.reviews.calibration.model import (
    MAX_FACILITATORS,
    MAX_MEMBERS,
    MAX_SUBJECTS,
    MAX_UNITS,
    CalibrationSession,
)
from domain.reviews.calibration.opening import open_session
from domain.reviews.calibration.preparing import create, edit
from domain.reviews.calibration.subjects import CalibrationAdjustment, CalibrationSubject

__all__ = [
    "MAX_CELLS",
    "MAX_FACILITATORS",
    "MAX_MEMBERS",
    "MAX_SUBJECTS",
    "MAX_UNITS",
    "CalibrationAdjustment",
    "CalibrationAttribute",
    "CalibrationQuotaGroup",
    "CalibrationQuotaRounding",
    "CalibrationSession",
    "CalibrationStatus",
    "CalibrationSubject",
    "LeniencyMethod",
    "LockResult",
    "adjust",
    "create",
    "edit",
    "erase_adjustments",
    "lock",
    "open_session",
]
