"""How the rows of a table belong to a person: the form of the declarations.

An export of a person and the receipt of an erasure read them, so both have the same rows. A column
that names somebody and has no declaration fails a test.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from sqlalchemy import Column, Table, Uuid

from persistence.kernel.schema.derived_columns import find_derivation
from persistence.kernel.schema.tables import metadata

PEOPLE = frozenset({"people", "members"})
NAMING_COLUMNS = frozenset(
    {"person_id", "member_id", "owner_id", "actor_id", "object_id", "entity_id", "target_id"}
)
"""Columns that may name a person or an account without a foreign key."""


@dataclass(frozen=True)
class Link:
    """The rows of a table that name a person in a column.

    With `through`, the column names a row of another link, as `table.column`. `only` is a SQL
    condition on the row `t`, which may use the tenant (`$1`), the person (`$2`) and the day (`$3`).
    Columns that name other people are left out, unless they are in `names`. `conceals` has columns
    that are shown where a condition holds, and `hides` those that never are. `office` has columns
    that are only in exports which somebody with the permission has asked for; with `is_office` it
    is the whole row. `officer` is a further condition on the rows of such an export, and `own` has
    columns that are only in the export of the person.
    """

    table: str
    column: str
    through: str | None = None
    only: str | None = None
    names: frozenset[str] = frozenset()
    conceals: Mapping[str, str] = field(default_factory=dict)
    hides: frozenset[str] = frozenset()
    office: frozenset[str] = frozenset()
    is_office: bool = False
    officer: str | None = None
    own: frozenset[str] = frozenset()

    @property
    def key(self) -> str:
        """The table and the column."""
        return f"{self.table}.{self.column}"

    @cached_property
    def source(self) -> Table:
        """The table itself."""
        return metadata.tables[self.table]

    def list_columns(self, *, is_office: bool) -> Iterator[Column[object]]:
        """Yield the columns that an export shows."""
        left_out = self.hides | {"tenant_id"} | (self.own if is_office else self.office)
        for column in self.source.columns:
            is_other = is_naming(self.source, column) and column.name != self.column
            is_shown = not is_other or column.name in self.names | self.conceals.keys()
            is_derived = find_derivation(column) is not None
            if is_shown and not is_derived and column.name not in left_out:
                yield column


def find_target(table: Table, column: str) -> str | None:
    """Return the table that a column refers to; None without a foreign key."""
    for each in table.foreign_key_constraints:
        if column in each.column_keys and column != "tenant_id":
            return each.referred_table.name
    return None


def is_naming(table: Table, column: Column[object]) -> bool:
    """Return whether a column names a person or an account, or may do so."""
    if not isinstance(column.type, Uuid):
        return False
    target = find_target(table, column.name)
    return target in PEOPLE or (target is None and column.name in NAMING_COLUMNS)


def list_naming_columns() -> Iterator[str]:
    """Yield all columns of the schema that name people or accounts, as `table.column`."""
    for table in metadata.sorted_tables:
        if table.schema is None:
            yield from (f"{table.name}.{each.name}" for each in table.c if is_naming(table, each))


def list_parts(tables: frozenset[str]) -> Iterator[str]:
    """Yield the tables whose rows are parts of rows of these tables."""
    for table in metadata.sorted_tables:
        for each in table.foreign_key_constraints:
            if each.ondelete and each.referred_table.name in tables:
                yield table.name
