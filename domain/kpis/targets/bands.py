"""Bands of a target: which values are green, amber and red.

Green and amber are ranges, and the green one lies inside the amber one. An edge belongs to the
better side, so every value has exactly one band. Values are compared as they are, not rounded.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from domain.kpis.targets.enums import DOWNWARD, UPWARD, KpiTargetKind, KpiTargetStatus

WHOLE = Fraction(1)


@dataclass(frozen=True)
class Bands:
    """The edges of green and amber. None means that there is no edge on that side."""

    green_from: Decimal | None = None
    green_to: Decimal | None = None
    amber_from: Decimal | None = None
    amber_to: Decimal | None = None

    def classify(self, value: Decimal, pace: Fraction = WHOLE) -> KpiTargetStatus:
        """Return the band of a value. `pace` is the share of each edge that is due by now."""
        exact = Fraction(value)
        if _is_inside(exact, self.green_from, self.green_to, pace):
            return KpiTargetStatus.GREEN
        if _is_inside(exact, self.amber_from, self.amber_to, pace):
            return KpiTargetStatus.AMBER
        return KpiTargetStatus.RED


def _is_inside(
    value: Fraction, first: Decimal | None, last: Decimal | None, pace: Fraction
) -> bool:
    is_above = first is None or value >= Fraction(first) * pace
    return is_above and (last is None or value <= Fraction(last) * pace)


def derive_bands(
    kind: KpiTargetKind, value: Decimal, upper_value: Decimal | None, tolerance_percent: int
) -> Bands:
    """Return the bands where none are given: green up to the target, amber as wide as tolerated.

    The tolerance is a percentage of the target without its sign, so it works for a negative one;
    of a range, it is a percentage of its width.
    """
    if kind in UPWARD:
        return Bands(green_from=value, amber_from=value - _tolerate(value, tolerance_percent))
    if kind in DOWNWARD:
        return Bands(green_to=value, amber_to=value + _tolerate(value, tolerance_percent))
    assert upper_value is not None, "A range has two ends."
    width = _tolerate(upper_value - value, tolerance_percent)
    return Bands(value, upper_value, value - width, upper_value + width)


def _tolerate(size: Decimal, percent: int) -> Decimal:
    return round(abs(size) * percent / 100, 6)
