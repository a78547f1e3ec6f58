"""Long computations let others run; a pause after each item stands for one after a millisecond."""

import asyncio
from collections.abc import Awaitable
from datetime import date

import pytest

from domain.kernel import pauses
from domain.kernel.pauses import with_pauses
from domain.kpis.computed.recompute import recompute_definition
from tests.domain.test_computed_kpis import MONTHS, NOW, a_kpi, begin_work, compute_by, enter

pytestmark = pytest.mark.anyio


async def count_turns_beside(computation: Awaitable[object]) -> int:
    """Return how often another task runs until the computation ends."""
    turns = 0

    async def run_beside() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    beside = asyncio.create_task(run_beside())
    await computation
    beside.cancel()
    return turns


async def _pass_through() -> list[int]:
    return [each async for each in with_pauses(range(1_000))]


async def test_short_computations_do_not_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pauses, "STEP_SECONDS", 3_600)
    assert await _pass_through() == [*range(1_000)]
    assert await count_turns_beside(_pass_through()) == 0


async def test_others_run_in_the_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pauses, "STEP_SECONDS", 0)
    assert await count_turns_beside(_pass_through()) >= 999


async def test_a_new_formula_and_a_new_value_let_others_run_between_periods(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pauses, "STEP_SECONDS", 0)
    a = a_kpi()
    twice = compute_by("a * 2", a=a)
    above = compute_by("trailing(twice, 20) + 1", twice=twice)
    work = begin_work(a, twice, above)
    values = dict.fromkeys(MONTHS, "10")
    both = 2 * len(MONTHS)
    assert await count_turns_beside(enter(work, a, values)) >= 2 * both
    definition = twice.redefine({"formula": "a * 3"}, date(2024, 1, 1), "Anew.", at=NOW)
    assert await count_turns_beside(recompute_definition(work, twice, definition)) >= 2 * both
