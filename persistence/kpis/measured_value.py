"""What Trellis measures as of a day: the value of the period of that day, up to that day."""

from collections.abc import Collection

from sqlalchemy import (
    Date,
    FromClause,
    Integer,
    Numeric,
    case,
    cast,
    func,
    null,
    select,
    true,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import ARRAY

from domain.kpis.enums import KpiScopeKind
from domain.kpis.own_data.measures import (
    MEASURES_OF_GOALS,
    MEASURES_OF_KINDS,
    MEASURES_OF_PEOPLE,
    MEASURES_OF_REVIEWS,
    MEASURES_OF_SURVEYS,
    SOURCE_FIELDS,
    KpiMeasure,
)
from domain.kpis.series import KpiPointState
from persistence.effective_dates import get_requested_day
from persistence.kernel.schema.tables import EnumText, shared_alias
from persistence.kernel.sql_literals import literal_number, literal_text
from persistence.kpis import calendar
from persistence.kpis.comparing import select_subject
from persistence.kpis.definitions import KPI, select_definition
from persistence.kpis.own_data import build_statement
from persistence.kpis.own_units import NOTHING
from persistence.kpis.sentences import build_period
from persistence.reading.raw_sql import SqlTemplate
from persistence.reading.read_model import FieldContext, ReadModel, Row
from persistence.tenants import tenants

KPI_MEASURED_VALUE = ReadModel("KpiMeasuredValue", None)

ONE_PERIOD = "SELECT 0 AS ordinal, {first_day} AS first_day, {last_day} AS last_day"
FIGURES = "ARRAY[round(above / nullif(below, 0), 12), people::numeric]"
"""The value, and how many people it is about."""


def _select_figures(measure: KpiMeasure, kind: KpiScopeKind) -> str:
    counted = build_statement(measure, kind).replace("{periods}", ONE_PERIOD)
    counted = counted.replace("{excluded}", NOTHING)
    return f"(SELECT {FIGURES} FROM ({counted}) figures)"


def _choose_scope(measure: KpiMeasure) -> str:
    """Return the figures of a measure, and of those that are counted by the same statement."""
    of_team, of_unit = (
        _select_figures(measure, kind) for kind in (KpiScopeKind.TEAM, KpiScopeKind.ORGANIZATION)
    )
    return f"CASE {{scope_kind}} WHEN '{KpiScopeKind.TEAM}' THEN {of_team} ELSE {of_unit} END"


def _build_branch(measures: Collection[KpiMeasure]) -> str:
    """Return the figures of measures that are counted by the same statement."""
    names = ", ".join(f"'{each}'" for each in measures)
    return f"WHEN {{measure}} IN ({names}) THEN {_choose_scope(min(measures))}"


BRANCHES = (MEASURES_OF_GOALS, MEASURES_OF_REVIEWS, MEASURES_OF_SURVEYS, MEASURES_OF_PEOPLE)
MEASURED = f"(CASE {' '.join(map(_build_branch, BRANCHES))} END)"

ONE, TWO, FENCE = literal_number(1), literal_number(2), literal_number(0)
SCOPE = ("scope_kind", "organization_id", "team_id")


def _build_row(kpi: Row, context: FieldContext) -> FromClause:
    """Return one row about the period of the requested day; none where it has no measure.

    Days to come are unknown: such a day counts as today.
    """
    found = _select_figures_of(_select_period(kpi, context), context)
    people = found.c.figures[TWO]
    is_inside = found.c.ends_before - found.c.today > ONE
    is_open = is_inside | (found.c.today >= context.facts.today())
    tells_kinds = found.c.measure.in_([literal_text(each) for each in MEASURES_OF_KINDS])
    is_shown = (people >= found.c.suppression_threshold) & ~(tells_kinds & is_open)
    value = case((is_shown, func.trim_scale(found.c.figures[ONE], type_=Numeric())))
    return (
        select(
            *found.c,
            value.label("value"),
            case((is_shown, func.round(people)), else_=null()).label("item_count"),
            case(
                (found.c.figures.is_(None), literal_text(KpiPointState.NOT_APPLICABLE)),
                (is_shown.is_not(true()), literal_text(KpiPointState.SUPPRESSED)),
                (found.c.figures[ONE].is_(None), literal_text(KpiPointState.NOT_APPLICABLE)),
                else_=literal_text(KpiPointState.MEASURED),
            ).label("state"),
        )
        .correlate_except(found)
        .subquery()
    )


def _select_figures_of(period: FromClause, context: FieldContext) -> FromClause:
    """Return a period with its figures; nothing where it has no measure."""
    is_of_team = period.c.team_id.is_not(None)
    figures = SqlTemplate(
        MEASURED,
        ARRAY(Numeric()),
        tenant=context.facts.tenant(),
        scope=case((is_of_team, period.c.team_id), else_=period.c.organization_id),
        scope_kind=period.c.scope_kind,
        today=context.facts.today(),
        measure=period.c.measure,
        first_day=period.c.starts_on,
        last_day=period.c.today,
        schedule=period.c.survey_schedule_id,
        question=period.c.survey_question_id,
    )
    return (
        select(*period.c, figures.label("figures"))
        .where(period.c.measure.is_not(None))
        .offset(FENCE)
        .correlate_except(period)
        .subquery()
    )


def _select_period(kpi: Row, context: FieldContext) -> FromClause:
    """Return the period of the day, with its measure and the setting of the tenant."""
    tenant, day = (
        shared_alias(tenants),
        func.least(get_requested_day(context), context.facts.today(), type_=Date()),
    )
    columns, settings = select_subject(context, kpi, day)
    threshold = select(tenant.c.suppression_threshold).where(
        tenant.c.tenant_id == context.facts.tenant()
    )
    subject = (
        select(
            *columns,
            *(kpi.c[name] for name in SCOPE),
            threshold.correlate_except(tenant).scalar_subquery().label("suppression_threshold"),
            calendar.build_ordinal(kpi.c.frequency, day, settings).label("ordinal"),
        )
        .select_from(settings)
        .offset(FENCE)
        .correlate_except(settings)
        .subquery()
    )
    starts_on = calendar.build_start(subject.c.frequency, subject.c.ordinal, subject)
    following = SqlTemplate("({ordinal} + 1)", Integer(), ordinal=subject.c.ordinal)
    ends_before = calendar.build_start(subject.c.frequency, following, subject)
    return (
        select(
            *subject.c,
            starts_on.label("starts_on"),
            ends_before.label("ends_before"),
            *(
                select_definition(context, subject.c.id, starts_on, name).label(name)
                for name in ("measure", *SOURCE_FIELDS)
            ),
        )
        .select_from(subject)
        .offset(FENCE)
        .correlate_except(subject)
        .subquery()
    )


KPI.computed_one("measured_value", KPI_MEASURED_VALUE, _build_row)
KPI_MEASURED_VALUE.value("measure", lambda row, _: row.c.measure)
KPI_MEASURED_VALUE.value("period", lambda row, _: build_period(row))
KPI_MEASURED_VALUE.value("starts_on")
KPI_MEASURED_VALUE.value("as_of", lambda row, _: row.c.today)
KPI_MEASURED_VALUE.value("state", lambda row, _: type_coerce(row.c.state, EnumText(KpiPointState)))
KPI_MEASURED_VALUE.value("value", lambda row, _: row.c.value)
KPI_MEASURED_VALUE.value("item_count", lambda row, _: cast(row.c.item_count, Integer))
