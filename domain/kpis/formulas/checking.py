"""The check of a formula before it is stored: names, units, and what may be combined over time.

All faults are found, each with its place. A part with a fault has no unit, and causes no others.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import get_close_matches
from functools import reduce
from typing import Any

from domain.kernel.errors import Code
from domain.kernel.faults import raise_faults
from domain.kernel.fields import ExactNumber
from domain.kpis.currencies import CURRENCIES
from domain.kpis.enums import KpiFrequency, KpiUnit
from domain.kpis.formulas import nodes, units
from domain.kpis.formulas.faults import FormulaFault
from domain.kpis.formulas.functions import FUNCTIONS, Reading
from domain.kpis.formulas.inputs import InputFacts, explain_frequency
from domain.kpis.formulas.nodes import Node, Span
from domain.kpis.formulas.period_functions import check_period_function
from domain.kpis.formulas.units import Unit, UnitConflict

NUMBER_RULE = ExactNumber()
WHOLE = nodes.Number(Span(0, 0), Decimal(100), "%")
"""A number multiplied by 100 % is the same number, as a share."""


@dataclass(frozen=True)
class Formula:
    """A formula that is correct, with the unit of its result and with warnings."""

    text: str
    tree: Node
    unit: Unit
    warnings: tuple[str, ...] = ()


@dataclass
class Check:
    """One check of a formula, with the faults and warnings that it has found so far."""

    text: str
    inputs: Mapping[str, InputFacts]
    frequency: KpiFrequency
    faults: list[FormulaFault] = field(default_factory=list)
    warnings: list[FormulaFault] = field(default_factory=list)

    def refuse(self, message: str, span: Span, code: Code | None = None) -> None:
        """Add a fault."""
        self.faults.append(FormulaFault(message, self.text, span, code))

    def find_unit(self, node: Node) -> Unit | None:
        """Return the unit of a part; None if it has a fault."""
        return FINDERS[type(node)](self, node)

    def combine(
        self, node: Node, operation: Callable[[Unit, Unit], Unit], *found: Unit | None
    ) -> Unit | None:
        """Return the unit of an operation; None, with a fault, if its units do not go together."""
        known = [each for each in found if each is not None]
        if len(known) < len(found):
            return None
        try:
            return reduce(operation, known)
        except UnitConflict as conflict:
            self.refuse(str(conflict), node.span)
            return None


def check_formula(
    text: str,
    tree: Node,
    inputs: Mapping[str, InputFacts],
    frequency: KpiFrequency,
    result: tuple[KpiUnit, Unit],
) -> Formula:
    """Return the checked formula of a KPI with this frequency and unit. Raises FormulaFault."""
    check = Check(text, inputs, frequency)
    unit = check.find_unit(tree)
    if unit is not None and not units.fits(unit, *result):
        message = f"The formula results in {unit}, but the unit of the KPI is {result[1]}."
        message += " Change one of the two."
        if unit == units.TRUTH:
            message = "The result is true or false. Choose numbers with if(…, 1, 0)."
        check.refuse(message, tree.span)
    raise_faults(check.faults)
    assert unit is not None
    return Formula(text, tree, unit, tuple(str(each) for each in check.warnings))


def _check_number(check: Check, node: nodes.Number) -> Unit | None:
    if abs(node.digits) >= 10**NUMBER_RULE.digits or (
        node.digits != round(node.digits, NUMBER_RULE.decimals)
    ):
        message = f"A number has {NUMBER_RULE.limit[0].lower()}{NUMBER_RULE.limit[1:]}"
        check.refuse(message, node.span, Code.OUT_OF_RANGE)
        return None
    if not node.digits:
        return units.ZERO
    if node.suffix is None or not node.suffix.isupper():
        known = {None: units.NUMBER, "%": units.SHARE, "points": units.POINTS}
        return known.get(node.suffix) or units.count(str(node.suffix))
    if node.suffix not in CURRENCIES:
        message = (
            f"{node.suffix} is no currency. Use three capital letters (ISO 4217), such as EUR."
        )
        check.refuse(message, node.span)
        return None
    return units.money(node.suffix)


def _check_input(check: Check, node: nodes.Input) -> Unit | None:
    facts = check.inputs.get(node.name)
    if facts is None:
        near = get_close_matches(node.name, check.inputs, 1)
        advice = f"Did you mean {near[0]}?" if near else "Add it to the inputs, or remove it."
        check.refuse(f"There is no input {node.name}. {advice}", node.span)
        return None
    fault = explain_frequency(node.name, facts, check.frequency)
    if fault is not None:
        check.refuse(fault, node.span)
        return None
    return facts.unit


def _check_sum(check: Check, node: nodes.Sum) -> Unit | None:
    unit, *others = (check.find_unit(each) for each in node.operands)
    for operator, other in zip(node.operators, others, strict=True):
        if operator == "+" and unit == other == units.SHARE:
            message = "Shares can only be added if no part is counted in two of them."
            check.warnings.append(FormulaFault(message, check.text, node.span))
        add = units.add if operator == "+" else units.subtract
        unit = check.combine(node, add, unit, other)
    return unit


def _check_product(check: Check, node: nodes.Product) -> Unit | None:
    unit, *others = (check.find_unit(each) for each in node.operands)
    signs = zip(node.operators, node.operands[1:], others, strict=True)
    for operator, operand, other in signs:
        if unit == units.NUMBER and operator == "*" and operand == WHOLE:
            unit = units.SHARE
            continue
        unit = check.combine(node, units.multiply if operator == "*" else units.divide, unit, other)
    return unit


def _check_comparison(check: Check, node: nodes.Comparison) -> Unit | None:
    unit = check.combine(node, units.unify, *map(check.find_unit, node.operands))
    return None if unit is None else _refuse_truth(check, node, unit) and units.TRUTH


def _check_logic(check: Check, node: nodes.Logic) -> Unit | None:
    found = [_require_truth(check, each) for each in node.operands]
    return units.TRUTH if all(found) else None


def _check_negation(check: Check, node: nodes.Negation) -> Unit | None:
    if node.operator == "not":
        return units.TRUTH if _require_truth(check, node.operand) else None
    return _refuse_truth(check, node, check.find_unit(node.operand))


def _require_truth(check: Check, node: Node) -> bool:
    unit = check.find_unit(node)
    if unit not in (None, units.TRUTH):
        check.refuse(f"This is {unit}. Write a comparison, such as a > 0.", node.span)
    return unit == units.TRUTH


def _refuse_truth(check: Check, node: Node, unit: Unit | None) -> Unit | None:
    if unit != units.TRUTH:
        return unit
    message = "A comparison is true or false, and no number. Use it in if(…, …, …)."
    check.refuse(message, node.span)
    return None


def _check_call(check: Check, node: nodes.Call) -> Unit | None:
    function = FUNCTIONS.get(node.name)
    if function is None:
        near = get_close_matches(node.name, FUNCTIONS, 1)
        advice = f"Did you mean {near[0]}?" if near else f"There are {', '.join(FUNCTIONS)}."
        check.refuse(f"There is no function {node.name}. {advice}", node.span)
        return None
    if not function.minimum <= len(node.arguments) <= function.maximum:
        message = f"{node.name} takes other arguments. Write it like this: {function.usage}."
        check.refuse(message, node.span)
        return None
    if function.reading is not Reading.CURRENT:
        return check_period_function(check, node, function)
    return VALUE_FUNCTIONS[node.name](check, node)


def _check_choice(check: Check, node: nodes.Call) -> Unit | None:
    unit = check.combine(node, units.unify, *map(check.find_unit, node.arguments))
    return _refuse_truth(check, node, unit)


def _check_if(check: Check, node: nodes.Call) -> Unit | None:
    condition, *choices = node.arguments
    is_truth = _require_truth(check, condition)
    unit = check.combine(node, units.unify, *map(check.find_unit, choices))
    return _refuse_truth(check, node, unit) if is_truth else None


def _check_rounding(check: Check, node: nodes.Call) -> Unit | None:
    unit = _refuse_truth(check, node, check.find_unit(node.arguments[0]))
    if node.name == "round" and len(node.arguments) > 1:
        maximum = NUMBER_RULE.decimals
        if nodes.read_whole_number(node.arguments[1], maximum) is None:
            message = f"Write the number of decimals as a whole number from 0 to {maximum}."
            check.refuse(message, node.arguments[1].span)
            return None
    return unit


VALUE_FUNCTIONS: Mapping[str, Callable[[Check, nodes.Call], Unit | None]] = {
    "min": _check_choice,
    "max": _check_choice,
    "coalesce": _check_choice,
    "if": _check_if,
    "abs": _check_rounding,
    "round": _check_rounding,
}
FINDERS: Mapping[type[Node], Callable[[Check, Any], Unit | None]] = {
    nodes.Number: _check_number,
    nodes.Input: _check_input,
    nodes.Sum: _check_sum,
    nodes.Product: _check_product,
    nodes.Comparison: _check_comparison,
    nodes.Logic: _check_logic,
    nodes.Negation: _check_negation,
    nodes.Call: _check_call,
}
