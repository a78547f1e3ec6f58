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
from api.kernel.execution.variables import coerce_variables
from api.schema import get_schema

SCHEMA = get_schema()._schema
INPUTS = sorted(
    name for name, each in SCHEMA.type_map.items() if isinstance(each, GraphQLInputObjectType)
)
MAX_DEPTH = 3
COMPARED_ERRORS = 5
"""Fewer than are found, because errors about @oneOf are left out: graphql-core does not know it."""

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
        places = [
            (each.message.partition(":")[0], each.locations)
            for each in found
            if not each.message.endswith(" exactly one field, and not null.")
        ]
        return places[:COMPARED_ERRORS]
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
    theirs = get_variable_values(SCHEMA, definitions, sent)
    if isinstance(theirs, list) and theirs[-1].locations is None:
        assert isinstance(coerce_variables(operation, sent), list)
        return  # the check of @oneOf stops there, without a place
    expected = describe_result(theirs)
    assert describe_result(coerce_variables(operation, sent)) == expected


@pytest.mark.parametrize("by", [{}, {"id": None}, {"id": "a", "subject": "b"}])
def test_an_object_that_takes_one_field_is_named(by: Any) -> None:
    found = coerce_variables(an_operation("by: MemberBy!"), {"by": by})
    assert isinstance(found, list)
    assert [each.message for each in found] == [
        "Variable '$by' has invalid value: Give MemberBy exactly one field, and not null."
    ]
    assert [(each.line, each.column) for each in found[0].locations or ()] == [(1, 8)]


def test_a_default_of_the_document_counts_where_nothing_is_sent() -> None:
    operation = an_operation("first: Int! = 7, $after: String")
    found = coerce_variables(operation, {})
    assert not isinstance(found, list)
    assert found.coerced == {"first": 7}
    again = coerce_variables(operation, {"first": 3, "after": None})
    assert not isinstance(again, list)
    assert again.coerced == {"first": 3, "after": None}
