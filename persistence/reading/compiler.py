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
from persistence.access.rule_simplifier import simplify
from persistence.access.rules_to_sql import compile_rule
from persistence.reading import connections
from persistence.reading.compile_context import UUID_TYPE, BoundActorFacts, BoundFieldContext
from persistence.reading.filters import FIELD_WITHOUT_ARGUMENTS
from persistence.reading.json_output import literal_text, to_json_value
from persistence.reading.parameters import (
    ArgumentValue,
    IdParser,
    IdPrefix,
    IdPrefixes,
    ListParser,
)
from persistence.reading.plan_cache import PlanBuilder
from persistence.reading.raw_sql import WrapSelect
from persistence.reading.read_model import (
    READ_MODELS,
    AnyNode,
    JsonRows,
    ListOf,
    Many,
    One,
    ReadModel,
    Row,
    Sql,
    UnionOf,
    Value,
)
from persistence.reading.selection import OPERATION_FIELD, Field, Selection

MAX_IDENTIFIER_LENGTH = 63
"""PostgreSQL cuts longer identifiers silently, so longer response keys take another way."""

OBJECT_COLUMN = "~object"
EMPTY_JSON_ARRAY: ColumnElement[Any] = literal_column("'[]'::json", JSON)


class Compiler:
    """Compiles one root field for one set of facts; `careful` leaves broken promises as null."""

    def __init__(self, builder: PlanBuilder, *, null_tolerant: bool = False) -> None:
        self.builder = builder
        self.facts = BoundActorFacts(builder)
        self.null_tolerant = null_tolerant
        self._names = 0

    def build_statement(self, model: ReadModel, field: Field) -> Select[Any]:
        """The statement of a root field, or of a whole operation: one row with its JSON value."""
        if field.name == OPERATION_FIELD:
            sql = self.build_json_object(self.select_object(model, None, _require_selection(field)))
        else:
            sql = self.compile_field(model, None, field)
        return select(cast(sql, JSON).label("json"))

    # -- rows: the one door -----------------------------------------------------------------

    def create_alias(self, model: ReadModel) -> FromClause:
        """A fresh alias of the readable's table."""
        assert model.table is not None, f"{model.name} has no table."
        return _create_alias(model.table, self.create_name())

    def create_name(self) -> str:
        """A fresh name that no response key can have."""
        self._names += 1
        return f"~{self._names}"

    def build_row_condition(
        self, model: ReadModel, row: Row, *conditions: Sql, rule: Rule | None = None
    ) -> Sql:
        """The condition of every row that is read: the tenant, the link, and who may see it."""
        if rule is None and model.visibility_condition is not None:
            visibility = model.visibility_condition(self.facts, row)
        else:
            visibility = compile_rule(model.see if rule is None else rule, self.facts, row)
        return and_(row.c.tenant_id == self.facts.tenant(), *conditions, visibility)

    def is_unrestricted(self, model: ReadModel) -> bool:
        """Whether the actor may see every row."""
        return model.visibility_condition is None and simplify(model.see, self.facts) == EVERYBODY

    # -- objects ----------------------------------------------------------------------------

    def select_object(self, model: ReadModel, row: Row | None, selection: Selection) -> Select[Any]:
        """A row of the expressions asked of an object."""
        return self.select_expressions(
            (each.response_key, self.compile_field(model, row, each))
            for each in selection.fields_by_type[model.name]
        )

    def select_expressions(self, expressions: Iterable[tuple[str, Sql]]) -> Select[Any]:
        """A select of expressions under their response keys, correlated with everything outside."""
        return select(*(sql.label(key) for key, sql in expressions)).correlate_except()

    def build_json_object(self, rows: Select[Any]) -> Sql:
        """At most one row as a JSON object, or null; no response key can shadow the row's name."""
        if _has_long_names(rows):
            return _build_json_as_text(rows).scalar_subquery()
        return WrapSelect('(SELECT row_to_json("~") FROM (', rows, ') AS "~")')

    def compile_field(  # noqa: PLR0911 - one return for each kind of field
        self, model: ReadModel, row: Row | None, field: Field
    ) -> Sql:
        """The expression of one field of an object."""
        if field.name == "__typename":
            return literal_text(model.name)
        if field.name == "viewer_can":
            return self._compile_viewer_can(model, _require_row(row))
        match model[field.name]:
            case Value() as value:
                return self._compile_json_value(value, _require_row(row), field)
            case One() as one:
                return self._compile_one(one, row, field)
            case Many() as many:
                return self._guard_value(
                    many.see, row, connections.compile_connection(self, many, row, field)
                )
            case ListOf() as listed:
                return self._guard_value(
                    listed.see, row, self._compile_list(listed, _require_row(row), field)
                )
            case JsonRows() as unpacked:
                return self._compile_json_rows(unpacked, _require_row(row), field)
            case UnionOf() as either:
                return self._compile_union(either, _require_row(row), field)
            case AnyNode(several):
                return self._compile_nodes(field) if several else self._compile_node(field)

    def compile_value(self, value: Value, row: Row, field: Field) -> Sql:
        """A leaf as the actor may see it, in the database's own form."""
        return self._guard_value(
            value.see, row, value.build_sql(row, self.create_field_context(field))
        )

    def _compile_json_value(self, value: Value, row: Row, field: Field) -> Sql:
        return self._guard_value(
            value.see,
            row,
            to_json_value(value.build_sql(row, self.create_field_context(field)), value.prefix),
        )

    def _guard_value(self, rule: Rule | None, row: Row | None, sql: Sql) -> Sql:
        if rule is None or simplify(rule, self.facts) == EVERYBODY:
            return sql
        return case((compile_rule(rule, self.facts, _require_row(row)), sql))

    def guard_condition(self, rule: Rule | None, row: Row, condition: Sql) -> Sql:
        """A condition that holds only where the rule does, too."""
        if rule is None or simplify(rule, self.facts) == EVERYBODY:
            return condition
        return and_(compile_rule(rule, self.facts, row), condition)

    def create_field_context(self, field: Field) -> BoundFieldContext:
        """What a declaration may ask while this field is compiled."""
        return BoundFieldContext(self.facts, self.builder, field)

    # -- links ------------------------------------------------------------------------------

    def _compile_one(self, one: One, row: Row | None, field: Field) -> Sql:
        found = self._compile_linked_object(one, row, field)
        return self._require_non_null(self._guard_value(one.see, row, found), row, field)

    def _compile_linked_object(self, one: One, row: Row | None, field: Field) -> Sql:
        target = self.create_alias(one.target)
        selection = _require_selection(field)
        on = one.on(row, target, self.create_field_context(field))  # type: ignore[arg-type]
        rule = EVERYBODY if one.inherits_visibility else None
        rows = self.select_object(one.target, target, selection).select_from(target)
        matching = rows.where(self.build_row_condition(one.target, target, on, rule=rule))
        return self.build_json_object(matching.correlate_except(target))

    def _require_non_null(self, sql: Sql, row: Row | None, field: Field) -> Sql:
        """A null where the schema promises none fails the statement; it is then read with care.

        The text is no JSON, and depends on the row, so that it is cast only where it is needed.
        """
        if not field.non_null or self.null_tolerant or row is None:
            return sql
        violation = cast(
            literal_text(NON_NULL_VIOLATION_MARKER).op("||")(cast(row.c.id, Text)), JSON
        )
        return func.coalesce(sql, violation, type_=JSON)

    def _compile_list(self, list_of: ListOf, row: Row, field: Field) -> Sql:
        target, context = self.create_alias(list_of.target), self.create_field_context(field)
        names = dict.fromkeys((*list_of.target.order, "id"))
        keys = (
            [list_of.order(row, target, context)] if list_of.order else [target.c[n] for n in names]
        )
        rule = EVERYBODY if list_of.inherits_visibility else None
        on = list_of.on(row, target, context)
        rows = (
            self.select_object(list_of.target, target, _require_selection(field))
            .select_from(target)
            .where(self.build_row_condition(list_of.target, target, on, rule=rule))
            .order_by(*keys)
        )
        return self.build_json_array(rows.correlate_except(target))

    def _compile_json_rows(self, json_rows: JsonRows, row: Row, field: Field) -> Sql:
        items = json_rows.build_rows(row, self.create_field_context(field))
        rows = self.select_object(json_rows.target, items, _require_selection(field)).select_from(
            items
        )
        return self.build_json_array(rows.correlate_except(items))

    def build_json_array(self, rows: Select[Any]) -> Sql:
        """Rows, in their order, as a JSON list."""
        item = '"~"'
        if _has_long_names(rows):
            item, rows = f'"~"."{OBJECT_COLUMN}"', _build_json_as_text(rows)
        listed = WrapSelect(f"(SELECT json_agg({item}) FROM (", rows, ') AS "~")')
        return func.coalesce(listed, EMPTY_JSON_ARRAY, type_=JSON)

    def _compile_union(self, union: UnionOf, row: Row, field: Field) -> Sql:
        """CASE runs only the branch that it takes."""
        return self._require_non_null(
            case(
                *(
                    (
                        cast(union.discriminator(row), Text) == literal_text(stored),
                        self._compile_linked_object(one, row, field),
                    )
                    for stored, one in union.members.items()
                )
            ),
            row,
            field,
        )

    # -- nodes ------------------------------------------------------------------------------

    def _compile_node(self, field: Field) -> Sql:
        models_by_prefix = {each.prefix: each for each in list_node_models()}
        prefixes = tuple(sorted(models_by_prefix))
        prefix = self.builder.specialize_on(IdPrefix(ArgumentValue(field, ("id",)), prefixes))
        id_sql = self.builder.bind(ArgumentValue(field, ("id",), IdParser(prefixes)), UUID_TYPE)
        return self.compile_object_by_id(models_by_prefix[prefix], field, id_sql)

    def _compile_nodes(self, field: Field) -> Sql:
        """Every id is looked up in the table of its kind; the list keeps the order of the ids."""
        argument = ArgumentValue(field, ("ids",))
        id_parser = IdParser(tuple(sorted(each.prefix for each in list_node_models())))
        prefixes = self.builder.bind(IdPrefixes(argument), ARRAY(Text()))
        ids = self.builder.bind(
            ArgumentValue(field, ("ids",), ListParser(id_parser)), ARRAY(UUID_TYPE)
        )
        requested = (
            func.unnest(prefixes, ids)
            .table_valued("kind", "id", with_ordinality="nth", name=self.create_name())
            .render_derived()
        )
        kinds = [
            each
            for each in list_node_models()
            if each.name in _require_selection(field).fields_by_type
        ]
        found = case(
            *(
                (
                    cast(requested.c.kind, Text) == literal_text(each.prefix),
                    self.compile_object_by_id(each, field, type_coerce(requested.c.id, UUID_TYPE)),
                )
                for each in kinds
            )
        )
        items = select(func.json_agg(aggregate_order_by(found, requested.c.nth), type_=JSON))
        return func.coalesce(
            items.select_from(requested).scalar_subquery(), EMPTY_JSON_ARRAY, type_=JSON
        )

    def compile_object_by_id(self, model: ReadModel, field: Field, id_sql: Sql) -> Sql:
        """What is asked of the object with an id, if there is one for the actor to see."""
        row = self.create_alias(model)
        rows = self.select_object(model, row, _require_selection(field)).select_from(row)
        return self.build_json_object(
            rows.where(self.build_row_condition(model, row, row.c.id == id_sql)).correlate_except(
                row
            )
        )

    # -- what the viewer may do -------------------------------------------------------------

    def _compile_viewer_can(self, model: ReadModel, row: Row) -> Sql:
        """The names of the actions that would not be refused; each rule is evaluated once."""
        rules = list(dict.fromkeys(action.rule for action in model.actions))
        rule_results = (
            select(
                *(
                    compile_rule(rule, self.facts, row).label(f"r{n}")
                    for n, rule in enumerate(rules)
                )
            )
            .correlate_except()
            .offset(literal_column("0"))
            .subquery(self.create_name())
        )
        names = []
        for action in model.actions:
            is_allowed: Sql = rule_results.c[f"r{rules.index(action.rule)}"]
            if action.states is not None:
                states = [literal_text(state) for state in action.states]
                is_allowed = and_(is_allowed, cast(row.c[action.state_attribute], Text).in_(states))
            blocker = model.blockers.get(action.name)
            if blocker is not None:
                is_allowed = and_(
                    is_allowed,
                    not_(
                        func.coalesce(
                            blocker(row, self.create_field_context(FIELD_WITHOUT_ARGUMENTS)), False
                        )
                    ),
                )
            names.append(case((is_allowed, literal_text(action.name.upper()))))
        allowed_names: Sql = func.array_remove(array[Any](names, type_=Text()), None)
        rows = select(func.array_to_json(allowed_names, type_=JSON)).select_from(rule_results)
        return rows.correlate_except(rule_results).scalar_subquery()


NON_NULL_VIOLATION_MARKER = "broken_promise_"


def list_node_models() -> list[ReadModel]:
    """Every readable that an opaque id may name."""
    return [each for each in READ_MODELS.values() if each.prefix and each.table is not None]


def _has_long_names(rows: Select[Any]) -> bool:
    labels = (each for each in rows.inner_columns if isinstance(each, Label))
    return any(len(each.name) > MAX_IDENTIFIER_LENGTH for each in labels)


def _build_json_as_text(rows: Select[Any]) -> Select[Any]:
    """The same rows as JSON objects put together as text, which no name is too long for."""
    text: Sql = literal_text("{")
    for n, column in enumerate(rows.selected_columns):
        held = cast(func.to_json(column.element), Text)
        key = literal_text(f'{"," if n else ""}"{column.name}":')
        text = text.op("||")(key).op("||")(func.coalesce(held, literal_text("null")))
    whole = cast(text.op("||")(literal_text("}")), JSON).label(OBJECT_COLUMN)
    return rows.with_only_columns(whole, maintain_column_froms=True)


def _require_row(row: Row | None) -> Row:
    assert row is not None, "The root has no row."
    return row


def _require_selection(field: Field) -> Selection:
    assert field.selection is not None, f"{field.name} was asked for without a selection."
    return field.selection


@lru_cache(maxsize=2_000)
def _create_alias(table: Table, name: str) -> FromClause:
    """An alias copies all columns, which is dear; statements may share one of the same name."""
    return table.alias(name)
