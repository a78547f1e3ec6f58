"""Lifecycles: the allowed transitions between states."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Generic, TypeVar

from domain.kernel.errors import StateConflict

State = TypeVar("State", bound=StrEnum)


class Lifecycle(Generic[State]):
    """The allowed transitions of a state. A state without an entry is final."""

    def __init__(self, transitions: Mapping[State, frozenset[State]]) -> None:
        self.transitions = transitions

    def transition(self, current: State, target: State) -> State:
        """Return the target state. Raises StateConflict if the map has no such transition."""
        if target not in self.transitions.get(current, frozenset()):
            raise StateConflict(
                f"It is {_humanize(current)} and cannot become {_humanize(target)}."
            )
        return target


def _humanize(state: StrEnum) -> str:
    return state.value.replace("_", " ")
