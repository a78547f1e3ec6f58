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

from api.kernel.graph import TYPES, Declared, Unreadable, described
from persistence.reading.readable import Many, ModelField, One, UnionOf, Value


class OrderDirection(StrEnum):
    """Which way an order runs."""

    ASC = "asc"
    DESC = "desc"


class OrderNulls(StrEnum):
    """Where the rows without a value go."""

    FIRST = "first"
    LAST = "last"


described(
    OrderDirection, "Which way an order runs.", asc="The smallest first.", desc="The largest first."
)
described(
    OrderNulls,
    "Where the rows without a value go.",
    first="Before all others.",
    last="After all others.",
)


@dataclass(frozen=True)
class Entry:
    """One field of a made type: its type as an annotation, its description and its default."""

    type: Any
    description: str
    default: Any = UNSET
    name: str | None = None
    read: Callable[..., Any] | None = None


READ = "trellis-read"
"""Under this key a field's metadata says how its value is found in an answer."""


def by_response_key(source: Any, info: Any, **_: Any) -> Any:
    """What a compiled answer holds for a field."""
    return source[info.path.key]


def made_type(name: str, description: str, fields: Mapping[str, Entry]) -> type:
    """Make an object type; the types of its fields may be named before they exist."""
    cls = strawberry.type(_body(name, description, fields), description=description)
    return _known(cls, fields)


def made_input(name: str, description: str, fields: Mapping[str, Entry]) -> type:
    """Make an input type in the same way."""
    cls = strawberry.input(_body(name, description, fields), description=description)
    return _known(cls, fields)


def _body(name: str, description: str, fields: Mapping[str, Entry]) -> type:
    body: dict[str, Any] = {
        python_name: StrawberryField(
            description=entry.description,
            graphql_name=entry.name,
            default=entry.default,
            metadata={READ: entry.read},
        )
        for python_name, entry in fields.items()
    }
    annotations = dict.fromkeys(fields, str)
    return type(name, (), body | {"__annotations__": annotations, "__doc__": description})


def _known(cls: type, fields: Mapping[str, Entry]) -> type:
    for field in cls.__strawberry_definition__.fields:  # type: ignore[attr-defined]
        annotation = fields[field.python_name].type
        field.type_annotation = StrawberryAnnotation(annotation, namespace=TYPES)
    TYPES[cls.__name__] = cls
    return cls


_EQUAL = {
    "eq": "Is exactly this.",
    "neq": "Is anything but this.",
}
_LISTED = {
    "in_": "Is one of these.",
    "nin": "Is none of these.",
}
_LARGER = {
    "gt": "Is more than this, or later.",
    "gte": "Is this, or more, or later.",
    "lt": "Is less than this, or earlier.",
    "lte": "Is this, or less, or earlier.",
}
_TEXT = {
    "contains": "Contains this, in capitals or not.",
    "starts_with": "Starts with this, in capitals or not.",
}


def _comparator(name: str, what: str, type_: Any, *operators: Mapping[str, str]) -> None:
    fields: dict[str, Entry] = {}
    for operator, text in ((key, text) for group in operators for key, text in group.items()):
        kind = list[type_] if operator in _LISTED else type_
        graph_name = operator.rstrip("_") if operator.endswith("_") else None
        fields[operator] = Entry(kind | None, text, name=graph_name)
    fields["is_null"] = Entry(bool | None, "Has no value; or with false, has one.")
    made_input(name, f"Compares {what}. Everything that is said must hold.", fields)


_comparator("StringComparator", "text", str, _EQUAL, _LISTED, _TEXT)
_comparator("IdComparator", "an id", strawberry.ID, _EQUAL, _LISTED)
_comparator("IntComparator", "a whole number", int, _EQUAL, _LISTED, _LARGER)
_comparator("FloatComparator", "a ratio", float, _LARGER)
_comparator("DecimalComparator", "an exact number", Decimal, _EQUAL, _LISTED, _LARGER)
_comparator("DateComparator", "a day", date, _EQUAL, _LISTED, _LARGER)
_comparator("DateTimeComparator", "a moment", datetime, _EQUAL, _LISTED, _LARGER)
_comparator("BooleanComparator", "a yes or no", bool, {"eq": _EQUAL["eq"]})

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


def comparator(type_: Any) -> str:
    """The name of the comparator for a leaf's type. Raises Unreadable where there is none."""
    if isinstance(type_, EnumMeta):
        name = f"{type_.__name__}Comparator"
        if name not in TYPES:
            _comparator(name, one_of(type_.__name__), type_, _EQUAL, _LISTED)
        return name
    try:
        return _COMPARATORS[type_]
    except KeyError:
        raise Unreadable(f"Nothing compares a {type_!r}. Leave it out of where=(…).") from None


THERE_IS = "By {}: there is one, and it is like this."


def make_where(declared: Declared, leaves: Mapping[str, Any]) -> None:
    """Make the `<Type>Where` and `<Type>ListWhere`; `leaves` are the types of its values."""
    name = declared.name
    fields: dict[str, Entry] = {}
    for each in declared.where:
        if each not in leaves:
            raise Unreadable(f"{name}.{each} is no field. Take it out of where=(…), or promise it.")
        source = _source(declared, each)
        spoken = to_camel_case(each)
        match source:
            case Value():
                fields[each] = Entry(f"{comparator(leaves[each])} | None", f"By {spoken}.")
            case One(target):
                fields[each] = Entry(f"{target.name}Where | None", THERE_IS.format(spoken))
            case UnionOf(_, members):
                kinds = {kind: link.target.name for kind, link in members.items()}
                made = _either(name, each, kinds)
                fields[each] = Entry(f"{made} | None", THERE_IS.format(spoken))
            case Many(target):
                fields[each] = Entry(f"{target.name}ListWhere | None", f"By {spoken}.")
            case other:
                raise Unreadable(f"{name}.{each} cannot be filtered: {other!r}. Leave it out.")
    several = f"list[{name}Where] | None"
    fields["and_"] = Entry(several, "All of these hold.", name="and")
    fields["or_"] = Entry(several, "At least one of these holds.", name="or")
    fields["not_"] = Entry(f"{name}Where | None", "This does not hold.", name="not")
    made_input(f"{name}Where", f"Which {name} objects. Everything that is said must hold.", fields)
    lists = {
        "some": "At least one of them is like this.",
        "every": "All of them are like this; also where there is none.",
        "none": "None of them is like this.",
    }
    made_input(
        f"{name}ListWhere",
        f"Which lists of {name} objects, as far as the viewer may see them.",
        {how: Entry(f"{name}Where | None", text) for how, text in lists.items()},
    )


def one_of(noun: str) -> str:
    """A noun with its article."""
    return f"{'an' if noun[0] in 'AEIO' else 'a'} {noun}"


def _either(name: str, field: str, kinds: Mapping[str, str]) -> str:
    union = f"{name}{field.title().replace('_', '')}Where"
    entries = {
        kind: Entry(f"{target}Where | None", f"It is {one_of(target)} like this.")
        for kind, target in kinds.items()
    }
    made_input(union, f"By what the {field} of a {name} is.", entries)
    return union


def make_order(declared: Declared) -> None:
    """Make the `<Type>Order` of a type."""
    name = declared.name
    values: Iterable[str] = declared.order_by
    enum = StrEnum(f"{name}OrderField", {each.upper(): each for each in values})  # type: ignore[misc]
    texts = {}
    for each in values:
        if not isinstance(_source(declared, each), Value):
            raise Unreadable(f"{name}.{each} is no value to order by. Take it out of order_by=(…).")
        texts[each] = f"By {to_camel_case(each)}."
    described(enum, f"What {name} objects can be put in order by.", **texts)
    fields = {
        "field": Entry(enum, "What to order by.", MISSING),
        "direction": Entry(OrderDirection, "Which way the order runs.", OrderDirection.ASC),
        "nulls": Entry(OrderNulls, "Where rows without a value go.", OrderNulls.LAST),
    }
    made_input(
        f"{name}Order", f"One key of an order of {name} objects; the id breaks ties.", fields
    )


def _source(declared: Declared, name: str) -> ModelField:
    try:
        return declared.readable.fields[name]
    except KeyError:
        message = (
            f"{declared.name}.{name} is not readable. Declare it in persistence, or correct it."
        )
        raise Unreadable(message) from None
