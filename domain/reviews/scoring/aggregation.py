"""The value of a score: sums and means of points, in exact fractions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from domain.reviews.scoring.items import Column, Item


class Method(StrEnum):
    """How the points of items become one value."""

    MEAN = "mean"
    WEIGHTED_MEAN = "weighted_mean"
    WEIGHTED_SUM = "weighted_sum"
    NONE = "none"


class Missing(StrEnum):
    """What becomes of items without a rating."""

    EXCLUDE = "exclude"
    MINIMUM = "minimum"
    BLOCK = "block"


@dataclass(frozen=True)
class Aggregation:
    """How items become a value. With `sections`, each section first, then by these weights.

    An excluded item leaves numerator and denominator, and so does a section without any rating.
    `minimum` is what a missing rating counts with MINIMUM.
    """

    method: Method
    missing: Missing = Missing.EXCLUDE
    minimum: Decimal = Decimal(0)
    sections: Mapping[str, Decimal] = field(default_factory=dict)

    def list_missing(self, items: Iterable[Item], column: Column) -> list[str]:
        """Return the keys of items whose missing rating blocks the score."""
        if self.missing is not Missing.BLOCK:
            return []
        return [each.key for each in items if each.get_rating(column) is None]

    def compute(self, items: Sequence[Item], column: Column) -> Fraction | None:
        """Return the value; None without a number, or where nothing is rated."""
        if not self.sections:
            return self._combine(self._list_points(items, column))
        parts = list[tuple[Fraction, Fraction]]()
        for name, weight in self.sections.items():
            within = [each for each in items if each.section == name]
            value = self._combine(self._list_points(within, column))
            if value is not None:
                parts.append((Fraction(weight), value))
        return _weigh(parts)

    def _list_points(
        self, items: Iterable[Item], column: Column
    ) -> list[tuple[Fraction, Fraction]]:
        """Return weight and points of each item that counts."""
        found = list[tuple[Fraction, Fraction]]()
        for each in items:
            rating = each.get_rating(column)
            if rating is not None:
                found.append((Fraction(each.weight), Fraction(rating.points)))
            elif self.missing is Missing.MINIMUM:
                found.append((Fraction(each.weight), Fraction(self.minimum)))
        return found

    def _combine(self, points: Sequence[tuple[Fraction, Fraction]]) -> Fraction | None:
        if not points or self.method is Method.NONE:
            return None
        if self.method is Method.WEIGHTED_SUM:
            return sum((weight * value for weight, value in points), Fraction(0))
        if self.method is Method.MEAN:
            return _weigh([(Fraction(1), value) for _, value in points])
        return _weigh(points)


def combine_by_days(parts: Sequence[tuple[Decimal | Fraction, int]]) -> Fraction | None:
    """Return the mean of values, each weighted by its days; None without any day.

    It is for interim appraisals: each counts for the days that it covers.
    """
    return _weigh([(Fraction(days), Fraction(value)) for value, days in parts])


def _weigh(parts: Sequence[tuple[Fraction, Fraction]]) -> Fraction | None:
    """Return the weighted mean; None where the weights are 0."""
    whole = sum((weight for weight, _ in parts), Fraction(0))
    return sum((weight * value for weight, value in parts), Fraction(0)) / whole if whole else None
