"""Limits on the size of documents, checked before validation."""

from collections.abc import Mapping
from dataclasses import dataclass, field
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

from api.errors import RequestError
from api.kernel.execution.rate_limits import FREE_TIME, RateLimit, TimePrices

MAX_MERGE_COMPLEXITY = 8_000
overlapping_fields_can_be_merged.MAX_COMPLEXITY_BUDGET = MAX_MERGE_COMPLEXITY
"""The only quadratic rule of graphql-core reads its budget from there at each validation."""

max_introspection_depth_rule.MAX_LIST_DEPTH = 2
"""No tool selects the fields of the types of fields, whose number is a product."""


@dataclass(frozen=True)
class Limits:
    """The limits of one request, and the rate limits of callers and tenants."""

    characters: int = 15_000
    tokens: int = 1_500
    definitions: int = 60
    depth: int = 12
    introspection_depth: int = 18
    aliases: int = 30
    directives: int = 50
    fields_per_key: int = 3
    selections: int = 1_000
    composite_fields: int = 100
    introspection_fields: int = 3
    root_fields: int = 10
    cost: int = 5_000
    mutation_cost: int = 10
    time_prices: TimePrices = FREE_TIME
    caller_rate_limit: RateLimit | None = None
    tenant_rate_limit: RateLimit | None = None
    lane_rate_limits: Mapping[str, RateLimit | None] = field(default_factory=dict)
    """The rate limits of callers in a lane of their own, such as service clients that ingest."""


def build_limit_error(noun: str, limit: int, code: str = "LIMIT_EXCEEDED") -> RequestError:
    """Return the error of a document that exceeds a limit."""
    return RequestError(code, f"The document has more than {limit:,} {noun}. Select less at once.")


def check_limits(document: DocumentNode, limits: Limits) -> None:
    """Check the size of a parsed document. Raises RequestError where it exceeds a limit."""
    if len(document.definitions) > limits.definitions:
        raise build_limit_error("definitions", limits.definitions)
    fragments = {
        each.name.value: each
        for each in document.definitions
        if isinstance(each, FragmentDefinitionNode)
    }
    try:
        _LimitChecker(limits, fragments).check_document(document)
    except RecursionError:
        raise build_limit_error("levels", limits.depth, "DEPTH_LIMIT_EXCEEDED") from None


CONNECTION_LEVELS = frozenset({"edges", "node", "nodes"})
"""Fields between a connection and its objects. They add no level, so a connection counts as one."""

MAX_NESTING_PER_LEVEL = 3
"""The brackets that a level may have: those of a connection, of `edges` and of `node`."""

INTROSPECTION_WEIGHTS = {"__schema": 2, "__type": 1}
"""The weight of each introspection field; `__schema` takes the most time."""


@dataclass
class _LimitChecker:
    limits: Limits
    fragments: Mapping[str, FragmentDefinitionNode]
    aliases: int = 0
    directives: int = 0

    def check_document(self, document: DocumentNode) -> None:
        for each in document.definitions:
            if isinstance(each, (OperationDefinitionNode, FragmentDefinitionNode)):
                self._check_without_fragments(each)
        sizes = _SizeCalculator(self.fragments)
        for each in document.definitions:
            if isinstance(each, OperationDefinitionNode):
                size = sizes.measure(each.selection_set)
                self._check_size(size)
                if len(each.selection_set.selections) > self.limits.root_fields:
                    raise build_limit_error("root fields", self.limits.root_fields)

    def _check_size(self, size: "_SelectionSize") -> None:
        deepest = self.limits.depth * MAX_NESTING_PER_LEVEL
        if size.depth > self.limits.depth or size.nesting > deepest:
            raise build_limit_error("levels", self.limits.depth, "DEPTH_LIMIT_EXCEEDED")
        if size.introspection_depth > self.limits.introspection_depth:
            code = "DEPTH_LIMIT_EXCEEDED"
            raise build_limit_error(
                "levels of introspection", self.limits.introspection_depth, code
            )
        if size.aliases > self.limits.aliases:
            raise build_limit_error("aliases", self.limits.aliases)
        if size.introspection_fields > self.limits.introspection_fields:
            noun = "fields of introspection (__schema counts as two)"
            raise build_limit_error(noun, self.limits.introspection_fields)
        if size.composite_fields > self.limits.composite_fields:
            raise build_limit_error("fields with fields of their own", self.limits.composite_fields)
        if size.selections > self.limits.selections:
            raise build_limit_error("selected fields", self.limits.selections)

    def _check_without_fragments(
        self, definition: OperationDefinitionNode | FragmentDefinitionNode
    ) -> None:
        """Count what can be counted without following fragments."""
        stack: list[Any] = [definition.selection_set]
        self._count_directives(definition)
        while stack:
            keys: dict[str, int] = {}
            for each in stack.pop().selections:
                self._count_directives(each)
                if isinstance(each, FieldNode):
                    key = (each.alias or each.name).value
                    keys[key] = keys.get(key, 0) + 1
                    if keys[key] > self.limits.fields_per_key:
                        raise build_limit_error(
                            f"fields under the key {key[:63]}", self.limits.fields_per_key
                        )
                inner = getattr(each, "selection_set", None)
                if inner is not None:
                    stack.append(inner)

    def _count_directives(self, node: Any) -> None:
        self.directives += len(node.directives or ())
        if self.directives > self.limits.directives:
            raise build_limit_error("directives", self.limits.directives)


@dataclass(frozen=True)
class _SelectionSize:
    depth: int = 0
    nesting: int = 0
    introspection_depth: int = 0
    introspection_fields: int = 0
    aliases: int = 0
    composite_fields: int = 0
    selections: int = 0

    def combine(self, other: "_SelectionSize") -> "_SelectionSize":
        """Return the size of both together."""
        return _SelectionSize(
            max(self.depth, other.depth),
            max(self.nesting, other.nesting),
            max(self.introspection_depth, other.introspection_depth),
            self.introspection_fields + other.introspection_fields,
            self.aliases + other.aliases,
            self.composite_fields + other.composite_fields,
            self.selections + other.selections,
        )


class _SizeCalculator:
    """A calculator of the size of selections with their fragments, each measured once."""

    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self._fragments = fragments
        self._sizes_by_fragment: dict[str, _SelectionSize] = {}
        self._fragments_in_progress: set[str] = set()

    def measure(self, selection_set: SelectionSetNode) -> _SelectionSize:
        """Return the size. Raises RequestError for fragments that spread themselves."""
        total = _SelectionSize()
        for each in selection_set.selections:
            if isinstance(each, FieldNode):
                part = self._measure_field(each)
            elif isinstance(each, FragmentSpreadNode):
                part = self._measure_fragment(each.name.value)
            else:
                part = self.measure(each.selection_set)  # type: ignore[attr-defined]
            total = total.combine(part)
        return total

    def _measure_field(self, field: FieldNode) -> _SelectionSize:
        inner = self.measure(field.selection_set) if field.selection_set else _SelectionSize()
        introspection_weight = INTROSPECTION_WEIGHTS.get(field.name.value, 0)
        is_level = field.name.value not in CONNECTION_LEVELS or bool(field.arguments)
        return _SelectionSize(
            0 if introspection_weight else inner.depth + is_level,
            0 if introspection_weight else inner.nesting + 1,
            inner.depth + 1 if introspection_weight else inner.introspection_depth,
            inner.introspection_fields + introspection_weight,
            inner.aliases + (field.alias is not None),
            0
            if introspection_weight
            else inner.composite_fields + (field.selection_set is not None),
            inner.selections + 1,
        )

    def _measure_fragment(self, name: str) -> _SelectionSize:
        if name in self._sizes_by_fragment or name not in self._fragments:
            return self._sizes_by_fragment.get(name, _SelectionSize())
        if name in self._fragments_in_progress:
            message = f"The fragment {name[:63]} spreads itself."
            raise RequestError("GRAPHQL_VALIDATION_FAILED", message)
        self._fragments_in_progress.add(name)
        self._sizes_by_fragment[name] = size = self.measure(self._fragments[name].selection_set)
        self._fragments_in_progress.discard(name)
        return size
