"""Giving a goal to another owner: who sees it then, and which owners are refused."""

from typing import Any

import asyncpg
import pytest

from api.kernel.schema.global_ids import encode_id
from domain.goals import Visibility
from domain.kernel.identity import generate_id
from persistence.unit_of_work import work as unit
from tests.api.company import Company
from tests.api.test_subscriptions import next_event
from tests.conftest import SAVE
from tests.factories.actors import NOW, an_admin
from tests.factories.goals import a_goal

OWNER = "id version owner { ... on Named { name } }"
CHANGED = "subscription { goalChanged { goal { title } hiddenGoalId } }"
HISTORY = """query($id: ID!) { goal(by: { id: $id }) {
  history(first: 1) { nodes { action changes { field before after } } } } }"""
BATCH = """mutation($inputs: [GoalReassignInput!]!) { goalReassignBatch(inputs: $inputs) {
  goals { owner { ... on Person { name } } } errors { code field index } } }"""

KEYED_BATCH = """mutation($inputs: [GoalReassignInput!]!) {
  goalReassignBatch(inputs: $inputs) @idempotent(key: "twice") {
    goals { id version } errors { code } } }"""


async def save_goal(company: Company, writing: asyncpg.Pool, owner: Any, *details: Any) -> str:
    """Store a goal; return its global id."""
    goal = a_goal(owner, "Handed over", *details)
    async with unit.work(writing, an_admin(company.tenant_id), now=NOW) as work:
        await work.add(goal, to=SAVE)
    return encode_id("goal", goal.id)


async def reassign(company: Company, who: str, id: str, **owner: str) -> Any:
    """Reassign a goal; return the payload."""
    return await company.mutate(who, "goalReassign", f"goal {{ {OWNER} }}", id=id, owner=owner)


async def test_who_sees_the_goal_follows_the_owner_and_the_watchers_are_told(
    company: Company, writing: asyncpg.Pool
) -> None:
    id = await save_goal(company, writing, company.people["chief"], Visibility.ORGANIZATION)
    listeners = {
        who: await company.graph.subscribe(who, CHANGED)
        for who in ("chief", "former", "boss", "peer", "admin")
    }
    boss = company.encode_id("person", "boss")
    payload = await reassign(company, "chief", id, personId=boss)
    assert payload == {
        "goal": {"id": id, "version": 2, "owner": {"name": "Boss Okafor"}},
        "errors": [],
    }

    seen = {"goal": {"title": "Handed over"}, "hiddenGoalId": None}
    hidden = {"goal": None, "hiddenGoalId": id}
    expected = {"chief": seen, "former": hidden, "boss": seen, "peer": seen, "admin": seen}
    for who, listener in listeners.items():
        event = await next_event(listener, 20)
        assert (event and event["data"]["goalChanged"]) == expected[who], who
        await listener.aclose()
    (entry,) = (await company.query("chief", HISTORY, id=id))["goal"]["history"]["nodes"]
    chief = company.encode_id("person", "chief")
    change = {"field": "ownerPersonId", "before": chief, "after": boss}
    assert entry == {"action": "REASSIGNED", "changes": [change]}
    # The new owner could not change the goal before, and so does not read what was done to it.
    assert (await company.query("boss", HISTORY, id=id))["goal"]["history"]["nodes"] == []


async def test_the_goals_of_a_leaver_are_given_to_others(
    company: Company, writing: asyncpg.Pool
) -> None:
    alumna, team = company.people["alumna"], company.encode_id("team", "dispatch")
    chain = await save_goal(company, writing, alumna, Visibility.REPORTING_CHAIN)
    private = await save_goal(company, writing, alumna, Visibility.PRIVATE)
    can = "query($id: ID!) { goal(by: { id: $id }) { viewerCan } }"
    for who in ("hr", "hr_ops"):
        assert "REASSIGN" in (await company.query(who, can, id=chain))["goal"]["viewerCan"]
    payload = await reassign(company, "hr_ops", chain, teamId=team)
    assert payload["errors"] == []
    assert payload["goal"]["owner"] == {"name": "Dispatch"}
    payload = await reassign(company, "hr_ops", private, teamId=team)
    assert [each["code"] for each in payload["errors"]] == ["NOT_FOUND"]


@pytest.mark.parametrize(
    ("field", "kind", "name", "message"),
    [
        ("personId", "person", "alumna", "This person has left. Choose another owner."),
        ("teamId", "team", "closed", "This team has ended. Choose another owner."),
        ("organizationId", "org", "closed", "This organization is closed. Choose another owner."),
    ],
)
async def test_an_owner_of_the_past_gets_no_goals(
    company: Company, field: str, kind: str, name: str, message: str
) -> None:
    owner = {field: company.encode_id(kind, name)}
    goal = company.encode_id("goal", "public")
    refusal = {"code": "INVALID", "field": ["owner", field], "message": message}
    assert await reassign(company, "ruler", goal, **owner) == {"goal": None, "errors": [refusal]}
    created = await company.mutate(
        "ruler", "goalCreate", "goal { id }", owner=owner, title="New", dueOn="2026-12-31"
    )
    assert created == {"goal": None, "errors": [refusal]}
    unchanged = {"id": goal, "version": 1, "owner": {"name": "Mara Okafor"}}
    query = f"query($id: ID!) {{ goal(by: {{ id: $id }}) {{ {OWNER} }} }}"
    assert (await company.query("mara", query, id=goal))["goal"] == unchanged


async def test_a_closed_goal_keeps_its_owner(company: Company) -> None:
    goal, peer = company.encode_id("goal", "achieved"), company.encode_id("person", "peer")
    payload = await reassign(company, "boss", goal, personId=peer)
    assert [each["code"] for each in payload["errors"]] == ["STATE_CONFLICT"]
    assert payload["goal"] is None


async def test_a_hidden_owner_and_a_random_one_get_the_same_answer(
    company: Company, writing: asyncpg.Pool
) -> None:
    id = await save_goal(company, writing, company.people["nobody"])
    for owner_id in (company.encode_id("person", "peer"), encode_id("person", generate_id())):
        assert await reassign(company, "nobody", id, personId=owner_id) == {
            "goal": None,
            "errors": [
                {
                    "code": "REFERENCE_NOT_FOUND",
                    "field": ["owner", "personId"],
                    "message": "There is no such person.",
                }
            ],
        }


async def test_a_batch_gives_away_all_goals_or_none(company: Company) -> None:
    peer = {"personId": company.encode_id("person", "peer")}
    ids = [company.encode_id("goal", each) for each in ("public", "draft", "in_chain")]
    rows = [{"id": id, "owner": peer} for id in ids]
    refused = (await company.query("boss", BATCH, inputs=rows))["goalReassignBatch"]
    assert refused == {
        "goals": [],
        "errors": [{"code": "NOT_PERMITTED", "field": None, "index": 2}],
    }
    done = (await company.query("boss", BATCH, inputs=rows[:2]))["goalReassignBatch"]
    assert done == {"goals": [{"owner": {"name": "Peer Okafor"}}] * 2, "errors": []}


async def test_a_batch_that_is_sent_again_with_its_key_answers_with_the_same_goals(
    company: Company,
) -> None:
    """The goals were not made together, so the inputs name them."""
    peer = {"personId": company.encode_id("person", "peer")}
    ids = [company.encode_id("goal", each) for each in ("public", "draft")]
    rows = [{"id": id, "owner": peer} for id in ids]
    first, again = [await company.query("boss", KEYED_BATCH, inputs=rows) for _ in range(2)]
    assert [each["id"] for each in first["goalReassignBatch"]["goals"]] == ids
    assert again == first
