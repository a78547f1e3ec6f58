"""A receiver of webhooks on this machine, which answers as a test wants and keeps what came."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from standardwebhooks import Webhook as Verifier

OK = "200 OK"


@dataclass
class Received:
    """One request: its headers by small names, and its body."""

    headers: dict[str, str]
    body: bytes

    @property
    def message(self) -> Any:
        """The message."""
        return json.loads(self.body)

    @property
    def id(self) -> str:
        """The id of the message."""
        return self.headers["webhook-id"]

    def verify(self, secret: str) -> Any:
        """Return the message as the public verifier accepts it. Raises its error."""
        return Verifier(secret).verify(self.body, self.headers)


@dataclass
class Receiver:
    """A server that answers each request with `status` and `headers`."""

    port: int = 0
    status: str = OK
    headers: dict[str, str] = field(default_factory=dict)
    received: list[Received] = field(default_factory=list)
    statuses: dict[str, str] = field(default_factory=dict)
    """The answer to messages of a type, instead of `status`."""

    @property
    def url(self) -> str:
        """The address."""
        return f"http://127.0.0.1:{self.port}/trellis?copy=1"

    def take(self) -> list[Received]:
        """Return what came since the last time."""
        taken, self.received = self.received, []
        return taken

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of a connection."""
        while head := await _read_head(reader):
            pairs = (each.split(": ", 1) for each in head[1:])
            headers = {name.lower(): text for name, text in pairs}
            body = await reader.readexactly(int(headers["content-length"]))
            found = Received({"request": head[0], **headers}, body)
            self.received.append(found)
            status = self.statuses.get(found.message["type"], self.status)
            more = "".join(f"{name}: {text}\r\n" for name, text in self.headers.items())
            writer.write(f"HTTP/1.1 {status}\r\n{more}content-length: 2\r\n\r\nok".encode())
            await writer.drain()
        writer.close()


async def _read_head(reader: asyncio.StreamReader) -> list[str]:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return []
    return head.decode().strip().split("\r\n")


@asynccontextmanager
async def run_receiver() -> AsyncIterator[Receiver]:
    """Serve a receiver during the block."""
    receiver = Receiver()
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()
