"""The directions of reviews: how the writer of a form stands to the person it is about."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from domain.kernel.fields import MaxItems


class ReviewDirection(StrEnum):
    """How the writer stands to the subject of a review."""

    SELF = "self"
    MANAGER = "manager"
    PEER = "peer"
    UPWARD = "upward"
    SECOND_LEVEL = "second_level"
    EXTRA = "extra"
    INTERIM = "interim"


@dataclass(frozen=True)
class Directions(MaxItems):
    """A set of directions, kept in the order of their declaration."""

    subject: str = "A template"
    items: str = "directions"
    maximum: int = len(ReviewDirection)

    def check(self, value: Collection[str], *path: str | int) -> tuple[str, ...]:  # type: ignore[override]
        """Return the directions, each once. Raises LimitExceeded."""
        given = super().check(value, *path)
        return tuple(each.value for each in ReviewDirection if each in given)
