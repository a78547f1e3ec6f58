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
    select,
    true,
    type_coerce,
)

from domain.kernel.access import Rule
from domain.reviews.calibration import LeniencyMethod, policy
from domain.reviews.calibration.figures import (
    DEFAULT_SHRINKAGE,
    MIN_CENTRAL,
    MIN_ESTIMATING_MANAGERS,
    MIN_STATEMENT,
    PERCENT,
)
from persistence.access.rules_to_sql import compile_rule
from persistence.kernel.schema.tables import EnumText, shared_alias
from persistence.kernel.sql_literals import literal_number, literal_text
from persistence.kernel.wire_format import ratio_sql
from persistence.organizations import ORGANIZATION
from persistence.people import PERSON
from persistence.reading.raw_sql import SqlTemplate
from persistence.reading.read_model import FieldContext, ReadModel, Row, Sql
from persistence.reviews.calibration import CALIBRATION_SESSION, calibration_subjects
from persistence.reviews.scales import RATING_LEVEL, RATING_SCALE, rating_levels

DISTRIBUTION = ReadModel("CalibrationDistribution", None)
LEVEL_FIGURE = ReadModel("CalibrationLevelFigure", None)
LENIENCY = ReadModel("CalibrationLeniency", None)
MANAGER_FIGURE = ReadModel("CalibrationManagerFigure", None)
UNIT_FIGURE = ReadModel("CalibrationUnitFigure", None)
BOX = ReadModel("CalibrationBox", None)
BOX_CELL = ReadModel("CalibrationBoxCell", None)

RowTest = Callable[[Row], Sql]
ZERO, PLACES = literal_number(0), 12
TARGET = f"(({{guidance}}->({{position}} - 1))::numeric / {PERCENT})"
QUOTIENT = "(({part} + 0e-30) / nullif({whole}, 0))"
ROUNDED = f"round({{value}}, {PLACES})"
TOTALS = {
    "mean": "(({s} + 0e-30) / {n})",
    "between": "(({a} - {s} * ({s} + 0e-30) / {n}) / nullif({j} - 1, 0))",
    "within": "(({q} - {a}) / nullif({n} - {j}, 0))",
    "size": "(({n} - ({n2} + 0e-30) / {n}) / nullif({j} - 1, 0))",
    "variance": "(({q} - {s} * ({s} + 0e-30) / {n}) / nullif({n} - 1, 0))",
}
"""Mean and variances from sums: j managers with n ratings, whose sum is s and that of their squares
q. a is the sum of s * s / n over managers, n2 that of n * n."""

OF_MANAGERS = "greatest(round(({between} - {within}) / {size}, 20), 0)"
IS_ESTIMATED = f"({{j}} >= {MIN_ESTIMATING_MANAGERS} AND {{of_managers}} IS NOT NULL)"
SHRINKAGE = f"""(CASE WHEN {{is_estimated}} THEN ({{within}} + 0e-30) / nullif({{of_managers}}, 0)
 ELSE {DEFAULT_SHRINKAGE} END)"""
SHRUNK = "coalesce({n} * ({offset} + 0e-30) / ({n} + {shrinkage}), 0)"
OWN_VARIANCE = "(({q} - {s} * ({s} + 0e-30) / {n}) / nullif({n} - 1, 0))"
DEVIATION = "sqrt(greatest({variance}, 0))"
IS_CENTRAL = f"({{n}} >= {MIN_CENTRAL} AND coalesce(4 * {{own}} < {{usual}}, false))"
IS_OUTLIER = "(2 * abs({shrunk}) >= {step})"


def _place(session: Row, context: FieldContext, rule: Rule) -> Sequence[Any]:
    """Return what lists below a figure need of its session, and whether the viewer sees rows."""
    columns = [session.c[name] for name in ("scale_id", "guidance")]
    sees: Any = type_coerce(compile_rule(rule, context.facts, session), Boolean())
    return [session.c.id.label("session_id"), *columns, sees.label("sees")]


def _select_rows(place: Row, context: FieldContext, *conditions: RowTest) -> Select[Any]:
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
        _count_by(_select_rows(place, context, *conditions).subquery(), column)
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
    place = select(*_place(session, context, policy.SEE_SUBJECTS)).correlate_except().subquery()
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


def _select_managers(place: Row, context: FieldContext) -> FromClause:
    """Return the number of ratings of each manager, their sum, and that of their squares."""
    row = _select_rows(place, context).subquery()
    value = row.c.value
    return (
        select(
            row.c.manager_id,
            func.count().label("n"),
            func.sum(value).label("s"),
            func.sum(value * value).label("q"),
        )
        .select_from(row)
        .group_by(row.c.manager_id)
        .correlate_except(row)
        .subquery()
    )


def _build_leniency(session: Row, context: FieldContext) -> FromClause:
    """Return the figures of all managers together; null values without any rating."""
    place = select(*_place(session, context, policy.SEE_NAMES)).correlate_except().subquery()
    manager = _select_managers(place, context)
    n, s, q = (manager.c[name] for name in ("n", "s", "q"))
    square = SqlTemplate("({s} * ({s} + 0e-30) / {n})", Numeric(), s=s, n=n)
    columns = [
        func.count().label("j"),
        *(func.sum(each).label(name) for name, each in (("n", n), ("s", s), ("q", q))),
        func.sum(square).label("a"),
        func.sum(n * n).label("n2"),
    ]
    sums = select(*columns).select_from(manager).correlate_except(manager).lateral()
    parts = {name: sums.c[name] for name in ("j", "n", "s", "q", "a", "n2")}
    figures = {name: SqlTemplate(text, Numeric(), **parts) for name, text in TOTALS.items()}
    totals = (
        select(
            *place.c,
            sums.c.j,
            func.coalesce(sums.c.n, ZERO).label("n"),
            *(each.label(name) for name, each in figures.items()),
            _measure_step(place, context).label("step"),
        )
        .select_from(place.join(sums, true()))
        .offset(ZERO)
        .correlate_except(place, sums)
        .subquery()
    )
    names = ("between", "within", "size")
    of_managers = SqlTemplate(OF_MANAGERS, Numeric(), **{each: totals.c[each] for each in names})
    estimated = select(*totals.c, of_managers.label("of_managers")).offset(ZERO)
    found = estimated.correlate_except(totals).subquery()
    is_estimated: Any = SqlTemplate(
        IS_ESTIMATED, Boolean(), j=found.c.j, of_managers=found.c.of_managers
    )
    shrinkage = SqlTemplate(
        SHRINKAGE,
        Numeric(),
        is_estimated=is_estimated,
        within=found.c.within,
        of_managers=found.c.of_managers,
    )
    return (
        select(*found.c, is_estimated.label("is_estimated"), shrinkage.label("shrinkage"))
        .offset(ZERO)
        .correlate_except(found)
        .subquery()
    )


def _measure_step(place: Row, context: FieldContext) -> Sql:
    """Return the mean distance between the values of two neighbouring levels."""
    level = shared_alias(rating_levels)
    step = "(max({value}) - min({value}) + 0e-30) / (count(*) - 1)"
    return (
        select(SqlTemplate(step, Numeric(), value=level.c.value))
        .select_from(level)
        .where(level.c.tenant_id == context.facts.tenant(), level.c.scale_id == place.c.scale_id)
        .correlate_except(level)
        .scalar_subquery()
    )


def _list_managers(leniency: Row, context: FieldContext) -> FromClause:
    """Return the figures of each manager, the most lenient first."""
    manager = _select_managers(leniency, context)
    parts = {name: manager.c[name] for name in ("n", "s", "q")}
    mean = SqlTemplate("(({s} + 0e-30) / {n})", Numeric(), **parts)
    own = select(
        *manager.c,
        mean.label("mean"),
        (mean - leniency.c.mean).label("offset"),
        SqlTemplate(OWN_VARIANCE, Numeric(), **parts).label("variance"),
    ).offset(ZERO)
    row = own.correlate_except(manager).subquery()
    shrunk = SqlTemplate(
        SHRUNK, Numeric(), n=row.c.n, offset=row.c.offset, shrinkage=leniency.c.shrinkage
    )
    central = SqlTemplate(
        IS_CENTRAL, Boolean(), n=row.c.n, own=row.c.variance, usual=leniency.c.variance
    )
    figures = select(
        *row.c,
        shrunk.label("shrunk"),
        central.label("is_central"),
        leniency.c.step.label("step"),
    ).offset(ZERO)
    found = figures.correlate_except(row).subquery()
    ordered = select(*found.c).order_by(found.c.shrunk.desc(), found.c.manager_id)
    return ordered.correlate_except(found).subquery()


def _list_units(session: Row, context: FieldContext) -> FromClause:
    """Return the rows by the unit of their person, when the session was opened."""
    place = select(*_place(session, context, policy.SEE_NAMES)).correlate_except().subquery()
    row = _select_rows(place, context).subquery()
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
    """Return the box of a session in which two attributes are compared."""
    keys = [session.c[name] for name in ("horizontal_key", "vertical_key")]
    scales = [session.c[name] for name in ("horizontal_scale_id", "vertical_scale_id")]
    return (
        select(*_place(session, context, policy.SEE_SUBJECTS), *keys, *scales)
        .where(keys[0].is_distinct_from(keys[1]))
        .correlate_except()
        .subquery()
    )


def _select_places(box: Row, context: FieldContext) -> FromClause:
    """Return the place of each row on both axes; null where the question has no answer."""
    row = _select_rows(box, context).subquery()

    def choose(axis: str) -> Sql:
        is_level = box.c[f"{axis}_key"].is_(None)
        return case((is_level, row.c.level), else_=row.c[f"{axis}_rating"]).label(axis)

    return select(*map(choose, ("horizontal", "vertical"))).correlate_except(row).subquery()


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


def _round(value: Sql) -> Sql:
    return ratio_sql(SqlTemplate(ROUNDED, Numeric(), value=value))


def _declare_rounded(model: ReadModel, **columns: str) -> None:
    for name, column in columns.items():
        model.value(name, lambda row, _, column=column: _round(row.c[column]))  # type: ignore[misc]


def _declare_deviation(model: ReadModel) -> None:
    model.value(
        "standard_deviation",
        lambda row, _: _round(SqlTemplate(DEVIATION, Numeric(), variance=row.c.variance)),
    )


CALIBRATION_SESSION.computed_one("distribution", DISTRIBUTION, _build_distribution)
DISTRIBUTION.value("count", lambda row, _: type_coerce(row.c["count"], Integer()))
_declare_rounded(DISTRIBUTION, deviation="deviation", largest_gap="largest_gap")
DISTRIBUTION.computed_list("levels", LEVEL_FIGURE, _select_levels, "position")
LEVEL_FIGURE.one(
    "level",
    RATING_LEVEL,
    lambda row, level, _: level.c.id == row.c.level_id,
    inherits_visibility=True,
)
LEVEL_FIGURE.value("count", lambda row, _: row.c["count"])
LEVEL_FIGURE.value("original_count")
_declare_rounded(LEVEL_FIGURE, share="share", target="target", gap="gap")

CALIBRATION_SESSION.computed_one("leniency", LENIENCY, _build_leniency)
LENIENCY.value("count", lambda row, _: type_coerce(row.c.n, Integer()))
LENIENCY.value(
    "method",
    lambda row, _: type_coerce(
        case(
            (row.c.is_estimated, literal_text(LeniencyMethod.ESTIMATED)),
            else_=literal_text(LeniencyMethod.DEFAULT),
        ),
        EnumText(LeniencyMethod),
    ),
)
_declare_rounded(LENIENCY, mean="mean", shrinkage="shrinkage")
_declare_deviation(LENIENCY)
LENIENCY.computed_list("managers", MANAGER_FIGURE, _list_managers)
MANAGER_FIGURE.one("manager", PERSON, lambda row, person, _: person.c.id == row.c.manager_id)
MANAGER_FIGURE.value("count", lambda row, _: row.c.n)
_declare_rounded(MANAGER_FIGURE, mean="mean", offset="offset", leniency="shrunk")
_declare_deviation(MANAGER_FIGURE)
MANAGER_FIGURE.value("is_central")
MANAGER_FIGURE.value(
    "is_outlier",
    lambda row, _: SqlTemplate(IS_OUTLIER, Boolean(), shrunk=row.c.shrunk, step=row.c.step),
)

CALIBRATION_SESSION.computed_list("unit_figures", UNIT_FIGURE, _list_units, "organization_id")
UNIT_FIGURE.one(
    "organization", ORGANIZATION, lambda row, unit, _: unit.c.id == row.c.organization_id
)
UNIT_FIGURE.value("count", lambda row, _: row.c["count"])
_declare_rounded(UNIT_FIGURE, mean="mean")
UNIT_FIGURE.computed_list("levels", LEVEL_FIGURE, _list_levels_of_unit, "position")

CALIBRATION_SESSION.computed_one("box", BOX, _build_box)
for axis in ("horizontal", "vertical"):
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
