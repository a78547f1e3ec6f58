"""Forecasts: the next values of a KPI with seasons, each with an interval.

Two methods are compared. Seasonal naive repeats the last season. Additive Holt-Winters follows the
level, the slope and the season of the values by three parameters, which are chosen from a grid by
the least squared errors one period ahead. Formulas: Hyndman and Athanasopoulos, "Forecasting:
Principles and Practice", third edition. A forecast is advice: nothing is decided by it.
"""

from collections.abc import Mapping
from enum import StrEnum
from statistics import NormalDist

from domain.kernel.errors import Code, Invalid
from domain.kpis.enums import KpiFrequency

SEASONS: Mapping[KpiFrequency, int] = {
    KpiFrequency.DAILY: 7,
    KpiFrequency.WEEKLY: 52,
    KpiFrequency.MONTHLY: 12,
    KpiFrequency.QUARTERLY: 4,
}
"""The number of periods after which a season returns. Other frequencies have none."""

ALPHAS, BETAS, GAMMAS = (0.1, 0.3, 0.5, 0.7, 0.9), (0.01, 0.1, 0.3), (0.1, 0.3, 0.5)
"""The grid of the parameters of level, slope and season; that of the slope is a share of alpha."""

EXTRA_POINTS = 5
"""Holt-Winters needs as many values more than a season (Hyndman and Kostenko, 2007)."""
MAX_FORECAST_POINTS = 156
"""The most values that are used, the newest ones: three years of weeks, 13 of months."""

MAX_HORIZON, USUAL_HORIZON = 24, 6


class KpiForecastState(StrEnum):
    """Whether there is a forecast."""

    COMPUTED = "computed"
    TOO_FEW_POINTS = "too_few_points"
    NO_SEASONS = "no_seasons"


class KpiForecastMethod(StrEnum):
    """How a forecast is computed."""

    SEASONAL_NAIVE = "seasonal_naive"
    HOLT_WINTERS = "holt_winters"


class KpiForecastLevel(StrEnum):
    """How many of the future values the interval should contain, if its assumptions hold."""

    PERCENT_80 = "percent_80"
    PERCENT_90 = "percent_90"
    PERCENT_95 = "percent_95"

    @property
    def percent(self) -> int:
        """The level in percent."""
        return int(self.rpartition("_")[2])

    @property
    def deviations(self) -> float:
        """How many standard deviations an end of the interval is away from the forecast."""
        return NormalDist().inv_cdf((1 + self.percent / 100) / 2)


def count_needed(season: int) -> int:
    """Return how many values without a hole a forecast needs: at least two whole seasons."""
    return max(2 * season, season + EXTRA_POINTS)


def check_horizon(periods: int) -> int:
    """Return the number of periods to forecast. Raises Invalid with OUT_OF_RANGE."""
    if not 1 <= periods <= MAX_HORIZON:
        message = f"A forecast has 1 to {MAX_HORIZON} periods. Ask for as many."
        raise Invalid(message, "horizon", code=Code.OUT_OF_RANGE)
    return periods
