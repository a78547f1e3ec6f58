"""Input types of mutations. Opaque ids in them are parsed to UUIDs."""

import re
import types
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import strawberry
from strawberry.types.field import StrawberryField
from strawberry.types.maybe import Some
from strawberry.types.unset import UNSET

from api.kernel.schema.declarations import (
    TYPE_DECLARATIONS,
    TYPES,
    SchemaError,
    is_optional,
    to_single_line,
)
from api.kernel.schema.field_inputs import derive_fields, get_entity_class, get_field_specs
from api.kernel.schema.global_ids import NodeId
from api.kernel.schema.input_bounds import bounds_metadata, get_rule_bounds
from domain.kernel.errors import Code, Invalid
from domain.kernel.fields import FieldRule, find_rule, split_annotation

C = TypeVar("C", bound=type)
V = TypeVar("V")

PREFIXES_KEY = "trellis-of"
KIND_KEY = "trellis-keeps-kind"
TODAY_KEY = "trellis-today"
PERIOD_END_KEY = "trellis-period-end"
RULE_KEY = "trellis-rule"
UNIQUE_KEY = "trellis-unique"
EXPLICIT_KEY = "trellis-explicit"
EMPTY_KEY = "trellis-empty-is-null"
INPUT_ENTITIES: dict[type, tuple[type, ...]] = {}
"""The aggregates and parts that an input creates or edits."""

_DEFAULT_OR_NULL = re.compile(r" (?=Default:|Null |Empty removes)")


def input_field(  # noqa: PLR0913 - the properties of a field
    description: str,
    *,
    id_prefix: str | tuple[str, ...] | None = None,
    is_period_end: bool = False,
    graph_name: str | None = None,
    rule: FieldRule | None = None,
    max_items: int | None = None,
    is_explicit: bool = False,
    unique_by: Callable[[Any], Any] | None = None,
    empty_is_null: bool = False,
    keeps_kind: bool = False,
) -> Any:
    """Declare a field of an input.

    `id_prefix` names the kinds of ids that a UUID may be of; with `keeps_kind` the value is a
    `NodeId`, which has the prefix, too. `is_period_end` marks the last day of
    a period: the domain gets the day after it. `graph_name` is the name in the graph, where it is
    not the Python name. A text needs a `rule` with its longest length, here, on its annotation or
    on the attribute of its name. A list needs `max_items` or such a rule. In a list of inputs no
    two items may have the same result of `unique_by`; a list of ids names each once. With
    `empty_is_null` an empty text is null, also where a text cannot be read.
    """
    prefixes = (id_prefix,) if isinstance(id_prefix, str) else id_prefix
    metadata = {PREFIXES_KEY: prefixes, PERIOD_END_KEY: is_period_end, UNIQUE_KEY: unique_by}
    metadata |= {EMPTY_KEY: empty_is_null, KIND_KEY: keeps_kind}
    field = StrawberryField(description=description, graphql_name=graph_name, metadata=metadata)
    if is_explicit:
        require_presence(field)
    _add_bounds(field, bounds_metadata(None, max_items))
    add_limit(field, rule)
    return field


def today_field(description: str) -> Any:
    """Declare a day of an input that is today in the tenant's time zone when it is left out."""
    text = f"{description} Default: today in the tenant's time zone."
    return StrawberryField(description=text, metadata={TODAY_KEY: True})


def last_day_field(description: str, *, graph_name: str | None = None) -> Any:
    """Declare the last day of a period, yesterday when it is left out.

    The domain gets the day after it, so today: the period ends at once. `graph_name` is the name in
    the graph where it is not the Python name.
    """
    text = f"{description} Default: yesterday in the tenant's time zone, so it ends at once."
    metadata = {TODAY_KEY: True, PERIOD_END_KEY: True}
    return StrawberryField(description=text, graphql_name=graph_name, metadata=metadata)


def defaults_to_today(field: StrawberryField) -> bool:
    """Return whether a field was declared with `today_field` or `last_day_field`."""
    return TODAY_KEY in field.metadata


def describe_limit(field: StrawberryField, hint: Any) -> Any:
    """Add the limit of an annotation's field rule to a description. Return the type without it."""
    type_, metadata = split_annotation(hint)
    rule = find_rule(metadata)
    add_limit(field, rule)
    return hint if rule is None else type_


def add_limit(field: StrawberryField, rule: FieldRule | None) -> None:
    """Add the limit of a field rule to a description, before what null and absence mean.

    The bounds of the rule become those of the field.
    """
    if rule is not None:
        _add_bounds(field, {**get_rule_bounds(rule), RULE_KEY: rule})
    if rule is not None and rule.limit and field.description:
        meaning, *rest = _DEFAULT_OR_NULL.split(field.description, maxsplit=1)
        field.description = " ".join([meaning, rule.limit, *rest])


def _add_bounds(field: StrawberryField, bounds: Mapping[Any, Any]) -> None:
    given = {key: each for key, each in bounds.items() if each is not None}
    field.metadata = MappingProxyType({**field.metadata, **given})


def input_type(
    *,
    one_of: bool = False,
    creates: type | tuple[type, ...] = (),
    edits: type | tuple[type, ...] = (),
) -> Any:
    """Declare an input: every field is an `input_field`, optional where it allows None.

    An optional field that is absent is None; a `Maybe` tells absent (None) from null (Some(None)).
    A field rule on an annotation adds its limit to the description. `creates` and `edits` add the
    editable fields of graph types (see `field_inputs`).
    """

    def declare(cls: C) -> C:
        entities = []
        for node_types, is_edit in ((creates, False), (edits, True)):
            for each in node_types if isinstance(node_types, tuple) else (node_types,):
                _add_derived_fields(cls, each, is_edit=is_edit)
                entities.append(get_entity_class(TYPE_DECLARATIONS[each.__name__]))
        if not cls.__doc__:
            raise SchemaError(
                f"{cls.__name__} has no docstring. Write one: it is the type's description."
            )
        module = vars(__import__(cls.__module__, fromlist=["*"]))
        hints = get_type_hints(cls, module, dict(TYPES), include_extras=True)
        for name, hint in hints.items():
            field = cls.__dict__.get(name)
            if not isinstance(field, StrawberryField):
                raise SchemaError(f"{cls.__name__}.{name} is not described. Assign input_field(…).")
            hints[name] = describe_limit(field, hint)
            if is_optional(hints[name]):
                field.default = field.default_value = UNSET
        cls.__annotations__ = {name: _replace_uuid_with_id(hint) for name, hint in hints.items()}
        graph_type = strawberry.input(cls, one_of=one_of, description=to_single_line(cls.__doc__))
        TYPES[cls.__name__] = graph_type
        INPUT_ENTITIES[graph_type] = tuple(entities)
        return graph_type

    return declare


def _add_derived_fields(cls: type, node_type: type, *, is_edit: bool) -> None:
    """Add the editable fields of a graph type that the class does not declare itself.

    Those that it declares get the limit of the attribute with their name.
    """
    specs = get_field_specs(node_type)
    for name in cls.__annotations__.keys() & specs.keys():
        add_limit(cls.__dict__[name], specs[name].rule)
    for name, type_, description in derive_fields(node_type, is_edit=is_edit):
        if name not in cls.__annotations__:
            cls.__annotations__[name] = type_
            field, rule = input_field(description), specs[name].rule
            _add_bounds(field, {**get_rule_bounds(rule), RULE_KEY: rule})
            setattr(cls, name, field)
    if "expected_version" in cls.__annotations__:  # stands last, as in every input
        cls.__annotations__["expected_version"] = cls.__annotations__.pop("expected_version")


def expected_version_field() -> Any:
    """Declare the version that the client read."""
    return input_field(
        "The `version` you read. If the object has changed since, the mutation fails with"
        " VERSION_CONFLICT. Default: no check."
    )


def provided_fields(input: Any, *names: str) -> Any:
    """Return the values of those of these Maybe fields that the client sent."""
    found = ((name, getattr(input, name)) for name in names)
    return {name: each.value for name, each in found if each is not None}


def require_explicit(maybe: Some[V | None] | None, field: str) -> V | None:
    """Return the value of a Maybe field that has to be sent, if only as null. Raises Invalid."""
    if maybe is None:
        raise missing_field_error(field)
    return maybe.value


def require_presence(field: StrawberryField) -> None:
    """Require that a Maybe field is sent, if only as null."""
    field.metadata = MappingProxyType({**field.metadata, EXPLICIT_KEY: True})


def missing_field_error(*path: str) -> Invalid:
    """Return the error of a field that has to be sent, if only as null."""
    message = "This field is missing. Send a value, or null for none."
    return Invalid(message, *path, code=Code.REQUIRED)


_GRAPHQL_TYPES: Mapping[Any, Any] = {UUID: strawberry.ID, NodeId: strawberry.ID}


def _replace_uuid_with_id(hint: Any) -> Any:
    """Return the annotation with ID in place of UUID."""
    if hint in _GRAPHQL_TYPES:
        return _GRAPHQL_TYPES[hint]
    supertype = getattr(hint, "__supertype__", None)
    if supertype is UUID:
        return strawberry.ID
    origin, arguments = get_origin(hint), get_args(hint)
    if not arguments:
        return hint
    replaced = tuple(_replace_uuid_with_id(each) for each in arguments)
    if origin in (Union, types.UnionType):
        return Union[replaced]  # noqa: UP007
    return origin[replaced if len(replaced) > 1 else replaced[0]]
