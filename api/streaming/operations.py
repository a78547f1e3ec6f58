"""Starting an operation of any type for a stream: a subscription's events, or one whole answer."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from api.http.wire import Events, Wire
from api.identity import Caller
from api.kernel.execution import Answer, Request
from api.telemetry.exchange import Exchange

_MAY_SUBSCRIBE = re.compile(r"\bsubscription\b")


async def start(
    wire: Wire, request: Request, caller: Caller, exchange: Exchange
) -> Events | Answer:
    """Begin an operation. A document without the word cannot be a subscription."""
    engine, request_id = wire.engine, exchange.request_id
    with wire.admitted():
        async with wire.deadline():
            if _MAY_SUBSCRIBE.search(request.query):
                return await engine.subscribe(request, caller, request_id=request_id)
            return await engine.answer(request, caller, request_id=request_id)


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
