"""Limits: what a document may ask, counted before validation spends anything on it, and its cost.

The cost of an operation is published so that clients can reckon with it: a leaf costs nothing, an
object 1, a union or interface as much as its dearest branch, a connection 2 and then as much as
its rows, of which the first 25 count in full and further ones by half; a mutation 10 more, and a
batch as much as its mutation for each row.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
    SelectionSetNode,
)
from graphql.validation.rules import (
    max_introspection_depth_rule,
    overlapping_fields_can_be_merged,
)

from api.kernel.budgets import Allowance
from api.kernel.refusals import RequestRefused
from persistence.reading.selection import ReadRequest
from persistence.reading.sources import DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE

MERGE_BUDGET = 3_000
overlapping_fields_can_be_merged.MAX_COMPLEXITY_BUDGET = MERGE_BUDGET
"""The one rule of graphql-core that is quadratic reads its budget from there at each validation."""

max_introspection_depth_rule.MAX_LIST_DEPTH = 2
"""No tool asks for the fields of the types of fields, which are as many as both multiplied."""


@dataclass(frozen=True)
class Limits:
    """How much one request may ask, and how much callers and tenants may over time."""

    characters: int = 15_000
    tokens: int = 1_500
    definitions: int = 20
    depth: int = 12
    introspection_depth: int = 18
    aliases: int = 30
    directives: int = 50
    same_key: int = 3
    selections: int = 1_000
    branches: int = 100
    introspections: int = 3
    root_fields: int = 10
    cost: int = 5_000
    mutation_cost: int = 10
    caller: Allowance | None = None
    tenant: Allowance | None = None


def exceeded(what: str, limit: int, code: str = "LIMIT_EXCEEDED") -> RequestRefused:
    """The refusal of a document that asks too much."""
    return RequestRefused(
        code, f"The document has more than {limit:,} {what}. Ask for less at once."
    )


def guard(document: DocumentNode, limits: Limits) -> None:
    """Look once over a parsed document. Raises RequestRefused where it asks too much."""
    if len(document.definitions) > limits.definitions:
        raise exceeded("definitions", limits.definitions)
    fragments = {
        each.name.value: each
        for each in document.definitions
        if isinstance(each, FragmentDefinitionNode)
    }
    try:
        _Guard(limits, fragments).check(document)
    except RecursionError:
        raise exceeded("levels", limits.depth, "DEPTH_LIMIT_EXCEEDED") from None


INTROSPECTIONS = {"__schema": 2, "__type": 1}
"""How many fields of introspection one counts as: to tell of all types takes Python a while."""


@dataclass
class _Guard:
    limits: Limits
    fragments: Mapping[str, FragmentDefinitionNode]
    aliases: int = 0
    directives: int = 0

    def check(self, document: DocumentNode) -> None:
        for each in document.definitions:
            if isinstance(each, (OperationDefinitionNode, FragmentDefinitionNode)):
                self._lexical(each)
        sizes = _Sizes(self.fragments)
        for each in document.definitions:
            if isinstance(each, OperationDefinitionNode):
                size = sizes.of(each.selection_set)
                self._sizes(size)
                if len(each.selection_set.selections) > self.limits.root_fields:
                    raise exceeded("root fields", self.limits.root_fields)

    def _sizes(self, size: "_Size") -> None:
        if size.depth > self.limits.depth:
            raise exceeded("levels", self.limits.depth, "DEPTH_LIMIT_EXCEEDED")
        if size.introspection > self.limits.introspection_depth:
            code = "DEPTH_LIMIT_EXCEEDED"
            raise exceeded("levels of introspection", self.limits.introspection_depth, code)
        if size.aliases > self.limits.aliases:
            raise exceeded("aliases", self.limits.aliases)
        if size.introspections > self.limits.introspections:
            what = "fields of introspection (__schema counts as two)"
            raise exceeded(what, self.limits.introspections)
        if size.branches > self.limits.branches:
            raise exceeded("fields with fields of their own", self.limits.branches)
        if size.selections > self.limits.selections:
            raise exceeded("selected fields", self.limits.selections)

    def _lexical(self, definition: OperationDefinitionNode | FragmentDefinitionNode) -> None:
        """What can be counted without following fragments."""
        stack: list[Any] = [definition.selection_set]
        self._count_directives(definition)
        while stack:
            keys: dict[str, int] = {}
            for each in stack.pop().selections:
                self._count_directives(each)
                if isinstance(each, FieldNode):
                    key = (each.alias or each.name).value
                    keys[key] = keys.get(key, 0) + 1
                    if keys[key] > self.limits.same_key:
                        raise exceeded(f"fields under the key {key[:63]}", self.limits.same_key)
                inner = getattr(each, "selection_set", None)
                if inner is not None:
                    stack.append(inner)

    def _count_directives(self, node: Any) -> None:
        self.directives += len(node.directives or ())
        if self.directives > self.limits.directives:
            raise exceeded("directives", self.limits.directives)


@dataclass(frozen=True)
class _Size:
    depth: int = 0
    introspection: int = 0
    introspections: int = 0
    aliases: int = 0
    branches: int = 0
    selections: int = 0

    def beside(self, other: "_Size") -> "_Size":
        """The size of both together."""
        return _Size(
            max(self.depth, other.depth),
            max(self.introspection, other.introspection),
            self.introspections + other.introspections,
            self.aliases + other.aliases,
            self.branches + other.branches,
            self.selections + other.selections,
        )


class _Sizes:
    """How deep and wide selections are with fragments spread; each fragment is measured once."""

    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self._fragments = fragments
        self._known: dict[str, _Size] = {}
        self._open: set[str] = set()

    def of(self, selection_set: SelectionSetNode) -> _Size:
        """Measure a selection set. Raises RequestRefused for fragments that spread themselves."""
        total = _Size()
        for each in selection_set.selections:
            if isinstance(each, FieldNode):
                part = self._field(each)
            elif isinstance(each, FragmentSpreadNode):
                part = self._fragment(each.name.value)
            else:
                part = self.of(each.selection_set)  # type: ignore[attr-defined]
            total = total.beside(part)
        return total

    def _field(self, field: FieldNode) -> _Size:
        inner = self.of(field.selection_set) if field.selection_set else _Size()
        introspects = INTROSPECTIONS.get(field.name.value, 0)
        return _Size(
            0 if introspects else inner.depth + 1,
            inner.depth + 1 if introspects else inner.introspection,
            inner.introspections + introspects,
            inner.aliases + (field.alias is not None),
            0 if introspects else inner.branches + (field.selection_set is not None),
            inner.selections + 1,
        )

    def _fragment(self, name: str) -> _Size:
        if name in self._known or name not in self._fragments:
            return self._known.get(name, _Size())
        if name in self._open:
            message = f"The fragment {name[:63]} spreads itself."
            raise RequestRefused("GRAPHQL_VALIDATION_FAILED", message)
        self._open.add(name)
        self._known[name] = size = self.of(self._fragments[name].selection_set)
        self._open.discard(name)
        return size


# -- cost -------------------------------------------------------------------------------------

LISTED = 5
"""How many parts a plain list is reckoned to have."""


@dataclass(frozen=True)
class Price:
    """What a part of an operation costs: a fixed sum, and what depends on the variables."""

    fixed: float = 0
    varying: tuple[Callable[[ReadRequest], float], ...] = ()

    def of(self, run: ReadRequest) -> float:
        """The cost of one request."""
        return self.fixed + sum(each(run) for each in self.varying)

    def __add__(self, other: "Price") -> "Price":
        return Price(self.fixed + other.fixed, self.varying + other.varying)

    def times(self, rows: float | Callable[[ReadRequest], float]) -> "Price":
        """The price of so many rows."""
        if not callable(rows) and not self.varying:
            return Price(rows * self.fixed)
        return Price(0, (lambda run: (rows(run) if callable(rows) else rows) * self.of(run),))


def dearest(prices: Sequence[Price]) -> Price:
    """The price of one of several branches."""
    if any(price.varying for price in prices):
        return Price(0, (lambda run: max(price.of(run) for price in prices),))
    return max(prices, key=lambda price: price.fixed, default=Price())


def counted(rows: int) -> float:
    """How many rows a page counts as: the first 25 in full, further ones by half."""
    rows = max(0, min(rows, MAX_PAGE_SIZE))
    return ceil(min(rows, DEFAULT_PAGE_SIZE) + 0.5 * max(0, rows - DEFAULT_PAGE_SIZE))
