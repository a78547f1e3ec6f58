"""`python -m benchmarks.webhooks`: how many messages of webhooks arrive a second, and how late.

Some tenants have a webhook each, and one receiver on this machine gets all messages. Two workers
send a backlog of changes. Then changes are committed one after another, and each is timed from the
end of its commit to its arrival.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing import Pipe, Process
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import orjson
import typer

from api.commands.database_url import Database
from api.commands.tenants import create_tenant
from api.identity.built_in_issuer import load_sealing_secret
from api.identity.token_verifier import Caller
from api.kernel.execution.engine import Engine, Request
from api.kernel.execution.request_context import Stores
from api.schema import get_schema
from api.settings import Settings
from api.webhook_delivery.announcing import announce_changes
from benchmarks.changes import fill
from benchmarks.webhook_receiver import serve
from domain.kernel.identity import TenantId
from domain.platform import FirstAdmin
from persistence.embedded import DatabaseUrls, EmbeddedPostgres
from persistence.kernel.pools import Pool, create_read_pool, create_write_pool
from persistence.kernel.schema.migrations import migrate
from persistence.reading.reader import Reader

TARGET_RATE, TARGET_DELAY = 500, 2.0
"""Messages a second on two cores, and the seconds of the 95th percentile."""
TENANTS, WORKERS = 4, 2
EMAIL = "ada@okafor.example"
PAUSE = 0.05
"""Seconds between two changes that are timed."""
CREATE_WEBHOOK = """mutation($input: WebhookCreateInput!) {
  webhookCreate(input: $input) { webhook { id } errors { message } } }"""
CREATE_GOAL = """mutation($input: GoalCreateInput!) {
  goalCreate(input: $input) { goal { id } errors { message } } }"""


@dataclass
class Tenants:
    """Tenants, and the way of their first admins to them."""

    engine: Engine
    ids: Sequence[TenantId]

    async def ask(self, tenant: TenantId, document: str, **input: Any) -> Any:
        """Send a mutation of which nothing may be refused, and return its payload."""
        until = datetime.now(UTC) + timedelta(hours=1)
        caller = Caller(tenant, "bench", "https://issuer.example", EMAIL, until, "token")
        request = Request(document, {"input": input})
        response = await self.engine.execute(request, caller, request_id="bench")
        (payload,) = orjson.loads(response.body)["data"].values()
        assert payload["errors"] == [], payload["errors"]
        return payload

    async def create_goals(self, count: int) -> dict[str, float]:
        """Create goals one after another; return when each was committed, by its id."""
        committed = {}
        for n in range(count):
            input = {"title": f"Goal {n}", "dueOn": "2030-12-31"}
            payload = await self.ask(self.ids[n % TENANTS], CREATE_GOAL, **input)
            committed[payload["goal"]["id"]] = time.time()
            await asyncio.sleep(PAUSE)
        return committed


def main(messages: int = 8_000, timed: int = 300) -> None:
    """Send a backlog and some timed changes, and print the rate and the delays."""
    with tempfile.TemporaryDirectory() as directory:
        settings = Settings(directory=Path(directory))
        with EmbeddedPostgres(Path(directory) / "postgres", is_durable=False) as addresses:
            migrate(addresses.owner)
            asyncio.run(_measure(addresses, settings, messages, timed))


async def _measure(addresses: DatabaseUrls, settings: Settings, messages: int, timed: int) -> None:
    database = Database(addresses.serving, addresses.owner)
    admin = FirstAdmin("Ada", "Okafor", EMAIL)
    slugs = [f"bench{n}" for n in range(TENANTS)]
    ids = [(await create_tenant(database, settings, each, "B", admin)).id for each in slugs]
    async with (
        await create_read_pool(addresses.serving, max_size=1) as pool,
        await create_write_pool(addresses.serving, max_size=1) as writing,
    ):
        engine = Engine(get_schema(), Stores(Reader(pool), writing, load_sealing_secret(settings)))
        tenants = Tenants(engine, ids)
        with _receive() as (port, arrivals):
            await _prepare(tenants, writing, port, messages)
            with _work(settings.directory, addresses):
                arrived = await asyncio.to_thread(_collect, arrivals, messages)
                async with announce_changes(writing):  # as a serving process does
                    committed = await tenants.create_goals(timed)
                    late = await asyncio.to_thread(_collect, arrivals, timed)
    _report(arrived, committed, late)


async def _prepare(tenants: Tenants, writing: Pool, port: int, messages: int) -> None:
    url = f"http://127.0.0.1:{port}/"
    for each in tenants.ids:
        await tenants.ask(each, CREATE_WEBHOOK, name="Bench", url=url, types=["GOAL"])
        await fill(writing, each, messages // TENANTS)


@contextmanager
def _receive() -> Iterator[tuple[int, Connection]]:
    """Run a receiver; yield its port, and where the ids of objects come out with their times."""
    inlet, outlet = Pipe(duplex=False)
    process = Process(target=serve, args=(outlet,), daemon=True)
    process.start()
    try:
        yield inlet.recv(), inlet
    finally:
        process.kill()


@contextmanager
def _work(directory: Path, addresses: DatabaseUrls) -> Iterator[None]:
    """Run workers in processes of their own."""
    environment = os.environ | {
        "DATABASE_URL": addresses.owner,
        "TRELLIS_SERVING_URL": addresses.serving,
        "TRELLIS_DIRECTORY": str(directory),
        "TRELLIS_WEBHOOK_NETWORKS": "127.0.0.0/8",
        "TRELLIS_LOG_LEVEL": "error",
    }
    command = [str(Path(sys.executable).parent / "trellis"), "worker"]
    running = [
        subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
        for _ in range(WORKERS)
    ]
    try:
        yield
    finally:
        for each in running:
            each.terminate()
        for each in running:
            each.wait()


def _collect(arrivals: Connection, count: int) -> list[tuple[str, float]]:
    """Return the next messages about goals: the id of each, and the time of its arrival."""
    return [arrivals.recv() for _ in range(count)]


def _report(
    arrived: Sequence[tuple[str, float]],
    committed: dict[str, float],
    late: Sequence[tuple[str, float]],
) -> None:
    times = [at for _, at in arrived]
    rate = (len(times) - 1) / (max(times) - min(times))
    verdict = "met" if rate >= TARGET_RATE else "missed"
    print(f"{rate:,.0f} messages/s of a backlog; goal {TARGET_RATE}: {verdict}")
    delays = [at - committed[id] for id, at in late]
    slow = quantiles(delays, n=20)[-1]
    verdict = "met" if slow < TARGET_DELAY else "missed"
    print(
        f"from commit to arrival: median {median(delays):.2f} s, p95 {slow:.2f} s;"
        f" goal {TARGET_DELAY}: {verdict}"
    )


if __name__ == "__main__":
    typer.run(main)
