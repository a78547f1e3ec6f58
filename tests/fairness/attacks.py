"""Attacks with the tokens of ordinary members of one tenant."""

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
import uvloop

from tests.load.open_loop_client import OpenLoopClient, a_request

CLIENTS = 16
TRICKLING_SOCKETS = 260
MARKS = 24_000
EMPTY_OBJECTS = 24_000
IDS = 1_266

GOALLESS = '{reports:{none:{goals:{some:{title:{contains:"a"}}}}}}'
HEAVY_GOAL = """title owner { ... on Person { manager { reports(first: 25) { totalCount
  nodes { name goals(first: 25) { totalCount nodes { title progress } } } } } } }"""
LISTEN = f"subscription {{ goalChanged {{ {HEAVY_GOAL} }} }}"


@dataclass
class Target:
    """A server, and the tokens and ids of the hostile tenant."""

    port: int
    tokens: Sequence[str]
    goal_id: str = ""
    statuses: Counter[int] = field(default_factory=Counter)


Attack = Callable[[Target, float], Awaitable[None]]


def build_request(token: str, query: str, **variables: Any) -> bytes:
    """Build a request for a document with variables."""
    return a_request("localhost", token, orjson.dumps({"query": query, "variables": variables}))


def repeat(*documents: tuple[str, dict[str, Any]]) -> Attack:
    """Return an attack whose clients send these documents in turns, each after an answer."""

    async def attack(target: Target, seconds: float) -> None:
        requests = [
            build_request(token, query, **variables)
            for query, variables in documents
            for token in target.tokens
        ]
        client = OpenLoopClient("127.0.0.1", target.port, requests)
        result = await client.run_closed_loop(CLIENTS, seconds)
        target.statuses += result.statuses
        await client.close()

    return attack


def _nest_empty_objects() -> dict[str, Any]:
    """Return a filter whose body is larger than any but that of a batch."""
    return {"and": [{"not": {}}] * (EMPTY_OBJECTS // 2)}


def _nest_lists_within_bounds() -> dict[str, Any]:
    """Return a filter of 9,000 objects, none of whose lists is too long."""
    return {"and": [{"or": [{"and": [{}] * 14}] * 24}] * 25}


async def create_documents(target: Target, seconds: float) -> None:
    """Send documents that the server has not seen, each with many statements to compile."""
    fields = " ".join(f"g{n}: goals(first: 5) {{ nodes {{ {HEAVY_GOAL} }} }}" for n in range(2))
    requests = [
        build_request(token, f"query Q{n} {{ {fields} }}")
        for n in range(200)
        for token in target.tokens
    ]
    client = OpenLoopClient("127.0.0.1", target.port, requests)
    target.statuses += (await client.run_closed_loop(CLIENTS, seconds)).statuses
    await client.close()


async def edit_viewers(target: Target, seconds: float) -> None:
    """Name more viewers of a goal than one may have."""
    ids = [f"person_{n:032x}" for n in range(IDS)]
    query = "mutation($input: GoalEditInput!) { goalEdit(input: $input) { errors { code } } }"
    await repeat((query, {"input": {"id": target.goal_id, "viewerIds": ids}}))(target, seconds)


async def read_back(target: Target, seconds: float) -> None:
    """Change a goal, and select much of it."""
    query = (
        "mutation($input: GoalEditInput!) {"
        f" goalEdit(input: $input) {{ goal {{ {HEAVY_GOAL} }} errors {{ code }} }} }}"
    )
    input = {"id": target.goal_id, "title": "Fewer late parcels"}
    await repeat((query, {"input": input}))(target, seconds)


async def listen(target: Target, seconds: float) -> None:
    """Listen to changes with an expensive selection, and change a goal all the time."""
    listeners = [
        asyncio.create_task(_listen(target, target.tokens[n % len(target.tokens)]))
        for n in range(CLIENTS)
    ]
    edit = "mutation($input: GoalEditInput!) { goalEdit(input: $input) { errors { code } } }"
    requests = [
        build_request(target.tokens[0], edit, input={"id": target.goal_id, "title": f"Title {n}"})
        for n in range(50)
    ]
    client = OpenLoopClient("127.0.0.1", target.port, requests)
    target.statuses += (await client.run_open_loop(10, seconds)).statuses
    await client.close()
    for each in listeners:
        each.cancel()
    await asyncio.gather(*listeners, return_exceptions=True)


async def _listen(target: Target, token: str) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", target.port)
    request = build_request(token, LISTEN).replace(b"/graphql ", b"/graphql/stream ", 1)
    accept = b"accept: application/graphql-response+json"
    writer.write(request.replace(accept, b"accept: text/event-stream", 1))
    try:
        while await reader.read(1 << 16):
            pass
    finally:
        writer.close()


async def trickle(target: Target, seconds: float) -> None:
    """Open many requests, and send their bodies byte by byte."""
    until = time.monotonic() + seconds
    head, _, body = build_request(target.tokens[0], "{ __typename }").partition(b"\r\n\r\n")

    async def open_request() -> None:
        while time.monotonic() < until:
            reader, writer = await asyncio.open_connection("127.0.0.1", target.port)
            writer.write(head + b"\r\n\r\n")
            answer = asyncio.create_task(reader.read(20))
            for at in range(len(body) - 1):
                writer.write(body[at : at + 1])
                done, _ = await asyncio.wait([answer], timeout=min(1, until - time.monotonic()))
                if done or time.monotonic() > until:
                    break
            answer.cancel()
            text = (await asyncio.gather(answer, return_exceptions=True))[0]
            target.statuses[int(text[9:12]) if isinstance(text, bytes) and text else 0] += 1
            writer.close()
            await asyncio.sleep(0.05)

    async def open_safely() -> None:
        with contextlib.suppress(OSError):
            await open_request()

    await asyncio.gather(*(open_safely() for _ in range(TRICKLING_SOCKETS)))


ATTACKS: dict[str, Attack] = {
    "long text": repeat(
        (
            "query($t: String!) { people(first: 1, search: $t) { totalCount } }",
            {"t": "a" + "\u0301" * MARKS + "\u0316" * MARKS},
        ),
        (
            "query($t: String!) { person(by: { workEmail: $t }) { id } }",
            {"t": "a" + "\u0301" * MARKS + "\u0316" * MARKS},
        ),
    ),
    "trickled bodies": trickle,
    "related filters": repeat(
        (f"{{ people(first: 0, where: {GOALLESS}) {{ totalCount }} }}", {}),
    ),
    "large pages": repeat((f"{{ goals(first: 4) {{ nodes {{ {HEAVY_GOAL} }} }} }}", {})),
    "read back": read_back,
    "listeners": listen,
    "empty objects": repeat(
        (
            "query($w: GoalWhere) { goals(where: $w) { totalCount } }",
            {"w": _nest_empty_objects()},
        ),
    ),
    "nested lists": repeat(
        (
            "query($w: GoalWhere) { goals(where: $w) { totalCount } }",
            {"w": _nest_lists_within_bounds()},
        ),
    ),
    "many viewers": edit_viewers,
    "new documents": create_documents,
}
"""The attacks by their names."""


def run_attack(name: str, target: Target, seconds: float, statuses: Any) -> None:
    """Run an attack in a process of its own; put None when it begins, and its statuses at last."""
    statuses.put(None)
    uvloop.run(ATTACKS[name](target, seconds))
    statuses.put(target.statuses)
