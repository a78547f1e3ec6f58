"""The aggregates that a unit of work has loaded or added, and how they changed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from domain.kernel.aggregate import DEFAULT_EVENTS, Aggregate, DomainEvent, find_kind
from persistence.kernel.access_facts import AccessFacts, list_access_facts
from persistence.kernel.journal import Attribution, JournalEntry
from persistence.kernel.mapping.diff import Changes, diff_states
from persistence.kernel.mapping.registry import CLOSURE_MAINTENANCE, MAPPINGS
from persistence.kernel.mapping.state import EntityState, capture_state
from persistence.kernel.mapping.write_batch import WriteBatch, list_stale_columns
from persistence.kernel.tombstones import write_tombstone
from persistence.kernel.wire_format import encode_id


@dataclass
class TrackedAggregate:
    """An aggregate in memory, and its stored state; None where it is new.

    `outdated` are the stored values, by position, of which the state has the values of today. One
    that keeps its state is not compared: its loader only records events.
    """

    aggregate: Any
    stored_state: EntityState | None
    is_removed: bool = False
    outdated: Mapping[int, Any] = field(default_factory=dict)
    keeps_state: bool = False

    @classmethod
    def load(cls, aggregate: Any, state: EntityState, today: date) -> "TrackedAggregate":
        """Return a loaded aggregate, as it is today."""
        aggregate.refresh(today)
        values = MAPPINGS[type(aggregate)].extract_values(aggregate)
        if values == state.values:
            return cls(aggregate, state)
        pairs = enumerate(zip(state.values, values, strict=True))
        outdated = {position: stored for position, (stored, new) in pairs if stored != new}
        return cls(aggregate, state._replace(values=values), outdated=outdated)

    def store(self, state: EntityState) -> "TrackedAggregate":
        """Take a state as stored, and return self."""
        self.stored_state, self.outdated = state, {}
        return self

    def compare(self) -> "TrackedAggregate":
        """Let the next flush compare what may be changed from now on, and return self."""
        self.keeps_state = False
        return self

    @property
    def current_state(self) -> EntityState | None:
        """Return the state to write; None where the aggregate is removed."""
        if self.is_removed:
            return None
        return self.stored_state if self.keeps_state else capture_state(self.aggregate)

    @property
    def is_changed(self) -> bool:
        """Return whether there is anything to write."""
        return self.stored_state != self.current_state

    def keeps_version(self, after: EntityState | None) -> bool:
        """Return whether only parts have changed, by events that keep the version."""
        before, events = self.stored_state, self.aggregate.events
        return bool(
            before
            and after
            and before.values == after.values
            and events
            and all(each.keeps_version for each in events)
        )


@dataclass(eq=False)
class PendingChange:
    """An aggregate that is about to be written, and its state before and after."""

    aggregate: Any
    before: EntityState | None
    after: EntityState | None
    outdated: Mapping[int, Any] = field(default_factory=dict)

    @property
    def has_only_events(self) -> bool:
        """Return whether nothing but the journal is written."""
        return self.before is self.after

    @cached_property
    def changes(self) -> Changes:
        """Return the changed columns for the journal."""
        if self.has_only_events:
            return {}
        return diff_states(type(self.aggregate), self.before, self.after)

    @property
    def has_stale_closure(self) -> bool:
        """Return whether the change makes a closure table stale."""
        maintenance = CLOSURE_MAINTENANCE.get(type(self.aggregate))
        if maintenance is None:
            return False
        return (
            maintenance.is_rebuilt_on_insert and self.before is None
        ) or not self.changes.keys().isdisjoint(maintenance.attributes)

    @property
    def has_stale_sort_keys(self) -> bool:
        """Return whether the change writes a name that is sorted by the tenant's locale."""
        mapping = MAPPINGS[type(self.aggregate)]
        if self.has_only_events or self.after is None or not mapping.sort_keys:
            return False
        return self.before is None or not mapping.sort_keys.keys().isdisjoint(
            list_stale_columns(mapping, self.before, self.after)
        )

    def write_rows(self, batch: WriteBatch, at: datetime) -> None:
        """Add the rows that change, and a tombstone where the aggregate is deleted."""
        kind = type(self.aggregate)
        batch.add_state_change(kind, self._row_before, self.after, at)
        if self.after is None:
            assert self.before is not None, "What was never stored is not removed."
            write_tombstone(batch, kind, self.aggregate.id, self.before, at)

    def build_entries(self, attribution: Attribution) -> Iterator[JournalEntry]:
        """Yield the entries of the journal, of which the first has the changes."""
        aggregate, changes = self.aggregate, self.changes
        access_facts = list_access_facts(type(aggregate), self.before, self.after)
        for each in aggregate.events or [DomainEvent(self._default_action)]:
            kind, id = type(aggregate), aggregate.id
            yield build_entry(kind, id, each, attribution, changes, access_facts)
            changes = {}

    @property
    def _row_before(self) -> EntityState | None:
        """Return the state of the row as it is stored."""
        if self.before is None or not self.outdated:
            return self.before
        values = (self.outdated.get(at, value) for at, value in enumerate(self.before.values))
        return self.before._replace(values=tuple(values))

    @property
    def _default_action(self) -> str:
        created, changed, removed = DEFAULT_EVENTS
        if self.before is None:
            return created
        return removed if self.after is None else changed


def build_entry(
    kind: type[Aggregate],
    id: UUID,
    event: DomainEvent,
    attribution: Attribution,
    changes: Changes,
    access_facts: Sequence[AccessFacts],
) -> JournalEntry:
    """Return the entry of an event of an aggregate, with the changes that it made.

    The reason of an event is shown as a change of `reason`, and its details likewise.
    """
    shown = {**changes}
    if event.reason is not None:
        shown["reason"] = [None, event.reason]
    shown |= {name: [None, value] for name, value in event.details.items()}
    for name, related_id in event.related_ids.items():
        related = find_kind(name.removesuffix("_id")) or kind
        shown[name] = [None, encode_id(MAPPINGS[related].table.info["prefix"], related_id)]
    if event.hides_actor:
        attribution = replace(attribution, actor_id=None)
    return JournalEntry(
        kind.NAME, id, event.action, attribution, shown, access_facts, event.effective_on
    )


def group_moved_ids(pending: Iterable[PendingChange]) -> dict[type[Aggregate], list[UUID]]:
    """Return the moved nodes by their kind, sorted so that locks are always taken in one order."""
    moved: dict[type[Aggregate], list[UUID]] = {}
    for each in pending:
        if each.has_stale_closure:
            moved.setdefault(type(each.aggregate), []).append(each.aggregate.id)
    return dict(sorted(moved.items(), key=lambda item: item[0].NAME))
