"""The worker: runs the background tasks of all tenants of one database.

Any number of workers may run. Each takes turns over the tenants with due tasks, so that one with
many tasks delays nobody else's: the one that this worker served least comes first. A task that
calls a system of somebody else may wait long for it, so these have slots of their own, of which a
tenant gets a few. A tenant is found in the directory; all other statements are about one tenant,
and have row-level security.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import monotonic
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
import structlog

from domain.kernel.background_tasks import (
    INTERVAL_KEY,
    BackgroundTask,
    TaskHandler,
    build_system_actor,
)
from domain.kernel.identity import TenantId
from persistence.kernel.error_translation import DatabaseUnavailable, translate
from persistence.kernel.pools import Connection, Pool, borrow
from persistence.kernel.transaction import Transaction
from persistence.queue import directory, leases
from persistence.queue.directory import QueueTotals
from persistence.queue.enqueueing import enqueue_tasks
from persistence.queue.leases import LeasedTask
from persistence.unit_of_work.work import ACQUIRE_TIMEOUT, work

POLL_INTERVAL = 1.0
"""Seconds between two looks into the directory while nothing is due; with some jitter."""

TASK_TIMEOUT = leases.LEASE.total_seconds() - 10
"""Seconds that a task may take. So it has ended before its lease: longer work is several tasks."""

SURVEY_INTERVAL = 10.0
"""Seconds between two counts of all tasks, and searches for tenants that are new here."""

SETTLE_INTERVAL = 5.0
"""Seconds between two counts of a tenant's tasks while it always has more that are due."""

UNKNOWN_KIND = "UNKNOWN_KIND"
"""The error of a task that only a newer release can run."""

OUTSIDE_FACTOR = 2
"""Tasks that call others, for each slot of other tasks: they mostly wait, without a connection."""

MAX_OUTSIDE_SHARE = 4
"""A tenant gets at most one of so many slots for tasks that call others."""

MAX_INTEGER = 2**31 - 1
OUTAGES = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, DatabaseUnavailable)

LOG = structlog.get_logger("trellis.worker")


def _ignore(_kind: str, _outcome: str) -> None:
    pass


@dataclass(eq=False)
class Worker:
    """Runs the tasks of one database, at most `slots` at once. With 0 it only counts them.

    Tasks that call others are run beside these.
    """

    pool: Pool
    handlers: Mapping[str, TaskHandler]
    slots: int = 4
    check: Callable[[], Awaitable[None]] | None = None
    """Raises while the database must not be used, for instance at another revision."""
    report: Callable[[str, str], None] = _ignore
    """Gets the kind of each task and its outcome: `ok` or `failed`."""
    totals: QueueTotals = field(default_factory=QueueTotals)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _served: dict[UUID, int] = field(default_factory=dict)
    _settled_at: dict[UUID, float] = field(default_factory=dict)
    _next_survey_at: float = 0.0
    _is_checked: bool = False
    _running: "set[asyncio.Task[None]]" = field(default_factory=set)
    _outside: "dict[asyncio.Task[None], UUID]" = field(default_factory=dict)
    """Those of the running tasks that call others, with their tenants."""

    async def run(self) -> None:
        """Run tasks until `stopping` is set; then finish those that have begun."""
        while not self.stopping.is_set():
            try:
                has_worked = await self.take_turns()
            except Exception as error:  # noqa: BLE001 - a worker survives every outage
                LOG.warning("worker.unavailable", error=type(translate(error) or error).__name__)
                has_worked = False
            if not has_worked:
                await self._pause()
        await self.drain()

    async def _pause(self) -> None:
        """Wait a moment, or until a slot for tasks that call others is free."""
        delay = POLL_INTERVAL * random.uniform(0.8, 1.2)  # noqa: S311 - jitter
        stopping = asyncio.create_task(self.stopping.wait())
        first = asyncio.FIRST_COMPLETED
        await asyncio.wait({stopping, *self._outside}, timeout=delay, return_when=first)
        stopping.cancel()

    def abandon(self) -> None:
        """Stop the tasks that are running; another worker runs them again."""
        for each in self._running:
            each.cancel()

    async def drain(self) -> None:
        """Wait for the tasks that are running."""
        while self._running:
            await asyncio.wait(self._running)

    async def take_turns(self) -> bool:
        """Give each tenant with due tasks a turn; return whether any task was begun."""
        if self.check is not None and not self._is_checked:
            await self.check()
            self._is_checked = True
        await self._survey()
        has_worked = False
        for tenant_id in await self._list_due_tenants() if self.slots else ():
            while self._count_free() <= 0:
                await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)
            if self.stopping.is_set():
                break
            has_worked |= await self._take_turn(tenant_id)
        return has_worked

    async def _survey(self) -> None:
        """Register new tenants, and count the tasks of all, every few seconds."""
        if monotonic() < self._next_survey_at:
            return
        async with borrow(self.pool) as connection:
            await directory.register_tenants(connection)
            self.totals = await directory.read_totals(connection)
        self._next_survey_at = monotonic() + SURVEY_INTERVAL

    async def _list_due_tenants(self) -> Sequence[UUID]:
        """Return the tenants with due tasks, those first that this worker served least."""
        async with borrow(self.pool) as connection:
            due = await directory.list_due_tenants(connection)
        # A tenant that was idle starts at the least of the others, and takes no advantage of it.
        least = min((self._served[each] for each in due if each in self._served), default=0)
        self._served = {each: self._served.get(each, least) for each in due}
        return sorted(due, key=self._served.__getitem__)

    async def _take_turn(self, tenant_id: UUID) -> bool:
        """Lease as many tasks of a tenant as is its share of the free slots, and start them."""
        share = max(1, self._count_free() // max(1, len(self._served)))
        kinds = [kind for kind, each in self.handlers.items() if each.calls_others]
        outside: list[LeasedTask] = []
        async with self._enter(tenant_id) as connection:
            tasks = await leases.lease_tasks(connection, tenant_id, share, kinds, others=True)
            if kinds and (limit := self._count_free_outside(tenant_id)) > 0:
                outside = await leases.lease_tasks(
                    connection, tenant_id, limit, kinds, others=False
                )
        for each in tasks:
            self._start(each)
        for each in outside:
            running = self._start(each)
            self._outside[running] = tenant_id
            running.add_done_callback(self._outside.pop)
        self._served[tenant_id] += len(tasks) + len(outside)
        if len(tasks) < share or monotonic() >= self._settled_at.get(tenant_id, 0.0):
            await self._settle(tenant_id)
        return bool(tasks or outside)

    def _start(self, task: LeasedTask) -> "asyncio.Task[None]":
        running = asyncio.create_task(self._run_task(task))
        self._running.add(running)
        running.add_done_callback(self._running.discard)
        return running

    def _count_free(self) -> int:
        """Return how many slots are free."""
        return self.slots - (len(self._running) - len(self._outside))

    def _count_free_outside(self, tenant_id: UUID) -> int:
        """Return how many tasks of a tenant that call others may begin."""
        total = self.slots * OUTSIDE_FACTOR
        own = [*self._outside.values()].count(tenant_id)
        return min(total - len(self._outside), max(1, total // MAX_OUTSIDE_SHARE) - own)

    async def _settle(self, tenant_id: UUID) -> None:
        """Enqueue what is run at intervals, unless it is enqueued, and note when to come again."""
        if len(self._settled_at) > directory.MAX_TENANTS:
            self._settled_at.clear()
        self._settled_at[tenant_id] = monotonic() + SETTLE_INTERVAL
        async with self._enter(tenant_id) as connection:
            await self._enqueue_intervals(connection, tenant_id)
            await leases.settle(connection, tenant_id)

    async def _enqueue_intervals(self, connection: Connection, tenant_id: UUID) -> None:
        tasks = [
            BackgroundTask(kind, key=INTERVAL_KEY)
            for kind, each in self.handlers.items()
            if each.interval_hours is not None
        ]
        if missing := await leases.list_missing(connection, tenant_id, tasks):
            await enqueue_tasks(connection, tenant_id, missing)

    async def _run_task(self, task: LeasedTask) -> None:
        """Run a task. What goes wrong is noted in its row, and tried again later."""
        handler = self.handlers.get(task.kind)
        started_at = monotonic()
        try:
            async with asyncio.timeout(TASK_TIMEOUT):
                await self._execute(task, handler)
            outcome = "OK"
        except Exception as error:  # noqa: BLE001 - a task must not end the worker
            outcome = _name_error(error)
            with suppress(*OUTAGES):  # then the lease ends by itself
                await self._note_failure(task, outcome, handler)
        seconds = monotonic() - started_at
        if task.tenant_id in self._served:  # a long task counts once more for each second
            self._served[task.tenant_id] += int(seconds)
        self.report(task.kind, "ok" if outcome == "OK" else "failed")
        LOG.info(
            "worker.task",
            kind=task.kind,
            outcome=outcome,
            attempt=task.attempt,
            seconds=round(seconds, 3),
        )

    async def _execute(self, task: LeasedTask, handler: TaskHandler | None) -> None:
        """Run the handler as Trellis itself, and end the task in the same transaction."""
        if handler is None:
            raise TaskFailed(UNKNOWN_KIND)
        if task.attempt > leases.MAX_ATTEMPTS and handler.interval_hours is None:
            raise TaskFailed(leases.CRASHED)
        now = datetime.now(UTC)
        async with self._enter(task.tenant_id) as connection:
            time_zone = ZoneInfo(await leases.find_time_zone(connection, task.tenant_id))
        tenant_id, today = TenantId(task.tenant_id), now.astimezone(time_zone).date()
        actor = build_system_actor(tenant_id, today, handler)
        async with work(self.pool, actor, now=now, request_id=f"task {task.id}") as unit_of_work:
            await handler.run(unit_of_work, **task.arguments)
            if handler.interval_hours is not None:
                next_at = now + timedelta(hours=handler.interval_hours)
                unit_of_work.enqueue(BackgroundTask(task.kind, {}, INTERVAL_KEY, next_at))
            connection = await unit_of_work.get_connection()
            await unit_of_work.write_tasks()
            await leases.finish(connection, task)

    async def _note_failure(
        self, task: LeasedTask, error: str, handler: TaskHandler | None
    ) -> None:
        is_repeated = handler is not None and handler.interval_hours is not None
        max_attempts = MAX_INTEGER if is_repeated else leases.MAX_ATTEMPTS
        async with self._enter(task.tenant_id) as connection:
            await leases.fail(connection, task, error, max_attempts=max_attempts)

    @asynccontextmanager
    async def _enter(self, tenant_id: UUID) -> AsyncIterator[Connection]:
        """Open a transaction inside a tenant."""
        async with borrow(self.pool, tenant_id, ACQUIRE_TIMEOUT) as connection:
            transaction = Transaction(tenant_id, connection)
            yield await transaction.begin()
            await transaction.commit()


class TaskFailed(Exception):
    """A task cannot be run; the text is the code of the error."""


def _name_error(error: Exception) -> str:
    """Return the code of an error, or the name of its class. Messages could name people."""
    error = translate(error) or error
    if isinstance(error, TaskFailed):
        return str(error)
    return str(getattr(error, "code", type(error).__name__))
