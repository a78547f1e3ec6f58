"""The read compiler: one field of the root becomes one statement that returns its JSON.

An object is `row_to_json` of a row of expressions over its table's alias; a list is `json_agg` of
such rows; children are correlated scalar subselects. Every row comes out of `rows`, the only place
that adds the tenant and the visibility rule: what the actor may not see is never counted, paged
over or aggregated.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    JSON,
    ColumnElement,
    FromClause,
    Label,
    Select,
    Table,
    Text,
    and_,
    case,
    cast,
    func,
    literal_column,
    not_,
    select,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by, array

from domain.kernel.access import EVERYBODY, Rule
from persistence.kernel.plain import simplify
from persistence.kernel.predicates import compile_rule
from persistence.reading import connections
from persistence.reading.around import Around
from persistence.reading.asking import ANY_UUID, BoundFacts, FieldAsk
from persistence.reading.filters import UNASKED
from persistence.reading.plans import Draft
from persistence.reading.readable import (
    READABLES,
    AnyNode,
    Either,
    Listed,
    Many,
    One,
    Readable,
    Row,
    Sql,
    Unpacked,
    Value,
)
from persistence.reading.selection import OPERATION, Field, Selection
from persistence.reading.sources import (
    Argument,
    Each,
    Prefix,
    Prefixes,
    RowId,
)
from persistence.reading.wire import literal_text, wire

LONGEST_NAME = 63
"""PostgreSQL cuts longer identifiers silently, so longer response keys take another way."""

OBJECT = "~object"
EMPTY: ColumnElement[Any] = literal_column("'[]'::json", JSON)


class Compiler:
    """Compiles one root field for one set of facts; `careful` leaves broken promises as null."""

    def __init__(self, draft: Draft, *, careful: bool = False) -> None:
        self.draft = draft
        self.facts = BoundFacts(draft)
        self.careful = careful
        self._names = 0

    def statement(self, root: Readable, field: Field) -> Select[Any]:
        """The statement of a root field, or of a whole operation: one row with its JSON value."""
        if field.name == OPERATION:
            sql = self.json(self.object(root, None, _asked(field)))
        else:
            sql = self.field(root, None, field)
        return select(cast(sql, JSON).label("json"))

    # -- rows: the one door -----------------------------------------------------------------

    def alias(self, readable: Readable) -> FromClause:
        """A fresh alias of the readable's table."""
        assert readable.table is not None, f"{readable.name} has no table."
        return _alias(readable.table, self.name())

    def name(self) -> str:
        """A fresh name that no response key can have."""
        self._names += 1
        return f"~{self._names}"

    def match(
        self, readable: Readable, row: Row, *conditions: Sql, rule: Rule | None = None
    ) -> Sql:
        """The condition of every row that is read: the tenant, the link, and who may see it."""
        if rule is None and readable.seen is not None:
            seen = readable.seen(self.facts, row)
        else:
            seen = compile_rule(readable.see if rule is None else rule, self.facts, row)
        return and_(row.c.tenant_id == self.facts.tenant(), *conditions, seen)

    def is_open(self, readable: Readable) -> bool:
        """Whether the actor may see every row."""
        return readable.seen is None and simplify(readable.see, self.facts) == EVERYBODY

    # -- objects ----------------------------------------------------------------------------

    def object(self, readable: Readable, row: Row | None, selection: Selection) -> Select[Any]:
        """A row of the expressions asked of an object."""
        return self.labelled(
            (each.key, self.field(readable, row, each)) for each in selection.of[readable.name]
        )

    def labelled(self, asked: Iterable[tuple[str, Sql]]) -> Select[Any]:
        """A select of expressions under their response keys, correlated with everything outside."""
        return select(*(sql.label(key) for key, sql in asked)).correlate_except()

    def json(self, rows: Select[Any]) -> Sql:
        """At most one row as a JSON object, or null; no response key can shadow the row's name."""
        if _has_long_names(rows):
            return _spelled_out(rows).scalar_subquery()
        return Around('(SELECT row_to_json("~") FROM (', rows, ') AS "~")')

    def field(  # noqa: PLR0911 - one return for each kind of field
        self, readable: Readable, row: Row | None, field: Field
    ) -> Sql:
        """The expression of one field of an object."""
        if field.name == "__typename":
            return literal_text(readable.name)
        if field.name == "viewer_can":
            return self._viewer_can(readable, _there(row))
        match readable[field.name]:
            case Value() as value:
                return self._value(value, _there(row), field)
            case One() as one:
                return self._one(one, row, field)
            case Many() as many:
                return self._guarded(many.see, row, connections.connection(self, many, row, field))
            case Listed() as listed:
                return self._guarded(listed.see, row, self._list(listed, _there(row), field))
            case Unpacked() as unpacked:
                return self._unpack(unpacked, _there(row), field)
            case Either() as either:
                return self._either(either, _there(row), field)
            case AnyNode(several):
                return self._nodes(field) if several else self._node(field)

    def value(self, value: Value, row: Row, field: Field) -> Sql:
        """A leaf as the actor may see it, in the database's own form."""
        return self._guarded(value.see, row, value.of(row, self.ask(field)))

    def _value(self, value: Value, row: Row, field: Field) -> Sql:
        return self._guarded(value.see, row, wire(value.of(row, self.ask(field)), value.prefix))

    def _guarded(self, rule: Rule | None, row: Row | None, sql: Sql) -> Sql:
        if rule is None or simplify(rule, self.facts) == EVERYBODY:
            return sql
        return case((compile_rule(rule, self.facts, _there(row)), sql))

    def permitted(self, rule: Rule | None, row: Row, condition: Sql) -> Sql:
        """A condition that holds only where the rule does, too."""
        if rule is None or simplify(rule, self.facts) == EVERYBODY:
            return condition
        return and_(compile_rule(rule, self.facts, row), condition)

    def ask(self, field: Field) -> FieldAsk:
        """What a declaration may ask while this field is compiled."""
        return FieldAsk(self.facts, self.draft, field)

    # -- links ------------------------------------------------------------------------------

    def _one(self, one: One, row: Row | None, field: Field) -> Sql:
        found = self._linked(one, row, field)
        return self._promised(self._guarded(one.see, row, found), row, field)

    def _linked(self, one: One, row: Row | None, field: Field) -> Sql:
        target = self.alias(one.target)
        asked = _asked(field)
        on = one.on(row, target, self.ask(field))  # type: ignore[arg-type]
        rule = EVERYBODY if one.within else None
        rows = self.object(one.target, target, asked).select_from(target)
        matching = rows.where(self.match(one.target, target, on, rule=rule))
        return self.json(matching.correlate_except(target))

    def _promised(self, sql: Sql, row: Row | None, field: Field) -> Sql:
        """A null where the schema promises none fails the statement; it is then read with care.

        The text is no JSON, and depends on the row, so that it is cast only where it is needed.
        """
        if not field.promised or self.careful or row is None:
            return sql
        broken = cast(literal_text(BROKEN).op("||")(cast(row.c.id, Text)), JSON)
        return func.coalesce(sql, broken, type_=JSON)

    def _list(self, listed: Listed, row: Row, field: Field) -> Sql:
        target, ask = self.alias(listed.target), self.ask(field)
        names = dict.fromkeys((*listed.target.order, "id"))
        keys = [listed.order(row, target, ask)] if listed.order else [target.c[n] for n in names]
        rule = EVERYBODY if listed.within else None
        on = listed.on(row, target, ask)
        rows = (
            self.object(listed.target, target, _asked(field))
            .select_from(target)
            .where(self.match(listed.target, target, on, rule=rule))
            .order_by(*keys)
        )
        return self.items(rows.correlate_except(target))

    def _unpack(self, unpacked: Unpacked, row: Row, field: Field) -> Sql:
        items = unpacked.rows(row, self.ask(field))
        rows = self.object(unpacked.target, items, _asked(field)).select_from(items)
        return self.items(rows.correlate_except(items))

    def items(self, rows: Select[Any]) -> Sql:
        """Rows, in their order, as a JSON list."""
        item = '"~"'
        if _has_long_names(rows):
            item, rows = f'"~"."{OBJECT}"', _spelled_out(rows)
        listed = Around(f"(SELECT json_agg({item}) FROM (", rows, ') AS "~")')
        return func.coalesce(listed, EMPTY, type_=JSON)

    def _either(self, either: Either, row: Row, field: Field) -> Sql:
        """CASE runs only the branch that it takes."""
        return self._promised(
            case(
                *(
                    (
                        cast(either.kind(row), Text) == literal_text(stored),
                        self._linked(one, row, field),
                    )
                    for stored, one in either.members.items()
                )
            ),
            row,
            field,
        )

    # -- nodes ------------------------------------------------------------------------------

    def _node(self, field: Field) -> Sql:
        known = {each.prefix: each for each in nodes()}
        prefixes = tuple(sorted(known))
        prefix = self.draft.know(Prefix(Argument(field, ("id",)), prefixes))
        wanted = self.draft.bind(Argument(field, ("id",), RowId(prefixes)), ANY_UUID)
        return self.by_id(known[prefix], field, wanted)

    def _nodes(self, field: Field) -> Sql:
        """Every id is looked up in the table of its kind; the list keeps the order of the ids."""
        argument = Argument(field, ("ids",))
        anything = RowId(tuple(sorted(each.prefix for each in nodes())))
        prefixes = self.draft.bind(Prefixes(argument), ARRAY(Text()))
        ids = self.draft.bind(Argument(field, ("ids",), Each(anything)), ARRAY(ANY_UUID))
        wanted = (
            func.unnest(prefixes, ids)
            .table_valued("kind", "id", with_ordinality="nth", name=self.name())
            .render_derived()
        )
        kinds = [each for each in nodes() if each.name in _asked(field).of]
        found = case(
            *(
                (
                    cast(wanted.c.kind, Text) == literal_text(each.prefix),
                    self.by_id(each, field, type_coerce(wanted.c.id, ANY_UUID)),
                )
                for each in kinds
            )
        )
        items = select(func.json_agg(aggregate_order_by(found, wanted.c.nth), type_=JSON))
        return func.coalesce(items.select_from(wanted).scalar_subquery(), EMPTY, type_=JSON)

    def by_id(self, target: Readable, field: Field, wanted: Sql) -> Sql:
        """What is asked of the object with an id, if there is one for the actor to see."""
        row = self.alias(target)
        rows = self.object(target, row, _asked(field)).select_from(row)
        return self.json(
            rows.where(self.match(target, row, row.c.id == wanted)).correlate_except(row)
        )

    # -- what the viewer may do -------------------------------------------------------------

    def _viewer_can(self, readable: Readable, row: Row) -> Sql:
        """The names of the actions that would not be refused; each rule is evaluated once."""
        rules = list(dict.fromkeys(action.rule for action in readable.actions))
        held = (
            select(
                *(
                    compile_rule(rule, self.facts, row).label(f"r{n}")
                    for n, rule in enumerate(rules)
                )
            )
            .correlate_except()
            .offset(literal_column("0"))
            .subquery(self.name())
        )
        names = []
        for action in readable.actions:
            may: Sql = held.c[f"r{rules.index(action.rule)}"]
            if action.states is not None:
                states = [literal_text(state) for state in action.states]
                may = and_(may, cast(row.c[action.state_attribute], Text).in_(states))
            hindered = readable.hindered.get(action.name)
            if hindered is not None:
                may = and_(may, not_(func.coalesce(hindered(row, self.ask(UNASKED)), False)))
            names.append(case((may, literal_text(action.name.upper()))))
        able: Sql = func.array_remove(array[Any](names, type_=Text()), None)
        rows = select(func.array_to_json(able, type_=JSON)).select_from(held)
        return rows.correlate_except(held).scalar_subquery()


BROKEN = "broken_promise_"


def nodes() -> list[Readable]:
    """Every readable that an opaque id may name."""
    return [each for each in READABLES.values() if each.prefix and each.table is not None]


def _has_long_names(rows: Select[Any]) -> bool:
    labels = (each for each in rows.inner_columns if isinstance(each, Label))
    return any(len(each.name) > LONGEST_NAME for each in labels)


def _spelled_out(rows: Select[Any]) -> Select[Any]:
    """The same rows as JSON objects put together as text, which no name is too long for."""
    text: Sql = literal_text("{")
    for n, column in enumerate(rows.selected_columns):
        held = cast(func.to_json(column.element), Text)
        key = literal_text(f'{"," if n else ""}"{column.name}":')
        text = text.op("||")(key).op("||")(func.coalesce(held, literal_text("null")))
    whole = cast(text.op("||")(literal_text("}")), JSON).label(OBJECT)
    return rows.with_only_columns(whole, maintain_column_froms=True)


def _there(row: Row | None) -> Row:
    assert row is not None, "The root has no row."
    return row


def _asked(field: Field) -> Selection:
    assert field.selection is not None, f"{field.name} was asked for without a selection."
    return field.selection


@lru_cache(maxsize=2_000)
def _alias(table: Table, name: str) -> FromClause:
    """An alias copies all columns, which is dear; statements may share one of the same name."""
    return table.alias(name)
