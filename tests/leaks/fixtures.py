"""The marked worlds as fixtures, for whoever attacks them."""

import asyncpg
import pytest

from tests.leaks.markers import marked_worlds
from tests.reads.dataset import World


@pytest.fixture(scope="session")
async def marked(
    owner: asyncpg.Connection, pool: asyncpg.Pool, anyio_backend: str
) -> dict[str, World]:
    """Two tenants with a marker in every text: alder, who asks, and birch, whom nobody may see."""
    return dict(await marked_worlds(owner, pool))
