"""An open-loop client: requests come when they come, whether or not earlier ones were answered."""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

MOST_CONNECTIONS = 1_500
SECONDS_TO_ANSWER = 10.0

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass
class Weather:
    """How a stretch of requests was answered: statuses, and seconds by status."""

    seconds: float
    statuses: Counter[int] = field(default_factory=Counter)
    waits: dict[int, list[float]] = field(default_factory=dict)

    def note(self, status: int, seconds: float) -> None:
        """Count an answer."""
        self.statuses[status] += 1
        self.waits.setdefault(status, []).append(seconds)

    @property
    def goodput(self) -> float:
        """Useful answers a second."""
        return self.statuses[200] / self.seconds

    def percentile(self, status: int, share: float) -> float:
        """How long answers of this status took, in seconds."""
        waits = sorted(self.waits.get(status, [0.0]))
        return waits[min(len(waits) - 1, int(len(waits) * share))]


class Storm:
    """Sends requests of several callers to one server over connections that stay open."""

    def __init__(self, host: str, port: int, requests: Sequence[bytes]) -> None:
        self._address = host, port
        self._requests = requests
        self._idle: list[Connection] = []
        self._open = 0
        self._sent = 0

    async def closed(self, connections: int, seconds: float) -> Weather:
        """So many clients, each of which waits for its answer."""
        weather, until = Weather(seconds), time.monotonic() + seconds

        async def client() -> None:
            while time.monotonic() < until:
                await self._one(weather, time.monotonic())

        await asyncio.gather(*(client() for _ in range(connections)))
        return weather

    async def open(self, rate: float, seconds: float) -> Weather:
        """So many requests a second, whatever becomes of them."""
        weather, began = Weather(seconds), time.monotonic()
        running: set[asyncio.Task[None]] = set()
        for number in range(int(rate * seconds)):
            due = began + number / rate
            delay = due - time.monotonic()
            if delay > 0:
                await asyncio.sleep(delay)
            elif number % 50 == 0:
                await asyncio.sleep(0)
            task = asyncio.create_task(self._one(weather, due))
            running.add(task)
            task.add_done_callback(running.discard)
        await asyncio.gather(*running)
        return weather

    async def close(self) -> None:
        """Let go of all connections."""
        for _, writer in self._idle:
            writer.close()

    async def _one(self, weather: Weather, due: float) -> None:
        if not self._idle and self._open >= MOST_CONNECTIONS:
            weather.note(0, time.monotonic() - due)
            return
        try:
            async with asyncio.timeout(SECONDS_TO_ANSWER):
                connection = await self._connection()
                status = await self._ask(*connection)
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            self._open -= 1
            weather.note(0, time.monotonic() - due)
            return
        self._idle.append(connection)
        weather.note(status, time.monotonic() - due)

    async def _connection(self) -> Connection:
        if self._idle:
            return self._idle.pop()
        self._open += 1
        return await asyncio.open_connection(*self._address)

    async def _ask(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> int:
        self._sent += 1
        writer.write(self._requests[self._sent % len(self._requests)])
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
        return int(head.split(b" ", 2)[1])


def a_request(host: str, token: str, query: bytes) -> bytes:
    """One POST, whole."""
    return b"".join(
        (
            f"POST /graphql HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {token}\r\n".encode(),
            b"accept: application/graphql-response+json\r\ncontent-type: application/json\r\n",
            b"content-length: %d\r\n\r\n%b" % (len(query), query),
        )
    )
