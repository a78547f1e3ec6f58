"""Rounding of a score: once, at the end, in a stated way."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction


class ScoreRounding(StrEnum):
    """What becomes of digits that are cut off."""

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    TRUNCATE = "truncate"


@dataclass(frozen=True)
class Rounding:
    """How many decimals a score has, and whether its level follows from the rounded value."""

    decimals: int = 2
    mode: ScoreRounding = ScoreRounding.HALF_UP
    is_before_levels: bool = False

    def apply(self, value: Fraction) -> Decimal:
        """Return the rounded value. Halves go away from zero, to the even digit, or are cut."""
        scaled = abs(value) * 10**self.decimals
        whole, rest = divmod(scaled.numerator, scaled.denominator)
        half = Fraction(rest, scaled.denominator) - Fraction(1, 2)
        is_up = half > 0 or (half == 0 and (self.mode is ScoreRounding.HALF_UP or whole % 2 == 1))
        if self.mode is not ScoreRounding.TRUNCATE and is_up:
            whole += 1
        return Decimal(whole if value >= 0 else -whole).scaleb(-self.decimals)

    def describe(self) -> str:
        """Return the rounding in words."""
        modes = {
            ScoreRounding.HALF_UP: "halves away from zero",
            ScoreRounding.HALF_EVEN: "halves to the even digit",
            ScoreRounding.TRUNCATE: "further digits are cut off",
        }
        place = "before" if self.is_before_levels else "after"
        return f"{self.decimals} decimals, {modes[self.mode]}, {place} the level is found"
