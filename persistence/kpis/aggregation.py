"""Values over several periods, combined as the definition of a KPI says.

A ratio is the combined numerators over the combined denominators; a weighted mean is one. A mean of
values counts each period once, as `domain.kpis.computed.reader` does: the number of items may be
that of the people whom a value is about.
"""

from sqlalchemy import FromClause, Integer, Numeric, Text, func, select

from domain.kpis.enums import KpiForm, TimeAggregation
from domain.kpis.series import KpiPointState
from persistence.kernel.schema.tables import shared_alias
from persistence.kernel.sql_literals import literal_number, literal_text
from persistence.kpis.definitions import select_definition
from persistence.kpis.dimensions import is_about
from persistence.kpis.measurements import has_value, kpi_measurements
from persistence.reading.raw_sql import SqlTemplate
from persistence.reading.read_model import FieldContext, Row

_IN_ORDER = "array_agg({{0}} ORDER BY {{ordinal}}{0}) FILTER (WHERE {{0}} IS NOT NULL)"


def _combine(number: str, rule: str) -> str:
    """Return the template of one number combined by a rule."""
    ways = {
        TimeAggregation.SUM: "sum({0})",
        TimeAggregation.MEAN: "avg({0})",
        TimeAggregation.FIRST: f"({_IN_ORDER.format('')})[1]",
        TimeAggregation.LAST: f"({_IN_ORDER.format(' DESC')})[1]",
        TimeAggregation.MIN: "min({0})",
        TimeAggregation.MAX: "max({0})",
        TimeAggregation.COUNT: "count({0})::numeric",
    }
    branches = " ".join(
        f"WHEN '{name}' THEN {way.replace('{0}', '{' + number + '}')}" for name, way in ways.items()
    )
    return f"(CASE {{{rule}}} {branches} END)"


IS_SUPPRESSED = f"count(*) FILTER (WHERE {{state}} = '{KpiPointState.SUPPRESSED}') > 0"
COMBINED = f"""trim_scale(round(CASE WHEN {IS_SUPPRESSED} THEN NULL
 WHEN {{interval}} = {{frequency}} THEN max({{value}})
 WHEN {{form}} = '{KpiForm.RATIO}'
 THEN {_combine("numerator", "rule")}
  / nullif({_combine("denominator", "lower_rule")}, 0)
 ELSE {_combine("value", "rule")} END, 12))"""
PARTS = {
    name: f"(CASE WHEN {IS_SUPPRESSED} THEN NULL"
    f" WHEN {{interval}} = {{frequency}} THEN max({{{name}}})"
    f" ELSE {_combine(name, rule)} END)"
    for name, rule in (("numerator", "rule"), ("denominator", "lower_rule"))
}
"""The two numbers that a ratio is divided from; null for others."""

STATE = f"""(CASE WHEN {IS_SUPPRESSED} THEN '{KpiPointState.SUPPRESSED}'
 WHEN count({{value}}) > 0 THEN '{KpiPointState.MEASURED}'
 WHEN count(*) = {{last}} - {{first}} + 1 THEN '{KpiPointState.NOT_APPLICABLE}'
 ELSE '{KpiPointState.NOT_MEASURED}' END)"""


ITEMS = f"(CASE WHEN {IS_SUPPRESSED} THEN NULL ELSE sum({{items}}) END)"
"""A combined value is suppressed if one of its parts is, with its number of items."""

MEASURED = {
    **{name: name for name in ("state", "value", "numerator", "denominator")},
    "items": "item_count",
    "ordinal": "period_ordinal",
}
"""The columns of measurements by their names in the templates."""

RULES = {
    "form": "form",
    "rule": "time_aggregation",
    "lower_rule": "denominator_time_aggregation",
}
"""The attributes of a definition that say how its values are combined."""


def aggregate_periods(context: FieldContext, series: Row, interval: FromClause) -> FromClause:
    """Combine the measurements of one longer period; `interval` has its first and last ordinal."""
    each = shared_alias(kpi_measurements)
    last_day = interval.c.ends_before - literal_number(1)
    rules = {
        part: select_definition(context, series.c.id, last_day, name)
        for part, name in RULES.items()
    }
    columns = {
        **{name: series.c[name] for name in ("interval", "frequency")},
        **{name: each.c[column] for name, column in MEASURED.items()},
    }
    bounds = {"first": interval.c.first_ordinal, "last": interval.c.last_ordinal}
    numbers = {"value": COMBINED, **PARTS}
    is_inapplicable = each.c.state == literal_text(KpiPointState.NOT_APPLICABLE)
    return (
        select(
            SqlTemplate(STATE, Text(), **columns, **bounds).label("state"),
            *(
                SqlTemplate(form, Numeric(), **columns, **rules).label(name)
                for name, form in numbers.items()
            ),
            func.max(each.c.revision, type_=Integer()).label("revision"),
            SqlTemplate(ITEMS, Integer(), **columns).label("item_count"),
            func.count().filter(has_value(each)).label("measured_periods"),
            func.count().filter(is_inapplicable).label("inapplicable_periods"),
        )
        .where(
            each.c.tenant_id == context.facts.tenant(),
            each.c.kpi_id == series.c.id,
            is_about(each, series),
            each.c.period_ordinal.between(interval.c.first_ordinal, interval.c.last_ordinal),
        )
        .correlate_except(each)
        .lateral()
    )
