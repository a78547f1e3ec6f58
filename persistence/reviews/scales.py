"""Rating scales: tables, mapping and read models, and the conversion between two scales."""

from sqlalchemy import FromClause, Numeric, Text, select

from domain.reviews import RatingLevel, RatingScale
from domain.reviews.scales import CONVERTED_DECIMALS
from persistence.access.rules_to_sql import compile_rule
from persistence.concept import register_part
from persistence.kernel.mapping.registry import map_children
from persistence.kernel.schema.columns import columns_of
from persistence.kernel.schema.tables import (
    entity_table,
    parent_foreign_key,
    shared_alias,
    tenant_index,
)
from persistence.kernel.sql_literals import literal_number
from persistence.reading.raw_sql import SqlTemplate
from persistence.reading.read_model import FieldContext, ReadModel, Row, Sql
from persistence.reading.relations import tenant_subquery
from persistence.revisions import register_revisions, revision_table

rating_scales = revision_table("rating_scales", RatingScale, prefix="ratingscale")

rating_levels = entity_table(
    "rating_levels",
    *columns_of(RatingLevel),
    parent_foreign_key("scale_id", "rating_scales"),
    tenant_index("scale_id", "position", unique=True),
    prefix="ratinglevel",
)

RATING_SCALE = register_revisions(
    RatingScale,
    rating_scales,
    levels=map_children(
        RatingLevel, rating_levels, parent_column="scale_id", order_columns=("position",)
    ),
)
RATING_LEVEL = register_part(RatingLevel, rating_levels, order=("position",))
RATING_SCALE.list_of("levels", RATING_LEVEL, lambda row, each, _: each.c.scale_id == row.c.id)

RATING_CONVERSION = ReadModel("RatingConversion", None)
CONVERTED_RATING_LEVEL = ReadModel("ConvertedRatingLevel", None)

ONE = literal_number(1)
CONVERTED = f"""trim_scale(round({{lowest}} + ({{value}} - {{first}})
 * ({{highest}} - {{lowest}} + 0e-30) / ({{last}} - {{first}}), {CONVERTED_DECIMALS}))"""
"""The formula of `domain.reviews.scales.conversion`. The zero keeps the digits of the quotient."""
FORMULA = """concat(trim_scale({lowest}), ' + (value - ', trim_scale({first}), ') * (',
 trim_scale({highest}), ' - ', trim_scale({lowest}), ') / (', trim_scale({last}), ' - ',
 trim_scale({first}), ')')"""
ENDS = ("first", "last", "lowest", "highest")


def _select_conversion(scale: Row, context: FieldContext) -> FromClause:
    """Return one row: the ends of both scales, and the converted value. None for a hidden scale."""
    target = shared_alias(rating_scales)
    found = tenant_subquery(
        context,
        target,
        target.c.id.label("target_id"),
        target.c.id == context.bind_id("to_id", prefix=RATING_SCALE.prefix),
        compile_rule(RatingScale.SEE, context.facts, target),
    ).subquery()
    columns = [
        scale.c.id.label("source_id"),
        found.c.target_id,
        _select_end(context, scale.c.id).label("first"),
        _select_end(context, scale.c.id, is_last=True).label("last"),
        _select_end(context, found.c.target_id).label("lowest"),
        _select_end(context, found.c.target_id, is_last=True).label("highest"),
    ]
    if context.has_argument("value"):
        columns.append(context.bind_argument("value", Numeric()).label("value"))
    return (
        select(*columns)
        .select_from(found)
        .offset(literal_number(0))
        .correlate_except(found)
        .subquery()
    )


def _select_end(context: FieldContext, scale_id: Sql, *, is_last: bool = False) -> Sql:
    """Return the value of the lowest level of a scale, or of the highest."""
    level = shared_alias(rating_levels)
    values = tenant_subquery(context, level, level.c.value, level.c.scale_id == scale_id)
    position = level.c.position
    order = position.desc() if is_last else position
    return values.order_by(order).limit(ONE).scalar_subquery()


def _convert(row: Row, value: Sql) -> Sql:
    return SqlTemplate(CONVERTED, Numeric(), value=value, **{each: row.c[each] for each in ENDS})


def _convert_argument(row: Row, _: FieldContext) -> Sql:
    """Return the converted argument; null where there is none."""
    if "value" not in row.c:
        return SqlTemplate("NULL::numeric", Numeric())
    return _convert(row, row.c.value)


def _select_levels(row: Row, context: FieldContext) -> FromClause:
    """Return the levels of the source, each with its value on the target."""
    level = shared_alias(rating_levels)
    converted = _convert(row, level.c.value).label("converted_value")
    return (
        tenant_subquery(
            context, level, level.c.id.label("level_id"), level.c.scale_id == row.c.source_id
        )
        .add_columns(level.c.position, converted)
        .subquery()
    )


RATING_CONVERSION.one("target", RATING_SCALE, lambda row, other, _: other.c.id == row.c.target_id)
RATING_CONVERSION.value(
    "formula",
    lambda row, _: SqlTemplate(FORMULA, Text(), **{each: row.c[each] for each in ENDS}),
)
RATING_CONVERSION.value("converted_value", _convert_argument)
RATING_CONVERSION.computed_list("levels", CONVERTED_RATING_LEVEL, _select_levels, order="position")
CONVERTED_RATING_LEVEL.one(
    "level",
    RATING_LEVEL,
    lambda row, other, _: other.c.id == row.c.level_id,
    inherits_visibility=True,
)
CONVERTED_RATING_LEVEL.value("converted_value")
RATING_SCALE.computed_one("conversion", RATING_CONVERSION, _select_conversion)
