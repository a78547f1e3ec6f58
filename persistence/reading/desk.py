"""The desk: where long work of the processor is done, a piece at a time, while the loop goes on.

Threads take turns every few milliseconds, so that a statement that takes long to write, or the
whole schema, which takes long to tell, keeps nobody waiting who asks for what is known.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import thread_time
from typing import TypeVar

Done = TypeVar("Done")

_DESK = ThreadPoolExecutor(1, thread_name_prefix="desk")


async def at_the_desk(work: Callable[[], Done]) -> tuple[Done, float]:
    """What the work comes to, and the seconds of CPU that it took. It must not touch the loop."""
    return await asyncio.get_running_loop().run_in_executor(_DESK, _timed, work)


def _timed(work: Callable[[], Done]) -> tuple[Done, float]:
    began = thread_time()
    return work(), thread_time() - began
