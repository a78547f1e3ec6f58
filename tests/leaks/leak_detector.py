"""A pytest plugin that searches everything that leaves Trellis for data of another tenant.

It searches for the markers of marked datasets and for every id in the database, each of which
belongs to one tenant, in answers, errors, events, HTTP bodies, metrics, log lines and stored rows.
A leak fails the run, whichever test it happened in.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import Uuid

from api.http.middleware import RequestMiddleware
from api.kernel.execution.engine import Engine, Response
from api.telemetry.metrics import Metrics
from persistence.kernel.pools import connect
from persistence.kernel.schema.tables import metadata
from tests.leaks.markers import MARKER_PATTERN, find_foreign_markers

UUID_PATTERN = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
MAX_SEEN_IDS = 2_000_000


class LeakDetector:
    """The ids seen so far, and the leaks found."""

    def __init__(self) -> None:
        self.leaks: list[str] = []
        self.check_count = 0
        self.seen_ids: set[tuple[UUID, bytes]] = set()
        self.copies: set[UUID] = set()
        """Tenants with the same ids: an object that one of them has deleted is still in others."""

    def check_response(self, body: bytes, tenant_id: UUID | None, asked: bytes, where: str) -> None:
        """Check a response to a caller of a tenant who sent this request."""
        self.check_count += 1
        if b"cnry" in body:
            for found in find_foreign_markers(body.decode("utf-8", "replace"), tenant_id):
                self.leaks.append(f"{where}: the marker of {found} in what goes to {tenant_id}")
        if tenant_id is not None and len(self.seen_ids) < MAX_SEEN_IDS:
            known = set(UUID_PATTERN.findall(asked))
            self.seen_ids |= {
                (tenant_id, each) for each in UUID_PATTERN.findall(body) if each not in known
            }

    def check_public_text(self, text: str, where: str) -> None:
        """Check a text that may hold no tenant's data: log lines and metrics."""
        self.check_count += 1
        if "cnry" in text and (found := MARKER_PATTERN.search(text)):
            self.leaks.append(f"{where}: the marker of {found[1]}")

    def check_ids(self, owners: dict[bytes, set[UUID]]) -> None:
        """Compare the tenants of the seen ids with the tenants that got them."""
        for tenant_id, id in self.seen_ids:
            whose = owners.get(id, {tenant_id})
            if not self.copies.isdisjoint(whose):
                whose = whose | self.copies
            if tenant_id not in whose:
                self.leaks.append(f"an answer: {id.decode()} of {whose} went to {tenant_id}")
        self.seen_ids.clear()

    @contextmanager
    def expect_leaks(self) -> Iterator[list[str]]:
        """Yield the leaks that are found inside the block, and do not fail for them."""
        before, self.leaks = self.leaks, []
        try:
            yield self.leaks
        finally:
            self.leaks = before


DETECTOR = LeakDetector()


def _instrument_engine() -> None:
    answer, subscribe = Engine.execute, Engine.subscribe

    @wraps(answer)
    async def answering(self: Any, request: Any, caller: Any, **more: Any) -> Response:
        given: Response = await answer(self, request, caller, **more)
        DETECTOR.check_response(given.body, caller.tenant_id, repr(request).encode(), "an answer")
        return given

    @wraps(subscribe)
    async def subscribing(self: Any, request: Any, caller: Any, **more: Any) -> Any:
        events = await subscribe(self, request, caller, **more)
        if isinstance(events, Response):
            DETECTOR.check_response(
                events.body, caller.tenant_id, repr(request).encode(), "a refusal"
            )
            return events
        return _CheckedEvents(events, caller.tenant_id, repr(request).encode())

    Engine.execute, Engine.subscribe = answering, subscribing  # type: ignore[method-assign]


class _CheckedEvents:
    """The events of a subscription, checked as they pass."""

    def __init__(self, events: Any, tenant_id: UUID, asked: bytes) -> None:
        self._events, self._tenant_id, self._request = events, tenant_id, asked

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        event: bytes = await anext(self._events)
        DETECTOR.check_response(event, self._tenant_id, self._request, "an event")
        return event

    def __getattr__(self, name: str) -> Any:
        return getattr(self._events, name)


def _instrument_http() -> None:
    call, page = RequestMiddleware.__call__, Metrics.render

    @wraps(call)
    async def calling(self: Any, scope: Any, receive: Any, send: Any) -> None:
        async def sending(message: Any) -> None:
            if message["type"] == "http.response.body" and b"cnry" in message.get("body", b""):
                tenant_id = getattr(scope.get("request_record"), "tenant_id", None)
                DETECTOR.check_response(message["body"], tenant_id, b"", "a body")
            await send(message)

        await call(self, scope, receive, sending)

    @wraps(page)
    def paging(self: Any) -> bytes:
        text = page(self)
        DETECTOR.check_public_text(text.decode(), "the metrics")
        return text

    RequestMiddleware.__call__, Metrics.render = calling, paging  # type: ignore[method-assign]


# -- pytest ------------------------------------------------------------------------------------


def pytest_configure() -> None:
    """Instrument Trellis before any test is collected."""
    if not hasattr(Engine.execute, "__wrapped__"):
        _instrument_engine()
        _instrument_http()


@pytest.hookimpl(hookwrapper=True)
def pytest_fixture_setup(fixturedef: Any) -> Iterator[None]:
    """Check the rows of the database before it is removed."""
    outcome = yield
    if fixturedef.argname == "addresses":
        addresses = outcome.get_result()  # type: ignore[attr-defined]
        fixturedef.addfinalizer(lambda: asyncio.run(_check_database(addresses.owner)))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Check the log lines that pytest captured."""
    for name, text in report.sections:
        DETECTOR.check_public_text(text, f"{name} of {report.nodeid}")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the run if any test leaked."""
    if DETECTOR.leaks:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print the number of checks and the leaks."""
    terminalreporter.write_line(
        f"canaries: {DETECTOR.check_count} looks, {len(DETECTOR.leaks)} leaks"
    )
    for leak in DETECTOR.leaks[:20]:
        terminalreporter.write_line(f"LEAK {leak}", red=True)


async def _check_database(owner_url: str) -> None:
    connection = await connect(owner_url)
    try:
        DETECTOR.check_ids(await _load_id_owners(connection))
    finally:
        await connection.close()


async def _load_id_owners(connection: asyncpg.Connection) -> dict[bytes, set[UUID]]:
    """Load the tenants of every id in the database; report stored rows with a foreign marker.

    Thousands of tenants are read together: the owner passes row-level security in a transaction
    that is rolled back.
    """
    owners: dict[bytes, set[UUID]] = {}
    transaction = connection.transaction()
    await transaction.start()
    try:
        for table in metadata.sorted_tables:
            if table.schema is None:
                await connection.execute(f"ALTER TABLE {table.name} NO FORCE ROW LEVEL SECURITY")
                await _check_table(connection, table, owners)
    finally:
        await transaction.rollback()
    return owners


async def _check_table(
    connection: asyncpg.Connection, table: Any, owners: dict[bytes, set[UUID]]
) -> None:
    if "id" in table.columns and isinstance(table.columns["id"].type, Uuid):
        for id, tenant_id in await connection.fetch(
            f"SELECT id::text, tenant_id FROM {table.name}"
        ):
            owners.setdefault(id.encode(), set()).add(tenant_id)
    marked = (
        f"SELECT kept::text, tenant_id FROM {table.name} AS kept"
        " WHERE kept::text ~ 'cnry[0-9a-f]{32}'"
    )
    for text, tenant_id in await connection.fetch(marked):
        for found in find_foreign_markers(text, tenant_id):
            DETECTOR.leaks.append(
                f"a row of {table.name}: the marker of {found} kept by {tenant_id}"
            )
