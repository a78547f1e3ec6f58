"""The check of functions that read other periods or the total of all slices."""

from collections.abc import Mapping
from typing import Protocol

from domain.kpis.enums import KpiFrequency, SliceAggregation, TimeAggregation
from domain.kpis.formulas import nodes, units
from domain.kpis.formulas.functions import FUNCTIONS, MAX_STEPS, Function, Reading
from domain.kpis.formulas.inputs import ADVERBS, InputFacts
from domain.kpis.formulas.nodes import Node, Span
from domain.kpis.formulas.units import Unit

ENCLOSING: Mapping[KpiFrequency, tuple[str, ...]] = {
    KpiFrequency.DAILY: ("week", "month", "quarter", "year"),
    KpiFrequency.WEEKLY: ("year",),
    KpiFrequency.MONTHLY: ("quarter", "year"),
    KpiFrequency.QUARTERLY: ("year",),
}
"""The longer periods to which each period of a frequency belongs as a whole."""


class Check(Protocol):
    """The part of `checking.Check` that these functions use."""

    inputs: Mapping[str, InputFacts]
    frequency: KpiFrequency

    def refuse(self, message: str, span: Span) -> None:
        """Add a fault."""

    def find_unit(self, node: Node) -> Unit | None:
        """Return the unit of a part; None if it has a fault."""


def check_period_function(check: Check, node: nodes.Call, function: Function) -> Unit | None:
    """Return the unit of such a function; None, with faults, if it cannot be computed."""
    argument = node.arguments[0]
    unit = check.find_unit(argument)
    is_correct = _check_steps(check, node)
    if function.reading is Reading.WINDOW:
        is_correct &= _check_window(check, node, argument)
    elif unit == units.TRUTH:
        check.refuse("A comparison is true or false. Write a value here.", argument.span)
        return None
    if function.reading is Reading.TOTAL:
        is_correct &= _check_share(check, argument)
        unit = unit and units.SHARE
    return unit if is_correct else None


def _check_steps(check: Check, node: nodes.Call) -> bool:
    if node.name in ("lag", "trailing"):
        found = nodes.read_whole_number(node.arguments[1], MAX_STEPS)
        if not found:
            message = f"The number of periods is a written number from 1 to {MAX_STEPS}."
            check.refuse(message, node.arguments[1].span)
        return bool(found)
    if node.name in ("year_to_date", "period_to_date"):
        known = ENCLOSING.get(check.frequency, ())
        word = node.arguments[1] if len(node.arguments) > 1 else None
        name = "year" if word is None else getattr(word, "name", None)
        if name in known:
            return True
        advice = f"Write {' or '.join(known)}." if known else "Use the value itself."
        measured = f"This KPI is measured {ADVERBS[check.frequency]}."
        check.refuse(f"{measured} {advice}", (word or node).span)
        return False
    return True


def _check_window(check: Check, node: nodes.Call, argument: Node) -> bool:
    if not isinstance(argument, nodes.Input):
        message = (
            f"{node.name} combines the values of one input. Write it like"
            f" {FUNCTIONS[node.name].usage}, or make this expression a KPI of its own."
        )
        check.refuse(message, argument.span)
        return False
    facts = check.inputs.get(argument.name)
    if facts is None or facts.time_aggregation is not TimeAggregation.NONE:
        return facts is not None
    message = f"The values of {argument.name} cannot be combined over time."
    check.refuse(f"{message} Change how that KPI is combined, or use lag.", argument.span)
    return False


def _check_share(check: Check, argument: Node) -> bool:
    inner = argument
    while isinstance(inner, nodes.Call) and _is_over_time(inner):
        inner = inner.arguments[0]
    facts = check.inputs.get(inner.name) if isinstance(inner, nodes.Input) else None
    if not isinstance(inner, nodes.Input):
        check.refuse("share_of_total takes one input, such as share_of_total(a).", argument.span)
    elif facts and (facts.is_ratio or facts.slice_aggregation is not SliceAggregation.SUM):
        message = f"The values of {inner.name} do not add up over slices, so a share has no total."
        check.refuse(f"{message} Use the share of a part that adds up.", argument.span)
        return False
    return facts is not None


def _is_over_time(node: nodes.Call) -> bool:
    function = FUNCTIONS.get(node.name)
    return function is not None and function.is_over_time and bool(node.arguments)
