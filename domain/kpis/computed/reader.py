"""Reading of inputs from stored measurements: each one combined over time as its KPI says."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Context, Decimal, localcontext
from fractions import Fraction
from typing import Protocol

from domain.kpis.computed.slices import TOTAL, Slice
from domain.kpis.computed.steps import PeriodSteps
from domain.kpis.definitions import find_definition
from domain.kpis.enums import KpiForm, TimeAggregation
from domain.kpis.formulas.outcomes import Coverage, Gap, KpiGapReason, Outcome
from domain.kpis.formulas.units import Unit, find_unit
from domain.kpis.measured import MeasuredKpi, ValueDefinition
from domain.kpis.measurements.model import KpiMeasurement, KpiMeasurementState
from domain.kpis.measurements.recording import Place

EXACT = Context(prec=80)
"""Sums of stored numbers have fewer digits, so they are exact."""


class HasFigures(Protocol):
    """What the value over several periods depends on."""

    @property
    def state(self) -> KpiMeasurementState:
        """Whether the period has a value."""
        ...

    @property
    def value(self) -> Decimal | None:
        """The value, if it has one."""
        ...

    @property
    def numerator(self) -> Decimal | None:
        """The numerator of a ratio."""
        ...

    @property
    def denominator(self) -> Decimal | None:
        """The denominator of a ratio."""
        ...


Cells = Mapping[Place, KpiMeasurement | None]
MEASURED = KpiMeasurementState.MEASURED
NOT_APPLICABLE = KpiMeasurementState.NOT_APPLICABLE
SUPPRESSED = KpiMeasurementState.SUPPRESSED


@dataclass(frozen=True, kw_only=True)
class MeasurementReader(PeriodSteps):
    """The inputs of one definition, read from measurements that were loaded before.

    `starts_on` is the first day of the definition, on which its inputs were checked.
    """

    starts_on: date
    inputs: Mapping[str, MeasuredKpi]
    cells: Cells = field(repr=False)
    slice: Slice = TOTAL

    def read(self, name: str, first: int, last: int, *, is_total: bool) -> Outcome:
        """Return the value of an input over these periods."""
        kpi = self.inputs[name]
        places = self.list_places(name, first, last, is_total=is_total)
        found = [self.cells.get(each) for each in places]
        if any(each is not None and each.state is SUPPRESSED for each in found):
            return Outcome(gap=Gap(KpiGapReason.SUPPRESSED, (name,)))
        if len(found) == 1:
            return _read_one(name, found[0])
        definition = find_definition(kpi.definitions, self.get(last).starts_on)
        return combine(name, definition, found)

    def list_places(
        self, name: str, first: int, last: int, *, is_total: bool = False
    ) -> list[Place]:
        """Return the places of an input over these periods, in the slice or in the total."""
        input = self.inputs[name]
        member_id = None if is_total else self.slice.input_ids.get(name)
        return [
            (input.id, member_id, each) for each in self.list_inside(input.frequency, first, last)
        ]

    def get_unit(self, name: str) -> Unit:
        """Return the unit of an input."""
        found = find_definition(self.inputs[name].definitions, self.starts_on)
        return find_unit(found.unit, found.unit_name, found.currency)


def _read_one(name: str, found: KpiMeasurement | None) -> Outcome:
    if found is None or found.state not in (MEASURED, NOT_APPLICABLE):
        return Outcome(gap=Gap(KpiGapReason.NOT_MEASURED, (name,)))
    if found.value is None:
        return Outcome(gap=Gap(KpiGapReason.NOT_APPLICABLE, (name,)))
    return Outcome(Fraction(found.value))


def combine(name: str, definition: ValueDefinition, found: Sequence[HasFigures | None]) -> Outcome:
    """Return the value over several periods. Those that are missing are skipped and counted."""
    known = [each for each in found if each is not None and each.state is MEASURED]
    skipped = sum(each is not None and each.state is NOT_APPLICABLE for each in found)
    expected = len(found) - skipped
    if not known or definition.time_aggregation is TimeAggregation.NONE:
        is_missing = not known and expected > 0
        reason = KpiGapReason.NOT_MEASURED if is_missing else KpiGapReason.NOT_APPLICABLE
        return Outcome(gap=Gap(reason, (name,)))
    is_incomplete = len(known) < expected
    coverage = frozenset({Coverage(name, len(known), expected)} if is_incomplete else ())
    if definition.form is KpiForm.RATIO and definition.denominator_time_aggregation is not None:
        above = _aggregate(definition.time_aggregation, [each.numerator for each in known])
        below = _aggregate(
            definition.denominator_time_aggregation, [each.denominator for each in known]
        )
        if above is None or not below:
            return Outcome(gap=Gap(KpiGapReason.NOT_APPLICABLE, (name,)), incomplete=coverage)
        return Outcome(above / below, incomplete=coverage)
    value = _aggregate(definition.time_aggregation, [each.value for each in known])
    assert value is not None, "What is measured has a value."
    return Outcome(value, incomplete=coverage)


def _aggregate(rule: TimeAggregation, values: Sequence[Decimal | None]) -> Fraction | None:
    """Return what values become together; None where none of them is given."""
    given = [each for each in values if each is not None]
    return Fraction(RULES[rule](given)) if given else None


def _sum(values: Sequence[Decimal]) -> Decimal:
    with localcontext(EXACT):
        return sum(values, Decimal(0))


RULES: Mapping[TimeAggregation, Callable[[Sequence[Decimal]], Decimal | Fraction | int]] = {
    TimeAggregation.SUM: _sum,
    TimeAggregation.MEAN: lambda values: Fraction(_sum(values)) / len(values),
    TimeAggregation.FIRST: lambda values: values[0],
    TimeAggregation.LAST: lambda values: values[-1],
    TimeAggregation.MIN: min,
    TimeAggregation.MAX: max,
    TimeAggregation.COUNT: len,
}
