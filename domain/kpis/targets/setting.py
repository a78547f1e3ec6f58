"""The values of a new target, completed by what the definition and the tenant say."""

from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from domain.kernel.errors import Code, Invalid
from domain.kernel.faults import raise_faults
from domain.kernel.fields import check_fields, editable_fields
from domain.kpis.definitions import KpiDefinition
from domain.kpis.enums import KpiDirection, KpiForm, TimeAggregation
from domain.kpis.targets.bands import derive_bands
from domain.kpis.targets.enums import DOWNWARD, UPWARD, KpiTargetKind, KpiTargetSpan
from domain.kpis.targets.target import KpiTarget

USUAL_KINDS = {
    KpiDirection.UP: KpiTargetKind.AT_LEAST,
    KpiDirection.DOWN: KpiTargetKind.AT_MOST,
    KpiDirection.BAND: KpiTargetKind.BETWEEN,
}
OPPOSITE_KINDS = {KpiDirection.UP: DOWNWARD, KpiDirection.DOWN: UPWARD}
BETTER = {KpiDirection.UP: "Higher", KpiDirection.DOWN: "Lower"}
SIDES = {"from": min, "to": max}
"""For each side the function that returns the worse of two edges."""


def complete_target(
    given: Mapping[str, Any], definition: KpiDefinition, tolerance_percent: int
) -> dict[str, Any]:
    """Return all values of a target: what is not given gets its default.

    The kind follows the direction of the KPI, and the edges follow the target and the tolerance.
    Raises Invalid with all faults.
    """
    if given.get("value") is None:
        message = "The target is missing. Fill it in; of a range, its lower end."
        raise Invalid(message, "value", code=Code.REQUIRED)
    empty = dict.fromkeys(editable_fields(KpiTarget))
    kind = given.get("kind") or USUAL_KINDS[definition.direction]
    values = {**empty, "span": KpiTargetSpan.PERIOD, **check_fields(KpiTarget, given)}
    values["kind"] = kind
    raise_faults([*_find_misfits(values, definition), *KpiTarget.find_value_conflicts(values)])
    values |= _complete_edges(values, tolerance_percent)
    raise_faults(KpiTarget.find_value_conflicts(values))
    return values


def _find_misfits(values: Mapping[str, Any], definition: KpiDefinition) -> list[Invalid]:
    """Return what does not fit the definition of the KPI."""
    found, direction = list[Invalid](), definition.direction
    if values["kind"] in OPPOSITE_KINDS.get(direction, ()):
        kind = USUAL_KINDS[direction].upper()
        message = f"{BETTER[direction]} values of this KPI are better. Choose {kind} or BETWEEN."
        found.append(Invalid(message, "kind"))
    if values["span"] is KpiTargetSpan.FISCAL_YEAR:
        is_flow = definition.time_aggregation is TimeAggregation.SUM
        if not is_flow or definition.form is KpiForm.RATIO:
            message = "Only values that are summed over time can add up to a target. Choose PERIOD."
            found.append(Invalid(message, "span"))
        if values["start_value"] is not None:
            message = "A target of a whole year starts at zero. Remove the start value."
            found.append(Invalid(message, "startValue"))
    return found


def _complete_edges(values: Mapping[str, Any], tolerance_percent: int) -> dict[str, Decimal | None]:
    """Return the edges. A derived amber edge is never better than a given green one."""
    kind, aim, upper = values["kind"], values["value"], values["upper_value"]
    derived = asdict(derive_bands(kind, aim, upper, tolerance_percent))
    edges = dict[str, Decimal | None]()
    for side, choose_worse in SIDES.items():
        green, amber = values[f"green_{side}"], values[f"amber_{side}"]
        usual = derived[f"amber_{side}"]
        if usual is not None:
            green = derived[f"green_{side}"] if green is None else green
            amber = choose_worse(usual, green) if amber is None else amber
        edges |= {f"green_{side}": green, f"amber_{side}": amber}
    return edges
