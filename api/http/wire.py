"""What every route and stream shares: the engine, who may call it, and whether we are leaving."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Protocol, TypeVar

from starlette.types import Receive

from api.http.admission import Admission
from api.http.bodies import Gone
from api.http.refusals import HttpRefusal
from api.identity import Caller
from api.kernel.execution import Answer, Request
from api.settings import Settings
from api.telemetry.exchange import Exchange, operation_kind
from api.telemetry.logs import LOG
from api.telemetry.metrics import Metrics
from api.telemetry.traces import Traces

# Most requests are answered sooner, and cost no task that waits for a client to leave.
_PATIENCE = 0.05

Result = TypeVar("Result")

Events = AsyncIterator[bytes]
"""The events of one subscription, each a whole JSON document."""


class Engine(Protocol):
    """What answers an operation: the real engine, or a small one in the tests of the wire."""

    async def answer(
        self, request: Request, caller: Caller, *, request_id: str, mutations: bool = True
    ) -> Answer:
        """Run one query or mutation."""
        ...

    async def subscribe(
        self, request: Request, caller: Caller, *, request_id: str
    ) -> Events | Answer:
        """Begin a subscription, or run an operation of another type at once."""
        ...


class Verifier(Protocol):
    """What tells who calls from an Authorization header."""

    async def caller(self, authorization: str | None) -> Caller:
        """The caller whose token this is. Raises Unauthenticated."""
        ...

    def known(self, authorization: str) -> Caller | None:
        """The caller, where this token was verified before."""
        ...


@dataclass(frozen=True)
class Somebody:
    """A person to be in GraphiQL, with a token that is ready."""

    name: str
    role: str
    tenant: str
    token: str


People = Callable[[], Awaitable[list[Somebody]]]
Ready = Callable[[], Awaitable[Mapping[str, str]]]


async def nothing_to_check() -> Mapping[str, str]:
    """Readiness of a process that depends on nothing."""
    return {}


@dataclass
class Wire:
    """The shared parts of one process's wire.

    `ready` maps each part that is not ready to the reason; `people` are offered by GraphiQL.
    """

    engine: Engine
    verifier: Verifier
    settings: Settings
    metrics: Metrics = field(default_factory=Metrics)
    traces: Traces = field(default_factory=Traces)
    ready: Ready = nothing_to_check
    people: People | None = None
    draining: asyncio.Event = field(default_factory=asyncio.Event)
    admission: Admission = field(init=False)
    _told_at: float = 0.0

    def __post_init__(self) -> None:
        self.admission = Admission(self.settings.in_flight)
        self.metrics.watch_work(lambda: self.working)
        self.metrics.watch_line(lambda: self.admission.waiting)

    @property
    def working(self) -> int:
        """How many operations are being worked on."""
        return self.admission.working

    def admitted(self, request: Request, caller: Caller) -> AbstractAsyncContextManager[None]:
        """Around the work on one operation. Raises Busy where no place comes free in time."""
        is_change = operation_kind(request.query) == "mutation"
        return self.admission.place(caller.tenant_id, is_change=is_change)

    def turned_away(self, exchange: Exchange) -> None:
        """Count a refusal for want of places, and log one line a second, whatever the load."""
        self.metrics.count(exchange)
        now = monotonic()
        if now - self._told_at >= 1:
            self._told_at = now
            LOG.warning("requests are turned away", so_far=self.admission.shed)

    @asynccontextmanager
    async def deadline(self) -> AsyncIterator[None]:
        """Around everything that a request waits for."""
        try:
            async with asyncio.timeout(self.settings.request_timeout):
                yield
        except TimeoutError:
            message = "It took too long. Ask for less at once, or try again."
            raise HttpRefusal(503, "TIMEOUT", message, {"retry-after": "1"}) from None

    def may_call_from(self, origin: str | None, host: str | None) -> bool:
        """Whether a browser's page of this origin may open a stream here; others send none."""
        allowed = self.settings.allowed_origins
        if origin is None or "*" in allowed or origin in allowed:
            return True
        return host is not None and origin.partition("://")[2] == host


async def while_connected(receive: Receive, work: Awaitable[Result]) -> Result:
    """Wait for the work, and cancel it when the client goes away. Raises Gone then."""
    loop = asyncio.get_running_loop()
    task = asyncio.current_task()
    watcher: asyncio.Task[None] | None = None
    is_gone = False

    async def watch() -> None:
        nonlocal is_gone
        while (await receive())["type"] != "http.disconnect":
            pass
        is_gone = True
        if task is not None:
            task.cancel()

    def begin_to_watch() -> None:
        nonlocal watcher
        watcher = loop.create_task(watch())

    timer = loop.call_later(_PATIENCE, begin_to_watch)
    try:
        return await work
    except asyncio.CancelledError:
        if not is_gone or task is None:
            raise
        task.uncancel()
        raise Gone from None
    finally:
        timer.cancel()
        if watcher is not None:
            watcher.cancel()
