"""The read compiler: one root field becomes one SQL statement that returns its JSON.

An object is `row_to_json` of a row of expressions over its table's alias; a list is `json_agg` of
such rows; nested objects are correlated scalar subselects. Those that the rows of a list share are
joined to it.
"""

from functools import reduce
from typing import Any, ClassVar

from sqlalchemy import (
    ARRAY,
    JSON,
    FromClause,
    Select,
    Text,
    case,
    cast,
    func,
    select,
    true,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by, array

from domain.kernel.access import EVERYBODY
from persistence.kernel.sql_literals import literal_text
from persistence.kernel.wire_format import to_enum_name, to_json_value
from persistence.reading.compile_context import (
    UUID_ARRAY_TYPE,
    UUID_TYPE,
    CompileContext,
    require_row,
)
from persistence.reading.connections import compile_connection
from persistence.reading.json_output import (
    EMPTY_JSON_ARRAY,
    build_json_array,
    build_json_object,
    join_json_object,
    select_expressions,
)
from persistence.reading.parameters import (
    ArgumentValue,
    IdParser,
    IdPrefix,
    IdPrefixes,
    ListParser,
    OptionalIdParser,
)
from persistence.reading.plan_cache import PlanBuilder
from persistence.reading.read_model import (
    AnyNode,
    ComputedList,
    ComputedOne,
    ComputedRows,
    ListOf,
    Many,
    One,
    ReadModel,
    Row,
    Sql,
    UnionOf,
    Value,
    list_node_models,
)
from persistence.reading.relations import follow_redirect
from persistence.reading.selection import (
    FIELD_WITHOUT_ARGUMENTS,
    JSON_TEXTS_FIELD,
    OPERATION_FIELD,
    Field,
    Selection,
    require_selection,
)
from persistence.reading.viewer_rights import build_conditions, select_rule_results

NON_NULL_VIOLATION_MARKER = "broken_promise_"
"""The cast of this text to JSON fails; the reader finds it in the detail of the error."""

TEXT_ARRAY_TYPE = ARRAY(Text())


class Compiler:
    """Compiles one root field, or one whole operation, into the statement of a plan.

    By default a null that the schema forbids fails the statement. A `null_tolerant` statement
    returns such nulls instead, and the execution of the operation decides what they remove.
    """

    CONTEXT: ClassVar[type[CompileContext]] = CompileContext

    def __init__(self, builder: PlanBuilder, *, null_tolerant: bool = False) -> None:
        self.context = self.CONTEXT(builder)
        self.null_tolerant = null_tolerant
        self._joins: dict[Row, list[FromClause]] = {}
        """For each list: the shared objects that are joined to its rows."""

    def build_statement(self, model: ReadModel, field: Field) -> Select[Any]:
        """Return the statement of a root field or of an operation: one row with its JSON value.

        For several root fields at once, the value is the list of their JSON as texts.
        """
        if field.name == JSON_TEXTS_FIELD:
            fields = require_selection(field).fields_by_type[model.name]
            texts = [cast(self.compile_field(model, None, each), Text) for each in fields]
            return select(array[Any](texts, type_=Text()).label("json"))
        if field.name == OPERATION_FIELD:
            sql = build_json_object(self.select_object(model, None, require_selection(field)))
        else:
            sql = self.compile_field(model, None, field)
        return select(cast(sql, JSON).label("json"))

    def select_object(self, model: ReadModel, row: Row | None, selection: Selection) -> Select[Any]:
        """Return a select of the requested fields of a row, without its FROM clause."""
        return select_expressions(
            (each.response_key, self.compile_field(model, row, each))
            for each in selection.fields_by_type[model.name]
        )

    def compile_field(  # noqa: PLR0911 - one return for each kind of field
        self, model: ReadModel, row: Row | None, field: Field
    ) -> Sql:
        """Return the expression of one field; only fields of the root have no row."""
        if field.name == "__typename":
            return literal_text(model.name)
        if field.name == "viewer_can":
            return self._compile_viewer_can(model, require_row(row))
        match model[field.name]:
            case Value() as value:
                return self._compile_json_value(value, require_row(row), field)
            case One() as one:
                return self._compile_one(one, row, field)
            case Many() as many:
                page = compile_connection(self.context, many, row, field, self.select_object)
                return self.context.guard_value(many.see, row, page)
            case ListOf() as list_of:
                items = self._compile_list(list_of, require_row(row), field)
                return self.context.guard_value(list_of.see, row, items)
            case ComputedRows() as computed:
                return self._compile_computed_rows(computed, row, field)
            case UnionOf() as union:
                return self._compile_union(union, require_row(row), field)
            case AnyNode(is_list):
                return self._compile_nodes(field) if is_list else self._compile_node(field)

    def _compile_json_value(self, value: Value, row: Row, field: Field) -> Sql:
        sql = value.build_sql(row, self.context.create_value_context(field))
        return self.context.guard_value(value.see, row, to_json_value(sql, value.prefix))

    # -- relations --------------------------------------------------------------------------

    def _compile_one(self, one: One, row: Row | None, field: Field) -> Sql:
        found = self._compile_linked_object(one, row, field)
        return self._require_non_null(self.context.guard_value(one.see, row, found), row, field)

    def _compile_linked_object(self, one: One, row: Row | None, field: Field) -> Sql:
        target = self.context.create_alias(one.target)
        field_context = self.context.create_field_context(field)
        # A relation of the root reads arguments only, never its row.
        on = one.on(row, target, field_context)  # type: ignore[arg-type]
        rule = EVERYBODY if one.inherits_visibility else None
        selected = self.select_object(one.target, target, require_selection(field))
        rows = selected.select_from(target).where(
            self.context.build_row_condition(one.target, target, on, rule=rule)
        )
        rows = rows.correlate_except(target)
        joins = self._joins.get(row) if one.is_shared and row is not None else None
        if joins is None:
            return build_json_object(rows)
        joined, json_object = join_json_object(rows, self.context.create_name())
        joins.append(joined)
        return json_object

    def _require_non_null(self, sql: Sql, row: Row | None, field: Field) -> Sql:
        """Make the statement fail where the schema forbids a null; the reader then repeats it.

        The text is not JSON, so its cast fails. It contains the row's id, because PostgreSQL would
        evaluate a constant cast while it plans.
        """
        if not field.non_null or self.null_tolerant or row is None:
            return sql
        text = literal_text(NON_NULL_VIOLATION_MARKER).op("||")(cast(row.c.id, Text))
        return func.coalesce(sql, cast(text, JSON), type_=JSON)

    def _compile_list(self, list_of: ListOf, row: Row, field: Field) -> Sql:
        target = self.context.create_alias(list_of.target)
        field_context = self.context.create_field_context(field)
        if list_of.order:
            sort_keys = [list_of.order(row, target, field_context)]
        else:
            names = dict.fromkeys((*list_of.target.order, "id"))
            sort_keys = [target.c[name] for name in names]
        rule = EVERYBODY if list_of.inherits_visibility else None
        on = list_of.on(row, target, field_context)
        joins = self._joins[target] = []
        selected = self.select_object(list_of.target, target, require_selection(field))
        source = reduce(lambda left, right: left.outerjoin(right, true()), joins, target)
        rows = (
            selected.select_from(source)
            .where(self.context.build_row_condition(list_of.target, target, on, rule=rule))
            .order_by(*sort_keys)
        )
        return build_json_array(rows.correlate_except(target, *joins))

    def _compile_computed_rows(self, computed: ComputedRows, row: Row | None, field: Field) -> Sql:
        # Rows of the root come from the program, never from a row.
        items = computed.build_rows(row, self.context.create_value_context(field))  # type: ignore[arg-type]
        selected = self.select_object(computed.target, items, require_selection(field))
        rows = selected.select_from(items).correlate_except(items)
        if isinstance(computed, ComputedOne):
            return build_json_object(rows)
        if isinstance(computed, ComputedList) and computed.order is not None:
            rows = rows.order_by(items.c[computed.order])
        return build_json_array(rows)

    def _compile_union(self, union: UnionOf, row: Row, field: Field) -> Sql:
        """Return a CASE with one branch for each type; PostgreSQL evaluates only one of them."""
        branches = [
            (
                cast(union.discriminator(row), Text) == literal_text(stored),
                self._compile_linked_object(one, row, field),
            )
            for stored, one in union.members.items()
        ]
        return self._require_non_null(case(*branches), row, field)

    # -- nodes ------------------------------------------------------------------------------

    def _compile_node(self, field: Field) -> Sql:
        models_by_prefix = {each.prefix: each for each in list_node_models()}
        prefixes = tuple(sorted(models_by_prefix))
        builder = self.context.builder
        prefix = builder.specialize_on(IdPrefix(ArgumentValue(field, ("id",)), prefixes))
        id_sql = builder.bind(ArgumentValue(field, ("id",), IdParser(prefixes)), UUID_TYPE)
        return self.compile_object_by_id(models_by_prefix[prefix], field, id_sql)

    def _compile_nodes(self, field: Field) -> Sql:
        """Return the objects in the order of the ids, each looked up in the table of its prefix."""
        models = list_node_models()
        id_parser = OptionalIdParser(tuple(sorted(each.prefix for each in models)))
        id_source = ArgumentValue(field, ("ids",), ListParser(id_parser))
        prefix_source = IdPrefixes(ArgumentValue(field, ("ids",)))
        prefixes = self.context.builder.bind(prefix_source, TEXT_ARRAY_TYPE)
        ids = self.context.builder.bind(id_source, UUID_ARRAY_TYPE)
        requested = (
            func.unnest(prefixes, ids)
            .table_valued("kind", "id", with_ordinality="nth", name=self.context.create_name())
            .render_derived()
        )
        requested_types = require_selection(field).fields_by_type
        branches = [
            (
                cast(requested.c.kind, Text) == literal_text(model.prefix),
                self.compile_object_by_id(model, field, type_coerce(requested.c.id, UUID_TYPE)),
            )
            for model in models
            if model.name in requested_types
        ]
        ordered = aggregate_order_by(case(*branches), requested.c.nth)
        items = select(func.json_agg(ordered, type_=JSON)).select_from(requested)
        return func.coalesce(items.scalar_subquery(), EMPTY_JSON_ARRAY, type_=JSON)

    def compile_object_by_id(self, model: ReadModel, field: Field, id_sql: Sql) -> Sql:
        """Return the requested fields of the object with this id; null where it is not visible."""
        row = self.context.create_alias(model)
        selected = self.select_object(model, row, require_selection(field)).select_from(row)
        target_id = follow_redirect(self.context.facts, model, id_sql)
        condition = self.context.build_row_condition(model, row, row.c.id == target_id)
        return build_json_object(selected.where(condition).correlate_except(row))

    # -- viewerCan --------------------------------------------------------------------------

    def _compile_viewer_can(self, model: ReadModel, row: Row) -> Sql:
        """Return the names of the actions that would succeed; each rule is evaluated once."""
        field_context = self.context.create_field_context(FIELD_WITHOUT_ARGUMENTS)
        results = select_rule_results(model, row, field_context, self.context.create_name())
        names = [
            case((each.whole, literal_text(to_enum_name(each.action.name))))
            for each in build_conditions(model, row, results, field_context)
        ]
        allowed_names: Sql = func.array_remove(array[Any](names, type_=Text()), None)
        rows = select(func.array_to_json(allowed_names, type_=JSON)).select_from(results)
        return rows.correlate_except(results).scalar_subquery()
