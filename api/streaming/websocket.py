"""GraphQL over WebSocket: the protocol `graphql-transport-ws`, and no other.

Close codes are the protocol's own. A socket whose token is refused or expires closes with 4403:
of the protocol's codes it is the one after which clients connect again, with a fresh token.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

import orjson
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket

from api.http.bodies import headers_of, parsed, request_of
from api.http.refusals import HttpRefusal, error
from api.http.wire import Events, Wire
from api.identity import Caller, Unauthenticated
from api.kernel.execution import Answer, Request
from api.streaming.operations import closing, seconds_left, start
from api.telemetry.exchange import Exchange
from api.telemetry.logs import LOG, log_exception, log_request
from domain.kernel.identity import new_id

PROTOCOL = "graphql-transport-ws"
MOST_OPERATIONS = 20
SECONDS_TO_INITIALISE = 3.0
SECONDS_TO_TAKE_A_MESSAGE = 10.0

GOING_AWAY = (1001, "Going away")
TOO_BIG = (1009, "Message too big")
TOO_SLOW = (1013, "Messages are not being read")
INVALID = (4400, "Invalid message")
UNAUTHORIZED = (4401, "Unauthorized")
FORBIDDEN = (4403, "Forbidden")
TOKEN_EXPIRED = (4403, "Token expired")
OTHER_PROTOCOL = (4406, "Subprotocol not acceptable")
INITIALISATION_TIMEOUT = (4408, "Connection initialisation timeout")
TOO_MANY_INITIALISATIONS = (4429, "Too many initialisation requests")

Close = tuple[int, str]


class WebSockets:
    """The endpoint `/graphql` for WebSockets."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        websocket = WebSocket(scope, receive, send)
        headers = headers_of(scope)
        settings = self.wire.settings
        may_call = self.wire.may_call_from(headers.get("origin"), headers.get("host"))
        if settings.production and not may_call:
            # Closing before accepting answers the handshake with 403.
            await websocket.close()
            return
        if PROTOCOL not in scope["subprotocols"]:
            await websocket.accept()
            await websocket.close(*OTHER_PROTOCOL)
            return
        await websocket.accept(subprotocol=PROTOCOL)
        with self.wire.metrics.socket():
            await Socket(self.wire, websocket).run()


class Socket:
    """One connection: one caller, and the operations that run for them at once."""

    def __init__(self, wire: Wire, websocket: WebSocket) -> None:
        self.wire = wire
        self._websocket = websocket
        self._loop = asyncio.get_running_loop()
        self._end: asyncio.Future[Close | None] = self._loop.create_future()
        self._caller: Caller | None = None
        self._is_initialised = False
        self._operations: dict[str, asyncio.Task[None]] = {}
        self._turn = asyncio.Lock()

    async def run(self) -> None:
        """Serve the connection until either side ends it."""
        lasting = [self._loop.create_task(self._read()), self._loop.create_task(self._leave())]
        self._timer = self._loop.call_later(
            SECONDS_TO_INITIALISE, self._finish, INITIALISATION_TIMEOUT
        )
        try:
            close = await self._end
        finally:
            self._timer.cancel()
            running = [*lasting, *self._operations.values()]
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)
        if close is not None:
            await self._close(close)

    async def _read(self) -> None:
        try:
            while True:
                message = await self._websocket.receive()
                if message["type"] == "websocket.disconnect":
                    return self._finish(None)
                text = message.get("text")
                if text is None:
                    return self._finish(INVALID)
                if len(text) > self.wire.settings.body_limit:
                    return self._finish(TOO_BIG)
                await self._obey(parsed(text.encode()))
        except HttpRefusal as refusal:
            self._finish((INVALID[0], refusal.message))
        except Exception as raised:  # noqa: BLE001 - the last place that can tell the client
            log_exception("socket failed", raised)
            self._finish((1011, "Internal error"))

    async def _obey(self, message: object) -> None:
        match message:
            case {"type": "connection_init", **rest}:
                await self._initialise(rest.get("payload"))
            case {"type": "ping"}:
                await self._send(b'{"type":"pong"}')
            case {"type": "pong"}:
                pass
            case {"type": "subscribe", "id": str(id), "payload": dict(payload)} if id:
                await self._subscribe(id, payload)
            case {"type": "complete", "id": str(id)}:
                operation = self._operations.pop(id, None)
                if operation is not None:
                    operation.cancel()
            case _:
                self._finish(INVALID)

    async def _initialise(self, payload: object) -> None:
        if self._is_initialised:
            self._finish(TOO_MANY_INITIALISATIONS)
            return
        self._is_initialised = True
        try:
            async with self.wire.deadline():
                caller = await self.wire.verifier.caller(_authorization(payload))
        except Unauthenticated as refusal:
            self._finish((FORBIDDEN[0], refusal.message))
            return
        self._caller = caller
        self._timer.cancel()
        left = max(0.0, seconds_left(caller))
        self._timer = self._loop.call_later(left, self._finish, TOKEN_EXPIRED)
        await self._send(b'{"type":"connection_ack"}')

    async def _subscribe(self, id: str, payload: Mapping[str, Any]) -> None:
        if self._caller is None:
            self._finish(UNAUTHORIZED)
            return
        if id in self._operations:
            self._finish((4409, f"Subscriber for {id[:64]} already exists"))
            return
        request = request_of(payload)
        exchange = Exchange(new_id().hex, tenant_id=self._caller.tenant_id)
        exchange.operation_name = request.operation_name
        if len(self._operations) >= MOST_OPERATIONS:
            refusal = f"At most {MOST_OPERATIONS} operations may run on one socket."
            await self._refuse(id, exchange, "LIMIT_EXCEEDED", refusal)
            return
        task = self._loop.create_task(self._operate(id, request, self._caller, exchange))
        self._operations[id] = task

    async def _operate(self, id: str, request: Request, caller: Caller, exchange: Exchange) -> None:
        try:
            outcome = await start(self.wire, request, caller, exchange)
            if isinstance(outcome, Answer):
                exchange.learn(request.query, outcome.body)
                await self._answer(id, outcome)
            else:
                exchange.operation, exchange.is_streaming = "subscription", True
                await self._stream(id, outcome)
        except HttpRefusal as refusal:
            await self._refuse(id, exchange, refusal.code, refusal.message)
        except Exception as raised:  # noqa: BLE001 - the last place that can tell the client
            log_exception("operation failed", raised, request_id=exchange.request_id)
            message = "Something went wrong on our side."
            await self._refuse(id, exchange, "INTERNAL_SERVER_ERROR", message)
        finally:
            if self._operations.get(id) is asyncio.current_task():
                del self._operations[id]
            self.wire.metrics.count(exchange)
            log_request(exchange, "WEBSOCKET", "/graphql")

    async def _answer(self, id: str, answer: Answer) -> None:
        if answer.executed:
            await self._next(id, answer.body)
            await self._complete(id)
        else:
            self._operations.pop(id, None)
            await self._send(
                _framed("error", id, orjson.dumps(orjson.loads(answer.body)["errors"]))
            )

    async def _stream(self, id: str, events: Events) -> None:
        with self.wire.metrics.subscription("websocket"):
            async with closing(events):
                async for event in events:
                    await self._next(id, event)
        await self._complete(id)

    async def _next(self, id: str, body: bytes) -> None:
        await self._send(_framed("next", id, body))

    async def _complete(self, id: str) -> None:
        # Forgotten first: the client may use the id again as soon as it reads this.
        self._operations.pop(id, None)
        await self._send(_framed("complete", id))

    async def _refuse(self, id: str, exchange: Exchange, code: str, message: str) -> None:
        exchange.codes = (code,)
        self._operations.pop(id, None)
        errors = orjson.dumps([error(code, message, exchange.request_id)])
        await self._send(_framed("error", id, errors))

    async def _send(self, frame: bytes) -> None:
        """Send one message, when the client has taken those before it."""
        async with self._turn:
            patience = self._loop.call_later(SECONDS_TO_TAKE_A_MESSAGE, self._finish, TOO_SLOW)
            try:
                await self._websocket.send({"type": "websocket.send", "text": frame.decode()})
            except (RuntimeError, OSError):
                self._finish(None)
            finally:
                patience.cancel()

    async def _leave(self) -> None:
        await self.wire.draining.wait()
        self._finish(GOING_AWAY)

    def _finish(self, close: Close | None) -> None:
        if not self._end.done():
            self._end.set_result(close)

    async def _close(self, close: Close) -> None:
        code, reason = close
        LOG.info("socket closed", code=code)
        try:
            async with asyncio.timeout(1.0):
                await self._websocket.close(code, reason[:120])
        except (TimeoutError, RuntimeError, OSError):
            pass


def _authorization(payload: object) -> str | None:
    """The Authorization header as clients put it into the payload of `connection_init`."""
    if not isinstance(payload, dict):
        return None
    inside = payload.get("headers")
    for place in (payload, inside if isinstance(inside, dict) else {}):
        for name, value in place.items():
            if name.lower() == "authorization" and isinstance(value, str):
                return value
    return None


def _framed(type: str, id: str, payload: bytes | None = None) -> bytes:
    start = b'{"type":"%s","id":%s' % (type.encode(), orjson.dumps(id))
    return start + (b"}" if payload is None else b',"payload":%s}' % payload)
