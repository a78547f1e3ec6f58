"""Expensive documents are refused or answered cheaply, and leave nothing in memory."""

import asyncio
import gc

import psutil
import pytest

from api.kernel.documents.document_cache import MAX_CACHED_CHARACTERS
from api.kernel.execution.engine import Engine, Request
from api.main import tune_garbage_collector
from tests.adversarial.attack_documents import ATTACKS
from tests.adversarial.corpus import generate_documents
from tests.adversarial.cost_measurement import measure_costs
from tests.reads.dataset import TenantDataset
from tests.reads.engine_fixture import a_caller

pytestmark = pytest.mark.anyio


async def test_each_is_refused_or_answered(
    hostile_engine: Engine, marked: dict[str, TenantDataset]
) -> None:
    caller = a_caller(marked["alder"], marked["alder"].subjects["employee"])

    costs = await measure_costs(hostile_engine, caller, generate_documents(1_500))

    assert costs.faults == []
    assert set(costs.by_attack) == {*ATTACKS, "grammar"}


async def test_memory_stays_flat_meanwhile(
    hostile_engine: Engine, marked: dict[str, TenantDataset]
) -> None:
    alder = marked["alder"]
    caller = a_caller(alder, alder.subjects["employee"])

    async def hostile(seed: int) -> None:
        for _, text in generate_documents(300, seed):
            await hostile_engine.execute(Request(text), caller, request_id="hostile")
            await asyncio.sleep(0)

    usual = gc.get_threshold()
    tune_garbage_collector()
    await hostile(1)
    before = psutil.Process().memory_info().rss
    for seed in (2, 3, 4):
        await hostile(seed)
    gc.unfreeze()
    gc.set_threshold(*usual)

    assert psutil.Process().memory_info().rss - before < 100_000_000
    cached = hostile_engine.document_cache._documents.items()
    assert sum(len(text) for text, _ in cached) <= MAX_CACHED_CHARACTERS
