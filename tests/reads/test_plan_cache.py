"""Plans: compiled once for each combination of facts, and released with their document."""

import asyncio
import gc
import threading
import weakref

import asyncpg
import pytest

from api.kernel.documents import document_cache
from api.kernel.execution.engine import Engine
from domain.kernel.permissions import Permission
from persistence.reading.cursors import CursorNullFlags, CursorPosition, CursorSigningKey
from persistence.reading.filters import FilterShapeSource
from persistence.reading.ordering import RequestedOrder
from persistence.reading.parameters import ActorReaches, HasArgument
from persistence.reading.plan_cache import Plan, PlanBuilder, PlanCache, _can_vary
from persistence.reading.search import SearchWordCount
from persistence.reading.selection import Field, ReadRequest
from tests.reads.dataset import TenantDataset
from tests.reads.engine_fixture import an_engine, execute_document

DOCUMENT = """
query Asked($first: Int, $where: PersonWhere, $order: [PersonOrder!], $after: String) {
  people(first: $first, where: $where, orderBy: $order, after: $after) { nodes { id } }
}
"""


def get_plan_cache(engine: Engine) -> PlanCache:
    """Return the plan cache of the document's only operation."""
    operation = engine.document_cache.get(DOCUMENT).get_operation(None)
    (prepared,) = operation._prepared_operations.values()
    assert prepared.operation_field is not None
    return engine.stores.reader.plan_registry.get_plan_cache(prepared.operation_field)


@pytest.mark.anyio
async def test_plans_are_released_with_their_document_at_once(
    pool: asyncpg.Pool, tenants: dict[str, TenantDataset], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(document_cache, "MAX_CACHED_DOCUMENTS", 1)
    engine = an_engine(pool)
    await execute_document(engine, tenants["northwind"], "hr", DOCUMENT, {"first": 1})
    plans = weakref.ref(get_plan_cache(engine))
    assert plans() is not None
    gc.disable()
    try:
        await execute_document(engine, tenants["northwind"], "hr", "{ __typename }")
        assert plans() is None
    finally:
        gc.enable()


@pytest.mark.anyio
async def test_values_share_a_plan_and_shapes_do_not(
    pool: asyncpg.Pool, tenants: dict[str, TenantDataset]
) -> None:
    engine = an_engine(pool)
    for first in (1, 2, 3):
        for name in ("a", "b"):
            asked = {"first": first, "where": {"name": {"contains": name}}}
            await execute_document(engine, tenants["northwind"], "hr", DOCUMENT, asked)
    assert len(get_plan_cache(engine)._plans) == 1
    for where in (None, {"name": {"startsWith": "a"}}, {"level": {"eq": None}}):
        await execute_document(engine, tenants["northwind"], "hr", DOCUMENT, {"where": where})
    assert len(get_plan_cache(engine)._plans) == 4
    for caller in ("employee", "manager", "analyst", "admin"):  # their rights are drawn
        await execute_document(engine, tenants["northwind"], caller, DOCUMENT, {})
    assert 4 < len(get_plan_cache(engine)._plans) <= 8


@pytest.mark.anyio
async def test_the_loop_goes_on_while_a_statement_is_written(
    pool: asyncpg.Pool, tenants: dict[str, TenantDataset], monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_on, written = threading.Event(), PlanCache.build

    def when_the_loop_has_gone_on(plans: PlanCache, run: ReadRequest) -> tuple[PlanBuilder, Plan]:
        assert goes_on.wait(5)
        return written(plans, run)

    monkeypatch.setattr(PlanCache, "build", when_the_loop_has_gone_on)
    asking = asyncio.create_task(
        execute_document(an_engine(pool), tenants["northwind"], "hr", DOCUMENT)
    )
    await asyncio.sleep(0.05)
    goes_on.set()
    assert "errors" not in await asking


def test_only_facts_about_constant_arguments_are_not_checked_again() -> None:
    settled = Field("people", "people", can_vary=lambda name: name == "where")
    asked = Field("people", "people")

    assert [_can_vary(HasArgument(settled, name)) for name in ("search", "where")] == [False, True]
    assert [
        _can_vary(fact(settled)) for fact in (RequestedOrder, FilterShapeSource, SearchWordCount)
    ] == [
        False,
        True,
        False,
    ]
    assert _can_vary(HasArgument(asked, "search"))
    assert _can_vary(
        CursorNullFlags(CursorPosition(settled, "after", CursorSigningKey(settled, "Query.people")))
    )
    assert _can_vary(ActorReaches(Permission.GOALS_READ))
