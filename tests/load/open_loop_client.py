"""An open-loop client: requests come when they come, whether or not earlier ones were answered.

It is to cost as little as can be, for it shares the machine with the server that it tries.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import cast

MOST_CONNECTIONS = 1_500
SECONDS_TO_ANSWER = 10.0
SECONDS_TO_KEEP = 15.0
"""A server closes what has been idle for long, maybe just as somebody makes use of it again."""

SECONDS_OF_USE = 1.0
"""Whoever has waited longer has gone, and the answer is of no use to anybody."""

Told = Callable[[int], None]


@dataclass
class Weather:
    """How a stretch of requests was answered: statuses, and seconds by status."""

    seconds: float
    statuses: Counter[int] = field(default_factory=Counter)
    waits: dict[int, list[float]] = field(default_factory=dict)

    def note(self, status: int, seconds: float) -> None:
        """Count an answer; a status of 0 is none."""
        self.statuses[status] += 1
        self.waits.setdefault(status, []).append(seconds)

    @property
    def goodput(self) -> float:
        """Useful answers a second: those that came in time."""
        return sum(each <= SECONDS_OF_USE for each in self.waits.get(200, ())) / self.seconds

    def percentile(self, status: int, share: float) -> float:
        """How long answers of this status took, in seconds."""
        waits = sorted(self.waits.get(status, [0.0]))
        return waits[min(len(waits) - 1, int(len(waits) * share))]


class Line(asyncio.Protocol):
    """A connection that carries one request at a time, and tells the status of its answer."""

    def __init__(self) -> None:
        self._told: Told | None = None
        self._read = b""
        self._transport: asyncio.Transport | None = None
        self._used_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def ask(self, request: bytes, told: Told) -> None:
        """Send a request; `told` hears of the answer, or of 0 where the connection is lost."""
        assert self._transport is not None
        self._told, self._used_at = told, time.monotonic()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._read += data
        head, blank, body = self._read.partition(b"\r\n\r\n")
        if not blank:
            return
        length = head.partition(b"\r\ncontent-length: ")[2].partition(b"\r\n")[0]
        if len(body) >= int(length):
            self._read = b""
            self._end(int(head[9:12]))

    def connection_lost(self, _: Exception | None) -> None:
        self._transport = None
        self._end(0)

    def close(self) -> None:
        """Let go."""
        if self._transport is not None:
            self._transport.close()

    @property
    def is_open(self) -> bool:
        """Whether another request may be sent."""
        is_young = time.monotonic() - self._used_at < SECONDS_TO_KEEP
        return self._transport is not None and is_young

    def _end(self, status: int) -> None:
        told, self._told = self._told, None
        if told is not None:
            told(status)


class Storm:
    """Sends requests of several callers to one server over connections that stay open."""

    def __init__(self, host: str, port: int, requests: Sequence[bytes]) -> None:
        self._address = host, port
        self._requests = requests
        self._lines: set[Line] = set()
        self._idle: list[Line] = []
        self._connecting: set[asyncio.Task[None]] = set()
        self._sent = 0

    async def closed(self, connections: int, seconds: float) -> Weather:
        """So many clients, each of which waits for its answer."""
        weather, until = Weather(seconds), time.monotonic() + seconds

        async def client() -> None:
            while (began := time.monotonic()) < until:
                answered = asyncio.get_running_loop().create_future()
                self._send(answered.set_result)
                weather.note(await answered, time.monotonic() - began)

        await asyncio.gather(*(client() for _ in range(connections)))
        return weather

    async def open(self, rate: float, seconds: float) -> Weather:
        """So many requests a second, whatever becomes of them."""
        weather, began = Weather(seconds), time.monotonic()
        total = int(rate * seconds)

        def note(due: float) -> Told:
            return lambda status: weather.note(status, time.monotonic() - due)

        for number in range(total):
            due = began + number / rate
            if (early := due - time.monotonic()) > 0:
                await asyncio.sleep(early)
            elif number % 20 == 0:
                await asyncio.sleep(0)
            self._send(note(due))
        until = time.monotonic() + SECONDS_TO_ANSWER
        while weather.statuses.total() < total and time.monotonic() < until:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        for _ in range(total - weather.statuses.total()):
            weather.note(0, SECONDS_TO_ANSWER)
        return weather

    async def close(self) -> None:
        """Let go of all connections."""
        for each in self._lines:
            each.close()
        await asyncio.sleep(0)

    def _send(self, told: Told) -> None:
        self._sent += 1
        request = self._requests[self._sent % len(self._requests)]
        while self._idle:
            line = self._idle.pop()
            if line.is_open:
                self._ask(line, request, told)
                return
            line.close()
            self._lines.discard(line)
        if len(self._lines) >= MOST_CONNECTIONS:
            told(0)
            return
        task = asyncio.create_task(self._connect(request, told))
        self._connecting.add(task)
        task.add_done_callback(self._connecting.discard)

    async def _connect(self, request: bytes, told: Told) -> None:
        line = Line()
        self._lines.add(line)
        try:
            loop = asyncio.get_running_loop()
            await loop.create_connection(lambda: line, *self._address)
        except OSError:
            self._lines.discard(line)
            told(0)
        else:
            self._ask(line, request, told)

    def _ask(self, line: Line, request: bytes, told: Told) -> None:
        def ended(status: int) -> None:
            (self._idle.append if status else self._lines.discard)(line)
            told(status)

        line.ask(request, ended)


def a_request(host: str, token: str, query: bytes) -> bytes:
    """One POST, whole."""
    return b"".join(
        (
            f"POST /graphql HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {token}\r\n".encode(),
            b"accept: application/graphql-response+json\r\ncontent-type: application/json\r\n",
            b"content-length: %d\r\n\r\n%b" % (len(query), query),
        )
    )
