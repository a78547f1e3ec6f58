"""One task per key for all callers that want its result."""

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class SingleFlight(Generic[K, V]):
    """Tasks by key, each shared by all who wait for it. Cancelling one waiter cancels no task."""

    def __init__(self) -> None:
        self._tasks: dict[K, asyncio.Task[V]] = {}

    def start_or_join(
        self, key: K, operation: Callable[[], Coroutine[None, None, V]]
    ) -> asyncio.Future[V]:
        """Return a future of the key's running task; start the task if there is none."""
        task = self._tasks.get(key)
        if task is None:
            task = asyncio.create_task(operation())
            self._tasks[key] = task
            task.add_done_callback(lambda done: self._remove_task(key, done))
        return asyncio.shield(task)

    def is_running(self, key: K) -> bool:
        """Return whether a task of this key is running."""
        return key in self._tasks

    async def cancel_all(self) -> None:
        """Cancel all tasks, and wait until they have ended."""
        tasks = tuple(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _remove_task(self, key: K, task: asyncio.Task[V]) -> None:
        self._tasks.pop(key, None)
        if not task.cancelled():
            # Without this, asyncio logs a failure as lost where all waiters have been cancelled.
            task.exception()
