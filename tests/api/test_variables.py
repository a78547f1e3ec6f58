"""Variables are coerced as graphql-core does it, and it finds errors in the same places."""

from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    get_variable_values,
    parse,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from api.kernel.documents.limits import Limits
from api.kernel.execution.selection_builder import Operation, collect_condition_variables
from api.kernel.execution.variables import MAX_VARIABLE_ERRORS, coerce_variables
from api.schema import get_schema

SCHEMA = get_schema()._schema
INPUTS = sorted(
    name for name, each in SCHEMA.type_map.items() if isinstance(each, GraphQLInputObjectType)
)
MAX_DEPTH = 3

scalar_values = st.sampled_from(
    [
        "",
        "text",
        "2026-11-22",
        "12.50",
        "goal_0199aaaa-0000-7000-8000-000000000000",
        0,
        7,
        1.5,
        True,
    ]
)


def values_of(type_: Any, levels: int = MAX_DEPTH) -> st.SearchStrategy[Any]:
    match type_:
        case GraphQLNonNull():
            return st.one_of(*[values_of(type_.of_type, levels)] * 9, st.none())
        case GraphQLList():
            inner = values_of(type_.of_type, levels - 1) if levels else st.none()
            return st.one_of(*[st.lists(inner, max_size=2)] * 4, inner, st.none())
        case GraphQLInputObjectType():
            return st.one_of(*[objects_of(type_, levels)] * 6, scalar_values, st.none())
        case GraphQLEnumType():
            return st.one_of(st.sampled_from(list(type_.values)), scalar_values, st.none())
        case _:
            return st.one_of(scalar_values, st.none(), st.just({}))


def objects_of(type_: GraphQLInputObjectType, levels: int) -> st.SearchStrategy[Any]:
    if not levels:
        return st.just({})
    fields = {name: values_of(each.type, levels - 1) for name, each in type_.fields.items()}
    needed = {name: fields[name] for name, each in type_.fields.items() if is_required(each)}
    others = {name: each for name, each in fields.items() if name not in needed}
    fitting = st.fixed_dictionaries(needed, optional=others)
    return st.one_of(
        *[fitting] * 8, st.fixed_dictionaries({"unheardOf": scalar_values}, optional=fields)
    )


def is_required(field: Any) -> bool:
    return isinstance(field.type, GraphQLNonNull)


def an_operation(declared: str) -> Operation:
    document = parse(f"query (${declared}) {{ viewer {{ permissions }} }}")
    node: Any = document.definitions[0]
    return Operation(SCHEMA, node, {}, collect_condition_variables(document), Limits(), document)


def describe_result(found: Any) -> Any:
    if isinstance(found, list):
        return [(each.message.partition(":")[0], each.locations) for each in found]
    sources = {name: (str(each.signature), each.value) for name, each in found.sources.items()}
    return sources, found.coerced


@pytest.mark.parametrize("form", ["{}", "{}!", "[{}!]!"])
@given(chance=st.data())
@settings(max_examples=60, deadline=None)
def test_whatever_comes_is_read_as_graphql_core_reads_it(form: str, chance: st.DataObject) -> None:
    name = chance.draw(st.sampled_from(INPUTS))
    operation = an_operation(f"input: {form.format(name)}")
    type_: Any = SCHEMA.type_map[name]
    whole = GraphQLList(type_) if form[0] == "[" else type_
    sent = chance.draw(st.fixed_dictionaries({}, optional={"input": values_of(whole)}))
    definitions = operation.node.variable_definitions or ()
    expected = describe_result(get_variable_values(SCHEMA, definitions, sent))
    found = describe_result(coerce_variables(operation, sent))
    assert found == (expected[:MAX_VARIABLE_ERRORS] if isinstance(expected, list) else expected)


def test_a_default_of_the_document_counts_where_nothing_is_sent() -> None:
    operation = an_operation("first: Int! = 7, $after: String")
    found = coerce_variables(operation, {})
    assert not isinstance(found, list)
    assert found.coerced == {"first": 7}
    again = coerce_variables(operation, {"first": 3, "after": None})
    assert not isinstance(again, list)
    assert again.coerced == {"first": 3, "after": None}
