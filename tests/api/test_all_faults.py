"""All faults of an input are reported together, each with its field, and nothing is written.

The cases are derived from the schema: in the input of each mutation, every value with a rule breaks
it at once.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest
from graphql import GraphQLInputObjectType, get_named_type

from api.kernel.schema.input_bounds import get_max_length, is_list
from api.schema import get_schema
from tests.api.company import Company
from tests.api.mutation_inputs import LIST_ITEM_BUILDERS, build_input, may_repeat
from tests.api.served_company import ServedCompany
from tests.factories.row_hashes import hash_tables

SCHEMA = get_schema()._schema
MUTATION_TYPE: Any = SCHEMA.mutation_type
BAD_TEXT = "a\x07b"
"""A text with a control character, which no field takes."""
BAD_NUMBER = "0.0000001"
"""A number with more decimals than are stored."""
BAD_COUNTS = {"share": 101, "itemCount": -1, "sampleSize": 0, "fiscalYearStartMonth": 13}
BAD_COUNTS |= {"checkInBackdatingDays": 367, "validDays": 0}
"""Whole numbers out of their range. Others, such as a version, have no range."""

EXPECTED_CODES = {"String": "INVALID_FORMAT", "Decimal": "OUT_OF_RANGE", "Int": "OUT_OF_RANGE"}
BAD_ITEMS = {"String": BAD_TEXT, "Decimal": BAD_NUMBER}
ITEMS = 2
"""Two items of each list, so that both are reported, and the second one repeats the first."""

ID_BUILDERS: dict[str, Callable[[Company], str]] = {
    "participantIds": lambda company: company.encode_id("person", "mara"),
    "unitIds": lambda company: company.encode_id("org", "ops"),
    "facilitatorIds": lambda company: company.encode_id("person", "boss"),
    "memberIds": lambda company: company.encode_id("person", "mara"),
    "viewerIds": lambda company: company.encode_id("person", "mara"),
    "raterIds": lambda _: "feedbackrater_00000000-0000-0000-0000-000000000007",
    "recorderIds": lambda company: company.encode_id("person", "mara"),
    "keyResultIds": lambda company: company.encode_part_id(
        "keyres", company.goals["public"].key_results
    ),
}
"""Builders of an id for each list of ids."""

Fault = tuple[str, list[str]]


def _list_mutations() -> list[str]:
    fields = MUTATION_TYPE.fields.items()
    for_members = {name for name, _ in fields} - {"invitationAccept"}  # that is for strangers
    return [name for name, each in fields if "input" in each.args and name in for_members]


def spoil(company: Any, type_: Any, input: dict[str, Any]) -> tuple[dict[str, Any], list[Fault]]:
    """Return an input in which every value with a rule breaks it, and the faults in their order."""
    spoiled, faults = dict(input), list[Fault]()
    for name, field in type_.fields.items():
        inner = get_named_type(field.type)
        if inner.name in BAD_ITEMS and is_list(field.type):
            spoiled[name] = [BAD_ITEMS[inner.name]]
            faults.append((EXPECTED_CODES[inner.name], [name, "0"]))
            continue
        if inner.name == "String" and get_max_length(field):
            spoiled[name] = BAD_TEXT
        elif inner.name == "Decimal":
            spoiled[name] = BAD_NUMBER
        elif inner.name == "ID" and is_list(field.type):
            spoiled[name] = [ID_BUILDERS[name](company)] * ITEMS
            faults.append(("NOT_UNIQUE", [name, "1"]))
            continue
        elif name in BAD_COUNTS:
            spoiled[name] = BAD_COUNTS[name]
        elif isinstance(inner, GraphQLInputObjectType) and not is_one_of(inner):
            spoiled[name], found = _spoil_object(company, name, field, spoiled.get(name))
            faults += found
            continue
        else:
            continue
        faults.append((EXPECTED_CODES[inner.name], [name]))
    return spoiled, faults


def _spoil_object(company: Any, name: str, field: Any, given: Any) -> tuple[Any, list[Fault]]:
    type_ = get_named_type(field.type)
    if not is_list(field.type):
        value, faults = spoil(company, type_, given or {})
        return value if faults else given, [(code, [name, *path]) for code, path in faults]
    build = LIST_ITEM_BUILDERS.get(type_.name) or LIST_ITEM_BUILDERS[name]
    item = build(company)
    value, faults = spoil(company, type_, item)
    repeated = [] if may_repeat(name, type_.name) else [("NOT_UNIQUE", list[str]())]
    return [value] * ITEMS, [
        (code, [name, str(index), *path])
        for index in range(ITEMS)
        for code, path in [*(repeated if index > 0 else []), *faults]
    ]


def is_one_of(type_: Any) -> bool:
    """Return whether an input takes exactly one of its fields."""
    return bool(type_.extensions["strawberry-definition"].is_one_of)


def build_spoiled_input(wire: ServedCompany, verb: str) -> tuple[dict[str, Any], list[Fault]]:
    """Build the input of a mutation with all its faults."""
    type_ = get_named_type(MUTATION_TYPE.fields[verb].args["input"].type)
    return spoil(wire.company, type_, build_input(wire.company, verb))


@pytest.mark.parametrize("verb", _list_mutations())
async def test_all_faults_of_an_input_are_told_at_once(
    wire: ServedCompany, owner: Any, verb: str
) -> None:
    input, expected = build_spoiled_input(wire, verb)
    if not expected:
        return
    before = await read_hashes(owner, wire)
    payload = wire.mutate("ruler", verb, **input)
    assert [(each["code"], each["field"]) for each in payload["errors"]] == expected
    assert await read_hashes(owner, wire) == before


OPEN_TO_EVERYONE = {"feedbackGive", "feedbackRequest", "actionItemCreate", "kpiMarkSeen"}
OPEN_TO_EVERYONE |= {"feedbackRequestExternal", "stagedUploadCreate", "bulkOperationRun"}
"""What everyone may do: create an action item, give or request feedback, upload, run in bulk."""


@pytest.mark.parametrize("who", ["analyst", "nobody"])
@pytest.mark.parametrize("verb", _list_mutations())
def test_nobody_without_the_right_is_told_of_faults(
    wire: ServedCompany, verb: str, who: str
) -> None:
    if verb in OPEN_TO_EVERYONE:
        return
    input, expected = build_spoiled_input(wire, verb)
    errors = wire.mutate(who, verb, **input)["errors"]
    assert len(errors) == (ITEMS if "rows" in input else 1)
    for each in errors:
        assert each["code"] in {"NOT_PERMITTED", "NOT_FOUND", "REFERENCE_NOT_FOUND"}
        assert (each["code"], each["field"]) not in expected


async def read_hashes(owner: Any, wire: ServedCompany) -> dict[str, str | None]:
    """Read the hashes of all tables of the company."""
    async with owner.transaction():
        return await hash_tables(owner, wire.company.tenant_id)


async def test_a_goal_with_four_faults_has_four_errors(wire: ServedCompany, owner: Any) -> None:
    before = await read_hashes(owner, wire)
    values = {"startValue": "0", "targetValue": "1"}
    input = {
        "owner": {"personId": wire.company.encode_id("person", "ruler")},
        "title": " ",
        "dueOn": "2020-01-31",
        "keyResults": [{"title": "", **values}, {"title": "", **values}],
    }
    payload = wire.mutate("ruler", "goalCreate", "goal { id }", **input)
    empty = "The title is missing. Fill it in."
    late = "The goal is due before it starts. Change one of the two days."
    assert payload == {
        "goal": None,
        "errors": [
            {"code": "REQUIRED", "field": ["keyResults", "0", "title"], "message": empty},
            {"code": "REQUIRED", "field": ["keyResults", "1", "title"], "message": empty},
            {"code": "REQUIRED", "field": ["title"], "message": empty},
            {"code": "OUT_OF_RANGE", "field": ["dueOn"], "message": late},
        ],
    }
    assert await read_hashes(owner, wire) == before


def test_a_batch_tells_all_faults_of_each_row(wire: ServedCompany) -> None:
    good = {"title": "Fine", "dueOn": "2099-01-01"}
    rows = [
        {"title": "", "dueOn": "2020-01-01"},
        good,
        {"title": BAD_TEXT, "dueOn": "2099-01-01", "purpose": BAD_TEXT},
    ]
    document = """mutation($inputs: [GoalCreateInput!]!) {
      goalCreateBatch(inputs: $inputs) { goals { id } errors { code field index } }
    }"""
    found = wire.query("ruler", document, inputs=rows)["goalCreateBatch"]
    assert found == {
        "goals": [],
        "errors": [
            {"code": "REQUIRED", "field": ["title"], "index": 0},
            {"code": "OUT_OF_RANGE", "field": ["dueOn"], "index": 0},
            {"code": "INVALID_FORMAT", "field": ["title"], "index": 2},
            {"code": "INVALID_FORMAT", "field": ["purpose"], "index": 2},
        ],
    }


def test_all_references_that_are_not_found_are_told_at_once(wire: ServedCompany) -> None:
    unknown = "00000000-0000-7000-8000-00000000000"
    input = {
        "owner": {"personId": wire.company.encode_id("person", "ruler")},
        "title": "Fine",
        "dueOn": "2099-01-01",
        "viewerIds": [f"person_{unknown}1", f"person_{unknown}2"],
        "parentId": f"goal_{unknown}3",
    }
    errors = wire.mutate("ruler", "goalCreate", **input)["errors"]
    assert [(each["code"], each["field"]) for each in errors] == [
        ("REFERENCE_NOT_FOUND", ["viewerIds", "0"]),
        ("REFERENCE_NOT_FOUND", ["viewerIds", "1"]),
        ("REFERENCE_NOT_FOUND", ["parentId"]),
    ]


def test_malformed_ids_are_told_with_the_other_faults(wire: ServedCompany) -> None:
    input = {"title": "", "dueOn": "2099-01-01", "viewerIds": ["x", "goal_1"], "parentId": "y"}
    errors = wire.mutate("ruler", "goalCreate", **input)["errors"]
    assert [(each["code"], each["field"]) for each in errors] == [
        ("INVALID_FORMAT", ["viewerIds", "0"]),
        ("INVALID_FORMAT", ["viewerIds", "1"]),
        ("INVALID_FORMAT", ["parentId"]),
        ("REQUIRED", ["title"]),
    ]


# -- values that cannot be read -------------------------------------------------------------------

UNREADABLE = {"String": 7, "ID": 7.5, "Int": "x", "Decimal": "1,5", "Date": "2026-02-30"}
"""A value of a wrong form for each scalar. An enum gets a name that it does not have."""


def make_unreadable(type_: Any) -> tuple[Any, list[list[str]]]:
    """Return an input without one readable scalar, and the paths of its faults in order."""
    input, paths = {}, []
    names = list(type_.fields)[:1] if is_one_of(type_) else list(type_.fields)
    for name in names:
        field = type_.fields[name]
        inner = get_named_type(field.type)
        if isinstance(inner, GraphQLInputObjectType):
            value, below = make_unreadable(inner)
        else:
            value, below = UNREADABLE.get(inner.name, "NO_SUCH_VALUE"), [[]]
        count = ITEMS if is_list(field.type) else None
        input[name] = value if count is None else [value] * count
        steps = [[name]] if count is None else [[name, str(n)] for n in range(count)]
        paths += [[*step, *path] for step in steps for path in below]
    return input, paths


def write_literal(value: Any) -> str:
    """Write a value in the syntax of a document."""
    match value:
        case dict():
            return "{" + " ".join(f"{key}: {write_literal(value[key])}" for key in value) + "}"
        case list():
            return "[" + " ".join(map(write_literal, value)) + "]"
        case _:
            return json.dumps(value)


@pytest.mark.parametrize("verb", _list_mutations())
async def test_all_values_that_cannot_be_read_are_reported_at_once(
    wire: ServedCompany, owner: Any, verb: str
) -> None:
    type_ = get_named_type(MUTATION_TYPE.fields[verb].args["input"].type)
    input, paths = make_unreadable(type_)
    selection = "{ errors { code field line column } }"
    before = await read_hashes(owner, wire)
    variable = wire.query(
        "ruler", f"mutation($i: {type_.name}!) {{ a: {verb}(input: $i) {selection} }}", i=input
    )
    expected = [{"code": "INVALID_FORMAT", "field": each} for each in paths]
    assert variable["a"]["errors"] == [each | {"line": 1, "column": 10} for each in expected]
    document = f"mutation {{ a: {verb}(input: {write_literal(input)}) {selection} }}"
    found = wire.query("ruler", document)["a"]["errors"]
    assert [{"code": each["code"], "field": each["field"]} for each in found] == expected
    columns = [each["column"] for each in found]
    assert columns == sorted(set(columns))
    assert {each["line"] for each in found} == {1}
    assert await read_hashes(owner, wire) == before


def test_a_malformed_scalar_refuses_its_row(wire: ServedCompany) -> None:
    good = {"title": "Fine", "dueOn": "2099-01-01"}
    rows = [good, good | {"dueOn": "tomorrow", "title": ""}, good | {"visibility": "SECRET"}]
    document = """mutation($inputs: [GoalCreateInput!]!) {
      goalCreateBatch(inputs: $inputs) { goals { id } errors { code message field index } }
    }"""
    found = wire.query("ruler", document, inputs=rows)["goalCreateBatch"]
    assert found["goals"] == []
    assert found["errors"] == [
        {
            "code": "REQUIRED",
            "message": "The title is missing. Fill it in.",
            "field": ["title"],
            "index": 1,
        },
        {
            "code": "INVALID_FORMAT",
            "message": "A Date is written YYYY-MM-DD, from the year 1900 to 2199.",
            "field": ["dueOn"],
            "index": 1,
        },
        {
            "code": "INVALID_FORMAT",
            "message": "One of these is expected here: PUBLIC, ORGANIZATION, REPORTING_CHAIN,"
            " PRIVATE.",
            "field": ["visibility"],
            "index": 2,
        },
    ]


@pytest.mark.parametrize(
    ("definition", "argument", "value", "place"),
    [
        ("$v: Date!", "dueOn: $v", "never", (2, 16)),
        ("$t: String = null, $v: Date!", "dueOn: $v purpose: $t", "never", (2, 35)),
        ("", 'dueOn: "never"', None, (3, 47)),
    ],
)
def test_a_value_that_cannot_be_read_has_its_place(
    wire: ServedCompany, definition: str, argument: str, value: Any, place: tuple[int, int]
) -> None:
    head = f"mutation Draft({definition})" if definition else "mutation Draft"
    document = (
        f'\n{head} {{\n    goalCreate(input: {{title: "A"      {argument}}})'
        " { errors { field line column } } }"
    )
    found = wire.query("ruler", document, **({} if value is None else {"v": value}))
    assert found["goalCreate"]["errors"] == [
        {"field": ["dueOn"], "line": place[0], "column": place[1]}
    ]


USED_TWICE = (
    'mutation($v: Date!) { goalCreate(input: {title: "A", dueOn: $v}) { goal { owner {'
    " ... on Person { manager(asOf: $v) { id } } } } } }"
)
"""A variable that is also an argument of the answer, where a wrong value cannot be an error of the
payload."""


@pytest.mark.parametrize(
    "document",
    [
        USED_TWICE,
        "query($v: Date) { people { nodes { manager(asOf: $v) { id } } } }",
        'mutation { goalCreate(input: "x") { goal { id } } }',
        "mutation($v: GoalCreateInput!) { goalCreate(input: $v) { goal { id } } }",
        'mutation { goalCreate(input: {title: "A"}) { goal { id } } }',
        'mutation { goalCreate(input: {title: "A", dueOn: null}) { goal { id } } }',
    ],
)
def test_everything_else_that_does_not_fit_refuses_the_request(
    wire: ServedCompany, document: str
) -> None:
    variables = {"v": "never"} if "$v" in document else {}
    found = wire.post("ruler", document, **variables).json()
    assert "data" not in found
    assert all(each["locations"] for each in found["errors"])


async def test_an_item_that_repeats_another_one_comes_with_the_other_faults(
    wire: ServedCompany, owner: Any
) -> None:
    before = await read_hashes(owner, wire)
    grants = [
        {"permission": "GOALS_READ"},
        {"permission": "GOALS_READ", "population": "EVERYONE"},
        {"permission": "GOALS_READ", "population": "SELF"},
    ]
    payload = wire.mutate("ruler", "roleCreate", key="twice", name="a\x07b", grants=grants)
    assert [(each["code"], each["field"], each["message"]) for each in payload["errors"]] == [
        (
            "NOT_UNIQUE",
            ["grants", "1"],
            "This repeats an earlier item of the list. Remove one of the two.",
        ),
        (
            "INVALID_FORMAT",
            ["name"],
            "The name holds a control character. Remove it, or type the text anew.",
        ),
    ]
    assert await read_hashes(owner, wire) == before


def test_items_that_cannot_be_read_do_not_repeat_each_other(wire: ServedCompany) -> None:
    grants = [{"permission": "GOALS_READ", "organizationId": each} for each in ("one", "two")]
    payload = wire.mutate("ruler", "roleCreate", key="twice", name="Twice", grants=grants)
    assert [each["field"] for each in payload["errors"]] == [
        ["grants", "0", "organizationId"],
        ["grants", "1", "organizationId"],
    ]
