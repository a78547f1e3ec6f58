"""Tables: the tenant leads every key, every pointer and every index.

A pointer carries the tenant with it, so that it cannot leave it: what the Python forgot, the
database refuses.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    ForeignKeyConstraint,
    FromClause,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    TextClause,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.schema import ColumnCollectionConstraint, SchemaItem
from sqlalchemy.types import TypeDecorator


def _columns(constraint: ColumnCollectionConstraint | Index, _: Table) -> str:
    """The columns of a key, an index or a pointer, save the tenant that leads them all."""
    return "_".join(each.name for each in constraint.columns if each.name != "tenant_id")


metadata = MetaData(
    naming_convention={
        "columns": _columns,
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(columns)s",
        "uq": "uq_%(table_name)s_%(columns)s",
        "ix": "ix_%(table_name)s_%(columns)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


class Word(TypeDecorator[StrEnum]):
    """A word out of a closed list, kept as text; its table carries a CHECK that names the list."""

    impl = Text
    cache_ok = True

    def __init__(self, words: type[StrEnum]) -> None:
        super().__init__()
        self.words = words

    def process_bind_param(
        self,
        value: str | None,
        dialect: Dialect,  # noqa: ARG002 - SQLAlchemy's form
    ) -> str | None:
        """Send the word itself."""
        return None if value is None else str(value)

    def process_result_value(
        self,
        value: str | None,
        dialect: Dialect,  # noqa: ARG002
    ) -> StrEnum | None:
        """Give the word back as a member of its list."""
        return None if value is None else self.words(value)


@dataclass(frozen=True)
class Collection:
    """An attribute that collects ids, kept as rows of a link table."""

    links: Table
    by: str
    of: str


def tenant_table(name: str, *items: SchemaItem, prefix: str) -> Table:
    """The table of an aggregate: keyed by (tenant_id, id) and versioned against lost updates.

    `prefix` begins the opaque form of its ids.
    """
    return part_table(
        name,
        Column("version", Integer, nullable=False),
        Column("created_at", DateTime(timezone=True), nullable=False),
        Column("updated_at", DateTime(timezone=True), nullable=False),
        *items,
        prefix=prefix,
    )


def part_table(name: str, *items: SchemaItem, prefix: str) -> Table:
    """The table of an aggregate's parts: keyed by (tenant_id, id); the version is the whole's."""
    table = link_table(name, Column("id", Uuid, nullable=False), *items, key=("id",))
    table.info["prefix"] = prefix
    return table


def link_table(name: str, *items: SchemaItem, key: Sequence[str]) -> Table:
    """A table of rows that have no identity of their own, keyed by the tenant and these columns."""
    table = Table(
        name,
        metadata,
        Column("tenant_id", Uuid, nullable=False),
        *items,
        PrimaryKeyConstraint("tenant_id", *key),
    )
    for column in table.columns:
        if isinstance(column.type, Word):
            table.append_constraint(one_of(column.name, column.type.words))
    return table


def one_of(column: str, words: type[StrEnum]) -> CheckConstraint:
    """The column holds one of these words."""
    listed = ", ".join(f"'{word.value}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def points_to(column: str, table: str) -> ForeignKeyConstraint:
    """A pointer that carries the tenant, so it cannot leave it."""
    return ForeignKeyConstraint(["tenant_id", column], [f"{table}.tenant_id", f"{table}.id"])


def part_of(column: str, table: str) -> ForeignKeyConstraint:
    """A pointer to the whole, which takes its parts with it when it goes."""
    return ForeignKeyConstraint(
        ["tenant_id", column], [f"{table}.tenant_id", f"{table}.id"], ondelete="CASCADE"
    )


def unique(*columns: str) -> UniqueConstraint:
    """At most one such row in the tenant."""
    return UniqueConstraint("tenant_id", *columns)


def indexed(*columns: str | TextClause, name: str | None = None, **options: Any) -> Index:
    """An index within the tenant."""
    return Index(name, "tenant_id", *columns, **options)


def collected(table: Table, attribute: str, links: Table, *, by: str, of: str) -> None:
    """Say that an attribute of the table's rows is a set of ids kept in a link table."""
    table.info.setdefault("collected", {})[attribute] = Collection(links, by, of)


def collection(row: FromClause, attribute: str) -> Collection:
    """The link table behind such an attribute."""
    found: Collection = table_of(row).info["collected"][attribute]
    return found


@cache
def another(table: Table) -> FromClause:
    """An alias to look something up by, in a subselect of its own that has none inside.

    To make one copies all columns, so it is made once.
    """
    return table.alias()


def table_of(row: FromClause) -> Table:
    """The table that a row comes from, through however many aliases."""
    origin: Any = row
    while not isinstance(origin, Table):
        origin = origin.element
    return origin


def pointed_at(row: FromClause, column: str) -> Table:
    """The table that the composite pointer through this column leads to."""
    for constraint in table_of(row).foreign_key_constraints:
        if column in constraint.column_keys:
            return constraint.referred_table
    raise LookupError(f"{table_of(row).name}.{column} points at no table.")
