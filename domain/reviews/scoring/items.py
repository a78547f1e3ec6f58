"""Items of a review: what is rated, with the rating of the first writer and of a later review."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Column(StrEnum):
    """Whose ratings are scored."""

    INITIAL = "initial"
    FINAL = "final"


@dataclass(frozen=True)
class Rating:
    """A level of a scale. Its rank is its place from 1; its points may be others, such as 0."""

    rank: int
    points: Decimal


@dataclass(frozen=True)
class Item:
    """A rated item. Without a rating it is not answered, or does not apply.

    `final` is the rating after a higher review; without one, the initial rating stands.
    """

    key: str
    initial: Rating | None = None
    final: Rating | None = None
    weight: Decimal = Decimal(1)
    section: str = ""
    is_critical: bool = False

    def get_rating(self, column: Column) -> Rating | None:
        """Return the rating of a column."""
        return (self.final or self.initial) if column is Column.FINAL else self.initial
