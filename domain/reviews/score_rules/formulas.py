"""The check of a rule's formula: its words are those of scores, and its names are components."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from domain.kernel.errors import Invalid, LimitExceeded
from domain.kernel.faults import FaultCollector, raise_faults
from domain.kernel.fields import MultiLine
from domain.kpis.enums import KpiFrequency, KpiUnit
from domain.kpis.formulas import nodes, units
from domain.kpis.formulas.checking import check_formula
from domain.kpis.formulas.faults import FIELD, FormulaFault
from domain.kpis.formulas.inputs import InputFacts
from domain.kpis.formulas.parser import MAX_LENGTH, parse
from domain.reviews.scoring import ComponentKind, ScoreMethod
from domain.reviews.scoring.formulas import SHORTEN, find_component

FORMULA = MultiLine("The formula", max_length=MAX_LENGTH)
FUNCTIONS = ("min", "max", "abs", "if", "coalesce")
"""Those of formulas of KPIs that neither round nor read another period."""

YEAR = KpiFrequency.ANNUAL
"""Any frequency: a score is of one period, which all its components share."""


def check_score_formula(values: Mapping[str, Any]) -> None:
    """Check the formula of a rule with these values. Raises Invalid with all faults."""
    text = _read_text(values["formula"])
    if text is None:
        return
    faults = FaultCollector()
    with faults.collect():
        if values["method"] is ScoreMethod.NONE:
            message = "With the method NONE no component has a value. Choose another method."
            raise Invalid(message, FIELD)
    with faults.collect():
        _check_text(text, values["directions"] or ())
    faults.raise_all()


def _read_text(given: str | None) -> str | None:
    """Return the text as it is stored; None also for one that breaks the rule of the field."""
    try:
        return FORMULA.check(given, FIELD)
    except (Invalid, LimitExceeded):
        return None


def _check_text(text: str, directions: Collection[str]) -> None:
    tree, faults = parse(text, advice=SHORTEN), FaultCollector()
    parts = [*nodes.walk(tree)]
    words = [*_find_foreign_words(text, parts)]
    with faults.collect():
        raise_faults(words)
    with faults.collect():
        raise_faults(_find_unknown_names(text, parts, directions))
    with faults.collect():
        if not words:
            number = InputFacts(units.NUMBER, YEAR)
            facts = {each.name: number for each in parts if isinstance(each, nodes.Input)}
            check_formula(text, tree, facts, YEAR, (KpiUnit.NUMBER, units.NUMBER))
    faults.raise_all()


def _find_foreign_words(text: str, parts: Collection[nodes.Node]) -> Iterator[FormulaFault]:
    for each in parts:
        if isinstance(each, nodes.Call) and each.name not in FUNCTIONS:
            message = f"{each.name} is no function of scores. There are {', '.join(FUNCTIONS)}."
            if each.name == "round":
                message = "The value is rounded once, as `decimals` and `rounding` say. Remove it."
            yield FormulaFault(message, text, each.span)
        if isinstance(each, nodes.Number) and each.suffix is not None:
            message = f"Ratings have no unit. Write a plain number without {each.suffix}."
            yield FormulaFault(message, text, each.span)


def _find_unknown_names(
    text: str, parts: Collection[nodes.Node], directions: Collection[str]
) -> Iterator[FormulaFault]:
    inputs = [each for each in parts if isinstance(each, nodes.Input)]
    if not inputs:
        message = "The formula names no component. Write one, such as section.results."
        yield FormulaFault(message, text, nodes.Span(0, len(text)))
    for each in inputs:
        try:
            component = find_component(each.name)
        except ValueError:
            message = f"There is no component {each.name}. Write section., question. or"
            message += " direction. and a key, such as section.results."
            yield FormulaFault(message, text, each.span)
            continue
        is_direction = component.kind is ComponentKind.DIRECTION
        if is_direction and directions and component.key not in directions:
            message = f"The rule does not count {component.key}. Name one of its directions: "
            message += f"{', '.join(directions)}."
            yield FormulaFault(message, text, each.span)
