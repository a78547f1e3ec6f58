"""The desk: where long work of the processor is done, a piece at a time, while the loop goes on.

Threads take turns every few milliseconds, so that a statement that takes long to write, or the
whole schema, which takes long to tell, keeps nobody waiting who asks for what is known.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import thread_time
from typing import TypeVar

Result = TypeVar("Result")

_EXECUTOR = ThreadPoolExecutor(1, thread_name_prefix="desk")


async def run_in_worker(task: Callable[[], Result]) -> tuple[Result, float]:
    """What the work comes to, and the seconds of CPU that it took. It must not touch the loop."""
    return await asyncio.get_running_loop().run_in_executor(_EXECUTOR, _run_timed, task)


def _run_timed(task: Callable[[], Result]) -> tuple[Result, float]:
    began = thread_time()
    return task(), thread_time() - began
