"""Inputs: what a mutation takes, with opaque ids read as what they name."""

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import strawberry
from strawberry.types.field import StrawberryField
from strawberry.types.maybe import Some
from strawberry.types.unset import UNSET
from strawberry.utils.str_converters import to_camel_case

from api.kernel.graph import TYPES, Unreadable, sentence
from api.kernel.ids import decode
from domain.kernel.errors import Code, Invalid

C = TypeVar("C", bound=type)

_OF = "trellis-of"


def given(description: str, *, of: str | tuple[str, ...] | None = None) -> Any:
    """A field of an input; `of` says which kinds of id a UUID stands for, by their prefixes."""
    prefixes = (of,) if isinstance(of, str) else of
    return StrawberryField(description=description, metadata={_OF: prefixes})


def takes(*, one_of: bool = False) -> Any:
    """Declare an input: every field is `given`, optional where it allows None or is a Maybe.

    An optional field that is absent is None; a `Maybe` tells absent (None) from null (Some(None)).
    """

    def declare(cls: C) -> C:
        if not cls.__doc__:
            raise Unreadable(f"{cls.__name__} has no docstring. It becomes the type's description.")
        module = vars(__import__(cls.__module__, fromlist=["*"]))
        hints = get_type_hints(cls, module, dict(TYPES), include_extras=True)
        for name, hint in hints.items():
            field = cls.__dict__.get(name)
            if not isinstance(field, StrawberryField):
                raise Unreadable(f"{cls.__name__}.{name} is not described. Write `= given(…)`.")
            if _allows_none(hint):
                field.default = field.default_value = UNSET
        cls.__annotations__ = {name: _with_ids(hint) for name, hint in hints.items()}
        made = strawberry.input(cls, one_of=one_of, description=sentence(cls.__doc__))
        TYPES[cls.__name__] = made
        return made

    return declare


def expected() -> Any:
    """The version that the client read; a change to anything newer is refused."""
    return given("The version that was read; anything newer is refused with VERSION_CONFLICT.")


def said(input: Any, *names: str) -> Any:
    """What an input says about these fields, each a Maybe; what it leaves out is left out."""
    found = ((name, getattr(input, name)) for name in names)
    return {name: each.value for name, each in found if each is not None}


def named(maybe: Some[UUID | None] | None, field: str) -> UUID | None:
    """What a `Maybe` says where something has to be said, if only null. Raises Invalid."""
    if maybe is None:
        message = "Say where it goes: name what is to stand above it, or null for nothing."
        raise Invalid(message, field, code=Code.REQUIRED)
    return maybe.value


def settle(value: Any, path: tuple[str, ...] = ()) -> Any:
    """Read the ids of an input; what was absent becomes None. Raises Invalid for a malformed id."""
    if isinstance(value, list):
        return [settle(each, (*path, str(n))) for n, each in enumerate(value)]
    if isinstance(value, Some):
        return Some(settle(value.value, path))
    if not is_dataclass(value) or isinstance(value, type):
        return None if value is UNSET else value
    for field in fields(value):
        here = (*path, to_camel_case(field.name))
        read = settle(getattr(value, field.name), here)
        prefixes = field.metadata.get(_OF)
        setattr(value, field.name, _decoded(read, prefixes, here) if prefixes else read)
    return value


def _decoded(value: Any, prefixes: tuple[str, ...], path: tuple[str, ...]) -> Any:
    if isinstance(value, list):
        return [_decoded(each, prefixes, (*path, str(n))) for n, each in enumerate(value)]
    if isinstance(value, Some):
        return Some(_decoded(value.value, prefixes, path))
    return None if value is None else decode(str(value), *prefixes, field=path)


def _allows_none(hint: Any) -> bool:
    return get_origin(hint) in (Union, types.UnionType) and type(None) in get_args(hint)


_NAMES: Mapping[Any, Any] = {UUID: strawberry.ID}


def _with_ids(hint: Any) -> Any:
    """The annotation with ID in the place of UUID."""
    if hint in _NAMES:
        return _NAMES[hint]
    supertype = getattr(hint, "__supertype__", None)
    if supertype is UUID:
        return strawberry.ID
    origin, arguments = get_origin(hint), get_args(hint)
    if not arguments:
        return hint
    replaced = tuple(_with_ids(each) for each in arguments)
    if origin in (Union, types.UnionType):
        return Union[replaced]  # noqa: UP007
    return origin[replaced if len(replaced) > 1 else replaced[0]]
