"""The composition root: settings become pools, pools a reader and an engine, and these a wire.

Everything is made before the first connection is accepted and unmade after the last one has ended.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

from api.http.wire import People, Ready, Somebody, Wire
from api.identity import Verifier
from api.identity.built_in import sealing_secret, token
from api.kernel.budgets import Allowance
from api.kernel.context import Stores
from api.kernel.execution import Engine
from api.kernel.limits import Limits
from api.schema import schema
from api.settings import Settings
from api.telemetry.metrics import Metrics
from api.telemetry.traces import Traces
from persistence.directory import Directory
from persistence.kernel.engine import Pool, connect, lent, read_pool, write_pool
from persistence.kernel.serving import check_serving, expected_revision
from persistence.reading.reader import Reader
from persistence.reading.replica import Replica

_SECONDS_TO_CLOSE = 3.0
_SECONDS_TO_FILL = 20
_AN_HOUR = timedelta(hours=1)
_REVISION = "SELECT version_num FROM directory.alembic_version"


@asynccontextmanager
async def opened(settings: Settings, serving: str) -> AsyncIterator[Wire]:
    """The whole of a process that serves the database at this address.

    Raises Unfit for a database that must not be served from.
    """
    async with AsyncExitStack() as held:
        await _check(serving)
        pool = await read_pool(serving, most=settings.pool_size)
        held.push_async_callback(_close, pool)
        writing = await write_pool(serving)
        held.push_async_callback(_close, writing)
        verifier = Verifier(Directory(pool), settings)
        held.push_async_callback(verifier.close)
        metrics = Metrics()
        _watch(metrics, "read", pool)
        _watch(metrics, "write", writing)
        traces = Traces(settings.traces_url)
        held.callback(traces.close)
        reader = Reader(pool, replica=await _replica(settings, held, metrics))
        stores = Stores(reader, writing, sealing_secret(settings))
        yield Wire(
            engine=Engine(schema(), stores, _limits(settings)),
            verifier=verifier,
            settings=settings,
            metrics=metrics,
            traces=traces,
            ready=_readiness(pool),
            people=None if settings.production else _people(settings),
        )


async def _replica(settings: Settings, held: AsyncExitStack, metrics: Metrics) -> Replica | None:
    """The replica, if there is one. It may be away now, so it is looked at when it is read from."""
    if settings.read_url is None:
        return None
    pool = await read_pool(settings.read_url.get_secret_value(), least=0, most=settings.pool_size)
    held.push_async_callback(_close, pool)
    _watch(metrics, "replica", pool)
    return Replica(pool, check_serving)


def _watch(metrics: Metrics, name: str, pool: Pool) -> None:
    metrics.watch_pool(name, "open", pool.get_size)
    metrics.watch_pool(name, "idle", pool.get_idle_size)


def _limits(settings: Settings) -> Limits:
    def allowance(points: int) -> Allowance | None:
        return Allowance(points, points / _SECONDS_TO_FILL) if points else None

    return Limits(
        caller=allowance(settings.caller_budget), tenant=allowance(settings.tenant_budget)
    )


async def _check(serving: str) -> None:
    connection = await connect(serving)
    try:
        await check_serving(connection)
    finally:
        await connection.close()


async def _close(pool: Pool) -> None:
    """Close the pool; whoever still holds a connection after a moment loses it."""
    try:
        async with asyncio.timeout(_SECONDS_TO_CLOSE):
            await pool.close()
    except TimeoutError:
        pool.terminate()


def _readiness(pool: Pool) -> Ready:
    expected = expected_revision()

    async def ready() -> Mapping[str, str]:
        async with lent(pool) as connection:
            actual = await connection.fetchval(_REVISION)
        return {} if actual == expected else {"schema": f"at revision {actual}, not {expected}"}

    return ready


def _people(settings: Settings) -> People:
    """The people of the demo, each time with new tokens."""
    lifetime = min(_AN_HOUR, timedelta(seconds=settings.built_in_token_lifetime))

    async def people() -> list[Somebody]:
        from api.demo import people_to_be  # noqa: PLC0415 - only where GraphiQL is looked at

        return [
            Somebody(
                each.name,
                each.role,
                each.tenant,
                token(settings, each.tenant, each.subject, lifetime),
            )
            for each in people_to_be()
        ]

    return people
