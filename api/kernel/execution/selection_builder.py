"""Selections: an operation of a document as trees of fields for the read compiler.

They are built once per operation and combination of the variables in @include and @skip.
graphql-core merges fields and fragments, and coerces arguments.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLField,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    Undefined,
    VariableNode,
    get_named_type,
    is_abstract_type,
    is_composite_type,
    is_non_null_type,
)
from graphql.execution.collect_fields import (
    FieldDetails,
    FragmentDetails,
    collect_fields,
    collect_subfields,
)
from graphql.execution.get_variable_signature import GraphQLVariableSignature
from graphql.execution.values import VariableValues

from api.kernel.documents.cost import INTROSPECTION_COSTS, Cost, max_cost
from api.kernel.documents.limits import Limits
from api.kernel.execution.argument_templates import ArgumentTemplate
from api.kernel.execution.field_costs import (
    compute_batch_cost,
    compute_field_cost,
    compute_row_cost,
)
from api.kernel.schema.declarations import BACKREF, FieldDeclaration
from api.kernel.schema.mutations import MUTATIONS
from api.kernel.schema.schema_builder import DECLARATION_KEY, TYPE_KEY
from persistence.reading.selection import (
    OPERATION_FIELD,
    ArgumentResolver,
    Field,
    Selection,
    resolve_no_arguments,
)

MAX_PREPARED_OPERATIONS = 32

TYPENAME = "__typename"
"""The meta field with the name of an object's type."""


@dataclass(eq=False)
class RootField:
    """A root field: its response key, and what to read for it.

    `field` is None where Python answers it: a mutation, introspection, or an estimate of a cost.
    `details` are its places in the document. A mutation and an estimate have `arguments`, and a
    mutation has a `mutation_call` once it was executed.
    """

    key: str
    field: Field | None = None
    build_null_tolerant_field: Callable[[], Field] | None = None
    details: Sequence[FieldDetails] = ()
    arguments: ArgumentTemplate | None = None
    mutation_call: Any = None

    @cached_property
    def null_tolerant_field(self) -> Field | None:
        """Return the field to read after a non-null violation; rare, so built when needed."""
        return self.build_null_tolerant_field and self.build_null_tolerant_field()

    @cached_property
    def bounded_fields(self) -> tuple[Field, ...]:
        """Return the fields whose arguments have bounds, which a request can exceed."""
        found, pending = [], [self.field]
        while pending:
            each = pending.pop()
            if each is None:
                continue
            if isinstance(each.arguments, ArgumentTemplate) and each.arguments.has_bounds:
                found.append(each)
            for fields in each.selection.fields_by_type.values() if each.selection else ():
                pending += fields
        return tuple(found)

    @property
    def fields(self) -> tuple[Field | None, ...]:
        """Return all fields that were read for this root field so far."""
        read_fields = self.mutation_call.read_fields if self.mutation_call is not None else ()
        return (self.field, vars(self).get("null_tolerant_field"), *read_fields)


@dataclass(frozen=True, eq=False)
class PreparedOperation:
    """An operation for one combination of its conditions: what to read, and its cost.

    `operation_field` is all of it as one field, if PostgreSQL alone can answer it.
    """

    roots: tuple[RootField, ...]
    cost: Cost
    operation_field: Field | None = None

    def release(self) -> None:
        """Release the plans, which refer to their fields."""
        for each in chain((self.operation_field,), *(root.fields for root in self.roots)):
            if each is not None:
                each.plan_caches.clear()


@dataclass(eq=False)
class Operation:
    """One operation of a document, and what was prepared for it."""

    schema: GraphQLSchema
    node: OperationDefinitionNode
    fragments: dict[str, FragmentDetails]
    condition_variables: tuple[str, ...]
    limits: Limits
    document: DocumentNode
    variable_coercers: Sequence[tuple[GraphQLVariableSignature, Callable[[Any], Any]]] | None = None
    _prepared_operations: dict[tuple[Any, ...], PreparedOperation] = field(default_factory=dict)

    def __post_init__(self) -> None:
        root = self.schema.get_root_type(self.node.operation)
        assert root is not None, "Validation has seen that the schema has this kind of operation."
        self.root_type: GraphQLObjectType = root
        self.kind: OperationType = self.node.operation
        self.kind_name: str = self.kind.value
        self.is_query = self.kind is OperationType.QUERY
        self.is_subscription = self.kind is OperationType.SUBSCRIPTION

    @property
    def name(self) -> str | None:
        """Return the operation's name in the document, or None."""
        return self.node.name.value if self.node.name else None

    @cached_property
    def document_without_variables(self) -> DocumentNode:
        """Return the document as if this operation had no variables.

        graphql-core gets the coerced values from the request, and does not coerce them again.
        """
        node = OperationDefinitionNode(
            operation=self.node.operation,
            name=self.node.name,
            directives=self.node.directives,
            selection_set=self.node.selection_set,
            loc=self.node.loc,
        )
        others = [each for each in self.document.definitions if each is not self.node]
        return DocumentNode(definitions=(node, *others))

    def prepare(self, values: VariableValues) -> PreparedOperation:
        """Return the selections for these variables, built at the first request that needs them."""
        key = tuple(values.coerced.get(name) for name in self.condition_variables)
        found = self._prepared_operations.get(key)
        if found is None:
            if len(self._prepared_operations) >= MAX_PREPARED_OPERATIONS:
                self._prepared_operations.clear()
            found = self._prepared_operations[key] = SelectionBuilder(
                self, values
            ).build_operation()
        return found

    def release(self) -> None:
        """Release all selections and the plans in them."""
        for each in self._prepared_operations.values():
            each.release()
        self._prepared_operations.clear()


@dataclass(eq=False)
class SelectionBuilder:
    """A builder of the selections of one operation.

    Null-tolerant selections also read the type of each object, for graphql-core.
    """

    operation: Operation
    values: VariableValues
    is_null_tolerant: bool = False

    def build_operation(self) -> PreparedOperation:
        """Build all root fields and the cost."""
        operation = self.operation
        grouped = collect_fields(
            operation.schema, operation.fragments, self.values, operation.root_type, operation.node
        ).grouped_field_set
        total_cost, roots = Cost(), []
        for key, details in grouped.items():
            root, cost = self._build_root_field(key, details)
            roots.append(root)
            total_cost += cost
        return PreparedOperation(tuple(roots), total_cost, self._build_operation_field(roots))

    def _build_operation_field(self, roots: Sequence[RootField]) -> Field | None:
        fields = [root.field for root in roots if root.field is not None]
        if len(fields) < len(roots) or not self.operation.is_query:
            return None
        return Field(
            OPERATION_FIELD, OPERATION_FIELD, selection=Selection({"Query": tuple(fields)})
        )

    def _build_root_field(self, key: str, details: list[FieldDetails]) -> tuple[RootField, Cost]:
        root_type = self.operation.root_type
        name = details[0].node.name.value
        if name == TYPENAME:
            return RootField(key, Field(key, name)), Cost()
        definition = self.operation.schema.get_field(root_type, name)
        assert definition is not None, "Validation has seen this field."
        if get_field_declaration(definition) is None and not self.operation.is_subscription:
            if name.startswith("__"):
                cost = Cost(INTROSPECTION_COSTS[name]).name("the introspection")
                return RootField(key, details=details), cost.put_below(key)
            if self.operation.is_query:  # an estimate of a cost
                arguments = ArgumentTemplate(definition, details[0].node)
                return RootField(key, details=details, arguments=arguments), Cost(1)
            arguments = ArgumentTemplate(definition, details[0].node, keeps_nulls=True)
            cost = self._compute_mutation_cost(definition, details, arguments)
            return RootField(key, details=details, arguments=arguments), cost.put_below(key)
        field_, cost = self.build_field(key, root_type, details)
        null_tolerant_builder = SelectionBuilder(self.operation, self.values, is_null_tolerant=True)
        return RootField(
            key, field_, lambda: null_tolerant_builder.build_field(key, root_type, details)[0]
        ), cost

    def _compute_mutation_cost(
        self, definition: GraphQLField, details: list[FieldDetails], arguments: ArgumentTemplate
    ) -> Cost:
        """Return the cost of a mutation and of what is selected of its payload."""
        payload = get_named_type(definition.type)
        cost = Cost(self.operation.limits.mutation_cost).name("the change")
        inner_cost = self.build_selection(payload, details)[1]
        rows = MUTATIONS[get_python_name(definition)].rows_field
        if rows is not None:
            return compute_row_cost(cost, inner_cost, arguments, rows)
        cost += inner_cost
        if "inputs" in definition.args:
            return compute_batch_cost(cost, arguments)
        return cost

    def build_field(
        self, key: str, parent: GraphQLObjectType, details: list[FieldDetails]
    ) -> tuple[Field, Cost]:
        """Build one merged field with all fields below it, and its cost."""
        node = details[0].node
        if node.name.value == TYPENAME:
            return Field(key, TYPENAME), Cost()
        definition = self.operation.schema.get_field(parent, node.name.value)
        assert definition is not None, "Validation has seen this field."
        field_declaration = get_field_declaration(definition)
        arguments = self._build_arguments(definition, node, field_declaration)
        name = get_python_name(definition)
        named_type = get_named_type(definition.type)
        if not is_composite_type(named_type):
            return Field(key, name, arguments, can_vary=_build_varies_check(arguments)), Cost()
        selection, inner_cost = self.build_selection(named_type, details)
        is_non_null = is_non_null_type(definition.type)
        cost = compute_field_cost(field_declaration, name, arguments, selection, inner_cost)
        return Field(
            key, name, arguments, selection, is_non_null, _build_varies_check(arguments)
        ), cost.put_below(key)

    def build_selection(
        self, named_type: GraphQLNamedType, details: list[FieldDetails]
    ) -> tuple[Selection, Cost]:
        """Build what is selected of an object, for each type that it may have, and its cost."""
        fields_by_type, costs = {}, []
        abstract = is_abstract_type(named_type)
        for type_ in self._iterate_possible_types(named_type):
            fields, type_cost = [], Cost()
            for key, inner in self.group_fields(type_, details).items():
                field_, cost = self.build_field(key, type_, inner)
                fields.append(field_)
                type_cost += cost
            if abstract and self.is_null_tolerant:
                fields.append(Field(TYPE_KEY, TYPENAME))
            fields_by_type[type_.name] = tuple(fields)
            costs.append(type_cost)
        return Selection(fields_by_type), max_cost(costs)

    def group_fields(
        self, type_: GraphQLObjectType, details: list[FieldDetails]
    ) -> Mapping[str, list[FieldDetails]]:
        """Return the fields selected of an object of this type, by their response keys."""
        operation = self.operation
        return collect_subfields(
            operation.schema, operation.fragments, self.values, operation.node, type_, details
        ).grouped_field_set

    def _iterate_possible_types(self, named_type: GraphQLNamedType) -> Iterator[GraphQLObjectType]:
        if isinstance(named_type, GraphQLObjectType):
            yield named_type
        else:
            yield from self.operation.schema.get_possible_types(named_type)  # type: ignore[arg-type]

    @staticmethod
    def _build_arguments(
        definition: GraphQLField, node: FieldNode, field_declaration: FieldDeclaration | None
    ) -> ArgumentResolver:
        has_defaults = any(each.default_value is not Undefined for each in definition.args.values())
        if not node.arguments and not has_defaults:
            return resolve_no_arguments
        return ArgumentTemplate(
            definition, node, field_declaration.flatten if field_declaration else None
        )


def get_field_declaration(definition: GraphQLField) -> FieldDeclaration | None:
    """Return the declaration of a field, or None for a field that Python answers."""
    backref = definition.extensions.get(BACKREF)
    field_declaration = backref.metadata.get(DECLARATION_KEY) if backref is not None else None
    return field_declaration if isinstance(field_declaration, FieldDeclaration) else None


def get_python_name(definition: GraphQLField) -> str:
    """Return the name of a field in Python."""
    return str(definition.extensions[BACKREF].python_name)


def _build_varies_check(arguments: ArgumentResolver) -> Callable[[str], bool]:
    return arguments.may_vary if isinstance(arguments, ArgumentTemplate) else lambda _: False


def collect_condition_variables(document: DocumentNode) -> tuple[str, ...]:
    """Return the names of the variables in @include and @skip, anywhere in the document."""
    names: set[str] = set()
    nodes: list[Any] = list(document.definitions)
    while nodes:
        node = nodes.pop()
        inner = getattr(node, "selection_set", None)
        if inner is not None:
            nodes.extend(inner.selections)
        for directive in node.directives or ():
            if directive.name.value in ("include", "skip"):
                names.update(
                    each.value.name.value
                    for each in directive.arguments or ()
                    if isinstance(each.value, VariableNode)
                )
    return tuple(sorted(names))


def collect_fragments(document: DocumentNode) -> dict[str, FragmentDetails]:
    """Return the fragments of a document, in the form of graphql-core's collectors."""
    return {
        each.name.value: FragmentDetails(each)
        for each in document.definitions
        if isinstance(each, FragmentDefinitionNode)
    }
