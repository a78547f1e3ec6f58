"""What a use case wants to read in one statement: `Work.read` returns it."""

from dataclasses import dataclass
from typing import Any

from domain.kernel.aggregate import Aggregate, Part


@dataclass(frozen=True)
class Wanted:
    """The aggregates or parts of a kind with these values, for `Work.read`. `want` makes it.

    What `is_kept` is read once for a whole batch: nothing of the batch changes it.
    """

    kind: type[Aggregate] | type[Part]
    values: tuple[tuple[str, Any], ...]
    is_kept: bool = False

    def take(self, attribute: str) -> "Taken":
        """Return the attribute of whatever is found, as a value of others."""
        return Taken(self, attribute)


@dataclass(frozen=True)
class Taken:
    """An attribute of what is wanted."""

    wanted: Wanted
    attribute: str


def want(kind: type[Aggregate] | type[Part], **values: Any) -> Wanted:
    """Return what has these values. One may be an attribute of others: `wanted.take("id")`."""
    return Wanted(kind, tuple(values.items()))
