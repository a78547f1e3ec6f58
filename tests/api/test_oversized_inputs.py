"""Oversized texts and lists are refused at once: before normalization, loading and planning.

The cases are derived from the schema, so a new text or list is tried without another line here.
"""

import json
import unicodedata
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, Literal, cast

import pytest
from graphql import (
    FieldNode,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    get_named_type,
    get_variable_values,
    is_required_argument,
    is_required_input_field,
    parse,
)
from graphql.execution.values import VariableValues

from api.kernel.execution.argument_templates import ArgumentTemplate, Variables
from api.kernel.execution.selection_builder import get_field_declaration
from api.kernel.schema import input_bounds
from api.kernel.schema.declarations import SchemaError
from api.kernel.schema.input_bounds import get_max_items, get_max_length, is_list
from api.schema import get_schema
from domain.kernel import text
from domain.kernel.errors import Refusal
from domain.kernel.text import RAW_CHARACTERS_PER_CHARACTER
from persistence.kernel import search_words
from tests.api.mutation_inputs import (
    LIST_ITEM_BUILDERS,
    InputPath,
    build_input_with_value,
    iterate_declared_fields,
)
from tests.api.served_company import ServedCompany
from tests.factories.graph import DictGraph

SCHEMA: GraphQLSchema = get_schema()._schema
MARKS = "a" + "\u0301" * 24_000 + "\u0316" * 24_000
"""96 kB of combining marks in the wrong order, which take 10 s to normalize."""

MARKS_BY_DECOMPOSITION = "\u0f73" * 31


@pytest.fixture
def normalizations(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collect the texts of more than 1,000 characters that reach the normalizer."""
    found: list[str] = []

    class CountingUnicodeData:
        category, combining = staticmethod(unicodedata.category), unicodedata.combining

        @staticmethod
        def normalize(form: Literal["NFC", "NFKC", "NFKD"], value: str) -> str:
            if len(value) > 1_000:
                found.append(value)
                return ""
            return unicodedata.normalize(form, value)

    for module in (text, search_words):
        monkeypatch.setattr(module, "unicodedata", CountingUnicodeData)
    return found


# -- the bounds -----------------------------------------------------------------------------------


def test_every_text_and_every_list_has_a_bound() -> None:
    inputs = list(input_bounds.iterate_inputs(SCHEMA))
    texts = [each for _, _, each in inputs if get_named_type(each.type).name == "String"]
    lists = [each for _, _, each in inputs if is_list(each.type)]
    assert (len(texts) > 100, len(lists) > 80) == (True, True)
    assert all(0 < (get_max_length(each) or 0) <= 16_000 for each in texts)
    assert all(0 < (get_max_items(each) or 0) <= 1_000 for each in lists)


@pytest.mark.parametrize(
    ("owner", "name", "message"),
    [
        ("GoalCreateInput", "title", "takes a text of any length. Give it a rule."),
        ("IdComparator", "in", "takes a list of any length. Give it max_items=…."),
    ],
)
def test_an_input_without_a_bound_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, owner: str, name: str, message: str
) -> None:
    (definition,) = (
        each
        for where, key, each in input_bounds.iterate_inputs(SCHEMA)
        if (where, key) == (owner, name)
    )
    monkeypatch.setattr(definition, "extensions", {})
    with pytest.raises(SchemaError) as error:
        input_bounds.require_bounds(SCHEMA)
    assert str(error.value) == f"{owner}.{name} {message}"


# -- mutations ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verb", "path"),
    [pytest.param(*each, id=f"{each[0]}-{each[1]}") for each in iterate_declared_fields("String")],
)
def test_a_mutation_refuses_an_oversized_text_before_it_is_normalized(
    wire: ServedCompany, normalizations: list[str], verb: str, path: InputPath
) -> None:
    limit = get_max_length(_find_input_field(verb, path)) or 0
    for value in (MARKS, "a" + "\u0301" * 31, MARKS_BY_DECOMPOSITION):
        code = "INVALID_FORMAT"
        message = "This text has more than 30 combining marks in a row. Remove some."
        if len(value) > limit * RAW_CHARACTERS_PER_CHARACTER:
            code = "TOO_LONG"
            message = f"This text has {len(value):,} characters. Shorten it to {limit:,} at most."
        input = build_input_with_value(wire.company, verb, path, value)
        payload = wire.mutate("ruler", verb, **input)
        field = [str(step) for step in path]
        assert payload["errors"] == [{"code": code, "field": field, "message": message}]
    assert normalizations == []


def _find_input_field(verb: str, path: InputPath) -> Any:
    assert SCHEMA.mutation_type is not None
    found: Any = SCHEMA.mutation_type.fields[verb].args["input"]
    for step in path:
        if isinstance(step, str):
            found = get_named_type(found.type).fields[step]
    return found


def _iterate_list_fields() -> Iterator[Any]:
    assert SCHEMA.mutation_type is not None
    for verb, field in SCHEMA.mutation_type.fields.items():
        if "input" in field.args:  # a batch takes the inputs of its verb
            for name, each in get_named_type(field.args["input"].type).fields.items():
                if is_list(each.type):
                    yield pytest.param(verb, name, get_max_items(each), id=f"{verb}-{name}")


@pytest.mark.parametrize(("verb", "name", "limit"), list(_iterate_list_fields()))
def test_a_mutation_counts_a_list_before_it_loads_anybody(
    wire: ServedCompany, monkeypatch: pytest.MonkeyPatch, verb: str, name: str, limit: int
) -> None:
    prefetched: list[Any] = []

    def collect(ids: list[Any]) -> dict[Any, Any]:
        prefetched.extend(ids)
        return {}

    monkeypatch.setattr("persistence.unit_of_work.prefetch._group_by_kind", collect)
    build_item = LIST_ITEM_BUILDERS.get(f"{verb}.{name}") or LIST_ITEM_BUILDERS.get(name)
    item = build_item(wire.company) if build_item else wire.company.encode_id("person", "mara")
    count = max(limit + 1, min(1_266, 90_000 // len(json.dumps(item))))
    items = [item] * count
    payload = wire.mutate(
        "ruler", verb, **build_input_with_value(wire.company, verb, (name,), items)
    )
    message = f"This list has {count:,} items. Send {limit:,} at most."
    assert payload["errors"] == [{"code": "LIMIT_EXCEEDED", "field": [name], "message": message}]
    assert prefetched == []


def test_a_batch_names_the_row_of_an_oversized_text(wire: ServedCompany) -> None:
    due = {"dueOn": "2099-01-01"}
    document = """mutation($inputs: [GoalCreateInput!]!) {
      goalCreateBatch(inputs: $inputs) { goals { id } errors { code field index } }
    }"""
    found = wire.query("ruler", document, inputs=[{"title": "A", **due}, {"title": MARKS, **due}])
    errors = [{"code": "TOO_LONG", "field": ["title"], "index": 1}]
    assert found["goalCreateBatch"] == {"goals": [], "errors": errors}


# -- queries --------------------------------------------------------------------------------------


def _iterate_text_arguments() -> Iterator[tuple[GraphQLField, str, tuple[str, ...]]]:
    """Yield every field with an argument and the path of each text in it, once per input type."""
    for type_ in SCHEMA.type_map.values():
        if isinstance(type_, GraphQLObjectType) and not type_.name.startswith("__"):
            for field in type_.fields.values() if type_ is not SCHEMA.mutation_type else ():
                for name, argument in field.args.items():
                    for path in _iterate_text_paths(argument, ()):
                        yield field, name, path


def _iterate_text_paths(definition: Any, types: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    named_type = get_named_type(definition.type)
    if named_type.name == "String":
        yield ()
    is_repeated = named_type.name in types[:-1] or len(types) == 3
    if isinstance(named_type, GraphQLInputObjectType) and not is_repeated:
        for name, each in named_type.fields.items():
            for path in _iterate_text_paths(each, (*types, named_type.name)):
                yield (name, *path)


def _build_value(definition: Any, path: tuple[str, ...], text: str) -> Any:
    """Return a value for an argument or input field, with the text at the path inside of it."""
    value: Any = text
    if path:
        fields = get_named_type(definition.type).fields
        required = {
            key: _build_required(get_named_type(each.type))
            for key, each in fields.items()
            if is_required_input_field(each)
        }
        value = required | {path[0]: _build_value(fields[path[0]], path[1:], text)}
    return [value] if is_list(definition.type) else value


def _build_required(type_: Any) -> str:
    return next(iter(type_.values)) if isinstance(type_, GraphQLEnumType) else "1"


def _fill_in(field: GraphQLField, name: str, value: Any) -> Any:
    """Return what the arguments of a field are, or the refusal that they raise."""
    argument = field.args[name]
    required = (key for key, each in field.args.items() if is_required_argument(each))
    others = "".join(f' {key}: "1"' for key in required if key != name)
    operation = cast(
        "OperationDefinitionNode",
        parse(f"query($v: {argument.type}) {{ f({name}: $v{others}) }}").definitions[0],
    )
    values = get_variable_values(SCHEMA, operation.variable_definitions or (), {"v": value})
    assert isinstance(values, VariableValues)
    declaration = get_field_declaration(field)
    template = ArgumentTemplate(
        field,
        cast("FieldNode", operation.selection_set.selections[0]),
        declaration.flatten if declaration else None,
    )
    try:
        return template(SimpleNamespace(variables=Variables(values)))
    except Refusal as refusal:
        return refusal.code, refusal.field, str(refusal)


def test_every_argument_of_a_query_refuses_an_oversized_text() -> None:
    count = 0
    for field, name, path in _iterate_text_arguments():
        definition = field.args[name]
        limit = _get_limit(definition, path)
        code, where, message = _fill_in(field, name, _build_value(definition, path, MARKS))
        assert [each for each in where if not each.isdigit()][-1:] == [(name, *path)[-1]]
        if limit * 4 < len(MARKS):
            text = f"This text has 48,001 characters. Shorten it to {limit:,} at most."
            assert (code, message) == ("TOO_LONG", text)
        marks = _build_value(definition, path, "a" + "\u0301" * 31)
        text = "This text has more than 30 combining marks in a row. Remove some."
        assert _fill_in(field, name, marks) == ("INVALID_FORMAT", where, text)
        count += 1
    assert count > 1_000


def _get_limit(definition: Any, path: tuple[str, ...]) -> int:
    for step in path:
        definition = get_named_type(definition.type).fields[step]
    return get_max_length(definition) or 0


@pytest.mark.parametrize(
    ("document", "type_", "value", "path"),
    [
        ("people(search: $v) { totalCount }", "String", MARKS, ["search"]),
        ("people(after: $v) { totalCount }", "String", MARKS, ["after"]),
        ("people(where: {name: {eq: $v}}) { totalCount }", "String", MARKS,
         ["where", "name", "eq"]),
        ("person(by: {workEmail: $v}) { id }", "String!", MARKS, ["workEmail"]),
        ('person(by: {external: {source: $v, id: "1"}}) { id }', "String!", MARKS,
         ["external", "source"]),
    ],
)  # fmt: skip
def test_a_query_refuses_an_oversized_text_before_it_is_normalized(
    wire: ServedCompany,
    normalizations: list[str],
    document: str,
    type_: str,
    value: str,
    path: list[str],
) -> None:
    found = wire.post("ruler", f"query($v: {type_}) {{ a: {document} b: __typename }}", v=value)
    (error,) = found.json()["errors"]
    assert (error["extensions"]["code"], error["extensions"]["field"]) == ("TOO_LONG", path)
    assert error["path"] == ["a"]
    assert normalizations == []


def test_a_document_refuses_an_oversized_text_before_it_is_normalized(
    wire: ServedCompany, normalizations: list[str]
) -> None:
    marks = "\u0301" * 7_000 + "\u0316" * 7_000
    found = wire.post("ruler", f'{{ people(search: "a{marks}") {{ totalCount }} }}').json()
    assert [each["extensions"]["code"] for each in found["errors"]] == ["TOO_LONG"]
    assert normalizations == []


@pytest.mark.parametrize(
    "where", [{"and": [{}] * 26}, {"or": [{"and": [{}] * 13}] * 2}, {"not": {"or": [{}] * 26}}]
)
def test_empty_objects_of_a_filter_count(wire: ServedCompany, where: Any) -> None:
    document = "query($w: PersonWhere) { people(where: $w) { totalCount } }"
    (error,) = wire.post("ruler", document, w=where).json()["errors"]
    assert (error["extensions"]["code"], error["extensions"]["field"][0]) == (
        "LIMIT_EXCEEDED",
        "where",
    )


def test_the_values_of_variables_are_counted_before_they_are_coerced(
    wire: ServedCompany, monkeypatch: pytest.MonkeyPatch
) -> None:
    coerced: list[Any] = []
    monkeypatch.setattr(
        "api.kernel.execution.engine.coerce_variables", lambda *each: coerced.append(each)
    )
    document = "query($w: PersonWhere) { people(where: $w) { totalCount } }"
    filters: list[Any] = [{"and": [{}] * 24_000}, {"and": [{"or": [{}] * 100}] * 100}]
    for where in filters:
        response = wire.post("ruler", document, w=where)
        (error,) = response.json()["errors"]
        assert (response.status_code, error["extensions"]["code"]) == (200, "LIMIT_EXCEEDED")
        assert error["message"] == "The variables have more than 10,000 values. Send fewer at once."
    assert coerced == []


@pytest.mark.anyio
async def test_a_query_of_refused_fields_is_checked_once_and_takes_no_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    checked: list[str] = []

    def check(subject: str, value: str, *path: str, max_length: int) -> None:
        checked.append(".".join(path))
        text.reject_oversized(subject, value, *path, max_length=max_length)

    monkeypatch.setattr(input_bounds, "reject_oversized", check)
    graph = DictGraph()
    monkeypatch.setattr(graph.reader, "open_snapshot", None)
    document = """query($v: String!) {
      a: people(search: $v) { totalCount }
      b: person(by: { workEmail: $v }) { id }
    }"""
    answer = await graph.execute_json(document, {"v": MARKS})
    assert answer["data"] == {"a": None, "b": None}
    assert [each["path"] for each in answer["errors"]] == [["a"], ["b"]]
    assert checked == ["search", "workEmail"]
    assert graph.reader.reads == []


@pytest.mark.anyio
async def test_the_other_fields_are_read_beside_a_refused_one() -> None:
    graph = DictGraph(goal={"id": "goal_1"})
    document = """query($v: String!) {
      a: goal(by: { id: "goal_1" }) { children(where: { title: { eq: $v } }) { totalCount } }
      b: goal(by: { id: "goal_1" }) { id }
    }"""
    answer = await graph.execute_json(document, {"v": MARKS})
    assert answer["data"] == {"a": None, "b": {"id": "goal_1"}}
    (error,) = answer["errors"]
    assert (error["path"], error["extensions"]["code"]) == (["a", "children"], "TOO_LONG")
    assert error["extensions"]["field"] == ["where", "title", "eq"]
    assert graph.reader.reads == [("goal", {"id": "goal_1"})]
