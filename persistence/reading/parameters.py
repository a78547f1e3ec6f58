"""Sources: the things of a run that a statement binds or knows, each equal to its like."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from domain.kernel.errors import Code, Invalid, Refusal
from domain.kernel.permissions import Permission, Population
from persistence.kernel.wire_format import decode_id, get_id_prefix, to_camel_case
from persistence.reading.plan_cache import SingleArgumentSource
from persistence.reading.selection import Field, ReadRequest

DEFAULT_PAGE_SIZE = 25
MAX_PAGE_SIZE = 100
MAX_IDS = 100


def parse_at_path(parse: Callable[[Any], Any], value: Any, *path: str | int) -> Any:
    """Read what lies at a path of the arguments; what is wrong with it is told at that place."""
    try:
        return parse(value)
    except Refusal as refusal:
        place = [to_camel_case(str(step).rstrip("_")) for step in path]
        raise Invalid(str(refusal), *place, *refusal.field, code=refusal.code) from None


@dataclass(frozen=True)
class ActorAttribute:
    """An attribute of the actor."""

    name: str

    def __call__(self, request: ReadRequest) -> Any:
        """The attribute, with sets as lists for the driver."""
        value = getattr(request.actor, self.name)
        return list(value) if isinstance(value, frozenset) else value


@dataclass(frozen=True)
class HasActorAttribute:
    """Whether an attribute of the actor is not empty."""

    name: str

    def __call__(self, request: ReadRequest) -> bool:
        """True where there is something in it."""
        return bool(getattr(request.actor, self.name))


@dataclass(frozen=True)
class ActorPopulations:
    """The kinds of population over which the actor holds a permission."""

    permission: Permission

    def __call__(self, request: ReadRequest) -> frozenset[Population]:
        """The kinds, as one hashable fact."""
        return request.actor.get_populations(self.permission)


@dataclass(frozen=True)
class ActorSubtrees:
    """The organization subtrees over which the actor holds a permission."""

    permission: Permission

    def __call__(self, request: ReadRequest) -> list[UUID]:
        """The roots of the subtrees."""
        return list(request.actor.get_subtrees(self.permission))


@dataclass(frozen=True)
class ArgumentValue:
    """What lies at a path in a field's arguments; `read` turns it into the driver's form."""

    field: Field
    path: tuple[str | int, ...]
    parse: Callable[[Any], Any] | None = None

    def __call__(self, request: ReadRequest) -> Any:
        """The value, or None where it was not given."""
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
    """Whether an argument was given, and not as null."""

    def __call__(self, request: ReadRequest) -> bool:
        """True where there is a value."""
        return self.field.arguments(request).get(self.argument) is not None


@dataclass(frozen=True)
class PageSize:
    """How many rows are asked for: `first` or `last`, 25 unless said, 100 at most."""

    field: Field

    def __call__(self, request: ReadRequest) -> int:
        """The size. Raises Invalid (OUT_OF_RANGE) where it is not between 0 and 100."""
        arguments = self.field.arguments(request)
        first, last = arguments.get("first"), arguments.get("last")
        if first is not None and last is not None:
            raise Invalid("Ask for the first or for the last rows, not for both.", "last")
        name, size = ("last", last) if last is not None else ("first", first)
        if size is None:
            return DEFAULT_PAGE_SIZE
        if not 0 <= size <= MAX_PAGE_SIZE:
            message = (
                f"A page has 0 to {MAX_PAGE_SIZE} rows. Ask for fewer, and page with a cursor."
            )
            raise Invalid(message, name, code=Code.OUT_OF_RANGE)
        return int(size)


@dataclass(frozen=True)
class Validated:
    """That a source can be read, where the statement has no use for what it says."""

    source: Callable[[ReadRequest], Any]

    def __call__(self, request: ReadRequest) -> bool:
        """True. Raises what the source raises."""
        self.source(request)
        return True


@dataclass(frozen=True)
class IdParser:
    """Reads an opaque id of one of these kinds as a UUID."""

    prefixes: tuple[str, ...]

    def __call__(self, text: Any) -> UUID:
        """The UUID. Raises Invalid (INVALID_FORMAT)."""
        return decode_id(str(text), *self.prefixes)


@dataclass(frozen=True)
class ListParser:
    """Reads every item of a list."""

    parse: Callable[[Any], Any]

    def __call__(self, items: Any) -> list[Any]:
        """The items, each read."""
        return [parse_at_path(self.parse, item, str(n)) for n, item in enumerate(items)]


@dataclass(frozen=True)
class IdPrefix:
    """The kind of thing that an opaque id names."""

    argument: ArgumentValue
    prefixes: tuple[str, ...]

    def __call__(self, request: ReadRequest) -> str:
        """What stands before the underscore. Raises Invalid (INVALID_FORMAT) for what is no id."""
        text = str(self.argument(request))
        parse_at_path(IdParser(self.prefixes), text, "id")
        return get_id_prefix(text)


@dataclass(frozen=True)
class IdPrefixes:
    """The kinds of things that a list of opaque ids names."""

    argument: ArgumentValue

    def __call__(self, request: ReadRequest) -> list[str]:
        """A prefix for each id. Raises Invalid (OUT_OF_RANGE) for more than 100 ids."""
        ids = self.argument(request) or []
        if len(ids) > MAX_IDS:
            message = f"Ask for at most {MAX_IDS} ids at once."
            raise Invalid(message, "ids", code=Code.OUT_OF_RANGE)
        return [get_id_prefix(str(each)) for each in ids]
