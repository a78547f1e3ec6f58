"""Assembly: promises meet readables and become one schema, or a sentence that names the fix."""

from collections.abc import Iterator, Mapping
from typing import Any, get_args, get_origin

import strawberry
from graphql import (
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_input_object_type,
)
from strawberry.annotation import StrawberryAnnotation
from strawberry.schema.config import StrawberryConfig
from strawberry.types.arguments import StrawberryArgument

from api.kernel.schema.declarations import (
    TYPE_DECLARATIONS,
    TYPES,
    ArgumentDeclaration,
    Connection,
    FieldDeclaration,
    SchemaError,
    TypeDeclaration,
    is_optional,
)
from api.kernel.schema.directives import idempotent
from api.kernel.schema.filter_inputs import (
    RESOLVER_KEY,
    FieldSpec,
    make_order,
    make_type,
    make_where,
    resolve_by_response_key,
)
from api.kernel.schema.scalars import SCALARS
from domain.kernel.access import EVERYBODY
from persistence.reading.read_model import (
    AnyNode,
    JsonRows,
    ListOf,
    Many,
    ModelField,
    One,
    UnionOf,
    Value,
)

BACKREF = "strawberry-definition"
DECLARATION_KEY = "trellis-compiled"
TYPE_KEY = "~type"
"""The key under which careful answers name an object's type; no client can ask for it."""

_SOURCE_TYPES: dict[str, tuple[type, ...]] = {
    "value": (Value,),
    "one": (One, UnionOf, AnyNode),
    "many": (Many,),
    "listed": (ListOf, JsonRows, AnyNode),
}
_KIND_OF_SOURCE: dict[type, str] = {
    Value: "value",
    One: "one",
    UnionOf: "one",
    AnyNode: "one",
    Many: "many",
    ListOf: "listed",
    JsonRows: "listed",
}
_COMPUTED_FIELDS = {"viewer_can"}


def build_schema(
    query: type, mutation: type | None = None, subscription: type | None = None
) -> strawberry.Schema:
    """The schema of everything declared. Raises Unreadable for a promise that cannot be kept."""
    hints = {name: declared.resolve_type_hints() for name, declared in TYPE_DECLARATIONS.items()}
    for name, declared in TYPE_DECLARATIONS.items():
        _check_declaration(declared, hints[name])
    for name in sorted(
        {target for each in hints.values() for target in _iterate_connection_targets(each)}
    ):
        _make_connection_types(name)
    for name, declared in TYPE_DECLARATIONS.items():
        if declared.where or declared.order_by:
            make_where(declared, {key: _strip_optional(hint) for key, hint in hints[name].items()})
        if declared.order_by:
            make_order(declared)
    for name, declared in TYPE_DECLARATIONS.items():
        _assign_field_types(declared, hints[name])
    schema = strawberry.Schema(
        query=query,
        mutation=mutation,
        subscription=subscription,
        directives=[idempotent],
        types=[declared.cls for name, declared in TYPE_DECLARATIONS.items() if name in TYPES],
        config=StrawberryConfig(scalar_map=SCALARS, disable_field_suggestions=False),
    )
    _prepare_core_schema(schema._schema)  # noqa: SLF001
    return schema


# -- checks -----------------------------------------------------------------------------------


def _check_declaration(declaration: TypeDeclaration, hints: Mapping[str, Any]) -> None:
    """Every promise has something behind it, of its kind, and what may be hidden may be null."""
    readable = declaration.read_model
    for name, promise in declaration.field_declarations.items():
        where = f"{declaration.name}.{name}"
        if name in _COMPUTED_FIELDS:
            continue
        source = readable.fields.get(name)
        if source is None:
            raise SchemaError(
                f"{where} is promised and cannot be read. Correct the name, or declare it on the"
                f" readable {readable.name}: it has {', '.join(sorted(readable.fields))}."
            )
        if not isinstance(source, _SOURCE_TYPES[promise.kind]):
            found = _KIND_OF_SOURCE[type(source)]
            raise SchemaError(
                f"{where} is promised as {promise.kind}(…). Promise it as {found}(…)."
            )
        if may_hide(source) and not is_optional(hints[name]):
            raise SchemaError(f"{where} may be hidden. Allow null: `{name}: … | None`.")


def may_hide(source: ModelField) -> bool:
    """Whether somebody who sees the object may not see what this field leads to."""
    match source:
        case Value(_, see):
            return see is not None and see != EVERYBODY
        case One(target, _, see):
            return target.see != EVERYBODY or (see is not None and see != EVERYBODY)
        case UnionOf(_, members):
            return any(may_hide(each) for each in members.values())
        case Many(see=see) | ListOf(see=see):
            return see is not None and see != EVERYBODY
        case _:
            return False


# -- types of fields --------------------------------------------------------------------------


def _iterate_connection_targets(hints: Mapping[str, Any]) -> Iterator[str]:
    for hint in hints.values():
        target = _get_connection_target(hint)
        if target is not None:
            yield target.__name__


def _get_connection_target(hint: Any) -> Any:
    bare = _strip_optional(hint)
    return get_args(bare)[0] if get_origin(bare) is Connection else None


def _strip_optional(hint: Any) -> Any:
    """The type without its `| None`."""
    if not is_optional(hint):
        return hint
    rest = tuple(each for each in get_args(hint) if each is not type(None))
    return rest[0] if len(rest) == 1 else hint


def _make_connection_types(name: str) -> None:
    make_type(
        f"{name}Edge",
        f"A {name} in a page, with its place.",
        {
            "node": FieldSpec(name, f"The {name}.", resolver=resolve_by_response_key),
            "cursor": FieldSpec(
                str,
                "Its place in the order; hand it back as after or before.",
                resolver=resolve_by_response_key,
            ),
        },
    )
    make_type(
        f"{name}Connection",
        f"A page of {name} objects.",
        {
            "edges": FieldSpec(
                f"list[{name}Edge]",
                "The objects of the page, each with its cursor.",
                resolver=resolve_by_response_key,
            ),
            "nodes": FieldSpec(
                f"list[{name}]", "The objects of the page.", resolver=resolve_by_response_key
            ),
            "page_info": FieldSpec(
                "PageInfo",
                "Where the page lies and whether there is more.",
                resolver=resolve_by_response_key,
            ),
            "total_count": FieldSpec(
                int,
                "How many there are on all pages that the viewer may see.",
                resolver=resolve_by_response_key,
            ),
        },
    )


make_type(
    "PageInfo",
    "Where a page lies and whether there is more.",
    {
        "has_next_page": FieldSpec(
            bool, "There is more after this page.", resolver=resolve_by_response_key
        ),
        "has_previous_page": FieldSpec(
            bool, "There is more before this page.", resolver=resolve_by_response_key
        ),
        "start_cursor": FieldSpec(
            str | None,
            "The place of the first object; null in an empty page.",
            resolver=resolve_by_response_key,
        ),
        "end_cursor": FieldSpec(
            str | None,
            "The place of the last object; null in an empty page.",
            resolver=resolve_by_response_key,
        ),
    },
)


def _assign_field_types(declaration: TypeDeclaration, hints: Mapping[str, Any]) -> None:
    namespace = {**vars(__import__(declaration.cls.__module__, fromlist=["*"])), **TYPES}
    for field in declaration.cls.__strawberry_definition__.fields:  # type: ignore[attr-defined]
        promise = declaration.field_declarations[field.python_name]
        hint = hints[field.python_name]
        target = _get_connection_target(hint)
        annotation = hint
        if target is not None:
            connection = f"{target.__name__}Connection"
            annotation = f"{connection} | None" if is_optional(hint) else connection
        field.type_annotation = StrawberryAnnotation(annotation, namespace=namespace)
        field.metadata = {DECLARATION_KEY: promise, RESOLVER_KEY: resolve_by_response_key}
        field.arguments = list(_build_field_arguments(promise, target, namespace))


def _build_field_arguments(
    field_declaration: FieldDeclaration, target: Any, namespace: dict[str, Any]
) -> Iterator[StrawberryArgument]:
    paging = {} if target is None else _build_paging_arguments(target.__name__)
    return to_strawberry_arguments(paging | dict(field_declaration.arguments), namespace)


def to_strawberry_arguments(
    arguments: Mapping[str, ArgumentDeclaration], namespace: dict[str, Any]
) -> Iterator[StrawberryArgument]:
    """Declared arguments as Strawberry wants them."""
    for name, each in arguments.items():
        annotation = each.type
        if not each.is_required:
            annotation = f"{each.type} | None" if isinstance(each.type, str) else each.type | None
        yield StrawberryArgument(
            python_name=name,
            graphql_name=None,
            type_annotation=StrawberryAnnotation(annotation, namespace=namespace),
            description=each.description,
        )


def _build_paging_arguments(name: str) -> dict[str, ArgumentDeclaration]:
    arguments = {
        "first": ArgumentDeclaration(int, "How many from the start: 25 unless said, 100 at most."),
        "after": ArgumentDeclaration(str, "Only what comes after this cursor."),
        "last": ArgumentDeclaration(int, "How many from the end: 100 at most."),
        "before": ArgumentDeclaration(str, "Only what comes before this cursor."),
    }
    declared = TYPE_DECLARATIONS[name]
    if declared.where:
        arguments["where"] = ArgumentDeclaration(f"{name}Where", "Only what is like this.")
    if declared.order_by:
        arguments["order_by"] = ArgumentDeclaration(
            f"list[{name}Order]", "The order; at most three keys."
        )
    if declared.read_model.is_searchable:
        text = (
            "Only what has words starting with each of these; capitals and accents do not matter."
        )
        arguments["search"] = ArgumentDeclaration(str, text)
    return arguments


# -- the schema of graphql-core ---------------------------------------------------------------


def _prepare_core_schema(schema: GraphQLSchema) -> None:
    """Let fields take arguments by Python name, and compiled ones read answers by response key."""
    seen: set[str] = set()
    for type_ in schema.type_map.values():
        match type_:
            case GraphQLObjectType() if not type_.name.startswith("__"):
                type_.is_type_of = None
                for field in type_.fields.values():
                    read = field.extensions[BACKREF].metadata.get(RESOLVER_KEY)
                    if read is not None:
                        field.resolve = read
                    _set_argument_out_names(field, seen)
            case GraphQLInterfaceType() | GraphQLUnionType():
                type_.resolve_type = resolve_type_name


def resolve_type_name(source: Any, *_: Any) -> Any:
    """The type of an object in a careful answer."""
    return source[TYPE_KEY]


def _set_argument_out_names(field: GraphQLField, seen: set[str]) -> None:
    for argument in field.args.values():
        argument.out_name = argument.extensions[BACKREF].python_name
        _set_input_out_names(get_named_type(argument.type), seen)


def _set_input_out_names(type_: Any, seen: set[str]) -> None:
    """Let an input of a compiled field come out under its Python names."""
    if not is_input_object_type(type_) or type_.name in seen:
        return
    assert isinstance(type_, GraphQLInputObjectType)
    seen.add(type_.name)
    for field in type_.fields.values():
        field.out_name = field.extensions[BACKREF].python_name
        _set_input_out_names(get_named_type(field.type), seen)
