"""Handlers and queues for the tests of workers."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from domain.kernel.access import Actor
from domain.kernel.background_tasks import BackgroundTask
from domain.kernel.identity import TenantId
from domain.kernel.unit_of_work import Work
from domain.organizations import Organization
from persistence.worker import Worker
from tests.conftest import SAVE, OpenWork
from tests.factories.actors import an_actor, an_admin
from tests.factories.organizations import an_organization


@dataclass
class Recorder:
    """A handler that records its runs, adds an organization, and may wait or fail."""

    runs: list[tuple[TenantId, str]] = field(default_factory=list)
    actors: list[Actor] = field(default_factory=list)
    may_end: asyncio.Event = field(default_factory=asyncio.Event)
    has_begun: asyncio.Event = field(default_factory=asyncio.Event)
    error: Exception | None = None

    async def run(self, work: Work, *, name: str = "") -> None:
        self.runs.append((work.actor.tenant_id, name))
        self.actors.append(work.actor)
        await work.add(an_organization(work.actor.tenant_id, name or "Unit"), to=SAVE)
        self.has_begun.set()
        await self.may_end.wait()
        if self.error is not None:
            raise self.error


async def work_off(worker: Worker) -> None:
    """Run all due tasks of the worker, those that it has begun before included."""
    has_worked = True
    while has_worked:
        has_worked = await worker.take_turns()
        await worker.drain()


async def fetch_tasks(owner: asyncpg.Connection, tenant_id: TenantId) -> list[Any]:
    async with owner.transaction():
        await owner.execute(f"SET LOCAL app.tenant_id = '{tenant_id}'")
        return await owner.fetch(
            "SELECT * FROM background_tasks WHERE tenant_id = $1 ORDER BY id", tenant_id
        )


async def update_tasks(owner: asyncpg.Connection, tenant_id: TenantId, change: str) -> None:
    async with owner.transaction():
        await owner.execute(f"SET LOCAL app.tenant_id = '{tenant_id}'")
        await owner.execute(f"UPDATE background_tasks SET {change} WHERE tenant_id = $1", tenant_id)
    await owner.execute(
        "UPDATE directory.queues SET next_due_at = now() WHERE tenant_id = $1", tenant_id
    )


async def count_units(work: OpenWork, tenant_id: TenantId) -> int:
    async with work(an_admin(tenant_id)) as open:
        return await open.count(Organization)


async def enqueue(work: OpenWork, tenant_id: TenantId, *tasks: BackgroundTask) -> None:
    async with work(an_actor(tenant_id)) as open:
        for each in tasks:
            open.enqueue(each)


def a_task(name: str = "", **more: Any) -> BackgroundTask:
    return BackgroundTask("units.add", {"name": name} if name else {}, **more)
