"""The value of a score: sums and means of points, in exact fractions, with their formula."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from domain.reviews.scoring.items import Column, Item

NO_DAYS: Mapping[str, Fraction] = {}


class ScoreMethod(StrEnum):
    """How the points of items become one value."""

    MEAN = "mean"
    WEIGHTED_MEAN = "weighted_mean"
    WEIGHTED_SUM = "weighted_sum"
    NONE = "none"


@dataclass(frozen=True)
class Term:
    """A value, and the formula that it comes from."""

    value: Fraction
    formula: str


Part = tuple[Fraction, Term]
"""A weight, and what it weighs."""


@dataclass(frozen=True)
class Aggregation:
    """How items become a value. With sections, each section first, then by their weights.

    An item without a rating leaves numerator and denominator, and so does a section without any.
    """

    method: ScoreMethod
    has_sections: bool = False

    def compute(
        self, items: Iterable[Item], column: Column, days: Mapping[str, Fraction] = NO_DAYS
    ) -> Term | None:
        """Return the value; None without a number, or where nothing is rated.

        Each form has a value of its own. Those of a group count by their days, or all the same
        where none has any; groups count the same.
        """
        groups = list[Part]()
        for group in _group_by(items, "group").values():
            parts = list[tuple[Term, Fraction | None]]()
            for form, rows in _group_by(group, "form").items():
                term = self._compute_form(rows, column)
                if term is not None:
                    parts.append((term, days.get(form)))
            if (combined := _combine_terms(parts)) is not None:
                groups.append((Fraction(1), combined))
        return _weigh(groups)

    def _compute_form(self, items: Sequence[Item], column: Column) -> Term | None:
        if not self.has_sections:
            return self._combine(items, column)
        parts = list[Part]()
        for within in _group_by(items, "section").values():
            term = self._combine(within, column)
            if term is not None:
                parts.append((Fraction(within[0].section_weight), term))
        return _weigh(parts)

    def _combine(self, items: Iterable[Item], column: Column) -> Term | None:
        parts = list[Part]()
        for each in items:
            rating = each.get_rating(column)
            if rating is not None:
                points = Term(Fraction(rating.points), format_number(rating.points))
                parts.append((Fraction(each.weight), points))
        if not parts or self.method is ScoreMethod.NONE:
            return None
        if self.method is ScoreMethod.WEIGHTED_SUM:
            return Term(_add(parts), f"({_write_sum(parts)})")
        if self.method is ScoreMethod.MEAN:
            return _weigh([(Fraction(1), points) for _, points in parts])
        return _weigh(parts)


def combine_by_days(parts: Sequence[tuple[Decimal | Fraction, Fraction | None]]) -> Fraction | None:
    """Return the mean of values, each weighted by its days; None without any value.

    It is for interim appraisals: each counts for the days that it covers. Where a value has no
    days, all count the same.
    """
    terms = [(Term(Fraction(value), str(value)), days) for value, days in parts]
    combined = _combine_terms(terms)
    return combined.value if combined else None


def format_number(value: Decimal | Fraction | int) -> str:
    """Return a number without needless zeros."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value)


def _group_by(items: Iterable[Item], name: str) -> Mapping[str, Sequence[Item]]:
    found = defaultdict[str, list[Item]](list)
    for each in items:
        found[getattr(each, name)].append(each)
    return found


def _combine_terms(parts: Sequence[tuple[Term, Fraction | None]]) -> Term | None:
    counts, same = all(days for _, days in parts), Fraction(1)
    return _weigh([((days or same) if counts else same, term) for term, days in parts])


def _weigh(parts: Sequence[Part]) -> Term | None:
    """Return the weighted mean; None where the weights are 0."""
    whole = sum((weight for weight, _ in parts), Fraction(0))
    if not whole:
        return None
    if len(parts) == 1:
        return parts[0][1]
    if len({weight for weight, _ in parts}) == 1:
        written = " + ".join(term.formula for _, term in parts)
        return Term(_add(parts) / whole, f"({written}) / {len(parts)}")
    return Term(_add(parts) / whole, f"({_write_sum(parts)}) / {whole}")


def _add(parts: Iterable[Part]) -> Fraction:
    return sum((weight * term.value for weight, term in parts), Fraction(0))


def _write_sum(parts: Iterable[Part]) -> str:
    return " + ".join(f"{weight} * {term.formula}" for weight, term in parts)
