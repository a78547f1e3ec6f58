"""Fan-out: the time until the last of many subscribers receives a change."""

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

from api.identity import built_in_issuer
from benchmarks.cases import DOCUMENTS, HR
from benchmarks.contenders.floor_writes import check_in
from benchmarks.contenders.statements import Parameters
from benchmarks.dataset.loading import BenchDatabase
from benchmarks.dataset.sizes import BASE
from benchmarks.dataset.tenants import build_email
from benchmarks.personas import Persona
from benchmarks.processes import read_cpu_seconds
from benchmarks.runner import ContenderProcess
from benchmarks.ws_client import WebSocketSubscriber
from persistence.kernel.pools import create_read_pool

CommitChange = Callable[[str], Awaitable[float]]

SLUG = BASE.slugs[0]
MAX_CONCURRENT_HANDSHAKES = 20
NOTE_PATTERN = re.compile(rb'"note":"change (\d+)"')
DELIVERY_TIMEOUT = 15.0
"""Seconds to wait for the last deliveries when all changes are made."""

GOALS_SQL = """
SELECT id FROM goals
WHERE tenant_id = $1 AND visibility = 'public' AND status = 'active'
  AND owner_person_id IS DISTINCT FROM $2
ORDER BY id LIMIT 50"""


@dataclass(frozen=True)
class FanOutSettings:
    """The number of subscribers, the duration in seconds, and the number of changes."""

    subscribers: int
    seconds: float
    rate: float


@dataclass(frozen=True)
class FanOutResult:
    """Milliseconds from a commit to its last delivery, over all changes.

    CPU is in milliseconds for each delivery, of the server and of PostgreSQL.
    """

    contender: str
    subscribers: int
    changes: int
    per_second: float
    p50: float
    p95: float
    maximum: float
    undelivered: int
    own_cpu: float | None
    database_cpu: float | None


@dataclass
class _DeliveryLog:
    """The commit time of each change, and the time of its last delivery so far."""

    committed_at: dict[int, float] = field(default_factory=dict)
    last_delivered_at: dict[int, float] = field(default_factory=dict)
    delivery_counts: dict[int, int] = field(default_factory=lambda: defaultdict(int))

    def record_event(self, frame: bytes, now: float) -> None:
        found = NOTE_PATTERN.search(frame)
        if found:
            number = int(found[1])
            self.last_delivered_at[number] = now
            self.delivery_counts[number] += 1


def measure_fan_out(
    bench: BenchDatabase, server: ContenderProcess, postmaster: int, settings: FanOutSettings
) -> FanOutResult:
    """Open the sockets, make the changes, and wait for the remaining deliveries."""
    hard_limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard_limit, hard_limit))
    return uvloop.run(_run_fan_out(bench, server, postmaster, settings))


async def _run_fan_out(
    bench: BenchDatabase, server: ContenderProcess, postmaster: int, settings: FanOutSettings
) -> FanOutResult:
    deliveries, persona = _DeliveryLog(), server.workload.personas[f"{SLUG}:{HR}"]
    subscribers = await _open_subscribers(bench, server.port, settings.subscribers, deliveries)
    try:
        async with _connect_writer(bench, persona) as change:
            await _wait_for_subscriptions(change, subscribers)
            before = read_cpu_seconds(server.pid), read_cpu_seconds(postmaster)
            await _commit_changes(change, deliveries, settings)
            await _wait_for_deliveries(deliveries, settings.subscribers)
            after = read_cpu_seconds(server.pid), read_cpu_seconds(postmaster)
    finally:
        for each in subscribers:
            each.close()
    return _build_result(
        server.contender.name, deliveries, settings, list(zip(before, after, strict=True))
    )


async def _open_subscribers(
    bench: BenchDatabase, port: int, subscribers: int, deliveries: _DeliveryLog
) -> list[WebSocketSubscriber]:
    document, semaphore = (
        (DOCUMENTS / "changed.graphql").read_text(),
        asyncio.Semaphore(MAX_CONCURRENT_HANDSHAKES),
    )
    loop = asyncio.get_running_loop()

    async def open_subscriber(number: int) -> WebSocketSubscriber:
        token = built_in_issuer.issue_token(bench.settings, SLUG, build_email(SLUG, number))
        async with semaphore:
            _, socket = await loop.create_connection(
                lambda: WebSocketSubscriber(f"Bearer {token}", document, deliveries.record_event),
                "127.0.0.1",
                port,
            )
            await asyncio.wait_for(socket.ready, DELIVERY_TIMEOUT)
        return socket

    return await asyncio.gather(*(open_subscriber(number) for number in range(subscribers)))


@asynccontextmanager
async def _connect_writer(bench: BenchDatabase, persona: Persona) -> AsyncIterator[CommitChange]:
    """Return a function that checks in on the next goal and returns the time before it."""
    pool = await create_read_pool(bench.addresses.serving, min_size=1, max_size=1)
    try:
        async with pool.acquire() as connection:
            await connection.execute(f"SET app.tenant_id = '{UUID(persona.tenant_id)}'")
            parameters = _build_parameters(persona)
            rows = await connection.fetch(GOALS_SQL, parameters["tenant"], parameters["person"])
            goals = cycle([row["id"] for row in rows])

            async def commit_change(note: str) -> float:
                await connection.execute("BEGIN")
                await check_in(connection, parameters, _build_variables(next(goals), note))
                committing = time.perf_counter()
                await connection.execute("COMMIT")
                return committing

            yield commit_change
    finally:
        await pool.close()


async def _commit_changes(
    commit_change: CommitChange, deliveries: _DeliveryLog, settings: FanOutSettings
) -> None:
    """Make the changes at a steady rate."""
    due = time.perf_counter()
    for number in range(int(settings.seconds * settings.rate)):
        await asyncio.sleep(max(0, due - time.perf_counter()))
        due += 1 / settings.rate
        deliveries.committed_at[number] = await commit_change(f"change {number}")


async def _wait_for_subscriptions(
    commit_change: CommitChange, subscribers: list[WebSocketSubscriber]
) -> None:
    """Make changes until every socket has received one.

    The protocol does not confirm subscriptions.
    """
    until = time.perf_counter() + DELIVERY_TIMEOUT * 4
    while not all(each.event_count for each in subscribers):
        if time.perf_counter() > until:
            raise TimeoutError("Not all subscribers hear of changes.")
        await commit_change("Are you there?")
        await asyncio.sleep(2)
    previous_count = -1
    while previous_count != (previous_count := sum(each.event_count for each in subscribers)):  # noqa: ASYNC110
        await asyncio.sleep(1)


def _build_parameters(persona: Persona) -> Parameters:
    return {
        "tenant": UUID(persona.tenant_id),
        "person": UUID(persona.person_id),
        "led": [UUID(each) for each in persona.teams_led],
    }


def _build_variables(goal: UUID, note: str) -> Mapping[str, Any]:
    fields = {"confidence": "ON_TRACK", "note": note, "values": []}
    return {"input": {"id": str(goal), **fields}}


async def _wait_for_deliveries(log: _DeliveryLog, subscribers: int) -> None:
    until = time.perf_counter() + DELIVERY_TIMEOUT
    wanted = len(log.committed_at) * subscribers
    while sum(log.delivery_counts.values()) < wanted and time.perf_counter() < until:  # noqa: ASYNC110
        await asyncio.sleep(0.1)


def _build_result(
    contender: str,
    log: _DeliveryLog,
    settings: FanOutSettings,
    cpu: list[tuple[float | None, float | None]],
) -> FanOutResult:
    times = sorted(
        (log.last_delivered_at[number] - committed) * 1000
        for number, committed in log.committed_at.items()
        if number in log.last_delivered_at
    ) or [0.0, 0.0]
    cuts, deliveries = statistics.quantiles(times, n=20), sum(log.delivery_counts.values())
    own_cpu, database_cpu = (
        _compute_cpu_per_delivery(before, after, deliveries) for before, after in cpu
    )
    return FanOutResult(
        contender=contender,
        subscribers=settings.subscribers,
        changes=len(log.committed_at),
        per_second=settings.rate,
        p50=round(cuts[9], 1),
        p95=round(cuts[18], 1),
        maximum=round(times[-1], 1),
        undelivered=len(log.committed_at) * settings.subscribers - deliveries,
        own_cpu=own_cpu,
        database_cpu=database_cpu,
    )


def _compute_cpu_per_delivery(
    before: float | None, after: float | None, deliveries: int
) -> float | None:
    if before is None or after is None or not deliveries:
        return None
    return round((after - before) / deliveries * 1000, 4)
