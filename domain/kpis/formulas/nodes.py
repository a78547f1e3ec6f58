"""The tree of a formula. Chains such as `a + b - c` are one node, so only parentheses nest."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from domain.kpis.formulas.functions import PERIOD_WORDS


@dataclass(frozen=True)
class Span:
    """The characters of the formula's text that a part comes from; the end is exclusive."""

    start: int
    end: int


@dataclass(frozen=True)
class Node:
    """A part of a formula. Two parts are equal if they say the same, wherever they stand."""

    span: Span = field(compare=False)

    @property
    def children(self) -> tuple["Node", ...]:
        """The parts that it is made of."""
        return ()


@dataclass(frozen=True)
class Number(Node):
    """A written number with the word or sign behind it: `12.5`, `5 %`, `100 EUR`, `3 points`."""

    digits: Decimal
    suffix: str | None = None


@dataclass(frozen=True)
class Input(Node):
    """The value of an input, by its name in the formula."""

    name: str


@dataclass(frozen=True)
class Operation(Node):
    """Operands with an operator before each one but the first."""

    operators: tuple[str, ...]
    operands: tuple[Node, ...]

    @property
    def children(self) -> tuple[Node, ...]:
        """The operands."""
        return self.operands


class Sum(Operation):
    """Operands with `+` and `-` between them."""


class Product(Operation):
    """Operands with `*` and `/` between them, from left to right."""


class Comparison(Operation):
    """Two operands that are compared."""


class Logic(Operation):
    """Operands with `and` between all of them, or `or`."""


@dataclass(frozen=True)
class Negation(Node):
    """`-` before a number, or `not` before a truth."""

    operator: str
    operand: Node

    @property
    def children(self) -> tuple[Node, ...]:
        """The operand."""
        return (self.operand,)


@dataclass(frozen=True)
class Call(Node):
    """A function with its arguments."""

    name: str
    arguments: tuple[Node, ...]

    @property
    def children(self) -> tuple[Node, ...]:
        """The arguments."""
        return self.arguments


def walk(node: Node) -> Iterator[Node]:
    """Yield a node and everything below it."""
    yield node
    for child in node.children:
        yield from walk(child)


def list_inputs(node: Node) -> list[str]:
    """Return the names of the inputs of a formula, each once, in the order of their places."""
    names = (each.name for each in walk(node) if isinstance(each, Input))
    return list(dict.fromkeys(each for each in names if each not in PERIOD_WORDS))


def read_whole_number(node: Node, maximum: int) -> int | None:
    """Return a written whole number without a unit, from 0 to the maximum; else None."""
    if not isinstance(node, Number) or node.suffix is not None:
        return None
    is_whole = node.digits == node.digits.to_integral_value()
    return int(node.digits) if is_whole and node.digits <= maximum else None
