"""The values of a process behaviour chart: by period, without those that people left out."""

from sqlalchemy import Boolean, FromClause, Integer, case, literal_column, not_, or_, select

from persistence.annotations import annotations, is_shown_with
from persistence.kernel.schema.tables import shared_alias
from persistence.kpis import kpi_measurements
from persistence.kpis.calendar import build_previous_year, build_start, select_settings
from persistence.kpis.dimensions import is_about
from persistence.reading.raw_sql import SqlTemplate
from persistence.reading.read_model import FieldContext, Row
from persistence.reading.relations import tenant_subquery

ONE = literal_column("1", Integer)


def select_values(kpi: Row, context: FieldContext) -> FromClause:
    """Return the values by period, of the total or a slice, without what people left out."""
    found, settings = shared_alias(kpi_measurements), select_settings(context).subquery()
    following = SqlTemplate("({ordinal} + 1)", Integer(), ordinal=found.c.period_ordinal)
    ends_before = build_start(kpi.c.frequency, following, settings)
    annotation = shared_alias(annotations)
    left_out = tenant_subquery(
        context,
        annotation,
        ONE,
        annotation.c.is_excluded_from_baselines,
        annotation.c.starts_on < ends_before,
        annotation.c.last_day >= found.c.starts_on,
        is_shown_with(kpi, annotation, context),
    )
    columns = (found.c.period_ordinal.label("ordinal"), found.c.starts_on, found.c.value)
    return (
        select(*columns, *settings.c)
        .where(
            found.c.tenant_id == context.facts.tenant(),
            found.c.kpi_id == kpi.c.id,
            is_about(found, kpi),
            found.c.value.is_not(None),
            not_(left_out.exists()),
        )
        .correlate_except(found, settings)
        .subquery()
    )


def subtract_previous_year(kpi: Row, context: FieldContext) -> FromClause:
    """Return the differences to the previous year, if the argument asks for them.

    A period without a value a year before is left out.
    """
    is_asked = context.bind_argument("by_previous_year", Boolean())
    values, earlier = select_values(kpi, context), select_values(kpi, context)
    previous = build_previous_year(kpi.c.frequency, values.c.ordinal, values.c.starts_on, values)
    others = [each for each in values.c if each.name != "value"]
    value = case((is_asked, values.c.value - earlier.c.value), else_=values.c.value)
    return (
        select(*others, value.label("value"))
        .select_from(values.outerjoin(earlier, earlier.c.ordinal == previous))
        .where(or_(not_(is_asked), earlier.c.value.is_not(None)))
        .correlate_except(values, earlier)
        .subquery()
    )
