"""Which periods of its inputs a formula reads, and the other way round: whom a change reaches.

`Steps` moves over the ordinals of the formula's own periods, as `Reader` of `evaluation` does.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any, Protocol

from domain.kpis.formulas import nodes
from domain.kpis.formulas.functions import FUNCTIONS, Reading
from domain.kpis.formulas.nodes import Node

YEAR = "year"


class Steps(Protocol):
    """The steps over periods that formulas know."""

    def find_earlier(self, ordinal: int, steps: int) -> int | None:
        """Return the period that many steps before this one; None if there is no such period."""
        ...

    def find_previous_year(self, ordinal: int) -> int | None:
        """Return the same period one year before; None if that year has no such period."""
        ...

    def list_following_years(self, ordinal: int) -> Iterable[int]:
        """Return the periods whose previous year is this one."""
        ...

    def find_first(self, word: str, ordinal: int) -> int:
        """Return the first period of the week, month, quarter or year around this one."""
        ...

    def find_last(self, word: str, ordinal: int) -> int:
        """Return the last period of the week, month, quarter or year around this one."""
        ...


def list_windows(node: Node, steps: Steps, first: int, last: int) -> Iterator[tuple[str, int, int]]:
    """Yield the name, the first and the last period of everything that a part may read."""
    if isinstance(node, nodes.Input):
        yield node.name, first, last
        return
    if isinstance(node, nodes.Call) and node.name in WINDOWS:
        argument, *_ = node.arguments
        found = WINDOWS[node.name](node, steps, first, last)
        if found is not None:
            yield from list_windows(argument, steps, *found)
        return
    for child in node.children:
        yield from list_windows(child, steps, first, last)


def list_affected(node: Node, steps: Steps, name: str, changed: AbstractSet[int]) -> set[int]:
    """Return the periods whose result may change if an input changes in these periods."""
    if isinstance(node, nodes.Input):
        return {*changed} if node.name == name else set()
    if isinstance(node, nodes.Call) and node.name in REACHES:
        argument, *_ = node.arguments
        below = list_affected(argument, steps, name, changed)
        return {each for ordinal in below for each in REACHES[node.name](node, steps, ordinal)}
    return set[int]().union(
        *(list_affected(child, steps, name, changed) for child in node.children)
    )


def reads_total(node: Node) -> bool:
    """Return whether a formula reads the total of all slices, beside the slice itself."""
    names = (each.name for each in nodes.walk(node) if isinstance(each, nodes.Call))
    return any(FUNCTIONS[each].reading is Reading.TOTAL for each in names)


def moves(node: Node) -> bool:
    """Return whether a formula reads other periods than the one that it is computed for."""
    return any(isinstance(each, nodes.Call) and each.name in WINDOWS for each in nodes.walk(node))


def _read_steps(node: nodes.Call) -> int:
    number: Any = node.arguments[1]
    return int(number.digits)


def _read_word(node: nodes.Call) -> str:
    return str(getattr(node.arguments[1], "name", YEAR)) if len(node.arguments) > 1 else YEAR


Window = tuple[int, int] | None


def _shift(found: int | None) -> Window:
    return None if found is None else (found, found)


def _open(found: int | None, last: int) -> Window:
    return None if found is None else (found, last)


WINDOWS: Mapping[str, Callable[[nodes.Call, Steps, int, int], Window]] = {
    "lag": lambda node, steps, _, last: _shift(steps.find_earlier(last, _read_steps(node))),
    "previous_year": lambda _, steps, __, last: _shift(steps.find_previous_year(last)),
    "trailing": lambda node, steps, _, last: _open(
        steps.find_earlier(last, _read_steps(node) - 1), last
    ),
    "year_to_date": lambda _, steps, __, last: (steps.find_first(YEAR, last), last),
    "period_to_date": lambda node, steps, _, last: (
        steps.find_first(_read_word(node), last),
        last,
    ),
}
"""The periods that a function reads for a period; None where they do not exist."""

REACHES: Mapping[str, Callable[[nodes.Call, Steps, int], Iterable[int]]] = {
    "lag": lambda node, _, ordinal: (ordinal + _read_steps(node),),
    "previous_year": lambda _, steps, ordinal: steps.list_following_years(ordinal),
    "trailing": lambda node, _, ordinal: range(ordinal, ordinal + _read_steps(node)),
    "year_to_date": lambda _, steps, ordinal: range(ordinal, steps.find_last(YEAR, ordinal) + 1),
    "period_to_date": lambda node, steps, ordinal: range(
        ordinal, steps.find_last(_read_word(node), ordinal) + 1
    ),
}
"""The periods for which a function reads a period."""
