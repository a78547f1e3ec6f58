"""Filter and order inputs of connections, made from the `where` and `order_by` of a type."""

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

from api.kernel.schema.declarations import (
    TYPES,
    SchemaError,
    TypeDeclaration,
    add_article,
    graph_enum,
    set_interfaces,
)
from api.kernel.schema.input_bounds import bounds_metadata
from persistence.reading.filters import MAX_COMPARED_LENGTH, MAX_COMPARISONS, MAX_LIST_ITEMS
from persistence.reading.keyed_values import KeyedValues
from persistence.reading.read_model import Many, ModelField, One, UnionOf, Value


class OrderDirection(StrEnum):
    """The direction of an order."""

    ASC = "asc"
    DESC = "desc"


class OrderNulls(StrEnum):
    """The place of rows without a value."""

    FIRST = "first"
    LAST = "last"


graph_enum(
    OrderDirection,
    "The direction of an order.",
    asc="Smallest or earliest first; text in alphabetical order.",
    desc="Largest or latest first; text in reverse alphabetical order.",
)
graph_enum(
    OrderNulls,
    "The place of objects without a value.",
    first="Before all others.",
    last="After all others.",
)


@dataclass(frozen=True)
class FieldSpec:
    """A field of a generated type: annotation, description, default, resolver and bounds."""

    type: Any
    description: str
    default: Any = UNSET
    graphql_name: str | None = None
    resolver: Callable[..., Any] | None = None
    max_length: int | None = None
    max_items: int | None = None


RESOLVER_KEY = "trellis-read"
"""The key of a field's metadata that holds its resolver."""


def resolve_by_response_key(source: Any, info: Any, **_: Any) -> Any:
    """Return a field's value from a compiled answer."""
    return source[info.path.key]


def make_type(
    name: str,
    description: str,
    fields: Mapping[str, FieldSpec],
    *,
    interfaces: tuple[type, ...] = (),
) -> type:
    """Make an object type. Types of its fields may be names of types declared later."""
    cls = strawberry.type(_make_class(name, description, fields), description=description)
    set_interfaces(cls, interfaces)
    return _register_type(cls, fields)


def make_input_type(name: str, description: str, fields: Mapping[str, FieldSpec]) -> type:
    """Make an input type. Types of its fields may be names of types declared later."""
    cls = strawberry.input(_make_class(name, description, fields), description=description)
    return _register_type(cls, fields)


def _make_class(name: str, description: str, fields: Mapping[str, FieldSpec]) -> type:
    body: dict[str, Any] = {
        python_name: StrawberryField(
            description=entry.description,
            graphql_name=entry.graphql_name,
            default=entry.default,
            metadata={RESOLVER_KEY: entry.resolver}
            | bounds_metadata(entry.max_length, entry.max_items),
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
    "eq": "Equal to this value.",
    "neq": "Not equal to this value. Objects without a value match, too; with null, only objects"
    " with a value match.",
}
_LIST_OPERATORS = {
    "in_": f"Equal to one of these values, {MAX_LIST_ITEMS} at most. An empty list matches none.",
    "nin": f"Equal to none of these values, {MAX_LIST_ITEMS} at most. Objects without a value"
    " match, too. An empty list matches all.",
}
_NUMBER_OPERATORS = {
    "gt": "Greater than this value.",
    "gte": "Greater than or equal to this value.",
    "lt": "Less than this value.",
    "lte": "Less than or equal to this value.",
}
_TIME_OPERATORS = {
    "gt": "Later than this value.",
    "gte": "At this value or later.",
    "lt": "Earlier than this value.",
    "lte": "At this value or earlier.",
}
_TEXT_OPERATORS = {
    "contains": "Contains this text; case does not matter.",
    "starts_with": "Starts with this text; case does not matter.",
}


def _make_comparator(name: str, noun: str, type_: Any, *operators: Mapping[str, str]) -> None:
    fields: dict[str, FieldSpec] = {}
    for operator, text in ((key, text) for group in operators for key, text in group.items()):
        kind = list[type_] if operator in _LIST_OPERATORS else type_
        graph_name = operator.rstrip("_") if operator.endswith("_") else None
        fields[operator] = FieldSpec(
            kind | None,
            text,
            graphql_name=graph_name,
            max_length=MAX_COMPARED_LENGTH if type_ is str else None,
            max_items=MAX_LIST_ITEMS if operator in _LIST_OPERATORS else None,
        )
    fields["is_null"] = FieldSpec(bool | None, "With true: has no value. With false: has a value.")
    make_input_type(name, f"A filter on {noun}. All given conditions must match.", fields)


_make_comparator(
    "StringComparator",
    f"text; each value has at most {MAX_COMPARED_LENGTH:,} characters",
    str,
    _EQUALITY_OPERATORS,
    _LIST_OPERATORS,
    _TEXT_OPERATORS,
)
_make_comparator("IdComparator", "an id", strawberry.ID, _EQUALITY_OPERATORS, _LIST_OPERATORS)
_make_comparator(
    "IntComparator",
    "a whole number",
    int,
    _EQUALITY_OPERATORS,
    _LIST_OPERATORS,
    _NUMBER_OPERATORS,
)
_make_comparator("FloatComparator", "a number", float, _EQUALITY_OPERATORS, _NUMBER_OPERATORS)
_make_comparator(
    "DecimalComparator",
    "an exact number",
    Decimal,
    _EQUALITY_OPERATORS,
    _LIST_OPERATORS,
    _NUMBER_OPERATORS,
)
_make_comparator(
    "DateComparator", "a day", date, _EQUALITY_OPERATORS, _LIST_OPERATORS, _TIME_OPERATORS
)
_make_comparator(
    "DateTimeComparator",
    "a point in time",
    datetime,
    _EQUALITY_OPERATORS,
    _LIST_OPERATORS,
    _TIME_OPERATORS,
)
_make_comparator("BooleanComparator", "a Boolean", bool, {"eq": _EQUALITY_OPERATORS["eq"]})

make_input_type(
    "LabelsComparator",
    "A filter on a list of labels.",
    {
        "has": FieldSpec(
            str | None,
            "One of the labels is this one; case does not matter.",
            max_length=MAX_COMPARED_LENGTH,
        )
    },
)

make_input_type(
    "OptionsComparator",
    "A filter on a list of chosen options. All given conditions must match.",
    {
        "has": FieldSpec(
            str | None,
            "One of the options has this key; case does not matter.",
            max_length=MAX_COMPARED_LENGTH,
        ),
        "is_null": FieldSpec(bool | None, "With true: has no value. With false: has a value."),
    },
)

_COMPARATORS: dict[Any, str] = {
    list[str]: "LabelsComparator",
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
    """Return the name of the comparator of a scalar or enum. Raises SchemaError without one."""
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
        raise SchemaError(
            f"There is no comparator for {type_!r}. Remove the field from where=(…)."
        ) from None


RELATED_OBJECT_DESCRIPTION = "Filter by `{}`: it exists and matches."


def make_where(declaration: TypeDeclaration, leaves: Mapping[str, Any]) -> None:
    """Make `<Type>Where` and `<Type>ListWhere`. `leaves` are the types of the fields by name."""
    name = declaration.name
    where, list_type = f"{name}Where | None", f"list[{name}Where] | None"
    fields = {each: _make_condition(declaration, each, leaves) for each in declaration.where}
    for key, text in (("and", "All of these match."), ("or", "At least one of these matches.")):
        fields[f"{key}_"] = FieldSpec(list_type, text, graphql_name=key, max_items=MAX_COMPARISONS)
    fields["not_"] = FieldSpec(where, "This does not match.", graphql_name="not")
    make_input_type(
        f"{name}Where", f"A filter on {name} objects. All given conditions must match.", fields
    )
    lists = {
        "some": "At least one object in the list matches.",
        "every": "All objects in the list match. An empty list matches, too.",
        "none": "No object in the list matches.",
    }
    make_input_type(
        f"{name}ListWhere",
        f"A filter on lists of {name} objects. Objects the viewer may not see do not count.",
        {how: FieldSpec(where, text) for how, text in lists.items()},
    )


def _make_condition(
    declaration: TypeDeclaration, field: str, leaves: Mapping[str, Any]
) -> FieldSpec:
    """Make the field of a filter by one field of the type. Raises SchemaError."""
    name = declaration.name
    if field not in leaves:
        message = f"{name}.{field} is not declared. Remove it from where=(…), or declare the field."
        raise SchemaError(message)
    description = f"Filter by `{to_camel_case(field)}`."
    related_description = RELATED_OBJECT_DESCRIPTION.format(to_camel_case(field))
    match _get_source(declaration, field):
        case Value():
            return FieldSpec(f"{get_comparator_name(leaves[field])} | None", description)
        case One(target):
            return FieldSpec(f"{target.name}Where | None", related_description)
        case UnionOf(_, members):
            kinds = {kind: link.target.name for kind, link in members.items()}
            return FieldSpec(f"{_make_union_where(name, field, kinds)} | None", related_description)
        case Many(target):
            return FieldSpec(f"{target.name}ListWhere | None", description)
        case KeyedValues(target) as keyed:
            return FieldSpec(f"{_make_keyed_where(target.name, keyed)} | None", description)
        case other:
            message = f"{name}.{field} cannot be filtered: {other!r}. Remove it from where=(…)."
            raise SchemaError(message)


def _make_union_where(name: str, field: str, kinds: Mapping[str, str]) -> str:
    union = f"{name}{field.title().replace('_', '')}Where"
    entries = {
        kind: FieldSpec(f"{target}Where | None", f"It is {add_article(target)} that matches.")
        for kind, target in kinds.items()
    }
    make_input_type(union, f"A filter on the {field} of {add_article(name)}.", entries)
    return union


def _make_keyed_where(name: str, keyed: KeyedValues) -> str:
    where = f"{name}Where"
    if where not in TYPES:
        comparators = {
            each: FieldSpec(
                f"{'OptionsComparator' if type_ is list else _COMPARATORS[type_]} | None",
                f"The value in `{each}` matches. A value of another type is none.",
            )
            for each, type_ in keyed.types.items()
        }
        key = FieldSpec(str, "The key.", MISSING, max_length=MAX_COMPARED_LENGTH)
        text = (
            f"A filter on the {name} with a key. Where the viewer may not read it, and for a key"
            " that does not exist, there is no value. All given conditions must match."
        )
        make_input_type(where, text, {"key": key, **comparators})
    return where


def make_order(declaration: TypeDeclaration, leaves: Mapping[str, Any]) -> None:
    """Make `<Type>Order` of a type. `leaves` are the types of the fields by name."""
    name = declaration.name
    values: Iterable[str] = declaration.order_by
    enum = StrEnum(f"{name}OrderField", {each.upper(): each for each in values})  # type: ignore[misc]
    texts = {}
    for each in values:
        is_keyed = isinstance(_get_source(declaration, each), KeyedValues)
        if not is_keyed and not isinstance(_get_source(declaration, each), Value):
            raise SchemaError(f"{name}.{each} is not a scalar. Remove it from order_by=(…).")
        if is_keyed:
            texts[each] = (
                "Order by the value with the `key`: numbers by size, options by their place among"
                " the options, and texts by their first 200 characters."
            )
            continue
        how = ": the names of the values, alphabetically" if _is_enum(leaves.get(each)) else ""
        texts[each] = f"Order by `{to_camel_case(each)}`{how}."
    graph_enum(enum, f"A field that {name} objects can be ordered by.", **texts)
    fields = {
        "field": FieldSpec(enum, "The field.", MISSING),
        "direction": FieldSpec(OrderDirection, "The direction.", OrderDirection.ASC),
        "nulls": FieldSpec(OrderNulls, "The place of objects without a value.", OrderNulls.LAST),
    }
    if any(isinstance(_get_source(declaration, each), KeyedValues) for each in values):
        fields["key"] = FieldSpec(
            str | None,
            "The key of the custom field. Required for `CUSTOM_VALUES`, and without a meaning for"
            " other fields.",
            max_length=MAX_COMPARED_LENGTH,
        )
    make_input_type(
        f"{name}Order",
        f"One key of an order of {name} objects. The next key breaks ties, and finally the id.",
        fields,
    )


def _is_enum(type_: Any) -> bool:
    return isinstance(type_, EnumMeta)


def _get_source(declaration: TypeDeclaration, name: str) -> ModelField:
    try:
        return declaration.read_model.fields[name]
    except KeyError:
        message = (
            f"{declaration.name}.{name} is not in the read model. Correct the name, or declare it"
            " there."
        )
        raise SchemaError(message) from None
