"""Custom fields of teams and goals: the same mechanism with the rules of their objects."""

from typing import Any

import pytest

from tests.api.company import Company
from tests.api.test_custom_fields import define, show, show_errors

pytestmark = pytest.mark.anyio

VALUES = "customValues { key text number boolean date options { key label } }"
FIELDS = {
    "theme": {"type": "TEXT", "label": "Theme"},
    "budget": {"type": "NUMBER", "label": "Budget", "readers": "MANAGERS"},
    "reviewed": {"type": "BOOLEAN", "label": "Reviewed", "readers": "HR", "writers": "HR"},
}
GIVEN = [
    {"key": "theme", "text": "Growth"},
    {"key": "budget", "number": "12.5"},
    {"key": "reviewed", "boolean": True},
]
OPEN = {"theme": {"text": "Growth"}}
MANAGED = OPEN | {"budget": {"number": "12.5"}}
ALL = MANAGED | {"reviewed": {"boolean": True}}
CASES = [
    (
        "team",
        "dispatch",
        "lead",
        {"hr": ALL, "lead": MANAGED, "admin": MANAGED, "mara": OPEN, "analyst": OPEN},
    ),
    (
        "goal",
        "public",
        "mara",
        {"hr": ALL, "hr_ops": ALL, "mara": MANAGED, "boss": MANAGED, "peer": OPEN},
    ),
]


@pytest.mark.parametrize(("kind", "name", "editor", "expected"), CASES)
async def test_readers_and_writers_are_those_of_the_object(
    company: Company, kind: str, name: str, editor: str, expected: dict[str, Any]
) -> None:
    await define(
        company, **{key: {"objectType": kind.upper(), **each} for key, each in FIELDS.items()}
    )
    id, verb, fields = company.encode_id(kind, name), f"{kind}Edit", f"{kind} {{ {VALUES} }}"
    refused = await company.mutate(editor, verb, fields, id=id, customValues=GIVEN)
    assert show_errors(refused) == [("NOT_PERMITTED", "customValues.2.key")]
    written = await company.mutate("hr", verb, fields, id=id, customValues=GIVEN)
    assert (written["errors"], show(written[kind]["customValues"])) == ([], ALL)
    query = f"""query($id: ID!, $where: {kind.title()}Where) {{
        {kind}(by: {{id: $id}}) {{ {VALUES} }} {kind}s(where: $where) {{ totalCount }} }}"""
    where = {"customValues": {"key": "budget", "number": {"gt": "12"}}}
    for who, values in expected.items():
        found = await company.query(who, query, id=id, where=where)
        assert show(found[kind]["customValues"]) == values, who
        assert found[f"{kind}s"]["totalCount"] == ("budget" in values), who
    changed = await company.mutate(
        *(editor, verb, fields), id=id, customValues=[{"key": "budget", "number": None}]
    )
    assert changed["errors"] == []
    order = f'{kind}s(orderBy: [{{field: CUSTOM_VALUES, key: "theme"}}], first: 1)'
    found = await company.query("hr", f"{{ {order} {{ nodes {{ id {VALUES} }} }} }}")
    (first,) = found[f"{kind}s"]["nodes"]
    assert (first["id"], show(first["customValues"])) == (id, OPEN | {"reviewed": ALL["reviewed"]})


async def test_creations_take_values_and_need_the_required_ones(company: Company) -> None:
    required = {"isRequired": True, **FIELDS["theme"]}
    for kind in ("TEAM", "GOAL"):
        await define(company, theme={"objectType": kind, **required})
    unit = company.encode_id("org", "ops")
    inputs: dict[str, dict[str, Any]] = {
        "team": {"name": "Night shift", "organizationId": unit},
        "goal": {"title": "Ship", "dueOn": "2026-12-31"},
    }
    for kind, input in inputs.items():
        fields = f"{kind} {{ {VALUES} }}"
        refused = await company.mutate("hr", f"{kind}Create", fields, **input)
        assert show_errors(refused) == [("REQUIRED", "customValues")]
        created = await company.mutate(
            "hr", f"{kind}Create", fields, customValues=GIVEN[:1], **input
        )
        assert show(created[kind]["customValues"]) == OPEN
    goals = [{"customValues": GIVEN[:1], **inputs["goal"]} for _ in range(2)]
    batch = """mutation($inputs: [GoalCreateInput!]!) { goalCreateBatch(inputs: $inputs) {
        goals { customValues { text } } errors { code } } }"""
    made = await company.query("hr", batch, inputs=goals)
    assert made["goalCreateBatch"] == {
        "goals": [{"customValues": [{"text": "Growth"}]}] * 2,
        "errors": [],
    }
