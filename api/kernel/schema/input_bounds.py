"""Bounds of inputs: the length of each text and of each list, declared where the input is.

An argument or input field that takes a text or a list has a bound, or the schema is not built.
Values are checked against the bounds before any other work on them: before a text is normalized,
an object is loaded or a statement is planned.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from graphql import (
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_specified_directive,
)

from api.kernel.schema.declarations import BACKREF, SchemaError
from domain.kernel.errors import LimitExceeded
from domain.kernel.fields import FieldRule, MaxItems
from domain.kernel.text import reject_oversized

MAX_LENGTH_KEY = "trellis-max-length"
MAX_ITEMS_KEY = "trellis-max-items"

Path = tuple[str, ...]
Check = Callable[[Any, Path], None]
Checks = Mapping[str, tuple[str, Check]]
"""By the Python name of an argument or field: its name in the graph, and its check."""


def bounds_metadata(max_length: int | None, max_items: int | None) -> dict[Any, Any]:
    """Return the metadata of an argument or input field with these bounds."""
    return {MAX_LENGTH_KEY: max_length, MAX_ITEMS_KEY: max_items}


def get_rule_bounds(rule: FieldRule | None) -> dict[Any, Any]:
    """Return the metadata of an input whose values have this rule."""
    max_items = rule.maximum if isinstance(rule, MaxItems) else None
    return bounds_metadata(getattr(rule, "max_length", None), max_items)


def iterate_inputs(schema: GraphQLSchema) -> Iterator[tuple[str, str, Any]]:
    """Yield each argument and input field of our own, with its owner's name and its own."""
    for type_ in schema.type_map.values():
        if isinstance(type_, GraphQLObjectType) and not type_.name.startswith("__"):
            for field_name, field in type_.fields.items():
                for name, argument in field.args.items():
                    yield f"{type_.name}.{field_name}", name, argument
        elif isinstance(type_, GraphQLInputObjectType):
            for name, input_field in type_.fields.items():
                yield type_.name, name, input_field
    for directive in schema.directives:
        if not is_specified_directive(directive) and BACKREF in directive.extensions:
            for name, argument in directive.args.items():
                yield f"@{directive.name}", name, argument


def require_bounds(schema: GraphQLSchema) -> None:
    """Raise SchemaError for a text or a list without a bound. The message names the fix."""
    for owner, name, definition in iterate_inputs(schema):
        if get_named_type(definition.type).name == "String" and not get_max_length(definition):
            raise SchemaError(f"{owner}.{name} takes a text of any length. Give it a rule.")
        if is_list(definition.type) and not get_max_items(definition):
            raise SchemaError(f"{owner}.{name} takes a list of any length. Give it max_items=….")


def get_max_length(definition: Any) -> int | None:
    """Return the most characters of a text; None for other types."""
    return _get_bound(definition, MAX_LENGTH_KEY)


def get_max_items(definition: Any) -> int | None:
    """Return the most items of a list; None for other types."""
    return _get_bound(definition, MAX_ITEMS_KEY)


def _get_bound(definition: Any, key: str) -> int | None:
    backref = definition.extensions.get(BACKREF)
    found: int | None = backref.metadata.get(key) if backref is not None else None
    return found


def is_list(type_: Any) -> bool:
    """Return whether a type is a list, nullable or not."""
    return isinstance(type_.of_type if isinstance(type_, GraphQLNonNull) else type_, GraphQLList)


def build_checks(definitions: Mapping[str, Any]) -> Checks:
    """Return the checks of those arguments or input fields that hold a text or a list."""
    found = ((name, each, _build_check(each)) for name, each in definitions.items())
    return {each.out_name or name: (name, check) for name, each, check in found if check}


@cache
def build_input_checks(type_: GraphQLInputObjectType) -> Checks:
    """Return the checks of the fields of an input, built once per type."""
    return build_checks(type_.fields)


def run_checks(checks: Checks, values: Mapping[str, Any], path: Path = ()) -> None:
    """Check coerced values. Raises Invalid or LimitExceeded with the path in the graph's names."""
    for python_name, value in values.items():
        if value is not None and python_name in checks:
            name, check = checks[python_name]
            check(value, (*path, name))


def _build_check(definition: Any) -> Check | None:
    check = _build_value_check(get_named_type(definition.type), get_max_length(definition))
    if not is_list(definition.type):
        return check
    return _build_list_check(get_max_items(definition), check)


def _build_value_check(named_type: Any, max_length: int | None) -> Check | None:
    if isinstance(named_type, GraphQLInputObjectType):
        return lambda value, path: run_checks(build_input_checks(named_type), value, path)
    if max_length is None:
        return None
    return lambda value, path: reject_oversized("This text", value, *path, max_length=max_length)


def reject_long_list(values: Sequence[Any], max_items: int | None, *path: str) -> None:
    """Raise LimitExceeded for a list with more items than that."""
    if max_items is not None and len(values) > max_items:
        message = f"This list has {len(values):,} items. Send {max_items:,} at most."
        raise LimitExceeded(message, *path)


def _build_list_check(max_items: int | None, check: Check | None) -> Check:
    def check_list(values: Any, path: Path) -> None:
        reject_long_list(values, max_items, *path)
        if check is not None:
            for index, each in enumerate(values):
                if each is not None:
                    check(each, (*path, str(index)))

    return check_list
