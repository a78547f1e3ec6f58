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
from persistence.kernel.facts import ActorFacts

Row = FromClause
Sql = ColumnElement[Any]


class Ask(Protocol):
    """What a relation or an expression may ask while it is compiled."""

    @property
    def facts(self) -> ActorFacts:
        """The caller, as rules ask about it."""
        ...

    def member(self) -> Sql:
        """The caller's membership, bound."""
        ...

    def argument(self, name: str, type_: TypeEngine[Any]) -> Sql:
        """The field's argument, bound."""
        ...

    def identifier(self, *path: str, prefix: str) -> Sql:
        """An opaque id of that kind at a path in the arguments, bound as a UUID."""
        ...

    def text(self, *path: str, read: Callable[[Any], Any] | None = None) -> Sql:
        """A text at a path in the arguments, bound as `read` reads it."""
        ...

    def given(self, name: str) -> bool:
        """Whether the field's argument was given; part of the plan's key."""
        ...


@dataclass(frozen=True)
class Value:
    """A leaf. `prefix` marks an opaque id; `see` guards the value: null for everybody else."""

    of: Callable[[Row, Ask], Sql]
    see: Rule | None = None
    prefix: str | None = None


@dataclass(frozen=True)
class One:
    """At most one row of another readable; `within` says that whoever sees this row sees it.

    `by` is the column that points to it, where there is one.
    """

    target: "Readable"
    on: Callable[[Row, Row, Ask], Sql]
    see: Rule | None = None
    within: bool = False
    by: str | None = None

    @classmethod
    def pointed_to(cls, target: "Readable", by: str, *, within: bool = False) -> "One":
        """The row that a column points to."""
        return cls(target, lambda row, other, _: other.c.id == row.c[by], None, within, by)


@dataclass(frozen=True)
class Many:
    """A connection. `within` says that whoever sees this row sees those rows: parts of a whole."""

    target: "Readable"
    on: Callable[[Row, Row, Ask], Sql] | None = None
    within: bool = False
    see: Rule | None = None
    order: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Listed:
    """A plain list, short by nature; `within` says that whoever sees this row sees its parts."""

    target: "Readable"
    on: Callable[[Row, Row, Ask], Sql]
    within: bool = True
    see: Rule | None = None
    order: Callable[[Row, Row, Ask], Sql] | None = None


@dataclass(frozen=True)
class Unpacked:
    """A plain list out of a document kept in a column; `rows` gives its items as rows."""

    target: "Readable"
    rows: Callable[[Row, Ask], FromClause]


@dataclass(frozen=True)
class Either:
    """One row of one of several readables, chosen by a stored kind."""

    kind: Callable[[Row], Sql]
    members: Mapping[str, One]


@dataclass(frozen=True)
class AnyNode:
    """Any node by its opaque id; `several` for a list of ids."""

    several: bool = False


Readables = Value | One | Many | Listed | Unpacked | Either | AnyNode


@dataclass(eq=False)
class Readable:
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
    searchable: bool = False
    seen: Callable[[ActorFacts, Row], Sql] | None = None
    own: dict[str, Readables] = field(default_factory=dict)
    hindered: dict[str, Callable[[Row, Ask], Sql]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        READABLES[self.name] = self

    @classmethod
    def of(
        cls, kind: type[Aggregate], table: Table, prefix: str, *, order: tuple[str, ...]
    ) -> "Readable":
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
        )

    @property
    def fields(self) -> dict[str, Readables]:
        """Every field by its Python name: columns that need no words, then what was declared."""
        columns = self.table.columns if self.table is not None else ()
        names = [each.name for each in columns if each.name == "id" or not each.foreign_keys]
        found = {name: self[name] for name in names if name != "id" or self.prefix}
        found.pop("tenant_id", None)
        return found | self.own

    def __getitem__(self, name: str) -> Readables:
        """One field by its Python name: what was declared, or else the column."""
        found = self.own.get(name)
        if found is not None:
            return found
        prefix = self.prefix if name == "id" else None
        return Value(_column(name), self.guarded.get(name), prefix)

    def pointer(self, by: str) -> Value:
        """The id of one of these, as a column that points to it says it."""
        return Value(_column(by), prefix=self.prefix)

    def value(
        self,
        name: str,
        of: Callable[[Row, Ask], Sql] | None = None,
        *,
        see: Rule | None = None,
        prefix: str | None = None,
    ) -> None:
        """Declare a leaf that is not just the column of its name, or that not everybody may see."""
        self.own[name] = Value(of or _column(name), see or self.guarded.get(name), prefix)

    def one(
        self,
        name: str,
        target: "Readable",
        on: Callable[[Row, Row, Ask], Sql],
        *,
        within: bool = False,
        see: Rule | None = None,
    ) -> None:
        """Declare a link to at most one row."""
        self.own[name] = One(target, on, see, within)

    def many(
        self,
        name: str,
        target: "Readable",
        on: Callable[[Row, Row, Ask], Sql] | None = None,
        *,
        within: bool = False,
        see: Rule | None = None,
        order: tuple[str, ...] | None = None,
    ) -> None:
        """Declare a connection."""
        self.own[name] = Many(target, on, within, see, order)

    def listed(
        self,
        name: str,
        target: "Readable",
        on: Callable[[Row, Row, Ask], Sql],
        *,
        within: bool = True,
        see: Rule | None = None,
        order: Callable[[Row, Row, Ask], Sql] | None = None,
    ) -> None:
        """Declare a short list."""
        self.own[name] = Listed(target, on, within, see or self.guarded.get(name), order)

    def hinders(self, action: str, of: Callable[[Row, Ask], Sql]) -> None:
        """Declare what keeps an action from being done that its rule and states allow."""
        self.hindered[action] = of

    def unpacked(
        self, name: str, target: "Readable", rows: Callable[[Row, Ask], FromClause]
    ) -> None:
        """Declare a short list out of a document kept in a column."""
        self.own[name] = Unpacked(target, rows)

    def belongs_to(
        self, target: "Readable", *, by: str, one: str, many: str, within: bool = False
    ) -> None:
        """Declare a relation from its owning end; it becomes readable from both.

        `within` says that the row is a part of what it belongs to: whoever sees one sees the other.
        """
        self.own[one] = One.pointed_to(target, by, within=within)
        target.many(many, self, lambda row, other, _: other.c[by] == row.c.id, within=within)

    def either(self, name: str, kind: str, members: "Mapping[str, tuple[Readable, str]]") -> None:
        """Declare a link whose kind is stored: for each, the readable and the column to it."""
        ones = {stored: One.pointed_to(target, by) for stored, (target, by) in members.items()}
        self.own[name] = Either(lambda row: row.c[kind], ones)


READABLES: dict[str, Readable] = {}

ROOT = Readable("Query", None, see=EVERYBODY)
"""The root of every read: a readable without a table, whose relations are the root fields."""
ROOT.own |= {"node": AnyNode(), "nodes": AnyNode(several=True)}


def _column(name: str) -> Callable[[Row, Ask], Sql]:
    return lambda row, _: row.c[name]
