"""The deadline of a request, which steps that need an answer before it can observe."""

import asyncio
from contextvars import ContextVar

RESPONSE_MARGIN = 0.25
"""Seconds before the deadline at which such a step ends, so that its answer can be sent."""

DEADLINE: ContextVar[float | None] = ContextVar("DEADLINE", default=None)
"""The deadline of the current request, in the time of the event loop; None if it has none."""


def limit_time(seconds: float) -> asyncio.Timeout:
    """Return a time limit for a block. Raises TimeoutError, before the request's deadline."""
    ends_at = asyncio.get_running_loop().time() + seconds
    deadline = DEADLINE.get()
    return asyncio.timeout_at(
        ends_at if deadline is None else min(ends_at, deadline - RESPONSE_MARGIN)
    )
