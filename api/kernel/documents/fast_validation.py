"""Validation with the rules of graphql-core, in a walk that calls a rule only for its nodes.

graphql-core's own walk calls about thirty rules for every node, even for names. It also compares
nodes by value, which walks through everything below them. That was most of a new document's cost.
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
    ValuesOfCorrectTypeRule,
    Visitor,
    specified_rules,
)
from graphql.language.ast import QUERY_DOCUMENT_KEYS
from graphql.pyutils import RefMap
from graphql.validation.validate import ValidationAbortedError
from graphql.validation.validation_context import VariableUsageVisitor
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from api.kernel.schema.directives import IdempotentOnMutationsOnly
from api.kernel.schema.value_faults import ValuesOfCorrectType

RULES = (
    *(ValuesOfCorrectType if each is ValuesOfCorrectTypeRule else each for each in specified_rules),
    OneOfInputValidationRule,
    IdempotentOnMutationsOnly,
)

MAX_VALIDATION_ERRORS = 10
MAX_SUGGESTIONS = 3
"""The errors with suggestions, which take longer to compute than the errors."""

_SKIPPED_KEYS = ("name", "alias", "description")
_EXECUTABLE_DEFINITIONS = ("operation_definition", "fragment_definition", "variable_definition")
_CHILD_KEYS = {
    kind: tuple(key for key in keys if key not in _SKIPPED_KEYS)
    for kind, keys in QUERY_DOCUMENT_KEYS.items()
    if kind in _EXECUTABLE_DEFINITIONS or not kind.endswith(("_definition", "_extension"))
}
"""The child keys of each kind of node, without names and type definitions, which are refused."""

Step = Callable[..., Any]


def validate_document(schema: GraphQLSchema, document: DocumentNode) -> list[GraphQLError]:
    """Return the errors of a document, at most `MAX_VALIDATION_ERRORS`."""
    context = _FastValidationContext(schema, document)
    try:
        context.walk([rule(context) for rule in RULES], document)
    except _MaxErrorsReached:
        pass
    except (ValidationAbortedError, RecursionError):
        message = "The document merges or spreads too many fields to be checked. Select fewer."
        context.errors.append(GraphQLError(message))
    return context.errors


class _MaxErrorsReached(Exception):
    """Enough errors were found."""


class _FastValidationContext(ValidationContext):
    """The context of the rules: what they look up in the document, and where they report."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self.errors: list[GraphQLError] = []
        self._types = TypeInfo(schema)
        super().__init__(schema, document, self._types, self.errors.append)
        self._fragment_spreads: Any = RefMap()
        self._variable_usages: Any = RefMap()
        self._recursive_variable_usages: Any = RefMap()

    @property
    def hide_suggestions(self) -> bool:
        """Return whether enough errors have suggestions."""
        return len(self.errors) >= MAX_SUGGESTIONS

    def walk(self, rules: Sequence[Visitor], node: Node) -> None:
        """Visit a node and all nodes below it, in the document's order."""
        _TreeWalker(self._types, rules).visit(node)

    def get_variable_usages(self, node: Any) -> Any:
        """Return the variables that an operation or a fragment uses."""
        found = self._variable_usages.get(node)
        if found is None:
            usages = VariableUsageVisitor(self._types)
            self.walk([usages], node)
            found = self._variable_usages[node] = usages.usages
        return found

    def report_error(self, error: GraphQLError) -> None:
        """Add an error; stop the validation when there are enough."""
        self.errors.append(error)
        if len(self.errors) >= MAX_VALIDATION_ERRORS:
            raise _MaxErrorsReached


@dataclass(frozen=True)
class _NodeHooks:
    """The child keys and the methods of rules to call for nodes of one kind."""

    child_keys: tuple[str, ...]
    enter_type: Step | None
    leave_type: Step | None
    enter_steps: Sequence[tuple[Visitor, Step]]
    leave_steps: Sequence[tuple[Visitor, Step]]


class _TreeWalker:
    """A walk of rules through a tree. A rule that skips a node is not called below it."""

    def __init__(self, types: TypeInfo, rules: Sequence[Visitor]) -> None:
        self._types = types
        self._rules = rules
        self._hooks_by_kind: dict[str, _NodeHooks] = {}
        self._skipping_rules: set[Visitor] = set()
        self._ancestors: list[Any] = []

    def visit(self, node: Node, parent: Any = None) -> None:
        """Visit a node and all nodes below it."""
        hooks = self._hooks_by_kind.get(node.kind) or self._build_hooks(node.kind)
        if hooks.enter_type:
            hooks.enter_type(node)
        step_arguments = (node, None, parent, (), self._ancestors)
        skipping, skipped = self._skipping_rules, []
        for rule, step in hooks.enter_steps:
            if rule not in skipping and step(*step_arguments) is not None:
                skipped.append(rule)
        skipping.update(skipped)
        self._visit_children(node, hooks, parent)
        for rule, step in hooks.leave_steps:
            if rule not in skipping:
                step(*step_arguments)
        skipping.difference_update(skipped)
        if hooks.leave_type:
            hooks.leave_type()

    def _visit_children(self, node: Node, hooks: _NodeHooks, parent: Any) -> None:
        self._ancestors.append(parent)
        for key in hooks.child_keys:
            inner = getattr(node, key)
            if type(inner) is tuple:
                self._ancestors.append(node)
                for each in inner:
                    self.visit(each, inner)
                self._ancestors.pop()
            elif inner is not None:
                self.visit(inner, node)
        self._ancestors.pop()

    def _build_hooks(self, node_kind: str) -> _NodeHooks:
        found = self._hooks_by_kind[node_kind] = _NodeHooks(
            _CHILD_KEYS.get(node_kind, ()),
            getattr(self._types, f"enter_{node_kind}", None),
            getattr(self._types, f"leave_{node_kind}", None),
            self._find_steps("enter", node_kind),
            self._find_steps("leave", node_kind),
        )
        return found

    def _find_steps(self, phase: str, node_kind: str) -> Sequence[tuple[Visitor, Step]]:
        rule_methods = _find_rule_methods(tuple(map(type, self._rules)), phase, node_kind)
        return [(self._rules[n], getattr(self._rules[n], step)) for n, step in rule_methods]


@cache
def _find_rule_methods(
    rules: tuple[type[Visitor], ...], phase: str, node_kind: str
) -> Sequence[tuple[int, str]]:
    """Return the indexes of the rules with a method for this phase and kind, and its name."""
    steps = (f"{phase}_{node_kind}", phase)
    return [
        (n, next(step for step in steps if hasattr(rule, step)))
        for n, rule in enumerate(rules)
        if any(hasattr(rule, step) for step in steps)
    ]
