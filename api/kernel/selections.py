"""Selections: an operation of a document as trees that the read compiler understands.

Built once per operation and combination of the variables that @include and @skip look at. Merging
of fields and fragments is graphql-core's own; so is the coercion of arguments.
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

from api.kernel.arguments import FieldArguments
from api.kernel.assembly import BACKREF, COMPILED, TYPE_KEY
from api.kernel.graph import Promise
from api.kernel.limits import LISTED, Limits, Price, counted, dearest
from persistence.reading.selection import (
    OPERATION_FIELD,
    ArgumentResolver,
    Field,
    ReadRequest,
    Selection,
    resolve_no_arguments,
)
from persistence.reading.sources import DEFAULT_PAGE_SIZE

MOST_VARIANTS = 32


@dataclass(eq=False)
class Root:
    """A root field: its key, and what to read for it, or None where Python answers it.

    `details` are its places in the document, and `performed` what a mutation is to do.
    """

    key: str
    field: Field | None = None
    with_care: Callable[[], Field] | None = None
    details: Sequence[FieldDetails] = ()
    performed: Any = None

    @cached_property
    def careful(self) -> Field | None:
        """What to read where a promise broke, which is seldom: it is built when it is needed."""
        return self.with_care and self.with_care()

    @property
    def fields(self) -> tuple[Field | None, ...]:
        """All that was read for it so far."""
        read = self.performed.objects if self.performed is not None else ()
        return (self.field, vars(self).get("careful"), *read)


@dataclass(frozen=True, eq=False)
class Prepared:
    """An operation under one combination of its conditions: what to read, and what it costs.

    `whole` is all of it as one field, where PostgreSQL alone answers it.
    """

    roots: tuple[Root, ...]
    price: Price
    whole: Field | None = None

    def forget(self) -> None:
        """Let go of the plans, which lead back to their fields."""
        for each in chain((self.whole,), *(root.fields for root in self.roots)):
            if each is not None:
                each.plan_caches.clear()


@dataclass(eq=False)
class Operation:
    """One operation of a document."""

    schema: GraphQLSchema
    node: OperationDefinitionNode
    fragments: dict[str, FragmentDetails]
    conditions: tuple[str, ...]
    limits: Limits
    document: DocumentNode
    declared: Sequence[tuple[GraphQLVariableSignature, Callable[[Any], Any]]] | None = None
    _prepared: dict[tuple[Any, ...], Prepared] = field(default_factory=dict)

    def __post_init__(self) -> None:
        root = self.schema.get_root_type(self.node.operation)
        assert root is not None, "Validation has seen that the schema has this kind of operation."
        self.root_type: GraphQLObjectType = root

    @property
    def is_query(self) -> bool:
        """Whether it only reads."""
        return self.node.operation is OperationType.QUERY

    @property
    def is_subscription(self) -> bool:
        """Whether it listens."""
        return self.node.operation is OperationType.SUBSCRIPTION

    @property
    def name(self) -> str | None:
        """Its name in the document, if it has one."""
        return self.node.name.value if self.node.name else None

    def prepared(self, values: VariableValues) -> Prepared:
        """The selections for these variables, built at the first request that needs them."""
        key = tuple(values.coerced.get(name) for name in self.conditions)
        found = self._prepared.get(key)
        if found is None:
            if len(self._prepared) >= MOST_VARIANTS:
                self._prepared.clear()
            found = self._prepared[key] = Builder(self, values).prepared()
        return found

    def forget(self) -> None:
        """Let go of all selections, and of the plans in them."""
        for each in self._prepared.values():
            each.forget()
        self._prepared.clear()


@dataclass(eq=False)
class Builder:
    """Builds the selections of one operation; `careful` ones tell the type of each object."""

    operation: Operation
    values: VariableValues
    careful: bool = False

    def prepared(self) -> Prepared:
        """All root fields."""
        operation = self.operation
        grouped = collect_fields(
            operation.schema, operation.fragments, self.values, operation.root_type, operation.node
        ).grouped_field_set
        price, roots = Price(), []
        for key, details in grouped.items():
            root, cost = self._root(key, details)
            roots.append(root)
            price += cost
        return Prepared(tuple(roots), price, self._whole(roots))

    def _whole(self, roots: Sequence[Root]) -> Field | None:
        fields = [root.field for root in roots if root.field is not None]
        if len(fields) < len(roots) or not self.operation.is_query:
            return None
        return Field(
            OPERATION_FIELD, OPERATION_FIELD, selection=Selection({"Query": tuple(fields)})
        )

    def _root(self, key: str, details: list[FieldDetails]) -> tuple[Root, Price]:
        root_type = self.operation.root_type
        name = details[0].node.name.value
        if name == "__typename":
            return Root(key, Field(key, name)), Price()
        definition = self.operation.schema.get_field(root_type, name)
        assert definition is not None, "Validation has seen this field."
        if promise_of(definition) is None and not self.operation.is_subscription:
            price = Price() if name.startswith("__") else self._python(definition, details)
            return Root(key, details=details), price
        field_, price = self.field(key, root_type, details)
        careful = Builder(self.operation, self.values, careful=True)
        return Root(key, field_, lambda: careful.field(key, root_type, details)[0]), price

    def _python(self, definition: GraphQLField, details: list[FieldDetails]) -> Price:
        """What a field costs that Python answers: a mutation, and what is asked of its payload."""
        named = get_named_type(definition.type)
        fixed = 0 if self.operation.is_query else self.operation.limits.mutation_cost
        if not is_composite_type(named):
            return Price(fixed)
        price = Price(fixed) + self.selection(named, details)[1]
        if "inputs" in definition.args:
            arguments = self._arguments(definition, details[0].node, None)
            return price.times(_rows(arguments, _batch_rows, "input"))
        return price

    def field(
        self, key: str, parent: GraphQLObjectType, details: list[FieldDetails]
    ) -> tuple[Field, Price]:
        """One merged field with all below it, and its price."""
        node = details[0].node
        if node.name.value == "__typename":
            return Field(key, "__typename"), Price()
        definition = self.operation.schema.get_field(parent, node.name.value)
        assert definition is not None, "Validation has seen this field."
        promise = promise_of(definition)
        arguments = self._arguments(definition, node, promise)
        name = python_name(definition)
        named = get_named_type(definition.type)
        if not is_composite_type(named):
            return Field(key, name, arguments, can_vary=_varies(arguments)), Price()
        selection, inner = self.selection(named, details)
        promised = is_non_null_type(definition.type)
        price = _price(promise, name, arguments, inner)
        return Field(key, name, arguments, selection, promised, _varies(arguments)), price

    def selection(
        self, named: GraphQLNamedType, details: list[FieldDetails]
    ) -> tuple[Selection, Price]:
        """What is asked of an object, for each type it may have."""
        of, prices = {}, []
        abstract = is_abstract_type(named)
        for type_ in self._possible(named):
            fields, price = [], Price()
            for key, inner in self.grouped(type_, details).items():
                field_, cost = self.field(key, type_, inner)
                fields.append(field_)
                price += cost
            if abstract and self.careful:
                fields.append(Field(TYPE_KEY, "__typename"))
            of[type_.name] = tuple(fields)
            prices.append(price)
        return Selection(of), dearest(prices)

    def grouped(
        self, type_: GraphQLObjectType, details: list[FieldDetails]
    ) -> Mapping[str, list[FieldDetails]]:
        operation = self.operation
        return collect_subfields(
            operation.schema, operation.fragments, self.values, operation.node, type_, details
        ).grouped_field_set

    def _possible(self, named: GraphQLNamedType) -> Iterator[GraphQLObjectType]:
        if isinstance(named, GraphQLObjectType):
            yield named
        else:
            yield from self.operation.schema.get_possible_types(named)  # type: ignore[arg-type]

    @staticmethod
    def _arguments(
        definition: GraphQLField, node: FieldNode, promise: Promise | None
    ) -> ArgumentResolver:
        defaults = any(each.default_value is not Undefined for each in definition.args.values())
        if not node.arguments and not defaults:
            return resolve_no_arguments
        return FieldArguments(definition, node, promise.flatten if promise else None)


def promise_of(definition: GraphQLField) -> Promise | None:
    """The promise that a field was declared with, or None for a field that Python answers."""
    backref = definition.extensions.get(BACKREF)
    promise = backref.metadata.get(COMPILED) if backref is not None else None
    return promise if isinstance(promise, Promise) else None


def python_name(definition: GraphQLField) -> str:
    """The name of a field in Python."""
    return str(definition.extensions[BACKREF].python_name)


def _varies(arguments: ArgumentResolver) -> Callable[[str], bool]:
    return arguments.varies if isinstance(arguments, FieldArguments) else lambda _: False


def _price(promise: Promise | None, name: str, arguments: ArgumentResolver, inner: Price) -> Price:
    """An object costs 1, also as a row of a connection; a connection 2 and its rows."""
    match promise.kind if promise else None:
        case "many":
            return Price(2) + inner.times(_rows(arguments, _page_rows, "first", "last"))
        case "listed":
            return (Price(1) + inner).times(_rows(arguments, _list_rows, "ids"))
        case "one":
            return Price(1) + inner
        case _:
            return Price(1) + inner if name in ("node", "nodes") else inner


def _rows(
    arguments: ArgumentResolver, rows: Callable[[Mapping[str, Any]], float], *names: str
) -> float | Callable[[ReadRequest], float]:
    if not isinstance(arguments, FieldArguments):
        return rows({})
    if any(map(arguments.varies, names)):
        return lambda run: rows(arguments(run))
    return rows(arguments.settled(*names))


def _page_rows(arguments: Mapping[str, Any]) -> float:
    size = arguments.get("last", arguments.get("first", DEFAULT_PAGE_SIZE))
    return counted(size)


def _list_rows(arguments: Mapping[str, Any]) -> float:
    ids = arguments.get("ids")
    return LISTED if ids is None else len(ids)


def _batch_rows(arguments: Mapping[str, Any]) -> float:
    return len(arguments["input"])


def conditions_of(document: DocumentNode) -> tuple[str, ...]:
    """The variables that @include and @skip look at, anywhere in the document."""
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


def fragments_of(document: DocumentNode) -> dict[str, FragmentDetails]:
    """The fragments of a document, as graphql-core's collectors want them."""
    return {
        each.name.value: FragmentDetails(each)
        for each in document.definitions
        if isinstance(each, FragmentDefinitionNode)
    }
