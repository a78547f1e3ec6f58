"""Custom fields: their table and read models, and the values of the objects that have them."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Boolean, Date, FromClause, Numeric, Text, case, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.selectable import TableValuedAlias
from sqlalchemy.types import TypeEngine

from domain.custom_fields import ATTRIBUTES, CustomField
from persistence.access.rules_to_sql import compile_rule
from persistence.concept import register_concept
from persistence.kernel.schema.columns import columns_of
from persistence.kernel.schema.tables import aggregate_table, shared_alias, tenant_unique
from persistence.kernel.sql_literals import literal_text
from persistence.reading.keyed_values import KeyedValues
from persistence.reading.raw_sql import SqlTemplate
from persistence.reading.read_model import FieldContext, ReadModel, Row, Sql
from persistence.reading.relations import add_lookup, tenant_subquery

custom_fields = aggregate_table(
    "custom_fields",
    *columns_of(CustomField),
    tenant_unique("object_type", "key"),
    prefix="customfield",
)

CUSTOM_FIELD = register_concept(CustomField, custom_fields, order=("id",), affects_access=False)
CUSTOM_OPTION = ReadModel("CustomOption", None)
CUSTOM_VALUE = ReadModel("CustomValue", None)

EMPTY: Sql = SqlTemplate("'{{}}'::jsonb", JSONB())

COMPARED: dict[str, tuple[str, TypeEngine[Any]]] = {
    "text": ("({value} ->> 'text')", Text()),
    "number": ("({value} ->> 'number')::numeric", Numeric()),
    "boolean": ("({value} ->> 'boolean')::boolean", Boolean()),
    "date": ("({value} ->> 'date')::date", Date()),
}
"""The SQL of a stored value in each of its fields; null where the value is of another type."""

OPTIONS = ("{value} -> 'options'", JSONB())
TYPES = {"text": str, "number": Decimal, "boolean": bool, "date": date, "options": list}

SORTED_TEXT = (
    """left(coalesce({value} ->> 'text', {value} ->> 'date', {value} ->> 'boolean'), 200)"""
)
"""A text, a day or a Boolean as a text in its order. A cursor has it, so it is not too long."""
SORTED_NUMBER = """CASE WHEN {value} ? 'options' THEN ({place})
 ELSE ({value} ->> 'number')::numeric END"""
"""A number, or the place of the first chosen option."""
PLACE = """SELECT each.place::numeric
 FROM jsonb_array_elements({options}) WITH ORDINALITY AS each (item, place)
 WHERE each.item ->> 'key' = {value} -> 'options' ->> 0"""


def add_custom_values(model: ReadModel) -> None:
    """Add the values of custom fields to the model of a holder."""
    model.declared_fields["custom_values"] = KeyedValues(
        CUSTOM_VALUE,
        _build_value_rows(model),
        types=TYPES,
        build_value=lambda row, context, key, name: _build_compared(
            _find_value(model, row, context, key), name
        ),
        build_sort_keys=lambda row, context, key: _build_sort_keys(
            model, _find_value(model, row, context, key), context, key
        ),
    )


def _list_readable(model: ReadModel, row: Row, context: FieldContext) -> list[tuple[Sql, Sql]]:
    """List the attributes with values that not everybody reads, each with its condition."""
    _, *guarded = ATTRIBUTES.values()
    return [
        (compile_rule(model.guarded[name], context.facts, row), row.c[name]) for name in guarded
    ]


def _find_value(model: ReadModel, row: Row, context: FieldContext, key: Sql) -> Sql:
    """Build the stored value with a key that the actor may read. Only one attribute has it."""
    open_values = row.c[next(iter(ATTRIBUTES.values()))]
    found = [_get_by_key(open_values, key)]
    for rule, values in _list_readable(model, row, context):
        found.append(case((rule, _get_by_key(values, key))))
    return func.coalesce(*found, type_=JSONB())


def _get_by_key(values: Sql, key: Sql) -> Sql:
    return SqlTemplate("({values} -> {key}::text)", JSONB(), values=values, key=key)


def _build_compared(value: Sql, name: str) -> Sql:
    template, sql_type = COMPARED.get(name, OPTIONS)
    return SqlTemplate(template, sql_type, value=value)


def _build_sort_keys(
    model: ReadModel, value: Sql, context: FieldContext, key: Sql
) -> tuple[Sql, ...]:
    field = shared_alias(custom_fields)
    options = tenant_subquery(
        context,
        field,
        field.c.options,
        field.c.object_type == literal_text(model.entity),
        field.c.key == key,
    ).scalar_subquery()
    place = SqlTemplate(PLACE, Numeric(), options=options, value=value)
    return (
        SqlTemplate(SORTED_NUMBER, Numeric(), value=value, place=place),
        SqlTemplate(SORTED_TEXT, Text(), value=value),
    )


def _build_value_rows(model: ReadModel) -> Callable[[Row, FieldContext], FromClause]:
    def build(row: Row, context: FieldContext) -> FromClause:
        field = shared_alias(custom_fields)
        each = (
            func.jsonb_each(_unite_readable(model, row, context))
            .table_valued("key", "value")
            .render_derived()
        )
        return (
            select(field.c.id.label("field_id"), field.c.key, field.c.options, each.c.value)
            .select_from(each)
            .join(
                field,
                (field.c.tenant_id == context.facts.tenant())
                & (field.c.object_type == literal_text(model.entity))
                & (field.c.key == each.c.key),
            )
            .order_by(field.c.id)
            .correlate_except(each, field)
            .subquery()
        )

    return build


def _build_field(name: str) -> Callable[[Row, FieldContext], Sql]:
    return lambda row, _: _build_compared(row.c.value, name)


def _unite_readable(model: ReadModel, row: Row, context: FieldContext) -> Sql:
    """Build all values by key that the actor may read."""
    found: Sql = row.c[next(iter(ATTRIBUTES.values()))]
    for rule, values in _list_readable(model, row, context):
        found = found.op("||", return_type=JSONB())(case((rule, values), else_=EMPTY))
    return found


def _unpack_options(row: Row, _: FieldContext) -> FromClause:
    """Return the options of a field in their order."""
    each = _list_elements(row.c.options, "jsonb_array_elements")
    rows = select(*_read_option(each.c.item)).select_from(each)
    return rows.correlate_except(each).order_by(each.c.n).subquery()


def _unpack_chosen_options(row: Row, _: FieldContext) -> FromClause:
    """Return the options of a value, in the order in which they were chosen."""
    chosen = _build_compared(row.c.value, "options")
    key = _list_elements(chosen, "jsonb_array_elements_text")
    each = _list_elements(row.c.options, "jsonb_array_elements")
    return (
        select(*_read_option(each.c.item))
        .select_from(key)
        .join(each, SqlTemplate("{item} ->> 'key'", Text(), item=each.c.item) == key.c.item)
        .correlate_except(key, each)
        .order_by(key.c.n)
        .subquery()
    )


def _list_elements(items: Sql, function: str) -> TableValuedAlias:
    elements: FunctionElement[Any] = getattr(func, function)(items)
    return elements.table_valued("item", with_ordinality="n").render_derived()


def _read_option(item: Sql) -> list[Any]:
    return [
        SqlTemplate("{item} ->> 'key'", Text(), item=item).label("key"),
        SqlTemplate("{item} ->> 'label'", Text(), item=item).label("label"),
        SqlTemplate("({item} ->> 'is_archived')::boolean", Boolean(), item=item).label(
            "is_archived"
        ),
    ]


add_lookup("custom_field", CUSTOM_FIELD)
CUSTOM_FIELD.computed_list("options", CUSTOM_OPTION, _unpack_options)
for name in ("key", "label", "is_archived"):
    CUSTOM_OPTION.value(name)
CUSTOM_VALUE.one(
    "field",
    CUSTOM_FIELD,
    lambda row, field, _: field.c.id == row.c.field_id,
    inherits_visibility=True,
)
CUSTOM_VALUE.value("key")
for name in COMPARED:
    CUSTOM_VALUE.value(name, _build_field(name))
CUSTOM_VALUE.computed_list("options", CUSTOM_OPTION, _unpack_chosen_options)
