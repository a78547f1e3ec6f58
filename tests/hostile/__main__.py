"""`make hostile`: ten thousand documents, what they cost, and how the loop fares meanwhile."""

import asyncio
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil
import structlog

from api.kernel.execution import Engine, Request
from api.serving import collect_briefly
from persistence.embedded import EmbeddedPostgres
from persistence.kernel.engine import connect, read_pool, write_pool
from persistence.kernel.serving import migrate
from tests.canaries.marking import marked_worlds
from tests.hostile.documents import hostile_documents
from tests.hostile.measuring import costs_of
from tests.probes.probing import an_engine
from tests.reads.serving import a_caller

NORMAL = Request(
    "{goals(first:20){totalCount nodes{id title owner{__typename ...on Person{name}}}}}"
)
RATE = 50
SECONDS = 10


async def main(owner_url: str, serving_url: str, count: int) -> int:
    """Measure; the exit status says whether the promises were kept."""
    owner, pool = await connect(owner_url), await read_pool(serving_url)
    alder = (await marked_worlds(owner, pool))["alder"]
    writing = await write_pool(serving_url)
    engine, caller = an_engine(pool, writing), a_caller(alder, alder.subjects["employee"])
    costs = await costs_of(engine, caller, hostile_documents(count))
    p50, p99, most = (1000 * costs.percentile(share) for share in (0.5, 0.99, 1))
    print(f"{count:,} documents: CPU p50 {p50:.1f} p99 {p99:.1f} at most {most:.1f} ms")
    print(
        "dearest:", ", ".join(f"{name} {1000 * cost:.0f} ms" for name, cost in costs.dearest()[:8])
    )
    print("\n".join(costs.broken[:10]))
    collect_briefly()
    before = psutil.Process().memory_info().rss
    lag, slow = await _together(engine, caller)
    grown = (psutil.Process().memory_info().rss - before) / 1e6
    print(f"{RATE}/s hostile and {RATE}/s normal: loop lag p99 {lag:.0f} ms,")
    print(f"normal answers p99 {slow:.0f} ms, memory {grown:+.0f} MB")
    await pool.close()
    await writing.close()
    await owner.close()
    return int(bool(costs.broken) or p99 > 20 or most > 50 or lag > 50)


async def _together(engine: Engine, caller: Any) -> tuple[float, float]:
    """Hostile and normal requests side by side: the loop's lag, and what normal ones wait."""
    lags: list[float] = []
    waits: list[float] = []
    texts = [text for _, text in hostile_documents(RATE * SECONDS, seed=77)]

    async def normal() -> None:
        began = time.perf_counter()
        await engine.answer(NORMAL, caller, request_id="normal")
        waits.append(time.perf_counter() - began)

    async with asyncio.TaskGroup() as group:
        for text in texts:
            began = time.perf_counter()
            answer = engine.answer(Request(text), caller, request_id="hostile")
            group.create_task(answer)
            group.create_task(normal())
            await asyncio.sleep(1 / RATE)
            lags.append(time.perf_counter() - began - 1 / RATE)
    return 1000 * sorted(lags)[int(len(lags) * 0.99)], 1000 * sorted(waits)[int(len(waits) * 0.99)]


if __name__ == "__main__":
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    most = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as home, EmbeddedPostgres(Path(home), lasting=False) as at:
        migrate(at.owner)
        sys.exit(asyncio.run(main(at.owner, at.serving, most)))
