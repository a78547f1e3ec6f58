"""The rows of a batch of measurements, and what each says about a period."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from domain.kernel.errors import Code, Invalid
from domain.kpis.calendar import Period, PeriodCalendar
from domain.kpis.definitions import KpiDefinition, find_definition
from domain.kpis.enums import KpiForm
from domain.kpis.formulas.outcomes import round_half_up
from domain.kpis.measurements.model import (
    PERIOD,
    STORED_DECIMALS,
    VALUE,
    KpiMeasurementSource,
    KpiMeasurementState,
)
from domain.kpis.model import Kpi

WRITTEN_SOURCES = (KpiMeasurementSource.ENTERED, KpiMeasurementSource.IMPORTED)


@dataclass(kw_only=True)
class MeasurementRow:
    """A value for a period of a KPI. `day` is a day in the period, `period` its label.

    `dimension` and `member` name the slice by key and code; without them it is the total.
    """

    kpi_id: UUID
    dimension: str | None = None
    member: str | None = None
    day: date | None = None
    period: str | None = None
    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    not_applicable: bool | None = None
    item_count: int | None = None
    comment: str | None = None
    source: KpiMeasurementSource | None = None
    external_reference: str | None = None


def find_row_faults(row: MeasurementRow, kpi: Kpi, period: Period | None) -> Iterator[Invalid]:
    """Yield what is wrong between the values of a row, each at its field."""
    if row.source not in (None, *WRITTEN_SOURCES):
        message = "Only ENTERED and IMPORTED values are recorded. Trellis computes the others."
        yield Invalid(message, "source")
    if period is None:
        return
    definition = find_definition(kpi.definitions, period.starts_on)
    if definition.formula is not None:
        message = f"This KPI is computed in {period.label}. Record values of its inputs instead."
        yield Invalid(message, "kpiId")
        return
    if definition.measure is not None:
        message = f"Trellis measures this KPI in {period.label}, from its own data. Correct those"
        yield Invalid(f"{message} data, or redefine the KPI.", "kpiId")
        return
    numbers = ("value", "numerator", "denominator")
    given = [name for name in numbers if getattr(row, name) is not None]
    if row.not_applicable:
        message = "A period that is not applicable has no numbers. Remove this one."
        yield from (Invalid(message, name) for name in given)
        return
    yield from _find_number_faults(row, definition, period, given)


def _find_number_faults(
    row: MeasurementRow, definition: KpiDefinition, period: Period, given: Sequence[str]
) -> Iterator[Invalid]:
    is_ratio = definition.form is KpiForm.RATIO
    wanted = ("numerator", "denominator") if is_ratio else ("value",)
    form = "a numerator and a denominator" if is_ratio else "one value"
    for name in given:
        if name not in wanted:
            yield Invalid(f"This KPI takes {form} in {period.label}. Remove this number.", name)
    for name in wanted:
        if name not in given:
            message = f"This KPI takes {form} in {period.label}. Fill it in."
            yield Invalid(message, name, code=Code.REQUIRED)
    numerator, denominator = row.numerator, row.denominator
    if numerator is None or not denominator:
        return
    if abs(divide(numerator, denominator)) >= 10**VALUE.digits:
        message = f"The quotient has more than {VALUE.digits} digits. Check the two numbers."
        yield Invalid(message, "denominator", code=Code.OUT_OF_RANGE)


def find_period(row: MeasurementRow, kpi: Kpi, calendar: PeriodCalendar, today: date) -> Period:
    """Return the period that a row names. Raises Invalid at the field."""
    label = PERIOD.check(row.period)
    if (row.day is None) == (label is None):
        message = "Name the period by a day in it, or by its label: exactly one of the two."
        raise Invalid(message, "day" if row.day is None else "period", code=Code.REQUIRED)
    if row.day is not None:
        field_name, found = "day", calendar.find(kpi.frequency, row.day)
    else:
        assert label is not None
        field_name, found = "period", calendar.find_by_label(kpi.frequency, label, "period")
    if found.starts_on > today:
        message = f"The period {found.label} has not begun. Values are recorded from its first day."
        raise Invalid(message, field_name, code=Code.OUT_OF_RANGE)
    return found


def build_figures(row: MeasurementRow) -> dict[str, Any]:
    """Return the attributes of a measurement that a row without faults sets."""
    numerator, denominator, value = row.numerator, row.denominator, row.value
    if numerator is not None and denominator:
        value = divide(numerator, denominator)
    state = KpiMeasurementState.NOT_APPLICABLE if value is None else KpiMeasurementState.MEASURED
    return {
        "state": state,
        "value": value,
        "numerator": numerator,
        "denominator": denominator,
        "item_count": row.item_count,
    }


def divide(numerator: Decimal, denominator: Decimal) -> Decimal:
    """Return the quotient, rounded half away from zero, without zeros at its end."""
    quotient = round_half_up(Fraction(numerator) / Fraction(denominator), STORED_DECIMALS)
    return Decimal(f"{quotient.normalize():f}")
