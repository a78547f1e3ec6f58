"""Internal peers: organizations of like kind and size that measure the same.

Only quartiles over at least five of them are shown, and only KPIs that the whole tenant may see
count. So nobody learns a value that they could not read elsewhere.
"""

from enum import StrEnum

MIN_PEERS = 5
MAX_PEERS = 200
SIZE_FACTOR = 2
"""A peer has at least half and at most double the people."""


class KpiPosition(StrEnum):
    """Where a value lies among others. A value on a quartile belongs to the better part."""

    BEST_QUARTER = "best_quarter"
    BETTER_THAN_MEDIAN = "better_than_median"
    WORSE_THAN_MEDIAN = "worse_than_median"
    WORST_QUARTER = "worst_quarter"
