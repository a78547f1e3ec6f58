"""The measured time of a request: connections, steps on the loop and work in a thread."""

import asyncio
from time import perf_counter, thread_time

import asyncpg
import pytest

from domain.kernel.identity import generate_id
from persistence.kernel.loop_turns import LoopTurn, begin_turn
from persistence.kernel.pools import borrow
from persistence.kernel.usage import USAGE, Usage, run_in_turns
from persistence.reading.cpu_worker import run_in_worker

pytestmark = pytest.mark.anyio

BUSY_SECONDS = 0.03


def a_turn() -> LoopTurn:
    return begin_turn(generate_id())


def work_hard() -> None:
    """Use this much CPU time, which takes as much time or more."""
    until, began = thread_time() + BUSY_SECONDS, perf_counter()
    while thread_time() < until or perf_counter() < began + BUSY_SECONDS:
        pass


async def test_steps_on_the_loop_count_and_waiting_does_not() -> None:
    async def respond() -> str:
        work_hard()
        await asyncio.create_task(work_beside())
        work_hard()
        return "done"

    async def work_beside() -> None:
        work_hard()

    usage, began = Usage(), perf_counter()
    assert await run_in_turns(respond(), usage, a_turn()) == "done"
    elapsed = perf_counter() - began
    assert 2 * BUSY_SECONDS <= usage.measure_python_seconds() <= elapsed - BUSY_SECONDS


async def test_the_running_step_counts_too() -> None:
    async def respond() -> float:
        work_hard()
        usage = USAGE.get()
        assert usage is not None
        return usage.measure_python_seconds()

    assert await run_in_turns(respond(), Usage(), a_turn()) >= BUSY_SECONDS


async def test_a_worker_counts_and_so_does_a_borrowed_connection(pool: asyncpg.Pool) -> None:
    async def respond() -> None:
        tenant_id = generate_id()
        await run_in_worker(tenant_id, work_hard)
        async with borrow(pool, tenant_id) as connection:
            await connection.execute("SELECT pg_sleep(0.05)")

    usage = Usage()
    await run_in_turns(respond(), usage, a_turn())
    assert usage.python_seconds >= BUSY_SECONDS
    assert usage.database_seconds >= 0.05


async def test_errors_and_cancellation_pass_and_count(pool: asyncpg.Pool) -> None:
    started = asyncio.Event()

    async def fail() -> None:
        raise LookupError

    async def wait() -> None:
        async with borrow(pool, generate_id()) as connection:
            started.set()
            await connection.execute("SELECT pg_sleep(5)")

    with pytest.raises(LookupError):
        await run_in_turns(fail(), Usage(), a_turn())
    usage = Usage()
    task = asyncio.create_task(run_in_turns(wait(), usage, a_turn()))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert 0 < usage.database_seconds < 5
