"""What an alert says: its sentence and its figures, computed from the present measurements.

An alert stores no value. So a corrected value is corrected here too, and what a KPI does not show
its alerts do not show.
"""

from collections.abc import Callable

from sqlalchemy import Date, FromClause, Integer, Text, case, select, true

from domain.alerts import AlertCondition
from domain.kpis.analysis.signals import KpiSignalRule
from persistence.alerts.tables import ALERT
from persistence.kernel.schema.tables import shared_alias
from persistence.kernel.sql_literals import literal_number, literal_text
from persistence.kpis import (
    KPI_STATUS,
    calendar,
    kpi_dimension_members,
    kpi_measurements,
    kpis,
)
from persistence.kpis.comparing import join_definition, join_targets, select_subject
from persistence.kpis.dimensions import MAY_BE_SLICE, is_about
from persistence.kpis.sentences import build_status_sentence, write_number
from persistence.reading.raw_sql import SqlTemplate
from persistence.reading.read_model import FieldContext, Row, Sql
from persistence.reading.relations import tenant_subquery

ONE, FENCE = literal_number(1), literal_number(0)
ALERT_FIGURES = KPI_STATUS
"""The figures of an alert are those of a status, in the newest bad period."""

OVERDUE = """('The value of ' || {period} || ' was expected '
 || CASE WHEN {in_working_days}
  THEN {days}::text || ' working days after ' || to_char({last_day}, 'YYYY-MM-DD')
  ELSE 'by ' || to_char({last_day} + {days}, 'YYYY-MM-DD') END || '.')"""
SENTENCE = """({sentence}
 || coalesce(' The alert is for values ' || {beyond} || ' ' || {limit} || '.', '')
 || coalesce(' ' || {signal}, '')
 || CASE WHEN {provisional} THEN ' The limits are provisional.' ELSE '' END
 || CASE WHEN {bad_periods} = 1 THEN ''
 ELSE ' Bad periods since ' || {first} || ': ' || {bad_periods}::text || '.' END)"""
OF_SLICE = "(coalesce({member} || ': ', '') || {sentence})"
SIGNALS = {
    KpiSignalRule.OUTSIDE_LIMITS: "The value is outside the natural limits.",
    KpiSignalRule.EIGHT_ON_ONE_SIDE: (
        "It is at least the eighth value in a row on one side of the mean."
    ),
    KpiSignalRule.THREE_OF_FOUR_NEAR_A_LIMIT: (
        "Three of the last four values are nearer to the same limit than to the mean."
    ),
}


def _select_subject(alert: Row, context: FieldContext) -> FromClause:
    """Return one row: the KPI of an alert, today, and the newest bad period."""
    kpi = shared_alias(kpis)
    columns, settings = select_subject(context, kpi, context.facts.today())
    names = ("first_ordinal", "first_starts_on", "last_ordinal", "last_starts_on")
    return (
        select(
            *columns,
            *(alert.c[name].label(name) for name in names),
            alert.c.member_id.label(MAY_BE_SLICE),
        )
        .select_from(kpi.join(settings, true()))
        .where(kpi.c.tenant_id == context.facts.tenant(), kpi.c.id == alert.c.kpi_id)
        .offset(FENCE)
        .correlate_except(kpi, settings)
        .subquery()
    )


def _build_figures(alert: Row, context: FieldContext) -> FromClause:
    """Return the columns of a status for the newest bad period."""
    subject = _select_subject(alert, context)
    each = shared_alias(kpi_measurements)
    following = SqlTemplate("({ordinal} + 1)", Integer(), ordinal=subject.c.last_ordinal)
    measured = (
        select(
            each.c.period_ordinal.label("ordinal"),
            ONE.label("periods"),
            each.c.starts_on,
            calendar.build_start(subject.c.frequency, following, subject).label("ends_before"),
            *(each.c[name] for name in ("state", "value", "revision")),
        )
        .where(
            each.c.tenant_id == context.facts.tenant(),
            each.c.kpi_id == subject.c.id,
            is_about(each, subject),
            each.c.period_ordinal == subject.c.last_ordinal,
        )
        .correlate_except(each)
        .lateral()
    )
    return join_targets(context, subject, measured, subject.outerjoin(measured, true()))


def _build_label(subject: Row, place: str) -> Sql:
    ordinal, starts_on = subject.c[f"{place}_ordinal"], subject.c[f"{place}_starts_on"]
    return calendar.build_label(subject.c.frequency, ordinal, starts_on, subject)


def _build_sentence(alert: Row, context: FieldContext) -> Sql:
    subject = _select_subject(alert, context)
    figures = join_definition(context, _build_figures(alert, context))
    following = SqlTemplate("({ordinal} + 1)", Integer(), ordinal=subject.c.last_ordinal)
    end = calendar.build_start(subject.c.frequency, following, subject)
    overdue = SqlTemplate(
        OVERDUE,
        Text(),
        period=_build_label(subject, "last"),
        last_day=SqlTemplate("({end} - 1)", Date(), end=end),
        days=subject.c.due_after_days,
        in_working_days=subject.c.due_in_working_days,
    )
    sentence = SqlTemplate(
        SENTENCE,
        Text(),
        sentence=build_status_sentence(figures),
        beyond=alert.c.condition,
        limit=write_number(figures, alert.c.threshold),
        signal=case(*_name_signal_rules(alert)),
        provisional=alert.c.is_signal_provisional,
        bad_periods=alert.c.bad_periods,
        first=_build_label(subject, "first"),
    )
    is_overdue = alert.c.condition == literal_text(AlertCondition.OVERDUE)
    text = case((is_overdue, overdue), else_=sentence)
    named = SqlTemplate(OF_SLICE, Text(), member=_select_name(alert, context), sentence=text)
    return (
        select(named).select_from(subject.join(figures, true())).correlate(alert).scalar_subquery()
    )


def _select_name(alert: Row, context: FieldContext) -> Sql:
    """Return the name of the member of a slice. Who sees the alert sees the member."""
    member = shared_alias(kpi_dimension_members)
    found = tenant_subquery(context, member, member.c.name, member.c.id == alert.c.member_id)
    return found.scalar_subquery()


def _name_signal_rules(alert: Row) -> list[tuple[Sql, Sql]]:
    return [
        (alert.c.signal_rule == literal_text(rule), literal_text(sentence))
        for rule, sentence in SIGNALS.items()
    ]


def _select_label(place: str) -> Callable[[Row, FieldContext], Sql]:
    def select_label(alert: Row, context: FieldContext) -> Sql:
        subject = _select_subject(alert, context)
        label = select(_build_label(subject, place)).select_from(subject)
        return label.correlate(alert).scalar_subquery()

    return select_label


ALERT.computed_one("figures", KPI_STATUS, _build_figures)
ALERT.value("sentence", _build_sentence)
ALERT.value("period", _select_label("last"))
ALERT.value("first_period", _select_label("first"))
