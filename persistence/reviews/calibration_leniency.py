"""The leniency of managers in a calibration session, computed in the read statement.

The formulas are those of `domain.reviews.calibration.figures`. Quotients have 30 decimals until
the only rounding, so that a variance of zero is zero.
"""

from typing import Any

from sqlalchemy import Boolean, FromClause, Integer, Numeric, case, func, select, true, type_coerce

from domain.reviews.calibration import LeniencyMethod, policy
from domain.reviews.calibration.figures import (
    DEFAULT_SHRINKAGE,
    MIN_CENTRAL,
    MIN_ESTIMATING_MANAGERS,
)
from persistence.kernel.schema.tables import EnumText, shared_alias
from persistence.kernel.sql_literals import literal_number, literal_text
from persistence.people import PERSON
from persistence.reading.raw_sql import SqlTemplate
from persistence.reading.read_model import FieldContext, ReadModel, Row, Sql
from persistence.reviews.calibration import CALIBRATION_SESSION
from persistence.reviews.calibration_figures import (
    declare_rounded,
    round_ratio,
    select_place,
    select_rows,
)
from persistence.reviews.scales import rating_levels

LENIENCY = ReadModel("CalibrationLeniency", None)
MANAGER_FIGURE = ReadModel("CalibrationManagerFigure", None)
ZERO = literal_number(0)

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
"""From half a step of the scale on, leniency changes the level that would be advised."""


def _select_managers(place: Row, context: FieldContext) -> FromClause:
    """Return the number of ratings of each manager, their sum, and that of their squares."""
    row = select_rows(place, context).subquery()
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
    found = _select_variances(session, context)
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


def _select_variances(session: Row, context: FieldContext) -> FromClause:
    """Return means and variances, of all rows, between managers and within their rows."""
    place = select(*select_place(session, context, policy.SEE_NAMES)).correlate_except().subquery()
    sums = _sum_managers(place, context)
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
    return estimated.correlate_except(totals).subquery()


def _sum_managers(place: Row, context: FieldContext) -> FromClause:
    """Return the sums over managers that their variance follows from."""
    manager = _select_managers(place, context)
    n, s, q = (manager.c[name] for name in ("n", "s", "q"))
    square = SqlTemplate("({s} * ({s} + 0e-30) / {n})", Numeric(), s=s, n=n)
    columns = [
        func.count().label("j"),
        *(func.sum(each).label(name) for name, each in (("n", n), ("s", s), ("q", q))),
        func.sum(square).label("a"),
        func.sum(n * n).label("n2"),
    ]
    return select(*columns).select_from(manager).correlate_except(manager).lateral()


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


def _declare_deviation(model: ReadModel) -> None:
    model.value(
        "standard_deviation",
        lambda row, _: round_ratio(SqlTemplate(DEVIATION, Numeric(), variance=row.c.variance)),
    )


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
declare_rounded(LENIENCY, mean="mean", shrinkage="shrinkage")
_declare_deviation(LENIENCY)
LENIENCY.computed_list("managers", MANAGER_FIGURE, _list_managers)
MANAGER_FIGURE.one("manager", PERSON, lambda row, person, _: person.c.id == row.c.manager_id)
MANAGER_FIGURE.value("count", lambda row, _: row.c.n)
declare_rounded(MANAGER_FIGURE, mean="mean", offset="offset", leniency="shrunk")
_declare_deviation(MANAGER_FIGURE)
MANAGER_FIGURE.value("is_central")
MANAGER_FIGURE.value(
    "is_outlier",
    lambda row, _: SqlTemplate(IS_OUTLIER, Boolean(), shrunk=row.c.shrunk, step=row.c.step),
)
