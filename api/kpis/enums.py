"""The enums of a KPI and its definitions, with the meaning of their values."""

from api.kernel.schema.declarations import graph_enum
from domain.kpis import (
    KpiDirection,
    KpiForm,
    KpiFrequency,
    KpiInfluence,
    KpiScopeKind,
    KpiState,
    KpiUnit,
    KpiVisibility,
    SliceAggregation,
    TimeAggregation,
)
from domain.kpis.own_data.measures import MEASURES, KpiMeasure

graph_enum(KpiState, "Whether a KPI is in use.", active="In use.", archived="Not in use any more.")
graph_enum(
    KpiScopeKind,
    "The type of the scope of a KPI or a scorecard.",
    organization="The scope is an `Organization`.",
    team="The scope is a `Team`.",
)
graph_enum(
    KpiVisibility,
    "Who may see a KPI or a scorecard, beside its owner, the people in `viewers`, and those who"
    " define KPIs of its scope.",
    tenant="Everyone in the tenant who may see the scope in the directory.",
    organization="The people of the organization and of all units below it, the leads of the team,"
    " the managers above the owner, and those with `KPIS_READ`.",
    named="Nobody else.",
)
graph_enum(
    KpiFrequency,
    "How long the period of one value is.",
    daily="A day.",
    weekly="A week. It begins on the first day of the week of the tenant.",
    monthly="A calendar month.",
    quarterly="A quarter of the tenant's fiscal year.",
    annual="A fiscal year of the tenant.",
    irregular="Single days, without a rhythm. No value is ever due.",
)
graph_enum(
    KpiInfluence,
    "Whether a KPI moves before the KPI that it drives.",
    leading="It moves earlier, so it can be acted on: sales calls before revenue.",
    lagging="It moves at the same time or later, and confirms what has happened.",
)
graph_enum(
    KpiUnit,
    "The unit of measure of the values.",
    number="A plain number. `unitName` may say of what, such as parcels or days.",
    money="An amount in the currency of `currency`.",
    share="A share of a whole: 0.42 means 42 %.",
    percentage_points="A difference of two shares, times 100: from 0.42 to 0.45 is 3.",
)
graph_enum(
    KpiDirection,
    "Which values are better.",
    up="Higher values.",
    down="Lower values.",
    band="Values inside a target range.",
)
graph_enum(
    KpiForm,
    "Whether a value is one number, or a numerator and a denominator.",
    simple="One number.",
    ratio="A numerator and a denominator. For longer periods and totals, both are combined first"
    " and divided afterwards. Ratios are never averaged.",
)
graph_enum(
    TimeAggregation,
    "How the values of several periods become that of a longer one.",
    sum="The sum, as for revenue.",
    mean=(
        "The mean of the periods that have a value. Each period has the same weight; for a"
        " weighted mean, use the form RATIO."
    ),
    first="The value of the first period.",
    last="The value of the last period, as for headcount.",
    min="The lowest value.",
    max="The highest value.",
    count="The number of values.",
    none="Not at all: a longer period has no value, as for distinct counts and medians.",
)
graph_enum(
    SliceAggregation,
    "How the values of several parts become one total: of teams, organizations, or the parts of a"
    " breakdown, such as regions.",
    sum="The sum.",
    mean="The mean of those that have a value.",
    min="The lowest value.",
    max="The highest value.",
    none="No total is calculated, as for distinct counts and medians.",
)
graph_enum(
    KpiMeasure,
    "What Trellis measures from its own data. People on leave count, agency staff and contractors"
    " do not. A move between units is neither joining nor leaving. A goal belongs to the scope of"
    " its owner, a review to that of the person.",
    **{each.value: facts.meaning for each, facts in MEASURES.items()},
)
