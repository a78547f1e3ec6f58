"""To-dos: what a person has to do, because of an object that is open.

An aggregate that has some yields them from `list_todos`. They are stored with it, and are the
entries of `viewer.tasks`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol, runtime_checkable

from domain.kernel.identity import PersonId


class TaskKind(StrEnum):
    """What a to-do asks for."""

    ACTION_ITEM = "action_item"
    ALERT = "alert"
    KPI_REVIEW = "kpi_review"


@dataclass(frozen=True)
class Todo:
    """What a person has to do by a day. An object gives each person at most one."""

    person_id: PersonId
    due_on: date
    kind: TaskKind


@runtime_checkable
class HasTodos(Protocol):
    """An aggregate because of which people have to do something."""

    def list_todos(self) -> Iterable[Todo]:
        """Return the to-dos in its present state."""
        ...
