"""`make overload`: what becomes of useful work at once, twice and four times what can be done."""

import asyncio
import multiprocessing
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import orjson
import psutil
import uvloop

from api import tenancy
from api.app import opened
from api.database import Database
from api.http.routes import application
from api.identity.built_in import token
from api.server import Server
from api.settings import Settings
from api.telemetry.logs import configure_logs
from persistence.embedded import EmbeddedPostgres
from persistence.kernel.serving import migrate
from tests.overload.storm import Storm, Weather, a_request

SECONDS = float(os.environ.get("SECONDS_EACH", "10"))
TENANTS = 4
QUERY = orjson.dumps(
    {
        "query": "{viewer{person{name workEmail}} people(first:50){nodes{name jobTitle viewerCan}}"
        " roles(first:50){totalCount nodes{key name grants{permission population}}}"
        " organizations{nodes{name}} members{nodes{subject status}}}"
    }
)


def serve(settings: dict[str, Any], serving_url: str, port: Any) -> None:
    """The server, in a process of its own."""

    async def served() -> None:
        configure_logs(readable=False, stream=Path(os.devnull).open("w"))  # noqa: SIM115
        made = Settings(**settings)
        async with opened(made, serving_url) as wire:
            server = Server(application(wire), wire)
            task = asyncio.create_task(server.serve())
            while not server.started:
                await asyncio.sleep(0.05)
            port.value = server.servers[0].sockets[0].getsockname()[1]
            await task

    uvloop.run(served())


async def storm(port: int, tokens: list[str], process: psutil.Process) -> bool:
    """All the weather; whether the promises were kept."""
    sky = Storm("127.0.0.1", port, [a_request("localhost", each, QUERY) for each in tokens])
    await sky.closed(8, 3)
    peak = max([(await sky.closed(clients, SECONDS / 2)).goodput for clients in (8, 16, 32)])
    print(f"capacity: {peak:.0f} useful answers a second; {_memory(process)}")
    kept = True
    for times in (1, 2, 4):
        weather = await sky.open(peak * times, SECONDS)
        print(f"{times}×: {_told(weather)}; {_memory(process)}")
        if times == 4:
            kept = weather.goodput >= 0.8 * peak and weather.percentile(503, 0.99) < 0.02
            kept = kept and not weather.statuses[0]
    began = time.monotonic()
    while (calm := await sky.open(peak / 2, 1)).goodput < 0.98 * peak / 2:
        if time.monotonic() - began > 10:
            break
    recovered = time.monotonic() - began - 1
    print(f"recovered after {max(0.0, recovered):.1f} s: {_told(calm)}; {_memory(process)}")
    await sky.close()
    return kept and recovered < 10


def _told(weather: Weather) -> str:
    return (
        f"{weather.goodput:.0f} useful answers a second, p50 {1000 * weather.percentile(200, 0.5):.0f}"
        f" p99 {1000 * weather.percentile(200, 0.99):.0f} ms; {weather.statuses[503]} shed,"
        f" p50 {1000 * weather.percentile(503, 0.5):.1f} p99 {1000 * weather.percentile(503, 0.99):.1f}"
        f" ms; {weather.statuses[0]} without an answer"
    )


def _memory(process: psutil.Process) -> str:
    return f"{process.memory_info().rss / 1e6:.0f} MB"


def main() -> int:
    """Start everything, storm, and say whether it held."""
    with tempfile.TemporaryDirectory() as home, EmbeddedPostgres(Path(home), lasting=False) as at:
        migrate(at.owner)
        given = {
            "directory": Path(home) / "trellis", "port": 0, "caller_budget": 0, "tenant_budget": 0,
        }  # fmt: skip
        settings = Settings(**given)
        tokens = []
        for number in range(TENANTS):
            admin = tenancy.Admin("Ada", "Okafor", f"ada@storm-{number}.example")
            database = Database(at.serving, at.owner)
            made = tenancy.create(database, settings, f"storm-{number}", "Okafor & Co", admin)
            asyncio.run(made)
            tokens.append(token(settings, f"storm-{number}", admin.work_email))
        port = multiprocessing.Value("i", 0)
        server = multiprocessing.Process(target=serve, args=(given, at.serving, port))
        server.start()
        try:
            while not port.value:
                time.sleep(0.1)
            kept = uvloop.run(storm(port.value, tokens, psutil.Process(server.pid)))
        finally:
            server.terminate()
            server.join(10)
    print("held" if kept else "NOT held")
    return int(not kept)


if __name__ == "__main__":
    sys.exit(main())
