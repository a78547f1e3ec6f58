"""The process behaviour chart of a KPI in SQL: natural limits, and the values that are signals.

Comparisons are exact: both sides are multiplied by the number of values and of ranges, so nothing
is divided. A test compares the result with an implementation in fractions.
"""

import persistence.signals.slices  # noqa: F401 - it declares the charts of slices
from persistence.signals.limits import KPI_LIMITS
from persistence.signals.runs import KPI_SIGNAL

__all__ = ["KPI_LIMITS", "KPI_SIGNAL"]
