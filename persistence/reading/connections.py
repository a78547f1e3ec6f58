"""Connections: pages of rows by keyset in both directions, their cursors, and their total."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

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
from persistence.kernel.sql_literals import literal_text
from persistence.kernel.wire_format import CONNECTION_SUFFIX, EDGE_SUFFIX, PAGE_INFO_TYPE
from persistence.reading.compile_context import CompileContext, SelectObject
from persistence.reading.cursors import (
    CursorNullFlags,
    CursorPosition,
    CursorSigningKey,
    CursorValue,
    build_cursor,
    create_cursor_error,
    get_python_type,
)
from persistence.reading.filters import compile_filter
from persistence.reading.json_output import (
    build_json_array,
    build_json_object,
    select_expressions,
)
from persistence.reading.keyed_values import KeyedValues
from persistence.reading.ordering import (
    SortKey,
    SortTerm,
    bind_sort_key,
    is_nullable,
    keyset_condition,
    resolve_order,
)
from persistence.reading.parameters import (
    MAX_PAGE_SIZE,
    HasArgument,
    PageSize,
    Validated,
    count_skipped_rows,
    skips_rows,
)
from persistence.reading.read_model import Many, Row, Sql, Value
from persistence.reading.search import collect_ids, compile_search, unnest_ids
from persistence.reading.selection import Field, require_selection

ALL_COLUMNS: Sql = literal_column("*")


class Page(TableClause):
    """The rows of a CTE by its name, which collects the columns that are used.

    The CTE then selects only `used_columns`: a table has dozens of columns, and SQLAlchemy takes
    long to copy them from one level of subqueries to the next.
    """

    def __init__(self, name: str, element: FromClause, keys: Sequence[SortKey]) -> None:
        super().__init__(name)
        self.element = element
        self.keys = tuple(self._create_column(f"~key{n}", key.sql) for n, key in enumerate(keys))
        self.used_columns: dict[str, Sql] = {}

    @property
    def c(self) -> Any:
        """The columns, with the same access as on a table."""
        return _PageColumns(self)

    def select_column(self, name: str) -> Sql:
        """Return a column, which the CTE has to select from now on."""
        if name not in self.used_columns:
            self.used_columns[name] = self._create_column(name, self.element.c[name])
        return self.used_columns[name]

    def _create_column(self, name: str, expression: Sql) -> Sql:
        created = column(name, expression.type)
        created.table = self
        return created


@dataclass(frozen=True)
class _PageColumns:
    page: Page

    def __getitem__(self, name: str) -> Sql:
        return self.page.select_column(name)

    def __getattr__(self, name: str) -> Sql:
        return self.page.select_column(name)

    def __contains__(self, name: str) -> bool:
        return name in self.page.element.c


def compile_connection(
    context: CompileContext, many: Many, row: Row | None, field: Field, select_object: SelectObject
) -> Sql:
    """Return a connection as JSON: its page is read once, its total only if it is requested."""
    return _ConnectionCompiler(context, many, row, field, select_object).build_sql()


@dataclass
class _ConnectionCompiler:
    context: CompileContext
    many: Many
    parent: Row | None
    field: Field
    select_object: SelectObject

    def __post_init__(self) -> None:
        self.target = self.many.target
        self.alias = self.context.create_alias(self.target)
        self.sort_keys = self._build_sort_keys(self.alias)
        self.backwards = self._has_argument("last")
        self.cursor_key = CursorSigningKey(self.field, f"{self.target.name}.{self.field.name}")

    def build_sql(self) -> Sql:
        """Return the whole connection as JSON."""
        subfields = _get_subfields(self.field)
        self.search_hits: CTE | None = None
        self.row_condition = self._build_row_condition(
            is_counted=any(each.name == "total_count" for each in subfields)
        )
        self.page_size: Sql = self.context.builder.bind(PageSize(self.field), BigInteger())
        self.cursor_conditions = self._build_cursor_conditions()
        self.has_page_info = any(each.name == "page_info" for each in subfields)
        needs_page_cte = self.has_page_info or self.backwards
        self.candidates = Page(self.context.create_name(), self.alias, self.sort_keys)
        self.page = (
            Page(self.context.create_name(), self.candidates, self.sort_keys)
            if needs_page_cte
            else self.candidates
        )
        rows = select_expressions(
            (each.response_key, self._compile_subfield(each)) for each in subfields
        )
        ctes: list[CTE] = [self.search_hits] if self.search_hits is not None else []
        if any(each.name in ("edges", "nodes", "page_info") for each in subfields):
            ctes += self._build_ctes()
        else:
            self._validate_arguments()
        return build_json_object(rows.add_cte(*ctes, nest_here=True))

    def _validate_arguments(self) -> None:
        """Validate the paging arguments although no page is read, as in any other request."""
        specialize_on = self.context.builder.specialize_on
        specialize_on(Validated(PageSize(self.field)))
        for name in ("after", "before"):
            specialize_on(
                Validated(CursorNullFlags(CursorPosition(self.field, name, self.cursor_key)))
            )

    # -- rows -------------------------------------------------------------------------------

    def _build_row_condition(self, *, is_counted: bool) -> Sql:
        context, many = self.context, self.many
        on: Sql = true()
        if many.on:
            assert self.parent is not None, "Only a root field has no parent, and no condition."
            on = many.on(self.parent, self.alias, context.create_field_context(self.field))
        filter_condition = compile_filter(context, self.target, self.alias, self.field)
        search = compile_search(context, self.target, self.alias, self.field)
        rule = EVERYBODY if many.inherits_visibility else None
        if search is None:
            return context.build_row_condition(
                self.target, self.alias, on, filter_condition, rule=rule
            )
        condition = context.build_row_condition(
            self.target, self.alias, on, filter_condition, search, rule=rule
        )
        return self._restrict_to_search_hits(condition) if is_counted else condition

    def _restrict_to_search_hits(self, condition: Sql) -> Sql:
        """Return a condition on search hits, which one CTE finds for the page and for the total."""
        ids = select(self.alias.c.id).where(condition).correlate_except(self.alias)
        self.search_hits = select(collect_ids(ids).label("ids")).cte(self.context.create_name())
        hits = unnest_ids(self.search_hits.c.ids).correlate_except(self.search_hits)
        tenant = self.context.facts.tenant()
        return and_(self.alias.c.tenant_id == tenant, self.alias.c.id.in_(hits))

    def _build_sort_keys(self, row: FromClause) -> list[SortKey]:
        order = self.many.order or self.target.order
        keys: list[SortKey] = []
        for term in resolve_order(self.context.builder, self.field, order):
            if term.name == "id":
                return [*keys, SortKey(row.c.id, term.descending)]
            keys += [
                SortKey(sql, term.descending, term.nulls_first, is_nullable(sql))
                for sql in self._build_sort_expressions(row, term)
            ]
        return [*keys, SortKey(row.c.id, bool(keys) and keys[-1].descending)]

    def _build_sort_expressions(self, row: FromClause, term: SortTerm) -> Sequence[Sql]:
        source, context = self.target[term.name], self.context
        if isinstance(source, KeyedValues):
            key = bind_sort_key(context.builder, self.field, term)
            return source.build_sort_keys(row, context.create_field_context(self.field), key)
        assert isinstance(source, Value), f"{self.target.name} cannot be ordered by {term.name}."
        return [context.compile_value(source.sorted, row, self.field)]

    def _build_ctes(self) -> list[CTE]:
        """Return the CTE of candidates, and the CTE of the page where it is not the same."""
        candidates = self._select_candidates().cte(self.candidates.name)
        return (
            [candidates]
            if self.page is self.candidates
            else [candidates, self._select_page().cte(self.page.name)]
        )

    def _select_candidates(self) -> Select[Any]:
        """Return the rows of the page, and one more row if `pageInfo` is requested.

        The inner, literal limit gives a generic plan a realistic estimate; the outer limit is bound
        to the page size of the request.
        """
        keys = [key.sql.label(f"~key{n}") for n, key in enumerate(self.sort_keys)]
        page = (
            select(*(self.alias.c[name] for name in self.page.used_columns), *keys)
            .where(and_(self.row_condition, *self.cursor_conditions))
            .order_by(*(key.build_order_by(backwards=self.backwards) for key in self.sort_keys))
            .limit(literal_column(str(MAX_PAGE_SIZE + 1)))
            .correlate_except(self.alias)
        )
        rows = self._skip(page).subquery(self.context.create_name())
        size = self.page_size + literal_column("1") if self.has_page_info else self.page_size
        return select(ALL_COLUMNS).select_from(rows).limit(size)

    def _skip(self, page: Select[Any]) -> Select[Any]:
        """Leave out the rows that the request skips, in a list at the root."""
        builder = self.context.builder
        if self.parent is not None or not builder.specialize_on(skips_rows):
            return page
        return page.offset(builder.bind(count_skipped_rows, BigInteger()))

    def _select_page(self) -> Select[Any]:
        """Return the rows of the page in the order of the list."""
        page = select(ALL_COLUMNS).select_from(self.candidates).limit(self.page_size)
        if not self.backwards:
            return page
        candidates = Page(self.context.create_name(), self.candidates, self.sort_keys)
        rows = page.subquery(candidates.name)
        return select(ALL_COLUMNS).select_from(rows).order_by(*self._build_order_by(candidates))

    def _build_order_by(self, rows: Page, *, backwards: bool = False) -> list[Sql]:
        return [
            replace(key, sql=sql).build_order_by(backwards=backwards)
            for key, sql in zip(self.sort_keys, rows.keys, strict=True)
        ]

    def _build_cursor_conditions(self) -> list[Sql]:
        return [
            self._build_cursor_condition(name, backwards=backwards)
            for name, backwards in (("after", False), ("before", True))
            if self._has_argument(name)
        ]

    def _build_cursor_condition(self, name: str, *, backwards: bool) -> Sql:
        builder = self.context.builder
        position = CursorPosition(self.field, name, self.cursor_key)
        nullable = any(key.nullable for key in self.sort_keys)
        nulls = (
            builder.specialize_on(CursorNullFlags(position))
            if nullable
            else (False,) * len(self.sort_keys)
        )
        if len(nulls) != len(self.sort_keys):
            raise create_cursor_error(name)
        values: list[Sql] = [
            builder.bind(CursorValue(position, n, get_python_type(key.sql.type)), key.type)
            for n, key in enumerate(self.sort_keys)
        ]
        return keyset_condition(self.sort_keys, values, nulls, backwards=backwards)

    # -- subfields ------------------------------------------------------------------------------

    def _compile_subfield(self, subfield: Field) -> Sql:
        match subfield.name:
            case "total_count":
                return self._compile_total_count()
            case "edges":
                edges = (
                    (each.response_key, self._compile_edge(each))
                    for each in _get_subfields(subfield)
                )
                return self._compile_rows(select_expressions(edges))
            case "nodes":
                return self._compile_rows(
                    self.select_object(self.target, self.page, require_selection(subfield))
                )
            case "page_info":
                info = [
                    (each.response_key, self._compile_page_info_field(each))
                    for each in _get_subfields(subfield)
                ]
                pairs = [item for key, sql in info for item in (literal_text(key), sql)]
                return func.json_build_object(*pairs, type_=JSON)
            case _:
                return literal_text(f"{self.target.name}{CONNECTION_SUFFIX}")

    def _compile_total_count(self) -> Sql:
        if self.search_hits is not None:
            total = select(func.cardinality(self.search_hits.c.ids))
            return total.correlate_except(self.search_hits).scalar_subquery()
        total = select(func.count()).select_from(self.alias).where(self.row_condition)
        return total.correlate_except(self.alias).scalar_subquery()

    def _compile_edge(self, subfield: Field) -> Sql:
        match subfield.name:
            case "cursor":
                return self._compile_cursor()
            case "node":
                return build_json_object(
                    self.select_object(self.target, self.page, require_selection(subfield))
                )
            case _:
                return literal_text(f"{self.target.name}{EDGE_SUFFIX}")

    def _compile_rows(self, rows: Select[Any]) -> Sql:
        return build_json_array(rows.select_from(self.page).correlate_except(self.page))

    def _compile_page_info_field(self, subfield: Field) -> Sql:
        match subfield.name:
            case "has_next_page":
                return (
                    self._render_has_argument("before")
                    if self.backwards
                    else self._compile_has_more()
                )
            case "has_previous_page":
                return (
                    self._compile_has_more()
                    if self.backwards
                    else self._render_has_argument("after")
                )
            case "start_cursor":
                return self._compile_boundary_cursor(first=True)
            case "end_cursor":
                return self._compile_boundary_cursor(first=False)
            case _:
                return literal_text(PAGE_INFO_TYPE)

    def _compile_has_more(self) -> Sql:
        has_more = select(func.count() > self.page_size).select_from(self.candidates)
        return has_more.correlate_except(self.candidates).scalar_subquery()

    def _render_has_argument(self, name: str) -> Sql:
        return literal_column(str(self._has_argument(name)).lower())

    def _compile_boundary_cursor(self, *, first: bool) -> Sql:
        """Return the cursor of the first row of the page, or of the last."""
        cursors = select(self._compile_cursor()).select_from(self.page)
        if not first:
            cursors = cursors.order_by(*self._build_order_by(self.page, backwards=True))
        cursor = cursors.limit(literal_column("1")).correlate_except(self.page)
        return cursor.scalar_subquery()

    def _compile_cursor(self) -> Sql:
        signing_key = self.context.builder.bind(self.cursor_key, LargeBinary())
        return build_cursor(self.page.keys, signing_key)

    def _has_argument(self, name: str) -> bool:
        return bool(self.context.builder.specialize_on(HasArgument(self.field, name)))


def _get_subfields(field: Field) -> tuple[Field, ...]:
    """Return the fields below a field of one possible type."""
    return next(iter(require_selection(field).fields_by_type.values()))
