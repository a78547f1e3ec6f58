"""Connections: a page of rows by keyset, in both directions, and what is asked beside it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    FromClause,
    Integer,
    LargeBinary,
    Subquery,
    Text,
    and_,
    cast,
    func,
    literal_column,
    select,
    true,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from domain.kernel.access import EVERYBODY
from persistence.reading.cursors import (
    CursorNulls,
    CursorPlace,
    CursorValue,
    SealKey,
    cursor,
    invalid,
    python_kind,
)
from persistence.reading.filters import condition
from persistence.reading.orders import Key, beyond, is_nullable, wished
from persistence.reading.readable import Many, Row, Sql, Value
from persistence.reading.search import searched
from persistence.reading.selection import Field, Selection
from persistence.reading.sources import MOST, IsGiven, PageSize, Sound
from persistence.reading.wire import literal_text

if TYPE_CHECKING:
    from persistence.reading.compiler import Compiler

EMPTY: Sql = literal_column("'[]'::json", JSON)
NTH = "~nth"
"""The place of a row in its page; no GraphQL name, so it collides with no column."""


def connection(compiler: "Compiler", many: Many, row: Row | None, field: Field) -> Sql:
    """A connection object: its page is read once, its total only where it is asked for."""
    return _Connection(compiler, many, row, field).sql()


@dataclass
class _Connection:
    compiler: "Compiler"
    many: Many
    parent: Row | None
    field: Field

    def __post_init__(self) -> None:
        self.target = self.many.target
        self.alias = self.compiler.alias(self.target)
        self.keys = self._keys(self.alias)
        self.backwards = self._given("last")
        self.seal = SealKey(self.field, f"{self.target.name}.{self.field.name}")

    def sql(self) -> Sql:
        """The whole connection as JSON."""
        assert self.field.selection is not None, f"{self.field.name} needs a selection."
        asked = next(iter(self.field.selection.of.values()))
        compiler = self.compiler
        match = self._match()
        self.is_numbered = self.backwards or any(each.name == "page_info" for each in asked)
        self.size: Sql = compiler.draft.bind(PageSize(self.field), BigInteger())
        page = self._page(match)
        columns = [(each.key, self._part(each, page, match)) for each in asked]
        rows = compiler.labelled(columns)
        if any(each.name in ("edges", "nodes", "page_info") for each in asked):
            # HAVING makes one row of the page, also where nothing asked for is an aggregate.
            rows = rows.select_from(page).having(true()).correlate_except(page)
        else:
            self._check_arguments()
        return compiler.json(rows)

    def _check_arguments(self) -> None:
        """What is wrong is wrong, also where only the total is asked for."""
        know = self.compiler.draft.know
        know(Sound(PageSize(self.field)))
        for name in ("after", "before"):
            know(Sound(CursorNulls(CursorPlace(self.field, name, self.seal))))

    # -- rows -------------------------------------------------------------------------------

    def _match(self) -> Sql:
        compiler, many = self.compiler, self.many
        on = many.on(self.parent, self.alias, compiler.ask(self.field)) if many.on else true()  # type: ignore[arg-type]
        wanted = condition(compiler, self.target, self.alias, self.field)
        found = searched(compiler, self.target, self.alias, self.field)
        rule = EVERYBODY if many.within else None
        return compiler.match(self.target, self.alias, on, wanted, found, rule=rule)

    def _keys(self, row: FromClause) -> list[Key]:
        order = self.many.order or self.target.order
        keys: list[Key] = []
        for sort in wished(self.compiler.draft, self.field, order):
            if sort.name == "id":
                return [*keys, Key(row.c.id, sort.descending)]
            value = self.target[sort.name]
            assert isinstance(value, Value), f"{self.target.name} cannot be ordered by {sort.name}."
            sql = self.compiler.value(value, row, self.field)
            keys.append(Key(sql, sort.descending, sort.nulls_first, is_nullable(sql)))
        return [*keys, Key(row.c.id, bool(keys) and keys[-1].descending)]

    def _page(self, match: Sql) -> Subquery:
        """One row more than asked tells whether there is another page, if anybody wants to know.

        Rows are numbered only where their place matters: an aggregate takes the rows of an ordered
        subquery in their order, and to number them costs more than to read them. The literal
        limit keeps a generic plan's estimate honest; the bound one is the client's.
        """
        inside = and_(match, *self._places())
        ordering = [key.ordering(backwards=self.backwards) for key in self.keys]
        extra = [key.sql.label(f"~key{n}") for n, key in enumerate(self.keys)]
        if self.is_numbered:
            extra.append(func.row_number().over(order_by=ordering).label(NTH))
        rows = (
            select(*self.alias.c, *extra)
            .where(inside)
            .order_by(*ordering)
            .limit(literal_column(str(MOST + 1)))
            .correlate_except(self.alias)
            .subquery(self.compiler.name())
        )
        size = self.size + literal_column("1") if self.is_numbered else self.size
        return select(rows).limit(size).subquery(self.compiler.name())

    def _places(self) -> list[Sql]:
        return [
            self._beyond(name, backwards=backwards)
            for name, backwards in (("after", False), ("before", True))
            if self._given(name)
        ]

    def _beyond(self, name: str, *, backwards: bool) -> Sql:
        draft = self.compiler.draft
        place = CursorPlace(self.field, name, self.seal)
        nullable = any(key.nullable for key in self.keys)
        nulls = draft.know(CursorNulls(place)) if nullable else (False,) * len(self.keys)
        if len(nulls) != len(self.keys):
            raise invalid(name)
        values: list[Sql] = [
            draft.bind(CursorValue(place, n, python_kind(key.sql.type)), key.sql.type)
            for n, key in enumerate(self.keys)
        ]
        return beyond(self.keys, values, nulls, backwards=backwards)

    # -- parts ------------------------------------------------------------------------------

    def _part(self, part: Field, page: Subquery, match: Sql) -> Sql:
        match part.name:
            case "total_count":
                counted = select(func.count()).select_from(self.alias).where(match)
                return counted.correlate_except(self.alias).scalar_subquery()
            case "edges":
                edge = self.compiler.labelled(
                    (each.key, self._edge(each, page)) for each in _only(part.selection)
                )
                return self._items(self.compiler.json(edge), page)
            case "nodes":
                return self._items(self._node(part, page), page)
            case "page_info":
                info = [(each.key, self._info(each, page)) for each in _only(part.selection)]
                pairs = [item for key, sql in info for item in (literal_text(key), sql)]
                return func.json_build_object(*pairs, type_=JSON)
            case _:
                return literal_text(f"{self.target.name}Connection")

    def _edge(self, part: Field, page: Subquery) -> Sql:
        match part.name:
            case "cursor":
                return self._cursor(page)
            case "node":
                return self._node(part, page)
            case _:
                return literal_text(f"{self.target.name}Edge")

    def _node(self, part: Field, page: Subquery) -> Sql:
        assert part.selection is not None, "A node needs a selection."
        return self.compiler.json(self.compiler.object(self.target, page, part.selection))

    def _items(self, item: Sql, page: Subquery) -> Sql:
        if not self.is_numbered:
            return func.coalesce(func.json_agg(item, type_=JSON), EMPTY, type_=JSON)
        nth: Any = page.c[NTH].desc() if self.backwards else page.c[NTH]
        items = func.json_agg(aggregate_order_by(item, nth), type_=JSON).filter(
            page.c[NTH] <= self.size
        )
        return func.coalesce(items, EMPTY, type_=JSON)

    def _info(self, part: Field, page: Subquery) -> Sql:
        more = func.count() > self.size
        match part.name:
            case "has_next_page":
                return (
                    literal_column(str(self._given("before")).lower()) if self.backwards else more
                )
            case "has_previous_page":
                return more if self.backwards else literal_column(str(self._given("after")).lower())
            case "start_cursor":
                return self._cursor_at(page, first=not self.backwards)
            case "end_cursor":
                return self._cursor_at(page, first=self.backwards)
            case _:
                return literal_text("PageInfo")

    def _cursor_at(self, page: Subquery, *, first: bool) -> Sql:
        """The cursor of the page's nearest row, or of the farthest; the row too many has none."""
        asked = page.c[NTH] <= self.size
        cursors: Any = func.array_agg(
            aggregate_order_by(self._cursor(page), page.c[NTH]), type_=ARRAY(Text)
        )
        last = cast(func.least(func.count(), self.size), Integer)
        return type_coerce(cursors.filter(asked), ARRAY(Text))[
            literal_column("1") if first else last
        ]

    def _cursor(self, page: Subquery) -> Sql:
        seal_key = self.compiler.draft.bind(self.seal, LargeBinary())
        return cursor([page.c[f"~key{n}"] for n in range(len(self.keys))], seal_key)

    def _given(self, name: str) -> bool:
        return bool(self.compiler.draft.know(IsGiven(self.field, name)))


def _only(selection: Selection | None) -> tuple[Field, ...]:
    assert selection is not None, "A part of a connection needs a selection."
    return next(iter(selection.of.values()))
