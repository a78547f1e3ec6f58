"""The statement of a unit of work, combined from one part for each kind of change to a table.

Each part takes its rows as arrays, one for each column; a single row is bound value by value. Rows
of aggregates come first. If the version of one is not the expected one, no other part writes
anything. Foreign keys are checked at the end of the statement, so the order of tables does not
matter. The outer query counts the rows of each part in this order, so PostgreSQL deletes and
updates before it inserts, and unique values are free by then. Citus runs a statement with several
parts only if all of them are counted.

The clocks come after all other parts, because the writer that has advanced a clock must not wait
for anything else. So the statement also locks early what a foreign key would lock at its end, where
another unit of work may be deleting that row.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from itertools import count

from persistence.kernel.transaction import enter_tenant_sql


class WritePhase(IntEnum):
    """The order of the parts of a statement."""

    VERSIONED = 0
    DELETE = 1
    UPDATE = 2
    INSERT = 3
    CLOCK = 4
    JOURNAL = 5


@dataclass(frozen=True)
class LockedReference:
    """A column of the rows that names a row of a table from which aggregates are deleted."""

    column: str
    table: str


@dataclass(frozen=True, eq=False)
class WriteStatement:
    """One part of the statement, as SQL. `{rows}` are the rows, named `r`; `$1` is the tenant.

    `columns` are the names and types of the columns of the rows. With `locks_at_end`, foreign keys
    to the deleted rows lock other rows at the end of the statement. Such a part must not be in one
    statement with the clocks.
    """

    phase: WritePhase
    sql: str
    columns: tuple[tuple[str, str], ...]
    position: int = 0
    """The place in its phase, by the foreign keys of its table."""
    references: tuple[LockedReference, ...] = ()
    locks_at_end: bool = False


@dataclass(frozen=True)
class _Part:
    """A part of the statement with its parameters; `name` is that of its CTE."""

    name: str
    statement: WriteStatement
    parameters: Sequence[str]
    is_single: bool

    @property
    def count(self) -> str:
        """The SQL for the number of rows that it has written."""
        return f"(SELECT count(*) FROM {self.name})"

    @property
    def rows(self) -> str:
        """The rows as a FROM item."""
        listed = ", ".join(self.parameters)
        return f"(VALUES ({listed}))" if self.is_single else f"unnest({listed})"

    def render(self, conditions: Sequence[str], clocks: str) -> str:
        """Render the SQL of the part; with conditions, it writes only if they hold."""
        rows = self.rows
        if conditions:
            rows = f"(SELECT * FROM {rows} AS given WHERE {' AND '.join(conditions)})"
        names = ", ".join(name for name, _ in self.statement.columns)
        return self.statement.sql.format(rows=f"{rows} AS r ({names})", clocks=clocks)

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
        phase, conditions, returned = part.statement.phase, version_checks, " RETURNING 1"
        match phase:
            case WritePhase.CLOCK:
                conditions, returned = [*version_checks, *_require_all_done(parts)], ""
            case WritePhase.JOURNAL:
                conditions = []
        ctes.append(f"{part.name} AS ({part.render(conditions, clocks)}{returned})")
        match phase:
            case WritePhase.VERSIONED:
                version_checks = [*version_checks, part.version_check]
            case WritePhase.CLOCK:
                clocks = part.name
    counts = ", ".join(each.count for each in parts)
    return f"WITH {', '.join(ctes)} SELECT {counts} FROM {enter_tenant_sql(1)}"


def _iterate_parts(statements: Sequence[tuple[WriteStatement, bool]]) -> Iterator[_Part]:
    positions = count(2)
    for number, (statement, is_single) in enumerate(statements):
        suffix = "" if is_single else "[]"
        parameters = [f"${next(positions)}::{type_}{suffix}" for _, type_ in statement.columns]
        yield _Part(f"w{number}", statement, parameters, is_single)


def _require_all_done(parts: Sequence[_Part]) -> Sequence[str]:
    """Return a condition that always holds, once the other parts and their locks are done."""
    others = [each for each in parts if each.statement.phase < WritePhase.CLOCK]
    locks = [lock for each in others for lock in each.iterate_locks()]
    counts = [each.count for each in others]
    return [f"{' + '.join([*locks, *counts])} >= 0"] if others else []
