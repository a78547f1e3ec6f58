"""The aggregate of an action item."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from domain.kernel.access import Holds, Is, Manages, OwnerAttributes
from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate
from domain.kernel.fields import EDITABLE, MultiLine, SingleLine, check_required
from domain.kernel.identity import PersonId
from domain.kernel.lifecycle import Lifecycle
from domain.kernel.permissions import Permission
from domain.kernel.todos import TaskKind, Todo

OWNER = OwnerAttributes(person="owner_id")
CREATE = Is("owner_id") | Manages("owner_id") | Holds(Permission.DIRECTORY_READ, over=OWNER)
"""Everybody may ask the people whom they see in the directory."""

WRITE = Is("owner_id") | Is("creator_id") | Manages("owner_id")
"""The owner may refuse an action item by cancelling it."""

ACTION_NOTE = MultiLine("The note", max_length=2_000)


class ActionItemStatus(StrEnum):
    """Whether an action item has to be done."""

    OPEN = "open"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


OPEN, COMPLETED, CANCELLED = ActionItemStatus
LIFECYCLE = Lifecycle[ActionItemStatus](
    {
        OPEN: frozenset({COMPLETED, CANCELLED}),
        COMPLETED: frozenset({OPEN}),
        CANCELLED: frozenset({OPEN}),
    }
)


@dataclass(kw_only=True, eq=False)
class ActionItem(Aggregate):
    """What a person has to do by a day, and what it is about: a KPI, a goal, both or neither.

    With an alert, it is what somebody does about it, and its KPI is that of the alert.

    `creator_id` is None if Trellis itself made it.
    """

    NAME = "action_item"
    LABEL = "action item"
    OWNER_ATTRIBUTES = OWNER
    SEE = WRITE
    SEE_HISTORY = WRITE
    KNOWN_FACTS = frozenset({"creator_id", "owner_id", "status"})
    CREATE: ClassVar = Action("create", CREATE)
    EDIT: ClassVar = Action("edit", WRITE, OPEN)
    COMPLETE: ClassVar = Action("complete", WRITE, OPEN)
    CANCEL: ClassVar = Action("cancel", WRITE, OPEN)
    REOPEN: ClassVar = Action("reopen", WRITE, COMPLETED, CANCELLED)
    ACTIONS = (EDIT, COMPLETE, CANCEL, REOPEN)
    EVENTS = ("created", "edited", "completed", "cancelled", "reopened")
    SEARCH_ATTRIBUTES = ("title",)

    title: Annotated[str, SingleLine("The title", max_length=200), EDITABLE]
    description: Annotated[str | None, MultiLine("The description"), EDITABLE] = None
    owner_id: PersonId
    creator_id: PersonId | None = None
    due_on: Annotated[date, EDITABLE]
    status: ActionItemStatus = OPEN
    note: str | None = None
    kpi_id: UUID | None = None
    goal_id: UUID | None = None
    alert_id: UUID | None = None
    review_id: UUID | None = None

    def complete(self, note: Annotated[str | None, ACTION_NOTE] = None) -> None:
        """Close the action item as done. Raises StateConflict and Invalid."""
        self._close(COMPLETED, note)

    def cancel(self, note: Annotated[str, ACTION_NOTE]) -> None:
        """Close the action item, with the reason why it is not done. Raises StateConflict."""
        self._close(CANCELLED, check_required(ACTION_NOTE, note, "note"))

    def reopen(self) -> None:
        """Let a closed action item be done again. Raises StateConflict."""
        self.status, self.note = LIFECYCLE.transition(self.status, OPEN), None
        self.record_event("reopened")

    def list_todos(self) -> Iterator[Todo]:
        """Yield what people have to do because of it."""
        if self.status is OPEN:
            yield Todo(self.owner_id, self.due_on, TaskKind.ACTION_ITEM)

    def _close(self, status: ActionItemStatus, note: str | None) -> None:
        checked = self.note if note is None else ACTION_NOTE.check(note, "note")
        self.status, self.note = LIFECYCLE.transition(self.status, status), checked
        self.record_event(status.value)
