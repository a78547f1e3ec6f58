"""Parameter sources: the values of a request that statements bind or are specialized on.

Equal sources are bound once, so each is a frozen dataclass.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from domain.kernel.errors import Code, Invalid, Refusal
from domain.kernel.permissions import Permission, Population, Reach
from persistence.kernel.wire_format import (
    decode_id,
    extract_uuid,
    from_enum_name,
    get_id_prefix,
    to_camel_case,
)
from persistence.reading.plan_cache import SingleArgumentSource
from persistence.reading.selection import Field, ReadRequest

DEFAULT_PAGE_SIZE = 25
MAX_PAGE_SIZE = 100
MAX_IDS = 100


def parse_at_path(parse: Callable[[Any], Any], value: Any, *path: str | int) -> Any:
    """Parse a value of the arguments; raise Invalid with its path where `parse` refuses it."""
    try:
        return parse(value)
    except Refusal as refusal:
        # Python names that are keywords end with an underscore: in_, not_.
        names = [to_camel_case(str(step).rstrip("_")) for step in path]
        raise Invalid(str(refusal), *names, *refusal.field, code=refusal.code) from None


@dataclass(frozen=True)
class ActorAttribute:
    """An attribute of the actor."""

    name: str

    def __call__(self, request: ReadRequest) -> Any:
        """Return the attribute; a set becomes a list, which the driver can send."""
        value = getattr(request.actor, self.name)
        return list(value) if isinstance(value, frozenset) else value


@dataclass(frozen=True)
class HasActorAttribute:
    """Whether an attribute of the actor is not empty."""

    name: str

    def __call__(self, request: ReadRequest) -> bool:
        """Return True if the attribute has a value or items."""
        return bool(getattr(request.actor, self.name))


@dataclass(frozen=True)
class ActorReaches:
    """Whom the actor's grants of a permission cover."""

    permission: Permission

    def __call__(self, request: ReadRequest) -> frozenset[Reach]:
        """Return the reaches as a hashable set."""
        return request.actor.get_reaches(self.permission)


@dataclass(frozen=True)
class ActorNamed:
    """The objects that the actor's grants of a permission name."""

    permission: Permission

    def __call__(self, request: ReadRequest) -> list[UUID]:
        """Return the ids of the objects."""
        return list(request.actor.get_named(self.permission))


@dataclass(frozen=True)
class ActorSubtrees:
    """The organization subtrees that limit the actor's grants of a permission over a population."""

    permission: Permission
    population: Population

    def __call__(self, request: ReadRequest) -> list[UUID]:
        """Return the ids of the organizations at the roots of the subtrees."""
        return list(request.actor.get_subtrees(self.permission, self.population))


@dataclass(frozen=True)
class ArgumentValue:
    """The value at a path in a field's arguments; `parse` converts it for the driver."""

    field: Field
    path: tuple[str | int, ...]
    parse: Callable[[Any], Any] | None = None

    def __call__(self, request: ReadRequest) -> Any:
        """Return the value, or None if it is absent. Raises Invalid where `parse` refuses it."""
        value: Any = self.field.arguments(request)
        for step in self.path:
            if value is None:
                return None
            value = value[step] if isinstance(step, int) else value.get(step)
        if self.parse is None or value is None:
            return value
        return parse_at_path(self.parse, value, *self.path)


@dataclass(frozen=True)
class HasArgument(SingleArgumentSource):
    """Whether an argument is present and not null, or has the stored `value` of an enum."""

    value: str | None = None

    def __call__(self, request: ReadRequest) -> bool:
        """Return True if the argument has a value, or this one."""
        given = self.field.arguments(request).get(self.argument)
        return given is not None and self.value in (None, from_enum_name(given))


@dataclass(frozen=True)
class PageSize:
    """The number of requested rows: `first` or `last`, by default 25, at most 100."""

    field: Field

    def __call__(self, request: ReadRequest) -> int:
        """Return the size. Raises Invalid (OUT_OF_RANGE) unless it is between 0 and 100."""
        arguments = self.field.arguments(request)
        first, last = arguments.get("first"), arguments.get("last")
        if first is not None and last is not None:
            raise Invalid("Use `first` or `last`, not both.", "last")
        name, size = ("last", last) if last is not None else ("first", first)
        if size is None:
            return DEFAULT_PAGE_SIZE
        if not 0 <= size <= MAX_PAGE_SIZE:
            message = f"A page has 0 to {MAX_PAGE_SIZE} rows. Use a smaller number and a cursor."
            raise Invalid(message, name, code=Code.OUT_OF_RANGE)
        return int(size)


def skips_rows(request: ReadRequest) -> bool:
    """Return whether rows are left out before the page."""
    return request.skipped_rows > 0


def count_skipped_rows(request: ReadRequest) -> int:
    """Return how many rows are left out before the page."""
    return request.skipped_rows


@dataclass(frozen=True)
class Validated:
    """A check of a source whose value the statement does not need."""

    source: Callable[[ReadRequest], Any]

    def __call__(self, request: ReadRequest) -> bool:
        """Return True. Raises what the source raises."""
        self.source(request)
        return True


@dataclass(frozen=True)
class IdParser:
    """A parser of global ids with one of these prefixes."""

    prefixes: tuple[str, ...]

    def __call__(self, text: Any) -> UUID:
        """Return the UUID. Raises Invalid (INVALID_FORMAT)."""
        return decode_id(str(text), *self.prefixes)


@dataclass(frozen=True)
class OptionalIdParser:
    """A parser of global ids for look-ups that find nothing for a malformed one."""

    prefixes: tuple[str, ...]

    def __call__(self, text: Any) -> UUID | None:
        """Return the UUID, or None if the text is not an id with one of the prefixes."""
        return extract_uuid(str(text), *self.prefixes)


@dataclass(frozen=True)
class ListParser:
    """A parser of lists, which applies another parser to every item."""

    parse: Callable[[Any], Any]

    def __call__(self, items: Any) -> list[Any]:
        """Return the parsed items."""
        return [parse_at_path(self.parse, item, str(n)) for n, item in enumerate(items)]


@dataclass(frozen=True)
class IdPrefix:
    """The prefix of the global id in an argument, which selects a read model."""

    argument: ArgumentValue
    prefixes: tuple[str, ...]

    def __call__(self, request: ReadRequest) -> str:
        """Return the prefix. Raises Invalid (INVALID_FORMAT) if the text is not an id."""
        text = str(self.argument(request))
        parse_at_path(IdParser(self.prefixes), text, "id")
        return get_id_prefix(text)


@dataclass(frozen=True)
class IdPrefixes:
    """The prefixes of a list of global ids."""

    argument: ArgumentValue

    def __call__(self, request: ReadRequest) -> list[str]:
        """Return one prefix for each id. Raises Invalid (OUT_OF_RANGE) for more than 100 ids."""
        ids = self.argument(request) or []
        if len(ids) > MAX_IDS:
            message = f"At most {MAX_IDS} ids are allowed. Use several requests."
            raise Invalid(message, "ids", code=Code.OUT_OF_RANGE)
        return [get_id_prefix(str(each)) for each in ids]
