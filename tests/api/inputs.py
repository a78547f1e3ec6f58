"""The fields of the inputs of all mutations, read off the schema, and inputs to put values into."""

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

from graphql import (
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    get_named_type,
)

from api.schema import get_schema
from tests.api.company import Company
from tests.api.test_who_may import INPUTS

Path = tuple[str | int, ...]


def _unwrapped(type_: Any) -> Any:
    return type_.of_type if isinstance(type_, GraphQLNonNull) else type_


def leaves(name: str) -> Iterator[tuple[str, Path]]:
    """Every field of this scalar in the input of every mutation, by the path to it."""
    known: GraphQLSchema = get_schema()._schema
    assert known.mutation_type is not None
    for verb, field in known.mutation_type.fields.items():
        if "input" not in field.args:  # a batch takes the inputs of its verb
            continue
        input = get_named_type(field.args["input"].type)
        assert isinstance(input, GraphQLInputObjectType)
        yield from ((verb, path) for path in _paths(input, name))


def _paths(input: GraphQLInputObjectType, name: str, above: Path = ()) -> Iterator[Path]:
    for key, field in input.fields.items():
        type_ = _unwrapped(field.type)
        here: Path = (*above, key, 0) if isinstance(type_, GraphQLList) else (*above, key)
        inner = get_named_type(type_)
        if isinstance(inner, GraphQLInputObjectType):
            yield from _paths(inner, name, here)
        elif inner.name == name:
            yield here


KEY_RESULT = {"title": "Measured", "startValue": "0", "targetValue": "10"}
REFERENCE = {"source": "workday", "id": "1"}
GRANT = {"permission": "EMPLOYMENT_READ", "population": "ORGANIZATION"}

LISTED: dict[str, Callable[[Company], dict[str, Any]]] = {
    "keyResults": lambda _: dict(KEY_RESULT),
    "references": lambda _: dict(REFERENCE),
    "labels": lambda _: {"key": "goal", "text": "Aim"},
    "values": lambda company: {
        "keyResultId": company.part("keyres", company.goals["public"].key_results),
        "value": "1",
    },
    "grants": lambda company: GRANT | {"organizationId": company.id("org", "ops")},
}
"""What an item of a list looks like."""


def base(company: Company, verb: str) -> dict[str, Any]:
    """An input of this mutation that would be accepted of HR and admin in one."""
    name = next(row for row in INPUTS if row.split()[0] == verb)
    return dict(INPUTS[name](company))


def with_value(company: Company, verb: str, path: Path, value: Any) -> dict[str, Any]:
    """The same with another value at a path."""
    input = base(company, verb)
    if path[0] == "owner":
        return input | {"owner": {path[1]: value}}
    at: Any = input
    for step, following in pairwise(path):
        if isinstance(following, int):
            at[step] = [LISTED[str(step)](company) if len(path) > 2 else None]
        elif not isinstance(step, int):
            at[step] = dict(at.get(step) or {})
        at = at[step]
    at[path[-1]] = value
    return input


def spoken(path: Path) -> list[str]:
    """A path as errors name it."""
    return [str(step) for step in path]


def text_path(verb: str, path: Path) -> str:
    """How a test is called."""
    return f"{verb}-{'.'.join(spoken(path))}"
