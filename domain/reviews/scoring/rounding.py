"""Rounding of a score: once, at the end, in a stated way."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction


class RoundingMode(StrEnum):
    """What becomes of digits that are cut off."""

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    TRUNCATE = "truncate"


@dataclass(frozen=True)
class Rounding:
    """How many decimals a score has, and whether its level follows from the rounded value."""

    decimals: int = 2
    mode: RoundingMode = RoundingMode.HALF_UP
    is_before_levels: bool = False

    def apply(self, value: Fraction) -> Decimal:
        """Return the rounded value. Halves go away from zero, to the even digit, or are cut."""
        scaled = abs(value) * 10**self.decimals
        whole, rest = divmod(scaled.numerator, scaled.denominator)
        half = Fraction(rest, scaled.denominator) - Fraction(1, 2)
        is_up = half > 0 or (half == 0 and (self.mode is RoundingMode.HALF_UP or whole % 2 == 1))
        if self.mode is not RoundingMode.TRUNCATE and is_up:
            whole += 1
        return Decimal(whole if value >= 0 else -whole).scaleb(-self.decimals)
