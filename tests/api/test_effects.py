"""What comes of each mutation: the answer, the journal, the version, and what may be done next."""

from typing import Any

import pytest

from api.schema import get_schema
from tests.api.company import Company
from tests.api.effects import EFFECTS, TODAY, Effect
from tests.api.inputs import base
from tests.api.telling import SUBJECT

STANDARD = """id version viewerCan history(first: 1) {
    totalCount nodes { action entity effectiveOn requestId actor { name } changes { field } }
}"""


CREATED = [
    Effect(
        "goalCreate",
        "title status visibility startsOn dueOn progress owner { ... on Person { name } }",
        {
            "title": "More",
            "status": "DRAFT",
            "visibility": "PUBLIC",
            "startsOn": TODAY,
            "dueOn": "2026-12-31",
            "progress": None,
            "owner": {"name": "Mara Okafor"},
        },
        "drafted",
        {"title", "status", "visibility", "startsOn", "dueOn", "ownerKind", "ownerPersonId"},
        gains={"EDIT", "ALIGN", "ACTIVATE", "DISCARD"},
    ),
    Effect(
        "personHire",
        "name familyName hiredOn employmentStatus organization { code } employments { hiredOn }",
        {
            "name": "New",
            "familyName": "",
            "hiredOn": TODAY,
            "employmentStatus": "EMPLOYED",
            "organization": {"code": "OPS"},
            "employments": [{"hiredOn": TODAY}],
        },
        "hired",
        {"name", "givenName", "familyName", "hiredOn", "organizationId", "employments"},
        gains={"EDIT", "ASSIGN_MANAGER", "END_LINE", "RENUMBER", "REFER", "START_LEAVE", "LEAVE"},
        effective_on=TODAY,
    ),
    Effect(
        "teamCreate",
        "name startsOn endsOn parent { name } organization { code }",
        {
            "name": "Day",
            "startsOn": TODAY,
            "endsOn": None,
            "parent": {"name": "Dispatch"},
            "organization": {"code": "OPS"},
        },
        "created",
        {"name", "startsOn", "parentId", "organizationId"},
        gains={"EDIT", "ADD_MEMBER", "CHANGE_MEMBERSHIP", "END_MEMBERSHIP", "MOVE", "CLOSE"},
    ),
    Effect(
        "organizationCreate",
        "kind code name startsOn parent { code } ancestors { code }",
        {
            "kind": "SITE",
            "code": "NEW",
            "name": "New",
            "startsOn": TODAY,
            "parent": {"code": "OPS"},
            "ancestors": [{"code": "OPS"}, {"code": "HQ"}],
        },
        "created",
        {"kind", "code", "name", "startsOn", "parentId"},
        gains={"EDIT", "MOVE", "CLOSE", "REFER"},
    ),
    Effect(
        "memberCreate",
        "status subject person { name } assignments { id }",
        {
            "status": "ACTIVE",
            "subject": "newcomer",
            "person": {"name": "Newcomer Okafor"},
            "assignments": [],
        },
        "created",
        {"status", "subject", "personId"},
        gains={"ASSIGN_ROLE", "REVOKE_ROLE", "REMOVE"},
    ),
    Effect(
        "roleCreate",
        "key name description isBuiltIn grants { permission }",
        {"key": "mentor", "name": "Mentor", "description": None, "isBuiltIn": False, "grants": []},
        "created",
        {"key", "name", "isBuiltIn"},
        gains={"EDIT", "DELETE"},
    ),
]


async def seen(company: Company, id: str, selection: str) -> Any:
    """What the ruler finds under an id."""
    prefix = id.partition("_")[0]
    kind = "Organization" if prefix == "org" else prefix.title()
    query = f"query($id: ID!) {{ node(id: $id) {{ ... on {kind} {{ {selection} }} }} }}"
    return (await company.ask("ruler", query, id=id))["node"]


@pytest.mark.parametrize("effect", EFFECTS, ids=[each.verb for each in EFFECTS])
async def test_what_comes_of_it(company: Company, effect: Effect) -> None:
    input = base(company, effect.verb) | effect.input
    if effect.verb == "organizationMove":
        input["parentId"] = company.id("org", "sales")
    id = input.get("id") or f"tenant_{company.tenant_id}"
    before = await seen(company, id, STANDARD)

    selection = f"{STANDARD} {effect.selection}"
    subject = SUBJECT.findall(effect.verb)[0]
    payload = await company.tell("ruler", effect.verb, f"{subject} {{ {selection} }}", **input)

    assert payload["errors"] == []
    after = payload[subject]
    assert {key: after[key] for key in effect.found} == effect.found
    assert (before["version"], after["version"]) == (1, 2)
    _holds_in_the_journal(effect, after, entries=before["history"]["totalCount"] + 1)
    could, can = set(before["viewerCan"]), set(after["viewerCan"])
    assert (can - could, could - can) == (effect.gains, effect.loses)
    assert await seen(company, id, selection) == after


@pytest.mark.parametrize("effect", CREATED, ids=[each.verb for each in CREATED])
async def test_what_is_new(company: Company, effect: Effect) -> None:
    selection = f"{STANDARD} {effect.selection}"
    subject = SUBJECT.findall(effect.verb)[0]
    input = base(company, effect.verb)
    payload = await company.tell("ruler", effect.verb, f"{subject} {{ {selection} }}", **input)

    assert payload["errors"] == []
    made = payload[subject]
    assert {key: made[key] for key in effect.found} == effect.found
    assert made["version"] == 1
    _holds_in_the_journal(effect, made, entries=1)
    assert set(made["viewerCan"]) == effect.gains
    assert await seen(company, made["id"], selection) == made


def _holds_in_the_journal(effect: Effect, thing: Any, *, entries: int) -> None:
    assert thing["history"]["totalCount"] == entries
    (entry,) = thing["history"]["nodes"]
    assert {each["field"] for each in entry["changes"]} == effect.changed
    assert entry | {"changes": None} == {
        "changes": None,
        "action": effect.action,
        "entity": SUBJECT.findall(effect.verb)[0],
        "effectiveOn": effect.effective_on,
        "requestId": "request-1",
        "actor": {"name": "Ruler Okafor"},
    }


GONE = {"goalDiscard": "goal", "roleDelete": "role"}


@pytest.mark.parametrize("verb", GONE)
async def test_what_is_gone(company: Company, verb: str) -> None:
    subject = GONE[verb]
    input = base(company, verb)
    payload = await company.tell("ruler", verb, f"{subject} {{ id }}", **input)

    assert payload == {subject: None, "errors": []}
    assert await seen(company, input["id"], "id") is None
    again = await company.tell("ruler", verb, f"{subject} {{ id }}", **input)
    assert [(each["code"], each["field"]) for each in again["errors"]] == [("NOT_FOUND", ["id"])]


@pytest.mark.parametrize("subject", ["person", "organization"])
async def test_what_is_forgotten(company: Company, subject: str) -> None:
    refer, forget = f"{subject}Refer", f"{subject}Forget"
    await company.tell("ruler", refer, f"{subject} {{ id }}", **base(company, refer))
    history = "history(first: 1) { nodes { action } }"
    selection = f"{subject} {{ version references {{ source }} {history} }}"
    for _ in range(2):  # The second time there is nothing to forget, and nothing happens.
        payload = await company.tell("ruler", forget, selection, **base(company, forget))
        assert payload["errors"] == []
        assert payload[subject] == {
            "version": 3,
            "references": [],
            "history": {"nodes": [{"action": "forgotten"}]},
        }


def test_every_mutation_has_an_effect() -> None:
    mutation = get_schema()._schema.mutation_type
    assert mutation is not None
    shown = {each.verb for each in (*EFFECTS, *CREATED)}
    shown |= {f"{each}Batch" for each in shown} & set(mutation.fields)
    assert shown | set(GONE) | {"personForget", "organizationForget"} == set(mutation.fields)
