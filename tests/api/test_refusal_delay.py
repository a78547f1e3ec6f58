"""Refusals are late when a tenant gets many of them, and take no place of others meanwhile."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar

import httpx
import pytest

from api.http.overload import refusal_delay
from api.http.overload.refusal_delay import (
    MAX_DELAY,
    MAX_TOTAL_DELAY,
    MIN_DELAY,
    PROMPT_REFUSALS,
    REFUSALS_PER_STEP,
    RefusalDelay,
)
from api.http.server_context import ServerContext
from api.streaming.websocket import WebSocketConnection
from domain.kernel.identity import generate_id
from tests.api.small_graph import a_wire
from tests.api.test_http import STRICT, build_client

pytestmark = pytest.mark.anyio

TENANT, OTHER = generate_id(), generate_id()


class RecordedSleep:
    """The delays that were waited, and a second that a test sets."""

    def __init__(self) -> None:
        self.second = 0
        self.delays: list[float] = []

    def clock(self) -> float:
        return self.second + 0.5

    async def __call__(self, seconds: float) -> None:
        self.delays.append(seconds)


@pytest.fixture
def sleep() -> RecordedSleep:
    return RecordedSleep()


@pytest.fixture
def delay(sleep: RecordedSleep) -> RefusalDelay:
    return RefusalDelay(clock=sleep.clock, sleep=sleep)


async def test_the_first_refusals_of_a_second_are_prompt(
    delay: RefusalDelay, sleep: RecordedSleep
) -> None:
    for _ in range(PROMPT_REFUSALS):
        await delay.wait(TENANT, 429)
    assert sleep.delays == []
    for _ in range(50):
        await delay.wait(TENANT, 429)
    assert len(sleep.delays) == 50
    assert MIN_DELAY <= min(sleep.delays) < max(sleep.delays) <= MAX_DELAY
    sleep.second += 1
    await delay.wait(TENANT, 429)
    assert len(sleep.delays) == 50


async def test_the_more_refusals_of_a_tenant_wait_the_later_is_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("random.uniform", lambda *_: 0.5)
    end, delays = asyncio.Event(), list[float]()

    async def sleep_until_the_end(seconds: float) -> None:
        delays.append(seconds)
        await end.wait()

    delay = RefusalDelay(clock=lambda: 0, sleep=sleep_until_the_end)
    for _ in range(PROMPT_REFUSALS):
        await delay.wait(TENANT, 429)
        await delay.wait(OTHER, 429)
    waiting = [asyncio.create_task(delay.wait(TENANT, 429)) for _ in range(201)]
    await asyncio.sleep(0)
    assert [delays[n] for n in (0, REFUSALS_PER_STEP, 2 * REFUSALS_PER_STEP, 200)] == [
        0.5,
        1.0,
        1.5,
        MAX_TOTAL_DELAY,
    ]
    waiting.append(asyncio.create_task(delay.wait(OTHER, 429)))
    await asyncio.sleep(0)
    assert delays[-1] == 0.5
    end.set()
    await asyncio.gather(*waiting)
    assert not delay._waiting


async def test_other_tenants_and_other_responses_are_prompt(
    delay: RefusalDelay, sleep: RecordedSleep
) -> None:
    for _ in range(PROMPT_REFUSALS + 1):
        await delay.wait(TENANT, 400)
    assert len(sleep.delays) == 1
    for status in (200, 500, 503):
        await delay.wait(TENANT, status)
    await delay.wait(OTHER, 400)
    await delay.wait(None, 401)
    assert len(sleep.delays) == 1


async def test_a_process_without_budgets_delays_nothing() -> None:
    served = a_wire(caller_budget=0)
    for _ in range(PROMPT_REFUSALS + 1):
        await asyncio.wait_for(served.refusal_delay.wait(TENANT, 400), MIN_DELAY / 2)


async def test_the_number_of_refusals_that_wait_is_limited(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(refusal_delay, "MAX_WAITING", 2)
    end = asyncio.Event()

    async def sleep_until_the_end(_: float) -> None:
        await end.wait()

    delay = RefusalDelay(clock=lambda: 0, sleep=sleep_until_the_end)
    for _ in range(PROMPT_REFUSALS):
        await delay.wait(TENANT, 400)
    waiting = [asyncio.create_task(delay.wait(TENANT, 400)) for _ in range(2)]
    await asyncio.sleep(0)
    await delay.wait(TENANT, 400)
    assert not any(each.done() for each in waiting)
    end.set()
    await asyncio.gather(*waiting)


Send = Callable[[httpx.AsyncClient], Awaitable[httpx.Response]]


async def send_unknown_field(client: httpx.AsyncClient) -> httpx.Response:
    return await client.post("/graphql", json={"query": "{ unknown }"}, headers=STRICT)


async def send_no_json(client: httpx.AsyncClient) -> httpx.Response:
    return await client.post("/graphql", content="no JSON", headers=STRICT)


async def subscribe_to_unknown_field(client: httpx.AsyncClient) -> httpx.Response:
    headers = STRICT | {"accept": "text/event-stream"}
    document = {"query": "subscription { unknown }"}
    return await client.post("/graphql/stream", json=document, headers=headers)


async def ask_for_an_unknown_schema(client: httpx.AsyncClient) -> httpx.Response:
    return await client.get("/scim/v2/Schemas/unknown", headers=STRICT)


@pytest.mark.parametrize(
    "send",
    [
        *(send_unknown_field, send_no_json, subscribe_to_unknown_field),
        ask_for_an_unknown_schema,
    ],
)
async def test_a_refusal_that_waits_has_no_place_in_the_process(send: Send) -> None:
    served = a_wire()
    admitted: list[tuple[int, int]] = []

    async def sleep(_: float) -> None:
        admitted.append((served.limiter.admitted, served.limiter.active))

    served.refusal_delay = RefusalDelay(clock=lambda: 0, sleep=sleep)
    responses = await refuse(served, send, PROMPT_REFUSALS + 2)
    assert {each.status_code for each in responses} <= {400, 404}
    assert admitted == [(0, 0)] * 2


async def refuse(served: ServerContext, send: Send, count: int) -> list[httpx.Response]:
    async with build_client(served) as client:
        return [await send(client) for _ in range(count)]


class FakeSocket:
    """A socket whose messages a test puts in, and whose frames it reads."""

    scope: ClassVar = {"type": "websocket", "client": None, "headers": []}

    def __init__(self) -> None:
        self.messages: asyncio.Queue[dict[str, str]] = asyncio.Queue()
        self.frames: asyncio.Queue[Any] = asyncio.Queue()

    def put(self, **message: Any) -> None:
        self.messages.put_nowait({"type": "websocket.receive", "text": json.dumps(message)})

    async def receive(self) -> dict[str, str]:
        return await self.messages.get()

    async def send(self, message: dict[str, str]) -> None:
        self.frames.put_nowait(json.loads(message["text"]))

    async def close(self, code: int, reason: str) -> None:
        self.frames.put_nowait({"type": "close", "code": code, "reason": reason})


async def test_errors_over_a_socket_are_late_and_no_message_is_read_meanwhile() -> None:
    served, socket = a_wire(), FakeSocket()
    end, begun, delays = asyncio.Event(), asyncio.Event(), list[float]()

    async def sleep_until_the_end(seconds: float) -> None:
        delays.append(seconds)
        begun.set()
        await end.wait()

    served.refusal_delay = RefusalDelay(clock=lambda: 0, sleep=sleep_until_the_end)
    connection: Any = WebSocketConnection(served, socket)  # type: ignore[arg-type]
    running = asyncio.create_task(connection.run())
    socket.put(type="connection_init", payload={"authorization": "Bearer good"})
    assert await socket.frames.get() == {"type": "connection_ack"}
    for number in range(PROMPT_REFUSALS):
        socket.put(type="subscribe", id=str(number), payload={"query": "{ unknown }"})
        assert (await socket.frames.get())["type"] == "error"
    socket.put(type="subscribe", id="late", payload={"query": "{ unknown }"})
    await begun.wait()
    socket.put(type="complete", id="late")
    socket.put(type="subscribe", id="next", payload={"query": "{ unknown }"})
    for _ in range(50):
        await asyncio.sleep(0)
    assert (len(delays), list(connection._operations)) == (1, ["late"])
    assert (served.limiter.admitted, served.limiter.active) == (0, 0)
    end.set()
    assert [(await socket.frames.get())["id"] for _ in range(2)] == ["late", "next"]
    socket.messages.put_nowait({"type": "websocket.disconnect"})
    await running
