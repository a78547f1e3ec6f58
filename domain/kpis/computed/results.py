"""The result of a formula in one period, in the form in which it is stored."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from domain.kpis.formulas.checking import Formula
from domain.kpis.formulas.outcomes import Gap, KpiGapReason, Outcome, round_half_up
from domain.kpis.measurements.model import (
    STORED_DECIMALS,
    KpiMeasurement,
    KpiMeasurementSource,
    KpiMeasurementState,
)

MAX_EXPLANATION = 500


def build_result(
    formula: Formula, outcome: Outcome, inputs: Iterable[KpiMeasurement]
) -> dict[str, Any]:
    """Return the attributes of the measurement.

    `inputs` are the values of the same period whose numbers of items count for the result.
    """
    gap = outcome.gap
    counts = [each.item_count for each in inputs]
    known = [each for each in counts if each is not None]
    has_count = known and len(known) == len(counts)
    is_suppressed = gap is not None and gap.reason is KpiGapReason.SUPPRESSED
    return {
        "state": STATES.get(gap.reason, KpiMeasurementState.NOT_APPLICABLE)
        if gap
        else KpiMeasurementState.MEASURED,
        "value": None if gap else round_result(outcome),
        "numerator": None,
        "denominator": None,
        "gap": gap.reason if gap else None,
        "explanation": _explain(formula, outcome),
        "item_count": min(known) if has_count and not is_suppressed else None,
        "source": KpiMeasurementSource.COMPUTED,
        "external_reference": None,
        "comment": None,
    }


def round_result(outcome: Outcome) -> Decimal:
    """Return the value, rounded half away from zero, without zeros at its end."""
    return Decimal(f"{round_half_up(outcome.number, STORED_DECIMALS).normalize():f}")


STATES = {
    KpiGapReason.NOT_MEASURED: KpiMeasurementState.NOT_MEASURED,
    KpiGapReason.SUPPRESSED: KpiMeasurementState.SUPPRESSED,
}


def _explain(formula: Formula, outcome: Outcome) -> str | None:
    """Return why there is no value, or which periods it leaves out, in words."""
    sentences = [
        f"{each.name} is measured in {each.measured} of {each.expected} periods."
        for each in sorted(outcome.incomplete)
    ]
    if outcome.gap is not None:
        sentences.insert(0, EXPLANATIONS[outcome.gap.reason](formula.text, outcome.gap))
    return " ".join(sentences)[:MAX_EXPLANATION] or None


def _name(gap: Gap) -> str:
    return ", ".join(gap.inputs) or "An input"


def _quote(text: str, gap: Gap) -> str:
    return " ".join(text[gap.span.start : gap.span.end].split()) if gap.span else "the formula"


EXPLANATIONS: Mapping[KpiGapReason, Any] = {
    KpiGapReason.NOT_MEASURED: lambda _, gap: f"Not measured: {_name(gap)}.",
    KpiGapReason.NOT_APPLICABLE: lambda _, gap: f"Not applicable: {_name(gap)}.",
    KpiGapReason.DIVISION_BY_ZERO: lambda text, gap: f"Division by zero: {_quote(text, gap)}.",
    KpiGapReason.NO_SUCH_PERIOD: lambda text, gap: f"No such period for {_quote(text, gap)}.",
    KpiGapReason.SUPPRESSED: lambda _, gap: f"About few people: {_name(gap)}.",
    KpiGapReason.OUT_OF_RANGE: lambda _, __: "The result has too many digits.",
}
