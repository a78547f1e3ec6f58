"""Filters and orders: the inputs of connections, made from what a type says may be asked of it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import EnumMeta, StrEnum
from typing import Any

import strawberry
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.field import StrawberryField
from strawberry.types.unset import UNSET
from strawberry.utils.str_converters import to_camel_case

from api.kernel.schema.declarations import TYPES, SchemaError, TypeDeclaration, graph_enum
from persistence.reading.read_model import Many, ModelField, One, UnionOf, Value


class OrderDirection(StrEnum):
    """Which way an order runs."""

    ASC = "asc"
    DESC = "desc"


class OrderNulls(StrEnum):
    """Where the rows without a value go."""

    FIRST = "first"
    LAST = "last"


graph_enum(
    OrderDirection, "Which way an order runs.", asc="The smallest first.", desc="The largest first."
)
graph_enum(
    OrderNulls,
    "Where the rows without a value go.",
    first="Before all others.",
    last="After all others.",
)


@dataclass(frozen=True)
class FieldSpec:
    """One field of a made type: its type as an annotation, its description and its default."""

    type: Any
    description: str
    default: Any = UNSET
    graphql_name: str | None = None
    resolver: Callable[..., Any] | None = None


RESOLVER_KEY = "trellis-read"
"""Under this key a field's metadata says how its value is found in an answer."""


def resolve_by_response_key(source: Any, info: Any, **_: Any) -> Any:
    """What a compiled answer holds for a field."""
    return source[info.path.key]


def make_type(name: str, description: str, fields: Mapping[str, FieldSpec]) -> type:
    """Make an object type; the types of its fields may be named before they exist."""
    cls = strawberry.type(_make_class(name, description, fields), description=description)
    return _register_type(cls, fields)


def make_input_type(name: str, description: str, fields: Mapping[str, FieldSpec]) -> type:
    """Make an input type in the same way."""
    cls = strawberry.input(_make_class(name, description, fields), description=description)
    return _register_type(cls, fields)


def _make_class(name: str, description: str, fields: Mapping[str, FieldSpec]) -> type:
    body: dict[str, Any] = {
        python_name: StrawberryField(
            description=entry.description,
            graphql_name=entry.graphql_name,
            default=entry.default,
            metadata={RESOLVER_KEY: entry.resolver},
        )
        for python_name, entry in fields.items()
    }
    annotations = dict.fromkeys(fields, str)
    return type(name, (), body | {"__annotations__": annotations, "__doc__": description})


def _register_type(cls: type, fields: Mapping[str, FieldSpec]) -> type:
    for field in cls.__strawberry_definition__.fields:  # type: ignore[attr-defined]
        annotation = fields[field.python_name].type
        field.type_annotation = StrawberryAnnotation(annotation, namespace=TYPES)
    TYPES[cls.__name__] = cls
    return cls


_EQUALITY_OPERATORS = {
    "eq": "Is exactly this.",
    "neq": "Is anything but this.",
}
_LIST_OPERATORS = {
    "in_": "Is one of these.",
    "nin": "Is none of these.",
}
_ORDERING_OPERATORS = {
    "gt": "Is more than this, or later.",
    "gte": "Is this, or more, or later.",
    "lt": "Is less than this, or earlier.",
    "lte": "Is this, or less, or earlier.",
}
_TEXT_OPERATORS = {
    "contains": "Contains this, in capitals or not.",
    "starts_with": "Starts with this, in capitals or not.",
}


def _make_comparator(name: str, noun: str, type_: Any, *operators: Mapping[str, str]) -> None:
    fields: dict[str, FieldSpec] = {}
    for operator, text in ((key, text) for group in operators for key, text in group.items()):
        kind = list[type_] if operator in _LIST_OPERATORS else type_
        graph_name = operator.rstrip("_") if operator.endswith("_") else None
        fields[operator] = FieldSpec(kind | None, text, graphql_name=graph_name)
    fields["is_null"] = FieldSpec(bool | None, "Has no value; or with false, has one.")
    make_input_type(name, f"Compares {noun}. Everything that is said must hold.", fields)


_make_comparator(
    "StringComparator", "text", str, _EQUALITY_OPERATORS, _LIST_OPERATORS, _TEXT_OPERATORS
)
_make_comparator("IdComparator", "an id", strawberry.ID, _EQUALITY_OPERATORS, _LIST_OPERATORS)
_make_comparator(
    "IntComparator",
    "a whole number",
    int,
    _EQUALITY_OPERATORS,
    _LIST_OPERATORS,
    _ORDERING_OPERATORS,
)
_make_comparator("FloatComparator", "a ratio", float, _ORDERING_OPERATORS)
_make_comparator(
    "DecimalComparator",
    "an exact number",
    Decimal,
    _EQUALITY_OPERATORS,
    _LIST_OPERATORS,
    _ORDERING_OPERATORS,
)
_make_comparator(
    "DateComparator", "a day", date, _EQUALITY_OPERATORS, _LIST_OPERATORS, _ORDERING_OPERATORS
)
_make_comparator(
    "DateTimeComparator",
    "a moment",
    datetime,
    _EQUALITY_OPERATORS,
    _LIST_OPERATORS,
    _ORDERING_OPERATORS,
)
_make_comparator("BooleanComparator", "a yes or no", bool, {"eq": _EQUALITY_OPERATORS["eq"]})

_COMPARATORS: dict[Any, str] = {
    str: "StringComparator",
    strawberry.ID: "IdComparator",
    int: "IntComparator",
    float: "FloatComparator",
    Decimal: "DecimalComparator",
    date: "DateComparator",
    datetime: "DateTimeComparator",
    bool: "BooleanComparator",
}


def get_comparator_name(type_: Any) -> str:
    """The name of the comparator for a leaf's type. Raises Unreadable where there is none."""
    if isinstance(type_, EnumMeta):
        name = f"{type_.__name__}Comparator"
        if name not in TYPES:
            _make_comparator(
                name, add_article(type_.__name__), type_, _EQUALITY_OPERATORS, _LIST_OPERATORS
            )
        return name
    try:
        return _COMPARATORS[type_]
    except KeyError:
        raise SchemaError(f"Nothing compares a {type_!r}. Leave it out of where=(…).") from None


RELATED_OBJECT_DESCRIPTION = "By {}: there is one, and it is like this."


def make_where(declaration: TypeDeclaration, leaves: Mapping[str, Any]) -> None:
    """Make the `<Type>Where` and `<Type>ListWhere`; `leaves` are the types of its values."""
    name = declaration.name
    fields: dict[str, FieldSpec] = {}
    for each in declaration.where:
        if each not in leaves:
            raise SchemaError(
                f"{name}.{each} is no field. Take it out of where=(…), or promise it."
            )
        source = _get_source(declaration, each)
        graphql_name = to_camel_case(each)
        match source:
            case Value():
                fields[each] = FieldSpec(
                    f"{get_comparator_name(leaves[each])} | None", f"By {graphql_name}."
                )
            case One(target):
                fields[each] = FieldSpec(
                    f"{target.name}Where | None", RELATED_OBJECT_DESCRIPTION.format(graphql_name)
                )
            case UnionOf(_, members):
                kinds = {kind: link.target.name for kind, link in members.items()}
                union_name = _make_union_where(name, each, kinds)
                fields[each] = FieldSpec(
                    f"{union_name} | None", RELATED_OBJECT_DESCRIPTION.format(graphql_name)
                )
            case Many(target):
                fields[each] = FieldSpec(f"{target.name}ListWhere | None", f"By {graphql_name}.")
            case other:
                raise SchemaError(f"{name}.{each} cannot be filtered: {other!r}. Leave it out.")
    list_type = f"list[{name}Where] | None"
    fields["and_"] = FieldSpec(list_type, "All of these hold.", graphql_name="and")
    fields["or_"] = FieldSpec(list_type, "At least one of these holds.", graphql_name="or")
    fields["not_"] = FieldSpec(f"{name}Where | None", "This does not hold.", graphql_name="not")
    make_input_type(
        f"{name}Where", f"Which {name} objects. Everything that is said must hold.", fields
    )
    lists = {
        "some": "At least one of them is like this.",
        "every": "All of them are like this; also where there is none.",
        "none": "None of them is like this.",
    }
    make_input_type(
        f"{name}ListWhere",
        f"Which lists of {name} objects, as far as the viewer may see them.",
        {how: FieldSpec(f"{name}Where | None", text) for how, text in lists.items()},
    )


def add_article(noun: str) -> str:
    """A noun with its article."""
    return f"{'an' if noun[0] in 'AEIO' else 'a'} {noun}"


def _make_union_where(name: str, field: str, kinds: Mapping[str, str]) -> str:
    union = f"{name}{field.title().replace('_', '')}Where"
    entries = {
        kind: FieldSpec(f"{target}Where | None", f"It is {add_article(target)} like this.")
        for kind, target in kinds.items()
    }
    make_input_type(union, f"By what the {field} of a {name} is.", entries)
    return union


def make_order(declaration: TypeDeclaration) -> None:
    """Make the `<Type>Order` of a type."""
    name = declaration.name
    values: Iterable[str] = declaration.order_by
    enum = StrEnum(f"{name}OrderField", {each.upper(): each for each in values})  # type: ignore[misc]
    texts = {}
    for each in values:
        if not isinstance(_get_source(declaration, each), Value):
            raise SchemaError(
                f"{name}.{each} is no value to order by. Take it out of order_by=(…)."
            )
        texts[each] = f"By {to_camel_case(each)}."
    graph_enum(enum, f"What {name} objects can be put in order by.", **texts)
    fields = {
        "field": FieldSpec(enum, "What to order by.", MISSING),
        "direction": FieldSpec(OrderDirection, "Which way the order runs.", OrderDirection.ASC),
        "nulls": FieldSpec(OrderNulls, "Where rows without a value go.", OrderNulls.LAST),
    }
    make_input_type(
        f"{name}Order", f"One key of an order of {name} objects; the id breaks ties.", fields
    )


def _get_source(declaration: TypeDeclaration, name: str) -> ModelField:
    try:
        return declaration.read_model.fields[name]
    except KeyError:
        message = (
            f"{declaration.name}.{name} is not readable. Declare it in persistence, or correct it."
        )
        raise SchemaError(message) from None
