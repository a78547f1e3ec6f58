"""Holding: the aggregates that a unit of work knows, and how they differ from what is written."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from domain.kernel.aggregate import DomainEvent
from persistence.kernel.changes import Changes, changes_of
from persistence.kernel.images import Image, image_of
from persistence.kernel.journal import Entry, Said
from persistence.kernel.mapping import UPKEEP


@dataclass
class Held:
    """An aggregate as it is in memory, and as it was written last: not at all, where it is new."""

    aggregate: Any
    kept: Image | None
    is_gone: bool = False

    @property
    def now(self) -> Image | None:
        """As it is to be written."""
        return None if self.is_gone else image_of(self.aggregate)

    @property
    def is_different(self) -> bool:
        """Whether there is anything to write."""
        return self.kept != self.now


@dataclass(eq=False)
class Touched:
    """An aggregate that is about to be written: what it was, and what it will be."""

    aggregate: Any
    before: Image | None
    after: Image | None

    @cached_property
    def changes(self) -> Changes:
        """What the journal says is different."""
        return changes_of(type(self.aggregate), self.before, self.after)

    @property
    def moves(self) -> bool:
        """Whether the closure that follows it has to be rebuilt."""
        upkeep = UPKEEP.get(type(self.aggregate))
        if upkeep is None:
            return False
        return (upkeep.from_birth and self.before is None) or upkeep.attribute in self.changes

    def entries(self, said: Said) -> Iterator[Entry]:
        """What the journal says of it: the changes belong to the first thing that happened."""
        it, changes = self.aggregate, self.changes
        for each in it.happened or [DomainEvent(self._usual)]:
            yield Entry(it.NAME, it.id, each.action, said, changes, each.effective_on)
            changes = {}

    @property
    def _usual(self) -> str:
        if self.before is None:
            return "created"
        return "removed" if self.after is None else "changed"
