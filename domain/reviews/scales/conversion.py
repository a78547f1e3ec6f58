"""The linear conversion of a value from one rating scale to another."""

from decimal import Decimal
from fractions import Fraction

from domain.reviews.scales.model import RatingScale

CONVERTED_DECIMALS = 6
"""Digits behind the point of a converted value, which is rounded once, at the end."""


def convert_linearly(value: Decimal, source: RatingScale, target: RatingScale) -> Decimal:
    """Return the value at the same share of the way from the lowest level to the highest.

    The formula is t1 + (v - s1) (t2 - t1) / (s2 - s1), with the lowest and the highest levels s1
    and s2, t1 and t2. Halves are rounded away from zero.
    """
    first, last = (Fraction(source.levels[each].value) for each in (0, -1))
    lowest, highest = (Fraction(target.levels[each].value) for each in (0, -1))
    exact = lowest + (Fraction(value) - first) * (highest - lowest) / (last - first)
    return round_half_up(exact, CONVERTED_DECIMALS)


def round_half_up(value: Fraction, decimals: int) -> Decimal:
    """Return a fraction as a decimal number; halves are rounded away from zero."""
    scaled = abs(value) * 10**decimals
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(whole if value >= 0 else -whole).scaleb(-decimals)
