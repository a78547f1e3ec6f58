"""The composition root: build the pools, the reader, the engine and the server context.

Everything is opened before the first connection is accepted and closed after the last has ended.
"""

from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

from api.bulk_processing.transfers import Transfers
from api.commands.database_url import get_other_databases
from api.database_pools import PoolFactory
from api.http.server_context import DemoUser, DemoUserSource, ReadinessCheck, ServerContext
from api.identity.built_in_issuer import issue_token, list_ballot_secrets, load_sealing_secret
from api.kernel.documents.limits import Limits
from api.kernel.execution.changes import Changes
from api.kernel.execution.engine import Engine
from api.kernel.execution.rate_limits import RateLimit, TimePrices
from api.kernel.execution.request_context import Stores
from api.oauth.composition import build_identity
from api.platform.composition import Platform
from api.platform.schema import render_platform_sdl
from api.respond.responding import create_responder
from api.schema import get_schema, render_sdl
from api.settings import Settings
from api.telemetry.metrics import Metrics
from api.telemetry.tracing import Tracer
from domain.service_clients import Lane
from persistence.databases import Databases, TenantReplicas, require_configured
from persistence.kernel.pools import Pool, borrow, connect
from persistence.kernel.schema.migrations import get_expected_revision
from persistence.kernel.schema.startup_check import check_database_ready
from persistence.platform.databases import PlatformDatabases
from persistence.reading.reader import Reader
from persistence.unit_of_work.ballot_keys import keep_ballot_keys

_MAX_DEMO_TOKEN_LIFETIME = timedelta(hours=1)
_SELECT_REVISION = "SELECT version_num FROM directory.alembic_version"


@asynccontextmanager
async def open_application(settings: Settings, serving_url: str) -> AsyncIterator[ServerContext]:
    """Open everything that a process needs to serve the database at this URL.

    Raises DatabaseNotReady for a database that cannot be served.
    """
    async with AsyncExitStack() as stack:
        await _check_database(serving_url, settings.databases)
        keep_ballot_keys(settings.ballot_key_folder, list_ballot_secrets(settings))
        pools = PoolFactory(settings, stack, Metrics())
        databases = await _open_databases(pools, serving_url)
        yield await _build_context(pools, databases)


async def _build_context(pools: PoolFactory, databases: Databases) -> ServerContext:
    """Return what the routes need, with services that end with the stack of the pools."""
    settings, stack = pools.settings, pools.stack
    tracer = Tracer(settings.traces_url)
    stack.callback(tracer.close)
    secret = load_sealing_secret(settings)
    stores = _build_stores(databases, secret)
    identity = build_identity(databases, stores.write_pool, settings, secret)
    stack.push_async_callback(identity.authenticator.close)
    engine = Engine(get_schema(), stores, build_limits(settings))
    run_change = Changes(stores, engine.limits, engine.rate_limiter).run
    return ServerContext(
        engine=engine,
        authenticator=identity.authenticator,
        issue_client_token=identity.token_endpoint.issue,
        run_change=run_change,
        transfers=Transfers(stores.write_pool, run_change),
        settings=settings,
        metrics=pools.metrics,
        tracer=tracer,
        check_readiness=_create_readiness_check(databases.home.read_pool),
        list_failed_databases=databases.list_failures,
        list_demo_users=None if settings.production else _create_demo_user_source(settings),
        render_sdl=render_sdl,
        respond=create_responder(stores.write_pool),
        platform=await _open_platform(pools, databases, engine.limits, secret),
        render_platform_sdl=render_platform_sdl,
        sealing_secret=secret,
    )


async def _open_databases(pools: PoolFactory, serving_url: str) -> Databases:
    home = await pools.open_home(serving_url)
    others = {
        name: await pools.open_other(name, each)
        for name, each in get_other_databases(pools.settings).items()
    }
    databases = Databases(home, others)
    pools.stack.callback(databases.stop)
    return databases


def _build_stores(databases: Databases, secret: str) -> Stores:
    """Return the stores; a process with one database does without looking up each tenant's."""
    home = databases.home
    if not databases.others:
        return Stores(Reader(home.read_pool, replica=home.replica), home.write_pool, secret)
    reader = Reader(databases.read_pools, replica=TenantReplicas(databases))
    return Stores(reader, databases.write_pools, secret)


async def _open_platform(
    pools: PoolFactory, databases: Databases, limits: Limits, secret: str
) -> Platform | None:
    """Open the platform graph; None where the role of the platform is not configured."""
    directories = await pools.open_directories()
    if not directories:
        return None
    tenants = {name: each.write_pool for name, each in databases.all.items()}
    platform_databases = PlatformDatabases(directories, tenants)
    platform = Platform(platform_databases, pools.settings, limits, secret)
    pools.stack.push_async_callback(platform.close)
    await pools.stack.enter_async_context(platform.request_counts.keep(platform_databases))
    return platform


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
        return RateLimit.of_capacity(points) if points else None

    ingest = build_rate_limit(settings.ingest_budget)
    return Limits(
        **{each: getattr(settings, name) for name, each in LIMIT_SETTINGS.items()},
        time_prices=TimePrices(settings.database_price, settings.cpu_price),
        caller_rate_limit=build_rate_limit(settings.caller_budget),
        tenant_rate_limit=build_rate_limit(settings.tenant_budget),
        lane_rate_limits={Lane.INGEST: ingest},
    )


async def _check_database(serving_url: str, others: Collection[str]) -> None:
    """Check the home database, and that each database with tenants is configured."""
    connection = await connect(serving_url)
    try:
        await check_database_ready(connection)
        await require_configured(connection, others)
    finally:
        await connection.close()


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
