"""Validation: the rules of graphql-core, on a walk that asks each only where it has an answer.

graphql-core's own walk asks some thirty rules about every node, names included, and knows nodes by
their value, for which it walks all that is below them; that was most of what a new document cost.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    Node,
    TypeInfo,
    ValidationContext,
    Visitor,
    specified_rules,
)
from graphql.language.ast import QUERY_DOCUMENT_KEYS
from graphql.pyutils import RefMap
from graphql.validation.validate import ValidationAbortedError
from graphql.validation.validation_context import VariableUsageVisitor
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from api.kernel.directives import OnMutationsOnly

RULES = (*specified_rules, MaybeNullValidationRule, OneOfInputValidationRule, OnMutationsOnly)

MOST_ERRORS = 10
MOST_SUGGESTIONS = 3
"""Errors that look for what may have been meant, which takes longer than to find the error."""

_SILENT = ("name", "alias", "description")
_DEFINITIONS = ("operation_definition", "fragment_definition", "variable_definition")
_KEYS = {
    kind: tuple(key for key in keys if key not in _SILENT)
    for kind, keys in QUERY_DOCUMENT_KEYS.items()
    if kind in _DEFINITIONS or not kind.endswith(("_definition", "_extension"))
}
"""What lies below a node, but for names, and for definitions of types, which are refused whole."""

Step = Callable[..., Any]


def misfits(schema: GraphQLSchema, document: DocumentNode) -> list[GraphQLError]:
    """Where the document does not fit the schema: the first ten places at most."""
    context = _Context(schema, document)
    try:
        context.walk([rule(context) for rule in RULES], document)
    except _EnoughError:
        pass
    except (ValidationAbortedError, RecursionError):
        message = "The document merges or spreads too much to be checked. Ask for less at once."
        context.errors.append(GraphQLError(message))
    return context.errors


class _EnoughError(Exception):
    """More errors help nobody."""


class _Context(ValidationContext):
    """What rules ask about the document, and where they report to."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self.errors: list[GraphQLError] = []
        self._types = TypeInfo(schema)
        super().__init__(schema, document, self._types, self.errors.append)
        self._fragment_spreads: Any = RefMap()
        self._variable_usages: Any = RefMap()
        self._recursive_variable_usages: Any = RefMap()

    @property
    def hide_suggestions(self) -> bool:
        """Whether enough has been suggested."""
        return len(self.errors) >= MOST_SUGGESTIONS

    def walk(self, rules: Sequence[Visitor], node: Node) -> None:
        """Visit all nodes below a node and itself, in the document's order."""
        _Walk(self._types, rules).visit(node)

    def get_variable_usages(self, node: Any) -> Any:
        """The variables that an operation or a fragment uses."""
        found = self._variable_usages.get(node)
        if found is None:
            usages = VariableUsageVisitor(self._types)
            self.walk([usages], node)
            found = self._variable_usages[node] = usages.usages
        return found

    def report_error(self, error: GraphQLError) -> None:
        """Note an error, and leave off where there are enough."""
        self.errors.append(error)
        if len(self.errors) >= MOST_ERRORS:
            raise _EnoughError


@dataclass(frozen=True)
class _Kind:
    """What is to be done about nodes of one kind."""

    below: tuple[str, ...]
    enter_type: Step | None
    leave_type: Step | None
    enter: Sequence[tuple[Visitor, Step]]
    leave: Sequence[tuple[Visitor, Step]]


class _Walk:
    """Rules on their way through a tree; one that has skipped a node hears nothing from below."""

    def __init__(self, types: TypeInfo, rules: Sequence[Visitor]) -> None:
        self._types = types
        self._rules = rules
        self._kinds: dict[str, _Kind] = {}
        self._skipping: set[Visitor] = set()
        self._above: list[Any] = []

    def visit(self, node: Node, parent: Any = None) -> None:
        """Visit a node and what lies below it."""
        kind = self._kinds.get(node.kind) or self._learn(node.kind)
        if kind.enter_type:
            kind.enter_type(node)
        told = (node, None, parent, (), self._above)
        skipping, skipped = self._skipping, []
        for rule, step in kind.enter:
            if rule not in skipping and step(*told) is not None:
                skipped.append(rule)
        skipping.update(skipped)
        self._below(node, kind, parent)
        for rule, step in kind.leave:
            if rule not in skipping:
                step(*told)
        skipping.difference_update(skipped)
        if kind.leave_type:
            kind.leave_type()

    def _below(self, node: Node, kind: _Kind, parent: Any) -> None:
        self._above.append(parent)
        for key in kind.below:
            inner = getattr(node, key)
            if type(inner) is tuple:
                self._above.append(node)
                for each in inner:
                    self.visit(each, inner)
                self._above.pop()
            elif inner is not None:
                self.visit(inner, node)
        self._above.pop()

    def _learn(self, name: str) -> _Kind:
        found = self._kinds[name] = _Kind(
            _KEYS.get(name, ()),
            getattr(self._types, f"enter_{name}", None),
            getattr(self._types, f"leave_{name}", None),
            self._steps("enter", name),
            self._steps("leave", name),
        )
        return found

    def _steps(self, way: str, name: str) -> Sequence[tuple[Visitor, Step]]:
        concerned = _concerned(tuple(map(type, self._rules)), way, name)
        return [(self._rules[n], getattr(self._rules[n], step)) for n, step in concerned]


@cache
def _concerned(rules: tuple[type[Visitor], ...], way: str, name: str) -> Sequence[tuple[int, str]]:
    """Which rules have something to do on the way into such nodes or out of them, and what."""
    steps = (f"{way}_{name}", way)
    return [
        (n, next(step for step in steps if hasattr(rule, step)))
        for n, rule in enumerate(rules)
        if any(hasattr(rule, step) for step in steps)
    ]
