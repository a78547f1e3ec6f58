"""References that wait for an object: kept when a row names an unknown one, until it arrives."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from domain.kernel.unit_of_work import Work
from domain.kernel.upserts.declaration import RowField, RowKind
from domain.kernel.upserts.known_objects import KnownObjects
from domain.kernel.upserts.records import PendingReference
from domain.kernel.upserts.rows import Row

Place = tuple[UUID, str]
"""An object and its field."""


@dataclass
class Waiting:
    """The stored references that wait, of the objects of rows, and for the objects of rows."""

    stored: dict[Place, list[PendingReference]] = field(default_factory=dict)
    """Several of one place come from people who were merged."""
    named: dict[tuple[str, str], list[PendingReference]] = field(default_factory=dict)
    pending: type[PendingReference] = PendingReference
    deferrable: Sequence[str] = ()
    """The fields that may wait."""

    async def load(
        self, work: Work, kind: RowKind, known: KnownObjects, rows: Sequence[Row]
    ) -> None:
        """Load what waits, and the objects that wait for those of the rows."""
        self.deferrable = [each.name for each in kind.fields if each.defers]
        if not self.deferrable:
            return
        self.pending = kind.pending
        targets = [known.get(kind.aggregate, each.name) for each in rows]
        ids = sorted({each.id for each in targets if each is not None})
        own = await work.find_records(kind.pending, object_id=ids) if ids else []
        names = list(dict.fromkeys(each.name.reference for each in rows if each.name.reference))
        waiting = await work.find_records(
            kind.pending,
            source=[source for source, _ in names],
            external_id=[external_id for _, external_id in names],
        )
        for each in own:
            self.stored.setdefault((each.object_id, each.field), []).append(each)
        for each in waiting:
            self.named.setdefault((each.source, each.external_id), []).append(each)
        await known.load_by_ids(work, kind.aggregate, {each.object_id for each in waiting})

    def is_first(self, id: UUID, field: str) -> bool:
        """Return whether a field waits for its first value, from the beginning of its object."""
        return any(each.valid_from is None for each in self.stored.get((id, field), ()))

    def list_waiting(self, kind: RowKind, id: UUID, row: Row) -> list[RowField]:
        """Return the fields of a row that wait in its object now."""
        return [
            each
            for each in kind.fields
            if each.name in row.values and (id, each.name) in self.stored
        ]

    def list_changes(
        self, row: Row, aggregate: Any, deferred: Sequence[RowField], *, is_new: bool
    ) -> "WaitingChanges":
        """Return what is stored and removed after a row: what it gives waits no longer."""
        waiting_changes = WaitingChanges()
        for name in self.deferrable:
            if name not in row.values:
                continue
            named, stored = row.values[name], self.stored.get((aggregate.id, name), [])
            is_deferred = any(each.name == name for each in deferred)
            if is_deferred and [(each.source, each.external_id) for each in stored] == [
                named.reference
            ]:
                continue
            waiting_changes.removed += stored
            if not is_deferred:
                continue
            is_first = is_new or self.is_first(aggregate.id, name)
            waiting_changes.added.append(
                self.pending(
                    tenant_id=aggregate.tenant_id,
                    object_id=aggregate.id,
                    field=name,
                    source=named.source,
                    external_id=named.external_id,
                    valid_from=row.valid_from or (None if is_first else row.today),
                )
            )
        return waiting_changes


@dataclass
class WaitingChanges:
    """The waiting references that a row adds and removes."""

    added: list[PendingReference] = field(default_factory=list)
    removed: list[PendingReference] = field(default_factory=list)


def group_by_object(
    references: Iterable[PendingReference],
) -> dict[UUID, dict[str, list[PendingReference]]]:
    """Return waiting references by the object that waits, and by its field."""
    found = dict[UUID, dict[str, list[PendingReference]]]()
    for each in references:
        found.setdefault(each.object_id, {}).setdefault(each.field, []).append(each)
    return found
