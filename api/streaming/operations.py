"""Operations over a stream: the events of a subscription, or one response."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from api.http.server_context import Events, ServerContext
from api.identity import Caller
from api.kernel.execution.engine import Request, Response
from api.telemetry.request_record import RequestRecord


async def start_operation(
    context: ServerContext, request: Request, caller: Caller, record: RequestRecord
) -> Events | Response:
    """Start an operation, within the deadline and the limit on concurrent operations."""
    async with context.acquire_slot(request, caller):
        with context.enforce_deadline():
            return await context.engine.subscribe(request, caller, request_id=record.request_id)


@asynccontextmanager
async def close_events(events: Events) -> AsyncIterator[Events]:
    """Close the events at the end of the block, so that they release what they hold."""
    try:
        yield events
    finally:
        close = getattr(events, "aclose", None)
        if close is not None:
            await close()
