"""Background tasks in a unit of work: enqueued in the transaction of their cause."""

from abc import ABC, abstractmethod
from functools import cached_property
from uuid import UUID

from domain.kernel.access import Actor
from domain.kernel.aggregate import Aggregate
from domain.kernel.background_tasks import BackgroundTask
from persistence.kernel.pools import Connection
from persistence.queue.enqueueing import enqueue_tasks
from persistence.unit_of_work.tracked import TrackedAggregate


class TaskQueueing(ABC):
    """The part of a unit of work that enqueues tasks for a worker."""

    actor: Actor
    _flush_candidates: dict[tuple[type, UUID], TrackedAggregate]

    @abstractmethod
    async def get_connection(self) -> Connection:
        """Return the connection of the transaction, after all changes so far were written."""

    @abstractmethod
    async def _begin(self) -> Connection:
        """Begin a transaction, unless it has begun; return its connection."""

    @cached_property
    def _tasks(self) -> list[BackgroundTask]:
        return []

    @abstractmethod
    async def flush(self) -> None:
        """Write all changes so far."""

    def enqueue(self, task: BackgroundTask) -> None:
        """Let a worker do a task after the commit; without a commit it is forgotten."""
        self._tasks.append(task)

    def enqueue_tasks_of(self, aggregate: Aggregate) -> None:
        """Let a worker do what the change of an aggregate asks for.

        An aggregate with a method `list_tasks` asks for its tasks with each change.
        """
        list_tasks = getattr(aggregate, "list_tasks", None)
        if list_tasks is not None:
            self._tasks.extend(list_tasks())
        self._tasks.extend(_list_event_tasks(aggregate))

    async def write_tasks(self) -> bool:
        """Write the tasks so far. It comes before the journal, because it may wait for others.

        Aggregates that cause tasks are written first: then it is known which have changed. Return
        whether all changes so far were written.
        """
        is_written = any(map(_has_cause, self._flush_candidates.values()))
        if is_written:
            await self.flush()
        if self._tasks:
            connection = await (self._begin() if is_written else self.get_connection())
            await enqueue_tasks(connection, self.actor.tenant_id, self._tasks)
            self._tasks.clear()
        return is_written


def _has_cause(tracked: TrackedAggregate) -> bool:
    """Return whether an aggregate that causes tasks has changed since the last flush."""
    aggregate = tracked.aggregate
    if hasattr(aggregate, "list_tasks"):  # few have; a comparison of states takes much longer
        return bool(aggregate.events or tracked.is_changed)
    return bool(_list_event_tasks(aggregate))


def _list_event_tasks(aggregate: Aggregate) -> list[BackgroundTask]:
    tasks = aggregate.EVENT_TASKS
    return [tasks[each.action] for each in aggregate.events if each.action in tasks]
