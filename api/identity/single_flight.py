"""Remembering for a short time, and asking once where many want to know."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Hashable
from typing import Generic, TypeVar

Clock = Callable[[], float]

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class TtlCache(Generic[K, V]):
    """A bounded memory in which every entry has its own end; the least recently used goes first."""

    def __init__(self, capacity: int, clock: Clock) -> None:
        self._capacity = capacity
        self._clock = clock
        self._entries: OrderedDict[K, tuple[V, float]] = OrderedDict()

    def get(self, key: K) -> V | None:
        """What is remembered, unless its time is over."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        value, expires_at = entry
        if self._clock() >= expires_at:
            del self._entries[key]
            return None
        self._entries.move_to_end(key)
        return value

    def put(self, key: K, value: V, expires_at: float) -> None:
        """Remember a value until that time of the clock."""
        self._entries[key] = value, expires_at
        self._entries.move_to_end(key)
        if len(self._entries) > self._capacity:
            self._entries.popitem(last=False)


class SingleFlight(Generic[K, V]):
    """Work that one task does for everybody who waits for it. A waiter who leaves stops nobody."""

    def __init__(self) -> None:
        self._tasks: dict[K, asyncio.Task[V]] = {}

    def start_or_join(
        self, key: K, operation: Callable[[], Coroutine[None, None, V]]
    ) -> asyncio.Future[V]:
        """The errand of this key: the one under way, or a new one. Await what this returns."""
        task = self._tasks.get(key)
        if task is None:
            task = asyncio.create_task(operation())
            self._tasks[key] = task
            task.add_done_callback(lambda done: self._remove_task(key, done))
        return asyncio.shield(task)

    def is_running(self, key: K) -> bool:
        """Whether somebody is on this errand."""
        return key in self._tasks

    async def cancel_all(self) -> None:
        """Call everybody back."""
        tasks = tuple(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _remove_task(self, key: K, task: asyncio.Task[V]) -> None:
        self._tasks.pop(key, None)
        if not task.cancelled():
            # Everybody who waited may have left: looked at here, a failure is not reported as lost.
            task.exception()
