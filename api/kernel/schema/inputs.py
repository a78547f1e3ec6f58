"""Inputs: what a mutation takes, with opaque ids read as what they name."""

import types
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints
from uuid import UUID

import strawberry
from strawberry.types.base import StrawberryMaybe, StrawberryOptional
from strawberry.types.field import StrawberryField
from strawberry.types.maybe import Some
from strawberry.types.unset import UNSET
from strawberry.utils.str_converters import to_camel_case

from api.errors import RequestError
from api.kernel.schema.declarations import TYPES, SchemaError, is_optional, to_single_line
from api.kernel.schema.global_ids import decode_id
from domain.kernel.errors import Code, Invalid

C = TypeVar("C", bound=type)

_PREFIXES_KEY = "trellis-of"
_TODAY_KEY = "trellis-today"
_DEFINITION = "__strawberry_definition__"


def input_field(description: str, *, id_prefix: str | tuple[str, ...] | None = None) -> Any:
    """A field of an input; `of` says which kinds of id a UUID stands for, by their prefixes."""
    prefixes = (id_prefix,) if isinstance(id_prefix, str) else id_prefix
    return StrawberryField(description=description, metadata={_PREFIXES_KEY: prefixes})


def today_field(description: str) -> Any:
    """Declare a day of an input that is today in the tenant's time zone when it is left out."""
    text = f"{description} Default: today in the tenant's time zone."
    return StrawberryField(description=text, metadata={_TODAY_KEY: True})


def defaults_to_today(field: StrawberryField) -> bool:
    """Return whether a field was declared with `today_field`."""
    return _TODAY_KEY in field.metadata


def input_type(*, one_of: bool = False) -> Any:
    """Declare an input: every field is `given`, optional where it allows None or is a Maybe.

    An optional field that is absent is None; a `Maybe` tells absent (None) from null (Some(None)).
    """

    def declare(cls: C) -> C:
        if not cls.__doc__:
            raise SchemaError(
                f"{cls.__name__} has no docstring. It becomes the type's description."
            )
        module = vars(__import__(cls.__module__, fromlist=["*"]))
        hints = get_type_hints(cls, module, dict(TYPES), include_extras=True)
        for name, hint in hints.items():
            field = cls.__dict__.get(name)
            if not isinstance(field, StrawberryField):
                raise SchemaError(f"{cls.__name__}.{name} is not described. Write `= given(…)`.")
            if is_optional(hint):
                field.default = field.default_value = UNSET
        cls.__annotations__ = {name: _replace_uuid_with_id(hint) for name, hint in hints.items()}
        made = strawberry.input(cls, one_of=one_of, description=to_single_line(cls.__doc__))
        TYPES[cls.__name__] = made
        return made

    return declare


def expected_version_field() -> Any:
    """The version that the client read; a change to anything newer is refused."""
    return input_field(
        "The version that was read; anything newer is refused with VERSION_CONFLICT."
    )


def provided_fields(input: Any, *names: str) -> Any:
    """What an input says about these fields, each a Maybe; what it leaves out is left out."""
    found = ((name, getattr(input, name)) for name in names)
    return {name: each.value for name, each in found if each is not None}


def require_explicit(maybe: Some[UUID | None] | None, field: str) -> UUID | None:
    """What a `Maybe` says where something has to be said, if only null. Raises Invalid."""
    if maybe is None:
        message = "Say where it goes: name what is to stand above it, or null for nothing."
        raise Invalid(message, field, code=Code.REQUIRED)
    return maybe.value


@dataclass(frozen=True)
class _InputField:
    """A field of an input: its names in Python and on the wire, and how what is sent is read."""

    name: str
    graphql_name: str
    prefixes: tuple[str, ...] | None
    input_class: type | None
    is_maybe: bool
    allows_null: bool

    def parse(self, value: Any, path: tuple[str, ...]) -> Any:
        """What was sent. Raises Invalid for a malformed id, and RequestRefused for a null."""
        if not self.is_maybe:
            return self._parse_value(value, path)
        if value is None and not self.allows_null:
            raise RequestError(
                "BAD_USER_INPUT", f"{self.graphql_name} cannot be null. Leave it out."
            )
        return Some(self._parse_value(value, path))

    def _parse_value(self, value: Any, path: tuple[str, ...]) -> Any:
        if isinstance(value, list):
            return [self._parse_value(each, (*path, str(n))) for n, each in enumerate(value)]
        if value is None:
            return None
        if self.input_class is not None:
            return parse_input(self.input_class, value, path)
        return decode_id(value, *self.prefixes, field=path) if self.prefixes else value


def parse_input(input: Any, raw_input: Mapping[str, Any], path: tuple[str, ...] = ()) -> Any:
    """An input as it was sent; what is absent is None. Raises as `_Taken.read` does."""
    return input(
        **{
            each.name: each.parse(raw_input[each.name], (*path, each.graphql_name))
            if each.name in raw_input
            else None
            for each in _list_fields(input)
        }
    )


@cache
def _list_fields(input: Hashable) -> list[_InputField]:
    return [_build_input_field(each) for each in getattr(input, _DEFINITION).fields]


def _build_input_field(field: Any) -> _InputField:
    is_maybe, inner = isinstance(field.type, StrawberryMaybe), field.type
    allows_null = is_maybe and isinstance(inner.of_type, StrawberryOptional)
    while hasattr(inner, "of_type"):
        inner = inner.of_type
    is_input = getattr(getattr(inner, _DEFINITION, None), "is_input", False)
    name, prefixes = field.python_name, field.metadata.get(_PREFIXES_KEY)
    nested = inner if is_input else None
    return _InputField(name, to_camel_case(name), prefixes, nested, is_maybe, allows_null)


def iterate_ids(value: Any) -> Iterator[tuple[str, UUID]]:
    """The ids in an input that has been read, with their prefixes, where only one may stand."""
    if isinstance(value, Some):
        value = value.value
    if isinstance(value, list):
        for each in value:
            yield from iterate_ids(each)
    elif getattr(getattr(type(value), _DEFINITION, None), "is_input", False):
        for field in _list_fields(cast("Any", type(value))):
            inner = getattr(value, field.name)
            if field.prefixes is None:
                yield from iterate_ids(inner) if field.input_class else ()
            elif len(field.prefixes) == 1:
                yield from ((field.prefixes[0], id) for id in _iterate_values(inner))


def _iterate_values(value: Any) -> Iterator[UUID]:
    if isinstance(value, Some):
        value = value.value
    yield from value if isinstance(value, list) else () if value is None else (value,)


_GRAPHQL_TYPES: Mapping[Any, Any] = {UUID: strawberry.ID}


def _replace_uuid_with_id(hint: Any) -> Any:
    """The annotation with ID in the place of UUID."""
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
