"""Parts with days, of which one counts on a day: how given ones fit beside others."""

from collections.abc import Callable, Iterable
from copy import copy
from dataclasses import replace
from datetime import date
from typing import Any, Protocol, TypeVar
from uuid import UUID

from domain.kernel.identity import generate_id
from domain.kernel.periods import Period, subtract


class DatedPart(Protocol):
    """A part that runs from one day to another, or without an end."""

    id: UUID
    starts_on: date
    ends_on: date | None

    @property
    def period(self) -> Period:
        """The days of the part."""
        ...


D = TypeVar("D", bound=DatedPart)


def fit_between(kept: Iterable[D], given: Iterable[D], excludes: Callable[[D, D], bool]) -> list[D]:
    """Return the given parts, cut to the days on which no kept part excludes them.

    A part of which several periods remain becomes several parts; one without a day is left out.
    """
    kept, fitted = list(kept), list[D]()
    for part in given:
        taken = [each.period for each in kept if excludes(each, part)]
        for number, gap in enumerate(subtract(part.period, taken)):
            piece: Any = copy(part) if number == 0 else replace(part, id=generate_id())  # type: ignore[type-var]
            piece.starts_on, piece.ends_on = gap.starts_on, gap.ends_on
            fitted.append(piece)
    return fitted
