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
    Date,
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


def _join_column_names(constraint: ColumnCollectionConstraint | Index, _: Table) -> str:
    """The columns of a key, an index or a pointer, save the tenant that leads them all."""
    return "_".join(each.name for each in constraint.columns if each.name != "tenant_id")


metadata = MetaData(
    naming_convention={
        "columns": _join_column_names,
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(columns)s",
        "uq": "uq_%(table_name)s_%(columns)s",
        "ix": "ix_%(table_name)s_%(columns)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


class EnumText(TypeDecorator[StrEnum]):
    """A word out of a closed list, kept as text; its table carries a CHECK that names the list."""

    impl = Text
    cache_ok = True

    def __init__(self, enum_type: type[StrEnum]) -> None:
        super().__init__()
        self.enum_type = enum_type

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
        return None if value is None else self.enum_type(value)


class PeriodEnd(Date):
    """The first day that no longer counts. The graph shows and takes the last day that counts."""


@dataclass(frozen=True)
class LinkCollection:
    """An attribute that collects ids, kept as rows of a link table."""

    links: Table
    owner_column: str
    target_column: str


def aggregate_table(name: str, *items: SchemaItem, prefix: str) -> Table:
    """The table of an aggregate: keyed by (tenant_id, id) and versioned against lost updates.

    `prefix` begins the opaque form of its ids.
    """
    return entity_table(
        name,
        Column("version", Integer, nullable=False),
        Column("created_at", DateTime(timezone=True), nullable=False),
        Column("updated_at", DateTime(timezone=True), nullable=False),
        *items,
        prefix=prefix,
    )


def entity_table(name: str, *items: SchemaItem, prefix: str) -> Table:
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
        if isinstance(column.type, EnumText):
            table.append_constraint(enum_check(column.name, column.type.enum_type))
    return table


def enum_check(column: str, enum_type: type[StrEnum]) -> CheckConstraint:
    """The column holds one of these words."""
    quoted_values = ", ".join(f"'{member.value}'" for member in enum_type)
    return CheckConstraint(f"{column} IN ({quoted_values})", name=column)


def tenant_foreign_key(column: str, table: str) -> ForeignKeyConstraint:
    """A pointer that carries the tenant, so it cannot leave it."""
    return ForeignKeyConstraint(["tenant_id", column], [f"{table}.tenant_id", f"{table}.id"])


def parent_foreign_key(column: str, table: str) -> ForeignKeyConstraint:
    """A pointer to the whole, which takes its parts with it when it goes."""
    return ForeignKeyConstraint(
        ["tenant_id", column], [f"{table}.tenant_id", f"{table}.id"], ondelete="CASCADE"
    )


def tenant_unique(*columns: str) -> UniqueConstraint:
    """At most one such row in the tenant."""
    return UniqueConstraint("tenant_id", *columns)


def tenant_index(*columns: str | TextClause, name: str | None = None, **options: Any) -> Index:
    """An index within the tenant."""
    return Index(name, "tenant_id", *columns, **options)


def register_link_collection(
    table: Table, attribute: str, links: Table, *, owner_column: str, target_column: str
) -> None:
    """Say that an attribute of the table's rows is a set of ids kept in a link table."""
    table.info.setdefault("collected", {})[attribute] = LinkCollection(
        links, owner_column, target_column
    )


def find_link_collection(row: FromClause, attribute: str) -> LinkCollection:
    """The link table behind such an attribute."""
    found: LinkCollection = resolve_table(row).info["collected"][attribute]
    return found


@cache
def shared_alias(table: Table) -> FromClause:
    """An alias to look something up by, in a subselect of its own that has none inside.

    To make one copies all columns, so it is made once.
    """
    return table.alias()


def resolve_table(row: FromClause) -> Table:
    """The table that a row comes from, through however many aliases."""
    origin: Any = row
    while not isinstance(origin, Table):
        origin = origin.element
    return origin


def find_referenced_table(row: FromClause, column: str) -> Table:
    """The table that the composite pointer through this column leads to."""
    for constraint in resolve_table(row).foreign_key_constraints:
        if column in constraint.column_keys:
            return constraint.referred_table
    raise LookupError(f"{resolve_table(row).name}.{column} points at no table.")
