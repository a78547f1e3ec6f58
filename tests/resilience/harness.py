"""All of Trellis in this process, over a database that may be unreachable, and its clients."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import httpx

from api.app import open_application
from api.commands import tenants
from api.commands.database_url import Database
from api.http.routes import build_application
from api.http.server_context import ServerContext
from api.identity.built_in_issuer import issue_token
from api.settings import Settings
from persistence.embedded import DatabaseUrls
from persistence.kernel.pools import connect
from tests.resilience.proxy import PROXY_APPLICATION_NAME

Json = dict[str, Any]

REQUEST_TIMEOUT = 2.0
"""Seconds that a request may take here."""

UNLIMITED_BUDGETS: Json = {
    "request_timeout": REQUEST_TIMEOUT,
    "caller_budget": 0,
    "tenant_budget": 0,
}

CREATE_GOAL = """
mutation($input: GoalCreateInput!) {
  goalCreate(input: $input) { goal { id title version } errors { code message } }
}"""
LIST_TITLES = """
query($after: String) {
  goals(first: 100, after: $after) { nodes { title } pageInfo { hasNextPage endCursor } }
}"""
READ_VIEWER = "{ viewer { person { id name } } }"


@dataclass(frozen=True)
class Outcome:
    """The outcome of a request, and its time. A status of 0 is no answer at all."""

    status: int
    body: Json
    seconds: float
    retry_after: str | None = None

    @property
    def code(self) -> str | None:
        """The first error's code."""
        errors = self.body.get("errors")
        return str(errors[0]["extensions"]["code"]) if errors else None

    @property
    def is_acknowledged(self) -> bool:
        """Whether a change was acknowledged."""
        payloads = (self.body.get("data") or {}).values()
        return bool(payloads) and all(each and each.get("errors") == [] for each in payloads)

    @property
    def is_unread(self) -> bool:
        """Whether a change was committed, and its object could not be read."""
        payloads = (self.body.get("data") or {}).values()
        codes = [error["code"] for each in payloads if each for error in each.get("errors", ())]
        return codes == ["COMMITTED_NOT_READ"]


@dataclass
class Client:
    """An HTTP client of one member of one tenant."""

    http: httpx.AsyncClient
    token: str
    slug: str

    async def execute(self, query: str, *, key: str | None = None, **variables: Any) -> Outcome:
        """Execute one operation; return its outcome."""
        headers = {
            "authorization": f"Bearer {self.token}",
            "accept": "application/graphql-response+json",
        }
        if key is not None:
            headers["idempotency-key"] = key
        begun = time.monotonic()
        body = {"query": query, "variables": variables}
        try:
            response = await self.http.post("/graphql", json=body, headers=headers)
        except httpx.TransportError:
            return Outcome(0, {}, time.monotonic() - begun)
        seconds = time.monotonic() - begun
        retry_after = response.headers.get("retry-after")
        return Outcome(response.status_code, response.json(), seconds, retry_after)

    async def create_goal(self, title: str, *, key: str | None = None) -> Outcome:
        """Create a goal of the member."""
        goal = {"title": title, "dueOn": "2031-01-31"}
        return await self.execute(CREATE_GOAL, key=key, input=goal)

    async def list_titles(self) -> list[str]:
        """List the titles of all goals."""
        found: list[str] = []
        after = None
        while True:
            answer = await self.execute(LIST_TITLES, after=after)
            if answer.status != 200:
                await asyncio.sleep(0.1)  # the connection was to somebody who has gone
                continue
            page = answer.body["data"]["goals"]
            found += [each["title"] for each in page["nodes"]]
            if not page["pageInfo"]["hasNextPage"]:
                return found
            after = page["pageInfo"]["endCursor"]


@dataclass
class Harness:
    """The process under test."""

    server_context: ServerContext
    settings: Settings
    database: Database
    http: httpx.AsyncClient

    async def create_client(self, location: str | None = None) -> Client:
        """Create a tenant without the proxy; return a client of its admin."""
        return await a_client(self.database, self.settings, self.http, location)

    async def wait_for_recovery(self, client: Client, within: float = 5.0) -> float:
        """Wait until reads and changes work again; return the seconds."""
        begun = time.monotonic()
        while time.monotonic() - begun < within:
            read, changed = (
                await client.execute(READ_VIEWER),
                await client.create_goal("After the storm"),
            )
            if read.status == changed.status == 200 and changed.is_acknowledged:
                return time.monotonic() - begun
            await asyncio.sleep(0.05)
        raise AssertionError(f"Not back within {within} seconds: {read}, {changed}.")

    async def wait_for_idle_pools(self) -> None:
        """Wait until all connections are idle. Fails where one is lost."""
        stores = self.server_context.engine.stores  # type: ignore[attr-defined]
        pools: list[asyncpg.Pool] = [stores.reader.pool, stores.write_pool]
        until = time.monotonic() + 5
        while True:
            lent = (
                *(each.get_size() - each.get_idle_size() for each in pools),
                self.server_context.active,
            )
            if lent == (0, 0, 0):
                return
            assert time.monotonic() < until, f"Still lent or working: {lent}."
            await asyncio.sleep(0.05)


async def a_client(
    database: Database, settings: Settings, http: httpx.AsyncClient, location: str | None = None
) -> Client:
    """Create a tenant in a database; return a client of its admin."""
    slug = f"t{uuid4().hex[:12]}"
    admin = tenants.FirstAdmin("Ada", "Okafor", f"ada@{slug}.example")
    await tenants.create_tenant(database, settings, slug, "Okafor & Co", admin, location=location)
    return Client(http, issue_token(settings, slug, admin.work_email), slug)


@asynccontextmanager
async def a_trellis(
    addresses: DatabaseUrls,
    directory: Path,
    serving: str | None = None,
    others: Mapping[str, Database] | None = None,
    **settings: Any,
) -> AsyncIterator[Harness]:
    """Open all of Trellis without a socket, over the usual address or another one.

    Commands reach the `others`; the process reaches the databases of its settings.
    """
    told = Settings(directory=directory, port=0, **UNLIMITED_BUDGETS | settings)
    async with open_application(told, serving or addresses.serving) as wire:
        transport = httpx.ASGITransport(build_application(wire))
        async with httpx.AsyncClient(transport=transport, base_url="http://trellis") as http:
            database = Database(addresses.serving, addresses.owner, others or {})
            yield Harness(wire, told, database, http)


async def list_backend_states(addresses: DatabaseUrls) -> list[str]:
    """List the states of the server's connections that come through a proxy."""
    connection = await connect(addresses.serving)  # who may look into its own only
    try:
        rows = await connection.fetch(
            "SELECT state FROM pg_stat_activity WHERE application_name = $1", PROXY_APPLICATION_NAME
        )
        return [str(row["state"]) for row in rows]
    finally:
        await connection.close()
