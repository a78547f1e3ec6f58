"""The closed lists of calibration sessions in the graph."""

from api.kernel.schema.declarations import graph_enum
from domain.reviews.calibration import (
    CalibrationAttribute,
    CalibrationQuotaGroup,
    CalibrationQuotaRounding,
    CalibrationStatus,
    LeniencyMethod,
)

graph_enum(
    CalibrationStatus,
    "Where a calibration session stands.",
    draft="It is prepared, and can be edited. It has no rows yet.",
    open="Its rows are discussed and adjusted. No review changes.",
    locked="All levels were written back. Nothing of it changes any more.",
    cancelled="It ended without any effect on reviews.",
)
graph_enum(
    LeniencyMethod,
    "How `CalibrationLeniency.shrinkage` was found.",
    default="It is 5, because there are fewer than ten managers, or only one row of each.",
    estimated="It is the variance within the levels of managers, divided by the variance between"
    " managers.",
)
graph_enum(
    CalibrationQuotaGroup,
    "Which rows of a calibration session a quota counts together.",
    session="All rows.",
    unit="The rows about people of one unit. A unit below it is a group of its own.",
    manager="The rows whose level one manager decided.",
)
graph_enum(
    CalibrationQuotaRounding,
    "How the percentage of a quota becomes a whole number of rows. It is rounded once.",
    up="To the next higher number: 20 percent of 7 rows are 2.",
    down="To the next lower number: 20 percent of 7 rows are 1.",
)
graph_enum(
    CalibrationAttribute,
    "What an axis of the box can show beside the level and questions. Values are those of the"
    " moment in which the session is opened. PREVIOUS_LEVEL, POSITION_LEVEL and GOALS_ACHIEVED"
    " would tell whom a row is about, so members do not see such an axis before `namesAreShown`.",
    proposed_level="The level that the score rule of the cycle proposed.",
    score="The value that the score rule of the cycle computed, in bands.",
    previous_level="The last level that the person was shown on the same scale, in an earlier cycle"
    " of the same unit.",
    position_level="The level of the person's position. The labels of the axis are the levels that"
    " are cells.",
    goals_achieved="The percentage of the person's public goals that were achieved, in bands: of"
    " those that were due in the period of the cycle, and were achieved or missed.",
    tenure_months="Full months since the latest hire, on the day of the session, in bands. Only"
    " those who manage the cycle see this axis.",
)
