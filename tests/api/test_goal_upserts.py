"""Upserts of goals: of people, teams and units, below other goals, open and closed."""

from random import Random
from typing import Any

import pytest

from domain.service_clients import build_subject
from tests.api.company import Company

pytestmark = pytest.mark.anyio

PAYLOAD = """outcomes goals { id title version status closingNote
  owner { ... on Person { name } ... on Team { name } ... on Organization { code } }
  parent { title } references { source externalId } }
  differences { index field before after } resolved { index field id }"""
STATE = """{ goals(first: 100) { nodes { title description status closingNote dueOn ownerKind
  owner { ... on Person { name } ... on Team { name } ... on Organization { code } }
  parent { title } references { source externalId } } } }"""


def name(id: str, **values: Any) -> dict[str, Any]:
    """Return a row about the goal with this id in the OKR tool."""
    return {"externalReference": {"source": "okr", "id": id}} | values


def goal(id: str, **values: Any) -> dict[str, Any]:
    """Return a row that has what a new goal needs beside its owner."""
    return name(id, title=id, startsOn="2026-01-01", dueOn="2026-12-31") | values


def below(id: str) -> dict[str, Any]:
    return {"parent": {"externalReference": {"id": id}}}


def owner(company: Company, kind: str, who: str) -> dict[str, Any]:
    prefix = {"Person": "person", "Team": "team", "Organization": "org"}[kind]
    return {f"owner{kind}": {"id": company.encode_id(prefix, who)}}


async def send(company: Company, *rows: dict[str, Any], who: str = "hr", **more: Any) -> Any:
    return await company.mutate(who, "goalsUpsert", PAYLOAD, rows=list(rows), **more)


async def read_state(company: Company) -> list[Any]:
    """Return the goals of the OKR tool as they are."""
    found = (await company.query("hr", STATE))["goals"]["nodes"]
    return sorted((each for each in found if each["references"]), key=lambda one: str(one["title"]))


def list_errors(payload: Any) -> list[Any]:
    return [(each["code"], each["field"][1:]) for each in payload["errors"]]


async def test_goals_come_in_any_order_and_follow_their_rows(company: Company) -> None:
    mara, dispatch = owner(company, "Person", "mara"), owner(company, "Team", "dispatch")
    rows = (
        goal("B", **mara, **below("A")),
        goal("A", status="ACTIVE", **dispatch),
        goal("C", status="MISSED", closingNote="No time", **mara, **below("Z")),
    )
    checked = await send(company, *rows, dryRun=True)
    assert await read_state(company) == []
    made = await send(company, *rows)
    assert (made["outcomes"], made["errors"]) == (["CREATED", "CREATED", "DEFERRED"], [])
    assert made["differences"] == checked["differences"]
    bee, ay, sea = made["goals"]
    assert bee == bee | {"version": 1, "status": "DRAFT", "parent": {"title": "A"}}
    assert bee["references"] == [{"source": "okr", "externalId": "B"}]
    assert (ay["status"], ay["owner"]) == ("ACTIVE", {"name": "Dispatch"})
    assert (sea["status"], sea["closingNote"], sea["parent"]) == ("MISSED", "No time", None)
    again = await send(company, *rows)
    assert again["outcomes"] == ["UNCHANGED", "UNCHANGED", "DEFERRED"]
    assert again["goals"] == made["goals"]
    # The parent of a goal that is closed by now arrives, and is closed itself.
    arrived = await send(company, goal("Z", status="ACHIEVED", **mara))
    assert arrived["resolved"] == [{"index": 0, "field": "parent", "id": sea["id"]}]
    assert (await send(company, rows[2]))["outcomes"] == ["UNCHANGED"]
    changed = await send(
        company,
        name("A", title="Ay", description="First", **owner(company, "Organization", "ops")),
        name("B", status="ABANDONED", closingNote="Too late", parent=None, sourceVersion="v2"),
        name("C", status="ACTIVE", title="Sea"),
    )
    assert (changed["outcomes"], changed["errors"]) == (["UPDATED"] * 3, [])
    ay, bee, sea = changed["goals"]
    assert (ay["title"], ay["owner"]) == ("Ay", {"code": "OPS"})
    assert (bee["status"], bee["closingNote"], bee["parent"]) == ("ABANDONED", "Too late", None)
    assert (sea["status"], sea["closingNote"], sea["title"]) == ("ACTIVE", None, "Sea")
    old = name("B", status="ACTIVE", sourceVersion="v1")
    assert (await send(company, old))["outcomes"] == ["UNCHANGED"]
    noted = await send(company, name("B", status="ABANDONED", closingNote="Far too late"))
    assert noted["goals"][0]["closingNote"] == "Far too late"


async def test_a_refused_row_of_a_goal_names_all_its_faults_and_changes_nothing(
    company: Company,
) -> None:
    mara, dispatch = owner(company, "Person", "mara"), owner(company, "Team", "dispatch")
    former = owner(company, "Person", "peer")
    left = {"id": company.encode_id("person", "peer"), "lastDay": "2026-05-31"}
    await company.mutate("hr", "personDepart", "person { id }", **left)
    begun = goal("A", status="ACTIVE", **mara)
    await send(company, begun, goal("C", status="ACHIEVED", **mara), goal("E", **mara))
    before = await read_state(company)
    refused = await send(
        company,
        name("N", description="No title, no day, no owner"),
        goal("O", **mara, **dispatch),
        goal("P", ownerPerson={"externalReference": {"source": "hris", "id": "gone"}}),
        goal("Q", **former),
        goal("R", status="MISSED", **mara),
        goal("S", closingNote="Open", **mara),
        name("A", status="DRAFT", dueOn="2025-12-31", **former),
        name("C", title="Closed"),
        name("C", title="Twice"),
        name("E", **mara, **dispatch),
    )
    assert refused["outcomes"] == ["REJECTED"] * 10
    assert list_errors(refused) == [
        ("REQUIRED", ["0", "title"]),
        ("REQUIRED", ["0", "dueOn"]),
        ("REQUIRED", ["0", "ownerPerson"]),
        ("INCONSISTENT", ["1", "ownerPerson"]),
        ("REFERENCE_NOT_FOUND", ["2", "ownerPerson", "externalReference", "id"]),
        ("INVALID", ["3", "ownerPerson"]),
        ("REQUIRED", ["4", "closingNote"]),
        ("INCONSISTENT", ["5", "closingNote"]),
        ("STATE_CONFLICT", ["6", "status"]),
        ("OUT_OF_RANGE", ["6", "dueOn"]),
        ("INVALID", ["6", "ownerPerson"]),
        ("STATE_CONFLICT", ["7", "title"]),
        ("NOT_UNIQUE", ["8", "externalReference"]),
        ("INCONSISTENT", ["9", "ownerPerson"]),
    ]
    assert await read_state(company) == before
    together = await send(
        company, name("A", title="Ay"), name("C", title=""), mode="ALL_OR_NOTHING"
    )
    assert (together["outcomes"], await read_state(company)) == (["UPDATED", "REJECTED"], before)


async def test_rows_of_goals_tell_nobody_more_than_they_may_see(company: Company) -> None:
    mara, peer = owner(company, "Person", "mara"), owner(company, "Person", "peer")
    made = await send(company, goal("A", status="ACTIVE", **mara))
    id = made["goals"][0]["id"]
    # Somebody without goals:manage creates nothing by rows, and knows no ids of other systems.
    forbidden = await send(company, goal("N", **mara), name("A", title="Mine"), who="mara")
    assert list_errors(forbidden) == [("NOT_PERMITTED", ["0"]), ("NOT_PERMITTED", ["1"])]
    # The owner changes the own goal by our id, and makes it private.
    own = await send(company, {"id": id, "visibility": "PRIVATE"}, who="mara")
    assert (own["outcomes"], own["goals"][0]["references"]) == (["UPDATED"], None)
    # From then on, it is unknown to others. Only that its id is taken can be learned.
    hidden = await send(
        company,
        name("A", title="Theirs"),
        {"id": id, "title": "Theirs"},
        goal("B", **mara, **below("A")),
    )
    assert hidden["outcomes"] == ["REJECTED", "REJECTED", "DEFERRED"]
    assert list_errors(hidden) == [
        ("NOT_UNIQUE", ["0", "externalReference", "id"]),
        ("REFERENCE_NOT_FOUND", ["1", "id"]),
    ]
    # A service client with goals:manage does what HR may, and is nobody who owns or checks in.
    client = build_subject(company.clients.clients["wide"].id)
    sent = await send(company, goal("K", **mara), name("A", title="Theirs"), who=client)
    assert sent["outcomes"] == ["CREATED", "REJECTED"]
    other = build_subject(company.clients.clients["payroll"].id)
    sent = await send(company, goal("L", **mara), name("K", title="Theirs"), who=other)
    assert [code for code, _ in list_errors(sent)] == ["NOT_PERMITTED"] * 2
    # Nobody makes the goal of another person private by a row.
    private = await send(company, goal("P", visibility="PRIVATE", **peer))
    assert [code for code, _ in list_errors(private)] == ["NOT_PERMITTED"]
    kept = await company.query("mara", "query($id: ID!) { goal(by: { id: $id }) { title } }", id=id)
    assert kept == {"goal": {"title": "A"}}


def build_tree(company: Company, prefix: str) -> list[dict[str, Any]]:
    """Return rows about a tree of goals; of the top, an older and a newer one."""
    mara, ops = owner(company, "Person", "mara"), owner(company, "Organization", "ops")
    return [
        goal(f"{prefix}A", sourceVersion="1", title="Old", **ops),
        goal(f"{prefix}A", sourceVersion="2", status="ACHIEVED", **ops),
        goal(f"{prefix}B", status="ACTIVE", **mara, **below(f"{prefix}A")),
        goal(f"{prefix}C", status="MISSED", closingNote="Late", **mara, **below(f"{prefix}B")),
        goal(f"{prefix}D", status="ACHIEVED", **ops, **below(f"{prefix}C")),
        goal(f"{prefix}E", **mara, **below(f"{prefix}A")),
    ]


async def test_any_order_repetition_and_halving_of_goals_end_in_the_same_state(
    company: Company,
) -> None:
    for seed, prefix in enumerate("UVWXYZ"):
        random, rows = Random(seed), build_tree(company, prefix)
        random.shuffle(rows)
        sent, size = [*rows, *random.sample(rows, 3)], random.choice([1, 2, 4])
        for start in range(0, len(sent), size):
            part = sent[start : start + size]
            once = {each["externalReference"]["id"]: each for each in part}
            for call in ([*once.values()], *([each] for each in part if each not in once.values())):
                assert (await send(company, *call))["errors"] == []
        found = [each for each in await read_state(company) if each["title"][0] == prefix]
        states = [(each["status"], each["parent"] and each["parent"]["title"]) for each in found]
        assert states == [
            ("ACHIEVED", None),
            ("ACTIVE", f"{prefix}A"),
            ("MISSED", f"{prefix}B"),
            ("ACHIEVED", f"{prefix}C"),
            ("DRAFT", f"{prefix}A"),
        ]
        again = await send(company, *build_tree(company, prefix)[1:])
        assert again["outcomes"] == ["UNCHANGED"] * 5
