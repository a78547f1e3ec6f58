"""Pauses in long computations, so that a process serves others meanwhile and can cancel them."""

from asyncio import sleep
from collections.abc import AsyncIterator, Iterable
from time import perf_counter
from typing import TypeVar

T = TypeVar("T")

STEP_SECONDS = 0.001


async def with_pauses(items: Iterable[T]) -> AsyncIterator[T]:
    """Yield items, and let others run whenever the work on them has taken a millisecond."""
    started_at = perf_counter()
    for each in items:
        yield each
        if perf_counter() - started_at >= STEP_SECONDS:
            await sleep(0)
            started_at = perf_counter()
