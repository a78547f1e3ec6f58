"""Build the schema: check declarations against read models, and give every field its type."""

from collections.abc import Iterator, Mapping
from typing import Any, get_args, get_origin

import strawberry
from graphql import (
    DirectiveLocation,
    GraphQLDirective,
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
from strawberry.utils.str_converters import to_camel_case

from api.kernel.schema.action_enums import declare_action_enums
from api.kernel.schema.declarations import (
    BACKREF,
    QUERIES,
    TYPE_DECLARATIONS,
    TYPES,
    ArgumentDeclaration,
    Connection,
    FieldDeclaration,
    SchemaError,
    TypeDeclaration,
    argument,
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
from api.kernel.schema.input_bounds import bounds_metadata, require_bounds
from api.kernel.schema.scalars import SCALARS
from domain.kernel.access import EVERYBODY
from persistence.reading.cursors import MAX_CURSOR_LENGTH
from persistence.reading.filters import MAX_COMPARISONS, MAX_DEPTH
from persistence.reading.ordering import MAX_SORT_KEYS
from persistence.reading.parameters import DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE
from persistence.reading.read_model import (
    AnyNode,
    ComputedList,
    ComputedOne,
    ListOf,
    Many,
    ModelField,
    One,
    UnionOf,
    Value,
)
from persistence.reading.search import MAX_SEARCH_LENGTH, MAX_SEARCH_WORDS

DECLARATION_KEY = "trellis-compiled"
DRAFT_LOCATIONS = frozenset({DirectiveLocation.DIRECTIVE_DEFINITION})
TYPE_KEY = "~type"
"""The key that names an object's type in answers of the careful executor. No field has it."""

_SOURCE_TYPES: dict[str, tuple[type, ...]] = {
    "value": (Value,),
    "one": (One, ComputedOne, UnionOf, AnyNode),
    "many": (Many,),
    "listed": (ListOf, ComputedList, AnyNode),
}
_KIND_OF_SOURCE = {
    source: kind for kind, sources in reversed(_SOURCE_TYPES.items()) for source in sources
}
_COMPUTED_FIELDS = {"viewer_can"}


def build_schema(
    query: type, mutation: type | None = None, subscription: type | None = None
) -> strawberry.Schema:
    """Build the schema of all declarations. Raises SchemaError for one that cannot work."""
    declare_action_enums()
    hints = {name: declared.resolve_type_hints() for name, declared in TYPE_DECLARATIONS.items()}
    for name, declared in TYPE_DECLARATIONS.items():
        _check_declaration(declared, hints[name])
    for name in sorted(
        {target for each in hints.values() for target in _iterate_connection_targets(each)}
    ):
        _make_connection_types(name)
    for name, declared in TYPE_DECLARATIONS.items():
        leaves = {key: _strip_optional(hint) for key, hint in hints[name].items()}
        if declared.where or declared.order_by:
            make_where(declared, leaves)
        if declared.order_by:
            make_order(declared, leaves)
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
    require_bounds(schema._schema)  # noqa: SLF001
    return schema


# -- checks -----------------------------------------------------------------------------------


def _check_declaration(declaration: TypeDeclaration, hints: Mapping[str, Any]) -> None:
    """Raise SchemaError for a field without a source of its kind, or that hides and is not null."""
    readable = declaration.read_model
    for name, promise in declaration.field_declarations.items():
        where = f"{declaration.name}.{name}"
        if name in _COMPUTED_FIELDS:
            continue
        source = readable.fields.get(name)
        if source is None:
            raise SchemaError(
                f"{where} is not in the read model. Correct the name, or declare it on"
                f" {readable.name}, which has {', '.join(sorted(readable.fields))}."
            )
        if not isinstance(source, _SOURCE_TYPES[promise.kind]):
            found = _KIND_OF_SOURCE[type(source)]
            raise SchemaError(
                f"{where} is declared as {promise.kind}(…). Declare it as {found}(…)."
            )
        if may_hide(source) and not is_optional(hints[name]):
            raise SchemaError(f"{where} may be hidden. Allow null: `{name}: … | None`.")


def may_hide(source: ModelField) -> bool:
    """Return whether a viewer may see the object and not what this field leads to."""
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
    """Return the type without `| None`."""
    if not is_optional(hint):
        return hint
    rest = tuple(each for each in get_args(hint) if each is not type(None))
    return rest[0] if len(rest) == 1 else hint


def _make_connection_types(name: str) -> None:
    make_type(
        f"{name}Edge",
        f"One {name} with its cursor.",
        {
            "node": FieldSpec(name, f"The {name}.", resolver=resolve_by_response_key),
            "cursor": FieldSpec(
                str,
                "The place in the order. Send it back as `after` or `before`.",
                resolver=resolve_by_response_key,
            ),
        },
    )
    make_type(
        f"{name}Connection",
        f"A page of {name} objects. Objects the viewer may not see are left out.",
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
                "The cursors of the page, and whether there are more pages.",
                resolver=resolve_by_response_key,
            ),
            "total_count": FieldSpec(
                int,
                "The number of objects on all pages.",
                resolver=resolve_by_response_key,
            ),
        },
    )


make_type(
    "PageInfo",
    "The cursors of a page, and whether there are more pages.",
    {
        "has_next_page": FieldSpec(
            bool, "Whether objects follow this page.", resolver=resolve_by_response_key
        ),
        "has_previous_page": FieldSpec(
            bool, "Whether objects come before this page.", resolver=resolve_by_response_key
        ),
        "start_cursor": FieldSpec(
            str | None,
            "The cursor of the first object. Null on an empty page.",
            resolver=resolve_by_response_key,
        ),
        "end_cursor": FieldSpec(
            str | None,
            "The cursor of the last object. Null on an empty page.",
            resolver=resolve_by_response_key,
        ),
    },
)


_ABOUT_FAILED_ROOTS = "The whole field is null when it fails; see the `errors` of the response."
"""Root fields are nullable, so that one that fails does not empty the others."""


def _assign_field_types(declaration: TypeDeclaration, hints: Mapping[str, Any]) -> None:
    namespace = {**vars(__import__(declaration.cls.__module__, fromlist=["*"])), **TYPES}
    for field in declaration.cls.__strawberry_definition__.fields:  # type: ignore[attr-defined]
        promise = declaration.field_declarations[field.python_name]
        hint = hints[field.python_name]
        target = _get_connection_target(hint)
        if declaration.cls in QUERIES and not is_optional(hint):
            hint |= None
            field.description = f"{field.description} {_ABOUT_FAILED_ROOTS}"
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
    """Convert declared arguments to Strawberry's."""
    for name, each in arguments.items():
        annotation = each.type
        if not each.is_required:
            annotation = f"{each.type} | None" if isinstance(each.type, str) else each.type | None
        yield StrawberryArgument(
            python_name=name,
            graphql_name=each.graph_name,
            type_annotation=StrawberryAnnotation(annotation, namespace=namespace),
            description=each.description,
            metadata=bounds_metadata(each.max_length, each.max_items),
        )


_PAGE_ARGUMENTS = {
    "first": argument(
        int,
        f"The number of objects from the start, {MAX_PAGE_SIZE} at most. Default:"
        f" {DEFAULT_PAGE_SIZE}, unless `last` is given.",
    ),
    "after": argument(str, "Return only objects after this cursor.", max_length=MAX_CURSOR_LENGTH),
    "last": argument(
        int,
        f"The number of objects from the end, {MAX_PAGE_SIZE} at most. Not together with `first`.",
    ),
    "before": argument(
        str, "Return only objects before this cursor.", max_length=MAX_CURSOR_LENGTH
    ),
}


def _build_paging_arguments(name: str) -> dict[str, ArgumentDeclaration]:
    arguments = dict(_PAGE_ARGUMENTS)
    declared = TYPE_DECLARATIONS[name]
    if declared.where:
        arguments["where"] = ArgumentDeclaration(
            f"{name}Where",
            f"Return only objects that match this filter. At most {MAX_COMPARISONS} comparisons on"
            f" {MAX_DEPTH} levels.",
        )
    if declared.order_by:
        arguments["order_by"] = argument(
            f"list[{name}Order]",
            f"The order: {MAX_SORT_KEYS} keys at most, the first one counts most."
            f"{_describe_order(declared)}",
            max_items=MAX_SORT_KEYS,
        )
    if declared.read_model.is_searchable:
        text = (
            "Return only objects that have a word beginning with each of these words. Case and"
            f" accents do not matter. At most {MAX_SEARCH_WORDS} words and {MAX_SEARCH_LENGTH}"
            " characters."
        )
        arguments["search"] = argument(str, text, max_length=MAX_SEARCH_LENGTH)
    return arguments


def _describe_order(declaration: TypeDeclaration) -> str:
    """Return the default order of a type as a sentence; empty where it is no attribute."""
    order = declaration.read_model.order
    if not isinstance(order, tuple) or not order:
        return ""
    if order[0] in ("id", "-id"):
        return f" Default: the {'newest' if order[0] == '-id' else 'oldest'} first."
    direction = ", in descending order" if order[0].startswith("-") else ""
    return f" Default: by `{to_camel_case(order[0].lstrip('-'))}`{direction}."


# -- the schema of graphql-core ---------------------------------------------------------------


def _prepare_core_schema(schema: GraphQLSchema) -> None:
    """Give arguments their Python names, and compiled fields their resolvers."""
    schema.directives = tuple(map(_keep_known_locations, schema.directives))
    seen: set[str] = set()
    for type_ in schema.type_map.values():
        match type_:
            case GraphQLObjectType() if not type_.name.startswith("__"):
                type_.is_type_of = None
                for field in type_.fields.values():
                    read = field.extensions[BACKREF].metadata.get(RESOLVER_KEY)
                    if read is not None:
                        field.resolve = read
                    set_argument_out_names(field, seen)
            case GraphQLInterfaceType() | GraphQLUnionType():
                type_.resolve_type = resolve_type_name


def _keep_known_locations(directive: GraphQLDirective) -> GraphQLDirective:
    """Return a directive without locations that released clients cannot read.

    The draft allows `@deprecated` on the definition of a directive. Parsers of introspection refuse
    a location that they do not know, and with it the whole schema.
    """
    locations = [each for each in directive.locations if each not in DRAFT_LOCATIONS]
    kwargs = directive.to_kwargs()
    kwargs["locations"] = tuple(locations)
    return GraphQLDirective(**kwargs)


def resolve_type_name(source: Any, *_: Any) -> Any:
    """Return the name of an object's type."""
    return source[TYPE_KEY]


def set_argument_out_names(field: GraphQLField, seen: set[str]) -> None:
    """Give the arguments of a field, and what is inside of them, their Python names."""
    for each in field.args.values():
        each.out_name = each.extensions[BACKREF].python_name
        _set_input_out_names(get_named_type(each.type), seen)


def _set_input_out_names(type_: Any, seen: set[str]) -> None:
    """Give the fields of an input their Python names."""
    if not is_input_object_type(type_) or type_.name in seen:
        return
    assert isinstance(type_, GraphQLInputObjectType)
    seen.add(type_.name)
    for field in type_.fields.values():
        field.out_name = field.extensions[BACKREF].python_name
        _set_input_out_names(get_named_type(field.type), seen)
