"""Read models: the readable fields of a concept, who may see them, and relations to others.

A concept declares `value`, `one` and `many`. A plain column needs no declaration:
`ReadModel.fields` finds it in the table.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from sqlalchemy import ColumnElement, FromClause, Table
from sqlalchemy.types import TypeEngine

from domain.kernel.access import EVERYBODY, NOBODY, Rule
from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate
from domain.kernel.creations import Creation
from persistence.access.actor_facts import ActorFacts
from persistence.kernel.schema.derived_columns import (
    find_derivation,
    find_folded_column,
    find_sort_key_column,
)
from persistence.kernel.wire_format import QUERY_TYPE, get_graph_name

Row = FromClause
Sql = ColumnElement[Any]
BuildRows = Callable[[Row, "FieldContext"], FromClause]


class FieldContext(Protocol):
    """What a declaration may use while a field is compiled: the actor and the field's arguments."""

    @property
    def facts(self) -> ActorFacts:
        """The facts about the actor that rules need."""

    def bind_member_id(self) -> Sql:
        """Bind the id of the actor's membership."""

    def bind_argument(self, name: str, type_: TypeEngine[Any]) -> Sql:
        """Bind an argument of the field."""

    def bind_id(self, *path: str, prefix: str) -> Sql:
        """Bind the global id at a path in the arguments, as a UUID."""

    def bind_text(self, *path: str, parse: Callable[[Any], Any] | None = None) -> Sql:
        """Bind the text at a path in the arguments, after `parse`."""

    def has_argument(self, name: str, value: str | None = None) -> bool:
        """Return whether the argument has a value, or this one; it is part of the plan's key."""

    def bind(self, create_source: Callable[[Any], Any], type_: TypeEngine[Any]) -> Sql:
        """Bind what a source of parameters, created for the field, returns."""

    def specialize(self, create_source: Callable[[Any], Any]) -> Any:
        """Return what a source returns for the field; it is part of the plan's key."""


@dataclass(frozen=True)
class Value:
    """A leaf. `prefix` makes it a global id; where the rule `see` does not hold, it is null.

    `folded` is the column in which a text is compared, where it is not that of the text itself;
    `fold` brings a text that is compared with it into the same form. `sort_key` is the column by
    which the text is sorted, where that is another one.
    """

    build_sql: Callable[[Row, FieldContext], Sql]
    see: Rule | None = None
    prefix: str | None = None
    folded: str | None = None
    fold: Callable[[str], str] | None = None
    sort_key: str | None = None

    @property
    def sorted(self) -> "Value":
        """The leaf that orders use."""
        return (
            replace(self, build_sql=_build_column_getter(self.sort_key)) if self.sort_key else self
        )

    @property
    def compared(self) -> "Value":
        """The leaf that comparisons use."""
        return replace(self, build_sql=_build_column_getter(self.folded)) if self.folded else self


@dataclass(frozen=True)
class One:
    """At most one row. With `inherits_visibility`, everyone who sees this row sees it.

    With `is_shared`, the many rows of a list name few others, which are joined: each is read once.
    """

    target: "ReadModel"
    on: Callable[[Row, Row, FieldContext], Sql]
    see: Rule | None = None
    inherits_visibility: bool = False
    key: Callable[[Row, FieldContext], Sql] | None = None
    is_shared: bool = False

    @classmethod
    def via_foreign_key(
        cls, target: "ReadModel", foreign_key: str, *, inherits_visibility: bool = False
    ) -> "One":
        """Return the relation to the row that a column refers to."""
        return cls(
            target,
            lambda row, other, _: other.c.id == row.c[foreign_key],
            None,
            inherits_visibility,
            _build_column_getter(foreign_key),
        )


@dataclass(frozen=True)
class Many:
    """A connection. With `inherits_visibility`, everyone who sees this row sees its rows."""

    target: "ReadModel"
    on: Callable[[Row, Row, FieldContext], Sql] | None = None
    inherits_visibility: bool = False
    see: Rule | None = None
    order: tuple[str, ...] | None = None


@dataclass(frozen=True)
class ListOf:
    """A list without pages, for a few rows. Everyone who sees this row sees them, by default."""

    target: "ReadModel"
    on: Callable[[Row, Row, FieldContext], Sql]
    inherits_visibility: bool = True
    see: Rule | None = None
    order: Callable[[Row, Row, FieldContext], Sql] | None = None


@dataclass(frozen=True)
class ComputedRows:
    """Rows that a FROM clause computes for this row: a list without pages, or at most one object.

    Everyone who sees this row sees them, so `build_rows` leaves out what is hidden.
    """

    target: "ReadModel"
    build_rows: BuildRows


@dataclass(frozen=True)
class ComputedList(ComputedRows):
    """A list of computed rows, by their column `order`, or as the FROM clause is sorted."""

    order: str | None = None


@dataclass(frozen=True)
class ComputedOne(ComputedRows):
    """At most one computed row."""


@dataclass(frozen=True)
class UnionOf:
    """One row of one of several models; the stored discriminator selects the model."""

    discriminator: Callable[[Row], Sql]
    members: Mapping[str, One]


@dataclass(frozen=True)
class AnyNode:
    """Any node by its global id, or several nodes by a list of ids."""

    is_list: bool = False


ModelField = Value | One | Many | ListOf | ComputedRows | UnionOf | AnyNode


@dataclass(eq=False)
class ReadModel:
    """A graph type over a table: its fields, the rule for its rows, and their default order.

    `order` lists fields that are never null, with a leading minus for descending; the id always
    comes last. `entity` is the aggregate's NAME in the journal and in the search index.
    `visibility_condition` replaces `see` where visibility depends on the subject of a row.
    `shown_in_previews` are the only fields of a preview, where the rows themselves have no rule.
    """

    name: str
    table: Table | None
    prefix: str = ""
    entity: str = ""
    see: Rule = NOBODY
    history: Rule = NOBODY
    guarded: Mapping[str, Rule] = field(default_factory=dict)
    guarded_events: Mapping[str, Rule] = field(default_factory=dict)
    actions: tuple[Action, ...] = ()
    order: tuple[str, ...] = ()
    is_searchable: bool = False
    visibility_condition: Callable[[ActorFacts, Row], Sql] | None = None
    declared_fields: dict[str, ModelField] = field(default_factory=dict)
    blockers: dict[str, Callable[[Row, FieldContext], Sql]] = field(default_factory=dict)
    creations: tuple[Creation, ...] = ()
    aggregate: type[Aggregate] | None = None
    entity_class: type | None = None
    shown_in_previews: frozenset[str] | None = None

    def __post_init__(self) -> None:
        READ_MODELS[self.name] = self
        columns = self.table.columns if self.table is not None else ()
        self._columns = {get_graph_name(each): each.name for each in columns}
        graph_names = {column: name for name, column in self._columns.items()}
        self.guarded = {graph_names.get(each, each): rule for each, rule in self.guarded.items()}

    @classmethod
    def from_aggregate(
        cls, kind: type[Aggregate], table: Table, prefix: str, *, order: tuple[str, ...]
    ) -> "ReadModel":
        """Create the model of an aggregate from the declarations of its domain class."""
        return cls(
            kind.__name__,
            table,
            prefix,
            kind.NAME,
            kind.SEE,
            kind.SEE_HISTORY,
            kind.GUARDED,
            {event: kind.GUARDED[name] for event, name in kind.GUARDED_EVENTS.items()},
            kind.ACTIONS,
            order,
            bool(kind.SEARCH_ATTRIBUTES),
            aggregate=kind,
            entity_class=kind,
        )

    @property
    def viewer_actions(self) -> tuple[Action, ...]:
        """The actions that `viewerCan` lists: those on the object, and creations under it."""
        creations = sorted(self.creations, key=lambda each: each.verb)
        return (*self.actions, *(each.to_action() for each in creations))

    @property
    def fields(self) -> dict[str, ModelField]:
        """All fields by their Python names: plain columns first, then declared fields."""
        columns = self.table.columns if self.table is not None else ()
        names = [
            get_graph_name(each)
            for each in columns
            if each.name == "id" or not (each.foreign_keys or find_derivation(each))
        ]
        found = {name: self[name] for name in names if name != "id" or self.prefix}
        found.pop("tenant_id", None)
        return found | self.declared_fields

    def __getitem__(self, name: str) -> ModelField:
        """Return a field by its Python name: the declared field, or else the column."""
        found = self.declared_fields.get(name)
        if found is not None:
            return found
        prefix = self.prefix if name == "id" else None
        column = self._columns.get(name, name)
        build_sql, guard = _build_column_getter(column), self.guarded.get(name)
        if self.table is None:
            return Value(build_sql, guard, prefix)
        folded, fold = find_folded_column(self.table, column) or (None, None)
        sort_key = find_sort_key_column(self.table, column)
        return Value(build_sql, guard, prefix, folded, fold, sort_key)

    def value(
        self,
        name: str,
        build_sql: Callable[[Row, FieldContext], Sql] | None = None,
        *,
        see: Rule | None = None,
        prefix: str | None = None,
    ) -> None:
        """Declare a leaf that is not the column of that name, or that has a rule of its own."""
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
        key: Callable[[Row, FieldContext], Sql] | None = None,
        is_shared: bool = False,
    ) -> None:
        """Declare a relation to at most one row. `key` builds the id of the other row."""
        self.declared_fields[name] = One(target, on, see, inherits_visibility, key, is_shared)

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
        """Declare a list without pages."""
        self.declared_fields[name] = ListOf(
            target, on, inherits_visibility, see or self.guarded.get(name), order
        )

    def creates(
        self,
        child: type[Aggregate],
        action: Action,
        *,
        argument: str | None = None,
        absent: str | None = None,
        **attributes: str,
    ) -> None:
        """Declare that objects of a concept are created under this one.

        `attributes` maps attributes of the new object to attributes of this one. `argument` is the
        mutation's field that takes the id of this object; without one, `absent` is left out.
        """
        self.creations += (Creation(child, action, attributes, argument, absent),)

    def blocker(self, action: str, build_sql: Callable[[Row, FieldContext], Sql]) -> None:
        """Declare a condition that blocks an action although its rule and its states allow it."""
        self.blockers[action] = build_sql

    def computed_list(
        self, name: str, target: "ReadModel", build_rows: BuildRows, order: str | None = None
    ) -> None:
        """Declare a list without pages whose rows are computed, in the order of a column."""
        self.declared_fields[name] = ComputedList(target, build_rows, order)

    def computed_one(self, name: str, target: "ReadModel", build_rows: BuildRows) -> None:
        """Declare an object that is computed."""
        self.declared_fields[name] = ComputedOne(target, build_rows)

    def belongs_to(
        self,
        target: "ReadModel",
        *,
        foreign_key: str,
        one: str,
        many: str,
        inherits_visibility: bool = False,
    ) -> None:
        """Declare a relation in both directions: `one` on this model and `many` on the target.

        With `inherits_visibility`, everyone who sees one end sees the other.
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
        """Declare a union: for each stored discriminator, the model and its foreign key."""
        ones = {stored: One.via_foreign_key(target, by) for stored, (target, by) in members.items()}
        self.declared_fields[name] = UnionOf(lambda row: row.c[discriminator], ones)


READ_MODELS: dict[str, ReadModel] = {}

ROOT = ReadModel(QUERY_TYPE, None, see=EVERYBODY)
"""The root of every read: a model without a table, whose relations are the root fields."""
ROOT.declared_fields |= {"node": AnyNode(), "nodes": AnyNode(is_list=True)}


def list_node_models() -> list[ReadModel]:
    """Return every read model that a global id can name."""
    return [each for each in READ_MODELS.values() if each.prefix and each.table is not None]


def _build_column_getter(name: str) -> Callable[[Row, FieldContext], Sql]:
    return lambda row, _: row.c[name]
