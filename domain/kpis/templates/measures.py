"""Measures that several templates use as inputs. Flows add up over time, stocks do not."""

from domain.kpis.enums import KpiDirection, KpiUnit, SliceAggregation, TimeAggregation
from domain.kpis.own_data.measures import KpiMeasure
from domain.kpis.templates.model import SHARE, TemplateInput, Unit, count

DOWN = KpiDirection.DOWN
MEAN, LAST, FIRST = TimeAggregation.MEAN, TimeAggregation.LAST, TimeAggregation.FIRST
NO_SUM = SliceAggregation.NONE

EMPLOYEE, CUSTOMER, ANSWER = count("employees"), count("customers"), count("answers")
POSITION, PARCEL, HOUR, DAY = count("positions"), count("parcels"), count("hours"), count("days")
PLAIN = Unit(KpiUnit.NUMBER)

REVENUE = TemplateInput("revenue", "Revenue", "Invoiced revenue of the period, without tax.")
GOODS = TemplateInput(
    "cost_of_goods",
    "Cost of goods sold",
    "Direct cost of what was sold in the period, without delivery.",
    direction=DOWN,
)
OPERATING_INCOME = TemplateInput(
    "operating_income", "Operating income", "Profit before interest and tax."
)
CONTRACT_REVENUE_AT_START = TemplateInput(
    "at_start",
    "Recurring revenue at the start",
    "Monthly recurring revenue of all customers at the start of the period.",
    time_aggregation=FIRST,
)
CONTRACTION = TemplateInput(
    "contraction",
    "Contraction",
    "Recurring revenue lost in the period from customers that stay.",
    direction=DOWN,
)
LOST_REVENUE = TemplateInput(
    "lost", "Lost recurring revenue", "Recurring revenue of customers that left.", direction=DOWN
)
REVENUE_PER_ACCOUNT = TemplateInput(
    "revenue_per_account",
    "Revenue per account",
    "Revenue of the month / accounts.",
    time_aggregation=MEAN,
    slice_aggregation=NO_SUM,
)
GROSS_MARGIN = TemplateInput(
    "gross_margin",
    "Gross margin",
    "(revenue - cost of goods sold) / revenue",
    SHARE,
    TimeAggregation.NONE,
    NO_SUM,
)
HEADCOUNT = TemplateInput(
    "headcount",
    "Headcount, mean",
    "Mean of the headcounts at the start and the end of the period.",
    EMPLOYEE,
    MEAN,
    measure=KpiMeasure.HEADCOUNT_AVERAGE,
)
LEAVERS = TemplateInput(
    "leavers",
    "Leavers",
    "People whose employment ended in the period.",
    EMPLOYEE,
    direction=DOWN,
    measure=KpiMeasure.LEAVERS,
)
VOLUNTARY_LEAVERS = TemplateInput(
    "voluntary_leavers",
    "Voluntary leavers",
    "People who left by choice.",
    EMPLOYEE,
    direction=DOWN,
    measure=KpiMeasure.VOLUNTARY_LEAVERS,
)
INVOLUNTARY_LEAVERS = TemplateInput(
    "involuntary_leavers",
    "Involuntary leavers",
    "People whose employment was ended by the employer.",
    EMPLOYEE,
    direction=DOWN,
    measure=KpiMeasure.INVOLUNTARY_LEAVERS,
)
HIRES = TemplateInput(
    "hires", "Hires", "People who started in the period.", EMPLOYEE, measure=KpiMeasure.JOINERS
)
ANSWERS = TemplateInput("answers", "Answers", "All answers to the question.", ANSWER)
