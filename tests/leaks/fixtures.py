"""Fixtures with the marked datasets."""

import asyncpg
import pytest

from tests.leaks.markers import load_marked_datasets
from tests.reads.dataset import TenantDataset


@pytest.fixture(scope="session")
async def marked(
    owner: asyncpg.Connection, pool: asyncpg.Pool, anyio_backend: str
) -> dict[str, TenantDataset]:
    """Load two marked tenants: alder, which asks, and birch, which must stay hidden."""
    return dict(await load_marked_datasets(owner, pool))
