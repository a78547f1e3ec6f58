"""The evaluation of a checked formula for one period, with exact fractions.

Nothing is rounded between the parts: (a / 3) * 3 is a. The result is rounded once.
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any, Protocol

from domain.kernel.fields import ExactNumber
from domain.kpis.formulas import nodes, units
from domain.kpis.formulas.checking import Formula
from domain.kpis.formulas.nodes import Node
from domain.kpis.formulas.outcomes import (
    Gap,
    KpiGapReason,
    Outcome,
    combine,
    join_gaps,
    round_half_up,
)

SUPPRESSED = KpiGapReason.SUPPRESSED
LIMIT: int = 10 ** ExactNumber().digits
COMPARISONS: Mapping[str, Callable[[Fraction, Fraction], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    ">": operator.gt,
}
PRODUCTS: Mapping[str, Callable[[list[Fraction]], Fraction]] = {
    "*": lambda both: both[0] * both[1],
    "/": lambda both: both[0] / both[1],
}


class Reader(Protocol):
    """What a formula reads: values of inputs, and the periods of a calendar by their ordinals."""

    def read(self, name: str, first: int, last: int, *, is_total: bool) -> Outcome:
        """Return the value of an input over the periods from `first` to `last`.

        Several periods are combined as the input's KPI says. Percentage points are given as
        they are stored: 3 for three points.
        """
        ...

    def get_unit(self, name: str) -> units.Unit:
        """Return the unit of an input."""
        ...

    def find_earlier(self, ordinal: int, steps: int) -> int | None:
        """Return the period that many steps before this one; None if there is no such period."""
        ...

    def find_previous_year(self, ordinal: int) -> int | None:
        """Return the same period one year before; None if that year has no such period."""
        ...

    def find_first(self, word: str, ordinal: int) -> int:
        """Return the first period of the week, month, quarter or year around this one."""
        ...


@dataclass(frozen=True)
class Place:
    """Where a part is evaluated: the periods, and whether over all slices."""

    first: int
    last: int
    is_total: bool = False


def evaluate(formula: Formula, reader: Reader, ordinal: int) -> Outcome:
    """Return the value of a formula in a period, not rounded; or why there is none."""
    outcome = _Evaluation(reader).evaluate(formula.tree, Place(ordinal, ordinal))
    if outcome.value is None:
        return outcome
    number = outcome.number
    if formula.unit == units.POINTS:
        number *= 100
    if abs(number.numerator) >= LIMIT * number.denominator:
        return replace(outcome, value=None, gap=Gap(KpiGapReason.OUT_OF_RANGE))
    return outcome if number is outcome.value else replace(outcome, value=number)


@dataclass(frozen=True)
class _Evaluation:
    """One evaluation, with the reader of its inputs. Shares and points are parts of one here."""

    reader: Reader

    def evaluate(self, node: Node, place: Place) -> Outcome:
        return EVALUATIONS[type(node)](self, node, place)

    def evaluate_all(self, parts: Sequence[Node], place: Place) -> list[Outcome]:
        return [self.evaluate(each, place) for each in parts]

    def number(self, node: nodes.Number, place: Place) -> Outcome:  # noqa: ARG002 - one signature.
        return Outcome(_read_number(node.digits, is_part=node.suffix in ("%", "points")))

    def input(self, node: nodes.Input, place: Place) -> Outcome:
        found = self.reader.read(node.name, place.first, place.last, is_total=place.is_total)
        if found.value is None or self.reader.get_unit(node.name) != units.POINTS:
            return found
        return replace(found, value=found.number / 100)

    def sum(self, node: nodes.Sum, place: Place) -> Outcome:
        signs = [1, *(1 if each == "+" else -1 for each in node.operators)]
        return combine(
            self.evaluate_all(node.operands, place),
            lambda values: sum(map(operator.mul, signs, values), Fraction(0)),
        )

    def product(self, node: nodes.Product, place: Place) -> Outcome:
        first, *others = self.evaluate_all(node.operands, place)
        for sign, operand, other in zip(node.operators, node.operands[1:], others, strict=True):
            if sign == "/" and other.value == 0:
                gap = join_gaps([first.gap, Gap(KpiGapReason.DIVISION_BY_ZERO, span=operand.span)])
                first = replace(first, value=None, gap=gap)
                continue
            first = combine([first, other], PRODUCTS[sign])
        return first

    def comparison(self, node: nodes.Comparison, place: Place) -> Outcome:
        compare = COMPARISONS[node.operators[0]]
        return combine(self.evaluate_all(node.operands, place), lambda both: compare(*both))

    def logic(self, node: nodes.Logic, place: Place) -> Outcome:
        """Return whether all parts are true, or one. One that decides makes gaps irrelevant."""
        found = self.evaluate_all(node.operands, place)
        decides = node.operators[0] == "or"
        if any(each.value is decides for each in found):
            return Outcome(decides)
        return combine(found, lambda _: not decides)

    def negation(self, node: nodes.Negation, place: Place) -> Outcome:
        is_truth = node.operator == "not"
        found = [self.evaluate(node.operand, place)]
        return combine(found, lambda one: not one[0] if is_truth else -one[0])

    def call(self, node: nodes.Call, place: Place) -> Outcome:
        return CALLS[node.name](self, node.arguments, place)

    def choose(self, arguments: Sequence[Node], place: Place) -> Outcome:
        condition, yes, no = arguments
        found = self.evaluate(condition, place)
        return found if found.gap else self.evaluate(yes if found.value else no, place)

    def coalesce(self, arguments: Sequence[Node], place: Place) -> Outcome:
        """Return the first value. A suppressed one is not replaced: it is there, but not shown."""
        found = self.evaluate_all(arguments, place)
        wanted = (each for each in found if each.gap is None or each.gap.reason is SUPPRESSED)
        return next(wanted, None) or combine(found, lambda values: values[0])

    def round(self, arguments: Sequence[Node], place: Place) -> Outcome:
        decimals = nodes.read_whole_number(arguments[1], 6) if len(arguments) > 1 else 0
        found = [self.evaluate(arguments[0], place)]
        return combine(found, lambda one: Fraction(round_half_up(one[0], decimals or 0)))

    def lag(self, arguments: Sequence[Node], place: Place) -> Outcome:
        steps = _read_steps(arguments)
        return self._evaluate_at(arguments[0], place, self.reader.find_earlier(place.last, steps))

    def previous_year(self, arguments: Sequence[Node], place: Place) -> Outcome:
        return self._evaluate_at(arguments[0], place, self.reader.find_previous_year(place.last))

    def trailing(self, arguments: Sequence[Node], place: Place) -> Outcome:
        first = self.reader.find_earlier(place.last, _read_steps(arguments) - 1)
        return self._evaluate_from(arguments[0], place, first)

    def year_to_date(self, arguments: Sequence[Node], place: Place) -> Outcome:
        first = self.reader.find_first("year", place.last)
        return self._evaluate_from(arguments[0], place, first)

    def period_to_date(self, arguments: Sequence[Node], place: Place) -> Outcome:
        word: Any = arguments[1]
        first = self.reader.find_first(word.name, place.last)
        return self._evaluate_from(arguments[0], place, first)

    def share_of_total(self, arguments: Sequence[Node], place: Place) -> Outcome:
        total = self.evaluate(arguments[0], replace(place, is_total=True))
        if total.value == 0:
            return Outcome(gap=Gap(KpiGapReason.DIVISION_BY_ZERO, span=arguments[0].span))
        part = self.evaluate(arguments[0], place)
        return combine([part, total], lambda both: both[0] / both[1])

    def _evaluate_at(self, node: Node, place: Place, ordinal: int | None) -> Outcome:
        if ordinal is None:
            return Outcome(gap=Gap(KpiGapReason.NO_SUCH_PERIOD, span=node.span))
        return self.evaluate(node, replace(place, first=ordinal, last=ordinal))

    def _evaluate_from(self, node: Node, place: Place, first: int | None) -> Outcome:
        if first is None:
            return Outcome(gap=Gap(KpiGapReason.NO_SUCH_PERIOD, span=node.span))
        return self.evaluate(node, replace(place, first=first))


@lru_cache(1_000)
def _read_number(digits: Decimal, *, is_part: bool) -> Fraction:
    return Fraction(digits) / (100 if is_part else 1)


def _read_steps(arguments: Sequence[Node]) -> int:
    steps: Any = arguments[1]
    return int(steps.digits)


def _aggregate(
    compute: Callable[[list[Fraction]], Fraction],
) -> Callable[[_Evaluation, Sequence[Node], Place], Outcome]:
    return lambda evaluation, arguments, place: combine(
        evaluation.evaluate_all(arguments, place), compute
    )


CALLS: Mapping[str, Callable[[_Evaluation, Sequence[Node], Place], Outcome]] = {
    "min": _aggregate(min),
    "max": _aggregate(max),
    "abs": _aggregate(lambda one: abs(one[0])),
    "if": _Evaluation.choose,
    "coalesce": _Evaluation.coalesce,
    "round": _Evaluation.round,
    "lag": _Evaluation.lag,
    "previous_year": _Evaluation.previous_year,
    "trailing": _Evaluation.trailing,
    "year_to_date": _Evaluation.year_to_date,
    "period_to_date": _Evaluation.period_to_date,
    "share_of_total": _Evaluation.share_of_total,
}
EVALUATIONS: Mapping[type[Node], Callable[[_Evaluation, Any, Place], Outcome]] = {
    nodes.Number: _Evaluation.number,
    nodes.Input: _Evaluation.input,
    nodes.Sum: _Evaluation.sum,
    nodes.Product: _Evaluation.product,
    nodes.Comparison: _Evaluation.comparison,
    nodes.Logic: _Evaluation.logic,
    nodes.Negation: _Evaluation.negation,
    nodes.Call: _Evaluation.call,
}
