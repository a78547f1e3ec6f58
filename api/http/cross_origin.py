"""CORS, at next to no cost for requests without an `Origin` header; only browsers send one."""

from collections.abc import Awaitable

from starlette.middleware.cors import CORSMiddleware
from starlette.types import Message, Receive, Scope, Send

_VARY = (b"vary", b"Origin")


class CrossOriginMiddleware(CORSMiddleware):
    """Starlette's middleware, which reads and copies all headers, for cross-origin requests only.

    Other responses say that they depend on the header, too, so that caches keep them apart.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or b"origin" in dict(scope["headers"]):
            await super().__call__(scope, receive, send)
            return

        def send_with_vary(message: Message) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), _VARY]
            return send(message)

        await self.app(scope, receive, send_with_vary)
