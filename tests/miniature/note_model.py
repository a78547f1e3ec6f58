"""The domain layer of the miniature concept: a note of an author about a person."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, ClassVar

from domain.kernel.access import Is, Manages
from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate
from domain.kernel.fields import EDITABLE, MultiLine
from domain.kernel.identity import PersonId

WRITE = Is("author_id")


class NoteStatus(StrEnum):
    """Whether a note is open."""

    OPEN = "open"
    ARCHIVED = "archived"


@dataclass(kw_only=True, eq=False)
class Note(Aggregate):
    """What an author notes about a person; the person's managers may read it."""

    NAME = "note"
    SEE = WRITE | Manages("person_id")
    SEE_HISTORY = WRITE
    CREATE: ClassVar = Action("create", WRITE)
    EDIT: ClassVar = Action("edit", WRITE, NoteStatus.OPEN)
    ARCHIVE: ClassVar = Action("archive", WRITE, NoteStatus.OPEN)
    ACTIONS = (EDIT, ARCHIVE)
    EVENTS = ("created", "edited", "archived")

    author_id: PersonId
    person_id: PersonId
    text: Annotated[str, MultiLine("The text", max_length=500), EDITABLE]
    status: NoteStatus = NoteStatus.OPEN

    def archive(self) -> None:
        """Put the note away."""
        self.update_attributes("archived", {"status": NoteStatus.ARCHIVED})
