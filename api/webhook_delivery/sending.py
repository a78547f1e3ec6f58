"""Sending of messages to addresses that a tenant chose, protected against request forgery.

The host is resolved once, all its addresses are judged, and the connection goes to a judged address
while TLS verifies the name. Redirects and proxies of the environment are not followed, and what
the receiver answers is not kept.
"""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from ipaddress import IPv4Network, IPv6Network

import httpx

from api.identity.ssrf_safe_fetch import Resolver, create_ssl_context
from domain.webhooks import Target, WebhookDeliveryOutcome, may_connect, parse_target

TIMEOUT = 10.0
"""Seconds for one message, with connecting."""

MAX_ANSWER = 65_536
"""Bytes of an answer that are read, and forgotten, so that the connection can be used again."""

GONE = 410
ONE_CONNECTION = httpx.Limits(max_connections=1)

RESOLVER_THREADS = 16
_RESOLVERS = ThreadPoolExecutor(RESOLVER_THREADS, "webhook-resolver")
"""Threads of their own. A resolver that waits for the name server of a tenant cannot be stopped,
and in the default threads it would stop ballots, key sets and new connections of everybody."""


@dataclass(frozen=True)
class Answer:
    """The result of sending one message."""

    outcome: WebhookDeliveryOutcome
    status_code: int | None = None
    retry_after: timedelta | None = None
    duration_ms: int = 0

    @property
    def has_arrived(self) -> bool:
        """Return whether the receiver accepted the message."""
        return self.outcome is WebhookDeliveryOutcome.DELIVERED


async def resolve_receiver(host: str, port: int) -> Sequence[str]:
    """Resolve a host to its IP addresses with the system's resolver."""
    look_up = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    found = await asyncio.get_running_loop().run_in_executor(_RESOLVERS, look_up)
    return tuple(str(address[0]) for *_, address in found)


@dataclass(frozen=True)
class Sender:
    """Sends messages. Networks in `allowed` may be private, and need no https."""

    allowed: Collection[IPv4Network | IPv6Network] = ()
    resolve: Resolver = resolve_receiver

    @asynccontextmanager
    async def open(self, url: str) -> AsyncIterator["Line"]:
        """Resolve and judge an address, for the messages of one block."""
        line = await self._find_line(url)
        try:
            yield line
        finally:
            await line.close()

    async def _find_line(self, url: str) -> "Line":
        target = parse_target(url)
        if target is None:
            return Line(None, (), WebhookDeliveryOutcome.ADDRESS_REFUSED)
        try:
            async with asyncio.timeout(TIMEOUT):
                found = await self.resolve(target.host, target.port)
        except (TimeoutError, OSError, ValueError):
            return Line(target, (), WebhookDeliveryOutcome.UNREACHABLE)
        is_allowed = may_connect(target, found, self.allowed)
        return Line(target, found, None if is_allowed else WebhookDeliveryOutcome.ADDRESS_REFUSED)


@dataclass(frozen=True)
class Line:
    """The way to one receiver. With a `refusal` nothing is sent.

    Each connection has a client of its own. One client for all compares all its connections for
    each message, which doubles the CPU time of eight.
    """

    target: Target | None
    addresses: Sequence[str]
    refusal: WebhookDeliveryOutcome | None = None
    _idle_clients: list[httpx.AsyncClient] = field(default_factory=list)

    async def close(self) -> None:
        """Close all connections."""
        for each in self._idle_clients:
            await each.aclose()

    @contextmanager
    def _borrow_client(self) -> Iterator[httpx.AsyncClient]:
        client = (
            self._idle_clients.pop()
            if self._idle_clients
            else httpx.AsyncClient(
                verify=create_ssl_context(), timeout=TIMEOUT, trust_env=False, limits=ONE_CONNECTION
            )
        )
        try:
            yield client
        finally:
            self._idle_clients.append(client)

    async def send(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send one message."""
        if self.refusal or self.target is None:
            return Answer(self.refusal or WebhookDeliveryOutcome.ADDRESS_REFUSED)
        started_at = time.monotonic()
        try:
            async with asyncio.timeout(TIMEOUT):
                answer = await self._send(self.target, body, headers)
        except (TimeoutError, httpx.TimeoutException):
            answer = Answer(WebhookDeliveryOutcome.TIMEOUT)
        except (OSError, httpx.HTTPError, httpx.InvalidURL, ValueError):
            answer = Answer(WebhookDeliveryOutcome.UNREACHABLE)
        duration = round((time.monotonic() - started_at) * 1_000)
        return Answer(answer.outcome, answer.status_code, answer.retry_after, duration)

    async def _send(self, target: Target, body: bytes, headers: Mapping[str, str]) -> Answer:
        for address in self.addresses[:-1]:
            try:
                return await self._send_to(address, target, body, headers)
            except httpx.ConnectError:
                continue
        return await self._send_to(self.addresses[-1], target, body, headers)

    async def _send_to(
        self, address: str, target: Target, body: bytes, headers: Mapping[str, str]
    ) -> Answer:
        host = f"[{address}]" if ":" in address else address
        url = f"{target.scheme}://{host}:{target.port}{target.path}"
        sent_headers = {
            **headers,
            "Host": target.host_header,
            "User-Agent": "Trellis-Webhooks",
            "Accept-Encoding": "identity",
        }
        names = {"sni_hostname": target.host}
        with self._borrow_client() as client:
            async with client.stream(
                "POST", url, content=body, headers=sent_headers, extensions=names
            ) as response:
                await _skip_body(response)
                outcome = (
                    WebhookDeliveryOutcome.DELIVERED
                    if response.is_success
                    else WebhookDeliveryOutcome.REFUSED
                )
                wish = parse_retry_after(response.headers.get("retry-after"), datetime.now(UTC))
                return Answer(outcome, response.status_code, wish)


async def _skip_body(response: httpx.Response) -> None:
    size = 0
    async for part in response.aiter_raw():
        size += len(part)
        if size > MAX_ANSWER:
            return


def parse_retry_after(text: str | None, now: datetime) -> timedelta | None:
    """Return the delay that a receiver asks for, in seconds or as a date (RFC 9110); else None."""
    if text is None:
        return None
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(int(text[:9]), 10**6))
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment - now if moment.tzinfo else None
