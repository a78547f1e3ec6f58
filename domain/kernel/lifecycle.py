"""Lifecycles: the map of the moves that a state may make."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Generic, TypeVar

from domain.kernel.errors import StateConflict

State = TypeVar("State", bound=StrEnum)


class Lifecycle(Generic[State]):
    """Which state may follow which. A state without an entry is final."""

    def __init__(self, moves: Mapping[State, frozenset[State]]) -> None:
        self.moves = moves

    def move(self, now: State, then: State) -> State:
        """The state moved to. Raises StateConflict where the map has no such move."""
        if then not in self.moves.get(now, frozenset()):
            raise StateConflict(f"What is {_words(now)} cannot become {_words(then)}.")
        return then

    def before(self, then: State) -> tuple[State, ...]:
        """The states from which `then` can be reached in one move, in the map's order."""
        return tuple(state for state, following in self.moves.items() if then in following)


def _words(state: StrEnum) -> str:
    return state.value.replace("_", " ")
