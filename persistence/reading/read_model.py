"""Readables: what may be read of a concept, by whom, and where it leads.

A concept says three words: `value`, `one` and `many`. A column that needs no more than its own
name says nothing; `Readable.fields` finds it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy import ColumnElement, FromClause, Table
from sqlalchemy.types import TypeEngine

from domain.kernel.access import EVERYBODY, NOBODY, Rule
from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate
from persistence.access.actor_facts import ActorFacts
from persistence.kernel.wire_format import QUERY_TYPE

Row = FromClause
Sql = ColumnElement[Any]


class FieldContext(Protocol):
    """What a relation or an expression may ask while it is compiled."""

    @property
    def facts(self) -> ActorFacts:
        """The caller, as rules ask about it."""
        ...

    def bind_member_id(self) -> Sql:
        """The caller's membership, bound."""
        ...

    def bind_argument(self, name: str, type_: TypeEngine[Any]) -> Sql:
        """The field's argument, bound."""
        ...

    def bind_id(self, *path: str, prefix: str) -> Sql:
        """An opaque id of that kind at a path in the arguments, bound as a UUID."""
        ...

    def bind_text(self, *path: str, parse: Callable[[Any], Any] | None = None) -> Sql:
        """A text at a path in the arguments, bound as `read` reads it."""
        ...

    def has_argument(self, name: str) -> bool:
        """Whether the field's argument was given; part of the plan's key."""
        ...


@dataclass(frozen=True)
class Value:
    """A leaf. `prefix` marks an opaque id; `see` guards the value: null for everybody else."""

    build_sql: Callable[[Row, FieldContext], Sql]
    see: Rule | None = None
    prefix: str | None = None


@dataclass(frozen=True)
class One:
    """At most one row of another readable; `within` says that whoever sees this row sees it.

    `by` is the column that points to it, where there is one.
    """

    target: "ReadModel"
    on: Callable[[Row, Row, FieldContext], Sql]
    see: Rule | None = None
    inherits_visibility: bool = False
    foreign_key: str | None = None

    @classmethod
    def via_foreign_key(
        cls, target: "ReadModel", foreign_key: str, *, inherits_visibility: bool = False
    ) -> "One":
        """The row that a column points to."""
        return cls(
            target,
            lambda row, other, _: other.c.id == row.c[foreign_key],
            None,
            inherits_visibility,
            foreign_key,
        )


@dataclass(frozen=True)
class Many:
    """A connection. `within` says that whoever sees this row sees those rows: parts of a whole."""

    target: "ReadModel"
    on: Callable[[Row, Row, FieldContext], Sql] | None = None
    inherits_visibility: bool = False
    see: Rule | None = None
    order: tuple[str, ...] | None = None


@dataclass(frozen=True)
class ListOf:
    """A plain list, short by nature; `within` says that whoever sees this row sees its parts."""

    target: "ReadModel"
    on: Callable[[Row, Row, FieldContext], Sql]
    inherits_visibility: bool = True
    see: Rule | None = None
    order: Callable[[Row, Row, FieldContext], Sql] | None = None


@dataclass(frozen=True)
class JsonRows:
    """A plain list out of a document kept in a column; `rows` gives its items as rows."""

    target: "ReadModel"
    build_rows: Callable[[Row, FieldContext], FromClause]


@dataclass(frozen=True)
class UnionOf:
    """One row of one of several readables, chosen by a stored kind."""

    discriminator: Callable[[Row], Sql]
    members: Mapping[str, One]


@dataclass(frozen=True)
class AnyNode:
    """Any node by its opaque id; `several` for a list of ids."""

    is_list: bool = False


ModelField = Value | One | Many | ListOf | JsonRows | UnionOf | AnyNode


@dataclass(eq=False)
class ReadModel:
    """A graph type over a table: its fields, who may see a row, and the order in which rows come.

    `order` names not-null fields, with a leading minus for descending; the id always comes last.
    `entity` is the aggregate's NAME in the journal and in the search index. `seen` takes the
    place of `see` where who may see a row depends on what the row is about.
    """

    name: str
    table: Table | None
    prefix: str = ""
    entity: str = ""
    see: Rule = NOBODY
    history: Rule = NOBODY
    guarded: Mapping[str, Rule] = field(default_factory=dict)
    actions: tuple[Action, ...] = ()
    order: tuple[str, ...] = ()
    is_searchable: bool = False
    visibility_condition: Callable[[ActorFacts, Row], Sql] | None = None
    declared_fields: dict[str, ModelField] = field(default_factory=dict)
    blockers: dict[str, Callable[[Row, FieldContext], Sql]] = field(default_factory=dict)
    aggregate: type[Aggregate] | None = None

    def __post_init__(self) -> None:
        READ_MODELS[self.name] = self

    @classmethod
    def from_aggregate(
        cls, kind: type[Aggregate], table: Table, prefix: str, *, order: tuple[str, ...]
    ) -> "ReadModel":
        """An aggregate as its domain class declares it."""
        return cls(
            kind.__name__,
            table,
            prefix,
            kind.NAME,
            kind.SEE,
            kind.SEE_HISTORY,
            kind.GUARDED,
            kind.ACTIONS,
            order,
            bool(kind.SEARCH_ATTRIBUTES),
            aggregate=kind,
        )

    @property
    def fields(self) -> dict[str, ModelField]:
        """Every field by its Python name: columns that need no words, then what was declared."""
        columns = self.table.columns if self.table is not None else ()
        names = [each.name for each in columns if each.name == "id" or not each.foreign_keys]
        found = {name: self[name] for name in names if name != "id" or self.prefix}
        found.pop("tenant_id", None)
        return found | self.declared_fields

    def __getitem__(self, name: str) -> ModelField:
        """One field by its Python name: what was declared, or else the column."""
        found = self.declared_fields.get(name)
        if found is not None:
            return found
        prefix = self.prefix if name == "id" else None
        return Value(_build_column_getter(name), self.guarded.get(name), prefix)

    def build_foreign_key_value(self, foreign_key: str) -> Value:
        """The id of one of these, as a column that points to it says it."""
        return Value(_build_column_getter(foreign_key), prefix=self.prefix)

    def value(
        self,
        name: str,
        build_sql: Callable[[Row, FieldContext], Sql] | None = None,
        *,
        see: Rule | None = None,
        prefix: str | None = None,
    ) -> None:
        """Declare a leaf that is not just the column of its name, or that not everybody may see."""
        self.declared_fields[name] = Value(
            build_sql or _build_column_getter(name), see or self.guarded.get(name), prefix
        )

    def one(
        self,
        name: str,
        target: "ReadModel",
        on: Callable[[Row, Row, FieldContext], Sql],
        *,
        inherits_visibility: bool = False,
        see: Rule | None = None,
    ) -> None:
        """Declare a link to at most one row."""
        self.declared_fields[name] = One(target, on, see, inherits_visibility)

    def many(
        self,
        name: str,
        target: "ReadModel",
        on: Callable[[Row, Row, FieldContext], Sql] | None = None,
        *,
        inherits_visibility: bool = False,
        see: Rule | None = None,
        order: tuple[str, ...] | None = None,
    ) -> None:
        """Declare a connection."""
        self.declared_fields[name] = Many(target, on, inherits_visibility, see, order)

    def list_of(
        self,
        name: str,
        target: "ReadModel",
        on: Callable[[Row, Row, FieldContext], Sql],
        *,
        inherits_visibility: bool = True,
        see: Rule | None = None,
        order: Callable[[Row, Row, FieldContext], Sql] | None = None,
    ) -> None:
        """Declare a short list."""
        self.declared_fields[name] = ListOf(
            target, on, inherits_visibility, see or self.guarded.get(name), order
        )

    def blocker(self, action: str, build_sql: Callable[[Row, FieldContext], Sql]) -> None:
        """Declare what keeps an action from being done that its rule and states allow."""
        self.blockers[action] = build_sql

    def json_rows(
        self, name: str, target: "ReadModel", build_rows: Callable[[Row, FieldContext], FromClause]
    ) -> None:
        """Declare a short list out of a document kept in a column."""
        self.declared_fields[name] = JsonRows(target, build_rows)

    def belongs_to(
        self,
        target: "ReadModel",
        *,
        foreign_key: str,
        one: str,
        many: str,
        inherits_visibility: bool = False,
    ) -> None:
        """Declare a relation from its owning end; it becomes readable from both.

        `within` says that the row is a part of what it belongs to: whoever sees one sees the other.
        """
        self.declared_fields[one] = One.via_foreign_key(
            target, foreign_key, inherits_visibility=inherits_visibility
        )
        target.many(
            many,
            self,
            lambda row, other, _: other.c[foreign_key] == row.c.id,
            inherits_visibility=inherits_visibility,
        )

    def union(
        self, name: str, discriminator: str, members: "Mapping[str, tuple[ReadModel, str]]"
    ) -> None:
        """Declare a link whose kind is stored: for each, the readable and the column to it."""
        ones = {stored: One.via_foreign_key(target, by) for stored, (target, by) in members.items()}
        self.declared_fields[name] = UnionOf(lambda row: row.c[discriminator], ones)


READ_MODELS: dict[str, ReadModel] = {}

ROOT = ReadModel(QUERY_TYPE, None, see=EVERYBODY)
"""The root of every read: a readable without a table, whose relations are the root fields."""
ROOT.declared_fields |= {"node": AnyNode(), "nodes": AnyNode(is_list=True)}


def list_node_models() -> list[ReadModel]:
    """Return every read model that a global id can name."""
    return [each for each in READ_MODELS.values() if each.prefix and each.table is not None]


def _build_column_getter(name: str) -> Callable[[Row, FieldContext], Sql]:
    return lambda row, _: row.c[name]
