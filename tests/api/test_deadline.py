"""The deadline of a block: it interrupts the block, and only for its own reason."""

import asyncio

import pytest

from api.errors import RequestError
from api.kernel.execution.deadline import DEADLINE, Deadline

pytestmark = pytest.mark.anyio


async def test_a_block_that_ends_in_time_can_observe_its_deadline() -> None:
    began = asyncio.get_running_loop().time()
    with Deadline(5):
        ends_at = DEADLINE.get()

    assert ends_at == pytest.approx(began + 5, abs=1)
    assert DEADLINE.get() is None


async def test_a_block_that_takes_too_long_raises_an_error() -> None:
    with pytest.raises(RequestError) as caught, Deadline(0.01):
        await asyncio.sleep(5)

    assert (caught.value.code, caught.value.status) == ("TIMEOUT", 503)
    assert caught.value.headers == {"retry-after": "1"}
    await asyncio.sleep(0)  # the task is not cancelled any more


async def test_errors_of_the_block_pass() -> None:
    with pytest.raises(LookupError), Deadline(5):
        raise LookupError


@pytest.mark.parametrize("seconds", [0.0, 5.0])
async def test_a_task_that_is_cancelled_by_others_stays_cancelled(seconds: float) -> None:
    async def wait() -> None:
        with Deadline(seconds):
            await asyncio.Event().wait()

    task = asyncio.create_task(wait())
    await asyncio.sleep(0)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    assert task.cancelled()


async def test_a_deadline_that_passes_while_the_block_ends_changes_nothing() -> None:
    task = asyncio.current_task()
    assert task is not None
    with pytest.raises(LookupError), Deadline(0.0):
        try:
            await asyncio.sleep(5)
        except asyncio.CancelledError:
            raise LookupError from None

    assert task.cancelling() == 0
