"""Parsing of the inputs of mutations: their typed values, and all that is wrong with them.

A value that cannot be read, such as a malformed id, is an error for everybody: it depends on the
schema alone. Values that break a rule are reported after the permission was checked.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property, partial
from typing import Any, NamedTuple, cast
from uuid import UUID

from strawberry.types.base import StrawberryMaybe, StrawberryOptional
from strawberry.types.maybe import Some
from strawberry.utils.str_converters import to_camel_case

from api.kernel.schema.global_ids import decode_id, parse_node_id
from api.kernel.schema.input_bounds import MAX_ITEMS_KEY, MAX_LENGTH_KEY, reject_long_list
from api.kernel.schema.inputs import (
    EMPTY_KEY,
    EXPLICIT_KEY,
    INPUT_ENTITIES,
    KIND_KEY,
    PERIOD_END_KEY,
    PREFIXES_KEY,
    RULE_KEY,
    TODAY_KEY,
    UNIQUE_KEY,
    missing_field_error,
)
from api.kernel.schema.value_faults import UnreadableFault, UnreadableValue
from domain.kernel.errors import Code, Invalid, LimitExceeded, Refusal
from domain.kernel.fields import FieldRule, MaxItems, check_required
from domain.kernel.text import reject_oversized
from domain.kernel.wanted import Wanted
from persistence.kernel.wire_format import from_last_day

Path = tuple[str, ...]
REPEATED = "This repeats an earlier item of the list. Remove one of the two."
NOT_NULL = "This field cannot be null. Leave it out to keep its value."
_DEFINITION = "__strawberry_definition__"


@dataclass
class ParsedInput:
    """One input of a mutation: its typed value, and what is wrong with it.

    The value must not be used unless `is_readable`. `objects` are the parts of the input that
    become an entity: its class, the path, and the values that fit their own rules.
    """

    input_class: type
    value: Any = None
    unreadable_count: int = 0
    faults: list[Refusal] = field(default_factory=list)
    objects: list[tuple[Any, Path, Mapping[str, Any]]] = field(default_factory=list)
    ids: list[tuple[str, UUID]] = field(default_factory=list)
    """The ids with their prefix, where the field takes one kind only."""

    @property
    def is_readable(self) -> bool:
        """Whether all values of the input can be read."""
        return self.unreadable_count == 0

    def list_wanted(self) -> Sequence[Wanted]:
        """Return what to read with the first statement, beside what the ids name.

        An input whose handler reads more has a method of this name.
        """
        find = getattr(self.input_class, "list_wanted", None)
        return find(self.value) if find and self.is_readable else ()

    def list_faults(self, today: date) -> list[Refusal]:
        """Return all faults in the order of the input's fields, each with its path."""
        faults = list(self.faults)
        for entity, path, values in self.objects:
            given = {name: today if value is _TODAY else value for name, value in values.items()}
            faults += [
                Invalid(str(each), *path, *each.field, code=each.code)
                for each in entity.find_value_conflicts(given)
            ]
        return sorted(faults, key=lambda each: _find_position(self.input_class, each.field))


_TODAY = object()
"""Stands for the day that a field has when it is left out; it depends on the tenant."""


def parse_input(input_class: type, raw_input: Mapping[str, Any]) -> ParsedInput:
    """Parse a coerced input. Absent fields are None."""
    parsed = ParsedInput(input_class)
    parsed.value = _Parser(parsed).parse(input_class, raw_input, ())
    return parsed


@dataclass(frozen=True)
class _InputField:
    """A field of an input: its names in Python and in the graph, and what its values look like."""

    name: str
    graphql_name: str
    input_class: type | None
    is_maybe: bool
    is_required: bool
    prefixes: tuple[str, ...] | None
    """The kinds of ids that the field takes; None for a field without ids."""
    keeps_kind: bool
    max_length: int | None
    max_items: int | None
    unique_by: Callable[[Any], Any] | None
    rule: FieldRule | None
    is_period_end: bool
    is_explicit: bool
    is_today_by_default: bool
    empty_is_null: bool

    def identify(self, item: Any) -> Any:
        """Return what no two items of a list may share; None where the item may be repeated."""
        if item is None or self.prefixes:
            return item
        return self.unique_by(item) if self.unique_by else None

    @cached_property
    def read(self) -> Callable[[Any], Any] | None:
        """The function that returns the typed value, where it is another one.

        It raises Invalid for an oversized text and a malformed id.
        """
        decode = self._decode
        if self.max_length is not None:
            return partial(_bound_text, self.max_length, decode)
        return from_last_day if decode is None and self.is_period_end else decode

    @property
    def _decode(self) -> Callable[[str], Any] | None:
        """The function that decodes an id, where the field takes one."""
        if not self.prefixes:
            return None
        decode = parse_node_id if self.keeps_kind else decode_id
        return lambda value: decode(value, *self.prefixes or ())

    @cached_property
    def check(self) -> Callable[[Any], object] | None:
        """The check of a value by the rule of the field, if it has one. It raises Invalid."""
        item = getattr(self.rule, "item", None)
        rule = item or self.rule
        if rule is None or isinstance(rule, MaxItems):
            return None
        return partial(check_required, rule) if self.is_required or item else rule.check


def _bound_text(max_length: int, decode: Callable[[str], Any] | None, value: str) -> Any:
    if len(value) > max_length or not value.isascii():  # else it is short enough
        reject_oversized("This text", value, max_length=max_length)
    return value if decode is None else decode(value)


@dataclass
class _Parser:
    """A walk through one input, which collects the faults.

    A value is at a `step` below a path. Both are put together only where there is a fault.
    """

    parsed: ParsedInput

    def parse(self, input_class: type, raw_input: Mapping[str, Any], path: Path) -> Any:
        plan, faults = _plan_input(cast("Hashable", input_class)), self.parsed.faults
        values, fitting = plan.absent.copy(), dict[str, Any]()
        for name, value in raw_input.items():
            field, fault_count = plan.fields[name], len(faults)
            if value is None and field.is_maybe and field.is_required:
                self._add(Invalid(NOT_NULL, *path, field.graphql_name, code=Code.REQUIRED))
            found = self._parse_value(field, value, path, field.graphql_name)
            values[name] = Some(found) if field.is_maybe else found
            if len(faults) == fault_count and values[name] is not None:
                fitting[name] = found
        for field in plan.defaulted:
            if field.is_explicit and field.name not in raw_input:
                self._add(missing_field_error(*path, field.graphql_name))
                values[field.name] = Some(None)
            elif field.is_today_by_default and values[field.name] is None:
                fitting[field.name] = _TODAY
        for entity in plan.entities:
            self.parsed.objects.append((entity, path, fitting))
        parsed: Any = object.__new__(input_class)  # what a constructor does in twice the time
        vars(parsed).update(values)
        return parsed

    def _parse_value(self, field: _InputField, value: Any, path: Path, step: str) -> Any:
        if value is None or (field.empty_is_null and _is_empty(value)):
            return None
        if field.input_class is not None and isinstance(value, dict):
            return self.parse(field.input_class, value, (*path, step))
        try:
            if isinstance(value, UnreadableValue):
                raise UnreadableFault(value)
            if isinstance(value, list):
                reject_long_list(value, field.max_items)
                return self._parse_list(field, value, (*path, step))
            if field.read is not None:
                value = field.read(value)
        except (Invalid, LimitExceeded) as fault:
            self._add(fault, *path, step)
            self.parsed.unreadable_count += 1
            return None
        if field.prefixes is not None and len(field.prefixes) == 1:
            self.parsed.ids.append((field.prefixes[0], value))
        if field.check is not None:
            try:
                field.check(value)
            except (Invalid, LimitExceeded) as fault:
                self._add(fault, *path, step)
        return value

    def _parse_list(self, field: _InputField, values: list[Any], path: Path) -> list[Any]:
        """Parse the items, and add a fault for each that repeats an earlier one."""
        items, known = [], set[Any]()
        for n, each in enumerate(values):
            unreadable_count = self.parsed.unreadable_count
            items.append(self._parse_value(field, each, path, str(n)))
            is_readable = self.parsed.unreadable_count == unreadable_count
            identity = field.identify(items[-1]) if is_readable else None
            if identity in known:
                self._add(Invalid(REPEATED, *path, str(n), code=Code.NOT_UNIQUE))
            known |= {identity} - {None}
        return items

    def _add(self, fault: Refusal, *path: str) -> None:
        fault.field = (*path, *fault.field)
        self.parsed.faults.append(fault.with_traceback(None))


def _is_empty(value: Any) -> bool:
    """Return whether a value is a text without any characters to see."""
    if isinstance(value, UnreadableValue):
        return value.is_empty
    return isinstance(value, str) and not value.strip()


@cache
def list_fields(input_class: Hashable) -> list[_InputField]:
    """Return the fields of an input in their order."""
    return [_build_input_field(each) for each in getattr(input_class, _DEFINITION).fields]


class _InputPlan(NamedTuple):
    """How an input is parsed: its fields by name, and the values of those that are absent."""

    fields: Mapping[str, _InputField]
    absent: dict[str, Any]
    defaulted: Sequence[_InputField]
    """The fields that must be given explicitly, or that are today by default."""
    entities: Sequence[type]


@cache
def _plan_input(input_class: Any) -> _InputPlan:
    fields = list_fields(input_class)
    return _InputPlan(
        {each.name: each for each in fields},
        {each.name: None for each in fields},
        [each for each in fields if each.is_explicit or each.is_today_by_default],
        INPUT_ENTITIES.get(input_class, ()),
    )


def _build_input_field(field: Any) -> _InputField:
    is_maybe, inner = isinstance(field.type, StrawberryMaybe), field.type
    is_optional = isinstance(inner.of_type if is_maybe else inner, StrawberryOptional)
    while hasattr(inner, "of_type"):
        inner = inner.of_type
    is_input = getattr(getattr(inner, _DEFINITION, None), "is_input", False)
    graph_name = field.graphql_name or to_camel_case(field.python_name)
    metadata = field.metadata
    return _InputField(
        name=field.python_name,
        graphql_name=graph_name,
        input_class=inner if is_input else None,
        is_maybe=is_maybe,
        is_required=not is_optional,
        prefixes=metadata.get(PREFIXES_KEY),
        keeps_kind=bool(metadata.get(KIND_KEY)),
        max_length=metadata.get(MAX_LENGTH_KEY),
        max_items=metadata.get(MAX_ITEMS_KEY),
        unique_by=metadata.get(UNIQUE_KEY),
        rule=metadata.get(RULE_KEY),
        is_period_end=bool(metadata.get(PERIOD_END_KEY)),
        is_explicit=bool(metadata.get(EXPLICIT_KEY)),
        is_today_by_default=bool(metadata.get(TODAY_KEY)),
        empty_is_null=bool(metadata.get(EMPTY_KEY)),
    )


@cache
def _index_fields(input_class: Hashable) -> Mapping[str, tuple[int, type | None]]:
    """Return the position and the input type of each field by its name in the graph."""
    fields = enumerate(list_fields(input_class))
    return {each.graphql_name: (position, each.input_class) for position, each in fields}


def _find_position(input_class: type | None, path: Path) -> tuple[int, ...]:
    """Return the position of each step of a path, in its type or list."""
    position = []
    for step in path:
        if step.isdigit():
            position.append(int(step))
        elif input_class is not None:
            place, input_class = _index_fields(cast("Hashable", input_class)).get(step, (0, None))
            position.append(place)
    return tuple(position)
