"""Assembly: promises meet readables and become one schema, or a sentence that names the fix."""

import types
from collections.abc import Iterator, Mapping
from typing import Any, Union, get_args, get_origin

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

from api.kernel.directives import idempotent
from api.kernel.filters import READ, Entry, by_response_key, made_type, make_order, make_where
from api.kernel.graph import DECLARED, TYPES, Argument, Connection, Declared, Promise, Unreadable
from api.kernel.scalars import SCALARS
from domain.kernel.access import EVERYBODY
from persistence.reading.readable import (
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
COMPILED = "trellis-compiled"
TYPE_KEY = "~type"
"""The key under which careful answers name an object's type; no client can ask for it."""

_KINDS: dict[str, tuple[type, ...]] = {
    "value": (Value,),
    "one": (One, UnionOf, AnyNode),
    "many": (Many,),
    "listed": (ListOf, JsonRows, AnyNode),
}
_WORDS: dict[type, str] = {
    Value: "value",
    One: "one",
    UnionOf: "one",
    AnyNode: "one",
    Many: "many",
    ListOf: "listed",
    JsonRows: "listed",
}
_SYNTHETIC = {"viewer_can"}


def assemble(
    query: type, mutation: type | None = None, subscription: type | None = None
) -> strawberry.Schema:
    """The schema of everything declared. Raises Unreadable for a promise that cannot be kept."""
    hints = {name: declared.hints() for name, declared in DECLARED.items()}
    for name, declared in DECLARED.items():
        _check(declared, hints[name])
    for name in sorted({target for each in hints.values() for target in _connected(each)}):
        _make_connection(name)
    for name, declared in DECLARED.items():
        if declared.where or declared.order_by:
            make_where(declared, {key: _bare(hint) for key, hint in hints[name].items()})
        if declared.order_by:
            make_order(declared)
    for name, declared in DECLARED.items():
        _give_types(declared, hints[name])
    schema = strawberry.Schema(
        query=query,
        mutation=mutation,
        subscription=subscription,
        directives=[idempotent],
        types=[declared.cls for name, declared in DECLARED.items() if name in TYPES],
        config=StrawberryConfig(scalar_map=SCALARS, disable_field_suggestions=False),
    )
    _prepare(schema._schema)  # noqa: SLF001
    return schema


# -- checks -----------------------------------------------------------------------------------


def _check(declared: Declared, hints: Mapping[str, Any]) -> None:
    """Every promise has something behind it, of its kind, and what may be hidden may be null."""
    readable = declared.readable
    for name, promise in declared.promises.items():
        where = f"{declared.name}.{name}"
        if name in _SYNTHETIC:
            continue
        source = readable.fields.get(name)
        if source is None:
            raise Unreadable(
                f"{where} is promised and cannot be read. Correct the name, or declare it on the"
                f" readable {readable.name}: it has {', '.join(sorted(readable.fields))}."
            )
        if not isinstance(source, _KINDS[promise.kind]):
            found = _WORDS[type(source)]
            raise Unreadable(f"{where} is promised as {promise.kind}(…). Promise it as {found}(…).")
        if may_hide(source) and not _is_optional(hints[name]):
            raise Unreadable(f"{where} may be hidden. Allow null: `{name}: … | None`.")


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


def _connected(hints: Mapping[str, Any]) -> Iterator[str]:
    for hint in hints.values():
        target = _connection_of(hint)
        if target is not None:
            yield target.__name__


def _connection_of(hint: Any) -> Any:
    bare = _bare(hint)
    return get_args(bare)[0] if get_origin(bare) is Connection else None


def _is_optional(hint: Any) -> bool:
    return get_origin(hint) in (Union, types.UnionType) and type(None) in get_args(hint)


def _bare(hint: Any) -> Any:
    """The type without its `| None`."""
    if not _is_optional(hint):
        return hint
    rest = tuple(each for each in get_args(hint) if each is not type(None))
    return rest[0] if len(rest) == 1 else hint


def _make_connection(name: str) -> None:
    made_type(
        f"{name}Edge",
        f"A {name} in a page, with its place.",
        {
            "node": Entry(name, f"The {name}.", read=by_response_key),
            "cursor": Entry(
                str,
                "Its place in the order; hand it back as after or before.",
                read=by_response_key,
            ),
        },
    )
    made_type(
        f"{name}Connection",
        f"A page of {name} objects.",
        {
            "edges": Entry(
                f"list[{name}Edge]",
                "The objects of the page, each with its cursor.",
                read=by_response_key,
            ),
            "nodes": Entry(f"list[{name}]", "The objects of the page.", read=by_response_key),
            "page_info": Entry(
                "PageInfo", "Where the page lies and whether there is more.", read=by_response_key
            ),
            "total_count": Entry(
                int,
                "How many there are on all pages that the viewer may see.",
                read=by_response_key,
            ),
        },
    )


made_type(
    "PageInfo",
    "Where a page lies and whether there is more.",
    {
        "has_next_page": Entry(bool, "There is more after this page.", read=by_response_key),
        "has_previous_page": Entry(bool, "There is more before this page.", read=by_response_key),
        "start_cursor": Entry(
            str | None,
            "The place of the first object; null in an empty page.",
            read=by_response_key,
        ),
        "end_cursor": Entry(
            str | None, "The place of the last object; null in an empty page.", read=by_response_key
        ),
    },
)


def _give_types(declared: Declared, hints: Mapping[str, Any]) -> None:
    namespace = {**vars(__import__(declared.cls.__module__, fromlist=["*"])), **TYPES}
    for field in declared.cls.__strawberry_definition__.fields:  # type: ignore[attr-defined]
        promise = declared.promises[field.python_name]
        hint = hints[field.python_name]
        target = _connection_of(hint)
        annotation = hint
        if target is not None:
            connection = f"{target.__name__}Connection"
            annotation = f"{connection} | None" if _is_optional(hint) else connection
        field.type_annotation = StrawberryAnnotation(annotation, namespace=namespace)
        field.metadata = {COMPILED: promise, READ: by_response_key}
        field.arguments = list(_arguments(promise, target, namespace))


def _arguments(
    promise: Promise, target: Any, namespace: dict[str, Any]
) -> Iterator[StrawberryArgument]:
    paging = {} if target is None else _paging(target.__name__)
    return arguments_of(paging | dict(promise.arguments), namespace)


def arguments_of(
    arguments: Mapping[str, Argument], namespace: dict[str, Any]
) -> Iterator[StrawberryArgument]:
    """Declared arguments as Strawberry wants them."""
    for name, each in arguments.items():
        annotation = each.type
        if not each.required:
            annotation = f"{each.type} | None" if isinstance(each.type, str) else each.type | None
        yield StrawberryArgument(
            python_name=name,
            graphql_name=None,
            type_annotation=StrawberryAnnotation(annotation, namespace=namespace),
            description=each.description,
        )


def _paging(name: str) -> dict[str, Argument]:
    arguments = {
        "first": Argument(int, "How many from the start: 25 unless said, 100 at most."),
        "after": Argument(str, "Only what comes after this cursor."),
        "last": Argument(int, "How many from the end: 100 at most."),
        "before": Argument(str, "Only what comes before this cursor."),
    }
    declared = DECLARED[name]
    if declared.where:
        arguments["where"] = Argument(f"{name}Where", "Only what is like this.")
    if declared.order_by:
        arguments["order_by"] = Argument(f"list[{name}Order]", "The order; at most three keys.")
    if declared.readable.is_searchable:
        text = (
            "Only what has words starting with each of these; capitals and accents do not matter."
        )
        arguments["search"] = Argument(str, text)
    return arguments


# -- the schema of graphql-core ---------------------------------------------------------------


def _prepare(schema: GraphQLSchema) -> None:
    """Let fields take arguments by Python name, and compiled ones read answers by response key."""
    seen: set[str] = set()
    for type_ in schema.type_map.values():
        match type_:
            case GraphQLObjectType() if not type_.name.startswith("__"):
                type_.is_type_of = None
                for field in type_.fields.values():
                    read = field.extensions[BACKREF].metadata.get(READ)
                    if read is not None:
                        field.resolve = read
                    _take_python_names(field, seen)
            case GraphQLInterfaceType() | GraphQLUnionType():
                type_.resolve_type = by_type_key


def by_type_key(source: Any, *_: Any) -> Any:
    """The type of an object in a careful answer."""
    return source[TYPE_KEY]


def _take_python_names(field: GraphQLField, seen: set[str]) -> None:
    for argument in field.args.values():
        argument.out_name = argument.extensions[BACKREF].python_name
        _rename(get_named_type(argument.type), seen)


def _rename(type_: Any, seen: set[str]) -> None:
    """Let an input of a compiled field come out under its Python names."""
    if not is_input_object_type(type_) or type_.name in seen:
        return
    assert isinstance(type_, GraphQLInputObjectType)
    seen.add(type_.name)
    for field in type_.fields.values():
        field.out_name = field.extensions[BACKREF].python_name
        _rename(get_named_type(field.type), seen)
