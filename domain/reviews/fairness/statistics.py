"""Statistics of adverse impact, as exact fractions: ratio, test, and people who would flip it.

The four-fifths rule is that of the Uniform Guidelines on Employee Selection Procedures (29 CFR
1607.4 D): the share of a group is compared with that of the group with the highest one.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import comb

FOUR_FIFTHS = Fraction(4, 5)


@dataclass(frozen=True)
class Outcome:
    """How many people of a group got a favoured level."""

    favoured: int
    total: int

    @property
    def share(self) -> Fraction:
        """The share of favoured people; the group is not empty."""
        return Fraction(self.favoured, self.total)


def compute_ratio(group: Outcome, reference: Outcome) -> Fraction | None:
    """Return the share of a group over that of the reference; None where that is 0."""
    return group.share / reference.share if reference.favoured else None


def compute_fisher(group: Outcome, reference: Outcome) -> Fraction:
    """Return p of Fisher's exact test, two-sided: of all tables that are no more likely."""
    favoured = group.favoured + reference.favoured
    lowest = max(0, favoured - reference.total)
    highest = min(favoured, group.total)
    weight = comb(group.total, lowest) * comb(reference.total, favoured - lowest)
    weights = [weight]
    for n in range(lowest, highest):
        # From the weight of a table to that of the next one; the quotient is a whole number.
        weight = weight * (group.total - n) * (favoured - n)
        weight //= (n + 1) * (reference.total - favoured + n + 1)
        weights.append(weight)
    observed = weights[group.favoured - lowest]
    return Fraction(sum(each for each in weights if each <= observed), sum(weights))


def count_flips(group: Outcome, reference: Outcome) -> int | None:
    """Return how few people of the group would let the four-fifths rule read otherwise.

    They would get a favoured level where the ratio is below four fifths, and lose one where it is
    not. None where there is no ratio.
    """
    if not reference.favoured:
        return None
    needed = FOUR_FIFTHS * reference.share * group.total
    least = -(-needed.numerator // needed.denominator)
    below = least - group.favoured
    return below if below > 0 else group.favoured - least + 1
