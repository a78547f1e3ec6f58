"""Forecasts in Python: what the SQL of `persistence.kpis.forecasts` must find."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import sqrt

GRID = ((0.1, 0.3, 0.5, 0.7, 0.9), (0.01, 0.1, 0.3), (0.1, 0.3, 0.5))


@dataclass(frozen=True)
class Fit:
    """The state after the last value, and the errors one period ahead."""

    parameters: tuple[float, float, float]
    level: float
    slope: float
    season: tuple[float, ...]
    errors: tuple[float, ...]

    @property
    def squares(self) -> float:
        """The sum of the squared errors."""
        return sum(each * each for each in self.errors)

    @property
    def size(self) -> float:
        """The sum of the errors without their signs."""
        return sum(map(abs, self.errors))

    def forecast(self, ahead: int) -> float:
        """Return the value of a period ahead."""
        return self.level + ahead * self.slope + self.season[(ahead - 1) % len(self.season)]

    def find_deviation(self, ahead: int) -> float:
        """Return the standard deviation of the error so far ahead: fpp3, class AAA."""
        alpha, share, gamma = self.parameters
        beta, m = alpha * share, len(self.season)
        k = (ahead - 1) // m
        growth = (ahead - 1) * (
            alpha**2 + alpha * beta * ahead + beta**2 * ahead * (2 * ahead - 1) / 6
        )
        seasonal = gamma * k * (2 * alpha + gamma + beta * m * (k + 1))
        return sqrt(self.squares / len(self.errors) * (1 + growth + seasonal))


def fit_holt_winters(
    values: Sequence[float], m: int, alpha: float, beta: float, gamma: float
) -> Fit:
    """Return the additive fit from the simple start: the mean of the first season."""
    level = sum(values[:m]) / m
    slope = sum(values[m + i] - values[i] for i in range(m)) / m**2
    season, errors = [each - level for each in values[:m]], list[float]()
    for value in values[m:]:
        former = season.pop(0)
        errors.append(value - (level + slope + former))
        new_level = alpha * (value - former) + (1 - alpha) * (level + slope)
        season.append(gamma * (value - level - slope) + (1 - gamma) * former)
        slope = beta * (new_level - level) + (1 - beta) * slope
        level = new_level
    return Fit((alpha, beta, gamma), level, slope, tuple(season), tuple(errors))


def fit_naive(values: Sequence[float], m: int) -> Fit:
    """Return seasonal naive in the same form."""
    errors = tuple(after - before for before, after in zip(values, values[m:], strict=False))
    return Fit((0, 0, 0), 0, 0, tuple(values[-m:]), errors)


def find_naive_deviation(fit: Fit, ahead: int) -> float:
    """Return the standard deviation of the error of seasonal naive so far ahead."""
    return sqrt(fit.squares / len(fit.errors) * ((ahead - 1) // len(fit.season) + 1))


def find_best(values: Sequence[float], m: int) -> Fit:
    """Return the fit of the grid with the least squared errors."""
    fits = [fit_holt_winters(values, m, *parameters) for parameters in product(*GRID)]
    return min(fits, key=lambda each: each.squares)
