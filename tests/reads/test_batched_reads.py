"""A batched read gives each reader, byte for byte, what it would read alone."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from api.kernel.execution.engine import Engine, Request
from api.kernel.execution.rate_limits import RequestCharge
from api.kernel.execution.request_context import RequestContext
from api.kernel.schema.global_ids import encode_id
from persistence.reading.batched_reads import SharedSelection, read_batch
from persistence.reading.read_model import READ_MODELS
from persistence.reading.reader import Snapshot
from persistence.reading.selection import Field, ReadRequest
from tests.factories.actor_loading import load_actor_or_denial
from tests.reads.dataset import NOW, TenantDataset
from tests.reads.engine_fixture import a_caller
from tests.reads.oracle.executor import Oracle
from tests.reads.query_generator import QueryGenerator

pytestmark = pytest.mark.anyio

KINDS = ("Goal", "Person", "Team", "Organization", "Member", "JournalEntry")
SUBJECTS = ("employee", "manager", "lead", "hr", "hr-narrow", "admin", "analyst", "buddy-narrow")
QUERY_COUNT = 4
OBJECT_COUNT = 4


async def generate_contexts(
    engine: Engine, world: TenantDataset, oracle: Oracle, kind: str
) -> AsyncIterator[RequestContext]:
    """Generate selections of objects of a type, as the engine prepares them."""
    asker = QueryGenerator(oracle.schema, world, world, seed=len(kind))
    prefix = READ_MODELS[kind].prefix
    for _ in range(QUERY_COUNT):
        question = asker.generate_node_query(kind, encode_id(prefix, world.tenant_id))
        request = Request(question.document, question.variables)
        caller = a_caller(world, "employee")
        charge = RequestCharge(engine.rate_limiter, engine.limits.time_prices, caller)
        yield await engine._prepare(request, charge, "a-test")


def select_by_id(asked: Field) -> Field:
    """Select the same of one object, by the id of the request."""
    return Field(asked.response_key, "node", lambda run: run.bound_ids, asked.selection)


async def read_alone(
    connection: Any, engine: Engine, node: Field, run: ReadRequest
) -> bytes | None:
    """Read one object alone."""
    snapshot = Snapshot(connection, engine.stores.reader.plan_registry)
    value = await snapshot.read(node, run, null_tolerant=True)
    return None if value == b"null" else value


@pytest.mark.parametrize("kind", KINDS)
async def test_a_batched_read_gives_each_what_it_would_read_alone(
    kind: str, engine: Engine, oracle: Oracle, tenants: dict[str, TenantDataset], pool: asyncpg.Pool
) -> None:
    world, readable, seen = tenants["northwind"], READ_MODELS[kind], 0
    assert readable.table is not None
    rows = world.tables[readable.table.name]
    ids: list[UUID] = [each["id"] for each in rows[:: max(1, len(rows) // OBJECT_COUNT)]]
    ids.append(tenants["lagoon"].tables[readable.table.name][0]["id"])
    async with engine.stores.reader.open_snapshot(world.tenant_id) as snapshot:
        lent = snapshot.connection
        # Compiling takes more than ten seconds between two statements on a busy machine.
        await lent.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        actors = [await load_actor_or_denial(lent, world.tenant_id, each, NOW) for each in SUBJECTS]
        async for question in generate_contexts(engine, world, oracle, kind):
            (root,) = question.prepared_operation.roots
            assert root.field is not None
            shared, node = SharedSelection(readable, root.field), select_by_id(root.field)
            runs = [question.build_read_request(actor) for actor in actors]  # type: ignore[arg-type]
            parts = [shared.create_entry(run) for run in runs]
            found = await read_batch(lent, parts, ids)
            for run, part in zip(runs, parts, strict=True):
                for id, value in zip(ids, found[part], strict=True):
                    given = replace(run, bound_ids={"id": encode_id(readable.prefix, id)})
                    assert value == await read_alone(lent, engine, node, given)
                    seen += value is not None
    assert seen > QUERY_COUNT
