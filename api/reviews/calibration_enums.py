"""The closed lists of calibration sessions in the graph."""

from api.kernel.schema.declarations import graph_enum
from domain.reviews.calibration import CalibrationStatus, LeniencyMethod

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
