"""GraphQL over HTTP: one operation, one answer, in the media type the client likes best."""

from http import HTTPStatus

from starlette.types import Receive, Scope, Send

from api.graphiql.page import is_wanted, send_page
from api.http import media
from api.http.bodies import headers_of, request_of_body, request_of_query
from api.http.refusals import HttpRefusal, method_not_allowed
from api.http.wire import Wire, while_connected
from api.kernel.execution import Answer
from api.telemetry.exchange import Exchange

_METHODS = ("GET", "POST", "OPTIONS")


class GraphQL:
    """The endpoint `/graphql` for HTTP."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        method: str = scope["method"]
        if method == "OPTIONS":
            await send_options(send, _METHODS)
            return
        if method not in _METHODS:
            raise method_not_allowed(*_METHODS)
        headers = headers_of(scope)
        if self.wire.settings.serves_graphiql and is_wanted(scope, headers):
            await send_page(send)
            return
        await self._answer(scope, receive, send, headers)

    async def _answer(
        self, scope: Scope, receive: Receive, send: Send, headers: dict[str, str]
    ) -> None:
        exchange: Exchange = scope["exchange"]
        chosen = media.preferred(headers.get("accept"), media.GRAPHQL, media.JSON)
        if chosen is None:
            names = " or ".join(media.GRAPHQL)
            raise HttpRefusal(406, "BAD_REQUEST", f"Accept {names}.")
        exchange.media_type = chosen
        with self.wire.admission.arrival():
            async with self.wire.deadline():
                answer = await self._answer_of(scope, receive, headers)
        await send_answer(send, answer, chosen)

    async def _answer_of(self, scope: Scope, receive: Receive, headers: dict[str, str]) -> Answer:
        exchange: Exchange = scope["exchange"]
        caller = await self.wire.verifier.caller(headers.get("authorization"))
        exchange.tenant_id = caller.tenant_id
        self.wire.admission.refuse_hopeless(caller.tenant_id)
        most_bytes = self.wire.settings.body_limit
        is_post = scope["method"] == "POST"
        if is_post:
            request = await request_of_body(receive, headers, most_bytes=most_bytes)
        else:
            request = request_of_query(scope, most_bytes=most_bytes)
        exchange.operation_name = request.operation_name
        async with self.wire.admitted(request, caller):
            work = self.wire.engine.answer(
                request, caller, request_id=exchange.request_id, mutations=is_post
            )
            answer = await while_connected(receive, work)
        exchange.learn(request.query, answer.body)
        return answer


async def send_answer(send: Send, answer: Answer, media_type: str) -> None:
    """Send an answer whole.

    Where a client takes `application/json` only, a request error has status 200: such clients
    cannot tell a server that speaks GraphQL from one that does not.
    """
    status = (
        200
        if media_type == media.JSON and answer.status == HTTPStatus.BAD_REQUEST
        else answer.status
    )
    headers = [
        (b"content-type", f"{media_type}; charset=utf-8".encode()),
        (b"content-length", b"%d" % len(answer.body)),
        (b"vary", b"accept"),
    ]
    headers += [(name.lower().encode(), value.encode()) for name, value in answer.headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})


async def send_options(send: Send, methods: tuple[str, ...]) -> None:
    """Say which methods a path knows."""
    headers = [(b"allow", ", ".join(methods).encode()), (b"content-length", b"0")]
    await send({"type": "http.response.start", "status": 204, "headers": headers[:1]})
    await send({"type": "http.response.body", "body": b""})
