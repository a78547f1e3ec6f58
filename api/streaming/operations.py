"""Starting an operation of any type for a stream: a subscription's events, or one whole answer."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from api.http.wire import Events, Wire
from api.identity import Caller
from api.kernel.execution import Answer, Request
from api.telemetry.exchange import Exchange


async def start(
    wire: Wire, request: Request, caller: Caller, exchange: Exchange
) -> Events | Answer:
    """Begin an operation within the deadline and the number that one process works on."""
    async with wire.admitted(request, caller), wire.deadline():
        return await wire.engine.subscribe(request, caller, request_id=exchange.request_id)


@asynccontextmanager
async def closing(events: Events) -> AsyncIterator[Events]:
    """Around the reading of events: whatever they hold on to is let go at the end."""
    try:
        yield events
    finally:
        close = getattr(events, "aclose", None)
        if close is not None:
            await close()


def seconds_left(caller: Caller) -> float:
    """How long the caller's token still holds."""
    return (caller.expires_at - datetime.now(UTC)).total_seconds()
