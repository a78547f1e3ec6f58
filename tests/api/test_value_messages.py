"""No message repeats what was sent, and none names a type of Python.

The cases are derived from the schema: a marker stands for every text, number, date, id and enum.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from graphql import (
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    get_named_type,
    is_enum_type,
    parse,
    validate,
)

from api.kernel.documents.fast_validation import RULES
from api.kernel.schema.input_bounds import iterate_inputs
from api.kernel.schema.value_faults import find_value_faults
from api.schema import get_schema
from tests.api.mutation_inputs import (
    InputPath,
    build_input_with_value,
    format_test_id,
    iterate_declared_fields,
)
from tests.api.served_company import ServedCompany, build_mutation

SCHEMA = get_schema()._schema
MUTATION_TYPE: Any = SCHEMA.mutation_type
MARKER = "Zq7marker"
PYTHON_WORDS = re.compile(
    r"Python|NoneType|\bNone\b|\bstr\b|\bint\b|\bdict\b|\bbool\b|\bfloat\b|<class|object at"
)
TAKES_ANY_TEXT = {"issuerTest", "costEstimate", "accessRequestEndApproval"}
"""A reason for something, or what is tried, and may be wrong: the answer says so in another place
than `errors`. A syntax error of a document names the word at its position."""

WRONG_VALUES: tuple[Any, ...] = (MARKER, [MARKER], {MARKER: MARKER}, 7.25, True)
"""What stands for a scalar or an enum."""


def assert_nothing_is_repeated(text: str) -> None:
    assert MARKER not in text
    assert "7.25" not in text
    assert PYTHON_WORDS.search(text) is None, text


def build_value(type_: Any, leaf: Any, levels: int = 4) -> Any:
    """Build a value of the right structure, with this one for every scalar and enum."""
    match type_:
        case GraphQLNonNull():
            return build_value(type_.of_type, leaf, levels)
        case GraphQLList():
            return [build_value(type_.of_type, leaf, levels)]
        case GraphQLInputObjectType():
            names = list(type_.fields)[:1] if type_.is_one_of else list(type_.fields)
            fields = {name: type_.fields[name].type for name in names} if levels else {}
            return {name: build_value(each, leaf, levels - 1) for name, each in fields.items()}
        case _:
            return leaf


def write_literal(value: Any) -> str:
    """Write a value in the syntax of a document; texts become names of enum values."""
    match value:
        case dict():
            return "{" + " ".join(f"{key}: {write_literal(value[key])}" for key in value) + "}"
        case list():
            return "[" + " ".join(map(write_literal, value)) + "]"
        case str():
            return value
        case _:
            return json.dumps(value)


@pytest.mark.parametrize("leaf", WRONG_VALUES, ids=str)
def test_no_message_about_a_value_repeats_it(leaf: Any) -> None:
    count = 0
    types = {str(each.type): each.type for _, _, each in iterate_inputs(SCHEMA)}
    for type_ in types.values():
        value = build_value(type_, leaf, levels=2)
        literal: Any = parse(f"{{ f(a: {write_literal(value)}) }}")
        node = literal.definitions[0].selection_set.selections[0].arguments[0].value
        for sent in (value, node):
            for fault in find_value_faults(sent, type_):
                assert_nothing_is_repeated(fault.message)
                assert fault.message[0].isupper() or fault.message[0] == "`"
                assert fault.message[-1] in ".?"
                count += 1
    assert count > 300


def test_an_enum_that_is_not_known_is_answered_with_those_that_are() -> None:
    document = parse(f"{{ goals(where: {{status: {{eq: {MARKER}}}}}) {{ totalCount }} }}")
    (error,) = validate(SCHEMA, document, RULES)
    assert error.message == (
        "One of these is expected here: DRAFT, ACTIVE, ACHIEVED, MISSED, ABANDONED."
    )
    assert [(each.line, each.column) for each in error.locations or ()] == [(1, 30)]


def _list_mutations() -> list[str]:
    return [name for name, each in MUTATION_TYPE.fields.items() if "input" in each.args]


@pytest.mark.parametrize("verb", _list_mutations())
def test_no_answer_of_a_mutation_repeats_a_wrong_value(wire: ServedCompany, verb: str) -> None:
    type_ = MUTATION_TYPE.fields[verb].args["input"].type
    for leaf in (MARKER, 7.25):
        value = build_value(type_, leaf)
        literal = f"mutation {{ {verb}(input: {write_literal(value)}) {{ errors {{ message }} }} }}"
        for response in (
            wire.post("ruler", build_mutation(verb), input=value),
            wire.post("ruler", literal),
        ):
            text = response.text
            assert verb in TAKES_ANY_TEXT or '"message":"' in text
            assert_nothing_is_repeated(_strip_location(text))


TEXTS = [
    pytest.param(*each, id=format_test_id(*each))
    for kind in ("String", "ID")
    for each in iterate_declared_fields(kind)
]


@pytest.mark.parametrize(("verb", "path"), TEXTS)
def test_no_refusal_of_a_text_repeats_it(wire: ServedCompany, verb: str, path: InputPath) -> None:
    text = f"{MARKER} \x07 @"  # no field takes it, neither a name nor an id
    input = build_input_with_value(wire.company, verb, path, text)
    payload = wire.mutate("ruler", verb, **input)
    if payload.get("errors") != []:
        assert_nothing_is_repeated(json.dumps(payload))


def _iterate_arguments() -> Iterator[Any]:
    """Yield the name, the type and the required arguments of each argument of a root field."""
    query_type: Any = SCHEMA.query_type
    for field_name, field in query_type.fields.items():
        for name, argument in field.args.items():
            yield pytest.param(field_name, name, argument.type, id=f"{field_name}-{name}")


@pytest.mark.parametrize(("field_name", "name", "type_"), list(_iterate_arguments()))
def test_no_answer_of_a_query_repeats_a_wrong_value(
    wire: ServedCompany, field_name: str, name: str, type_: Any
) -> None:
    value = build_value(type_, MARKER, levels=2)
    document = f"query($v: {type_}) {{ {field_name}({name}: $v) {{ __typename }} }}"
    response = wire.post("ruler", document, v=value)
    if "errors" in response.json() and field_name not in TAKES_ANY_TEXT:
        assert_nothing_is_repeated(_strip_location(response.text))
    if is_enum_type(get_named_type(type_)):
        assert "errors" in response.json()


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (f'{{ goals(first: 1 "{MARKER}") {{ totalCount }} }}', "found String"),
        ("{ goals 7.25 }", "found Float"),
        (f'query($n: Int = "{MARKER}") {{ goals(first: $n) {{ totalCount }} }}', "whole number"),
        (f'{{ goals @include(if: "{MARKER}") {{ totalCount }} }}', "`true` or `false`"),
    ],
)
def test_no_error_of_a_document_repeats_a_value(
    wire: ServedCompany, document: str, message: str
) -> None:
    (error,) = wire.post("ruler", document).json()["errors"]
    assert message in error["message"]
    assert_nothing_is_repeated(error["message"])
    assert "locations" in error


def test_a_variable_that_is_null_where_a_value_is_needed_is_named(wire: ServedCompany) -> None:
    document = "query($n: Boolean = true) { goals @include(if: $n) { totalCount } }"
    (error,) = wire.post("ruler", document, n=None).json()["errors"]
    assert error["message"] == (
        "The variable $n is missing or null, but a value is required here. Send one."
    )
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert error["locations"] == [{"line": 1, "column": 48}]


def _strip_location(text: str) -> str:
    """Return an answer without the numbers of lines, columns and requests."""
    return re.sub(r'"(requestId|line|column)":("[^"]*"|\d+)', "", text)
