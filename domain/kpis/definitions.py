"""Definitions of a KPI: what its values mean, each from a day until the next one begins.

A new definition never changes what an earlier one says about earlier days. Days before the first
definition have the first one, so that values of the past can be entered.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID

from domain.kernel.access import InheritedFrom
from domain.kernel.aggregate import Part
from domain.kernel.errors import Invalid
from domain.kernel.fields import EDITABLE, Formatted, MultiLine, SingleLine, WholeNumber
from domain.kpis.currencies import CODE_LENGTH, validate_currency
from domain.kpis.enums import KpiDirection, KpiForm, KpiUnit, SliceAggregation, TimeAggregation
from domain.kpis.formula_inputs import KpiFormulaInput
from domain.kpis.formulas.parser import MAX_LENGTH
from domain.kpis.measured import ValueDefinition
from domain.kpis.own_data.measures import KpiMeasure, find_measure_conflicts
from domain.kpis.policy import SEE

D = TypeVar("D", bound=ValueDefinition)
REASON = MultiLine("The reason", max_length=500, advice="Write why the definition changes.")
NO_TEMPLATE = (None, None, None)
CURRENCY = Formatted("The currency", validate_currency, CODE_LENGTH)


@dataclass(kw_only=True, eq=False)
class KpiDefinition(Part):
    """What the values of a KPI mean from a day on.

    A ratio has two aggregations over time: that of its numerator, and that of its denominator. With
    a measure, Trellis counts the values from its own data, and nobody enters them. One of surveys
    has the schedule and the question that its values come from.
    The template is the one that the formula comes from; another formula has none.
    """

    NAME = "kpi_definition"
    SEE = InheritedFrom("kpi_id", "kpi", SEE)

    kpi_id: UUID
    starts_on: date
    calculation: Annotated[str | None, MultiLine("The calculation", max_length=4_000), EDITABLE] = (
        None
    )
    formula: Annotated[str | None, MultiLine("The formula", max_length=MAX_LENGTH), EDITABLE] = None
    measure: Annotated[KpiMeasure | None, EDITABLE] = None
    survey_schedule_id: Annotated[UUID | None, EDITABLE] = None
    survey_question_id: Annotated[UUID | None, EDITABLE] = None
    unit: Annotated[KpiUnit, EDITABLE] = KpiUnit.NUMBER
    unit_name: Annotated[str | None, SingleLine("The name of the unit", 40), EDITABLE] = None
    currency: Annotated[str | None, CURRENCY, EDITABLE] = None
    decimals: Annotated[int, WholeNumber("The number of decimals", 0, 6), EDITABLE] = 2
    direction: Annotated[KpiDirection, EDITABLE] = KpiDirection.UP
    form: Annotated[KpiForm, EDITABLE] = KpiForm.SIMPLE
    time_aggregation: Annotated[TimeAggregation, EDITABLE] = TimeAggregation.NONE
    denominator_time_aggregation: Annotated[TimeAggregation | None, EDITABLE] = None
    slice_aggregation: Annotated[SliceAggregation, EDITABLE] = SliceAggregation.NONE
    reason: Annotated[str | None, REASON] = None
    recorded_at: datetime
    template_key: str | None = None
    template_version: int | None = None
    template_variant: str | None = None
    inputs: list[KpiFormulaInput] = field(default_factory=list)

    @property
    def input_ids(self) -> Mapping[str, UUID]:
        """The KPIs that the formula reads, by their names in it."""
        return {each.alias: each.input_id for each in self.inputs}

    def set_inputs(self, ids: Mapping[str, UUID]) -> None:
        """Let the names of the formula stand for these KPIs."""
        known = {each.alias: each for each in self.inputs}
        self.inputs = [known.get(alias) or self._new_input(alias, id) for alias, id in ids.items()]
        for each in self.inputs:
            each.input_id = ids[each.alias]

    @property
    def template(self) -> tuple[str | None, int | None, str | None]:
        """The key, version and variant of the template that the formula comes from."""
        return self.template_key, self.template_version, self.template_variant

    def set_template(self, key: str | None, version: int | None, variant: str | None) -> None:
        """Remember the template, and its variant, that the formula comes from; None for none."""
        self.template_key, self.template_version, self.template_variant = key, version, variant

    def _new_input(self, alias: str, id: UUID) -> KpiFormulaInput:
        return KpiFormulaInput(
            tenant_id=self.tenant_id,
            kpi_id=self.kpi_id,
            definition_id=self.id,
            alias=alias,
            input_id=id,
        )

    @classmethod
    def find_value_conflicts(cls, values: Mapping[str, Any]) -> Iterator[Invalid]:
        """Yield what is wrong between values of attributes, each at its field."""
        unit, currency = values.get("unit"), values.get("currency")
        if unit is KpiUnit.MONEY and "currency" in values and currency is None:
            yield Invalid("Money needs a currency. Name it, such as EUR.", "currency")
        if currency is not None and unit not in (None, KpiUnit.MONEY):
            message = "Only money has a currency. Choose the unit MONEY, or remove the currency."
            yield Invalid(message, "currency")
        yield from _find_ratio_conflicts(values)
        if values.get("formula") is not None and values.get("form") is KpiForm.RATIO:
            message = "A formula gives one number. Choose the form SIMPLE, or remove the formula."
            yield Invalid(message, "form")
        yield from find_measure_conflicts(values)


def _find_ratio_conflicts(values: Mapping[str, Any]) -> Iterator[Invalid]:
    form, field = values.get("form"), "denominatorTimeAggregation"
    time, below = values.get("time_aggregation"), values.get("denominator_time_aggregation")
    is_absent = "denominator_time_aggregation" in values and below is None
    if form is KpiForm.RATIO and is_absent:
        yield Invalid("A ratio needs a way to combine its denominators. Choose one.", field)
    if form is KpiForm.SIMPLE and below is not None:
        message = "Only a ratio has denominators. Choose the form RATIO, or remove this."
        yield Invalid(message, field)
    if form is KpiForm.RATIO and below is not None and time is not None:
        none = TimeAggregation.NONE
        if (time is none) != (below is none):
            message = "Either both parts of a ratio are combined over time, or none of them."
            yield Invalid(f"{message} Change one of the two.", field)


def list_in_order(definitions: Iterable[D]) -> list[D]:
    """Return the definitions by their days, the oldest first."""
    return sorted(definitions, key=lambda each: each.starts_on)


def find_definition(definitions: Sequence[D], day: date) -> D:
    """Return the definition of a day: the last that has begun, else the first."""
    if len(definitions) == 1:  # as most KPIs have
        return definitions[0]
    in_order = list_in_order(definitions)
    begun = [each for each in in_order if each.starts_on <= day]
    return begun[-1] if begun else in_order[0]
