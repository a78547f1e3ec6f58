"""The engine that attack documents are sent to: with the limits of production."""

from typing import Any

import asyncpg
import pytest

from api.kernel.execution.engine import Engine
from tests.reads.engine_fixture import an_engine


@pytest.fixture(scope="session")
def hostile_engine(pool: asyncpg.Pool, writing: asyncpg.Pool, marked: Any) -> Engine:
    """Build an engine over the marked datasets."""
    return an_engine(pool, limits=None, write_pool=writing)
