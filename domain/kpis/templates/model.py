"""The model of a template: what a KPI made from it measures, and how its variants calculate it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from domain.kpis.enums import (
    KpiDirection,
    KpiFrequency,
    KpiUnit,
    SliceAggregation,
    TimeAggregation,
)
from domain.kpis.own_data.measures import MEASURES, KpiMeasure

CURRENCY_SIGN = "{currency}"
"""Stands for the currency in the name of a unit, such as `{currency} per parcel`."""


class KpiTemplateCategory(StrEnum):
    """What a template is about."""

    FINANCE = "finance"
    CUSTOMERS = "customers"
    PEOPLE = "people"
    OPERATIONS = "operations"
    GOALS = "goals"


REGULAR = (
    KpiFrequency.MONTHLY,
    KpiFrequency.QUARTERLY,
    KpiFrequency.ANNUAL,
    KpiFrequency.WEEKLY,
    KpiFrequency.DAILY,
)
"""Frequencies of formulas that compare parts of the same period; the first one is proposed."""

MONTHS_ONLY = (KpiFrequency.MONTHLY,)
"""For formulas that count months."""

YEARS_ONLY = (KpiFrequency.ANNUAL,)
"""For formulas that hold for whole years."""


@dataclass(frozen=True)
class Unit:
    """The unit of a measure. Its name may contain the sign of the currency."""

    kind: KpiUnit = KpiUnit.NUMBER
    name: str | None = None
    decimals: int = 2

    def to_attributes(self, currency: str | None) -> dict[str, Any]:
        """Return the attributes of a definition with this unit."""
        return {
            "unit": self.kind,
            "unit_name": self.name and self.name.replace(CURRENCY_SIGN, currency or ""),
            "currency": currency if self.kind is KpiUnit.MONEY else None,
            "decimals": self.decimals,
        }


MONEY = Unit(KpiUnit.MONEY)
SHARE = Unit(KpiUnit.SHARE, decimals=1)
NUMBER = Unit()


def count(name: str) -> Unit:
    """Return the unit of a whole number of these things, such as `parcels`."""
    return Unit(name=name, decimals=0)


@dataclass(frozen=True)
class TemplateInput:
    """A part of a formula that is measured: by default a flow, which adds up over time."""

    alias: str
    name: str
    calculation: str
    unit: Unit = MONEY
    time_aggregation: TimeAggregation = TimeAggregation.SUM
    slice_aggregation: SliceAggregation = SliceAggregation.SUM
    direction: KpiDirection = KpiDirection.UP
    measure: KpiMeasure | None = None

    def to_attributes(self, currency: str | None, *, is_measured: bool = False) -> dict[str, Any]:
        """Return the attributes of the definition of this input.

        With `is_measured` Trellis measures it, where it can.
        """
        attributes = self.unit.to_attributes(currency) | {
            "calculation": self.calculation,
            "direction": self.direction,
            "time_aggregation": self.time_aggregation,
            "slice_aggregation": self.slice_aggregation,
        }
        if self.measure is None or not is_measured:
            return attributes
        facts = MEASURES[self.measure]
        measured = {"calculation": facts.meaning, "decimals": facts.decimals}
        return {**attributes, **measured, "measure": self.measure}


@dataclass(frozen=True)
class Variant:
    """One way to calculate a KPI. `time_aggregation` says if its values may be combined."""

    key: str
    name: str
    formula: str
    inputs: tuple[TemplateInput, ...]
    note: str | None = None
    source: str | None = None
    frequencies: tuple[KpiFrequency, ...] = REGULAR
    time_aggregation: TimeAggregation = TimeAggregation.NONE


@dataclass(frozen=True)
class Template:
    """A known KPI. Where it has several variants, who uses it has to choose one.

    `version` grows when a formula or an input changes. KPIs that exist stay as they are.
    """

    key: str
    name: str
    category: KpiTemplateCategory
    description: str
    variants: tuple[Variant, ...]
    unit: Unit = SHARE
    direction: KpiDirection = KpiDirection.UP
    note: str | None = None
    version: int = 1

    @property
    def describes_people(self) -> bool:
        """Whether values are about people, so that those about few of them are suppressed."""
        return self.category is KpiTemplateCategory.PEOPLE

    @property
    def has_choice(self) -> bool:
        """Whether one of several variants has to be chosen."""
        return len(self.variants) > 1

    def needs_currency(self, new_inputs: Iterable[TemplateInput]) -> bool:
        """Return whether the KPI or one of its new inputs is an amount of money."""
        return KpiUnit.MONEY in (self.unit.kind, *(each.unit.kind for each in new_inputs))

    def to_attributes(self, variant: Variant, currency: str | None) -> Mapping[str, Any]:
        """Return the attributes of the definition that a KPI gets from a variant."""
        words = [f"{self.name}, {variant.name}." if self.has_choice else "", variant.note or ""]
        return self.unit.to_attributes(currency) | {
            "calculation": " ".join(filter(None, words)) or self.description,
            "formula": variant.formula,
            "direction": self.direction,
            "time_aggregation": variant.time_aggregation,
        }


def single(
    formula: str,
    *inputs: TemplateInput,
    frequencies: tuple[KpiFrequency, ...] = REGULAR,
    note: str | None = None,
    source: str | None = None,
) -> tuple[Variant]:
    """Return the only variant of a template."""
    variant = Variant("standard", "the usual one", formula, inputs, note, source, frequencies)
    return (variant,)
