"""Suppression: a value about few people is withheld from everybody who reads.

Its figures move to attributes that no reader has, so that whatever reads a value cannot show it.
What writes values still knows them, to compare and to compute.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar

from domain.kernel.errors import Code, Invalid
from domain.kernel.unit_of_work import Work
from domain.kpis.definitions import find_definition
from domain.kpis.measured import MeasuredKpi
from domain.kpis.measurements.model import (
    KpiMeasurement,
    KpiMeasurementRevision,
    KpiMeasurementState,
)
from domain.tenants import load_tenant

S = TypeVar("S", KpiMeasurement, KpiMeasurementRevision)
NUMBERS = ("value", "numerator", "denominator")
FIGURES = (*NUMBERS, "item_count")
WITHHELD = {name: f"withheld_{name}" for name in FIGURES}
"""Where the figures of a suppressed value are."""
NOTHING_WITHHELD: Mapping[str, None] = dict.fromkeys(WITHHELD.values())
PEOPLE = frozenset(
    {"person", "persons", "people", "employee", "employees", "head", "heads", "headcount"}
)
"""Names of units that count people."""


async def load_threshold(work: Work) -> int:
    """Return the smallest number of people about whom the tenant shows a value."""
    return (await load_tenant(work)).suppression_threshold


def suppress(
    kpi: MeasuredKpi, starts_on: date, figures: Mapping[str, Any], threshold: int
) -> dict[str, Any]:
    """Return the figures of a period as they are stored: withheld if they are about few people.

    So are those about an unknown number of people. A period without numbers is shown.
    """
    if not kpi.describes_people or all(figures[name] is None for name in FIGURES):
        return {**figures, **NOTHING_WITHHELD}
    people = count_people(kpi, starts_on, figures)
    if people is not None and people >= threshold:
        return {**figures, **NOTHING_WITHHELD}
    return {**figures, **_withhold(figures)}


def count_people(kpi: MeasuredKpi, starts_on: date, figures: Mapping[str, Any]) -> Any:
    """Return how many people figures are about; None where that is unknown."""
    if figures["item_count"] is not None:
        return figures["item_count"]
    is_known = counts_people(find_definition(kpi.definitions, starts_on).unit_name)
    return figures["denominator"] if is_known else None


def counts_people(unit_name: str | None) -> bool:
    """Return whether the denominators of a ratio count people, as in `hours per employee`."""
    _, per, counted = (unit_name or "").lower().rpartition("per ")
    return bool(per) and counted.strip() in PEOPLE


def find_warnings(
    kpi: MeasuredKpi, starts_on: date, figures: Mapping[str, Any], threshold: int
) -> Iterator[Invalid]:
    """Yield why figures that are recorded will not be shown."""
    if suppress(kpi, starts_on, figures, threshold).get("state") is figures["state"]:
        return
    if count_people(kpi, starts_on, figures) is None:
        message = "Nobody sees a value about an unknown number of people. Send the itemCount."
        yield Invalid(message, "itemCount", code=Code.REQUIRED)
    else:
        message = f"Nobody sees this value: it is about fewer than {threshold} people."
        yield Invalid(message, "itemCount", code=Code.OUT_OF_RANGE)


def withhold(stored: S) -> S:
    """Return a measurement or a revision without its figures, which stay known."""
    return replace(stored, **_withhold({name: getattr(stored, name) for name in FIGURES}))


def _withhold(figures: Mapping[str, Any]) -> dict[str, Any]:
    withheld = {place: figures[name] for name, place in WITHHELD.items()}
    hidden: dict[str, Any] = {**dict.fromkeys(FIGURES), **withheld}
    if any(figures[name] is not None for name in NUMBERS):
        hidden["state"] = KpiMeasurementState.SUPPRESSED
    return hidden


def reveal(stored: KpiMeasurement | KpiMeasurementRevision) -> dict[str, Any]:
    """Return the figures of a measurement or a revision as they were before `suppress`."""
    if all(getattr(stored, place) is None for place in WITHHELD.values()):
        return {name: getattr(stored, name) for name in ("state", *FIGURES)}
    figures = {name: getattr(stored, place) for name, place in WITHHELD.items()}
    if stored.state is not KpiMeasurementState.SUPPRESSED:
        return {"state": stored.state, **figures}
    is_measured = figures["value"] is not None
    states = KpiMeasurementState
    return {"state": states.MEASURED if is_measured else states.NOT_APPLICABLE, **figures}
