"""The status and the trend of a KPI: its newest measured period, compared."""

from collections.abc import Callable

from sqlalchemy import FromClause, Integer, case, func, select, true

from domain.kpis.targets import KpiTargetStatus
from persistence.effective_dates import get_requested_day
from persistence.kernel.schema.tables import shared_alias
from persistence.kernel.sql_literals import literal_number, literal_text
from persistence.kpis import calendar
from persistence.kpis.comparing import build_with_definition, join_targets, select_subject
from persistence.kpis.definitions import KPI, KPI_TARGET
from persistence.kpis.measurements import kpi_measurements
from persistence.kpis.sentences import build_period, build_status_sentence
from persistence.kpis.target_rules import (
    build_attainment,
    build_expected,
    build_gap,
    build_status,
)
from persistence.kpis.value_requests import (
    build_days_overdue,
    build_next_due_day,
    build_next_period,
)
from persistence.reading.raw_sql import SqlTemplate
from persistence.reading.read_model import FieldContext, ReadModel, Row, Sql

ONE = literal_number(1)
KPI_STATUS = ReadModel("KpiStatus", None)


def select_newest(context: FieldContext, kpi: FromClause, *, is_over: bool = False) -> FromClause:
    """Select the newest measured period of a KPI that has begun by its day, or `is_over` by then.

    The order names the member too, because then the index gives it.
    """
    each, frequency = shared_alias(kpi_measurements), kpi.c.frequency
    present = calendar.build_ordinal(frequency, kpi.c.today, kpi)
    newest = (
        select(each)
        .where(
            each.c.tenant_id == context.facts.tenant(),
            each.c.kpi_id == kpi.c.id,
            each.c.member_id.is_(None),
            each.c.period_ordinal < present if is_over else each.c.period_ordinal <= present,
        )
        .order_by(each.c.member_id.desc(), each.c.period_ordinal.desc())
        .limit(ONE)
        .correlate_except(each)
        .lateral()
    )
    following = SqlTemplate("({ordinal} + 1)", Integer(), ordinal=newest.c.period_ordinal)
    return (
        select(
            newest.c.period_ordinal.label("ordinal"),
            ONE.label("periods"),
            newest.c.starts_on,
            calendar.build_start(frequency, following, kpi).label("ends_before"),
            *(newest.c[name] for name in ("state", "value", "revision")),
        )
        .select_from(newest)
        .correlate_except(newest)
        .lateral()
    )


def build_status_row(kpi: Row, context: FieldContext) -> FromClause:
    """Return one row about the newest period of a KPI that has begun by the requested day."""
    subject = select_kpi(context, kpi)
    newest = select_newest(context, subject)
    return join_targets(context, subject, newest, subject.outerjoin(newest, true()))


def select_kpi(context: FieldContext, kpi: Row) -> FromClause:
    """Return one row about a KPI on the requested day."""
    columns, source = select_subject(context, kpi, get_requested_day(context))
    return select(*columns).select_from(source).correlate_except(source).subquery()


def _if_figures_count(build: Callable[[Row], Sql]) -> Callable[[Row, FieldContext], Sql]:
    """Return a figure that is null where the KPI does not apply."""
    applies = literal_text(KpiTargetStatus.NOT_APPLICABLE)
    return lambda row, _: case((row.c.state != applies, build(row)))


KPI.computed_one("status", KPI_STATUS, build_status_row)
KPI_STATUS.value("status", lambda row, _: build_status(row))
KPI_STATUS.value(
    "sentence", lambda row, context: build_with_definition(context, row, build_status_sentence)
)
KPI_STATUS.value("period", lambda row, _: build_period(row))
KPI_STATUS.value("starts_on")
KPI_STATUS.value("last_day", lambda row, _: row.c.ends_before - ONE)
KPI_STATUS.value("value", lambda row, _: row.c.value)
KPI_STATUS.value("compared_value", lambda row, _: row.c.compared)
KPI_STATUS.value("expected_value", _if_figures_count(build_expected))
KPI_STATUS.value("attainment", _if_figures_count(build_attainment))
KPI_STATUS.value("gap", _if_figures_count(build_gap))
KPI_STATUS.value("is_provisional", lambda row, _: func.coalesce(row.c.is_provisional, False))
KPI_STATUS.value(
    "days_overdue", lambda row, context: build_days_overdue(row, row.c.kpi_id, context)
)
KPI_STATUS.value("next_period", lambda row, _: build_next_period(row))
KPI_STATUS.value("next_due_on", lambda row, context: build_next_due_day(row, row.c.kpi_id, context))
KPI_STATUS.one(
    "target",
    KPI_TARGET,
    lambda row, target, _: target.c.id == row.c.target_id,
    inherits_visibility=True,
)
