"""The periods of the tenant's calendar, for forms in which people enter values."""

from sqlalchemy import Boolean, Date, FromClause, Integer, func, select

from domain.kpis.series import MAX_POINTS
from persistence.kernel.sql_literals import literal_number
from persistence.kernel.wire_format import from_enum_name
from persistence.kpis import calendar
from persistence.reading.raw_sql import SqlTemplate
from persistence.reading.read_model import FieldContext, ReadModel, Row
from persistence.tenants import TENANT

KPI_PERIOD = ReadModel("KpiPeriod", None)


def _list_periods(_: Row, context: FieldContext) -> FromClause:
    """Return the periods that contain a day of the range; of too many, the latest ones."""
    each = _list_ordinals(context)
    following = SqlTemplate("({ordinal} + 1)", Integer(), ordinal=each.c.ordinal)
    end = calendar.build_start(each.c.frequency, following, each)
    starts_on = calendar.build_start(each.c.frequency, each.c.ordinal, each)
    last_day = SqlTemplate("({end} - 1)", Date(), end=end)
    is_over = SqlTemplate("({end} <= {today})", Boolean(), end=end, today=context.facts.today())
    label = calendar.build_label(each.c.frequency, each.c.ordinal, starts_on, each)
    return (
        select(
            each.c.ordinal,
            starts_on.label("starts_on"),
            last_day.label("last_day"),
            is_over.label("is_over"),
            label.label("label"),
        )
        .correlate_except(each)
        .subquery()
    )


def _list_ordinals(context: FieldContext) -> FromClause:
    """Return the ordinals of the periods, with the settings of the tenant."""
    settings = calendar.select_settings(context).subquery()
    frequency = context.bind_text("frequency", parse=from_enum_name)
    first, last = (
        calendar.build_ordinal(frequency, context.bind_argument(name, Date()), settings)
        for name in ("from_", "to")
    )
    earliest = SqlTemplate(f"({{last}} - {MAX_POINTS} + 1)", Integer(), last=last)
    numbers = func.generate_series(func.greatest(first, earliest), last)
    each = numbers.table_valued("ordinal").render_derived().lateral()
    return (
        select(each.c.ordinal, frequency.label("frequency"), *settings.c)
        .select_from(settings, each)
        .offset(literal_number(0))
        .correlate_except(settings, each)
        .subquery()
    )


for name in ("starts_on", "last_day", "is_over"):
    KPI_PERIOD.value(name)
KPI_PERIOD.value("label", lambda row, _: row.c.label)
TENANT.computed_list("kpi_periods", KPI_PERIOD, _list_periods, order="ordinal")
