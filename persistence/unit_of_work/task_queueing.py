"""Background tasks in a unit of work: enqueued in the transaction of their cause."""

from abc import ABC, abstractmethod
from functools import cached_property

from domain.kernel.access import Actor
from domain.kernel.background_tasks import BackgroundTask
from persistence.kernel.pools import Connection
from persistence.queue.enqueueing import enqueue_tasks


class TaskQueueing(ABC):
    """The part of a unit of work that enqueues tasks for a worker."""

    actor: Actor

    @abstractmethod
    async def get_connection(self) -> Connection:
        """Return the connection of the transaction, after all changes so far were written."""

    @cached_property
    def _tasks(self) -> list[BackgroundTask]:
        return []

    def enqueue(self, task: BackgroundTask) -> None:
        """Let a worker do a task after the commit; without a commit it is forgotten."""
        self._tasks.append(task)

    async def write_tasks(self) -> None:
        """Write the tasks so far. It comes before the journal, because it may wait for others."""
        if self._tasks:
            await enqueue_tasks(await self.get_connection(), self.actor.tenant_id, self._tasks)
            self._tasks.clear()
