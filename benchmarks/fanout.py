"""Fan-out: how long it takes until the last of many subscribers hears of a change."""

import asyncio
import re
import resource
import statistics
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import cycle
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
from benchmarks.processes import cpu_seconds
from benchmarks.runner import Running
from benchmarks.sockets import Subscriber
from persistence.kernel.engine import read_pool

Change = Callable[[str], Awaitable[float]]

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
class Size:
    """How many subscribers, and for how many seconds how many changes."""

    subscribers: int
    seconds: float
    rate: float


@dataclass(frozen=True)
class FanOut:
    """Milliseconds from a commit to its last delivery, over all changes.

    CPU in milliseconds for each delivery, by the server and by PostgreSQL.
    """

    contender: str
    subscribers: int
    changes: int
    per_second: float
    p50: float
    p95: float
    most: float
    undelivered: int
    own_cpu: float | None
    database_cpu: float | None


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


def fan_out(bench: Bench, it: Running, postmaster: int, size: Size) -> FanOut:
    """Open the sockets, make the changes, and wait for what is still on its way."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return uvloop.run(_fan_out(bench, it, postmaster, size))


async def _fan_out(bench: Bench, it: Running, postmaster: int, size: Size) -> FanOut:
    heard, persona = _Heard(), it.asked.personas[f"{SLUG}:{HR}"]
    sockets = await _opened(bench, it.port, size.subscribers, heard)
    try:
        async with _changing(bench, persona) as change:
            await _listening(change, sockets)
            before = cpu_seconds(it.process), cpu_seconds(postmaster)
            await _changes(change, heard, size)
            await _delivered(heard, size.subscribers)
            after = cpu_seconds(it.process), cpu_seconds(postmaster)
    finally:
        for each in sockets:
            each.close()
    return _told(it.contender.name, heard, size, list(zip(before, after, strict=True)))


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


@asynccontextmanager
async def _changing(bench: Bench, persona: Persona) -> AsyncIterator[Change]:
    """A way to check in on one goal after the other; it gives the moment before the commit."""
    pool = await read_pool(bench.addresses.serving, least=1, most=1)
    try:
        async with pool.acquire() as connection:
            await connection.execute(f"SET app.tenant_id = '{UUID(persona.tenant_id)}'")
            facts = _facts(persona)
            rows = await connection.fetch(GOALS, facts["tenant"], facts["person"])
            goals = cycle([row["id"] for row in rows])

            async def change(note: str) -> float:
                await connection.execute("BEGIN")
                await check_in(connection, facts, _given(next(goals), note))
                committing = time.perf_counter()
                await connection.execute("COMMIT")
                return committing

            yield change
    finally:
        await pool.close()


async def _changes(change: Change, heard: _Heard, size: Size) -> None:
    """Changes as even as can be."""
    due = time.perf_counter()
    for number in range(int(size.seconds * size.rate)):
        await asyncio.sleep(max(0, due - time.perf_counter()))
        due += 1 / size.rate
        heard.committed[number] = await change(f"change {number}")


async def _listening(change: Change, sockets: list[Subscriber]) -> None:
    """Change something until all have heard of it; the protocol does not say who listens."""
    until = time.perf_counter() + PATIENCE * 4
    while not all(each.events for each in sockets):
        if time.perf_counter() > until:
            raise TimeoutError("Not all subscribers hear of changes.")
        await change("Are you there?")
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


def _told(
    contender: str, heard: _Heard, size: Size, cpu: list[tuple[float | None, float | None]]
) -> FanOut:
    times = sorted(
        (heard.last[number] - committed) * 1000
        for number, committed in heard.committed.items()
        if number in heard.last
    ) or [0.0, 0.0]
    cuts, deliveries = statistics.quantiles(times, n=20), sum(heard.count.values())
    own_cpu, database_cpu = (_each(before, after, deliveries) for before, after in cpu)
    return FanOut(
        contender=contender,
        subscribers=size.subscribers,
        changes=len(heard.committed),
        per_second=size.rate,
        p50=round(cuts[9], 1),
        p95=round(cuts[18], 1),
        most=round(times[-1], 1),
        undelivered=len(heard.committed) * size.subscribers - deliveries,
        own_cpu=own_cpu,
        database_cpu=database_cpu,
    )


def _each(before: float | None, after: float | None, deliveries: int) -> float | None:
    if before is None or after is None or not deliveries:
        return None
    return round((after - before) / deliveries * 1000, 4)
