"""The data: one tenant with many measurements, in slices too, among others, and a graph of KPIs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from api.commands.database_url import Database
from domain.kernel.identity import TenantId
from persistence.embedded import get_superuser_url
from persistence.kernel.pools import open_connection

TODAY = datetime.now(UTC).date()
LAST = TODAY.year * 12 + TODAY.month - 1
MONTHS = 120
SLICES = 20
ROWS_OF_KPI = MONTHS * (1 + SLICES)
TENANTS = 50
KPIS_OF_OTHERS = 5
INGESTED_KPIS = 20
LEVELS = (10, 90, 400)
"""The computed KPIs that read one value, directly, through others, and through two others."""

ADD_ORGANIZATION = """
INSERT INTO organizations (tenant_id, id, version, created_at, updated_at, kind, code, name,
  name_sort_key, starts_on)
SELECT id, gen_random_uuid(), 1, now(), now(), 'company', 'B', 'Bench', 'bench', '2020-01-01'
FROM tenants"""
ADD_KPIS = """
INSERT INTO kpis (tenant_id, id, version, created_at, updated_at, scope_kind, organization_id,
  name, name_sort_key, owner_id, visibility, frequency, due_after_days, state)
SELECT o.tenant_id, gen_random_uuid(), 1, now(), now(), 'organization', o.id,
  $3::text || n, $3::text || n, p.id, 'tenant', $4::text, 7, 'active'
FROM organizations o JOIN people p ON p.tenant_id = o.tenant_id,
 generate_series(1, CASE WHEN o.tenant_id = $1 THEN $2::int ELSE $5::int END) n"""
ADD_DEFINITIONS = """
INSERT INTO kpi_definitions (tenant_id, id, kpi_id, starts_on, unit, decimals, direction, form,
  time_aggregation, slice_aggregation, recorded_at)
SELECT tenant_id, gen_random_uuid(), id, '1900-01-01', 'number', 2, 'up', 'simple',
  CASE WHEN name ~ '[02468]$' THEN 'sum' ELSE 'mean' END, 'sum', now() FROM kpis"""
ADD_TARGETS = """
INSERT INTO kpi_targets (tenant_id, id, kpi_id, starts_on, kind, span, value, green_from,
  amber_from, recorded_at)
SELECT k.tenant_id, gen_random_uuid(), k.id, day, 'at_least', 'period', 50, 50, 45, now()
FROM kpis k, unnest(ARRAY[date '2020-01-01', date '2025-07-01']) day"""
ADD_DIMENSIONS = """
INSERT INTO kpi_dimensions (tenant_id, id, kpi_id, key, name, position, unknown_members,
  is_complete)
SELECT tenant_id, gen_random_uuid(), id, 'region', 'Region', 0, 'refuse', true FROM kpis
WHERE name LIKE 'KPI %'"""
ADD_MEMBERS = """
INSERT INTO kpi_dimension_members (tenant_id, id, kpi_id, dimension_id, code, code_folded, name,
  position, is_archived)
SELECT tenant_id, gen_random_uuid(), kpi_id, id, 'R' || n, 'r' || n, 'Region ' || n, n, false
FROM kpi_dimensions, generate_series(1, $1::int) n"""
ADD_MEASUREMENTS = """
INSERT INTO kpi_measurements (tenant_id, id, kpi_id, member_id, period_ordinal, starts_on, state,
  value, source, recorded_at, revision)
SELECT k.tenant_id, gen_random_uuid(), k.id, m.id, n, make_date(n / 12, n % 12 + 1, 1), 'measured',
  round((random() * 100)::numeric, 2), 'imported', now(), 1
FROM kpis k JOIN (SELECT kpi_id, id FROM kpi_dimension_members
  UNION ALL SELECT id, null FROM kpis WHERE name NOT LIKE 'Measured %') m ON m.kpi_id = k.id,
 generate_series($1::int - CASE WHEN k.name LIKE 'KPI %' THEN 119 ELSE 0 END, $1::int) n"""
ADD_FORMULAS = """
UPDATE kpi_definitions d SET formula = 'a * 2'
FROM kpis k WHERE k.id = d.kpi_id AND k.name LIKE 'Level %'"""
ADD_INPUTS = """
INSERT INTO kpi_formula_inputs (tenant_id, id, kpi_id, definition_id, alias, input_id)
SELECT d.tenant_id, gen_random_uuid(), d.kpi_id, d.id, 'a', below.id
FROM kpi_definitions d
JOIN (SELECT tenant_id, id, row_number() OVER (ORDER BY id) n FROM kpis WHERE name LIKE $1) k
 ON k.id = d.kpi_id
JOIN (SELECT tenant_id, id, row_number() OVER (ORDER BY id) n, count(*) OVER () AS size
 FROM kpis WHERE name LIKE $2) below ON below.n = k.n % below.size + 1"""
LIST_INDEXES = """
SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition
FROM pg_index WHERE indrelid = 'kpi_measurements'::regclass AND NOT indisprimary"""
LIST_KPIS = "SELECT id FROM kpis WHERE tenant_id = $1 AND name LIKE $2 ORDER BY id"


@dataclass(frozen=True)
class Dataset:
    """The KPIs with slices, those that values are recorded for, and the value to correct."""

    kpi_ids: list[UUID]
    ingested_ids: list[UUID]
    base_id: UUID
    measurement_id: UUID
    organization_id: UUID
    actor_id: UUID


async def fill(database: Database, tenant: TenantId, measurements: int) -> Dataset:
    """Fill the tenants. Foreign keys are not checked row by row, and indexes are built last."""
    superuser_url = get_superuser_url(database.required_owner_url)
    assert superuser_url is not None, "An embedded server has a superuser."
    async with open_connection(superuser_url) as connection:
        for setting in ("statement_timeout = 0", "session_replication_role = replica"):
            await connection.execute(f"SET {setting}")
        await connection.execute("SET maintenance_work_mem = '512MB'")
        await connection.execute(ADD_ORGANIZATION)
        kpi_count = max(12, measurements // ROWS_OF_KPI)
        kinds = [("KPI ", kpi_count, "monthly", KPIS_OF_OTHERS)]
        kinds += [("Measured ", INGESTED_KPIS, "daily", 0), ("Origin ", 1, "monthly", 0)]
        kinds += [(f"Level {n} ", count, "monthly", 0) for n, count in enumerate(LEVELS)]
        for name, count, frequency, others in kinds:
            await connection.execute(ADD_KPIS, tenant, count, name, frequency, others)
        for statement in (ADD_DEFINITIONS, ADD_TARGETS, ADD_DIMENSIONS):
            await connection.execute(statement)
        await connection.execute(ADD_MEMBERS, SLICES)
        async with _without_indexes(connection):
            await connection.execute(ADD_MEASUREMENTS, LAST)
        await connection.execute(ADD_FORMULAS)
        for level, below in enumerate(("Origin", "Level 0", "Level 1")):
            await connection.execute(ADD_INPUTS, f"Level {level} %", f"{below} %")
        await connection.execute("VACUUM ANALYZE")
        return await _read(connection, tenant)


@asynccontextmanager
async def _without_indexes(connection: Any) -> AsyncIterator[None]:
    indexes = await connection.fetch(LIST_INDEXES)
    for each in indexes:
        await connection.execute(f"DROP INDEX {each['name']}")
    yield
    for each in indexes:
        await connection.execute(each["definition"])


async def _read(connection: Any, tenant: TenantId) -> Dataset:
    ids = [
        [row[0] for row in await connection.fetch(LIST_KPIS, tenant, f"{name} %")]
        for name in ("KPI", "Measured", "Origin")
    ]
    base = ids[2][0]
    select = "SELECT id FROM {} WHERE tenant_id = $1"
    return Dataset(
        ids[0],
        ids[1],
        base,
        await connection.fetchval(
            "SELECT id FROM kpi_measurements WHERE tenant_id = $1 AND kpi_id = $2", tenant, base
        ),
        await connection.fetchval(select.format("organizations"), tenant),
        await connection.fetchval(select.format("people"), tenant),
    )
