"""What has ballots: the object that is answered, and the invitation of each respondent.

An invitation names who may answer, and says whether they did. The ballot is sealed with the key of
the box, which lies outside the database and is destroyed once the ballots are counted. It lies in a
batch with others, and nothing in the database joins it with an invitation.
"""

from abc import abstractmethod
from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from domain.kernel.aggregate import Aggregate, Part
from domain.kernel.identity import PersonId
from domain.kernel.lifecycle import Lifecycle
from domain.kernel.todos import MayBeTodo, TaskKind, Todo

Status = TypeVar("Status", bound=StrEnum)


def build_lifecycle(statuses: type[Status]) -> Lifecycle[Status]:
    """Return the transitions of a box. Its statuses are OPEN, CLOSED, PUBLISHED and CANCELLED."""
    opened, closed, published, cancelled = statuses
    return Lifecycle({opened: frozenset({closed, cancelled}), closed: frozenset({published})})


class BallotBox(Aggregate):
    """An aggregate that is answered by ballots. It never changes after its launch.

    `public_key` seals the ballots, which all have `ballot_length` bytes. `closes_on` is the last
    day on which they are taken.
    """

    STATUSES: ClassVar[type[StrEnum]]
    LIFECYCLE: ClassVar[Lifecycle[Any]]

    status: Any
    closes_on: date
    public_key: str
    ballot_length: int

    @property
    def is_open(self) -> bool:
        """Whether ballots are taken."""
        return self.status is self.STATUSES["OPEN"]

    @property
    def waits_for_count(self) -> bool:
        """Whether it is closed, and its ballots are not counted yet."""
        return self.status is self.STATUSES["CLOSED"]

    @property
    @abstractmethod
    def batch_size(self) -> int:
        """How many people share a batch."""

    def close(self) -> None:
        """Let nobody answer any longer. The ballots are counted soon. Raises StateConflict."""
        self._become("CLOSED")

    def cancel(self) -> None:
        """Let nobody answer any longer, and destroy all answers unread. Raises StateConflict."""
        self._become("CANCELLED")

    def publish(self) -> None:
        """Say that the results are there. Raises StateConflict."""
        self._become("PUBLISHED")

    def list_todos(self) -> Sequence[Todo]:
        """Return none. The invitations have them, and the end of the box takes all away."""
        return ()

    def _become(self, name: str) -> None:
        self.status = self.LIFECYCLE.transition(self.status, self.STATUSES[name])
        self.record_event(self.status.value)


class BallotInvitation(Part, MayBeTodo):
    """Says that somebody may answer; deleted when the ballots are counted.

    Who has no account is no person, and has no to-do. The sealed answer lies in the batch with this
    number. `ballot` is one that an earlier release has stored here, until it is replaced or
    counted. The id of the box is in the attribute that is called after its NAME.
    """

    BOX: ClassVar[type[BallotBox]]
    TASK: ClassVar[TaskKind]

    person_id: PersonId | None
    closes_on: date
    batch: int
    has_responded: bool
    ballot: str | None

    @property
    def subject(self) -> tuple[str, UUID]:
        """The box, as the object of the to-do."""
        return self.BOX.NAME, getattr(self, f"{self.BOX.NAME}_id")

    def find_todo(self) -> Todo | None:
        """Return the to-do of a person who has not answered."""
        if self.has_responded or self.person_id is None:
            return None
        return Todo(self.person_id, self.closes_on, self.TASK)
