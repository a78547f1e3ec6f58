"""Run CPU-bound work in a worker thread, so that the event loop stays responsive.

Python switches threads every few milliseconds. So compiling a large statement or describing the
whole schema does not delay requests whose plans are cached.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import thread_time
from typing import TypeVar

Result = TypeVar("Result")

_EXECUTOR = ThreadPoolExecutor(1, thread_name_prefix="cpu-worker")


async def run_in_worker(task: Callable[[], Result]) -> tuple[Result, float]:
    """Return the result of a task and its CPU seconds. The task must not use the event loop."""
    return await asyncio.get_running_loop().run_in_executor(_EXECUTOR, _run_timed, task)


def _run_timed(task: Callable[[], Result]) -> tuple[Result, float]:
    started_at = thread_time()
    return task(), thread_time() - started_at
