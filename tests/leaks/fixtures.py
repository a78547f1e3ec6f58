"""Fixtures with the marked datasets."""

import asyncpg
import pytest

from tests.leaks.markers import find_unmarked_texts, load_marked_datasets
from tests.reads.dataset import TenantDataset


@pytest.fixture(scope="session")
async def marked(
    owner: asyncpg.Connection, pool: asyncpg.Pool, anyio_backend: str
) -> dict[str, TenantDataset]:
    """Load two marked tenants: alder, which asks, and birch, which must stay hidden.

    Every free text has its marker, or a leak of it could not be found. That is asserted here,
    because tests write texts without one.
    """
    worlds = dict(await load_marked_datasets(owner, pool))
    for world in worlds.values():
        assert await find_unmarked_texts(owner, world) == []
    return worlds
