"""Workers inside a process: one for each database, with connections of their own.

A serving process runs them beside its requests, and `trellis worker` runs nothing else.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager, suppress

import structlog

import persistence.registry  # noqa: F401 - maps every aggregate
from api.bulk_processing.exporting import Exporter
from api.bulk_processing.running import BulkRunner
from api.commands.database_url import HOME, Database
from api.commands.tenant_deletions import erase_due
from api.commands.tenant_operations import remove_expired, run_all
from api.commands.tenants import remove_abandoned
from api.identity.built_in_issuer import list_ballot_secrets, load_sealing_secret
from api.kernel.execution.changes import Changes
from api.kernel.execution.engine import Engine
from api.kernel.execution.request_context import Stores
from api.schema import get_schema
from api.settings import Settings
from api.telemetry.metrics import Metrics
from api.webhook_delivery.announcing import announce_changes
from api.webhook_delivery.delivering import Deliverer
from api.webhook_delivery.feed import FeedReader
from api.webhook_delivery.sending import Sender
from domain.service_clients import parse_networks
from domain.task_handlers import TASK_HANDLERS
from persistence.audit_sealing import seal_changes
from persistence.kernel.pools import Pool, PoolSource, create_write_pool, open_connection
from persistence.kernel.schema.startup_check import check_database_ready
from persistence.platform.databases import PlatformDatabases
from persistence.platform.measuring import UsageMeter
from persistence.reading.reader import Reader
from persistence.unit_of_work.ballot_keys import keep_ballot_keys
from persistence.worker import Worker

HOUSEKEEPING_INTERVAL = 3_600.0
"""Seconds between two searches for tenants to be erased, and files to be removed."""

OUTAGE_DELAY = 10.0
"""Seconds until operations are looked for again after the database could not be reached."""

LOG = structlog.get_logger("trellis.worker")


@asynccontextmanager
async def run_workers(
    settings: Settings, home: Database, metrics: Metrics
) -> AsyncIterator[list[Worker]]:
    """Run a worker for each database during the block; then let their tasks end in time."""
    keep_ballot_keys(settings.ballot_key_folder, list_ballot_secrets(settings))
    async with AsyncExitStack() as stack:
        workers = [
            await stack.enter_async_context(_open_worker(settings, each, metrics))
            for each in home.all.values()
        ]
        meter = await stack.enter_async_context(_open_meter(settings, home))
        running = [asyncio.create_task(each.run()) for each in workers]
        beside = [asyncio.create_task(meter.run())] if meter is not None else []
        if home.owner_url is not None and settings.background_slots:
            beside.append(asyncio.create_task(_keep_house(settings, home)))
            beside.append(asyncio.create_task(_run_operations(settings, home)))
        try:
            yield workers
        finally:
            for task in beside:
                task.cancel()  # another process goes on with it
            for worker in workers:
                worker.stopping.set()
            _, late = await asyncio.wait(running, timeout=settings.shutdown_grace)
            for worker in workers if late else ():
                worker.abandon()  # the lease ends, and another worker runs the task again
            await asyncio.gather(*running)
            if beside:
                await asyncio.wait(beside, timeout=settings.shutdown_grace)


async def _keep_house(settings: Settings, home: Database) -> None:
    """Erase tenants whose grace period has ended, and remove what has expired, every hour.

    The serving role may not delete a journal, nor write the directory.
    """
    while True:
        await asyncio.sleep(HOUSEKEEPING_INTERVAL)
        try:
            for each in await erase_due(home, settings, lambda *_: None):
                LOG.info("tenant.erased", tenant_id=str(each.tenant_id))
            await remove_abandoned(home)
            await remove_expired(home, settings)
        except Exception as error:  # noqa: BLE001 - a worker survives every outage
            LOG.warning("tenant.erasure_failed", error=type(error).__name__)


async def _run_operations(settings: Settings, home: Database) -> None:
    """Do the operations that operators begin in the platform graph."""
    while True:
        try:
            await _run_apart(lambda: run_all(home, settings))
        except Exception as error:  # noqa: BLE001 - a worker survives every outage
            LOG.warning("operations.unavailable", error=type(error).__name__)
            await asyncio.sleep(OUTAGE_DELAY)


async def _run_apart(work: Callable[[], Awaitable[object]]) -> None:
    """Run something in a thread with an event loop of its own; a cancellation reaches it.

    An export would otherwise hold up the requests that the process serves.
    """
    started = Future[tuple[asyncio.AbstractEventLoop, asyncio.Task[object]]]()

    async def run() -> None:
        task = asyncio.current_task()
        assert task is not None
        started.set_result((asyncio.get_running_loop(), task))
        with suppress(asyncio.CancelledError):  # the thread ends without an error
            await work()

    with ThreadPoolExecutor(1, "operations") as executor:
        running = asyncio.get_running_loop().run_in_executor(executor, lambda: asyncio.run(run()))
        try:
            await asyncio.shield(running)
        except asyncio.CancelledError:
            loop, task = await asyncio.wrap_future(started)
            loop.call_soon_threadsafe(task.cancel)
            await asyncio.wait({running})
            raise


@asynccontextmanager
async def _open_meter(settings: Settings, home: Database) -> AsyncIterator[UsageMeter | None]:
    """Yield what measures the usage of tenants; None where the process may not store it."""
    if home.platform_url is None or not settings.background_slots:
        yield None
        return
    async with AsyncExitStack() as stack:

        async def open_pool(url: str) -> Pool:
            # A tenant gets at most three quarters of a pool.
            return await stack.enter_async_context(await create_write_pool(url, max_size=2))

        tenants: dict[str | None, PoolSource] = {
            None if name == HOME else name: await open_pool(each.serving_url)
            for name, each in home.all.items()
        }
        directories: dict[str | None, PoolSource] = {None: await open_pool(home.platform_url)}
        yield UsageMeter(PlatformDatabases(directories, tenants))


@asynccontextmanager
async def _open_worker(
    settings: Settings, database: Database, metrics: Metrics
) -> AsyncIterator[Worker]:
    url, slots = database.serving_url, settings.background_slots
    secret = load_sealing_secret(settings)

    async def check() -> None:
        async with open_connection(url) as connection:
            await check_database_ready(connection)

    # A tenant gets at most three quarters of a pool, and may have tasks in all slots. One of a
    # webhook reads on a second connection.
    async with await create_write_pool(url, max_size=3 * slots + 2) as pool:
        engine = Engine(get_schema(), Stores(Reader(pool), pool, secret))
        feed = FeedReader(engine)
        deliverer = Deliverer(pool, feed, Sender(parse_networks(settings.webhook_networks)))
        changes = Changes(engine.stores, engine.limits, engine.rate_limiter)
        bulk = BulkRunner(pool, changes.run, Exporter(pool, engine))
        handlers = {**TASK_HANDLERS, **deliverer.handlers, **bulk.handlers}
        worker = Worker(pool, handlers, slots, check=check, report=metrics.count_task)
        metrics.watch_tasks(database.name, lambda: worker.totals)
        async with announce_changes(pool), seal_changes(pool):
            yield worker
