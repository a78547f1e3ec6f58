"""Signals: values that differ from the ordinary variation of a KPI.

The chart is the process behaviour chart of D. J. Wheeler ("Understanding Variation"), also called
XmR: the mean, and natural limits at 2.66 times the mean moving range from it. The standard
deviation is not used, because a shift of the values widens it and hides itself. A signal is advice:
a person decides what it means.
"""

from enum import StrEnum

LIMIT_FACTOR = "2.66"
"""Three standard deviations: 3 / 1.128, as Wheeler rounds it."""

RANGE_FACTOR = "3.268"
"""The same for moving ranges, with one more digit than Wheeler prints."""

MIN_POINTS = 6
FIRM_POINTS = 12
BASELINE_POINTS = 24
"""The most values that limits are computed from: the first ones. Later values are compared."""

RUN_LENGTH = 8
NEAR_POINTS, NEAR_WINDOW = 3, 4
MAX_SIGNALS = 100


class KpiLimitState(StrEnum):
    """How far natural limits can be trusted."""

    TOO_FEW_POINTS = "too_few_points"
    NO_VARIATION = "no_variation"
    PROVISIONAL = "provisional"
    FIRM = "firm"


class KpiSignalRule(StrEnum):
    """The rule that a value follows."""

    OUTSIDE_LIMITS = "outside_limits"
    EIGHT_ON_ONE_SIDE = "eight_on_one_side"
    THREE_OF_FOUR_NEAR_A_LIMIT = "three_of_four_near_a_limit"
