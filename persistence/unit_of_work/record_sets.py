"""Parts that their aggregate never loads, read and written in sets."""

from abc import abstractmethod
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar, cast
from uuid import UUID

from domain.kernel.aggregate import Aggregate, Part
from domain.kernel.errors import ConcurrentChange
from domain.kernel.pauses import with_pauses
from domain.kernel.todos import MayBeTodo
from domain.kernel.wanted import Wanted
from persistence.kernel.error_translation import CONFLICT_MESSAGE
from persistence.kernel.mapping.checking import build_check
from persistence.kernel.mapping.copying import build_copy
from persistence.kernel.mapping.parameter_types import describe_type
from persistence.kernel.mapping.registry import MAPPINGS, EntityMapping
from persistence.kernel.mapping.row_mapper import (
    build_row_sql,
    from_row,
    parse_row,
    select_by_ids,
)
from persistence.kernel.mapping.write_batch import RowVerb, WriteBatch
from persistence.kernel.todo_list import update_todo_of_record
from persistence.kernel.transaction import Transaction
from persistence.unit_of_work.attribute_queries import (
    build_conditions,
    describe_shape,
    list_wanted_values,
)
from persistence.unit_of_work.declared_statements import STATEMENTS
from persistence.unit_of_work.prefetch import Prefetched, build_read
from persistence.unit_of_work.tracked import TrackedAggregate
from persistence.unit_of_work.unloaded_events import UnloadedEvents

A = TypeVar("A", bound=Aggregate)
P = TypeVar("P", bound=Part)


class RecordSets(UnloadedEvents):
    """The part of a unit of work that reads and writes sets of parts without their aggregates."""

    _prefetched: Prefetched
    _transaction: Transaction
    _flush_candidates: dict[tuple[type, UUID], TrackedAggregate]
    _records: tuple[tuple[RowVerb, Sequence[Part]], ...] = ()
    _checked: tuple[tuple[Aggregate, int], ...] = ()
    _kept: tuple[tuple[type[Part], Sequence[tuple[Part, Mapping[str, Any]]]], ...] = ()

    @abstractmethod
    async def _fetch_all(self, kind: type[A], sql: str, values: list[Any]) -> list[A]:
        """Load aggregates by a statement, and track them."""

    async def load_all(
        self,
        kind: type[A],
        ids: Collection[UUID],
        *,
        locks: bool = False,
        keeps_state: bool = False,
    ) -> list[A]:
        """Load those of these aggregates that are not loaded yet in one statement."""
        if locks:
            await self._lock_rows(kind, ids)
        missing = [each for each in ids if (kind, each) not in self._tracked]
        if missing:
            await self._fetch_all(kind, select_by_ids(MAPPINGS[kind], 2), [missing])
        found = [self._tracked[kind, each] for each in ids if (kind, each) in self._tracked]
        new = {*missing} if keeps_state else frozenset()
        for each in found:
            each.keeps_state = each.aggregate.id in new or (keeps_state and each.keeps_state)
            self._track(each)
        return [each.aggregate for each in found if not each.is_removed]

    async def lock(self, aggregates: Sequence[Aggregate], *, keeps_state: bool = False) -> None:
        """Lock the rows of aggregates of one kind, and compare their versions."""
        if not aggregates:
            return
        await self.get_connection()  # which writes all changes so far, with their versions
        versions = {each.id: each.version for each in aggregates}
        if await self._lock_rows(type(aggregates[0]), versions) != versions:
            raise ConcurrentChange(CONFLICT_MESSAGE)
        for each in aggregates:
            self._tracked[type(each), each.id].keeps_state |= keeps_state

    def check_unchanged(self, aggregate: Aggregate) -> None:
        """Let the next write lock the row of an aggregate, and compare its version."""
        self._checked += ((aggregate, aggregate.version),)

    async def read(self, *wanted: Wanted) -> list[list[Any]]:
        """Return all that is wanted. What inputs say was read with the first statement."""
        if not all(each in self._prefetched for each in wanted):
            self._prefetched.update(zip(wanted, await self._read(wanted), strict=True))
        rows = [
            self._prefetched[each] if each.is_kept else self._prefetched.pop(each)
            for each in wanted
        ]
        return [
            [from_row(MAPPINGS[each.kind], parse_row(row))[0] for row in found]
            for each, found in zip(wanted, rows, strict=True)
        ]

    async def _read(self, wanted: Sequence[Wanted]) -> Sequence[Any]:
        """Read rows by one statement, which needs no transaction where nothing has changed."""
        if self._transaction.is_open or self._has_changes:
            await self.get_connection()
        text = build_read(tuple([describe_shape(each) for each in wanted]))
        values = [value for each in wanted for value in list_wanted_values(each)]
        row = await self._transaction.autocommit.fetchrow(text, self.actor.tenant_id, *values)
        assert row is not None, "The statement selects from one row."
        return tuple(row)

    @property
    def _has_changes(self) -> bool:
        return bool(self._records) or any(
            each.is_changed for each in self._flush_candidates.values()
        )

    async def _lock_rows(self, kind: type[Aggregate], ids: Collection[UUID]) -> dict[UUID, int]:
        """Lock the rows of aggregates, and return their versions.

        All are locked in one order, so that two batches never wait for each other.
        """
        connection = await self.get_connection()
        sql = (
            f"SELECT id, version FROM {MAPPINGS[kind].table.name} WHERE tenant_id = $1"
            " AND id = ANY($2) ORDER BY id FOR NO KEY UPDATE"
        )
        rows = await connection.fetch(sql, self.actor.tenant_id, [*ids])
        return {row["id"]: row["version"] for row in rows}

    async def find_all(self, kind: type[A], **keys: Sequence[Any]) -> list[A]:
        """Load the aggregates with these keys; a key with None matches only None."""
        mapping, found = MAPPINGS[kind], list[A]()
        await self.get_connection()  # which writes all changes so far
        for names, nulls, values in _group_by_nulls(keys):
            sql = select_by_keys(mapping, names, nulls, f"{build_row_sql(mapping, 'it')} AS entity")
            found += await self._fetch_all(kind, sql, values)
        return found

    async def find_records(self, kind: type[P], **keys: Sequence[Any]) -> list[P]:
        """Return the parts with these keys; a key with None matches only None."""
        mapping, found = MAPPINGS[kind], list[P]()
        connection = await self.get_connection()
        for names, nulls, values in _group_by_nulls(keys):
            entity = build_row_sql(mapping, "it")
            sql = select_by_keys(mapping, names, nulls, f"{entity} AS entity")
            rows: Any = await connection.fetch(sql, self.actor.tenant_id, *values)
            found += [from_row(mapping, parse_row(row[0]))[0] async for row in with_pauses(rows)]
        return found

    async def find_values(
        self, kind: type[Aggregate] | type[Part], names: Sequence[str], **keys: Sequence[Any]
    ) -> list[tuple[Any, ...]]:
        """Return values of the aggregates or parts with these keys, without the objects."""
        mapping, found = MAPPINGS[kind], list[tuple[Any, ...]]()
        columns = ", ".join(f"it.{mapping.table.c[name].name}" for name in names)
        connection = await self.get_connection()
        for key_names, nulls, values in _group_by_nulls(keys):
            sql = select_by_keys(mapping, key_names, nulls, columns)
            rows: Any = await connection.fetch(sql, self.actor.tenant_id, *values)
            found += rows
        return found

    async def run_statement(self, name: str, **values: Any) -> list[tuple[Any, ...]]:
        """Return the rows of a declared statement."""
        statement = STATEMENTS[name]
        connection = await self.get_connection()
        given = [values[each] for each in statement.parameters]
        rows: Any = await connection.fetch(statement.text, self.actor.tenant_id, *given)
        return [tuple(each) for each in rows]

    async def has_records(self, kind: type[Aggregate], part: type[Part], **attributes: Any) -> bool:
        """Return whether an aggregate with these attribute values has such a part."""
        connection = await self.get_connection()
        conditions, values = build_conditions(kind, attributes, self.actor.today)
        sql = (
            f"SELECT EXISTS (SELECT FROM {MAPPINGS[kind].table.name} it WHERE it.tenant_id = $1"
            f"{conditions} AND EXISTS (SELECT FROM {MAPPINGS[part].table.name} part"
            f" WHERE part.tenant_id = $1 AND part.{kind.NAME}_id = it.id))"
        )
        found: bool = await connection.fetchval(sql, self.actor.tenant_id, *values)
        return found

    def write_records(
        self,
        *,
        added: Sequence[Part] = (),
        changed: Sequence[Part] = (),
        removed: Sequence[Part] = (),
    ) -> None:
        """Keep these parts until the next changes are written."""
        written: dict[RowVerb, Sequence[Part]]
        written = {"insert": added, "update": changed, "delete": removed}
        self._records += tuple((verb, parts) for verb, parts in written.items() if parts)

    def keep_records(
        self, kind: type[Part], kept: Sequence[tuple[Part, Mapping[str, Any]]]
    ) -> None:
        """Copy the stored rows of these parts before the next changes are written."""
        if kept:
            self._kept += ((kind, kept),)

    def _write_records(self, batch: WriteBatch) -> None:
        for kind, kept in self._kept:
            for part, own in kept:
                source: Any = type(part)
                batch.add(build_copy(source, cast(type, kind), (*own,)), (part.id, *own.values()))
        self._kept = ()
        for verb, parts in self._records:
            batch.add_entities(verb, parts)
            for each in parts:
                if isinstance(each, MayBeTodo):
                    update_todo_of_record(batch, each, is_removed=verb == "delete")
        self._records = ()
        for aggregate, version in self._checked:
            if aggregate.version == version:  # else its own update compares it
                checked: Any = type(aggregate)
                batch.add(build_check(checked), (aggregate.id, version))
        self._checked = ()


def _group_by_nulls(
    keys: dict[str, Sequence[Any]],
) -> Iterator[tuple[tuple[str, ...], tuple[str, ...], list[list[Any]]]]:
    """Yield the keys with None in the same attributes: the other names, these, and the columns.

    A comparison with a null cannot use an index, so each group has a statement of its own.
    """
    absent = {name for name, values in keys.items() if values and not any(map(_is_given, values))}
    given = {name: values for name, values in keys.items() if name not in absent}
    if given and all(all(map(_is_given, values)) for values in given.values()):
        if any(given.values()):
            nulls = tuple(each for each in keys if each in absent)
            yield tuple(given), nulls, [list(each) for each in given.values()]
        return
    groups = dict[tuple[str, ...], list[tuple[Any, ...]]]()
    for key in zip(*keys.values(), strict=True):
        nulls = tuple(name for name, value in zip(keys, key, strict=True) if value is None)
        groups.setdefault(nulls, []).append(tuple(each for each in key if each is not None))
    for nulls, rows in groups.items():
        names = tuple(name for name in keys if name not in nulls)
        yield names, nulls, [list(each) for each in zip(*rows, strict=True)]


def _is_given(value: object) -> bool:
    return value is not None


@cache
def select_by_keys(
    mapping: EntityMapping, names: tuple[str, ...], nulls: tuple[str, ...], selected: str
) -> str:
    """Build the statement, which looks each key up by itself.

    OFFSET 0 forbids a join: without statistics PostgreSQL would read all rows of the tenant. A key
    of one attribute needs no join, and few rows are then read at once instead of for each key.
    """
    arrays = ", ".join(
        f"${position}::{describe_type(mapping.table.c[name])}[]"
        for position, name in enumerate(names, 2)
    )
    equal = "".join(f" AND it.{name} = wanted.{name}" for name in names)
    absent = "".join(f" AND it.{name} IS NULL" for name in nulls)
    if not names:
        return f"SELECT {selected} FROM {mapping.table.name} it WHERE it.tenant_id = $1{absent}"
    if len(names) == 1:
        return (
            f"SELECT {selected} FROM {mapping.table.name} it WHERE it.tenant_id = $1"
            f" AND it.{names[0]} = ANY($2){absent}"
        )
    return (
        f"SELECT found.* FROM unnest({arrays}) wanted ({', '.join(names)})"
        f" CROSS JOIN LATERAL (SELECT {selected}"
        f" FROM {mapping.table.name} it WHERE it.tenant_id = $1{equal}{absent} OFFSET 0) found"
    )
