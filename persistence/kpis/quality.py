"""The quality gate of a KPI in SQL: one row for each check.

Goals, people and KPIs that the viewer may not see count as if they did not exist.
"""

from sqlalchemy import (
    Boolean,
    FromClause,
    Integer,
    Table,
    Text,
    case,
    column,
    exists,
    func,
    not_,
    or_,
    select,
    true,
    type_coerce,
    values,
)

from domain.goals import GoalStatus
from domain.kernel.access import Has, Rule
from domain.kpis.enums import KpiFrequency, KpiState, KpiVisibility
from domain.kpis.measurements import KpiMeasurementState
from domain.kpis.quality import ANSWERS, MAX_IN_FOCUS, KpiQualityCode
from persistence.access.rules_to_sql import compile_rule
from persistence.goals import GOAL, goals
from persistence.kernel.schema.tables import EnumText, shared_alias
from persistence.kernel.sql_literals import literal_number, literal_text
from persistence.kpis.balancing import do_slices_add_up
from persistence.kpis.definitions import KPI, kpi_viewers, kpis, select_definition
from persistence.kpis.measurements import has_value, kpi_measurements
from persistence.kpis.status import select_kpi, select_newest
from persistence.kpis.targets import kpi_targets
from persistence.kpis.value_requests import build_days_overdue
from persistence.kpis.views import is_communicated
from persistence.people import PERSON, people
from persistence.reading.read_model import FieldContext, ReadModel, Row, Sql
from persistence.reading.relations import RowCondition, tenant_subquery

ONE, ZERO = literal_number(1), literal_number(0)
KPI_QUALITY_CHECK = ReadModel("KpiQualityCheck", None)
SEE_OPEN_GOAL = GOAL.see & Has("status", GoalStatus.DRAFT, GoalStatus.ACTIVE)
SEE_ACTIVE_KPI = KPI.see & Has("state", KpiState.ACTIVE)


def _exists(context: FieldContext, table: Table | FromClause, rule: Rule, *conditions: Sql) -> Sql:
    """Return whether there is a row for which the rule holds."""
    permitted = compile_rule(rule, context.facts, table)
    return exists(tenant_subquery(context, table, ONE, *conditions, permitted))


def _has_purpose(kpi: Row, context: FieldContext) -> Sql:
    goal = goals.alias()
    return _exists(context, goal, SEE_OPEN_GOAL, goal.c.id == kpi.c.purpose_id)


def _is_defined(kpi: Row, context: FieldContext) -> Sql:
    today = context.facts.today()
    ways = ("calculation", "formula")
    texts = (select_definition(context, kpi.c.id, today, each) for each in ways)
    return or_(*(each.is_not(None) for each in texts))


def _is_quantified(kpi: Row, context: FieldContext) -> Sql:
    each = shared_alias(kpi_measurements)
    found = (each.c.kpi_id == kpi.c.id, each.c.member_id.is_(None), has_value(each))
    return exists(tenant_subquery(context, each, ONE, *found))


def _has_target(kpi: Row, context: FieldContext) -> Sql:
    each, today = kpi_targets.alias(), context.facts.today()
    begun = tenant_subquery(
        context, each, each.c.ends_on, each.c.kpi_id == kpi.c.id, each.c.starts_on <= today
    )
    newest = begun.order_by(each.c.starts_on.desc()).limit(ONE).subquery()
    lasts = or_(newest.c.ends_on.is_(None), newest.c.ends_on > today)
    return select(ONE).select_from(newest).where(lasts).correlate_except(newest).exists()


def _has_owner(kpi: Row, context: FieldContext) -> Sql:
    owner = people.alias()
    stays = or_(owner.c.left_on.is_(None), owner.c.left_on > context.facts.today())
    return _exists(context, owner, PERSON.see, owner.c.id == kpi.c.owner_id, stays)


def _is_shared(kpi: Row, context: FieldContext) -> Sql:
    """Return whether others may see the KPI: everyone, its unit, or people who are named."""
    link, viewer = kpi_viewers.alias(), people.alias()
    named = tenant_subquery(context, link, link.c.person_id, link.c.kpi_id == kpi.c.id)
    is_other = viewer.c.id != kpi.c.owner_id
    return or_(
        kpi.c.visibility != literal_text(KpiVisibility.NAMED),
        _exists(context, viewer, PERSON.see, viewer.c.id.in_(named), is_other),
    )


def _is_in_focus(kpi: Row, context: FieldContext) -> Sql:
    """Return whether the unit has few active KPIs; no more are counted than needed."""
    other = kpis.alias()
    counted = tenant_subquery(
        context,
        other,
        ONE.label("one"),
        or_(other.c.organization_id == kpi.c.organization_id, other.c.team_id == kpi.c.team_id),
        compile_rule(SEE_ACTIVE_KPI, context.facts, other),
    )
    limited = counted.limit(literal_number(MAX_IN_FOCUS + 1)).subquery()
    count = select(func.count()).select_from(limited).correlate_except(limited)
    return count.scalar_subquery() <= literal_number(MAX_IN_FOCUS)


def _select_newest_period(kpi: Row, context: FieldContext) -> FromClause:
    """Return one row about the newest period: whether it applies, and whether one is overdue."""
    subject = select_kpi(context, kpi)
    newest = select_newest(context, subject)
    period = (
        select(*subject.c, *(newest.c[each] for each in ("ordinal", "state")))
        .select_from(subject.outerjoin(newest, true()))
        .correlate_except(subject, newest)
        .subquery()
    )
    is_irregular = period.c.frequency == literal_text(KpiFrequency.IRREGULAR)
    overdue = func.coalesce(build_days_overdue(period, period.c.id, context), ONE)
    applies = period.c.state != literal_text(KpiMeasurementState.NOT_APPLICABLE)
    return (
        select(
            func.coalesce(applies, true()).label(KpiQualityCode.APPLICABLE),
            or_(is_irregular, overdue == ZERO).label(KpiQualityCode.MEASURED_ON_TIME),
        )
        .select_from(period)
        .correlate_except(period)
        .subquery()
    )


CHECKS: dict[KpiQualityCode, RowCondition] = {
    KpiQualityCode.PURPOSE: _has_purpose,
    KpiQualityCode.DEFINED: _is_defined,
    KpiQualityCode.QUANTIFIED: _is_quantified,
    KpiQualityCode.TARGET: _has_target,
    KpiQualityCode.OWNER: _has_owner,
    KpiQualityCode.SHARED: _is_shared,
    KpiQualityCode.COMMUNICATED: is_communicated,
    KpiQualityCode.FOCUS: _is_in_focus,
    KpiQualityCode.SLICES_ADD_UP: do_slices_add_up,
}


def _build_checks(kpi: Row, context: FieldContext) -> FromClause:
    period = _select_newest_period(kpi, context)
    found = (
        select(*period.c, *(check(kpi, context).label(code) for code, check in CHECKS.items()))
        .select_from(period)
        .offset(ZERO)
        .correlate_except(period)
        .subquery()
    )
    columns = (column("place", Integer), column("code", Text), column("passes", Boolean))
    rows = [
        (
            literal_number(place),
            literal_text(code),
            found.c[code],
            literal_text(answers.passed),
            literal_text(answers.failed),
        )
        for place, (code, answers) in enumerate(ANSWERS.items())
    ]
    checks = (
        values(*columns, column("passed", Text), column("failed", Text), name="checks")
        .data(rows)
        .lateral()
    )
    return (
        select(
            type_coerce(checks.c.code, EnumText(KpiQualityCode)).label("code"),
            checks.c.passes,
            case((checks.c.passes, checks.c.passed), else_=checks.c.failed).label("sentence"),
        )
        .select_from(found.join(checks, true()))
        .order_by(checks.c.place)
        .correlate_except(found, checks)
        .subquery()
    )


for name in ("code", "passes", "sentence"):
    KPI_QUALITY_CHECK.value(name)
KPI.computed_list("quality", KPI_QUALITY_CHECK, _build_checks)


def _build_warnings(kpi: Row, context: FieldContext) -> FromClause:
    """Return the rows of the checks that fail."""
    checks = _build_checks(kpi, context)
    return select(checks).where(not_(checks.c.passes)).correlate_except(checks).subquery()


KPI.computed_list("warnings", KPI_QUALITY_CHECK, _build_warnings)
