"""`make hostile`: the cost of ten thousand attack documents, and the delay of other requests."""

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
from tests.adversarial.corpus import generate_documents
from tests.adversarial.cost_measurement import measure_costs
from tests.leaks.markers import load_marked_datasets
from tests.reads.engine_fixture import a_caller, an_engine

NORMAL_REQUEST = Request(
    "{goals(first:20){totalCount nodes{id title owner{__typename ...on Person{name}}}}}"
)
REQUESTS_PER_SECOND = 50
DURATION = 20
MAX_MACHINE_LOAD = 2.5
"""Above this load of the machine, the measurements say little about the server."""


async def main(owner_url: str, serving_url: str, count: int) -> int:
    """Measure; return the exit status."""
    owner, pool = await connect(owner_url), await create_read_pool(serving_url)
    alder = (await load_marked_datasets(owner, pool))["alder"]
    writing = await create_write_pool(serving_url)
    engine = an_engine(pool, limits=None, write_pool=writing)
    caller = a_caller(alder, alder.subjects["employee"])
    costs = await measure_costs(engine, caller, generate_documents(count))
    p50, p99, most = (1000 * costs.percentile(share) for share in (0.5, 0.99, 1))
    print(f"{count:,} documents, {len(costs.faults)} of them not answered; CPU p50 {p50:.1f} ms")
    print(
        "dearest:",
        ", ".join(f"{name} {1000 * each:.0f}" for name, each in costs.rank_attacks()[:8]),
    )
    print("\n".join(costs.faults[:10]))
    tune_garbage_collector()
    await _measure_mixed_load(engine, caller, seed=76)
    before = psutil.Process().memory_info().rss
    lag, slow = await _measure_mixed_load(engine, caller, seed=77)
    grown = (psutil.Process().memory_info().rss - before) / 1e6
    print(
        f"{REQUESTS_PER_SECOND}/s hostile and {REQUESTS_PER_SECOND}/s normal:"
        f" the normal wait {slow:.0f} ms at p99"
    )
    await pool.close()
    await writing.close()
    await owner.close()
    load = os.getloadavg()[0]
    remark = "" if load <= MAX_MACHINE_LOAD else ", which is not calm"
    print(f"load of the machine: {load:.1f}{remark}")
    verdicts = [
        _report_goal("CPU at p99", p99, 20, "ms"),
        _report_goal("CPU at most", most, 50, "ms"),
        _report_goal("lag of the loop at p99", lag, 50, "ms"),
        _report_goal("memory grown by the second half", grown, 10, "MB"),
    ]
    return int(bool(costs.faults) or not all(verdicts))


def _report_goal(what: str, value: float, goal: float, unit: str) -> bool:
    is_met = value <= goal
    print(f"{'met' if is_met else 'MISSED'}: {what} {value:.1f} {unit}, the goal is {goal} {unit}")
    return is_met


async def _measure_mixed_load(engine: Engine, caller: Any, seed: int) -> tuple[float, float]:
    """Send attacks beside normal requests; return the loop's lag and the delay of normal ones."""
    lags: list[float] = []
    waits: list[float] = []
    texts = [text for _, text in generate_documents(REQUESTS_PER_SECOND * DURATION // 2, seed)]

    async def normal() -> None:
        began = time.perf_counter()
        await engine.execute(NORMAL_REQUEST, caller, request_id="normal")
        waits.append(time.perf_counter() - began)

    async with asyncio.TaskGroup() as group:
        for text in texts:
            began = time.perf_counter()
            answer = engine.execute(Request(text), caller, request_id="hostile")
            group.create_task(answer)
            group.create_task(normal())
            await asyncio.sleep(1 / REQUESTS_PER_SECOND)
            lags.append(time.perf_counter() - began - 1 / REQUESTS_PER_SECOND)
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
