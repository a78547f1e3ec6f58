"""Inputs of formulas: what a check has to know about the KPIs that a formula uses."""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.kpis.enums import KpiFrequency, SliceAggregation, TimeAggregation
from domain.kpis.formulas.units import Unit

DAILY, WEEKLY, MONTHLY = KpiFrequency.DAILY, KpiFrequency.WEEKLY, KpiFrequency.MONTHLY
QUARTERLY, ANNUAL = KpiFrequency.QUARTERLY, KpiFrequency.ANNUAL

WIDER: Mapping[KpiFrequency, frozenset[KpiFrequency]] = {
    DAILY: frozenset({WEEKLY, MONTHLY, QUARTERLY, ANNUAL}),
    WEEKLY: frozenset(),
    MONTHLY: frozenset({QUARTERLY, ANNUAL}),
    QUARTERLY: frozenset({ANNUAL}),
    ANNUAL: frozenset(),
    KpiFrequency.IRREGULAR: frozenset(),
}
"""The longer periods that consist of whole periods of a frequency. No month has whole weeks."""

ADVERBS: Mapping[KpiFrequency, str] = {
    DAILY: "each day",
    WEEKLY: "each week",
    MONTHLY: "each month",
    QUARTERLY: "each quarter",
    ANNUAL: "each year",
    KpiFrequency.IRREGULAR: "at no fixed times",
}


@dataclass(frozen=True)
class InputFacts:
    """What the values of an input mean."""

    unit: Unit
    frequency: KpiFrequency
    time_aggregation: TimeAggregation = TimeAggregation.NONE
    slice_aggregation: SliceAggregation = SliceAggregation.NONE
    is_ratio: bool = False


def explain_frequency(name: str, facts: InputFacts, frequency: KpiFrequency) -> str | None:
    """Return why an input cannot be used in a formula with this frequency; None if it can."""
    if frequency is KpiFrequency.IRREGULAR:
        return "An IRREGULAR KPI has no formula. Create a KPI with another frequency."
    if facts.frequency is KpiFrequency.IRREGULAR:
        return f"{name} is IRREGULAR. Choose an input with another frequency, such as MONTHLY."
    if facts.frequency is frequency:
        return None
    measured = f"{name} is measured {ADVERBS[facts.frequency]}, and this KPI {ADVERBS[frequency]}."
    if frequency not in WIDER[facts.frequency]:
        return f"{measured} Choose one with the same frequency, or one that divides it."
    if facts.time_aggregation is TimeAggregation.NONE:
        return f"{measured} Its timeAggregation is NONE. Redefine it, or choose another input."
    return None
