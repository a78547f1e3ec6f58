"""Connections: a page of rows by keyset, in both directions, and what is asked beside it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    CTE,
    JSON,
    BigInteger,
    FromClause,
    LargeBinary,
    Select,
    TableClause,
    and_,
    column,
    func,
    literal_column,
    select,
    true,
)

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
from persistence.reading.search import collected, searched, unpacked
from persistence.reading.selection import Field, Selection
from persistence.reading.sources import MOST, IsGiven, PageSize, Sound
from persistence.reading.wire import literal_text

if TYPE_CHECKING:
    from persistence.reading.compiler import Compiler


ALL: Sql = literal_column("*")


class Page(TableClause):
    """The rows of a CTE by its name. What is `asked` of them is all that the CTE has to select.

    A table has dozens of columns, and SQLAlchemy is slow to hand them up from level to level.
    """

    def __init__(self, name: str, element: FromClause, keys: Sequence[Key]) -> None:
        super().__init__(name)
        self.element = element
        self.keys = tuple(self._named(f"~key{n}", key.sql) for n, key in enumerate(keys))
        self.asked: dict[str, Sql] = {}

    @property
    def c(self) -> Any:
        """The columns, as of any row."""
        return _Columns(self)

    def column(self, name: str) -> Sql:
        """One column, which is asked for from now on."""
        if name not in self.asked:
            self.asked[name] = self._named(name, self.element.c[name])
        return self.asked[name]

    def _named(self, name: str, like: Sql) -> Sql:
        found = column(name, like.type)
        found.table = self
        return found


@dataclass(frozen=True)
class _Columns:
    page: Page

    def __getitem__(self, name: str) -> Sql:
        return self.page.column(name)

    def __getattr__(self, name: str) -> Sql:
        return self.page.column(name)


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
        self.hits: CTE | None = None
        self.match = self._match(counted=any(each.name == "total_count" for each in asked))
        self.size: Sql = compiler.draft.bind(PageSize(self.field), BigInteger())
        self.places = self._places()
        self.looks_beyond = any(each.name == "page_info" for each in asked)
        is_cut = self.looks_beyond or self.backwards
        self.found = Page(compiler.name(), self.alias, self.keys)
        self.page = Page(compiler.name(), self.found, self.keys) if is_cut else self.found
        rows = compiler.labelled((each.key, self._part(each)) for each in asked)
        shared: list[CTE] = [self.hits] if self.hits is not None else []
        if any(each.name in ("edges", "nodes", "page_info") for each in asked):
            shared += self._ctes()
        else:
            self._check_arguments()
        return compiler.json(rows.add_cte(*shared, nest_here=True))

    def _check_arguments(self) -> None:
        """What is wrong is wrong, also where only the total is asked for."""
        know = self.compiler.draft.know
        know(Sound(PageSize(self.field)))
        for name in ("after", "before"):
            know(Sound(CursorNulls(CursorPlace(self.field, name, self.seal))))

    # -- rows -------------------------------------------------------------------------------

    def _match(self, *, counted: bool) -> Sql:
        compiler, many = self.compiler, self.many
        on = many.on(self.parent, self.alias, compiler.ask(self.field)) if many.on else true()  # type: ignore[arg-type]
        wanted = condition(compiler, self.target, self.alias, self.field)
        search = searched(compiler, self.target, self.alias, self.field)
        rule = EVERYBODY if many.within else None
        if search is None:
            return compiler.match(self.target, self.alias, on, wanted, rule=rule)
        match = compiler.match(self.target, self.alias, on, wanted, search, rule=rule)
        return self._among_hits(match) if counted else match

    def _among_hits(self, match: Sql) -> Sql:
        """What a search finds is looked up once, for the page as for its total."""
        ids = select(self.alias.c.id).where(match).correlate_except(self.alias)
        self.hits = select(collected(ids).label("ids")).cte(self.compiler.name())
        found = unpacked(self.hits.c.ids).correlate_except(self.hits)
        tenant = self.compiler.facts.tenant()
        return and_(self.alias.c.tenant_id == tenant, self.alias.c.id.in_(found))

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

    def _ctes(self) -> list[CTE]:
        """The rows that are counted off, and those of them that are shown, where they differ."""
        found = self._found().cte(self.found.name)
        return [found] if self.page is self.found else [found, self._shown().cte(self.page.name)]

    def _found(self) -> Select[Any]:
        """The rows as they are counted off, and one more where it is asked if there are more.

        The literal limit keeps a generic plan's estimate honest; the bound one is the client's.
        """
        keys = [key.sql.label(f"~key{n}") for n, key in enumerate(self.keys)]
        rows = (
            select(*(self.alias.c[name] for name in self.page.asked), *keys)
            .where(and_(self.match, *self.places))
            .order_by(*(key.ordering(backwards=self.backwards) for key in self.keys))
            .limit(literal_column(str(MOST + 1)))
            .correlate_except(self.alias)
            .subquery(self.compiler.name())
        )
        size = self.size + literal_column("1") if self.looks_beyond else self.size
        return select(ALL).select_from(rows).limit(size)

    def _shown(self) -> Select[Any]:
        """The rows that are shown, in the list's order."""
        shown = select(ALL).select_from(self.found).limit(self.size)
        if not self.backwards:
            return shown
        counted_off = Page(self.compiler.name(), self.found, self.keys)
        rows = shown.subquery(counted_off.name)
        return select(ALL).select_from(rows).order_by(*self._ordering(counted_off))

    def _ordering(self, rows: Page, *, backwards: bool = False) -> list[Sql]:
        return [
            replace(key, sql=sql).ordering(backwards=backwards)
            for key, sql in zip(self.keys, rows.keys, strict=True)
        ]

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

    def _part(self, part: Field) -> Sql:
        match part.name:
            case "total_count":
                return self._total()
            case "edges":
                edges = ((each.key, self._edge(each)) for each in _only(part.selection))
                return self._listed(self.compiler.labelled(edges))
            case "nodes":
                assert part.selection is not None, "A node needs a selection."
                return self._listed(self.compiler.object(self.target, self.page, part.selection))
            case "page_info":
                info = [(each.key, self._info(each)) for each in _only(part.selection)]
                pairs = [item for key, sql in info for item in (literal_text(key), sql)]
                return func.json_build_object(*pairs, type_=JSON)
            case _:
                return literal_text(f"{self.target.name}Connection")

    def _total(self) -> Sql:
        if self.hits is not None:
            counted = select(func.cardinality(self.hits.c.ids)).correlate_except(self.hits)
            return counted.scalar_subquery()
        counted = select(func.count()).select_from(self.alias).where(self.match)
        return counted.correlate_except(self.alias).scalar_subquery()

    def _edge(self, part: Field) -> Sql:
        match part.name:
            case "cursor":
                return self._cursor()
            case "node":
                assert part.selection is not None, "A node needs a selection."
                return self.compiler.json(
                    self.compiler.object(self.target, self.page, part.selection)
                )
            case _:
                return literal_text(f"{self.target.name}Edge")

    def _listed(self, rows: Select[Any]) -> Sql:
        return self.compiler.items(rows.select_from(self.page).correlate_except(self.page))

    def _info(self, part: Field) -> Sql:
        match part.name:
            case "has_next_page":
                return self._given_literally("before") if self.backwards else self._has_more()
            case "has_previous_page":
                return self._has_more() if self.backwards else self._given_literally("after")
            case "start_cursor":
                return self._cursor_at(first=True)
            case "end_cursor":
                return self._cursor_at(first=False)
            case _:
                return literal_text("PageInfo")

    def _has_more(self) -> Sql:
        counted = select(func.count() > self.size).select_from(self.found)
        return counted.correlate_except(self.found).scalar_subquery()

    def _given_literally(self, name: str) -> Sql:
        return literal_column(str(self._given(name)).lower())

    def _cursor_at(self, *, first: bool) -> Sql:
        """The cursor of the first row that is shown, or of the last."""
        cursors = select(self._cursor()).select_from(self.page)
        if not first:
            cursors = cursors.order_by(*self._ordering(self.page, backwards=True))
        found = cursors.limit(literal_column("1")).correlate_except(self.page)
        return found.scalar_subquery()

    def _cursor(self) -> Sql:
        seal_key = self.compiler.draft.bind(self.seal, LargeBinary())
        return cursor(self.page.keys, seal_key)

    def _given(self, name: str) -> bool:
        return bool(self.compiler.draft.know(IsGiven(self.field, name)))


def _only(selection: Selection | None) -> tuple[Field, ...]:
    assert selection is not None, "A part of a connection needs a selection."
    return next(iter(selection.of.values()))
