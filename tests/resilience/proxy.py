"""A proxy between the API and PostgreSQL that injects one network fault at a time."""

import asyncio
import socket
import struct
from asyncio import StreamReader, StreamWriter
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from types import TracebackType
from typing import Self

from persistence.kernel.pools import strip_driver

CONNECTION_ERRORS = (ConnectionError, OSError, asyncio.IncompleteReadError)
PROXY_APPLICATION_NAME = "proxied"
"""The application name of connections through a proxy."""

LINGER_RESET = struct.pack("ii", 1, 0)
"""Makes closing a socket a reset instead of an orderly end."""


class Toxic(StrEnum):
    """A network fault that lasts until it is removed."""

    LATENCY = "latency"
    BANDWIDTH = "bandwidth"
    SLICER = "slicer"
    RESET = "reset"
    DOWN = "down"
    BLACK_HOLE = "black_hole"
    SLOW_CLOSE = "slow_close"
    CUT_BEFORE_COMMIT = "cut_before_commit"
    CUT_AFTER_COMMIT = "cut_after_commit"


COMMIT_CUTS = (Toxic.CUT_BEFORE_COMMIT, Toxic.CUT_AFTER_COMMIT)


class ConnectionCut(Exception):
    """Raised to end a connection at this point."""


@dataclass(eq=False)
class ProxiedConnection:
    """A connection of the API, and the connection to the server behind it."""

    client: StreamWriter
    server: StreamWriter
    is_black_holed: bool = False
    is_in_transaction: bool = False
    write_statements: set[bytes] = field(default_factory=set)

    def is_commit(self, sent: bytes) -> bool:
        """Whether the API's message ends a transaction: COMMIT, or a write without a BEGIN."""
        match sent[:1]:
            case b"Q":
                self.is_in_transaction = b"BEGIN" in sent
                return b"COMMIT" in sent
            case b"P":
                name, query, *_ = sent[5:].split(b"\0")
                if query.startswith(b"WITH w0 AS"):
                    self.write_statements.add(name)
            case b"B":
                _, name, *_ = sent[5:].split(b"\0")
                return name in self.write_statements and not self.is_in_transaction
        return False

    def reset(self) -> None:
        """Reset both connections."""
        for each in (self.client, self.server):
            end = each.get_extra_info("socket")
            if end is not None and end.family != socket.AF_UNIX:
                with suppress(OSError):
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_RESET)
            each.transport.abort()


@dataclass
class Proxy:
    """A proxy on a loopback port before the server of an address."""

    server_url: str
    toxic: Toxic | None = None
    next_toxics: deque[Toxic] = field(default_factory=deque)
    fault_count: int = 0
    connections: set[ProxiedConnection] = field(default_factory=set)
    _server: asyncio.Server | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def url(self) -> str:
        """The server's address through this proxy."""
        assert self._server is not None
        port = self._server.sockets[0].getsockname()[1]
        plain = strip_driver(self.server_url).difference_update_query(["host", "port"])
        # Nobody listens to what becomes of asyncpg's wish for TLS where an attempt is given up.
        plain = plain.update_query_dict(
            {"application_name": PROXY_APPLICATION_NAME, "sslmode": "disable"}
        )
        return plain.set(host="127.0.0.1", port=port).render_as_string(hide_password=False)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._server is not None
        self._server.close()
        self.reset_connections()
        for each in self._tasks:
            each.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def apply_toxic(self, toxic: Toxic) -> None:
        """Apply a fault; one that breaks connections breaks the open ones."""
        self.toxic = toxic
        if toxic in (Toxic.RESET, Toxic.DOWN):
            self.reset_connections()
        if toxic is Toxic.BLACK_HOLE:
            for each in self.connections:
                each.is_black_holed = True

    def remove_toxic(self) -> None:
        """Remove the fault; connections in a black hole stay dead."""
        self.toxic = None
        self.next_toxics.clear()

    def reset_connections(self) -> None:
        """Reset all open connections."""
        for each in tuple(self.connections):
            each.reset()

    async def _accept(self, reader: StreamReader, near: StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await self._serve(reader, near)
        except CONNECTION_ERRORS:
            near.transport.abort()
        finally:
            self._tasks.discard(task)

    async def _serve(self, reader: StreamReader, near: StreamWriter) -> None:
        if self.toxic in (Toxic.RESET, Toxic.DOWN):
            near.transport.abort()
            return
        answers, far = await self._connect_to_server()
        pair = ProxiedConnection(near, far, is_black_holed=self.toxic is Toxic.BLACK_HOLE)
        self.connections.add(pair)
        pumps = [
            asyncio.ensure_future(self._pump(pair, reader, far)),
            asyncio.ensure_future(self._pump(pair, answers, near)),
        ]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            if self.toxic is Toxic.SLOW_CLOSE:
                await asyncio.sleep(0.5)
        finally:
            for each in pumps:
                each.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
            pair.reset()
            self.connections.discard(pair)

    async def _connect_to_server(self) -> tuple[StreamReader, StreamWriter]:
        to = strip_driver(self.server_url)
        host, port = to.query.get("host", to.host), to.query.get("port", to.port)
        if str(host).startswith("/"):
            return await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
        return await asyncio.open_connection(str(host), int(str(port or 5432)))

    async def _pump(
        self, pair: ProxiedConnection, reader: StreamReader, writer: StreamWriter
    ) -> None:
        with suppress(ConnectionCut, *CONNECTION_ERRORS):
            while chunk := await reader.read(65_536):
                commits = writer is pair.server and pair.is_commit(chunk)
                toxic = self.next_toxics.popleft() if commits and self.next_toxics else self.toxic
                if commits and toxic in COMMIT_CUTS:
                    await self._cut_connection(pair, chunk, toxic)
                elif not pair.is_black_holed:
                    await self._forward(chunk, writer, toxic)

    async def _cut_connection(
        self, pair: ProxiedConnection, chunk: bytes, toxic: Toxic | None
    ) -> None:
        """Cut the connection during a commit; the API does not learn whether it happened."""
        self.fault_count += 1
        pair.is_black_holed = True
        if toxic is Toxic.CUT_AFTER_COMMIT:
            pair.server.write(chunk)
            await pair.server.drain()
            await asyncio.sleep(0.02)
        raise ConnectionCut

    @staticmethod
    async def _forward(chunk: bytes, writer: StreamWriter, toxic: Toxic | None) -> None:
        size = 7 if toxic is Toxic.SLICER else len(chunk)
        if toxic is Toxic.LATENCY:
            await asyncio.sleep(0.01)
        if toxic is Toxic.BANDWIDTH:
            await asyncio.sleep(len(chunk) / 100_000)
        for start in range(0, len(chunk), size):
            writer.write(chunk[start : start + size])
            await writer.drain()
