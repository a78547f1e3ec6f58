"""Payloads and triggers of webhooks: what the query of the owner returns, and to whom it goes."""

from datetime import timedelta
from typing import Any

import pytest

from domain.goals import Visibility
from domain.kernel.permissions import Grant, Permission
from tests.api.test_webhooks import Followed, followed, list_types, world
from tests.conftest import SaveAggregates
from tests.factories.members import a_member, a_role
from tests.factories.people import a_person

__all__ = ["followed", "world"]
pytestmark = pytest.mark.anyio

TITLE = "query($id: ID!) { node(id: $id) { ... on Goal { title status } } }"
EDIT = """mutation($input: WebhookEditInput!) {
  webhookEdit(input: $input) { webhook { id } errors { code field } } }"""
CREATE = """mutation($input: WebhookCreateInput!) {
  webhookCreate(input: $input) { webhook { id } errors { code message field } } }"""


async def follow_updates(followed: Followed) -> list[Any]:
    """Return the data of the messages about objects."""
    received = await followed.follow()
    return [each.message["data"] for each in received if each.message["type"] != "types.read_again"]


async def refuse(followed: Followed, query: str, who: str = "admin") -> tuple[str, str]:
    """Return why a payload query is refused: the code, and the message."""
    input = {"name": "Copy", "url": "https://receiver.example", "payloadQuery": query}
    made = await followed.graph.mutate(who, CREATE, **input)
    (fault,) = made["errors"]
    assert (made["webhook"], fault["field"]) == (None, ["payloadQuery"])
    return fault["code"], fault["message"]


async def test_a_message_has_what_the_query_returns_when_it_is_sent(followed: Followed) -> None:
    await followed.create(payloadQuery=TITLE)
    await followed.follow()
    await followed.edit_goal("First")
    await followed.edit_goal("Second")
    first, second = await follow_updates(followed)
    # Both are sent after the second edit, so both have its title.
    found = {"node": {"title": "Second", "status": "ACTIVE"}}
    assert [(each["result"], each["errors"]) for each in (first, second)] == [(found, [])] * 2
    assert first["fieldsChanged"] == ["title"]


async def test_an_attempt_reads_again_with_the_rights_of_that_moment(followed: Followed) -> None:
    await followed.create(payloadQuery=TITLE)
    await followed.follow()
    goal_id = await followed.edit_goal("One")
    followed.receiver.status = "503 Busy"
    (refused,) = await follow_updates(followed)
    assert refused["result"]["node"]["title"] == "One"
    await followed.edit_goal("Two")
    followed.receiver.status = "200 OK"
    followed.graph.now += timedelta(minutes=1)
    again, second = await follow_updates(followed)
    assert [each["result"]["node"]["title"] for each in (again, second)] == ["Two", "Two"]
    await followed.edit_goal("Three")
    private = Visibility.PRIVATE.name
    await followed.mutate("goalEdit", "goal { id }", "mara", id=goal_id, visibility=private)
    (hidden,) = await follow_updates(followed)
    assert (hidden["kind"], "result" in hidden) == ("VISIBILITY_LOST", False)


async def test_only_updates_of_trigger_fields_are_sent(followed: Followed) -> None:
    await followed.create(triggerFields=["dueOn"])
    await followed.follow()
    id = await followed.edit_goal("Nobody waits for titles")
    await followed.mutate("goalEdit", "goal { id }", "mara", id=id, dueOn="2027-03-01")
    made = await followed.mutate(
        "goalCreate", "goal { id }", "mara", title="New", dueOn="2027-03-01"
    )
    sent = await follow_updates(followed)
    assert [(each["id"], each["kind"]) for each in sent] == [
        (id, "UPDATED"),
        (made["goal"]["id"], "CREATED"),
    ]


MATCHES = """query($id: ID!) {
  goals(where: { id: { eq: $id }, title: { contains: "plan" } }) { nodes { title } totalCount }
}"""


async def test_a_filter_by_values_is_a_query_that_finds_something(followed: Followed) -> None:
    await followed.create(payloadQuery=MATCHES, sendsOnlyMatches=True)
    await followed.follow()
    id = await followed.edit_goal("A budget")
    assert await follow_updates(followed) == []
    assert await followed.edit_goal("A plan") == id
    (found,) = await follow_updates(followed)
    matches = {"nodes": [{"title": "A plan"}], "totalCount": 1}
    assert (found["id"], found["result"]) == (id, {"goals": matches})
    await followed.edit_goal("A budget again")
    private = Visibility.PRIVATE.name
    await followed.mutate("goalEdit", "goal { id }", "mara", id=id, visibility=private)
    assert [each["kind"] for each in await follow_updates(followed)] == ["VISIBILITY_LOST"]


async def test_only_a_webhook_with_a_query_has_matches(followed: Followed) -> None:
    input = {"name": "Copy", "url": "https://receiver.example", "sendsOnlyMatches": True}
    made = await followed.graph.mutate("admin", CREATE, **input)
    fault = {
        "code": "INCONSISTENT",
        "message": "`sendsOnlyMatches` needs a `payloadQuery`. Send a query, too.",
        "field": ["sendsOnlyMatches"],
    }
    assert made == {"webhook": None, "errors": [fault]}
    await followed.create(payloadQuery=MATCHES, sendsOnlyMatches=True)
    removed = {"url": followed.receiver.url, "payloadQuery": None}
    refused = await followed.graph.mutate("admin", EDIT, id=followed.id, **removed)
    assert refused["errors"] == [{"code": "INCONSISTENT", "field": ["sendsOnlyMatches"]}]
    assert (await followed.read())["sendsOnlyMatches"] is True


async def test_a_query_that_cannot_be_sent_is_refused(followed: Followed) -> None:
    invalid = "INVALID_FORMAT"
    for query, part in {
        "query($id: ID!) { node(id: $id) { id name } }": "The query is not valid: Cannot query",
        "query($id: ID!) {": "The query is not valid: Syntax Error",
        "mutation($id: ID!) { goalAchieve(input: { id: $id }) { goal { id } } }": "Send one query",
        "subscription { auditLog { action } }": "Send one query",
        "{ viewer { permissions } }": "Declare the variable `$id: ID!`",
        "query($id: ID!, $n: Int) { node(id: $id) { id } people(first: $n) { totalCount } }": (
            "Declare the variable `$id: ID!`"
        ),
        "query($id: ID!) { node(id: $id) { id } people { nodes { reports { nodes { id } } } } }": (
            "The query costs"
        ),
        "query($id: ID!) { people(first: 50) { nodes { "
        "teams(first: 50, where: { id: { neq: $id } }) { nodes { id } } } } }": "The query costs",
    }.items():
        code, message = await refuse(followed, query)
        assert code == invalid
        assert part in message, query


async def test_nobody_sends_with_the_rights_of_others_who_chose_neither_address_nor_query(
    followed: Followed, keep: SaveAggregates
) -> None:
    tenant_id = followed.graph.tenant_id
    role = a_role(tenant_id, "all", *(Grant(each) for each in Permission))
    person = a_person(tenant_id, "Second", work_email="second@meridian.example")
    await keep(role, person)
    await keep(a_member(person, "second", role.id))
    await followed.create(
        payloadQuery="query($id: ID!) { node(id: $id) { id } viewer { permissions } }"
    )
    owner = (await followed.read())["owner"]
    url, query = followed.receiver.url, TITLE

    async def attempt(verb: str, **input: Any) -> str | None:
        camel = f"{verb[0].upper()}{verb[1:]}Input"
        made = await followed.graph.mutate(
            "second",
            f"mutation($input: {camel}!) {{ {verb}(input: $input) {{ errors {{ code }} }} }}",
            **{"id": followed.id, **input},
        )
        return made["errors"][0]["code"] if made["errors"] else None

    conflict = "STATE_CONFLICT"
    assert await attempt("webhookEdit", name="Theirs") is None
    for input in ({"url": f"{url}&other=1"}, {"payloadQuery": query}):
        assert await attempt("webhookEdit", **input) == "REQUIRED"
    assert await attempt("webhookReplay", after="changes_x") == conflict
    assert await attempt("webhookEdit", payloadQuery=None, url=f"{url}&other=1") is None
    made = await followed.graph.mutate("admin", EDIT, id=followed.id, payloadQuery=query)
    assert made["errors"] == [{"code": "REQUIRED", "field": ["url"]}]
    await followed.change("webhookEdit", url=url, payloadQuery=query)
    await followed.change("webhookPause")
    assert await attempt("webhookResume") == conflict
    found = await followed.read()
    assert (found["owner"], found["status"]) == (owner, "PAUSED")

    assert await attempt("webhookEdit", url=url, payloadQuery=query) is None
    assert (await followed.read())["owner"] != owner
    assert await attempt("webhookResume") is None
    assert list_types(await followed.follow()) == ["types.read_again"]
