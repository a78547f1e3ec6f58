"""The total of a period from its slices, by the rule of the definition; never approximated."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from domain.kpis.definitions import KpiDefinition
from domain.kpis.enums import KpiForm, SliceAggregation
from domain.kpis.formulas.outcomes import KpiGapReason, round_half_up
from domain.kpis.measurements.model import (
    STORED_DECIMALS,
    KpiMeasurement,
    KpiMeasurementSource,
    KpiMeasurementState,
)
from domain.kpis.measurements.suppression import reveal

Rule = Callable[[Sequence[Fraction]], Fraction]
RULES: Mapping[SliceAggregation, Rule] = {
    SliceAggregation.SUM: lambda values: sum(values, Fraction(0)),
    SliceAggregation.MEAN: lambda values: sum(values, Fraction(0)) / len(values),
    SliceAggregation.MIN: min,
    SliceAggregation.MAX: max,
}
"""The rules by which slices become a total. For NONE there is none."""


SUPPRESSED: Mapping[str, Any] = {
    "state": KpiMeasurementState.SUPPRESSED,
    **dict.fromkeys(("value", "numerator", "denominator", "item_count")),
    "source": KpiMeasurementSource.DERIVED,
    "gap": KpiGapReason.SUPPRESSED,
    "external_reference": None,
    "comment": None,
}
"""The total of slices of which one has no figures, because its inputs are suppressed."""


def combine_slices(
    definition: KpiDefinition, stored: Sequence[KpiMeasurement]
) -> Mapping[str, Any] | None:
    """Return the attributes of the total; None where the definition has no rule for it.

    Suppressed slices count with what was entered, and those that are not applicable are skipped. A
    ratio is divided once, and a mean is weighted by the items where every slice has some.
    """
    rule = RULES.get(definition.slice_aggregation)
    if rule is None or definition.formula is not None:
        return None
    slices = [replace(each, **reveal(each)) for each in stored]
    if any(each.state is KpiMeasurementState.SUPPRESSED for each in slices):
        return SUPPRESSED
    measured = [each for each in slices if each.state is KpiMeasurementState.MEASURED]
    numerator = denominator = value = None
    if measured and definition.form is KpiForm.RATIO:
        numerator = rule([Fraction(each.numerator or 0) for each in measured])
        denominator = rule([Fraction(each.denominator or 0) for each in measured])
        value = numerator / denominator if denominator else None
    elif measured:
        value = _combine_values(definition.slice_aggregation, rule, measured)
    counts = [each.item_count for each in slices]
    known = [each for each in counts if each is not None]
    return {
        "state": KpiMeasurementState.NOT_APPLICABLE
        if value is None
        else KpiMeasurementState.MEASURED,
        "value": _round(value),
        "numerator": _round(numerator),
        "denominator": _round(denominator),
        "item_count": sum(known) if len(known) == len(counts) else None,
        "source": KpiMeasurementSource.DERIVED,
        "gap": None,
        "external_reference": None,
        "comment": None,
    }


def _combine_values(
    aggregation: SliceAggregation, rule: Rule, measured: Sequence[KpiMeasurement]
) -> Fraction:
    values = [Fraction(each.value or 0) for each in measured]
    weights = [each.item_count or 0 for each in measured]
    if aggregation is SliceAggregation.MEAN and all(weights):
        weighted = sum((n * each for n, each in zip(weights, values, strict=True)), Fraction(0))
        return weighted / sum(weights)
    return Fraction(rule(values))


def _round(number: Fraction | None) -> Decimal | None:
    if number is None:
        return None
    return Decimal(f"{round_half_up(number, STORED_DECIMALS).normalize():f}")
