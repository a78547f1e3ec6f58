"""Scales of charts: from values and points to places in the picture, with round ticks."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from math import ceil, floor

STEPS = (Decimal(1), Decimal(2), Decimal(5), Decimal(10))
MAX_TICKS = 6


@dataclass(frozen=True)
class ValueScale:
    """A vertical scale. `ticks` are round values from the lowest to the highest."""

    ticks: tuple[Decimal, ...]
    top: float
    bottom: float

    def place(self, value: Decimal) -> float:
        """Return the distance of a value from the top of the picture."""
        low, high = self.ticks[0], self.ticks[-1]
        part = float((value - low) / (high - low))
        return round(self.bottom - part * (self.bottom - self.top), 1)


@dataclass(frozen=True)
class PointScale:
    """A horizontal scale for a number of points at equal distances."""

    count: int
    left: float
    right: float

    @property
    def step(self) -> float:
        """The distance between two points."""
        return (self.right - self.left) / max(1, self.count)

    def place(self, index: float) -> float:
        """Return the place of a point; its column reaches half a step to both sides."""
        return round(self.left + (index + 0.5) * self.step, 1)


def build_value_scale(values: Iterable[Decimal], top: float, bottom: float) -> ValueScale:
    """Return the scale for these values. It contains zero only if that wastes no half of it."""
    known = list(values) or [Decimal(0), Decimal(1)]
    low, high = min(known), max(known)
    if 0 < low < (high - low):
        low = Decimal(0)
    elif 0 > high > (low - high):
        high = Decimal(0)
    if low == high:
        low, high = low - 1, high + 1
    step = _find_step(high - low)
    first, last = floor(low / step), ceil(high / step)
    return ValueScale(tuple(step * each for each in range(first, last + 1)), top, bottom)


def _find_step(length: Decimal) -> Decimal:
    """Return the smallest round step with at most MAX_TICKS - 1 steps in a length."""
    smallest = length / (MAX_TICKS - 1)
    power = Decimal(1).scaleb(smallest.adjusted())
    return next(each * power for each in STEPS if each * power >= smallest)
