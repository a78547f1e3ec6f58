"""Figures of a cell: coarse enough that they never give the answers of a few people away.

With whole answers, a mean with one decimal is their exact sum for up to ten people. So each figure
is rounded to a step that leaves several sums possible, and it never says that all answered alike.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction

POSSIBLE_SUMS = Fraction(5, 2)
"""The width of a step, counted in answers that are higher by one."""

MEAN_STEPS = tuple(map(Fraction, ("0.1", "0.2", "0.5", "1")))
SHARE_STEPS = tuple(map(Fraction, ("0.05", "0.1", "0.2", "0.5", "1")))
MIN_DISTRIBUTION = 10
"""How many have to answer before the distribution of their answers is published."""

MIN_SCORE = 5
"""With fewer answers, the coarse score says nothing: its step is half of the scale or more."""

COUNT_STEP = 5
DETRACTORS, PROMOTERS = range(7), range(9, 11)
"""The buckets of the employee Net Promoter Score (Reichheld 2003): 0 to 6, and 9 or 10 of 10."""


MARGIN = 2
"""How many more people are asked than are ever published as having answered."""


def round_count(count: int, invited: int, threshold: int) -> int:
    """Return a number of people, rounded down to a multiple of five, but not below the threshold.

    With at least `threshold + MARGIN` invited, nobody learns that all took part, or all but one.
    """
    known = min(count, invited - MARGIN)
    return max(threshold, known - known % COUNT_STEP)


def compute_mean(values: Sequence[int], lowest: int, highest: int) -> Fraction:
    """Return the coarse mean of whole answers on a scale. It is never an end of the scale."""
    return _coarsen(Fraction(sum(values)), len(values), MEAN_STEPS, lowest, highest)


def compute_score(values: Sequence[int]) -> Fraction:
    """Return the coarse Net Promoter Score of answers from 0 to 10, from -1 to 1."""
    balance = sum((each in PROMOTERS) - (each in DETRACTORS) for each in values)
    return _coarsen(Fraction(balance), len(values), SHARE_STEPS, -1, 1)


def compute_shares(counts: Mapping[int, int]) -> dict[int, Fraction] | None:
    """Return the coarse share of each bucket. None for too few answers.

    Ten answers that are all alike look like nine against one: an answer that is missing from the
    results would tell that nobody gave another one.
    """
    total = sum(counts.values())
    if total < MIN_DISTRIBUTION:
        return None
    step, highest = _choose_step(total, SHARE_STEPS), get_highest_share(total)
    return {
        bucket: min(_round_to(Fraction(count, total), step), highest)
        for bucket, count in counts.items()
    }


def get_highest_share(count: int) -> Fraction:
    """Return the highest share that is published of so many answers: one step below 1."""
    return 1 - _choose_step(count, SHARE_STEPS)


def _coarsen(
    total: Fraction, count: int, steps: Sequence[Fraction], lowest: int, highest: int
) -> Fraction:
    step = _choose_step(count, steps)
    mean = _round_to(total / count, step)
    return min(max(mean, lowest + step), highest - step)


def _choose_step(count: int, steps: Sequence[Fraction]) -> Fraction:
    """Return the finest step that leaves enough sums possible."""
    return next((each for each in steps if each * count >= POSSIBLE_SUMS), steps[-1])


def _round_to(value: Fraction, step: Fraction) -> Fraction:
    """Round half up to a multiple of a step."""
    return (value / step + Fraction(1, 2)).__floor__() * step
