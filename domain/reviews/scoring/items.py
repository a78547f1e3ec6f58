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
    """A rated item. Without a rating it is not answered. One that does not apply is no item.

    `final` is the rating after a higher review; without one, the initial rating stands. `form` is
    the form that it is from, and `group` the forms that are combined first.
    """

    key: str
    initial: Rating | None = None
    final: Rating | None = None
    weight: Decimal = Decimal(1)
    section: str = ""
    section_weight: Decimal = Decimal(1)
    is_critical: bool = False
    form: str = ""
    group: str = ""

    def get_rating(self, column: Column) -> Rating | None:
        """Return the rating of a column."""
        return (self.final or self.initial) if column is Column.FINAL else self.initial
