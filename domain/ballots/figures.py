"""Figures of a cell: coarse enough that they never give the answers of a few people away.

With whole answers, a mean with one decimal is their exact sum for up to ten people. So each figure
is rounded to a step that leaves several sums possible, and it never says that all answered alike.
The step follows from the number that is published as having answered, which is less than that of
those who were asked. So the detail of a figure does not say either that all took part.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction

POSSIBLE_SUMS = Fraction(5, 2)
"""The width of a step, counted in answers that are higher by one."""

MEAN_STEPS = tuple(map(Fraction, ("0.1", "0.2", "0.5", "1")))
SHARE_STEPS = tuple(map(Fraction, ("0.05", "0.1", "0.2", "0.5", "1")))
MIN_DISTRIBUTION = 10
"""How many have to be published as having answered before the distribution of answers is."""

MIN_SCORE = 5
"""With fewer answers, the coarse score says nothing: its step is half of the scale or more."""

MIN_TEXT_RESPONDENTS = 10
"""How many have to be published as having answered before texts without names are."""

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


def compute_mean(values: Sequence[int], lowest: int, highest: int, known: int) -> Fraction:
    """Return the coarse mean of whole answers on a scale. It is never an end of the scale.

    `known` is the number that is published of these answers.
    """
    mean = Fraction(sum(values), len(values))
    return _coarsen(mean, _choose_step(known, MEAN_STEPS), lowest, highest)


def compute_score(values: Sequence[int], known: int) -> Fraction:
    """Return the coarse Net Promoter Score of answers from 0 to 10, from -1 to 1."""
    balance = sum((each in PROMOTERS) - (each in DETRACTORS) for each in values)
    return _coarsen(Fraction(balance, len(values)), _choose_step(known, SHARE_STEPS), -1, 1)


def compute_shares(counts: Mapping[int, int], known: int) -> dict[int, Fraction] | None:
    """Return the coarse share of each bucket. None for too few answers.

    Ten answers that are all alike look like nine against one: an answer that is missing from the
    results would tell that nobody gave another one.
    """
    if known < MIN_DISTRIBUTION:
        return None
    total, step = sum(counts.values()), _choose_step(known, SHARE_STEPS)
    highest = get_highest_share(known)
    return {
        bucket: min(_round_to(Fraction(count, total), step), highest)
        for bucket, count in counts.items()
    }


def get_highest_share(known: int) -> Fraction:
    """Return the highest share that is published of so many answers: one step below 1."""
    return 1 - _choose_step(known, SHARE_STEPS)


def _coarsen(value: Fraction, step: Fraction, lowest: int, highest: int) -> Fraction:
    return min(max(_round_to(value, step), lowest + step), highest - step)


def _choose_step(count: int, steps: Sequence[Fraction]) -> Fraction:
    """Return the finest step that leaves enough sums possible."""
    return next((each for each in steps if each * count >= POSSIBLE_SUMS), steps[-1])


def _round_to(value: Fraction, step: Fraction) -> Fraction:
    """Round half up to a multiple of a step."""
    return (value / step + Fraction(1, 2)).__floor__() * step
