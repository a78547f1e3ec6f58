"""Writing: all changed rows of a unit of work in one statement, and so in one round trip."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache
from operator import itemgetter
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Column, Table
from sqlalchemy.dialects.postgresql import JSONB

from domain.kernel.aggregate import Aggregate
from domain.kernel.errors import ConcurrentChange
from persistence.kernel.collation import DEFAULT_LOCALE
from persistence.kernel.engine_kind import get_engine_kind
from persistence.kernel.error_translation import CONFLICT_MESSAGE
from persistence.kernel.mapping.parameter_types import describe_type
from persistence.kernel.mapping.registry import (
    MAPPINGS,
    TIMESTAMP_COLUMNS,
    EntityMapping,
)
from persistence.kernel.mapping.state import EntityState
from persistence.kernel.mapping.write_statement import (
    LockedReference,
    WritePhase,
    WriteStatement,
    combine_statements,
    list_arrays,
    render_alone,
)
from persistence.kernel.pools import Connection
from persistence.kernel.schema.derived_columns import list_derivations
from persistence.kernel.schema.tables import PROGRESS

RowVerb = Literal["insert", "update", "delete"]
Rows = list[tuple[Any, ...]]


class WriteBatch:
    """The rows that a unit of work will write; names are sorted in the tenant's locale."""

    def __init__(self, locale: str = DEFAULT_LOCALE) -> None:
        self._rows: dict[WriteStatement, Rows] = {}
        self._locale = locale

    def add(self, statement: WriteStatement, *rows: tuple[Any, ...]) -> None:
        """Add these rows."""
        if rows:
            self._rows.setdefault(statement, []).extend(rows)

    def add_state_change(
        self,
        kind: type,
        before: EntityState | None,
        after: EntityState | None,
        written_at: datetime,
    ) -> None:
        """Add the difference between two states of an aggregate, with its parts."""
        mapping = MAPPINGS[kind]
        if after is None:
            assert before is not None, "Only a stored entity can be deleted."
            self.add(_build_delete(mapping.table), _extract_key(mapping.table, kind, before))
            return
        if before is None:
            timestamps = (written_at,) * len(_list_timestamp_columns(mapping.table))
            derived = self._derive(mapping, mapping.derivations, after)
            row = (*_encode_values(kind, after), *derived, *timestamps)
            self.add(_build_insert(mapping.table), row)
        elif before.values != after.values:
            timestamps = (written_at,) if _list_timestamp_columns(mapping.table) else ()
            names, encoded_values = (
                _list_changed_attributes(mapping, before, after),
                _encode_values(kind, after),
            )
            values = (encoded_values[mapping.positions[name]] for name in names)
            stale = list_stale_columns(mapping, before, after)
            derived = self._derive(mapping, stale, after)
            row = (after.values[1], *values, *derived, *timestamps)
            self.add(_build_update(mapping.table, (*names, *stale)), row)
        self._add_child_changes(kind, before, after, written_at)
        self._add_link_changes(kind, before, after)

    def add_entities(self, verb: RowVerb, entities: Iterable[Any]) -> None:
        """Add whole rows of entities without parts and timestamps."""
        for each in entities:
            kind = type(each)
            mapping = MAPPINGS[kind]
            table, derivations = mapping.table, mapping.derivations
            state = EntityState(mapping.extract_values(each), (), ())
            values = _encode_values(kind, state)
            derived = tuple(self._derive(mapping, derivations, state)) if derivations else ()
            if verb == "insert":
                self.add(_build_insert(table), (*values, *derived))
            elif verb == "delete":
                self.add(_build_delete(table), _extract_key(table, kind, state))
            else:
                names, pick = _list_changeable(mapping)
                update = _build_update(table, (*names, *derivations), kind.VERSION or "version")
                self.add(update, (*pick(values), *derived))

    def _derive(
        self, mapping: EntityMapping, columns: Iterable[str], state: EntityState
    ) -> Iterator[str | None]:
        """Yield the values of derived columns."""
        for each in columns:
            derivation = mapping.derivations[each]
            value = state.values[mapping.positions[derivation.attribute]]
            yield None if value is None else derivation.derive(value, self._locale)

    def _add_child_changes(
        self, kind: type, before: EntityState | None, after: EntityState, written_at: datetime
    ) -> None:
        for position, children in enumerate(MAPPINGS[kind].children.values()):
            old, new = before.children[position] if before else {}, after.children[position]
            if not old:
                for each in new.values():
                    self.add_state_change(children.kind, None, each, written_at)
                continue
            if old == new:
                continue
            for id in {**old, **new}:
                was, now = old.get(id), new.get(id)
                if was != now:
                    if was is not None and children.superseded is not None:
                        self.add(
                            _build_keeping(children.table, children.superseded), (id, written_at)
                        )
                    self.add_state_change(children.kind, was, now, written_at)

    def _add_link_changes(self, kind: type, before: EntityState | None, after: EntityState) -> None:
        tenant_id, id = after.values[:2]
        for position, collection in enumerate(MAPPINGS[kind].link_collections.values()):
            old_ids, new_ids = (
                before.linked_ids[position] if before else frozenset(),
                after.linked_ids[position],
            )
            if old_ids == new_ids:
                continue
            self.add(_build_delete(collection.links), *((id, each) for each in old_ids - new_ids))
            self.add(
                _build_insert(collection.links),
                *((tenant_id, id, each) for each in new_ids - old_ids),
            )

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to write."""
        return not self._rows

    @property
    def needs_transaction(self) -> bool:
        """Whether one statement cannot write all of it.

        A stale version is certain to be found before anything is written only if there is one.
        """
        versioned = (
            rows for each, rows in self._rows.items() if each.phase is WritePhase.VERSIONED
        )
        return self.locks_at_end or sum(map(len, versioned)) > 1

    @property
    def locks_at_end(self) -> bool:
        """Whether a part deletes what others refer to, and must be done before the clocks."""
        return any(each.locks_at_end for each in self._rows)

    async def execute(self, connection: Connection, tenant_id: UUID) -> None:
        """Write all rows. Raises ConcurrentChange where a version is not the one that was read."""
        statements = sorted(self._rows, key=lambda each: (each.phase, each.position))
        if get_engine_kind(connection).combines_writes:
            await self._execute_together(connection, tenant_id, statements)
        else:
            await self._execute_one_by_one(connection, tenant_id, statements)

    async def _execute_together(
        self, connection: Connection, tenant_id: UUID, statements: Sequence[WriteStatement]
    ) -> None:
        text = combine_statements(
            tuple([(each, len(self._rows[each]) == 1) for each in statements])
        )
        parameters = self._list_parameters(statements, is_filled=True)
        counts = await connection.fetchrow(text, tenant_id, *parameters)
        assert counts is not None, "The statement always returns one row of counts."
        for each, count_written in zip(statements, counts, strict=False):
            self._require_version(each, count_written)

    async def _execute_one_by_one(
        self, connection: Connection, tenant_id: UUID, statements: Sequence[WriteStatement]
    ) -> None:
        for each in statements:
            text = render_alone(each, is_single=len(self._rows[each]) == 1)
            tenant = (tenant_id,) if each.names_tenant else ()
            parameters = self._list_parameters([each], is_filled=False)
            written = await connection.fetch(text, *tenant, *parameters)
            self._require_version(each, len(written))

    def _require_version(self, statement: WriteStatement, count_written: int) -> None:
        is_stale = count_written < len(self._rows[statement])
        if is_stale and statement.phase.compares_versions:
            raise ConcurrentChange(CONFLICT_MESSAGE)

    def _list_parameters(
        self, statements: Sequence[WriteStatement], *, is_filled: bool
    ) -> list[Any]:
        parameters = list[Any]()
        for each in statements:
            rows = self._rows[each]
            parameters += list_arrays(rows, is_filled=is_filled) if rows[1:] else rows[0]
        return parameters


@cache
def _build_insert(table: Table) -> WriteStatement:
    columns = _list_insert_columns(table)
    names = ", ".join(each.name for each in columns)
    return WriteStatement(
        WritePhase.INSERT,
        f"INSERT INTO {table.name} ({names}) {{values}}",
        _describe_columns(columns),
        tuple(f"r.{each.name}" for each in columns),
        _find_position(table),
        _list_locked_references(columns),
    )


@cache
def _build_update(table: Table, names: Sequence[str], version: str = "version") -> WriteStatement:
    """Return the update of these columns. It increases the version that was read by one."""
    columns = [table.c[name] for name in ("id", *names, *_list_timestamp_columns(table)[-1:])]
    values = ", ".join(f"{each.name} = r.{each.name}" for each in columns[1:])
    sql = (
        f"UPDATE {table.name} SET {values} FROM {{rows}}"
        f" WHERE {table.name}.tenant_id = $1 AND {table.name}.id = r.id"
    )
    phase = WritePhase.UPDATE
    if version in table.c:
        phase = WritePhase.VERSIONED
        sql += f" AND {table.name}.{version} = r.{version} - 1"
    references = _list_locked_references(columns)
    return WriteStatement(phase, sql, _describe_columns(columns), references=references)


@cache
def _build_keeping(table: Table, superseded: Table) -> WriteStatement:
    """Return the insert of the stored forms of these rows, which something else replaces.

    It comes before the updates and deletes. What one unit of work writes twice was known to nobody
    in between.
    """
    names = [each.name for each in superseded.columns if each.name != "superseded_at"]
    kept = ", ".join(f"it.{name}" for name in names)
    sql = (
        f"INSERT INTO {superseded.name} ({', '.join(names)}, superseded_at)"
        f" SELECT {kept}, r.superseded_at FROM {table.name} it, {{rows}}"
        f" WHERE it.tenant_id = $1 AND it.id = r.id AND it.updated_at < r.superseded_at"
    )
    columns = superseded.c.id, superseded.c.superseded_at
    return WriteStatement(WritePhase.KEEP, sql, _describe_columns(columns))


def _list_changed_attributes(
    mapping: EntityMapping, before: EntityState, after: EntityState
) -> Sequence[str]:
    """List the only changed attribute beside the version; if several changed, list all of them.

    Listing all keeps the number of distinct statements small. A guarded attribute is listed only if
    it changed: its value may be concealed from the actor. None means that only parts changed.
    """
    positions = mapping.positions.items()
    changed_names = tuple([name for name, n in positions if before.values[n] != after.values[n]])
    if len({*changed_names} - {"version"}) <= 1:
        return changed_names
    unchanged = {*getattr(mapping.kind, "GUARDED", ())} - {*changed_names}
    return tuple(name for name in mapping.positions if name not in {"tenant_id", "id", *unchanged})


def list_stale_columns(
    mapping: EntityMapping, before: EntityState, after: EntityState
) -> Sequence[str]:
    """List the derived columns whose attributes have changed."""
    changed = {name for name, n in mapping.positions.items() if before.values[n] != after.values[n]}
    return tuple(name for name, each in mapping.derivations.items() if each.attribute in changed)


@cache
def _list_changeable(mapping: EntityMapping) -> tuple[tuple[str, ...], Callable[[Any], Any]]:
    """List the attributes without those that identify the row or never change.

    The function picks the id and their values among all values.
    """
    fixed = {"tenant_id", "id", *mapping.kind.FIXED}
    names = tuple(name for name in mapping.positions if name not in fixed)
    return names, itemgetter(*(mapping.positions[name] for name in ("id", *names)))


@cache
def _build_delete(table: Table) -> WriteStatement:
    columns = _list_key_columns(table)
    sql = f"DELETE FROM {table.name} USING {{rows}} WHERE {table.name}.tenant_id = $1"
    sql += "".join(f" AND {table.name}.{each.name} = r.{each.name}" for each in columns)
    return WriteStatement(
        WritePhase.VERSIONED if "version" in table.c else WritePhase.DELETE,
        sql,
        _describe_columns(columns),
        position=len(table.metadata.tables) - _find_position(table),
        locks_at_end=_is_referenced(table),
    )


def _list_locked_references(columns: Sequence[Column[Any]]) -> tuple[LockedReference, ...]:
    """List the columns that name aggregates which another unit of work may delete.

    Parts name their own aggregate, whose row is locked before.
    """
    return tuple(
        LockedReference(column.name, constraint.referred_table.name)
        for column in columns
        for constraint in column.table.foreign_key_constraints
        if column.name in constraint.column_keys
        and column.name != "tenant_id"
        and constraint.ondelete is None
        and constraint.referred_table in _list_deletable_tables()
    )


@cache
def _list_deletable_tables() -> frozenset[Table]:
    return frozenset(
        mapping.table
        for kind, mapping in MAPPINGS.items()
        if issubclass(kind, Aggregate) and kind.can_be_deleted()
    )


def _is_referenced(table: Table) -> bool:
    return any(
        constraint.referred_table is table
        for other in table.metadata.tables.values()
        for constraint in other.foreign_key_constraints
    )


def _find_position(table: Table) -> int:
    """Return the place of a table after those that its foreign keys refer to."""
    return table.metadata.sorted_tables.index(table)


def _list_key_columns(table: Table) -> list[Column[Any]]:
    """List the columns that identify a row in its tenant, and the version that was read."""
    keys = [each.name for each in table.primary_key.columns if each.name != "tenant_id"]
    return [table.c[name] for name in (*keys, "version") if name in table.c]


def _extract_key(table: Table, kind: type, state: EntityState) -> tuple[Any, ...]:
    positions = MAPPINGS[kind].positions
    return tuple(state.values[positions[each.name]] for each in _list_key_columns(table))


def _encode_values(kind: type, state: EntityState) -> tuple[Any, ...]:
    """Encode the values as statement parameters."""
    positions = _list_json_positions(MAPPINGS[kind])
    if not positions:
        return state.values
    values = list(state.values)
    for position in positions:
        values[position] = json.dumps(values[position])
    return tuple(values)


@cache
def _list_json_positions(mapping: EntityMapping) -> list[int]:
    return [place for place, each in enumerate(mapping.columns) if _is_json(each)]


def _list_insert_columns(table: Table) -> list[Column[Any]]:
    """Return all columns: those of attributes in their order, derived ones, and timestamps."""
    last = (*list_derivations(table), *_list_timestamp_columns(table))
    given = [each for each in table.columns if PROGRESS not in each.info]
    return [each for each in given if each.name not in last] + [table.c[name] for name in last]


@cache
def _list_timestamp_columns(table: Table) -> tuple[str, ...]:
    return tuple(name for name in TIMESTAMP_COLUMNS if name in table.c)


def _describe_columns(columns: Sequence[Column[Any]]) -> tuple[tuple[str, str], ...]:
    return tuple((each.name, describe_type(each)) for each in columns)


def _is_json(column: Column[Any]) -> bool:
    return isinstance(column.type, JSONB)
