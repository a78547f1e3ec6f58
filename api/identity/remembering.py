"""Remembering for a short time, and asking once where many want to know."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Hashable
from typing import Generic, TypeVar

Clock = Callable[[], float]

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Remembered(Generic[K, V]):
    """A bounded memory in which every entry has its own end; the least recently used goes first."""

    def __init__(self, capacity: int, clock: Clock) -> None:
        self._capacity = capacity
        self._clock = clock
        self._entries: OrderedDict[K, tuple[V, float]] = OrderedDict()

    def recall(self, key: K) -> V | None:
        """What is remembered, unless its time is over."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        value, until = entry
        if self._clock() >= until:
            del self._entries[key]
            return None
        self._entries.move_to_end(key)
        return value

    def keep(self, key: K, value: V, until: float) -> None:
        """Remember a value until that time of the clock."""
        self._entries[key] = value, until
        self._entries.move_to_end(key)
        if len(self._entries) > self._capacity:
            self._entries.popitem(last=False)


class Errands(Generic[K, V]):
    """Work that one task does for everybody who waits for it. A waiter who leaves stops nobody."""

    def __init__(self) -> None:
        self._under_way: dict[K, asyncio.Task[V]] = {}

    def start(self, key: K, work: Callable[[], Coroutine[None, None, V]]) -> asyncio.Future[V]:
        """The errand of this key: the one under way, or a new one. Await what this returns."""
        task = self._under_way.get(key)
        if task is None:
            task = asyncio.create_task(work())
            self._under_way[key] = task
            task.add_done_callback(lambda done: self._ended(key, done))
        return asyncio.shield(task)

    def has(self, key: K) -> bool:
        """Whether somebody is on this errand."""
        return key in self._under_way

    async def stop(self) -> None:
        """Call everybody back."""
        tasks = tuple(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ended(self, key: K, task: asyncio.Task[V]) -> None:
        self._under_way.pop(key, None)
        if not task.cancelled():
            # Everybody who waited may have left: looked at here, a failure is not reported as lost.
            task.exception()
