"""The real engine over the real database, called as a member of the dataset."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import orjson

from api.identity.token_verifier import Caller
from api.kernel.documents.limits import Limits
from api.kernel.execution.engine import Engine, Request
from api.kernel.execution.request_context import Stores
from api.schema import get_schema
from persistence.reading.reader import PlanRegistry, Reader
from tests.reads.dataset import NOW, TenantDataset

GENEROUS_LIMITS = Limits(
    characters=10**6,
    tokens=10**5,
    definitions=1000,
    depth=100,
    aliases=1000,
    directives=1000,
    selections=10**5,
    cost=10**9,
)
SECRET = "a-secret-of-the-tests"


def an_engine(
    pool: asyncpg.Pool, *, limits: Limits | None = GENEROUS_LIMITS, **stores: Any
) -> Engine:
    """Build an engine with caches of its own; limits of None are those of production."""
    given = {"write_pool": None, "clock": lambda: NOW} | stores
    return Engine(
        get_schema(), Stores(Reader(pool, PlanRegistry()), secret=SECRET, **given), limits
    )


def a_caller(world: TenantDataset, subject: str) -> Caller:
    """Build a caller with a token of the tenant."""
    until = datetime.now(UTC) + timedelta(hours=1)
    return Caller(world.tenant_id, world.slug, "tests", subject, until, "token")


async def execute_document(
    engine: Engine,
    world: TenantDataset,
    subject: str,
    document: str,
    variables: Mapping[str, Any] | None = None,
) -> Any:
    """Execute a document; return the whole response."""
    answer = await engine.execute(
        Request(document, variables), a_caller(world, subject), request_id="a-test"
    )
    return orjson.loads(answer.body)
