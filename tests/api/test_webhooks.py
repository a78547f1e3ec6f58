"""Webhooks: what a receiver gets, in which order, again after failures, and never of others."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import orjson
import pytest
from standardwebhooks import WebhookVerificationError

from api.kernel.execution.engine import Request
from api.webhook_delivery.announcing import announce_changes
from api.webhook_delivery.delivering import Deliverer
from api.webhook_delivery.feed import FeedReader
from api.webhook_delivery.sending import Sender
from domain.goals import Visibility
from domain.kernel.background_tasks import build_system_actor
from domain.kernel.identity import TenantId
from domain.kernel.permissions import Grant, Permission
from domain.service_clients import parse_networks
from domain.task_handlers import TASK_HANDLERS
from domain.webhooks import DELIVER
from persistence.unit_of_work.work import work
from persistence.worker import Worker
from tests.api.webhook_receiver import Received, Receiver, run_receiver
from tests.api.world import World, a_world
from tests.conftest import SaveAggregates
from tests.factories.goals import a_goal
from tests.factories.graph import DatabaseGraph, a_caller
from tests.factories.members import a_member, a_role
from tests.factories.people import a_person

pytestmark = pytest.mark.anyio

WEBHOOK = "webhook { id status pauseReason owner { id } }"
LOG = """query($id: ID!) { webhookDeliveries(
  where: { webhook: { id: { eq: $id } } }, orderBy: [{ field: ATTEMPTED_AT }]) {
    nodes { messageId messageType attempt outcome statusCode } } }"""


class Crash(Exception):
    """A worker dies."""


@dataclass
class Followed:
    """A webhook of an admin, and its receiver. `goals` has the ids of Mara's goals."""

    graph: DatabaseGraph
    writing: asyncpg.Pool
    receiver: Receiver
    sender: Sender
    id: str = ""
    secret: str = ""
    goals: dict[str, str] = field(default_factory=dict)

    @property
    def deliverer(self) -> Deliverer:
        return Deliverer(self.writing, FeedReader(self.graph.engine), self.sender)

    async def create(self, who: str = "admin", url: str = "", **input: Any) -> None:
        selection = f"{WEBHOOK} secret {{ value }}"
        input = {"name": "Copy", "url": url or self.receiver.url, "types": ["GOAL"], **input}
        made = await self.mutate("webhookCreate", selection, who, **input)
        self.id, self.secret = made["webhook"]["id"], made["secret"]["value"]

    async def mutate(self, verb: str, selection: str, who: str = "admin", **input: Any) -> Any:
        """Execute a mutation that succeeds; return its payload."""
        camel = f"{verb[0].upper()}{verb[1:]}Input"
        document = f"""mutation($input: {camel}!) {{
          {verb}(input: $input) {{ {selection} errors {{ code message field }} }} }}"""
        made = await self.graph.mutate(who, document, **input)
        assert made["errors"] == []
        return made

    async def change(self, verb: str, who: str = "admin", **input: Any) -> Any:
        """Execute a mutation of the webhook; return it."""
        return (await self.mutate(verb, WEBHOOK, who, id=self.id, **input))["webhook"]

    async def edit_goal(self, title: str, name: str = "public") -> str:
        id = self.goals[name]
        await self.mutate("goalEdit", "goal { id }", "mara", id=id, title=title)
        return id

    async def deliver(self, kind: str = DELIVER, *, crashes: bool = False, **more: str) -> None:
        """Run the task of the webhook as a worker does, or crash before its commit."""
        handler, graph = self.deliverer.handlers[kind], self.graph
        actor = build_system_actor(graph.tenant_id, graph.now.date(), handler)
        arguments = {"webhook_id": self.id.removeprefix("webhook_"), **more}
        with suppress(Crash):
            async with work(self.writing, actor, now=graph.now) as open:
                await handler.run(open, **arguments)
                if crashes:
                    raise Crash

    async def follow(self) -> list[Received]:
        """Deliver, and return what the receiver got; the public verifier accepts all of it."""
        await self.deliver()
        received = self.receiver.take()
        for each in received:
            each.verify(self.secret)
        return received

    async def read(self, who: str = "admin") -> Any:
        fields = "status pauseReason owner { id } types sendsOnlyMatches"
        query = f"query($id: ID!) {{ webhook(by: {{ id: $id }}) {{ {fields} }} }}"
        return (await self.graph.query(who, query, id=self.id))["webhook"]

    async def read_log(self) -> list[tuple[str, int, str, int | None]]:
        nodes = (await self.graph.query("admin", LOG, id=self.id))["webhookDeliveries"]["nodes"]
        names = ("messageType", "attempt", "outcome", "statusCode")
        return [tuple(each[name] for name in names) for each in nodes]


@pytest.fixture
async def world(pool: Any, writing: Any, keep: SaveAggregates, tenant_id: TenantId) -> World:
    return await a_world(pool, writing, keep, tenant_id)


@pytest.fixture
async def followed(
    world: World, writing: asyncpg.Pool, keep: SaveAggregates
) -> AsyncIterator[Followed]:
    hidden = a_goal(world.people["mara"], "Only hers", Visibility.PRIVATE)
    await keep(hidden)
    async with run_receiver() as receiver:
        sender = Sender(parse_networks(["127.0.0.0/8"]))
        followed = Followed(world.graph, writing, receiver, sender)
        followed.goals = {"public": world.goal_id, "private": f"goal_{hidden.id}"}
        yield followed


def list_types(received: list[Received]) -> list[str]:
    return [each.message["type"] for each in received]


def list_ids(received: list[Received]) -> list[str]:
    return [each.id for each in received]


async def test_a_receiver_gets_thin_messages_that_it_can_verify(followed: Followed) -> None:
    await followed.create()
    hidden = followed.goals["private"]
    goal_id = await followed.edit_goal("First")
    await followed.edit_goal("Second")
    await followed.edit_goal("Still hers", "private")
    await followed.change("webhookEdit", name="Other types send nothing")
    first = await followed.follow()

    assert list_types(first) == ["types.read_again", "goal.updated", "goal.updated"]
    tenant = f"tenant_{followed.graph.tenant_id}"
    assert first[0].message["data"] == {"types": ["GOAL"]}
    assert first[1].message == {
        "type": "goal.updated",
        "timestamp": "2026-06-15T09:30:00+00:00",
        "data": {
            "id": goal_id,
            "kind": "UPDATED",
            "type": "GOAL",
            "fieldsChanged": ["title"],
            "effectiveOn": None,
            "isDue": False,
        },
        "meta": {"sequence": 2, "tenant": tenant, "webhook": followed.id},
    }
    assert [each.message["meta"]["sequence"] for each in first] == [1, 2, 3]
    assert not any(hidden in each.body.decode() for each in first)
    assert first[0].headers["request"] == "POST /trellis?copy=1 HTTP/1.1"
    assert first[0].headers["host"] == f"127.0.0.1:{followed.receiver.port}"
    with pytest.raises(WebhookVerificationError):
        first[0].verify("whsec_" + "A" * 44)

    assert await followed.follow() == []
    await followed.edit_goal("Third")
    (third,) = await followed.follow()
    assert third.message["meta"]["sequence"] == 4
    assert await followed.read_log() == [
        ("types.read_again", 1, "DELIVERED", 200),
        *[("goal.updated", 1, "DELIVERED", 200)] * 3,
    ]


async def test_what_fails_is_sent_again_in_order_and_paused_at_last(followed: Followed) -> None:
    graph, receiver = followed.graph, followed.receiver
    await followed.create()
    await followed.follow()
    for title in ("One", "Two"):
        await followed.edit_goal(title)
    receiver.status, receiver.headers = "503 Busy", {"Retry-After": "3600"}
    (refused,) = await followed.follow()
    graph.now += timedelta(seconds=3_590)
    assert await followed.follow() == []
    graph.now += timedelta(seconds=20)
    receiver.headers = {}
    (again,) = await followed.follow()
    assert again.id == refused.id
    assert again.message == refused.message
    for _ in range(8):
        graph.now += timedelta(days=2)
        assert list_ids(await followed.follow()) == [refused.id]
    found = await followed.read()
    assert (found["status"], found["pauseReason"]) == ("PAUSED", "FAILING")
    assert await followed.follow() == []

    receiver.status = "200 OK"
    await followed.change("webhookResume")
    one, two = await followed.follow()
    assert one.id == refused.id
    sequences = [each.message["meta"]["sequence"] for each in (one, two)]
    assert sequences == [2, 3]
    assert await followed.follow() == []
    log = await followed.read_log()
    assert [each[1:] for each in log if each[2] == "REFUSED"] == [
        (n, "REFUSED", 503) for n in range(1, 11)
    ]


async def test_a_crash_before_the_commit_sends_the_same_again(followed: Followed) -> None:
    await followed.create()
    await followed.edit_goal("Once")
    await followed.deliver(crashes=True)
    before = followed.receiver.take()
    assert await followed.read_log() == []
    after = await followed.follow()
    assert list_ids(after) == list_ids(before)
    assert list_types(after) == ["types.read_again", "goal.updated"]
    assert await followed.follow() == []


async def test_a_message_that_fails_holds_back_no_order(followed: Followed) -> None:
    """What has arrived of a page is not sent again, and one object's messages stay in order."""
    await followed.create()
    followed.receiver.statuses = {"types.read_again": "500 Failed"}
    goal_id = await followed.edit_goal("A")
    await followed.edit_goal("B")
    first = await followed.follow()
    followed.receiver.statuses = {}
    followed.graph.now += timedelta(minutes=1)
    second = await followed.follow()
    arrived = [each for each in (*first, *second) if each.message["type"] == "goal.updated"]
    assert [each.message["data"]["id"] for each in arrived] == [goal_id] * 2
    assert [each.message["meta"]["sequence"] for each in arrived] == [2, 3]
    assert len({each.id for each in (*first, *second)}) == 3
    assert await followed.follow() == []


@pytest.mark.parametrize(
    ("status", "reason"), [("410 Gone", "GONE"), ("302 Found", None), ("404 Not Found", None)]
)
async def test_only_410_pauses_at_once_and_redirects_are_refused(
    followed: Followed, status: str, reason: str | None
) -> None:
    await followed.create()
    followed.receiver.status = status
    followed.receiver.headers = {"Location": f"http://127.0.0.1:{followed.receiver.port}/other"}
    assert len(await followed.follow()) == 1
    found = await followed.read()
    assert found["pauseReason"] == reason
    assert await followed.read_log() == [("types.read_again", 1, "REFUSED", int(status[:3]))]


async def test_an_owner_without_rights_pauses_and_another_one_takes_over(
    followed: Followed, keep: SaveAggregates
) -> None:
    tenant_id = followed.graph.tenant_id
    role = a_role(tenant_id, "all", *(Grant(each) for each in Permission))
    person = a_person(tenant_id, "Second", work_email="second@meridian.example")
    await keep(role, person)
    await keep(a_member(person, "second", role.id))
    await followed.create()
    owner = (await followed.read())["owner"]
    await followed.follow()
    await followed.edit_goal("Nobody may send this")
    await followed.mutate("memberRemove", "member { status }", "second", **owner)
    assert await followed.follow() == []
    found = await followed.read("second")
    assert (found["status"], found["pauseReason"]) == ("PAUSED", "OWNER_WITHOUT_RIGHTS")
    assert found["owner"] == owner
    resumed = await followed.change("webhookResume", "second")
    assert resumed["owner"] != owner
    assert list_types(await followed.follow()) == ["types.read_again", "goal.updated"]


async def test_nothing_is_sent_to_private_networks(followed: Followed) -> None:
    followed.sender = Sender()
    await followed.create()
    assert await followed.follow() == []
    found = await followed.read()
    assert (found["status"], found["pauseReason"]) == ("PAUSED", "ADDRESS_REFUSED")
    assert await followed.read_log() == [("types.read_again", 1, "ADDRESS_REFUSED", None)]


async def test_a_receiver_that_is_away_is_tried_again(followed: Followed) -> None:
    await followed.create(url="http://127.0.0.1:9/nobody")
    assert await followed.follow() == []
    assert (await followed.read())["status"] == "ACTIVE"
    assert await followed.read_log() == [("types.read_again", 1, "UNREACHABLE", None)]


async def test_a_replay_sends_the_same_ids_from_a_cursor_on(followed: Followed) -> None:
    snapshot = "query { changesSnapshot(types: [GOAL]) { cursor } }"
    await followed.create()
    cursor = (await followed.graph.query("admin", snapshot))["changesSnapshot"]["cursor"]
    await followed.edit_goal("One")
    _, one = await followed.follow()
    await followed.change("webhookPause")
    assert await followed.follow() == []
    await followed.change("webhookReplay", after=cursor)
    (again,) = await followed.follow()
    assert again.id == one.id
    assert again.message["data"] == one.message["data"]
    assert again.message["meta"]["sequence"] == 3
    await followed.change("webhookReplay", after=cursor[:-1] + "_")
    assert await followed.follow() == []
    assert (await followed.read())["pauseReason"] == "CURSOR_UNUSABLE"


async def test_a_rotated_secret_signs_beside_the_former_one_for_a_day(followed: Followed) -> None:
    followed.graph.now = datetime.now(UTC)
    await followed.create()
    made = await followed.mutate("webhookRotateSecret", "secret { value }", id=followed.id)
    former, followed.secret = followed.secret, made["secret"]["value"]
    assert former != followed.secret
    (both,) = await followed.follow()
    assert both.verify(former) == both.message
    followed.graph.now += timedelta(hours=25)
    await followed.edit_goal("Only the new one signs")
    (one,) = await followed.follow()
    with pytest.raises(WebhookVerificationError):
        one.verify(former)


async def test_a_test_message_is_sent_once_also_while_paused(followed: Followed) -> None:
    await followed.create()
    await followed.change("webhookPause")
    await followed.change("webhookTest")
    followed.receiver.status = "500 Failed"
    worker = Worker(followed.writing, {**TASK_HANDLERS, **followed.deliverer.handlers})
    while await worker.take_turns():
        await worker.drain()
    (test,) = followed.receiver.take()
    assert test.verify(followed.secret)["type"] == "webhook.test"
    assert await followed.read_log() == [("webhook.test", 1, "REFUSED", 500)]


async def test_the_second_click_creates_nothing_and_shows_no_secret(followed: Followed) -> None:
    graph = followed.graph
    document = """mutation($input: WebhookCreateInput!) { webhookCreate(input: $input) {
        webhook { id } secret { value } errors { code } } }"""
    input = {"name": "Copy", "url": "https://receiver.example/"}
    request = Request(document, {"input": input}, idempotency_key="once")
    caller = a_caller(graph.tenant_id, "admin")
    answers = [
        orjson.loads((await graph.engine.execute(request, caller, request_id="r")).body)
        for _ in range(2)
    ]
    first, second = (each["data"]["webhookCreate"] for each in answers)
    assert first["webhook"] == second["webhook"]
    assert first["secret"]["value"].startswith("whsec_")
    assert second["secret"] is None


async def test_a_change_arrives_within_two_seconds(followed: Followed) -> None:
    followed.graph.now = datetime.now(UTC)
    await followed.create()
    worker = Worker(followed.writing, {**TASK_HANDLERS, **followed.deliverer.handlers})
    async with announce_changes(followed.writing):
        running = asyncio.create_task(worker.run())
        async with asyncio.timeout(20):
            while not followed.receiver.received:  # noqa: ASYNC110 - another task fills it
                await asyncio.sleep(0.05)
            followed.receiver.take()
            await asyncio.sleep(0.5)
            started_at = asyncio.get_running_loop().time()
            await followed.edit_goal("Soon")
            while not followed.receiver.received:  # noqa: ASYNC110 - another task fills it
                await asyncio.sleep(0.05)
        seconds = asyncio.get_running_loop().time() - started_at
        worker.stopping.set()
        await running
    assert list_types(followed.receiver.take()) == ["goal.updated"]
    assert seconds < 2
