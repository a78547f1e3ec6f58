"""`make hostile`: ten thousand documents, what they cost, and how the loop fares meanwhile."""

import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil
import structlog

from api.kernel.execution.engine import Engine, Request
from api.main import tune_garbage_collector
from persistence.embedded import EmbeddedPostgres
from persistence.kernel.pools import connect, create_read_pool, create_write_pool
from persistence.kernel.schema.migrations import migrate
from tests.adversarial.corpus import hostile_documents
from tests.adversarial.cost_measurement import costs_of
from tests.id_attacks.attack import an_engine
from tests.leaks.markers import marked_worlds
from tests.reads.engine_fixture import a_caller

NORMAL = Request(
    "{goals(first:20){totalCount nodes{id title owner{__typename ...on Person{name}}}}}"
)
RATE = 50
SECONDS = 20
CALM = 2.5
"""The load of the machine above which figures say little about the server."""


async def main(owner_url: str, serving_url: str, count: int) -> int:
    """Measure; the exit status says whether the promises were kept."""
    owner, pool = await connect(owner_url), await create_read_pool(serving_url)
    alder = (await marked_worlds(owner, pool))["alder"]
    writing = await create_write_pool(serving_url)
    engine, caller = an_engine(pool, writing), a_caller(alder, alder.subjects["employee"])
    costs = await costs_of(engine, caller, hostile_documents(count))
    p50, p99, most = (1000 * costs.percentile(share) for share in (0.5, 0.99, 1))
    print(f"{count:,} documents, {len(costs.broken)} of them not answered; CPU p50 {p50:.1f} ms")
    print("dearest:", ", ".join(f"{name} {1000 * each:.0f}" for name, each in costs.dearest()[:8]))
    print("\n".join(costs.broken[:10]))
    tune_garbage_collector()
    await _together(engine, caller, seed=76)
    before = psutil.Process().memory_info().rss
    lag, slow = await _together(engine, caller, seed=77)
    grown = (psutil.Process().memory_info().rss - before) / 1e6
    print(f"{RATE}/s hostile and {RATE}/s normal: the normal wait {slow:.0f} ms at p99")
    await pool.close()
    await writing.close()
    await owner.close()
    load = os.getloadavg()[0]
    print(f"load of the machine: {load:.1f}{'' if load <= CALM else ', which is not calm'}")
    verdicts = [
        _verdict("CPU at p99", p99, 20, "ms"),
        _verdict("CPU at most", most, 50, "ms"),
        _verdict("lag of the loop at p99", lag, 50, "ms"),
        _verdict("memory grown by the second half", grown, 10, "MB"),
    ]
    return int(bool(costs.broken) or not all(verdicts))


def _verdict(what: str, value: float, goal: float, unit: str) -> bool:
    is_met = value <= goal
    print(f"{'met' if is_met else 'MISSED'}: {what} {value:.1f} {unit}, the goal is {goal} {unit}")
    return is_met


async def _together(engine: Engine, caller: Any, seed: int) -> tuple[float, float]:
    """Hostile and normal requests side by side: the loop's lag, and what normal ones wait."""
    lags: list[float] = []
    waits: list[float] = []
    texts = [text for _, text in hostile_documents(RATE * SECONDS // 2, seed)]

    async def normal() -> None:
        began = time.perf_counter()
        await engine.execute(NORMAL, caller, request_id="normal")
        waits.append(time.perf_counter() - began)

    async with asyncio.TaskGroup() as group:
        for text in texts:
            began = time.perf_counter()
            answer = engine.execute(Request(text), caller, request_id="hostile")
            group.create_task(answer)
            group.create_task(normal())
            await asyncio.sleep(1 / RATE)
            lags.append(time.perf_counter() - began - 1 / RATE)
    return 1000 * sorted(lags)[int(len(lags) * 0.99)], 1000 * sorted(waits)[int(len(waits) * 0.99)]


if __name__ == "__main__":
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    most = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with (
        tempfile.TemporaryDirectory() as home,
        EmbeddedPostgres(Path(home), is_durable=False) as at,
    ):
        migrate(at.owner)
        sys.exit(asyncio.run(main(at.owner, at.serving, most)))
