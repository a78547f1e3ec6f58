"""Slices against totals in SQL: whether those that are recorded add up to what is recorded.

The rules are those of `domain.kpis.dimensions.balancing`.
"""

from sqlalchemy import Boolean, FromClause, and_, case, exists, false, func, not_, or_, select, true

from domain.kpis.dimensions import KpiDimensionMember
from domain.kpis.enums import KpiForm, KpiUnit, SliceAggregation
from domain.kpis.measurements import KpiMeasurementSource, KpiMeasurementState
from domain.kpis.quality import COMPARED_PERIODS
from persistence.access.rules_to_sql import compile_rule
from persistence.kernel.sql_literals import literal_number, literal_text
from persistence.kpis.definitions import kpi_definitions, order_by_nearness
from persistence.kpis.dimensions import kpi_dimension_members, kpi_dimensions
from persistence.kpis.measurements import is_suppressed, kpi_measurements
from persistence.reading.raw_sql import SqlTemplate
from persistence.reading.read_model import FieldContext, Row, Sql
from persistence.reading.relations import tenant_subquery

ZERO, ONE, TWO = (literal_number(each) for each in (0, 1, 2))
NUMBERS = ("value", "numerator", "denominator")


def do_slices_add_up(kpi: Row, context: FieldContext) -> Sql:
    """Return whether no newest period has a total that differs from its slices.

    Dimensions with a member that the viewer may not see are left out.
    """
    dimension, member = kpi_dimensions.alias(), kpi_dimension_members.alias()
    seen = compile_rule(KpiDimensionMember.SEE, context.facts, member)
    hidden = tenant_subquery(
        context,
        member,
        ONE,
        member.c.dimension_id == dimension.c.id,
        SqlTemplate("NOT ({seen})", Boolean(), seen=seen),
    )
    total = _select_totals(kpi, context)
    slices = _add_slices(kpi, dimension, total, context)
    compared = (
        select(ONE)
        .select_from(dimension)
        .join(total, true())
        .join(slices, true())
        .where(
            dimension.c.tenant_id == context.facts.tenant(),
            dimension.c.kpi_id == kpi.c.id,
            dimension.c.is_complete,
            # NOT EXISTS would become a join that is planned before the tenant is entered.
            exists(hidden).is_(false()),
            slices.c.unusable == ZERO,
            _differ(total, slices),
        )
        .correlate_except(dimension, total, slices)
    )
    return not_(exists(compared))


def _select_totals(kpi: Row, context: FieldContext) -> FromClause:
    """Select the newest totals that are recorded, with the definition of each."""
    each, definition = kpi_measurements.alias(), kpi_definitions.alias()
    newest = (
        select(each)
        .where(
            each.c.tenant_id == context.facts.tenant(),
            each.c.kpi_id == kpi.c.id,
            each.c.member_id.is_(None),
            each.c.source != literal_text(KpiMeasurementSource.DERIVED),
        )
        .order_by(each.c.period_ordinal.desc())
        .limit(literal_number(COMPARED_PERIODS))
        .correlate_except(each)
        .lateral()
    )
    nearest = (
        select(*(definition.c[name] for name in ("form", "unit", "decimals")))
        .add_columns(
            and_(
                definition.c.slice_aggregation == literal_text(SliceAggregation.SUM),
                definition.c.formula.is_(None),
            ).label("adds_up")
        )
        .where(definition.c.tenant_id == context.facts.tenant(), definition.c.kpi_id == kpi.c.id)
        .order_by(*order_by_nearness(definition, newest.c.starts_on))
        .limit(ONE)
        .correlate_except(definition)
        .lateral()
    )
    columns = (newest.c[name] for name in ("period_ordinal", *NUMBERS))
    return (
        select(*columns, *nearest.c)
        .select_from(newest.join(nearest, nearest.c.adds_up))
        .where(newest.c.state == literal_text(KpiMeasurementState.MEASURED))
        .correlate_except(newest, nearest)
        .lateral()
    )


def _add_slices(kpi: Row, dimension: Row, total: FromClause, context: FieldContext) -> FromClause:
    """Return the sums of the slices of a period, and how many are missing or suppressed."""
    member, each = kpi_dimension_members.alias(), kpi_measurements.alias()
    in_period = and_(
        each.c.tenant_id == context.facts.tenant(),
        each.c.kpi_id == kpi.c.id,
        each.c.member_id == member.c.id,
        each.c.period_ordinal == total.c.period_ordinal,
    )
    is_missing = and_(each.c.id.is_(None), not_(member.c.is_archived))
    unusable = func.count().filter(or_(is_missing, is_suppressed(each)))
    return (
        select(unusable.label("unusable"))
        .add_columns(*(func.sum(each.c[name]).label(name) for name in NUMBERS))
        .select_from(member.outerjoin(each, in_period))
        .where(
            member.c.tenant_id == context.facts.tenant(),
            member.c.dimension_id == dimension.c.id,
        )
        .correlate_except(member, each)
        .lateral()
    )


def _differ(total: FromClause, slices: FromClause) -> Sql:
    """Return whether numbers are shown differently: parts of a ratio, or else the value."""
    is_ratio = total.c.form == literal_text(KpiForm.RATIO)
    is_share = total.c.unit == literal_text(KpiUnit.SHARE)
    decimals = total.c.decimals + case((is_share, TWO), else_=ZERO)
    value, numerator, denominator = ((total.c[name], slices.c[name]) for name in NUMBERS)
    rounded = [func.round(each, decimals) for each in value]
    return or_(
        and_(is_ratio, or_(numerator[0] != numerator[1], denominator[0] != denominator[1])),
        and_(not_(is_ratio), rounded[0] != rounded[1]),
    )
