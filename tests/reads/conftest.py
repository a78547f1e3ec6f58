"""The loaded datasets, an engine over them, and an oracle."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from api.kernel.execution.engine import Engine
from api.schema import render_sdl
from persistence.embedded import DatabaseUrls
from persistence.kernel.pools import connect
from tests.reads.dataset import TenantDataset, build_datasets
from tests.reads.dataset_loader import load_dataset
from tests.reads.engine_fixture import an_engine
from tests.reads.oracle.executor import Oracle
from tests.reads.statement_recorder import StatementRecorder


@pytest.fixture(scope="session")
async def tenants(owner: asyncpg.Connection, pool: asyncpg.Pool) -> dict[str, TenantDataset]:
    """Load the datasets into the database."""
    found = build_datasets()
    for world in found.values():
        await load_dataset(owner, pool, world)
    return found


@pytest.fixture(scope="session")
def engine(pool: asyncpg.Pool) -> Engine:
    """Build the engine under test."""
    return an_engine(pool)


@pytest.fixture
async def watched(addresses: DatabaseUrls) -> AsyncIterator[StatementRecorder]:
    """Record the statements of an engine on one connection."""
    connection = await connect(addresses.serving)
    yield StatementRecorder(connection)
    await connection.close()


@pytest.fixture(scope="session")
def oracle() -> Oracle:
    """Build the oracle."""
    return Oracle(render_sdl())
