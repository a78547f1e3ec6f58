"""The statement of a unit of work, combined from one part for each kind of change to a table.

Each part takes its rows as arrays, one for each column; a single row is bound value by value. A
column with the same value in each row has it once, because the driver looks at each value.
Checks of what was read come first, then rows with a version. If a version is not the expected one,
no later part writes anything. Foreign keys are checked at the end of the statement, so the order of
tables does not matter. The outer query counts the rows of each part in this order, so PostgreSQL
deletes and updates before it inserts, and unique values are free by then.

The clocks come after all other parts, because the writer that has advanced a clock must not wait
for anything else. So the statement also locks early what a foreign key would lock at its end, where
another unit of work may be deleting that row.

On Citus each part is a statement by itself, in the same order. Together they would cost five times
as much there: it plans each part by itself, and keeps what it returns in files on every server.
"""

import operator
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache, partial
from itertools import count
from typing import Any

from persistence.kernel.transaction import enter_tenant_sql


class WritePhase(IntEnum):
    """The order of the parts of a statement."""

    CHECK = 0
    VERSIONED = 1
    KEEP = 2
    DELETE = 3
    UPDATE = 4
    INSERT = 5
    CLOCK = 6
    JOURNAL = 7

    @property
    def compares_versions(self) -> bool:
        """Whether such a part finds fewer rows than it was given where a version is stale."""
        return self <= WritePhase.VERSIONED

    @property
    def returning(self) -> str:
        """The end of its SQL. A check is a SELECT, and the clock returns its own columns."""
        return "" if self in {WritePhase.CHECK, WritePhase.CLOCK} else " RETURNING 1"


@dataclass(frozen=True)
class LockedReference:
    """A column of the rows that names a row of a table from which aggregates are deleted."""

    column: str
    table: str


@dataclass(frozen=True, eq=False)
class WriteStatement:
    """One part of the statement, as SQL. `{rows}` are the rows, named `r`; `$1` is the tenant.

    `columns` are the names and types of the columns of the rows. `{values}` of an INSERT are its
    `values` of each row. With `locks_at_end`, foreign keys to the deleted rows lock other rows at
    the end of the statement. Such a part must not be in one statement with the clocks.
    """

    phase: WritePhase
    sql: str
    columns: tuple[tuple[str, str], ...]
    values: tuple[str, ...] = ()
    position: int = 0
    """The place in its phase, by the foreign keys of its table."""
    references: tuple[LockedReference, ...] = ()
    locks_at_end: bool = False

    @property
    def names_tenant(self) -> bool:
        """Whether `$1` is in its SQL. A row has the tenant as a value otherwise."""
        return "$1" in self.sql or "$1::uuid" in self.values


@dataclass(frozen=True)
class _Part:
    """A part of the statement with its parameters; `name` is that of its CTE."""

    name: str
    statement: WriteStatement
    parameters: Sequence[str]
    is_single: bool
    is_filled: bool = True
    """Whether an array of one value stands for the same value in each row."""

    @property
    def count(self) -> str:
        """The SQL for the number of rows that it has written."""
        return f"(SELECT count(*) FROM {self.name})"

    @property
    def rows(self) -> str:
        """The rows as a FROM item."""
        listed = ", ".join(self.parameters)
        if self.is_single:
            return f"(VALUES ({listed}))"
        rows = f"unnest({listed})"
        if not self.is_filled:
            return rows
        names = [name for name, _ in self.statement.columns]
        columns = zip(names[1:], self.parameters[1:], strict=True)
        filled = (
            f"CASE cardinality({each}) WHEN 1 THEN ({each})[1] ELSE given.{name} END"
            for name, each in columns
        )
        values = ", ".join([f"given.{names[0]}", *filled])
        return f"(SELECT {values} FROM {rows} AS given ({', '.join(names)}))"

    def render(self, conditions: Sequence[str] = (), clocks: str = "tenant_clocks") -> str:
        """Render the SQL of the part; with conditions, it writes only if they hold."""
        rows = self.rows
        if conditions:
            rows = f"(SELECT * FROM {rows} AS given WHERE {' AND '.join(conditions)})"
        rows += f" AS r ({', '.join(name for name, _ in self.statement.columns)})"
        values = f"SELECT {', '.join(self.statement.values)} FROM {rows}"
        return self.statement.sql.format(rows=rows, values=values, clocks=clocks)

    def render_row(self) -> str:
        """Render the INSERT of a single row, without a query that Citus would run by itself."""
        names = (f"r.{name}" for name, _ in self.statement.columns)
        given = dict(zip(names, self.parameters, strict=True))
        values = re.sub(r"\br\.\w+", lambda name: given[name[0]], ", ".join(self.statement.values))
        return self.statement.sql.format(values=f"VALUES ({values})")

    @property
    def version_check(self) -> str:
        """The condition that all rows had the expected version."""
        row_count = "1" if self.is_single else f"cardinality({self.parameters[0]})"
        return f"{self.count} = {row_count}"

    def iterate_locks(self) -> Iterator[str]:
        """Yield the SQL that locks the referenced rows as foreign keys do, and counts them."""
        names = [name for name, _ in self.statement.columns]
        for each in self.statement.references:
            ids = self.parameters[names.index(each.column)]
            condition = f"it.id = {ids if self.is_single else f'ANY({ids})'}"
            found = f"SELECT FROM {each.table} it WHERE it.tenant_id = $1 AND {condition}"
            yield f"(SELECT count(*) FROM ({found} FOR KEY SHARE) AS locked)"


@lru_cache(maxsize=4096)
def combine_statements(statements: Sequence[tuple[WriteStatement, bool]]) -> str:
    """Combine statements in the order of their phases, each with whether it has a single row.

    The result has one column for each part: how many rows it has written.
    """
    parts = list(_iterate_parts(statements))
    clocks, version_checks, ctes = "tenant_clocks", list[str](), list[str]()
    for part in parts:
        phase, conditions = part.statement.phase, version_checks
        match phase:
            case WritePhase.CLOCK:
                conditions = [*version_checks, *_require_all_done(parts)]
            case WritePhase.JOURNAL:
                conditions = []
        ctes.append(f"{part.name} AS ({part.render(conditions, clocks)}{phase.returning})")
        if phase.compares_versions:
            version_checks = [*version_checks, part.version_check]
        elif phase is WritePhase.CLOCK:
            clocks = part.name
    counts = ", ".join(each.count for each in parts)
    return f"WITH {', '.join(ctes)} SELECT {counts} FROM {enter_tenant_sql(1)}"


@lru_cache(maxsize=4096)
def render_alone(statement: WriteStatement, *, is_single: bool) -> str:
    """Return one part as a statement by itself. It returns a row for each that it has written.

    Its parameters begin with the tenant only if it names the tenant.
    """
    first = 2 if statement.names_tenant else 1
    (part,) = _iterate_parts([(statement, is_single)], first, is_filled=False)
    sql = part.render_row() if is_single and statement.values else part.render()
    return sql + statement.phase.returning


def _iterate_parts(
    statements: Sequence[tuple[WriteStatement, bool]], first: int = 2, *, is_filled: bool = True
) -> Iterator[_Part]:
    positions = count(first)
    for number, (statement, is_single) in enumerate(statements):
        suffix = "" if is_single else "[]"
        parameters = [f"${next(positions)}::{type_}{suffix}" for _, type_ in statement.columns]
        yield _Part(f"w{number}", statement, parameters, is_single, is_filled)


def _require_all_done(parts: Sequence[_Part]) -> Sequence[str]:
    """Return a condition that always holds, once the other parts and their locks are done."""
    others = [each for each in parts if each.statement.phase < WritePhase.CLOCK]
    locks = [lock for each in others for lock in each.iterate_locks()]
    counts = [each.count for each in others]
    return [f"{' + '.join([*locks, *counts])} >= 0"] if others else []


def list_arrays(rows: Sequence[Sequence[Any]], *, is_filled: bool) -> Iterator[Sequence[Any]]:
    """Yield the values of each column; of one without any, none: `unnest` fills it with nulls.

    The driver looks at each value of an array, so equal ones would cost as much as others. With
    `is_filled` the statement repeats a single value, so a column with one object has it once. The
    first column has a value for each row.
    """
    first, *others = zip(*rows, strict=True)
    yield first
    for each in others:
        value = each[0]
        is_same = each[-1] is value and all(map(partial(operator.is_, value), each))
        if is_same and (value is None or is_filled):
            yield () if value is None else (value,)
        else:
            yield each
