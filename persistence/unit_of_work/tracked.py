"""Holding: the aggregates that a unit of work knows, and how they differ from what is written."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from domain.kernel.aggregate import DomainEvent
from persistence.kernel.journal import Attribution, JournalEntry
from persistence.kernel.mapping.diff import Changes, diff_states
from persistence.kernel.mapping.registry import CLOSURE_MAINTENANCE
from persistence.kernel.mapping.state import EntityState, capture_state


@dataclass
class TrackedAggregate:
    """An aggregate as it is in memory, and as it was written last: not at all, where it is new."""

    aggregate: Any
    stored_state: EntityState | None
    is_removed: bool = False

    @property
    def current_state(self) -> EntityState | None:
        """As it is to be written."""
        return None if self.is_removed else capture_state(self.aggregate)

    @property
    def is_changed(self) -> bool:
        """Whether there is anything to write."""
        return self.stored_state != self.current_state


@dataclass(eq=False)
class PendingChange:
    """An aggregate that is about to be written: what it was, and what it will be."""

    aggregate: Any
    before: EntityState | None
    after: EntityState | None

    @cached_property
    def changes(self) -> Changes:
        """What the journal says is different."""
        return diff_states(type(self.aggregate), self.before, self.after)

    @property
    def has_stale_closure(self) -> bool:
        """Whether the closure that follows it has to be rebuilt."""
        maintenance = CLOSURE_MAINTENANCE.get(type(self.aggregate))
        if maintenance is None:
            return False
        return (
            maintenance.is_rebuilt_on_insert and self.before is None
        ) or maintenance.attribute in self.changes

    def build_entries(self, attribution: Attribution) -> Iterator[JournalEntry]:
        """What the journal says of it: the changes belong to the first thing that happened."""
        aggregate, changes = self.aggregate, self.changes
        for each in aggregate.events or [DomainEvent(self._default_action)]:
            yield JournalEntry(
                aggregate.NAME, aggregate.id, each.action, attribution, changes, each.effective_on
            )
            changes = {}

    @property
    def _default_action(self) -> str:
        if self.before is None:
            return "created"
        return "removed" if self.after is None else "changed"
