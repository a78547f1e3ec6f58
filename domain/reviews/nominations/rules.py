"""Rules of nominations: who proposes the writers of a direction, and who approves them."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from domain.kernel.fields import MaxItems
from domain.reviews.directions import ReviewDirection

CHOSEN = (ReviewDirection.PEER, ReviewDirection.UPWARD, ReviewDirection.EXTRA)
"""The directions whose writers are chosen by people. Those of the others follow from the plan."""


class ReviewNominator(StrEnum):
    """Who proposes the writers of a direction."""

    REVIEWEE = "reviewee"
    MANAGER = "manager"
    HR = "hr"


class ReviewNominationApprover(StrEnum):
    """Who approves the writers of a direction."""

    MANAGER = "manager"
    HR = "hr"
    NOBODY = "nobody"


@dataclass(frozen=True)
class Nominators(MaxItems):
    """A set of nominators, kept in the order of their declaration."""

    subject: str = "A direction"
    items: str = "nominators"
    maximum: int = len(ReviewNominator)

    def check(self, value: Collection[str], *path: str | int) -> tuple[str, ...]:  # type: ignore[override]
        """Return the nominators, each once. Raises LimitExceeded."""
        given = super().check(value, *path)
        return tuple(each.value for each in ReviewNominator if each in given)


def has_nominations(direction: ReviewDirection, nominators: Collection[str]) -> bool:
    """Return whether people choose the writers. Without nominators, all reports write upwards."""
    if direction is ReviewDirection.UPWARD:
        return bool(nominators)
    return direction in CHOSEN


def list_nominators(nominators: Collection[str]) -> tuple[str, ...]:
    """Return who proposes: by default the manager and HR."""
    return tuple(nominators) or (ReviewNominator.MANAGER.value, ReviewNominator.HR.value)
