"""Turns on the event loop: how long a tenant runs before others that are ready."""

import asyncio
from collections.abc import Awaitable

import pytest

from persistence.kernel import usage
from persistence.kernel.loop_turns import (
    PRESENCE_SECONDS,
    TURN_SECONDS,
    LoopTurn,
    LoopTurns,
    begin_turn,
)
from persistence.kernel.usage import Usage, run_in_turns

pytestmark = pytest.mark.anyio


class ManualClock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> ManualClock:
    clock = ManualClock()
    monkeypatch.setattr(usage, "perf_counter", clock)
    return clock


@pytest.fixture
async def turns(clock: ManualClock) -> LoopTurns:
    return LoopTurns(asyncio.get_running_loop(), clock)


async def test_a_tenant_that_sends_requests_alone_never_waits(turns: LoopTurns) -> None:
    turn = turns.begin("busy")
    turn.spend(100)
    assert not turn.is_over()


async def test_beside_another_tenant_a_turn_is_over_after_two_milliseconds(
    turns: LoopTurns,
) -> None:
    turn, colleague, other = turns.begin("busy"), turns.begin("busy"), turns.begin("other")
    turn.spend(0.0019)
    assert not turn.is_over()
    turn.spend(0.0001)
    assert turn.is_over()
    assert colleague.is_over()
    assert not other.is_over()


async def test_the_next_iteration_of_the_loop_begins_new_turns(turns: LoopTurns) -> None:
    turns.begin("other")
    turn = turns.begin("busy")
    for _ in range(2):
        turn.spend(TURN_SECONDS)
        assert turn.is_over()
        await asyncio.sleep(0)
        assert not turn.is_over()


async def test_a_tenant_without_requests_for_a_second_no_longer_counts(
    turns: LoopTurns, clock: ManualClock
) -> None:
    turns.begin("other")
    clock.now += PRESENCE_SECONDS
    present = turns.begin("busy")
    present.spend(TURN_SECONDS)
    assert present.is_over()
    await asyncio.sleep(0)
    clock.now += 0.001
    alone = turns.begin("busy")
    alone.spend(TURN_SECONDS)
    assert not alone.is_over()


async def test_many_requests_of_one_tenant_delay_a_step_of_another_by_one_turn(
    turns: LoopTurns, clock: ManualClock
) -> None:
    log: list[str] = []

    async def respond(tenant: str) -> None:
        for _ in range(3):
            clock.now += TURN_SECONDS
            log.append(tenant)
            await asyncio.sleep(0)

    def start(tenant: str) -> Awaitable[None]:
        return asyncio.ensure_future(run_in_turns(respond(tenant), Usage(), turns.begin(tenant)))

    requests = [*(start("busy") for _ in range(4)), start("other")]
    await asyncio.gather(*requests)
    assert log[:6] == ["busy", "other"] * 3
    assert log[6:] == ["busy"] * 9


async def test_a_request_that_waits_for_its_turn_can_be_cancelled(
    turns: LoopTurns, clock: ManualClock
) -> None:
    log: list[str] = []

    async def respond() -> None:
        try:
            clock.now += TURN_SECONDS
            await asyncio.sleep(0)
            log.append("second step")
        except asyncio.CancelledError:
            log.append("cancelled")
            raise

    turns.begin("other")
    turn = turns.begin("busy")
    request = asyncio.ensure_future(run_in_turns(respond(), Usage(), turn))
    await asyncio.sleep(0)
    assert turn.is_over()
    request.cancel()
    with pytest.raises(asyncio.CancelledError):
        await request
    assert log == ["cancelled"]


async def test_a_task_such_as_parsing_a_body_waits_for_its_turn_and_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = ManualClock()
    monkeypatch.setattr("persistence.kernel.loop_turns.perf_counter", clock)
    log: list[str] = []

    def work() -> None:
        clock.now += TURN_SECONDS
        log.append("busy")

    async def parse(turn: LoopTurn) -> None:
        await turn.run(work)

    async def beside() -> None:
        log.append("other")

    begin_turn("other")
    await asyncio.gather(*(parse(begin_turn("busy")) for _ in range(2)), beside())
    assert log == ["busy", "other", "busy"]
