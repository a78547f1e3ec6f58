"""Missing ratings: how many may be missing for a score."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from domain.reviews.scoring.items import Column, Item


class ReviewMissingAnswers(StrEnum):
    """How a score is computed when ratings are missing."""

    EXCLUDE = "exclude"
    MINIMUM = "minimum"
    BLOCK = "block"


@dataclass(frozen=True)
class MissingRule:
    """How many ratings may be missing. Those that are missing leave numerator and denominator.

    With MINIMUM, at least `least_percent` percent of the items have to be rated.
    """

    kind: ReviewMissingAnswers = ReviewMissingAnswers.EXCLUDE
    least_percent: int = 0

    def find_block(self, items: Sequence[Item], column: Column) -> str | None:
        """Return why there is no score; None where there is one."""
        missing = [each.key for each in items if each.get_rating(column) is None]
        if self.kind is ReviewMissingAnswers.BLOCK and missing:
            return f"Not rated: {', '.join(missing)}."
        rated = len(items) - len(missing)
        is_few = rated * 100 < len(items) * self.least_percent
        if self.kind is ReviewMissingAnswers.MINIMUM and is_few:
            return (
                f"{rated} of {len(items)} items are rated. At least {self.least_percent} percent"
                " have to be."
            )
        return None
