"""The quotas of calibration sessions beside the rows that the viewer sees, in the read statement.

The numbers are those of `domain.reviews.calibration.quotas`, computed with whole numbers only.
"""

from sqlalchemy import Boolean, FromClause, Integer, case, func, select, true

from domain.reviews.calibration import CalibrationQuotaGroup, CalibrationQuotaRounding, policy
from domain.reviews.calibration.quotas import PERCENT
from persistence.kernel.schema.tables import shared_alias
from persistence.kernel.sql_literals import literal_number, literal_text
from persistence.organizations import ORGANIZATION
from persistence.people import PERSON
from persistence.reading.raw_sql import SqlTemplate
from persistence.reading.read_model import FieldContext, ReadModel, Row
from persistence.reviews.calibration import CALIBRATION_SESSION
from persistence.reviews.calibration_figures import select_place, select_rows
from persistence.reviews.scales import RATING_LEVEL, rating_levels

QUOTA_FIGURE = ReadModel("CalibrationQuotaFigure", None)
ROUNDED_UP, ROUNDED_DOWN = "(({size} * {percent} + 99) / 100)", "({size} * {percent} / 100)"
OF_LEVEL = "({quotas}->({position} - 1))::integer"
COUNT = "count(*) FILTER (WHERE {level} >= {position})"
NAMES = ("quotas", "quota_group", "quota_rounding")


def _list_figures(session: Row, context: FieldContext) -> FromClause:
    """Return each group with each level that has a quota, and its numbers."""
    place = (
        select(
            *select_place(session, context, policy.SEE_QUOTAS),
            *(session.c[name] for name in NAMES),
        )
        .correlate_except()
        .subquery()
    )
    counted = _count_rows(place, context)
    up = place.c.quota_rounding == literal_text(CalibrationQuotaRounding.UP)
    parts = {"size": counted.c.size, "percent": counted.c.percent}
    limit = case(
        (up, SqlTemplate(ROUNDED_UP, Integer(), **parts)),
        else_=SqlTemplate(ROUNDED_DOWN, Integer(), **parts),
    )
    found = (
        select(*counted.c, limit.label("limit"))
        .select_from(place.join(counted, true()))
        .correlate_except(place, counted)
        .subquery()
    )
    return (
        select(*found.c)
        .order_by(found.c.organization_id, found.c.manager_id, found.c.position)
        .correlate_except(found)
        .subquery()
    )


def _count_rows(place: Row, context: FieldContext) -> FromClause:
    """Return the size of each group, and its rows with each level that has a quota."""
    row, level = select_rows(place, context).subquery(), shared_alias(rating_levels)
    group = place.c.quota_group
    unit = case((group == literal_text(CalibrationQuotaGroup.UNIT), row.c.organization_id))
    manager = case((group == literal_text(CalibrationQuotaGroup.MANAGER), row.c.manager_id))
    percent = SqlTemplate(OF_LEVEL, Integer(), quotas=place.c.quotas, position=level.c.position)
    keys = [unit.label("organization_id"), manager.label("manager_id")]
    return (
        select(
            *keys,
            level.c.id.label("level_id"),
            level.c.position,
            percent.label("percent"),
            func.count().label("size"),
            SqlTemplate(COUNT, Integer(), level=row.c.level, position=level.c.position).label(
                "count"
            ),
        )
        .select_from(row.join(level, true()))
        .where(
            level.c.tenant_id == context.facts.tenant(),
            level.c.scale_id == place.c.scale_id,
            percent < literal_number(PERCENT),
        )
        .group_by(unit, manager, level.c.id, level.c.position, percent)
        .correlate_except(row, level)
        .lateral()
    )


CALIBRATION_SESSION.computed_list("quota_figures", QUOTA_FIGURE, _list_figures)
QUOTA_FIGURE.one(
    "organization", ORGANIZATION, lambda row, unit, _: unit.c.id == row.c.organization_id
)
QUOTA_FIGURE.one("manager", PERSON, lambda row, person, _: person.c.id == row.c.manager_id)
QUOTA_FIGURE.one(
    "level",
    RATING_LEVEL,
    lambda row, level, _: level.c.id == row.c.level_id,
    inherits_visibility=True,
)
for name in ("size", "count", "limit"):
    QUOTA_FIGURE.value(name, lambda row, _, name=name: row.c[name])  # type: ignore[misc]
QUOTA_FIGURE.value(
    "is_exceeded",
    lambda row, _: SqlTemplate(
        "({count} > {limit})", Boolean(), count=row.c["count"], limit=row.c["limit"]
    ),
)
