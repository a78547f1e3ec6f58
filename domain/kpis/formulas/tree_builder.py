"""The nodes of a formula, built while its text is parsed, from the parts upwards."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from domain.kpis.formulas import nodes
from domain.kpis.formulas.nodes import Node, Span

SIGNS = {"\u00d7": "*", "\u00f7": "/", "\u2212": "-"}
"""The signs of print for multiplication, division and minus, and those that programs use."""


class TreeBuilder:
    """One method for each rule of the grammar; each takes the parts of its rule.

    A part is a node, or a token: text with `start_pos` and `end_pos`.
    """

    def either(self, parts: Sequence[Any]) -> Node:
        return _build_operation(nodes.Logic, parts)

    both = either

    def comparison(self, parts: Sequence[Any]) -> Node:
        return _build_operation(nodes.Comparison, parts)

    def sum(self, parts: Sequence[Any]) -> Node:
        return _build_operation(nodes.Sum, parts)

    def product(self, parts: Sequence[Any]) -> Node:
        return _build_operation(nodes.Product, parts)

    def negation(self, parts: Sequence[Any]) -> Node:
        operator, operand = parts
        span = Span(operator.start_pos, operand.span.end)
        return nodes.Negation(span, _read_sign(operator), operand)

    def input(self, parts: Sequence[Any]) -> Node:
        return nodes.Input(_span_of(parts), str(parts[0]))

    def call(self, parts: Sequence[Any]) -> Node:
        """Return the node of a function. It stands where its name stands."""
        name, *arguments = parts
        return nodes.Call(_span_of(parts[:1]), str(name), tuple(arguments))

    def number(self, parts: Sequence[Any]) -> Node:
        digits, *suffix = parts
        return nodes.Number(
            _span_of(parts), Decimal(str(digits)), str(suffix[0]) if suffix else None
        )


def _build_operation(kind: type[nodes.Operation], parts: Sequence[Any]) -> Node:
    operands = tuple(parts[::2])
    span = Span(operands[0].span.start, operands[-1].span.end)
    return kind(span, tuple(_read_sign(each) for each in parts[1::2]), operands)


def _span_of(tokens: Sequence[Any]) -> Span:
    return Span(tokens[0].start_pos, tokens[-1].end_pos)


def _read_sign(token: str) -> str:
    return SIGNS.get(token, str(token))
