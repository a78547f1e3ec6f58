"""The shared parts of one server process: engine, authentication, limits, telemetry."""

import asyncio
import re
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Protocol, TypeVar
from uuid import UUID

from starlette.types import Receive, Scope

from api.bulk_processing.transfers import Transfers
from api.errors import RequestError
from api.http.client_address import find_client_address
from api.http.overload.body_reads import BodyReadLimiter
from api.http.overload.concurrency_limiter import ConcurrencyLimiter, Slot
from api.http.overload.refusal_delay import RefusalDelay
from api.http.request_parsing import (
    ClientDisconnected,
    count_values,
    get_announced_size,
    parse_body,
    read_body,
    require_batch,
)
from api.identity import Caller
from api.kernel.execution.changes import ChangeRunner, refuse_change
from api.kernel.execution.deadline import Deadline
from api.kernel.execution.engine import Request, Response
from api.oauth.token_endpoint import TokenSource, issue_no_token
from api.respond.responding import Responder, find_no_form
from api.settings import Settings
from api.telemetry.logs import LOG
from api.telemetry.metrics import Metrics
from api.telemetry.request_record import RequestRecord, guess_operation_kind
from api.telemetry.tracing import Tracer
from domain.service_clients import Address, Network, parse_networks
from persistence.kernel.loop_turns import begin_turn
from persistence.platform.measuring import RequestCounts
from persistence.reading.cpu_worker import run_in_worker

# Most requests finish sooner, and then need no task that watches for a disconnect.
_DISCONNECT_WATCH_DELAY = 0.05

MAX_VALUES_ON_LOOP = 2_000
"""A body with more values is parsed in the worker: 30,000 objects take 7 ms."""

LOCAL_ORIGIN = re.compile(r"https?://(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?")
"""The origins of pages of this machine, which may call the API outside production."""

Result = TypeVar("Result")

Events = AsyncIterator[bytes]
"""The events of one subscription, each a whole JSON document."""


class GraphQLExecutor(Protocol):
    """The executor of queries and mutations."""

    async def execute(
        self, request: Request, caller: Caller, *, request_id: str, may_mutate: bool = True
    ) -> Response:
        """Execute one query or mutation."""
        ...


class GraphQLEngine(GraphQLExecutor, Protocol):
    """The executor of all operations: the engine, or a stub in the tests of HTTP."""

    async def subscribe(
        self, request: Request, caller: Caller, *, request_id: str
    ) -> Events | Response:
        """Start a subscription, or execute an operation of another type at once."""
        ...


class Authenticator(Protocol):
    """The authentication of Authorization headers."""

    async def authenticate(
        self, authorization: str | None, address: Address | None = None
    ) -> Caller:
        """Verify the token or the key and return its caller. Raises Unauthenticated."""
        ...

    def find_cached_caller(self, authorization: str) -> Caller | None:
        """Return the caller if this token was verified before, or None."""
        ...


class FileTransfers(Protocol):
    """The transfers of files that belong to no tenant."""

    async def store(
        self, caller: Caller, id: UUID, offset: int, data: bytes, request_id: str
    ) -> int:
        """Store the next bytes of a file; return how many have arrived. Raises RequestError."""
        ...

    async def open_download(self, caller: Caller, id: UUID, request_id: str) -> Path:
        """Return the path of a file that the caller may read. Raises RequestError."""
        ...


class Graph(Protocol):
    """A graph beside that of tenants, with callers of its own."""

    @property
    def engine(self) -> GraphQLExecutor:
        """The executor of its operations."""

    @property
    def authenticator(self) -> Authenticator:
        """The authentication of its callers."""

    @property
    def transfers(self) -> FileTransfers:
        """The transfers of its files."""

    @property
    def request_counts(self) -> RequestCounts:
        """The requests of each tenant that are not stored yet."""


@dataclass(frozen=True)
class DemoUser:
    """A user of the demo, offered by GraphiQL with a valid token."""

    name: str
    role: str
    tenant: str
    token: str


DemoUserSource = Callable[[], Awaitable[list[DemoUser]]]
ReadinessCheck = Callable[[], Awaitable[Mapping[str, str]]]


async def report_ready() -> Mapping[str, str]:
    """Report a process that depends on nothing as ready."""
    return {}


@dataclass
class ServerContext:
    """The shared parts of one server process.

    `check_readiness` returns the reason for each part that is not ready, and
    `list_failed_databases` that for each database without which the process goes on. GraphiQL
    offers the users of `list_demo_users`. `draining` is set when the process begins to shut down.
    `respond` serves the links of people without an account, and `issue_client_token` the token
    endpoint of service clients. `run_change` runs the use cases of SCIM, and `transfers` those of
    files. `platform` is the graph of operators, or None where the process does not serve it.
    `sealing_secret` signs links. Streams measure the lifetime of their tokens with `now` and
    `sleep`.
    """

    engine: GraphQLEngine
    authenticator: Authenticator
    settings: Settings
    metrics: Metrics = field(default_factory=Metrics)
    tracer: Tracer = field(default_factory=Tracer)
    check_readiness: ReadinessCheck = report_ready
    list_failed_databases: Callable[[], Mapping[str, str]] = dict
    list_demo_users: DemoUserSource | None = None
    render_sdl: Callable[[], str] = lambda: ""
    respond: Responder = find_no_form
    issue_client_token: TokenSource = issue_no_token
    run_change: ChangeRunner = refuse_change
    transfers: Transfers = field(default_factory=Transfers)
    platform: Graph | None = None
    render_platform_sdl: Callable[[], str] = lambda: ""
    sealing_secret: str = field(default_factory=secrets.token_hex, repr=False)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    draining: asyncio.Event = field(default_factory=asyncio.Event)
    limiter: ConcurrencyLimiter = field(init=False)
    body_reads: BodyReadLimiter = field(init=False)
    refusal_delay: RefusalDelay = field(init=False)
    _trusted_proxies: tuple[Network, ...] = field(init=False)
    _rejection_logged_at: float = 0.0
    _rejection_count: int = 0

    def __post_init__(self) -> None:
        self._trusted_proxies = parse_networks(self.settings.trusted_proxies)
        self.limiter = ConcurrencyLimiter(self.settings.in_flight)
        self.body_reads = BodyReadLimiter(self.settings.in_flight)
        self.refusal_delay = RefusalDelay(is_enabled=self.settings.caller_budget > 0)
        self.metrics.watch_in_flight(lambda: self.active)
        self.metrics.watch_queue(lambda: self.limiter.queue_length)

    def require_platform(self) -> Graph:
        """Return the graph of operators. Raises RequestError where it is not served."""
        if self.platform is None:
            message = "This process does not serve the platform. Set TRELLIS_PLATFORM_URL."
            raise RequestError("NOT_FOUND", message, 404)
        return self.platform

    @property
    def active(self) -> int:
        """Return the number of operations that are being executed."""
        return self.limiter.active

    async def authenticate(self, scope: Scope, authorization: str | None) -> Caller:
        """Return the caller of a request with such a header. Raises Unauthenticated."""
        return await self.authenticator.authenticate(authorization, self.find_address(scope))

    def find_address(self, scope: Scope) -> Address | None:
        """Return the address of the client, or None where it is not known."""
        return find_client_address(scope, self._trusted_proxies)

    def acquire_slot(self, request: Request, caller: Caller) -> Slot:
        """Hold a slot for the block. Raises OverloadError if none is free in time."""
        is_mutation = guess_operation_kind(request.query) == "mutation"
        return self.limiter.acquire(caller.tenant_id, is_mutation=is_mutation)

    async def read_post_request(
        self, receive: Receive, headers: Mapping[str, str], caller: Caller
    ) -> Request:
        """Read the request in the body of a POST. Raises RequestError."""
        limit, batch_limit = self.settings.body_limit, self.settings.batch_body_limit
        if not limit < get_announced_size(headers) <= batch_limit:
            with self.body_reads.admit(caller):
                body = await read_body(receive, headers, max_bytes=limit)
            return await _parse_in_turn(body, headers, caller)
        with self.body_reads.admit(caller), self.body_reads.admit_batch(caller):
            batch = await read_body(receive, headers, max_bytes=batch_limit)
            require_batch(batch, limit)
            request = await _parse_in_turn(batch, headers, caller)
        require_batch(request.query, limit)
        return request

    def record_rejection(self, record: RequestRecord) -> None:
        """Count a request that was rejected for overload; log at most one line per second."""
        self.metrics.count_request(record)
        self._rejection_count += 1
        now = monotonic()
        if now - self._rejection_logged_at >= 1:
            self._rejection_logged_at = now
            LOG.warning("requests rejected for overload", so_far=self._rejection_count)

    async def handle_request(
        self, record: RequestRecord, handle: Callable[[], Awaitable[Result]]
    ) -> Result:
        """Handle a request that is counted and has a deadline. Raises a refusal after its delay."""
        try:
            with self.limiter.admit_request(), self.enforce_deadline():
                return await handle()
        except RequestError as refusal:
            await self.refusal_delay.wait(record.tenant_id, refusal.status)
            raise

    def enforce_deadline(self) -> Deadline:
        """Raise RequestError if the block takes longer than the request timeout."""
        return Deadline(self.settings.request_timeout)

    def is_origin_allowed(self, origin: str | None, host: str | None) -> bool:
        """Return whether pages of this origin may open a WebSocket. Only browsers send one."""
        allowed = self.settings.allowed_origins
        if origin is None or "*" in allowed or origin in allowed:
            return True
        if not self.settings.production and LOCAL_ORIGIN.fullmatch(origin):
            return True
        return host is not None and origin.partition("://")[2] == host


async def _parse_in_turn(body: bytes, headers: Mapping[str, str], caller: Caller) -> Request:
    """Parse a body in the turn of its tenant, in the worker if it has many values."""
    if count_values(body) > MAX_VALUES_ON_LOOP:
        return await run_in_worker(caller.tenant_id, lambda: parse_body(body, headers))
    return await begin_turn(caller.tenant_id).run(lambda: parse_body(body, headers))


async def run_while_connected(receive: Receive, operation: Awaitable[Result]) -> Result:
    """Await an operation; cancel it if the client disconnects. Raises ClientDisconnected then."""
    loop = asyncio.get_running_loop()
    task = asyncio.current_task()
    watcher: asyncio.Task[None] | None = None
    is_disconnected = False

    async def watch_connection() -> None:
        nonlocal is_disconnected
        while (await receive())["type"] != "http.disconnect":
            pass
        is_disconnected = True
        if task is not None:
            task.cancel()

    def start_watching() -> None:
        nonlocal watcher
        watcher = loop.create_task(watch_connection())

    timer = loop.call_later(_DISCONNECT_WATCH_DELAY, start_watching)
    try:
        return await operation
    except asyncio.CancelledError:
        if not is_disconnected or task is None:
            raise
        task.uncancel()
        raise ClientDisconnected from None
    finally:
        timer.cancel()
        if watcher is not None:
            watcher.cancel()
