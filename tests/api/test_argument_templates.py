"""Arguments from templates equal those that graphql-core coerces."""

from itertools import product
from types import SimpleNamespace
from typing import Any

import pytest
from graphql import (
    GraphQLError,
    GraphQLField,
    build_schema,
    get_argument_values,
    get_variable_values,
    parse,
)

from api.kernel.execution.argument_templates import MAX_TEMPLATES, ArgumentTemplate, Variables

SCHEMA = build_schema("""
    input Text { eq: String = "usual", in: [String!], not: Text }
    input By @oneOf { id: ID, text: Text }
    type Query { find(first: Int = 25, ids: [ID], where: Text, wheres: [Text], by: By): Int }
""")
ABSENT = object()
DOCUMENT = """
    query($n: Int, $a: String, $b: String, $ids: [ID], $text: Text, $id: ID!) {
      find(first: $n, ids: %s, where: %s, wheres: [{eq: $a}, $text, {eq: "b"}], by: {id: $id})
    }
"""
ARGUMENT_LITERALS = [
    ("$ids", '{eq: $a, in: ["x"], not: {eq: $b, not: {not: $text}}}'),
    ('["1", $id, null]', "$text"),
    ('"1"', "null"),
]  # fmt: skip
VARIABLE_VALUES: dict[str, tuple[Any, ...]] = {
    "n": (ABSENT, None, 3),
    "a": (ABSENT, None, "a"),
    "b": (ABSENT, "b"),
    "ids": (ABSENT, None, "1", ["1", None]),
    "text": (ABSENT, None, {}, {"not": {"eq": None}}),
    "id": ("i",),
}


def build_read_request(values: Any) -> Any:
    return SimpleNamespace(variables=Variables(values))


def coerce_with_graphql_core(field: GraphQLField, node: Any, values: Any) -> dict[str, Any]:
    coerced = get_argument_values(field, node, values)
    given = {name: value for name, value in coerced.items() if value is not None}
    flat = given.pop("by", {})
    return given | flat


@pytest.mark.parametrize("written", ARGUMENT_LITERALS)
def test_whatever_is_given_the_arguments_are_graphql_cores(written: tuple[str, str]) -> None:
    field = SCHEMA.query_type.fields["find"]  # type: ignore[union-attr]
    operation: Any = parse(DOCUMENT % written).definitions[0]
    node = operation.selection_set.selections[0]
    arguments = ArgumentTemplate(field, node, "by")
    compared = 0
    for each in product(*VARIABLE_VALUES.values()):
        given = {
            name: value
            for name, value in zip(VARIABLE_VALUES, each, strict=True)
            if value is not ABSENT
        }
        values: Any = get_variable_values(SCHEMA, operation.variable_definitions, given)
        assert arguments(build_read_request(values)) == coerce_with_graphql_core(
            field, node, values
        )
        compared += 1
    assert compared == 288
    assert 1 < len(arguments._templates) <= MAX_TEMPLATES


def test_arguments_of_one_request_do_not_leak_into_another() -> None:
    field = SCHEMA.query_type.fields["find"]  # type: ignore[union-attr]
    operation: Any = parse("query($a: String) { find(where: {eq: $a}) }").definitions[0]
    arguments = ArgumentTemplate(field, operation.selection_set.selections[0], None)

    def told(given: str) -> Any:
        values = get_variable_values(SCHEMA, operation.variable_definitions, {"a": given})
        return arguments(build_read_request(values))

    assert [told("one")["where"], told("two")["where"]] == [{"eq": "one"}, {"eq": "two"}]
    assert len(arguments._templates) == 1


def test_a_null_where_exactly_one_is_wanted_is_refused_after_a_value_was_taken() -> None:
    field = SCHEMA.query_type.fields["find"]  # type: ignore[union-attr]
    operation: Any = parse("query($id: ID) { find(by: {id: $id}) }").definitions[0]
    arguments = ArgumentTemplate(field, operation.selection_set.selections[0], "by")
    definitions = operation.variable_definitions

    assert (
        arguments(build_read_request(get_variable_values(SCHEMA, definitions, {"id": "1"})))["id"]
        == "1"
    )
    for given in ({}, {"id": None}):
        with pytest.raises(GraphQLError):
            arguments(build_read_request(get_variable_values(SCHEMA, definitions, given)))


def test_only_arguments_with_variables_vary_and_flattened_ones_do_together() -> None:
    field = SCHEMA.query_type.fields["find"]  # type: ignore[union-attr]

    def varying(document: str, flatten: str | None = "by") -> list[bool]:
        operation: Any = parse(document).definitions[0]
        made = ArgumentTemplate(field, operation.selection_set.selections[0], flatten)
        return [made.may_vary(name) for name in ("where", "id", "first")]

    assert varying("query($a: String) { find(where: {eq: $a}) }") == [True, False, False]
    assert varying("query($id: ID) { find(by: {id: $id}) }") == [True, True, True]
    assert varying("query($id: ID) { find(by: {id: $id}) }", None) == [False, False, False]
    assert varying('{ find(where: {eq: "a"}) }') == [False, False, False]
