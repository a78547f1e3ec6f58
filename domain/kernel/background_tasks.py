"""Background tasks: work that a change causes, and that a worker does after its commit.

A task is stored in the transaction of its cause. A worker runs it once or, after a crash, again. So
what a task does must be the same when it is done twice.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from domain.kernel.access import Actor
from domain.kernel.identity import TenantId
from domain.kernel.permissions import Grant, Permission

INTERVAL_KEY = "interval"
"""The key of a task that is run at intervals: enqueued with it, it runs at once."""


@dataclass(frozen=True)
class BackgroundTask:
    """A task to enqueue: its kind, and arguments such as ids as text. They name no person by name.

    Tasks with the same key are one task until a worker has done it. If it is running, it runs
    again afterwards. The arguments are then those of the last one.
    """

    kind: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    key: str | None = None
    not_before: datetime | None = None
    """None means at once."""


@dataclass(frozen=True)
class TaskHandler:
    """The use case that runs a kind of task, and the permissions that it needs.

    `run` takes the unit of work and the arguments. With `interval_hours` the task is also run
    for every tenant, again and again, that many hours after it has run the last time. One that
    `calls_others` mostly waits for a system that is not ours, and takes no slot of other tasks.
    """

    run: Callable[..., Awaitable[None]]
    permissions: frozenset[Permission] = frozenset()
    interval_hours: int | None = None
    calls_others: bool = False


def build_system_actor(tenant_id: TenantId, today: date, handler: TaskHandler) -> Actor:
    """Return the actor of a task: Trellis itself, with the permissions of the task's kind.

    It is no person and no member, and its permissions hold in the whole tenant.
    """
    return Actor(tenant_id, today, grants=frozenset(Grant(each) for each in handler.permissions))
