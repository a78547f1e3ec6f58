"""The cost of operations in points, known before they run. Clients read the formula in the guide.

A leaf costs 0 and an object 1. A union or interface costs as much as its most expensive branch. A
connection costs 2 and its rows; the first 25 rows count in full, further ones by half. Where the
schema states a usual size, rows beyond it count by a tenth. The time of a larger page is charged
afterwards. Its filter
is evaluated for more rows than it returns: a comparison costs 1, one that scans text 5, and a
relation to a list multiplies what is inside by 10. A total costs 5 and the filter once more. A
mutation costs 10 more, for each input of a batch. A row of a mutation with an outcome for each row
costs a tenth.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from math import ceil
from typing import Any

from persistence.reading.filters import QUANTIFIERS, TEXT_OPERATORS
from persistence.reading.parameters import DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE
from persistence.reading.selection import ReadRequest

INTROSPECTION_COSTS = {"__schema": 500, "__type": 25}
"""The cost of introspection: about what the whole schema or one type takes of the CPU."""

ESTIMATED_LIST_ROWS = 5
"""The rows that a list without arguments counts as."""

CONNECTION_COST = 2
TOTAL_COST = 5
ROW_COST = 0.1
COMPARISON_COST = 1
TEXT_SCAN_COST = 5
"""The cost of a search, and of a comparison with a part of a text."""

RELATED_ROWS = 10
"""The rows that a list in a filter counts as."""

MAX_RELATED_ROWS = 1e6
"""The product of nested lists is not computed any further; no request may cost as much."""


@dataclass(frozen=True)
class CostPart:
    """What costs something, such as a filter, and the response keys that lead to its field."""

    name: str
    evaluate: Callable[[ReadRequest], float]
    path: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.name} of `{'.'.join(self.path)}`"


@dataclass(frozen=True)
class Cost:
    """The cost of a part of an operation: a fixed sum, and terms that depend on variables.

    `parts` are the same sum, by what costs it, to explain a refusal.
    """

    fixed: float = 0
    variable_terms: tuple[Callable[[ReadRequest], float], ...] = ()
    parts: tuple[CostPart, ...] = field(default=(), compare=False)

    def evaluate(self, request: ReadRequest) -> float:
        """Return the cost for one request."""
        return self.fixed + sum(each(request) for each in self.variable_terms)

    def find_largest_part(self, request: ReadRequest) -> tuple[CostPart, float]:
        """Return what costs most for one request, and how much."""
        costs = ((each, each.evaluate(request)) for each in self.parts)
        return max(costs, key=lambda pair: pair[1])

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(
            self.fixed + other.fixed,
            self.variable_terms + other.variable_terms,
            self.parts + other.parts,
        )

    def name(self, name: str) -> "Cost":
        """Return the same cost as one part with this name."""
        return replace(self, parts=(CostPart(name, self.evaluate),))

    def put_below(self, key: str) -> "Cost":
        """Return the same cost as that of a field with this response key."""
        parts = tuple(replace(each, path=(key, *each.path)) for each in self.parts)
        return replace(self, parts=parts)

    def multiply(self, rows: float | Callable[[ReadRequest], float]) -> "Cost":
        """Return the cost of this number of rows."""
        parts = tuple(replace(each, evaluate=_multiply(each.evaluate, rows)) for each in self.parts)
        if not callable(rows) and not self.variable_terms:
            return Cost(rows * self.fixed, parts=parts)
        return Cost(0, (_multiply(self.evaluate, rows),), parts)


def _multiply(
    evaluate: Callable[[ReadRequest], float], rows: float | Callable[[ReadRequest], float]
) -> Callable[[ReadRequest], float]:
    return lambda request: (rows(request) if callable(rows) else rows) * evaluate(request)


def max_cost(costs: Sequence[Cost]) -> Cost:
    """Return the cost of the most expensive of several branches."""
    if any(cost.variable_terms for cost in costs):
        parts = tuple(chain.from_iterable(cost.parts for cost in costs))
        return Cost(0, (lambda request: max(cost.evaluate(request) for cost in costs),), parts)
    return max(costs, key=lambda cost: cost.fixed, default=Cost())


def billable_rows(rows: int, usual_size: int | None = None) -> float:
    """Return the rows that a page counts as: the first 25 in full, further ones by half.

    With a usual size, rows up to it count in full and further ones by a tenth.
    """
    rows = max(0, min(rows, MAX_PAGE_SIZE))
    full, share = (DEFAULT_PAGE_SIZE, 0.5) if usual_size is None else (usual_size, 0.1)
    return ceil(min(rows, full) + share * max(0, rows - full))


def price_filter(where: Mapping[str, Any]) -> float:
    """Return the cost of a `where` argument."""
    points, pending = 0.0, [(where, 1.0)]
    while pending:
        conditions, rows = pending.pop()
        for key, value in conditions.items():
            if key in QUANTIFIERS and isinstance(value, Mapping):
                related_rows = min(rows * RELATED_ROWS, MAX_RELATED_ROWS)
                points += related_rows
                pending.append((value, related_rows))
            elif isinstance(value, Mapping):
                pending.append((value, rows))
            elif key in ("and_", "or_"):
                pending += [(each, rows) for each in value or ()]
            elif value is not None:
                points += rows * (TEXT_SCAN_COST if key in TEXT_OPERATORS else COMPARISON_COST)
    return points
