"""Figures about ratings, as exact fractions: advice for people who decide.

The formulas are those of one-way analysis of variance with unequal groups (Searle, Casella and
McCulloch, Variance Components, 1992), and of shrinkage to the mean (empirical Bayes).
`persistence.reviews.calibration_figures` computes the same in the read statement.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Generic, TypeVar

from domain.reviews.calibration.enums import LeniencyMethod

MIN_STATEMENT = 20
"""The fewest rows for a statement about a distribution. Below, one person moves it too much."""

DEFAULT_SHRINKAGE = 5
"""How many ratings of a manager weigh as much as the mean of all, with few managers."""

MIN_ESTIMATING_MANAGERS = 10
"""With fewer managers their variance cannot be estimated: three would switch shrinkage off."""

MIN_CENTRAL = 8
"""The fewest ratings of a manager for a statement about their spread."""

PERCENT = 100
G = TypeVar("G", bound=Hashable)


@dataclass(frozen=True)
class Comparison:
    """A distribution beside its guidance.

    `deviation` is half the sum of the absolute differences of the shares, `largest_gap` the one
    that is farthest from 0. Both are None for too few rows, or without guidance.
    """

    count: int
    shares: tuple[Fraction, ...]
    deviation: Fraction | None = None
    largest_gap: Fraction | None = None


def compare(counts: Sequence[int], guidance: Sequence[int] = ()) -> Comparison:
    """Return the shares of each level, compared with a guidance in percent."""
    total = sum(counts)
    shares = tuple(Fraction(each, total or 1) for each in counts)
    if total < MIN_STATEMENT or not guidance:
        return Comparison(total, shares)
    gaps = [
        share - Fraction(target, PERCENT) for share, target in zip(shares, guidance, strict=True)
    ]
    deviation = _sum(map(abs, gaps)) / 2
    return Comparison(total, shares, deviation, max(gaps, key=abs))


@dataclass(frozen=True)
class Variances:
    """The variance between managers and within their ratings. None where it is not defined."""

    mean: Fraction
    between: Fraction | None
    within: Fraction | None
    of_managers: Fraction | None
    """The part of the variance that is due to managers; never below 0."""


def compute_variances(groups: Sequence[Sequence[Fraction]]) -> Variances:
    """Return the variances of ratings that are grouped by manager; no group is empty."""
    total, count = sum(map(len, groups)), len(groups)
    mean = _sum(value for each in groups for value in each) / total
    means = [_sum(each) / len(each) for each in groups]
    pairs = list(zip(groups, means, strict=True))
    between_sum = _sum(len(each) * (own - mean) ** 2 for each, own in pairs)
    within_sum = _sum((value - own) ** 2 for each, own in pairs for value in each)
    between = between_sum / (count - 1) if count > 1 else None
    within = within_sum / (total - count) if total > count else None
    if between is None or within is None:
        return Variances(mean, between, within, None)
    size = (total - Fraction(sum(len(each) ** 2 for each in groups), total)) / (count - 1)
    return Variances(mean, between, within, max((between - within) / size, Fraction()))


@dataclass(frozen=True)
class Leniency(Generic[G]):
    """How far the ratings of each manager lie from the mean of all, shrunk to it.

    An offset is leniency plus the real quality of a team, so it is advice and never applied.
    `shrinkage` is None where no offset is more than chance: then all are 0.
    """

    method: LeniencyMethod
    shrinkage: Fraction | None
    mean: Fraction
    raw: Mapping[G, Fraction]
    shrunk: Mapping[G, Fraction]


def compute_leniency(
    ratings: Mapping[G, Sequence[Fraction]], min_managers: int = MIN_ESTIMATING_MANAGERS
) -> Leniency[G]:
    """Return the leniency of each manager: n / (n + k) of the raw offset.

    k is the variance within ratings divided by that of managers, with enough managers; else 5.
    """
    variances = compute_variances(list(ratings.values()))
    raw = {each: _sum(values) / len(values) - variances.mean for each, values in ratings.items()}
    method, shrinkage = LeniencyMethod.DEFAULT, Fraction(DEFAULT_SHRINKAGE)
    within, of_managers = variances.within, variances.of_managers
    if len(ratings) >= min_managers and within is not None and of_managers is not None:
        method = LeniencyMethod.ESTIMATED
        if not of_managers:
            zeros = dict.fromkeys(raw, Fraction())
            return Leniency(method, None, variances.mean, raw, zeros)
        shrinkage = within / of_managers
    shrunk = {
        each: len(values) / (len(values) + shrinkage) * raw[each]
        for each, values in ratings.items()
    }
    return Leniency(method, shrinkage, variances.mean, raw, shrunk)


def compute_variance(values: Sequence[Fraction]) -> Fraction | None:
    """Return the variance of a sample; None for fewer than two values."""
    if len(values) < 2:  # noqa: PLR2004 - a single value has no spread
        return None
    mean = _sum(values) / len(values)
    return _sum((each - mean) ** 2 for each in values) / (len(values) - 1)


def is_central(values: Sequence[Fraction], everybody: Sequence[Fraction]) -> bool:
    """Return whether somebody rates near the middle: with half the usual spread, or less than it.

    It compares variances, of which one is a quarter where the deviation is half.
    """
    own, usual = compute_variance(values), compute_variance(everybody)
    if len(values) < MIN_CENTRAL or own is None or usual is None:
        return False
    return 4 * own < usual


def _sum(values: Iterable[Fraction]) -> Fraction:
    return sum(values, Fraction())
