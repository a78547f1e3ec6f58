"""Run CPU-bound work in a worker thread, so that the event loop stays responsive.

Python switches threads every few milliseconds. So compiling a large statement or describing the
whole schema does not delay requests whose plans are cached. Tenants take turns on the thread.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import thread_time
from typing import TypeVar
from uuid import UUID

from persistence.kernel.fair_slots import FairSlots
from persistence.kernel.usage import get_usage

Result = TypeVar("Result")

_EXECUTOR = ThreadPoolExecutor(1, thread_name_prefix="cpu-worker")
_SLOTS = FairSlots(1)


async def run_in_worker(tenant_id: UUID, task: Callable[[], Result]) -> Result:
    """Return the result of a tenant's task, which must not use the event loop.

    Its CPU time counts as used by the current request.
    """
    usage, loop = get_usage(), asyncio.get_running_loop()
    async with _SLOTS.hold(tenant_id):
        result, seconds = await loop.run_in_executor(_EXECUTOR, _run_timed, task)
    usage.python_seconds += seconds
    return result


def _run_timed(task: Callable[[], Result]) -> tuple[Result, float]:
    started_at = thread_time()
    return task(), thread_time() - started_at
