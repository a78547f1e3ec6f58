"""The read models of templates: rows of the program, which every statement gets as a constant."""

import json
from typing import Any

from sqlalchemy import (
    FromClause,
    Integer,
    Text,
    and_,
    cast,
    func,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB

from domain.kpis.enums import KpiDirection, KpiUnit, SliceAggregation, TimeAggregation
from domain.kpis.own_data.measures import KpiMeasure
from domain.kpis.templates import TEMPLATES, KpiTemplateCategory, Template, TemplateInput, Variant
from persistence.kernel.schema.tables import EnumText
from persistence.kernel.sql_literals import Columns, literal_text, unpack_rows
from persistence.kernel.wire_format import from_enum_name
from persistence.reading.read_model import ROOT, FieldContext, ReadModel, Row

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


def _select_templates(_: Row, context: FieldContext) -> FromClause:
    """Return the templates of the requested category that contain the searched text."""
    rows = unpack_rows(cast(LIBRARY, JSONB), TEMPLATE_COLUMNS, "variants")
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
    "variants",
    TEMPLATE_VARIANT,
    lambda row, _: unpack_rows(row.c.variants, VARIANT_COLUMNS, "inputs"),
)
TEMPLATE_VARIANT.computed_list(
    "inputs", TEMPLATE_INPUT, lambda row, _: unpack_rows(row.c.inputs, INPUT_COLUMNS)
)
ROOT.computed_list("kpi_templates", TEMPLATE, _select_templates)
