"""An open-loop client: it sends at a fixed rate, whether or not earlier requests were answered.

It uses little CPU, because it shares the machine with the server under test.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import cast

MAX_CONNECTIONS = 1_500
ANSWER_TIMEOUT = 10.0
KEEP_ALIVE_TIMEOUT = 15.0
"""Shorter than the server's: it could close an idle connection just as it is used again."""

MAX_USEFUL_LATENCY = 1.0
"""A later answer is useless, because the user has gone."""

StatusCallback = Callable[[int], None]


@dataclass
class LoadResult:
    """The results of one load level: counts by status, and latencies in seconds by status."""

    duration: float
    statuses: Counter[int] = field(default_factory=Counter)
    latencies: dict[int, list[float]] = field(default_factory=dict)

    def record(self, status: int, seconds: float) -> None:
        """Record an answer; a status of 0 is none."""
        self.statuses[status] += 1
        self.latencies.setdefault(status, []).append(seconds)

    @property
    def goodput(self) -> float:
        """The useful answers a second."""
        return (
            sum(each <= MAX_USEFUL_LATENCY for each in self.latencies.get(200, ())) / self.duration
        )

    def percentile(self, status: int, share: float) -> float:
        """Return a percentile of the latencies of this status, in seconds."""
        waits = sorted(self.latencies.get(status, [0.0]))
        return waits[min(len(waits) - 1, int(len(waits) * share))]


class ClientConnection(asyncio.Protocol):
    """A connection that carries one request at a time, and reports the status of its answer."""

    def __init__(self) -> None:
        self._on_status: StatusCallback | None = None
        self._buffer = b""
        self._transport: asyncio.Transport | None = None
        self._used_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def send_request(self, request: bytes, told: StatusCallback) -> None:
        """Send a request; call back with the status, or 0 where the connection is lost."""
        assert self._transport is not None
        self._on_status, self._used_at = told, time.monotonic()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, blank, body = self._buffer.partition(b"\r\n\r\n")
        if not blank:
            return
        length = head.partition(b"\r\ncontent-length: ")[2].partition(b"\r\n")[0]
        if len(body) >= int(length):
            self._buffer = b""
            self._finish(int(head[9:12]))

    def connection_lost(self, _: Exception | None) -> None:
        self._transport = None
        self._finish(0)

    def close(self) -> None:
        """Close the connection."""
        if self._transport is not None:
            self._transport.close()

    @property
    def is_open(self) -> bool:
        """Whether another request may be sent."""
        is_young = time.monotonic() - self._used_at < KEEP_ALIVE_TIMEOUT
        return self._transport is not None and is_young

    def _finish(self, status: int) -> None:
        told, self._on_status = self._on_status, None
        if told is not None:
            told(status)


class OpenLoopClient:
    """A client of one server, for several callers over persistent connections."""

    def __init__(self, host: str, port: int, requests: Sequence[bytes]) -> None:
        self._address = host, port
        self._requests = requests
        self._connections: set[ClientConnection] = set()
        self._idle_connections: list[ClientConnection] = []
        self._connect_tasks: set[asyncio.Task[None]] = set()
        self._sent = 0

    async def run_closed_loop(self, connections: int, seconds: float) -> LoadResult:
        """Run this many clients, each of which waits for its answer."""
        weather, until = LoadResult(seconds), time.monotonic() + seconds

        async def client() -> None:
            while (began := time.monotonic()) < until:
                answered = asyncio.get_running_loop().create_future()
                self._send_request(answered.set_result)
                weather.record(await answered, time.monotonic() - began)

        await asyncio.gather(*(client() for _ in range(connections)))
        return weather

    async def run_open_loop(self, rate: float, seconds: float) -> LoadResult:
        """Send this many requests a second, whatever becomes of them."""
        weather, began = LoadResult(seconds), time.monotonic()
        total = int(rate * seconds)

        def note(due: float) -> StatusCallback:
            return lambda status: weather.record(status, time.monotonic() - due)

        for number in range(total):
            due = began + number / rate
            if (early := due - time.monotonic()) > 0:
                await asyncio.sleep(early)
            elif number % 20 == 0:
                await asyncio.sleep(0)
            self._send_request(note(due))
        until = time.monotonic() + ANSWER_TIMEOUT
        while weather.statuses.total() < total and time.monotonic() < until:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        for _ in range(total - weather.statuses.total()):
            weather.record(0, ANSWER_TIMEOUT)
        return weather

    async def close(self) -> None:
        """Close all connections."""
        for each in self._connections:
            each.close()
        await asyncio.sleep(0)

    def _send_request(self, told: StatusCallback) -> None:
        self._sent += 1
        request = self._requests[self._sent % len(self._requests)]
        while self._idle_connections:
            line = self._idle_connections.pop()
            if line.is_open:
                self._send_on(line, request, told)
                return
            line.close()
            self._connections.discard(line)
        if len(self._connections) >= MAX_CONNECTIONS:
            told(0)
            return
        task = asyncio.create_task(self._connect_and_send(request, told))
        self._connect_tasks.add(task)
        task.add_done_callback(self._connect_tasks.discard)

    async def _connect_and_send(self, request: bytes, told: StatusCallback) -> None:
        line = ClientConnection()
        self._connections.add(line)
        try:
            loop = asyncio.get_running_loop()
            await loop.create_connection(lambda: line, *self._address)
        except OSError:
            self._connections.discard(line)
            told(0)
        else:
            self._send_on(line, request, told)

    def _send_on(self, line: ClientConnection, request: bytes, told: StatusCallback) -> None:
        def ended(status: int) -> None:
            (self._idle_connections.append if status else self._connections.discard)(line)
            told(status)

        line.send_request(request, ended)


def a_request(host: str, token: str, query: bytes) -> bytes:
    """Build one POST request as bytes."""
    return b"".join(
        (
            f"POST /graphql HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {token}\r\n".encode(),
            b"accept: application/graphql-response+json\r\ncontent-type: application/json\r\n",
            b"content-length: %d\r\n\r\n%b" % (len(query), query),
        )
    )
