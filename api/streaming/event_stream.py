"""Server-sent events: the protocol of `graphql-sse` with one connection for each operation.

A stream that ends without the event `complete` was cut: by the token's expiry, or because this
process is leaving. Clients then connect again, with a fresh token.
"""

import asyncio
from collections.abc import AsyncIterator

from starlette.types import Receive, Scope, Send

from api.http import media
from api.http.bodies import Gone, headers_of, request_of_body
from api.http.graphql import send_answer, send_options
from api.http.refusals import HttpRefusal, method_not_allowed
from api.http.wire import Events, Wire, while_connected
from api.identity import Caller
from api.kernel.execution import Answer, Request
from api.streaming.operations import closing, seconds_left, start
from api.telemetry.exchange import Exchange

SECONDS_BETWEEN_SIGNS_OF_LIFE = 12.0
SECONDS_TO_TAKE_AN_EVENT = 30.0

_METHODS = ("POST", "OPTIONS")
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]
_SIGN_OF_LIFE = b":\n\n"
_COMPLETE = b"event: complete\ndata:\n\n"


class EventStream:
    """The endpoint `/graphql/stream`."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        exchange: Exchange = scope["exchange"]
        method: str = scope["method"]
        if method == "OPTIONS":
            await send_options(send, _METHODS)
            return
        if method not in _METHODS:
            raise method_not_allowed(*_METHODS)
        headers = headers_of(scope)
        offered = (media.EVENT_STREAM,)
        if media.preferred(headers.get("accept"), offered, media.EVENT_STREAM) is None:
            raise HttpRefusal(406, "BAD_REQUEST", "Accept text/event-stream.")
        with self.wire.admission.arrival():
            async with self.wire.deadline():
                request, caller = await self._request_of(receive, headers, exchange)
                started = start(self.wire, request, caller, exchange)
                outcome = await while_connected(receive, started)
        if isinstance(outcome, Answer):
            exchange.learn(request.query, outcome.body)
            if not outcome.executed:
                await send_answer(send, outcome, media.RESPONSE_JSON)
                return
            outcome = _one(outcome.body)
        else:
            exchange.operation, exchange.is_streaming = "subscription", True
        with self.wire.metrics.subscription("event_stream"):
            async with closing(outcome):
                await _Stream(self.wire, receive, send, caller).run(outcome)

    async def _request_of(
        self, receive: Receive, headers: dict[str, str], exchange: Exchange
    ) -> tuple[Request, Caller]:
        caller = await self.wire.verifier.caller(headers.get("authorization"))
        exchange.tenant_id = caller.tenant_id
        self.wire.admission.refuse_hopeless(caller.tenant_id)
        most_bytes = self.wire.settings.body_limit
        request = await request_of_body(receive, headers, most_bytes=most_bytes)
        exchange.operation_name = request.operation_name
        return request, caller


class _Stream:
    """One response that lasts."""

    def __init__(self, wire: Wire, receive: Receive, send: Send, caller: Caller) -> None:
        self.wire = wire
        self._receive = receive
        self._send = send
        self._caller = caller

    async def run(self, events: Events) -> None:
        await self._send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        await self._write(_SIGN_OF_LIFE)
        loop = asyncio.get_running_loop()
        gone = loop.create_task(self._gone())
        leaving = loop.create_task(self.wire.draining.wait())
        upcoming: asyncio.Task[bytes | None] = loop.create_task(_next(events))
        try:
            while (left := seconds_left(self._caller)) > 0:
                await asyncio.wait(
                    {upcoming, gone, leaving},
                    timeout=min(left, SECONDS_BETWEEN_SIGNS_OF_LIFE),
                    return_when=asyncio.FIRST_COMPLETED,
                )
                if gone.done():
                    raise Gone
                if upcoming.done():
                    event = upcoming.result()
                    if event is None:
                        await self._write(_COMPLETE)
                        break
                    await self._write(b"event: next\ndata: %s\n\n" % _lines(event))
                    upcoming = loop.create_task(_next(events))
                elif leaving.done():
                    break
                else:
                    await self._write(_SIGN_OF_LIFE)
        finally:
            waiting = (gone, leaving, upcoming)
            for each in waiting:
                each.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
        await self._write(b"", more=False)

    async def _write(self, chunk: bytes, *, more: bool = True) -> None:
        try:
            async with asyncio.timeout(SECONDS_TO_TAKE_AN_EVENT):
                await self._send({"type": "http.response.body", "body": chunk, "more_body": more})
        except TimeoutError:
            raise Gone from None

    async def _gone(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass


async def _next(events: Events) -> bytes | None:
    async for event in events:
        return event
    return None


async def _one(body: bytes) -> AsyncIterator[bytes]:
    yield body


def _lines(event: bytes) -> bytes:
    # PostgreSQL puts line feeds between the rows of an aggregate; each line needs its own field.
    return event.replace(b"\n", b"\ndata: ")
