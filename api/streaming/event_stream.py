"""Server-sent events: the protocol of `graphql-sse` with one connection for each operation.

A stream that ends without the event `complete` was interrupted: its token is not valid any more, or
the process shuts down. Clients then connect again, with a new token.
"""

import asyncio
from collections.abc import AsyncIterator

from starlette.types import Receive, Scope, Send

from api.errors import RequestError
from api.http import content_negotiation
from api.http.endpoint import send_options, send_response
from api.http.errors import method_not_allowed
from api.http.request_parsing import ClientDisconnected, decode_headers
from api.http.server_context import Events, ServerContext, run_while_connected
from api.kernel.execution.engine import Request, Response
from api.streaming.operations import close_events, start_operation
from api.streaming.session import Session, open_session
from api.telemetry.request_record import RequestRecord

HEARTBEAT_INTERVAL = 12.0
SEND_TIMEOUT = 30.0

_METHODS = ("POST", "OPTIONS")
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]
_HEARTBEAT = b":\n\n"
_COMPLETE_EVENT = b"event: complete\ndata:\n\n"


class EventStreamEndpoint:
    """The endpoint `/graphql/stream`."""

    def __init__(self, context: ServerContext) -> None:
        self.context = context

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        record: RequestRecord = scope["request_record"]
        method: str = scope["method"]
        if method == "OPTIONS":
            await send_options(send, _METHODS)
            return
        if method not in _METHODS:
            raise method_not_allowed(*_METHODS)
        headers = decode_headers(scope)
        offered = (content_negotiation.EVENT_STREAM,)
        if (
            content_negotiation.select_media_type(
                headers.get("accept"), offered, content_negotiation.EVENT_STREAM
            )
            is None
        ):
            message = "This path responds with events only. Accept text/event-stream."
            raise RequestError("BAD_REQUEST", message, 406)
        request, session, outcome = await self.context.handle_request(
            record, lambda: self._start_operation(scope, receive, headers)
        )
        if isinstance(outcome, Response):
            record.record_response(request.query, outcome.body, outcome.operation_kind)
            if not outcome.is_executed:
                await self.context.refusal_delay.wait(record.tenant_id, outcome.status)
                await send_response(send, outcome, content_negotiation.RESPONSE_JSON)
                return
            outcome = _yield_once(outcome.body)
        else:
            record.operation, record.is_streaming = "subscription", True
        with self.context.metrics.track_subscription("event_stream"):
            async with close_events(outcome):
                await _EventStreamResponse(receive, send, session).send_events(outcome)

    async def _start_operation(
        self, scope: Scope, receive: Receive, headers: dict[str, str]
    ) -> tuple[Request, Session, Events | Response]:
        record: RequestRecord = scope["request_record"]
        request, session = await self._read_request(scope, receive, headers)
        operation = start_operation(self.context, request, session.caller, record)
        return request, session, await run_while_connected(receive, operation)

    async def _read_request(
        self, scope: Scope, receive: Receive, headers: dict[str, str]
    ) -> tuple[Request, Session]:
        record: RequestRecord = scope["request_record"]
        session = await open_session(self.context, scope, headers.get("authorization"))
        record.tenant_id = session.caller.tenant_id
        self.context.limiter.reject_if_overloaded(session.caller.tenant_id)
        request = await self.context.read_post_request(receive, headers, session.caller)
        record.operation_name = request.operation_name
        return request, session


class _EventStreamResponse:
    """One response of the type `text/event-stream`."""

    def __init__(self, receive: Receive, send: Send, session: Session) -> None:
        self._receive = receive
        self._send = send
        self._session = session

    async def send_events(self, events: Events) -> None:
        await self._send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        await self._send_chunk(_HEARTBEAT)
        loop = asyncio.get_running_loop()
        disconnected = loop.create_task(self._wait_for_disconnect())
        draining = loop.create_task(self._session.context.draining.wait())
        refused = loop.create_task(self._session.wait_until_refused())
        next_event: asyncio.Task[bytes | None] = loop.create_task(_get_next_event(events))
        try:
            while True:
                await asyncio.wait(
                    {next_event, disconnected, draining, refused},
                    timeout=HEARTBEAT_INTERVAL,
                    return_when=asyncio.FIRST_COMPLETED,
                )
                if disconnected.done():
                    raise ClientDisconnected
                if refused.done():
                    break
                if next_event.done():
                    event = next_event.result()
                    if event is None:
                        await self._send_chunk(_COMPLETE_EVENT)
                        break
                    await self._send_chunk(b"event: next\ndata: %s\n\n" % _prefix_data_lines(event))
                    next_event = loop.create_task(_get_next_event(events))
                elif draining.done():
                    break
                else:
                    await self._send_chunk(_HEARTBEAT)
        finally:
            tasks = (disconnected, draining, refused, next_event)
            for each in tasks:
                each.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        await self._send_chunk(b"", has_more=False)

    async def _send_chunk(self, chunk: bytes, *, has_more: bool = True) -> None:
        try:
            async with asyncio.timeout(SEND_TIMEOUT):
                await self._send(
                    {"type": "http.response.body", "body": chunk, "more_body": has_more}
                )
        except TimeoutError:
            raise ClientDisconnected from None

    async def _wait_for_disconnect(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass


async def _get_next_event(events: Events) -> bytes | None:
    async for event in events:
        return event
    return None


async def _yield_once(body: bytes) -> AsyncIterator[bytes]:
    yield body


def _prefix_data_lines(event: bytes) -> bytes:
    # PostgreSQL puts line feeds between aggregated rows; each line needs its own `data:` field.
    return event.replace(b"\n", b"\ndata: ")
