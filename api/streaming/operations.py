"""Starting an operation of any type for a stream: a subscription's events, or one whole answer."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from api.http.server_context import Events, ServerContext
from api.identity import Caller
from api.kernel.execution.engine import Request, Response
from api.telemetry.request_record import RequestRecord


async def start_operation(
    context: ServerContext, request: Request, caller: Caller, record: RequestRecord
) -> Events | Response:
    """Begin an operation within the deadline and the number that one process works on."""
    async with context.acquire_slot(request, caller), context.enforce_deadline():
        return await context.engine.subscribe(request, caller, request_id=record.request_id)


@asynccontextmanager
async def close_events(events: Events) -> AsyncIterator[Events]:
    """Around the reading of events: whatever they hold on to is let go at the end."""
    try:
        yield events
    finally:
        close = getattr(events, "aclose", None)
        if close is not None:
            await close()


def compute_remaining_seconds(caller: Caller) -> float:
    """How long the caller's token still holds."""
    return (caller.expires_at - datetime.now(UTC)).total_seconds()
