"""Moving averages and linear trends: what a series shows beside its values.

Both say that there are too few values rather than guess. They describe the past; they are no
targets and no forecasts.
"""

from enum import StrEnum

from domain.kernel.errors import Code, Invalid

MIN_AVERAGED, MAX_AVERAGED = 2, 53
"""The number of periods of a moving average: up to the weeks of a long year."""

MIN_TREND_POINTS = 6


class KpiAnalysisState(StrEnum):
    """Whether there were enough values for an answer."""

    COMPUTED = "computed"
    TOO_FEW_POINTS = "too_few_points"


def check_averaged(periods: int) -> int:
    """Return the number of periods of a moving average. Raises Invalid with OUT_OF_RANGE."""
    if not MIN_AVERAGED <= periods <= MAX_AVERAGED:
        message = f"A moving average has {MIN_AVERAGED} to {MAX_AVERAGED} periods. Ask for as many."
        raise Invalid(message, "movingAverage", code=Code.OUT_OF_RANGE)
    return periods
