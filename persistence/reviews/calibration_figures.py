"""Figures of calibration sessions, computed in the read statement from the rows the viewer sees.

The formulas are those of `domain.reviews.calibration.figures`. Quotients have 30 decimals until
the only rounding, so that a variance of zero is zero.
"""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import (
    Boolean,
    FromClause,
    Integer,
    Numeric,
    Select,
    and_,
    case,
    func,
    or_,
    select,
    true,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by

from domain.kernel.access import Rule
from domain.reviews.calibration import policy
from domain.reviews.calibration.axes import AXES
from domain.reviews.calibration.figures import (
    MIN_STATEMENT,
    PERCENT,
)
from persistence.access.rules_to_sql import compile_rule
from persistence.kernel.schema.tables import shared_alias
from persistence.kernel.sql_literals import literal_number
from persistence.kernel.wire_format import ratio_sql
from persistence.organizations import ORGANIZATION
from persistence.reading.raw_sql import SqlTemplate
from persistence.reading.read_model import FieldContext, ReadModel, Row, Sql
from persistence.reading.relations import tenant_subquery
from persistence.reviews.calibration import CALIBRATION_SESSION, calibration_subjects
from persistence.reviews.scales import RATING_LEVEL, RATING_SCALE, rating_levels

DISTRIBUTION = ReadModel("CalibrationDistribution", None)
LEVEL_FIGURE = ReadModel("CalibrationLevelFigure", None)
UNIT_FIGURE = ReadModel("CalibrationUnitFigure", None)
BOX = ReadModel("CalibrationBox", None)
BOX_CELL = ReadModel("CalibrationBoxCell", None)

RowTest = Callable[[Row], Sql]
ZERO, PLACES = literal_number(0), 12
TARGET = f"(({{guidance}}->({{position}} - 1))::numeric / {PERCENT})"
QUOTIENT = "(({part} + 0e-30) / nullif({whole}, 0))"
ROUNDED = f"round({{value}}, {PLACES})"


def select_place(session: Row, context: FieldContext, rule: Rule) -> Sequence[Any]:
    """Return what lists below a figure need of its session, and whether the viewer sees rows."""
    columns = [session.c[name] for name in ("scale_id", "guidance")]
    sees: Any = type_coerce(compile_rule(rule, context.facts, session), Boolean())
    return [session.c.id.label("session_id"), *columns, sees.label("sees")]


def select_rows(place: Row, context: FieldContext, *conditions: RowTest) -> Select[Any]:
    """Return a select from the rows that the viewer sees, with the value of their level."""
    row, level = shared_alias(calibration_subjects), shared_alias(rating_levels)
    tenant = context.facts.tenant()
    names = (
        *("level", "original_level", "manager_id", "organization_id"),
        *("horizontal_rating", "vertical_rating"),
    )
    return (
        select(*(row.c[name] for name in names), level.c.value)
        .select_from(
            row.join(
                level,
                and_(
                    level.c.tenant_id == tenant,
                    level.c.scale_id == place.c.scale_id,
                    level.c.position == row.c.level,
                ),
            )
        )
        .where(
            row.c.tenant_id == tenant,
            row.c.session_id == place.c.session_id,
            place.c.sees,
            compile_rule(policy.ABOUT_ANOTHER, context.facts, row),
            *(build(row) for build in conditions),
        )
        .offset(ZERO)
        .correlate_except(row, level)
    )


def _count_by(rows: FromClause, column: str) -> FromClause:
    """Return how many rows have each level in a column."""
    counted = select(rows.c[column].label("position"), func.count().label("n"))
    return counted.select_from(rows).group_by(rows.c[column]).correlate_except(rows).subquery()


def _select_levels(place: Row, context: FieldContext, *conditions: RowTest) -> FromClause:
    """Return the levels of the scale with their counts, shares, targets and gaps."""
    level = shared_alias(rating_levels)
    now, before = (
        _count_by(select_rows(place, context, *conditions).subquery(), column)
        for column in ("level", "original_level")
    )
    counted = (
        select(
            level.c.id.label("level_id"),
            level.c.position,
            func.coalesce(now.c.n, ZERO).label("count"),
            func.coalesce(before.c.n, ZERO).label("original_count"),
            func.coalesce(func.sum(now.c.n).over(), ZERO).label("total"),
            SqlTemplate(
                TARGET, Numeric(), guidance=place.c.guidance, position=level.c.position
            ).label("target"),
        )
        .select_from(
            level.outerjoin(now, now.c.position == level.c.position).outerjoin(
                before, before.c.position == level.c.position
            )
        )
        .where(level.c.tenant_id == context.facts.tenant(), level.c.scale_id == place.c.scale_id)
        .correlate_except(level, now, before)
        .subquery()
    )
    share = SqlTemplate(QUOTIENT, Numeric(), part=counted.c["count"], whole=counted.c.total)
    is_enough = counted.c.total >= literal_number(MIN_STATEMENT)
    return (
        select(
            *counted.c,
            share.label("share"),
            case((is_enough, share - counted.c.target)).label("gap"),
        )
        .offset(ZERO)
        .correlate_except(counted)
        .subquery()
    )


def _build_distribution(session: Row, context: FieldContext) -> FromClause:
    """Return the distribution of the levels beside their guidance."""
    place = (
        select(*select_place(session, context, policy.SEE_SUBJECTS)).correlate_except().subquery()
    )
    level = _select_levels(place, context)
    farthest = "(array_agg({gap} ORDER BY abs({gap}) DESC NULLS LAST, {position}))[1]"
    totals = (
        select(
            func.sum(level.c["count"]).label("count"),
            (func.sum(func.abs(level.c.gap)) / literal_number(2)).label("deviation"),
            SqlTemplate(farthest, Numeric(), gap=level.c.gap, position=level.c.position).label(
                "largest_gap"
            ),
        )
        .select_from(level)
        .correlate_except(level)
        .lateral()
    )
    return (
        select(*place.c, *totals.c)
        .select_from(place.join(totals, true()))
        .correlate_except(place, totals)
        .subquery()
    )


def _list_units(session: Row, context: FieldContext) -> FromClause:
    """Return the rows by the unit of their person, when the session was opened."""
    place = select(*select_place(session, context, policy.SEE_NAMES)).correlate_except().subquery()
    row = select_rows(place, context).subquery()
    mean = SqlTemplate(QUOTIENT, Numeric(), part=func.sum(row.c.value), whole=func.count())
    grouped = (
        select(row.c.organization_id, func.count().label("count"), mean.label("mean"))
        .select_from(row)
        .group_by(row.c.organization_id)
        .correlate_except(row)
        .lateral()
    )
    return (
        select(*place.c, *grouped.c)
        .select_from(place.join(grouped, true()))
        .correlate_except(place, grouped)
        .subquery()
    )


def _list_levels_of_unit(unit: Row, context: FieldContext) -> FromClause:
    def is_in_unit(row: Row) -> Sql:
        return row.c.organization_id.is_not_distinct_from(unit.c.organization_id)

    return _select_levels(unit, context, is_in_unit)


def _build_box(session: Row, context: FieldContext) -> FromClause:
    """Return the box of a session, if its axes are different, and the viewer may read both."""
    shown = [session.c[f"{axis}_{part}"] for part in ("attribute", "key") for axis in AXES]
    cells = [session.c[f"{axis}_{part}"] for part in ("scale_id", "labels") for axis in AXES]
    rules = (policy.SEE_HORIZONTAL, policy.SEE_VERTICAL)
    return (
        select(*select_place(session, context, policy.SEE_SUBJECTS), *shown, *cells)
        .where(
            or_(shown[0].is_distinct_from(shown[1]), shown[2].is_distinct_from(shown[3])),
            *(compile_rule(each, context.facts, session) for each in rules),
        )
        .correlate_except()
        .subquery()
    )


def _select_places(box: Row, context: FieldContext) -> FromClause:
    """Return the cell of each row on both axes; null where it has no value."""
    row = select_rows(box, context).subquery()

    def choose(axis: str) -> Sql:
        is_level = and_(*(box.c[f"{axis}_{part}"].is_(None) for part in ("attribute", "key")))
        return case((is_level, row.c.level), else_=row.c[f"{axis}_rating"]).label(axis)

    return select(*map(choose, AXES)).correlate_except(row).subquery()


def _name_cells(axis: str) -> Callable[[Row, FieldContext], Sql]:
    """Return the names of the cells of an axis: the labels of its scale, or its own."""

    def build_labels(box: Row, context: FieldContext) -> Sql:
        level, scale_id = shared_alias(rating_levels), box.c[f"{axis}_scale_id"]
        ordered = aggregate_order_by(level.c.label, level.c.position)
        names = tenant_subquery(
            context, level, func.jsonb_agg(ordered, type_=JSONB()), level.c.scale_id == scale_id
        )
        own: Sql = box.c[f"{axis}_labels"]
        return case((scale_id.is_(None), own), else_=names.scalar_subquery())

    return build_labels


def _list_cells(box: Row, context: FieldContext) -> FromClause:
    """Return the cells of a box with rows, from the lowest level on both axes."""
    place = _select_places(box, context)
    axes = [place.c.horizontal, place.c.vertical]
    return (
        select(*axes, func.count().label("count"))
        .where(*(each.is_not(None) for each in axes))
        .group_by(*axes)
        .order_by(*axes)
        .correlate_except(place)
        .subquery()
    )


def _count_unplaced(box: Row, context: FieldContext) -> Sql:
    place = _select_places(box, context)
    is_unplaced = place.c.horizontal.is_(None) | place.c.vertical.is_(None)
    counted = select(func.count()).select_from(place).where(is_unplaced)
    return type_coerce(counted.correlate_except(place).scalar_subquery(), Integer())


def round_ratio(value: Sql) -> Sql:
    return ratio_sql(SqlTemplate(ROUNDED, Numeric(), value=value))


def declare_rounded(model: ReadModel, **columns: str) -> None:
    for name, column in columns.items():
        model.value(name, lambda row, _, column=column: round_ratio(row.c[column]))  # type: ignore[misc]


CALIBRATION_SESSION.computed_one("distribution", DISTRIBUTION, _build_distribution)
DISTRIBUTION.value("count", lambda row, _: type_coerce(row.c["count"], Integer()))
declare_rounded(DISTRIBUTION, deviation="deviation", largest_gap="largest_gap")
DISTRIBUTION.computed_list("levels", LEVEL_FIGURE, _select_levels, "position")
LEVEL_FIGURE.one(
    "level",
    RATING_LEVEL,
    lambda row, level, _: level.c.id == row.c.level_id,
    inherits_visibility=True,
)
LEVEL_FIGURE.value("count", lambda row, _: row.c["count"])
LEVEL_FIGURE.value("original_count")
declare_rounded(LEVEL_FIGURE, share="share", target="target", gap="gap")

CALIBRATION_SESSION.computed_list("unit_figures", UNIT_FIGURE, _list_units, "organization_id")
UNIT_FIGURE.one(
    "organization", ORGANIZATION, lambda row, unit, _: unit.c.id == row.c.organization_id
)
UNIT_FIGURE.value("count", lambda row, _: row.c["count"])
declare_rounded(UNIT_FIGURE, mean="mean")
UNIT_FIGURE.computed_list("levels", LEVEL_FIGURE, _list_levels_of_unit, "position")

CALIBRATION_SESSION.computed_one("box", BOX, _build_box)
for axis in AXES:
    BOX.value(f"{axis}_labels", _name_cells(axis))
    BOX.one(
        f"{axis}_scale",
        RATING_SCALE,
        lambda row, scale, _, column=f"{axis}_scale_id": scale.c.id == row.c[column],  # type: ignore[misc]
    )
BOX.value("unplaced", _count_unplaced)
BOX.computed_list("cells", BOX_CELL, _list_cells)
for name in ("horizontal", "vertical"):
    BOX_CELL.value(name)
BOX_CELL.value("count", lambda row, _: row.c["count"])
