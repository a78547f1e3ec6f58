"""What became of undoing a run: what was undone, and what was left because it has changed since."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from domain.sync_runs.model import SyncRunType

CHANGED_SINCE = "CHANGED_SINCE"
"""The code of what somebody, or another run, has changed since."""
IN_USE = "IN_USE"
"""The code of a person whom the run created, and whom others have begun to refer to."""


class UndoOutcome(StrEnum):
    """What became of an object."""

    RESTORED = "restored"
    ENDED = "ended"


@dataclass(frozen=True)
class UndoneObject:
    """An object that has its values from before again, or was ended because the run created it."""

    type: SyncRunType
    id: UUID
    outcome: UndoOutcome


@dataclass(frozen=True)
class UndoConflict:
    """Something that was left as it is: a field, or the whole object where there is no field."""

    type: SyncRunType
    object_id: UUID
    external_id: str | None
    field: str | None
    code: str


@dataclass(frozen=True)
class UndoReport:
    """What one call undid, what it left, and how many changes are left for further calls."""

    undone: Sequence[UndoneObject]
    conflicts: Sequence[UndoConflict]
    remaining_count: int
