"""Builders of tables: tenant_id is the first column of every key, foreign key and index.

A reference to another tenant is a database error, even if the Python code forgets a condition.
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
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.schema import ColumnCollectionConstraint, SchemaItem
from sqlalchemy.types import TypeDecorator


def _join_column_names(constraint: ColumnCollectionConstraint | Index, _: Table) -> str:
    """Join the column names of a key, index or foreign key, without tenant_id."""
    return "_".join(each.name for each in constraint.columns if each.name != "tenant_id")


def _choose_index_prefix(index: Index, _: Table) -> str:
    return "uq" if index.unique else "ix"


metadata = MetaData(
    naming_convention={
        "columns": _join_column_names,
        "index": _choose_index_prefix,
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(columns)s",
        "uq": "uq_%(table_name)s_%(columns)s",
        "ix": "%(index)s_%(table_name)s_%(columns)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


class EnumText(TypeDecorator[StrEnum]):
    """An enum stored as text; its table has a CHECK with the values."""

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
        """Return the value as text."""
        return None if value is None else str(value)

    def process_result_value(
        self,
        value: str | None,
        dialect: Dialect,  # noqa: ARG002
    ) -> StrEnum | None:
        """Return the text as a member of the enum."""
        return None if value is None else self.enum_type(value)


class TextList(JSONB):
    """A tuple of texts, stored as a JSON list."""


class KeyedJson(JSONB):
    """Values by key, stored as a JSON object. The journal shows those that change."""


class PeriodEnd(Date):
    """The first day that no longer counts. The graph shows and takes the last day that counts."""


@dataclass(frozen=True)
class LinkCollection:
    """A set of ids as an attribute, stored as rows of a link table."""

    links: Table
    owner_column: str
    target_column: str


LINK_COLLECTIONS: dict[Table, dict[str, LinkCollection]] = {}
"""The sets of ids of each table's rows by attribute. Alembic would write `Table.info` as text."""


def aggregate_table(name: str, *items: SchemaItem, prefix: str) -> Table:
    """Create the table of an aggregate, with key (tenant_id, id), version and timestamps.

    `prefix` begins the global ids of its rows.
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
    """Create the table of an aggregate's parts, with key (tenant_id, id) and no version."""
    table = link_table(name, Column("id", Uuid, nullable=False), *items, key=("id",))
    table.info["prefix"] = prefix
    return table


PROGRESS = "progress"
"""In `info` of a column of an aggregate's table that is no attribute, see `progress_column`."""


def progress_column(name: str) -> Column[int]:
    """Create a column with a number from 0 on that workers write by statements of their own.

    It is beside the attributes of the aggregate: progress changes neither its version nor its
    history.
    """
    info = {PROGRESS: True}
    return Column(name, Integer, nullable=False, server_default="0", info=info)


def link_table(name: str, *items: SchemaItem, key: Sequence[str]) -> Table:
    """Create a table of rows without an id, with key tenant_id and these columns."""
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
    """Create the CHECK that the column has a value of the enum."""
    quoted_values = ", ".join(f"'{member.value}'" for member in enum_type)
    return CheckConstraint(f"{column} IN ({quoted_values})", name=column)


def kind_check(name: str, **columns: str) -> CheckConstraint:
    """Check that the column of the kind has a value, and the columns of other kinds have none.

    The kind is in the column `name` + `_kind`; `columns` has a column for each kind with an id.
    """
    parts = (f"({each} IS NOT NULL) = ({name}_kind = '{kind}')" for kind, each in columns.items())
    return CheckConstraint(" AND ".join(parts), name=name)


def tenant_foreign_key(column: str, table: str) -> ForeignKeyConstraint:
    """Create a foreign key that includes tenant_id, so that it stays in the tenant."""
    return ForeignKeyConstraint(["tenant_id", column], [f"{table}.tenant_id", f"{table}.id"])


def parent_foreign_key(column: str, table: str) -> ForeignKeyConstraint:
    """Create a foreign key to the parent; deleting the parent deletes the row."""
    return ForeignKeyConstraint(
        ["tenant_id", column], [f"{table}.tenant_id", f"{table}.id"], ondelete="CASCADE"
    )


def tenant_unique(*columns: str) -> UniqueConstraint:
    """Create a constraint that the columns are unique in the tenant."""
    return UniqueConstraint("tenant_id", *columns)


def tenant_index(*columns: str | TextClause, name: str | None = None, **options: Any) -> Index:
    """Create an index that begins with tenant_id."""
    return Index(name, "tenant_id", *columns, **options)


MADE_ONCE = "made_once"
"""In `info` of a unique index: its rows are made where none is, and no client chooses its values.

So another request has made the row meanwhile where the index refuses it, and the change is made
again.
"""


def is_made_once(table: str, index: str) -> bool:
    """Return whether the rows of a unique index are marked with `MADE_ONCE`."""
    found = metadata.tables[table].indexes if table in metadata.tables else ()
    return any(each.name == index and each.info.get(MADE_ONCE) for each in found)


def register_link_collection(
    table: Table, attribute: str, links: Table, *, owner_column: str, target_column: str
) -> None:
    """Declare that an attribute of the table's rows is a set of ids in a link table."""
    LINK_COLLECTIONS.setdefault(table, {})[attribute] = LinkCollection(
        links, owner_column, target_column
    )


def find_link_collection(row: FromClause, attribute: str) -> LinkCollection:
    """Return the link table of such an attribute."""
    return LINK_COLLECTIONS[resolve_table(row)][attribute]


@cache
def shared_alias(table: Table) -> FromClause:
    """Return one alias of the table, for subselects that contain no other use of it.

    It is cached, because creating an alias copies all columns.
    """
    return table.alias()


def resolve_table(row: FromClause) -> Table:
    """Return the table behind an alias, also behind an alias of an alias."""
    origin: Any = row
    while not isinstance(origin, Table):
        origin = origin.element
    return origin


def find_referenced_table(row: FromClause, column: str) -> Table:
    """Return the table that the column's foreign key refers to. Raises LookupError."""
    for constraint in resolve_table(row).foreign_key_constraints:
        if column in constraint.column_keys:
            return constraint.referred_table
    raise LookupError(f"{resolve_table(row).name}.{column} has no foreign key.")
