"""The composition root: build the pools, the reader, the engine and the server context.

Everything is opened before the first connection is accepted and closed after the last has ended.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

from api.http.server_context import DemoUser, DemoUserSource, ReadinessCheck, ServerContext
from api.identity import TokenVerifier
from api.identity.built_in_issuer import issue_token, load_sealing_secret
from api.kernel.documents.limits import Limits
from api.kernel.execution.engine import Engine
from api.kernel.execution.rate_limits import RateLimit, TimePrices
from api.kernel.execution.request_context import Stores
from api.schema import get_schema, render_sdl
from api.settings import Settings
from api.telemetry.metrics import Metrics
from api.telemetry.tracing import Tracer
from persistence.kernel.pools import Pool, borrow, connect, create_read_pool, create_write_pool
from persistence.kernel.schema.migrations import get_expected_revision
from persistence.kernel.schema.startup_check import check_database_ready
from persistence.reading.reader import Reader
from persistence.reading.replica import Replica
from persistence.tenant_registry import TenantRegistry

_POOL_CLOSE_TIMEOUT = 3.0
_REFILL_SECONDS = 20
_MAX_DEMO_TOKEN_LIFETIME = timedelta(hours=1)
_SELECT_REVISION = "SELECT version_num FROM directory.alembic_version"


@asynccontextmanager
async def open_application(settings: Settings, serving_url: str) -> AsyncIterator[ServerContext]:
    """Open everything that a process needs to serve the database at this URL.

    Raises DatabaseNotReady for a database that cannot be served.
    """
    async with AsyncExitStack() as stack:
        await _check_database(serving_url)
        pool = await create_read_pool(serving_url, max_size=settings.pool_size)
        stack.push_async_callback(_close_pool, pool)
        writer_pool = await create_write_pool(serving_url)
        stack.push_async_callback(_close_pool, writer_pool)
        authenticator = TokenVerifier(TenantRegistry(pool), settings)
        stack.push_async_callback(authenticator.close)
        metrics = Metrics()
        _watch_pool(metrics, "read", pool)
        _watch_pool(metrics, "write", writer_pool)
        tracer = Tracer(settings.traces_url)
        stack.callback(tracer.close)
        reader = Reader(pool, replica=await _open_replica(settings, stack, metrics))
        stores = Stores(reader, writer_pool, load_sealing_secret(settings))
        yield ServerContext(
            engine=Engine(get_schema(), stores, build_limits(settings)),
            authenticator=authenticator,
            settings=settings,
            metrics=metrics,
            tracer=tracer,
            check_readiness=_create_readiness_check(pool),
            list_demo_users=None if settings.production else _create_demo_user_source(settings),
            render_sdl=render_sdl,
        )


async def _open_replica(
    settings: Settings, stack: AsyncExitStack, metrics: Metrics
) -> Replica | None:
    """Open the configured replica, if any. It may be down now, so it is checked when first read."""
    if settings.read_url is None:
        return None
    pool = await create_read_pool(
        settings.read_url.get_secret_value(), min_size=0, max_size=settings.pool_size
    )
    stack.push_async_callback(_close_pool, pool)
    _watch_pool(metrics, "replica", pool)
    return Replica(pool, check_database_ready)


def _watch_pool(metrics: Metrics, name: str, pool: Pool) -> None:
    metrics.watch_pool(name, "open", pool.get_size)
    metrics.watch_pool(name, "idle", pool.get_idle_size)


LIMIT_SETTINGS = {
    "document_characters": "characters",
    "document_tokens": "tokens",
    "document_definitions": "definitions",
    "document_depth": "depth",
    "document_aliases": "aliases",
    "document_fields": "selections",
    "document_root_fields": "root_fields",
    "operation_cost": "cost",
}
"""The limits of documents that are settings, by the name of the setting."""


def build_limits(settings: Settings) -> Limits:
    """Return the limits of documents and the budgets that the settings give."""

    def build_rate_limit(points: int) -> RateLimit | None:
        return RateLimit(points, points / _REFILL_SECONDS) if points else None

    return Limits(
        **{each: getattr(settings, name) for name, each in LIMIT_SETTINGS.items()},
        time_prices=TimePrices(settings.database_price, settings.cpu_price),
        caller_rate_limit=build_rate_limit(settings.caller_budget),
        tenant_rate_limit=build_rate_limit(settings.tenant_budget),
    )


async def _check_database(serving_url: str) -> None:
    connection = await connect(serving_url)
    try:
        await check_database_ready(connection)
    finally:
        await connection.close()


async def _close_pool(pool: Pool) -> None:
    """Close the pool; terminate the connections that are still in use after the timeout."""
    try:
        async with asyncio.timeout(_POOL_CLOSE_TIMEOUT):
            await pool.close()
    except TimeoutError:
        pool.terminate()


def _create_readiness_check(pool: Pool) -> ReadinessCheck:
    expected = get_expected_revision()

    async def check_readiness() -> Mapping[str, str]:
        async with borrow(pool) as connection:
            actual = await connection.fetchval(_SELECT_REVISION)
        return {} if actual == expected else {"schema": f"at revision {actual}, not {expected}"}

    return check_readiness


def _create_demo_user_source(settings: Settings) -> DemoUserSource:
    """Create a function that lists the users of the demo, each time with new tokens."""
    lifetime = min(_MAX_DEMO_TOKEN_LIFETIME, timedelta(seconds=settings.built_in_token_lifetime))

    async def list_demo_users() -> list[DemoUser]:
        from api.demo.dataset import list_accounts  # noqa: PLC0415 - only GraphiQL needs it

        return [
            DemoUser(
                each.name,
                each.role,
                each.tenant,
                issue_token(settings, each.tenant, each.email, lifetime),
            )
            for each in list_accounts()
        ]

    return list_demo_users
