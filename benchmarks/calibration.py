"""`python -m benchmarks.calibration`: the grid of a calibration session, and a live session.

One tenant in a server of its own has an open session with many rows and 20 members. The grid is
read by the engine and by SQL written by hand, in turns. Then all members subscribe, half of them in
each of two server processes, and a facilitator changes rows.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from uuid import UUID

import httpx
import orjson
import typer

from api.commands.database_url import Database
from api.commands.tenants import create_tenant
from api.identity import built_in_issuer
from api.identity.token_verifier import Caller
from api.kernel.execution.engine import Engine, Request
from api.kernel.execution.request_context import Stores
from api.kernel.schema.global_ids import encode_id
from api.schema import get_schema
from api.settings import Settings
from benchmarks.calibration_session import (
    FACILITATOR,
    MEMBERS,
    SLUG,
    build_email,
    fill,
    get_person_id,
)
from benchmarks.database_cpu import analyze, list_connections
from benchmarks.dataset.loading import BENCH_DIRECTORY
from benchmarks.processes import read_cpu_nanoseconds, run_process
from benchmarks.ws_client import WebSocketSubscriber
from domain.kernel.identity import TenantId
from domain.platform import FirstAdmin
from persistence.embedded import DatabaseUrls, EmbeddedPostgres
from persistence.kernel.pools import Pool, create_read_pool, create_write_pool
from persistence.kernel.schema.migrations import migrate
from persistence.reading.reader import Reader

GRID = """query($id: ID!) { calibrationSession(by: { id: $id }) { status
  subjects { id version person { name } manager { name }
    level { position label } originalLevel { position } verticalRating }
  box { cells { horizontal vertical count } } } }"""
GRID_SQL = """
WITH shown AS (
  SELECT s.* FROM calibration_subjects s WHERE s.tenant_id = $1 AND s.session_id = $2
  AND s.person_id IS DISTINCT FROM $3)
SELECT json_build_object('data', json_build_object('calibrationSession', json_build_object(
  'status', upper(c.status),
  'subjects', (SELECT json_agg(row_to_json(r)) FROM (
    SELECT 'calibrationsubject_' || s.id AS id, s.version,
      (SELECT row_to_json(x) FROM (SELECT p.name) x) AS person,
      (SELECT row_to_json(x) FROM (SELECT m.name) x) AS manager,
      (SELECT row_to_json(x) FROM (SELECT l.position, l.label) x) AS level,
      (SELECT row_to_json(x) FROM (SELECT o.position) x) AS "originalLevel",
      s.vertical_rating AS "verticalRating"
    FROM shown s
    JOIN people p ON p.tenant_id = $1 AND p.id = s.person_id
    JOIN people m ON m.tenant_id = $1 AND m.id = s.manager_id
    JOIN rating_levels l
      ON l.tenant_id = $1 AND l.scale_id = c.scale_id AND l.position = s.level
    JOIN rating_levels o
      ON o.tenant_id = $1 AND o.scale_id = c.scale_id AND o.position = s.original_level
    ORDER BY s.discussion_key, s.id) r),
  'box', json_build_object('cells', (SELECT json_agg(row_to_json(b)) FROM (
    SELECT s.level AS horizontal, s.vertical_rating AS vertical, count(*) AS count FROM shown s
    WHERE s.vertical_rating IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2) b)))))
FROM calibration_sessions c WHERE c.tenant_id = $1 AND c.id = $2
AND (EXISTS (SELECT FROM calibration_session_facilitators f
    WHERE f.tenant_id = $1 AND f.session_id = c.id AND f.person_id = $3)
  OR c.status = 'open' AND c.names_are_shown AND EXISTS (
    SELECT FROM calibration_session_members m
    WHERE m.tenant_id = $1 AND m.session_id = c.id AND m.person_id = $3))"""
"""It knows the viewer and that everybody sees all names, and checks no token and no limit."""

CHANGES = 'subscription {{ calibrationSessionChanged(id: "{id}") {{ calibrationSession {{ subjects {{ id version }} }} }} }}'  # noqa: E501 - one line for the socket
ADJUST = """mutation($input: CalibrationSessionAdjustInput!) {
  calibrationSessionAdjust(input: $input) { errors { code message } } }"""
WARM_UP = 20
DELIVERY_TIMEOUT = 15.0


def main(rows: int = 500, reads: int = 200, changes: int = 20) -> None:
    """Measure both, and print the ratio and the times."""
    BENCH_DIRECTORY.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as directory:
        settings = Settings(directory=Path(directory))
        with EmbeddedPostgres(Path(directory) / "postgres", is_durable=False) as addresses:
            migrate(addresses.owner)
            asyncio.run(_measure(addresses, settings, rows, reads, changes))


async def _measure(
    addresses: DatabaseUrls, settings: Settings, rows: int, reads: int, changes: int
) -> None:
    database = Database(addresses.serving, addresses.owner)
    admin = FirstAdmin("Ada", "Okafor", "ada@okafor.example")
    tenant = (await create_tenant(database, settings, SLUG, "Bench", admin)).id
    session = await fill(database, tenant, rows)
    await asyncio.to_thread(analyze, addresses.owner)
    await _compare_grids(addresses, tenant, session, reads)
    with _run_servers(addresses, settings) as ports:
        await _measure_deliveries(settings, session, ports, changes)


# -- the grid -----------------------------------------------------------------------------------


async def _compare_grids(
    addresses: DatabaseUrls, tenant: TenantId, session: UUID, reads: int
) -> None:
    """Read the grid in both ways by turns, and compare the medians."""
    async with (
        await create_read_pool(addresses.serving, min_size=1, max_size=1) as pool,
        await create_write_pool(addresses.serving, max_size=1) as writing,
    ):
        stores = Stores(Reader(pool), writing, "secret", lambda: datetime.now(UTC))
        engine = Engine(get_schema(), stores)
        for who in (FACILITATOR, MEMBERS[0]):
            ways = (_by_engine(engine, tenant, session, who), _by_hand(pool, tenant, session, who))
            first, second = [orjson.loads(await way())["data"] for way in ways]
            assert first == second, "Both ways answer alike."
            times: list[list[float]] = [[], []]
            costs: list[list[float]] = [[], []]
            pids = await list_connections(addresses.owner)
            for number in range(WARM_UP + reads):
                for way, taken, used in zip(ways, times, costs, strict=True):
                    started_at, cpu = time.perf_counter(), _read_cpu(pids)
                    await way()
                    if number >= WARM_UP:
                        taken.append(time.perf_counter() - started_at)
                        used.append(_read_cpu(pids) - cpu)
            count = len(first["calibrationSession"]["subjects"])
            role = "facilitator" if who == FACILITATOR else "member"
            print(f"grid of {count} rows for a {role}: {_compare(times)}, CPU {_compare(costs)}")


def _read_cpu(pids: Sequence[int]) -> float:
    """Return the seconds of CPU of this process and of PostgreSQL's processes so far."""
    return time.process_time() + sum(map(read_cpu_nanoseconds, pids)) / 1e9


def _compare(seconds: Sequence[Sequence[float]]) -> str:
    product, floor = map(statistics.median, seconds)
    return f"{product * 1000:.2f} ms, by hand {floor * 1000:.2f} ms, ratio {floor / product:.2f}"


def _by_engine(
    engine: Engine, tenant: TenantId, session: UUID, who: int
) -> Callable[[], Awaitable[bytes]]:
    expires_at = datetime.now(UTC) + timedelta(hours=1)
    caller = Caller(tenant, SLUG, "https://issuer.example", build_email(who), expires_at, "token")
    request = Request(GRID, {"id": encode_id("calibrationsession", session)})

    async def read() -> bytes:
        return (await engine.execute(request, caller, request_id="bench")).body

    return read


def _by_hand(
    pool: Pool, tenant: TenantId, session: UUID, who: int
) -> Callable[[], Awaitable[bytes]]:
    person = get_person_id(who)

    async def read() -> bytes:
        async with pool.acquire() as connection:
            await connection.execute(f"BEGIN READ ONLY; SET LOCAL app.tenant_id = '{tenant}'")
            body = await connection.fetchval(GRID_SQL, tenant, session, person)
            await connection.execute("COMMIT")
        return bytes(body)

    return read


# -- the live session ---------------------------------------------------------------------------


@contextmanager
def _run_servers(addresses: DatabaseUrls, settings: Settings) -> Iterator[list[int]]:
    """Run two processes that serve the tenant; yield their ports."""
    environment = {
        "TRELLIS_SERVING_URL": addresses.serving,
        "TRELLIS_DIRECTORY": str(settings.directory.resolve()),
    }
    with ExitStack() as stack:
        command = (sys.executable, "-m", "benchmarks.contenders.trellis")
        names = ("calibration-1", "calibration-2")
        yield [stack.enter_context(run_process(each, command, environment))[1] for each in names]


async def _measure_deliveries(
    settings: Settings, session: UUID, ports: list[int], changes: int
) -> None:
    """Let all members subscribe, change rows, and print how long the last delivery took."""
    deliveries, random = list[float](), Random(1)
    loop, id = asyncio.get_running_loop(), encode_id("calibrationsession", session)
    subscribers = list[WebSocketSubscriber]()
    for number, who in enumerate(MEMBERS):
        token = built_in_issuer.issue_token(settings, SLUG, build_email(who))
        _, socket = await loop.create_connection(
            lambda token=token: WebSocketSubscriber(  # type: ignore[misc]
                f"Bearer {token}", CHANGES.format(id=id), lambda _, at: deliveries.append(at)
            ),
            "127.0.0.1",
            ports[number % 2],
        )
        await asyncio.wait_for(socket.ready, DELIVERY_TIMEOUT)
        subscribers.append(socket)
    token = built_in_issuer.issue_token(settings, SLUG, build_email(FACILITATOR))
    delays, mutations = list[float](), list[float]()
    async with httpx.AsyncClient(headers={"authorization": f"Bearer {token}"}) as client:
        url = f"http://127.0.0.1:{ports[0]}/graphql"
        grid = await client.post(url, json={"query": GRID, "variables": {"id": id}})
        rows = grid.json()["data"]["calibrationSession"]["subjects"]
        for number in range(changes):
            row = random.choice(rows)
            row["level"]["position"] = row["level"]["position"] % 5 + 1
            deliveries.clear()
            started_at = time.perf_counter()
            await _adjust(client, url, row, f"Change {number}")
            mutations.append(time.perf_counter() - started_at)
            until = started_at + DELIVERY_TIMEOUT
            while len(deliveries) < len(MEMBERS) and time.perf_counter() < until:  # noqa: ASYNC110
                await asyncio.sleep(0.005)
            assert len(deliveries) == len(MEMBERS), f"{len(deliveries)} members heard of it."
            delays.append(max(deliveries) - started_at)
    for each in subscribers:
        each.close()
    print(
        f"a change reaches all {len(MEMBERS)} members in two processes after"
        f" {statistics.median(delays) * 1000:.0f} ms (median), {max(delays) * 1000:.0f} ms (longest"
        f" of {changes}), counted from the request, which took"
        f" {statistics.median(mutations) * 1000:.0f} ms"
    )


async def _adjust(client: httpx.AsyncClient, url: str, row: dict[str, object], reason: str) -> None:
    level: dict[str, int] = row["level"]  # type: ignore[assignment]
    input = {"id": row["id"], "level": level["position"], "reason": reason}
    answer = await client.post(url, json={"query": ADJUST, "variables": {"input": input}})
    assert answer.json()["data"]["calibrationSessionAdjust"]["errors"] == [], answer.text


if __name__ == "__main__":
    typer.run(main)
