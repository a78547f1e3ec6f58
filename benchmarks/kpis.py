"""`python -m benchmarks.kpis`: a dashboard and a series of KPIs against SQL by hand.

One tenant has many measurements in a server of its own. Both sides answer in this process, one
request at a time, so the difference is that of the statements and of the way to them.
"""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import typer

from api.commands.database_url import Database
from api.commands.tenants import FirstAdmin, create_tenant
from api.identity.token_verifier import Caller
from api.kernel.execution.engine import Engine, Request
from api.kernel.execution.request_context import Stores
from api.schema import get_schema
from api.settings import Settings
from domain.kernel.identity import TenantId
from persistence.embedded import EmbeddedPostgres, get_superuser_url
from persistence.kernel.pools import create_read_pool, create_write_pool, open_connection
from persistence.kernel.schema.migrations import migrate
from persistence.reading.reader import Reader

ADMIN = "ada@okafor.example"
TODAY = datetime.now(UTC).date()
LAST = TODAY.year * 12 + TODAY.month - 1
DASHBOARD = """
query { kpis(first: 12, orderBy: [{ field: NAME }]) { nodes {
  name status { status value } series { points { period value target status } } } } }"""
SERIES = """
query($id: ID!, $from: Date!) { kpi(by: { id: $id }) {
  series(from: $from) { points { period value target status isProvisional } } } }"""

MEASURED = """
 SELECT json_agg(json_build_object('period', to_char(p.day, 'YYYY-MM'), 'value', m.value::text,
  'target', t.value::text, 'status', CASE WHEN m.value IS NULL THEN 'NOT_MEASURED'
   WHEN t.value IS NULL THEN 'NO_TARGET' WHEN m.value >= t.green_from THEN 'GREEN'
   WHEN m.value >= t.amber_from THEN 'AMBER' ELSE 'RED' END{extra}) ORDER BY p.n)
 FROM (SELECT n, make_date(n / 12, n % 12 + 1, 1) AS day FROM generate_series({first}, $2) n) p
 LEFT JOIN kpi_measurements m ON m.tenant_id = $1 AND m.kpi_id = k.id AND m.member_id IS NULL
  AND m.period_ordinal = p.n
 LEFT JOIN LATERAL (SELECT * FROM kpi_targets t WHERE t.tenant_id = $1 AND t.kpi_id = k.id
  AND t.starts_on < p.day + interval '1 month' ORDER BY t.starts_on DESC LIMIT 1) t ON true"""
FLOOR_DASHBOARD = f"""
SELECT json_agg(json_build_object('name', k.name, 'status', s.status,
 'points', ({MEASURED.format(extra="", first="$2 - 12")})))::text
FROM (SELECT * FROM kpis WHERE tenant_id = $1 ORDER BY name_sort_key, id LIMIT 12) k,
LATERAL (SELECT CASE WHEN m.value >= t.green_from THEN 'GREEN'
  WHEN m.value >= t.amber_from THEN 'AMBER' ELSE 'RED' END AS status, m.value
 FROM (SELECT * FROM kpi_measurements m WHERE m.tenant_id = $1 AND m.kpi_id = k.id
  AND m.member_id IS NULL ORDER BY m.member_id DESC, m.period_ordinal DESC LIMIT 1) m,
 LATERAL (SELECT * FROM kpi_targets t WHERE t.tenant_id = $1 AND t.kpi_id = k.id
  ORDER BY t.starts_on DESC LIMIT 1) t) s"""
FLOOR_SERIES = f"""
SELECT ({MEASURED.format(extra=", 'isProvisional', p.n = $2", first="$2 - 23")})::text
FROM kpis k WHERE k.tenant_id = $1 AND k.id = $3"""

ADD_ORGANIZATION = """
INSERT INTO organizations (tenant_id, id, version, created_at, updated_at, kind, code, name,
  name_sort_key, starts_on)
VALUES ($1, gen_random_uuid(), 1, now(), now(), 'company', 'B', 'Bench', 'bench', '2020-01-01')"""
ADD_KPIS = """
INSERT INTO kpis (tenant_id, id, version, created_at, updated_at, scope_kind, organization_id,
  name, name_sort_key, owner_id, visibility, frequency, due_after_days, state)
SELECT $1, gen_random_uuid(), 1, now(), now(), 'organization', o.id, 'KPI ' || n, 'KPI ' || n,
  p.id, 'tenant', 'monthly', 7, 'active'
FROM generate_series(1, $2::int) n, (SELECT id FROM people WHERE tenant_id = $1 LIMIT 1) p,
 (SELECT id FROM organizations WHERE tenant_id = $1 LIMIT 1) o"""
ADD_DEFINITIONS = """
INSERT INTO kpi_definitions (tenant_id, id, kpi_id, starts_on, unit, decimals, direction, form,
  time_aggregation, slice_aggregation, recorded_at)
SELECT tenant_id, gen_random_uuid(), id, '2020-01-01', 'number', 2, 'up', 'simple', 'mean', 'sum',
  now() FROM kpis"""
ADD_TARGETS = """
INSERT INTO kpi_targets (tenant_id, id, kpi_id, starts_on, kind, span, value, green_from,
  amber_from, recorded_at)
SELECT k.tenant_id, gen_random_uuid(), k.id, day, 'at_least', 'period', 50, 50, 45, now()
FROM kpis k, unnest(ARRAY[date '2020-01-01', date '2025-07-01']) day"""
ADD_MEASUREMENTS = """
INSERT INTO kpi_measurements (tenant_id, id, kpi_id, period_ordinal, starts_on, state, value,
  source, recorded_at, revision)
SELECT k.tenant_id, gen_random_uuid(), k.id, n, make_date(n / 12, n % 12 + 1, 1), 'measured',
  round((random() * 100)::numeric, 2), 'imported', now(), 1
FROM kpis k, generate_series($1::int - 119, $1::int) n"""
MONTHS = 120


def main(measurements: int = 600_000, requests: int = 400, rounds: int = 5) -> None:
    """Measure both, and print the milliseconds of each and their ratio."""
    with tempfile.TemporaryDirectory() as directory:
        settings = Settings(directory=Path(directory))
        with EmbeddedPostgres(Path(directory) / "postgres", is_durable=False) as addresses:
            migrate(addresses.owner)
            database = Database(addresses.serving, addresses.owner)
            asyncio.run(_measure(database, settings, measurements, requests, rounds))


async def _measure(
    database: Database, settings: Settings, measurements: int, requests: int, rounds: int
) -> None:
    admin = FirstAdmin("Ada", "Okafor", ADMIN)
    tenant = (await create_tenant(database, settings, "bench", "Bench", admin)).id
    ids = await _fill(database, tenant, max(12, measurements // MONTHS))
    pool = await create_read_pool(database.serving_url, max_size=2)
    writing = await create_write_pool(database.serving_url)
    engine = Engine(get_schema(), Stores(Reader(pool), writing, "secret"))
    caller = Caller(tenant, "bench", "bench", ADMIN, datetime.now(UTC) + timedelta(hours=9), "1")
    first = f"{(LAST - 23) // 12}-{(LAST - 23) % 12 + 1:02}-01"
    variables = [{"id": f"kpi_{each}", "from": first} for each in ids]
    print(f"{len(ids) * MONTHS:,} measurements of {len(ids):,} KPIs, median of {rounds} rounds")
    for name, ours, floor in (
        (
            "dashboard of 12 KPIs, 13 points each",
            lambda _: _ask(engine, caller, DASHBOARD, None),
            lambda _: _ask_floor(pool, FLOOR_DASHBOARD, tenant, LAST),
        ),
        (
            "series of 24 months",
            lambda n: _ask(engine, caller, SERIES, variables[n * 7 % len(ids)]),
            lambda n: _ask_floor(pool, FLOOR_SERIES, tenant, LAST, ids[n * 7 % len(ids)]),
        ),
    ):
        pairs = [(await _time(ours, requests), await _time(floor, requests)) for _ in range(rounds)]
        own, base = (median(each) for each in zip(*pairs, strict=True))
        print(f"{name}: {own:.2f} ms, by hand {base:.2f} ms, ratio {base / own:.2f}", flush=True)
    await pool.close()
    await writing.close()


async def _fill(database: Database, tenant: TenantId, kpi_count: int) -> list[Any]:
    superuser_url = get_superuser_url(database.required_owner_url)
    assert superuser_url is not None, "An embedded server has a superuser."
    async with open_connection(superuser_url) as connection:
        await connection.execute("SET statement_timeout = 0")
        await connection.execute(ADD_ORGANIZATION, tenant)
        await connection.execute(ADD_KPIS, tenant, kpi_count)
        for statement in (ADD_DEFINITIONS, ADD_TARGETS):
            await connection.execute(statement)
        await connection.execute(ADD_MEASUREMENTS, LAST)
        await connection.execute("VACUUM ANALYZE")
        rows = await connection.fetch("SELECT id FROM kpis ORDER BY id")
    return [row[0] for row in rows]


async def _time(ask: Callable[[int], Awaitable[None]], requests: int) -> float:
    """Return the mean milliseconds of a request; the first ones are not counted."""
    for n in range(20):
        await ask(n)
    began = time.perf_counter()
    for n in range(requests):
        await ask(n)
    return (time.perf_counter() - began) / requests * 1_000


async def _ask(engine: Engine, caller: Caller, document: str, variables: Any) -> None:
    response = await engine.execute(Request(document, variables), caller, request_id="bench")
    assert b'"errors"' not in response.body, response.body


async def _ask_floor(pool: Any, sql: str, tenant: TenantId, *parameters: Any) -> None:
    async with pool.acquire() as connection:
        await connection.execute(f"BEGIN READ ONLY; SET LOCAL app.tenant_id = '{tenant}'")
        assert await connection.fetchval(sql, tenant, *parameters)
        await connection.execute("COMMIT")


if __name__ == "__main__":
    typer.run(main)
