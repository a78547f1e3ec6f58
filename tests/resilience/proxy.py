"""A proxy between the API and PostgreSQL that makes the network misbehave, one toxic at a time."""

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

BROKEN = (ConnectionError, OSError, asyncio.IncompleteReadError)
PROXIED = "proxied"
"""The name that connections by way of a proxy go by at the server."""

RESET = struct.pack("ii", 1, 0)
"""What makes closing a socket a reset instead of a farewell."""


class Toxic(StrEnum):
    """What the network does from now on, until it is healed."""

    LATENCY = "latency"
    BANDWIDTH = "bandwidth"
    SLICER = "slicer"
    RESET = "reset"
    DOWN = "down"
    BLACK_HOLE = "black_hole"
    SLOW_CLOSE = "slow_close"
    CUT_BEFORE_COMMIT = "cut_before_commit"
    CUT_AFTER_COMMIT = "cut_after_commit"


CUTS = (Toxic.CUT_BEFORE_COMMIT, Toxic.CUT_AFTER_COMMIT)


class Cut(Exception):
    """This connection ends here."""


@dataclass(eq=False)
class Pair:
    """One connection of the API, and the one to the server that stands behind it."""

    near: StreamWriter
    far: StreamWriter
    is_swallowed: bool = False
    is_within: bool = False
    writes: set[bytes] = field(default_factory=set)

    def commits(self, sent: bytes) -> bool:
        """Whether what the API sends ends a transaction: COMMIT, or a write without a BEGIN."""
        match sent[:1]:
            case b"Q":
                self.is_within = b"BEGIN" in sent
                return b"COMMIT" in sent
            case b"P":
                name, query, *_ = sent[5:].split(b"\0")
                if query.startswith(b"WITH w0 AS"):
                    self.writes.add(name)
            case b"B":
                _, name, *_ = sent[5:].split(b"\0")
                return name in self.writes and not self.is_within
        return False

    def reset(self) -> None:
        """End both without a farewell."""
        for each in (self.near, self.far):
            end = each.get_extra_info("socket")
            if end is not None and end.family != socket.AF_UNIX:
                with suppress(OSError):
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            each.transport.abort()


@dataclass
class Proxy:
    """Listens on a port of the loopback and talks to the server of an address."""

    server_url: str
    toxic: Toxic | None = None
    once: deque[Toxic] = field(default_factory=deque)
    struck: int = 0
    pairs: set[Pair] = field(default_factory=set)
    _listening: asyncio.Server | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def url(self) -> str:
        """The server's address by way of this proxy."""
        assert self._listening is not None
        port = self._listening.sockets[0].getsockname()[1]
        plain = strip_driver(self.server_url).difference_update_query(["host", "port"])
        # Nobody listens to what becomes of asyncpg's wish for TLS where an attempt is given up.
        plain = plain.update_query_dict({"application_name": PROXIED, "sslmode": "disable"})
        return plain.set(host="127.0.0.1", port=port).render_as_string(hide_password=False)

    async def __aenter__(self) -> Self:
        self._listening = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._listening is not None
        self._listening.close()
        self.strike()
        for each in self._tasks:
            each.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def poison(self, toxic: Toxic) -> None:
        """Let the network misbehave in this way; what breaks connections breaks the open ones."""
        self.toxic = toxic
        if toxic in (Toxic.RESET, Toxic.DOWN):
            self.strike()
        if toxic is Toxic.BLACK_HOLE:
            for each in self.pairs:
                each.is_swallowed = True

    def heal(self) -> None:
        """Let the network be good again; connections that were swallowed stay dead."""
        self.toxic = None
        self.once.clear()

    def strike(self) -> None:
        """Reset everything that is open."""
        for each in tuple(self.pairs):
            each.reset()

    async def _accept(self, reader: StreamReader, near: StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await self._serve(reader, near)
        except BROKEN:
            near.transport.abort()
        finally:
            self._tasks.discard(task)

    async def _serve(self, reader: StreamReader, near: StreamWriter) -> None:
        if self.toxic in (Toxic.RESET, Toxic.DOWN):
            near.transport.abort()
            return
        answers, far = await self._behind()
        pair = Pair(near, far, is_swallowed=self.toxic is Toxic.BLACK_HOLE)
        self.pairs.add(pair)
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
            self.pairs.discard(pair)

    async def _behind(self) -> tuple[StreamReader, StreamWriter]:
        to = strip_driver(self.server_url)
        host, port = to.query.get("host", to.host), to.query.get("port", to.port)
        if str(host).startswith("/"):
            return await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
        return await asyncio.open_connection(str(host), int(str(port or 5432)))

    async def _pump(self, pair: Pair, reader: StreamReader, writer: StreamWriter) -> None:
        with suppress(Cut, *BROKEN):
            while chunk := await reader.read(65_536):
                commits = writer is pair.far and pair.commits(chunk)
                toxic = self.once.popleft() if commits and self.once else self.toxic
                if commits and toxic in CUTS:
                    await self._cut(pair, chunk, toxic)
                elif not pair.is_swallowed:
                    await self._pass(chunk, writer, toxic)

    async def _cut(self, pair: Pair, chunk: bytes, toxic: Toxic | None) -> None:
        """End the connection as it commits; the API never hears whether that was heard."""
        self.struck += 1
        pair.is_swallowed = True
        if toxic is Toxic.CUT_AFTER_COMMIT:
            pair.far.write(chunk)
            await pair.far.drain()
            await asyncio.sleep(0.02)
        raise Cut

    @staticmethod
    async def _pass(chunk: bytes, writer: StreamWriter, toxic: Toxic | None) -> None:
        size = 7 if toxic is Toxic.SLICER else len(chunk)
        if toxic is Toxic.LATENCY:
            await asyncio.sleep(0.01)
        if toxic is Toxic.BANDWIDTH:
            await asyncio.sleep(len(chunk) / 100_000)
        for start in range(0, len(chunk), size):
            writer.write(chunk[start : start + size])
            await writer.drain()
