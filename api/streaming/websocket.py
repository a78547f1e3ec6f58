"""GraphQL over WebSocket, with the subprotocol `graphql-transport-ws`.

Close codes are those of the protocol. A socket whose token is refused or expires closes with 4403,
the code after which clients connect again with a new token. A socket without a token closes with
4401, after which they do not.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

import orjson
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket

from api.errors import RequestError
from api.http.request_parsing import decode_headers, parse_json, parse_request
from api.http.server_context import Events, ServerContext
from api.identity import Unauthenticated
from api.identity.errors import TokenMissing
from api.kernel.execution.engine import Request, Response
from api.kernel.execution.errors import INTERNAL_ERROR_MESSAGE, to_outage_error
from api.kernel.execution.previews import HEADER as PREVIEW_HEADER
from api.streaming.operations import close_events, start_operation
from api.streaming.session import Session, open_session
from api.telemetry.logs import LOG, log_exception, log_request
from api.telemetry.request_record import RequestRecord
from persistence.kernel.loop_turns import begin_turn

PROTOCOL = "graphql-transport-ws"
MAX_OPERATIONS = 20
CONNECTION_INIT_TIMEOUT = 3.0
SEND_TIMEOUT = 10.0

GOING_AWAY = (1001, "Going away")
TOO_BIG = (1009, "Message too big")
TOO_SLOW = (1013, "Messages are not being read")
INVALID = (4400, "Invalid message")
UNAUTHORIZED = (4401, "Unauthorized")
TOKEN_REFUSED = 4403
SUBPROTOCOL_NOT_ACCEPTABLE = (4406, "Subprotocol not acceptable")
INITIALISATION_TIMEOUT = (4408, "Connection initialisation timeout")
TOO_MANY_INITIALISATIONS = (4429, "Too many initialisation requests")

CloseReason = tuple[int, str]


class WebSocketEndpoint:
    """The endpoint `/graphql` for WebSocket handshakes."""

    def __init__(self, context: ServerContext) -> None:
        self.context = context

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        websocket = WebSocket(scope, receive, send)
        headers = decode_headers(scope)
        is_origin_allowed = self.context.is_origin_allowed(
            headers.get("origin"), headers.get("host")
        )
        if not is_origin_allowed or PREVIEW_HEADER in headers:  # a preview has no subscriptions
            # Closing before accepting answers the handshake with 403.
            await websocket.close()
            return
        if PROTOCOL not in scope["subprotocols"]:
            await websocket.accept()
            await websocket.close(*SUBPROTOCOL_NOT_ACCEPTABLE)
            return
        await websocket.accept(subprotocol=PROTOCOL)
        with self.context.metrics.track_socket():
            await WebSocketConnection(self.context, websocket).run()


class WebSocketConnection:
    """One connection: one caller, and up to MAX_OPERATIONS concurrent operations."""

    def __init__(self, context: ServerContext, websocket: WebSocket) -> None:
        self.context = context
        self._websocket = websocket
        self._loop = asyncio.get_running_loop()
        self._close_reason: asyncio.Future[CloseReason | None] = self._loop.create_future()
        self._session: Session | None = None
        self._background_tasks: list[asyncio.Task[None]] = []
        self._is_initialised = False
        self._operations: dict[str, asyncio.Task[None]] = {}
        self._send_lock = asyncio.Lock()
        self._delays: set[asyncio.Task[None]] = set()
        """Refusals that are sent late. No message is read meanwhile, or a client that cancels its
        operations could be refused without a limit."""

    async def run(self) -> None:
        """Serve the connection until either side closes it."""
        self._background_tasks = [
            self._loop.create_task(self._read_messages()),
            self._loop.create_task(self._close_on_drain()),
        ]
        self._close_timer = self._loop.call_later(
            CONNECTION_INIT_TIMEOUT, self._request_close, INITIALISATION_TIMEOUT
        )
        try:
            close = await self._close_reason
        finally:
            self._close_timer.cancel()
            running = [*self._background_tasks, *self._operations.values()]
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)
        if close is not None:
            await self._close_socket(close)

    async def _read_messages(self) -> None:
        try:
            while True:
                message = await self._websocket.receive()
                if message["type"] == "websocket.disconnect":
                    return self._request_close(None)
                text = message.get("text")
                if text is None:
                    return self._request_close(INVALID)
                if len(text) > self.context.settings.body_limit:
                    return self._request_close(TOO_BIG)
                if self._delays:
                    await asyncio.wait(self._delays)
                data = text.encode()
                await self._handle_message(await self._parse(data), data)
        except RequestError as error:
            self._request_close((INVALID[0], error.message))
        except Exception as error:  # noqa: BLE001 - the last place that can inform the client
            log_exception("socket failed", error)
            self._request_close((1011, "Internal error"))

    async def _parse(self, data: bytes) -> object:
        """Parse a message, in the turn of the tenant once the caller is known."""
        if self._session is None:
            return parse_json(data)
        turn = begin_turn(self._session.caller.tenant_id)
        return await turn.run(lambda: parse_json(data))

    async def _handle_message(self, message: object, data: bytes) -> None:
        match message:
            case {"type": "connection_init", **rest}:
                await self._initialise(rest.get("payload"))
            case {"type": "ping"}:
                await self._send_frame(b'{"type":"pong"}')
            case {"type": "pong"}:
                pass
            case {"type": "subscribe", "id": str(id), "payload": dict(payload)} if id:
                await self._start_operation(id, payload, data)
            case {"type": "complete", "id": str(id)}:
                operation = self._operations.pop(id, None)
                if operation is not None:
                    operation.cancel()
            case _:
                self._request_close(INVALID)

    async def _initialise(self, payload: object) -> None:
        if self._is_initialised:
            self._request_close(TOO_MANY_INITIALISATIONS)
            return
        self._is_initialised = True
        try:
            with self.context.enforce_deadline():
                session = await open_session(
                    self.context, self._websocket.scope, _read_authorization(payload)
                )
        except Unauthenticated as error:
            self._refuse(error)
            return
        self._session = session
        self._close_timer.cancel()
        self._background_tasks.append(self._loop.create_task(self._close_when_refused(session)))
        await self._send_frame(b'{"type":"connection_ack"}')

    async def _start_operation(self, id: str, payload: Mapping[str, Any], data: bytes) -> None:
        if self._session is None:
            self._request_close(UNAUTHORIZED)
            return
        if id in self._operations:
            self._request_close((4409, f"Subscriber for {id[:64]} already exists"))
            return
        request = parse_request(payload, data)
        record = RequestRecord(tenant_id=self._session.caller.tenant_id)
        record.operation_name = request.operation_name
        if len(self._operations) >= MAX_OPERATIONS:
            message = f"A socket runs at most {MAX_OPERATIONS} operations. Open another one."
            await self._send_error(id, record, RequestError("LIMIT_EXCEEDED", message))
            return
        task = self._loop.create_task(self._run_operation(id, request, self._session, record))
        self._operations[id] = task

    async def _run_operation(
        self, id: str, request: Request, session: Session, record: RequestRecord
    ) -> None:
        try:
            await session.verify()
            outcome = await start_operation(self.context, request, session.caller, record)
            if isinstance(outcome, Response):
                record.record_response(request.query, outcome.body, outcome.operation_kind)
                await self._send_response(id, outcome)
            else:
                record.operation, record.is_streaming = "subscription", True
                await self._send_events(id, outcome)
        except Unauthenticated as error:
            record.codes = (error.code,)
            self._refuse(error)
        except RequestError as error:
            await self._send_error(id, record, error)
        except Exception as error:  # noqa: BLE001 - the last place that can inform the client
            await self._send_error(id, record, _convert_exception(error, record.request_id))
        finally:
            if self._operations.get(id) is asyncio.current_task():
                del self._operations[id]
            self.context.metrics.count_request(record)
            log_request(record, "WEBSOCKET", "/graphql")

    async def _send_response(self, id: str, response: Response) -> None:
        if response.is_executed:
            await self._send_next(id, response.body)
            await self._send_complete(id)
        else:
            errors = orjson.dumps(orjson.loads(response.body)["errors"])
            await self._refuse_operation(id, errors, response.status)

    async def _send_events(self, id: str, events: Events) -> None:
        with self.context.metrics.track_subscription("websocket"):
            async with close_events(events):
                async for event in events:
                    await self._send_next(id, event)
        await self._send_complete(id)

    async def _send_next(self, id: str, body: bytes) -> None:
        await self._send_frame(_build_frame("next", id, body))

    async def _send_complete(self, id: str) -> None:
        # Removed first, because the client may reuse the id as soon as it reads the message.
        self._operations.pop(id, None)
        await self._send_frame(_build_frame("complete", id))

    async def _send_error(self, id: str, record: RequestRecord, error: RequestError) -> None:
        record.codes = (error.code,)
        errors = orjson.dumps(error.format_errors(record.request_id))
        await self._refuse_operation(id, errors, error.status)

    async def _refuse_operation(self, id: str, errors: bytes, status: int) -> None:
        """Send errors instead of a result; late, if the tenant gets many refusals."""
        assert self._session is not None, "Without a session no operation starts."
        tenant_id = self._session.caller.tenant_id
        delay = self._loop.create_task(self.context.refusal_delay.wait(tenant_id, status))
        self._delays.add(delay)
        try:
            await delay
        finally:
            self._delays.discard(delay)
        self._operations.pop(id, None)
        await self._send_frame(_build_frame("error", id, errors))

    async def _send_frame(self, frame: bytes) -> None:
        """Send one message after those before it; close if the client reads too slowly."""
        async with self._send_lock:
            send_timer = self._loop.call_later(SEND_TIMEOUT, self._request_close, TOO_SLOW)
            try:
                await self._websocket.send({"type": "websocket.send", "text": frame.decode()})
            except (RuntimeError, OSError):
                self._request_close(None)
            finally:
                send_timer.cancel()

    async def _close_when_refused(self, session: Session) -> None:
        self._refuse(await session.wait_until_refused())

    def _refuse(self, error: Unauthenticated) -> None:
        is_missing = isinstance(error, TokenMissing)
        self._request_close(UNAUTHORIZED if is_missing else (TOKEN_REFUSED, error.message))

    async def _close_on_drain(self) -> None:
        await self.context.draining.wait()
        self._request_close(GOING_AWAY)

    def _request_close(self, close: CloseReason | None) -> None:
        if not self._close_reason.done():
            self._close_reason.set_result(close)

    async def _close_socket(self, close: CloseReason) -> None:
        code, reason = close
        LOG.info("socket closed", code=code)
        try:
            async with asyncio.timeout(1.0):
                await self._websocket.close(code, reason[:120])
        except (TimeoutError, RuntimeError, OSError):
            pass


def _convert_exception(error: Exception, request_id: str) -> RequestError:
    """Return the error for the client; log what is an error of the program."""
    outage = to_outage_error(error)
    if outage is not None:
        return outage
    log_exception("operation failed", error, request_id=request_id)
    return RequestError("INTERNAL_SERVER_ERROR", INTERNAL_ERROR_MESSAGE)


def _read_authorization(payload: object) -> str | None:
    """Return the Authorization header from the payload of `connection_init`, if there is one."""
    if not isinstance(payload, dict):
        return None
    nested_headers = payload.get("headers")
    for candidates in (payload, nested_headers if isinstance(nested_headers, dict) else {}):
        for name, value in candidates.items():
            if name.lower() == "authorization" and isinstance(value, str):
                return value
    return None


def _build_frame(type: str, id: str, payload: bytes | None = None) -> bytes:
    start = b'{"type":"%s","id":%s' % (type.encode(), orjson.dumps(id))
    return start + (b"}" if payload is None else b',"payload":%s}' % payload)
