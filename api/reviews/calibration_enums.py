"""The closed lists of calibration sessions in the graph."""

from api.kernel.schema.declarations import graph_enum
from domain.reviews.calibration import CalibrationStatus, LeniencyMethod

graph_enum(
    CalibrationStatus,
    "Where a calibration session stands.",
    draft="It is prepared. It has no rows yet, and can be edited.",
    open="Its rows are discussed and adjusted. No review changes.",
    locked="All levels were written back. Nothing of it changes any more.",
    cancelled="It ended without any effect on reviews.",
)
graph_enum(
    LeniencyMethod,
    "Where the strength of the shrinkage of leniency comes from.",
    default="There are fewer than ten managers, or only one rating of each: 5 is used.",
    estimated="The variance within the ratings of managers, divided by the variance of managers.",
)
