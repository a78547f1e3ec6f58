"""Periods inside periods: what belongs to something exists only while that exists.

A team lies inside its unit, a membership inside its team and inside an employment. Each pair is
declared once, as a `Nesting`. Checks run where a period or a place changes, and only for what the
change makes worse. So rows that are older than the rule stay editable, and can be corrected.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Protocol

from domain.kernel.actions import Action
from domain.kernel.errors import Code, Invalid, StateConflict
from domain.kernel.faults import raise_faults
from domain.kernel.fields import to_camel_case
from domain.kernel.periods import Period, new_period
from domain.kernel.unit_of_work import Work

MAX_NAMES = 3
"""The number of objects in the way that a refusal names."""


class Dated(Protocol):
    """Something that exists from one day to another, or without an end."""

    @property
    def starts_on(self) -> date:
        """The first day."""
        ...

    @property
    def ends_on(self) -> date | None:
        """The first day that no longer counts. None without an end."""
        ...


@dataclass(frozen=True)
class Nesting:
    """The rule that periods of the inner kind lie inside the period of what they belong to.

    `attribute` of the inner kind holds the id of the outer one. The names are for messages.
    """

    inner: Any
    attribute: str
    outer: Any
    inner_name: str
    inner_names: str
    outer_name: str

    def find_faults(self, starts_on: date, ends_on: date | None, outer: Dated) -> Iterator[Invalid]:
        """Yield what is wrong with the days of a new period, each with its field."""
        if starts_on < outer.starts_on:
            yield _out_of_range(
                f"{self.outer_name} starts on {outer.starts_on}. Choose that day or a later one.",
                "startsOn",
            )
        if outer.ends_on is None:
            return
        message = (
            f"{self.outer_name} ends on {_last_day(outer.ends_on)}. Choose that day or an earlier"
            " one."
        )
        if starts_on >= outer.ends_on:
            yield _out_of_range(message, "startsOn")
        if ends_on is None or ends_on > outer.ends_on:
            yield _out_of_range(message, "endsOn")

    def find_misfits(self, inner: Dated, outer: Dated | None) -> Iterator[Invalid]:
        """Yield why something that exists already cannot move into the outer one."""
        if outer is None or inner.ends_on == inner.starts_on:
            return
        field = to_camel_case(self.attribute)
        if inner.starts_on < outer.starts_on:
            yield _out_of_range(
                f"{self.outer_name} starts on {outer.starts_on}, after {self.inner_name}. Choose"
                " another.",
                field,
            )
        elif outer.ends_on is not None and _ends_after(inner, outer.ends_on):
            yield _out_of_range(
                f"{self.outer_name} ends on {_last_day(outer.ends_on)}, before {self.inner_name}."
                f" Choose another, or close {self.inner_name} by then.",
                field,
            )

    async def ensure_reopenable(self, work: Work, inner: Any) -> None:
        """Raise StateConflict where the outer one has an end, so that the inner one needs one."""
        outer = await self._find_outer(work, inner)
        if outer is not None and outer.ends_on is not None:
            raise StateConflict(
                f"{self.outer_name} has an end, too. Reopen it first, or close this one again with"
                " a later day."
            )

    async def ensure_end_inside(self, work: Work, inner: Any, ends_on: date) -> None:
        """Raise Invalid where an end is later than it was, and than that of the outer one."""
        if inner.ends_on is None or ends_on <= inner.ends_on:
            return
        outer = await self._find_outer(work, inner)
        if outer is not None and outer.ends_on is not None and outer.ends_on < ends_on:
            raise _out_of_range(
                f"{self.outer_name} ends before that day. Choose an earlier one.", "endsOn"
            )

    async def ensure_none_outlasts(self, work: Work, outer: Any, ends_on: date) -> None:
        """Raise where something inside has no end, or a later one than the outer one would get.

        The message names what the actor may see. Raises StateConflict and Invalid.
        """
        found = await work.find_running_after(self.inner, ends_on, **{self.attribute: outer.id})
        endless = [each for each in found if each.ends_on is None]
        if endless:
            raise StateConflict(
                f"There are open {self.inner_names}{await _name_visible(work, endless)}. Move or"
                " close them first."
            )
        if found:
            raise _out_of_range(
                f"There are {self.inner_names} that end later{await _name_visible(work, found)}."
                " Choose a later day, or close them first.",
                "endsOn",
            )

    async def _find_outer(self, work: Work, inner: Any) -> Any:
        outer_id = getattr(inner, self.attribute)
        return None if outer_id is None else await work.find(self.outer, id=outer_id)


def new_period_inside(
    starts_on: date, ends_on: date | None, *outers: tuple[Nesting, Dated | None]
) -> Period:
    """Return a period of at least one day inside all of these that are given. Raises Invalid."""
    faults = [
        fault
        for nesting, outer in outers
        if outer is not None
        for fault in nesting.find_faults(starts_on, ends_on, outer)
    ]
    first_by_field: dict[tuple[str, ...], Invalid] = {}
    for fault in faults:
        first_by_field.setdefault(fault.field, fault)
    raise_faults(first_by_field.values())
    return new_period(starts_on, ends_on)


def clip_end(ends_on: date | None, outer: Dated) -> date | None:
    """Return the end of a period that ends with the outer one at the latest."""
    ends = [each for each in (ends_on, outer.ends_on) if each is not None]
    return min(ends, default=None)


def _ends_after(dated: Dated, day: date) -> bool:
    return dated.ends_on is None or dated.ends_on > day


def _last_day(ends_on: date) -> date:
    return ends_on - timedelta(days=1)


def _out_of_range(message: str, field: str) -> Invalid:
    return Invalid(message, field, code=Code.OUT_OF_RANGE)


async def _name_visible(work: Work, found: Iterable[Any]) -> str:
    """Return the names of those that the actor may see, in brackets; nothing without any."""
    names = [
        each.name
        for each in found
        if await work.is_permitted(each, to=Action("see", type(each).SEE))
    ]
    shown = [*names[:MAX_NAMES], *(["…"] if len(names) > MAX_NAMES else [])]
    return f" ({', '.join(shown)})" if shown else ""
