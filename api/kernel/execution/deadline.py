"""The deadline of a request, which steps that need an answer before it can observe."""

import asyncio
from contextvars import ContextVar

from api.errors import RequestError

RESPONSE_MARGIN = 0.25
"""Seconds before the deadline at which such a step ends, so that its answer can be sent."""

DEADLINE: ContextVar[float | None] = ContextVar("DEADLINE", default=None)
"""The deadline of the current request, in the time of the event loop; None if it has none."""


class Deadline:
    """A limit on the time of a block, in seconds. The block raises RequestError when it is over.

    `asyncio.timeout` does the same for three times the cost, which a small query would notice.
    """

    __slots__ = ("_cancellations", "_has_passed", "_outer", "_seconds", "_task", "_timer")

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._has_passed = False

    def __enter__(self) -> None:
        task, loop = asyncio.current_task(), asyncio.get_running_loop()
        assert task is not None, "Only a task can be cancelled."
        self._task, self._cancellations = task, task.cancelling()
        ends_at = loop.time() + self._seconds
        self._timer = loop.call_at(ends_at, self._cancel)
        self._outer = DEADLINE.set(ends_at)

    def __exit__(self, error_type: type[BaseException] | None, *_: object) -> None:
        DEADLINE.reset(self._outer)
        self._timer.cancel()
        if not self._has_passed:
            return
        # A task that was also cancelled by somebody else stays cancelled.
        is_own = self._task.uncancel() <= self._cancellations
        if is_own and error_type is asyncio.CancelledError:
            message = "The request took too long. Request less at once, or try again."
            raise RequestError("TIMEOUT", message, 503, headers={"retry-after": "1"}) from None

    def _cancel(self) -> None:
        self._has_passed = True
        self._task.cancel()


def limit_time(seconds: float) -> asyncio.Timeout:
    """Return a time limit for a block. Raises TimeoutError, before the request's deadline."""
    ends_at = asyncio.get_running_loop().time() + seconds
    deadline = DEADLINE.get()
    return asyncio.timeout_at(
        ends_at if deadline is None else min(ends_at, deadline - RESPONSE_MARGIN)
    )
