"""Fan-out: how long it takes until the last of many subscribers hears of a change."""

import asyncio
import re
import resource
import statistics
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import uvloop

from api.identity import built_in
from benchmarks.cases import DOCUMENTS, HR
from benchmarks.contenders.floor_writes import check_in
from benchmarks.contenders.statements import Facts
from benchmarks.dataset.loading import Bench
from benchmarks.dataset.sizes import BASE
from benchmarks.dataset.tenants import email_of
from benchmarks.personas import Persona
from benchmarks.runner import Running
from benchmarks.sockets import Subscriber
from persistence.kernel.engine import read_pool

SLUG = BASE.slugs[0]
AT_ONCE = 20
NOTE = re.compile(rb'"note":"change (\d+)"')
PATIENCE = 15.0
"""Seconds to wait for the last deliveries when all changes are made."""

GOALS = """
SELECT id FROM goals
WHERE tenant_id = $1 AND visibility = 'public' AND status = 'active'
  AND owner_person_id IS DISTINCT FROM $2
ORDER BY id LIMIT 50"""


@dataclass(frozen=True)
class FanOut:
    """Milliseconds from a commit to its last delivery, over all changes."""

    contender: str
    subscribers: int
    changes: int
    per_second: float
    p50: float
    p95: float
    most: float
    undelivered: int


@dataclass
class _Heard:
    """When each change was committed, and when its last delivery came so far."""

    committed: dict[int, float] = field(default_factory=dict)
    last: dict[int, float] = field(default_factory=dict)
    count: dict[int, int] = field(default_factory=lambda: defaultdict(int))

    def event(self, frame: bytes, now: float) -> None:
        found = NOTE.search(frame)
        if found:
            number = int(found[1])
            self.last[number] = now
            self.count[number] += 1


def fan_out(bench: Bench, it: Running, *, subscribers: int, seconds: float, rate: float) -> FanOut:
    """Open the sockets, make the changes, and wait for what is still on its way."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    persona = it.asked.personas[f"{SLUG}:{HR}"]
    return uvloop.run(_fan_out(bench, it, persona, (subscribers, seconds, rate)))


async def _fan_out(
    bench: Bench, it: Running, persona: Persona, size: tuple[int, float, float]
) -> FanOut:
    subscribers, seconds, rate = size
    heard = _Heard()
    sockets = await _opened(bench, it.port, subscribers, heard)
    try:
        await _changes(bench, persona, sockets, heard, int(seconds * rate), 1 / rate)
        await _delivered(heard, subscribers)
    finally:
        for each in sockets:
            each.close()
    return _told(it.contender.name, heard, subscribers, rate)


async def _opened(bench: Bench, port: int, subscribers: int, heard: _Heard) -> list[Subscriber]:
    document, turn = (DOCUMENTS / "changed.graphql").read_text(), asyncio.Semaphore(AT_ONCE)
    loop = asyncio.get_running_loop()

    async def one(number: int) -> Subscriber:
        token = built_in.token(bench.settings, SLUG, email_of(SLUG, number))
        async with turn:
            _, socket = await loop.create_connection(
                lambda: Subscriber(f"Bearer {token}", document, heard.event), "127.0.0.1", port
            )
            await asyncio.wait_for(socket.subscribed, PATIENCE)
        return socket

    return await asyncio.gather(*(one(number) for number in range(subscribers)))


async def _changes(
    bench: Bench,
    persona: Persona,
    sockets: list[Subscriber],
    heard: _Heard,
    count: int,
    pause: float,
) -> None:
    """Check in on one goal after the other, as evenly as can be."""
    pool = await read_pool(bench.addresses.serving, least=1, most=1)
    try:
        async with pool.acquire() as connection:
            await connection.execute(f"SET app.tenant_id = '{UUID(persona.tenant_id)}'")
            facts = _facts(persona)
            goals = await connection.fetch(GOALS, facts["tenant"], facts["person"])
            ids = [row["id"] for row in goals]
            await _listening(connection, facts, ids[-1], sockets)
            due = time.perf_counter()
            for number in range(count):
                await asyncio.sleep(max(0, due - time.perf_counter()))
                due += pause
                given = _given(ids[number % len(ids)], f"change {number}")
                heard.committed[number] = await _change(connection, facts, given)
    finally:
        await pool.close()


async def _change(connection: Any, facts: Facts, given: Mapping[str, Any]) -> float:
    """One check-in; the moment before its commit."""
    await connection.execute("BEGIN")
    await check_in(connection, facts, given)
    committing = time.perf_counter()
    await connection.execute("COMMIT")
    return committing


async def _listening(connection: Any, facts: Facts, goal: UUID, sockets: list[Subscriber]) -> None:
    """Change something until all have heard of it; the protocol does not say who listens."""
    until = time.perf_counter() + PATIENCE * 4
    while not all(each.events for each in sockets):
        if time.perf_counter() > until:
            raise TimeoutError("Not all subscribers hear of changes.")
        await _change(connection, facts, _given(goal, "Are you there?"))
        await asyncio.sleep(2)
    known = -1
    while known != (known := sum(each.events for each in sockets)):  # noqa: ASYNC110
        await asyncio.sleep(1)


def _facts(persona: Persona) -> Facts:
    return {
        "tenant": UUID(persona.tenant_id),
        "person": UUID(persona.person_id),
        "led": [UUID(each) for each in persona.teams_led],
    }


def _given(goal: UUID, note: str) -> Mapping[str, Any]:
    told = {"confidence": "ON_TRACK", "note": note, "values": []}
    return {"input": {"id": str(goal), **told}}


async def _delivered(heard: _Heard, subscribers: int) -> None:
    until = time.perf_counter() + PATIENCE
    wanted = len(heard.committed) * subscribers
    while sum(heard.count.values()) < wanted and time.perf_counter() < until:  # noqa: ASYNC110
        await asyncio.sleep(0.1)


def _told(contender: str, heard: _Heard, subscribers: int, rate: float) -> FanOut:
    times = sorted(
        (heard.last[number] - committed) * 1000
        for number, committed in heard.committed.items()
        if number in heard.last
    ) or [0.0, 0.0]
    cuts = statistics.quantiles(times, n=20)
    missing = len(heard.committed) * subscribers - sum(heard.count.values())
    return FanOut(
        contender=contender,
        subscribers=subscribers,
        changes=len(heard.committed),
        per_second=rate,
        p50=round(cuts[9], 1),
        p95=round(cuts[18], 1),
        most=round(times[-1], 1),
        undelivered=missing,
    )
