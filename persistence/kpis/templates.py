"""The read models of templates: rows of the program, which every statement gets as a constant."""

import json
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Text,
    and_,
    cast,
    column,
    func,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine

from domain.kpis.enums import KpiDirection, KpiUnit, SliceAggregation, TimeAggregation
from domain.kpis.own_data.measures import KpiMeasure
from domain.kpis.templates import TEMPLATES, KpiTemplateCategory, Template, TemplateInput, Variant
from persistence.kernel.schema.tables import EnumText
from persistence.kernel.sql_literals import literal_text
from persistence.kernel.wire_format import from_enum_name
from persistence.reading.read_model import ROOT, FieldContext, ReadModel, Row

Columns = dict[str, TypeEngine[Any]]

INPUT_COLUMNS: Columns = {
    "alias": Text(),
    "name": Text(),
    "calculation": Text(),
    "unit": EnumText(KpiUnit),
    "unit_name": Text(),
    "direction": EnumText(KpiDirection),
    "time_aggregation": EnumText(TimeAggregation),
    "slice_aggregation": EnumText(SliceAggregation),
    "measure": EnumText(KpiMeasure),
}
VARIANT_COLUMNS: Columns = {
    "key": Text(),
    "name": Text(),
    "formula": Text(),
    "note": Text(),
    "source": Text(),
    "frequencies": JSONB(),
    "time_aggregation": EnumText(TimeAggregation),
}
TEMPLATE_COLUMNS: Columns = {
    "key": Text(),
    "name": Text(),
    "category": EnumText(KpiTemplateCategory),
    "description": Text(),
    "unit": EnumText(KpiUnit),
    "unit_name": Text(),
    "decimals": Integer(),
    "direction": EnumText(KpiDirection),
    "note": Text(),
    "version": Integer(),
}


def _list_attributes(of: Template | Variant | TemplateInput) -> dict[str, Any]:
    """Return what is shown of a template or a part of it, by its name in the graph."""
    values = dict(vars(of))
    if not isinstance(of, Variant):
        values |= {"unit": of.unit.kind, "unit_name": of.unit.name, "decimals": of.unit.decimals}
    if isinstance(of, Variant):
        values["frequencies"] = [each.name for each in of.frequencies]
    for name in values.keys() & {"variants", "inputs"}:
        values[name] = [_list_attributes(each) for each in values[name]]
    return values


LIBRARY = literal_text(json.dumps([_list_attributes(each) for each in TEMPLATES.values()]))


def _unpack(items: ColumnElement[Any], columns: Columns, *others: str) -> FromClause:
    """Return the objects of a JSON array as rows, in their order."""
    types = columns | dict.fromkeys(others, JSONB())
    return (
        func.jsonb_to_recordset(items)
        .table_valued(*(column(name, type_) for name, type_ in types.items()))
        .render_derived(with_types=True)
    )


def _select_templates(_: Row, context: FieldContext) -> FromClause:
    """Return the templates of the requested category that contain the searched text."""
    rows = _unpack(cast(LIBRARY, JSONB), TEMPLATE_COLUMNS, "variants")
    conditions = []
    if context.has_argument("category"):
        category = context.bind_text("category", parse=from_enum_name)
        conditions.append(cast(rows.c.category, Text) == category)
    if context.has_argument("search"):
        text = func.concat_ws(" ", rows.c.name, rows.c.key, rows.c.description, type_=Text)
        searched = context.bind_text("search", parse=_join_words)
        conditions.append(func.strpos(func.lower(text), func.lower(searched)) > 0)
    return select(rows).where(and_(true(), *conditions)).subquery()


def _join_words(text: str) -> str:
    return " ".join(text.split())


TEMPLATE = ReadModel("KpiTemplate", None)
TEMPLATE_VARIANT = ReadModel("KpiTemplateVariant", None)
TEMPLATE_INPUT = ReadModel("KpiTemplateInput", None)
for model, columns in (
    (TEMPLATE, TEMPLATE_COLUMNS),
    (TEMPLATE_VARIANT, VARIANT_COLUMNS),
    (TEMPLATE_INPUT, INPUT_COLUMNS),
):
    for name in columns:
        model.value(name)
TEMPLATE.computed_list(
    "variants", TEMPLATE_VARIANT, lambda row, _: _unpack(row.c.variants, VARIANT_COLUMNS, "inputs")
)
TEMPLATE_VARIANT.computed_list(
    "inputs", TEMPLATE_INPUT, lambda row, _: _unpack(row.c.inputs, INPUT_COLUMNS)
)
ROOT.computed_list("kpi_templates", TEMPLATE, _select_templates)
