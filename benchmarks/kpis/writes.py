"""Writes: batches of 1,000 values, and the correction of a value that 500 KPIs depend on."""

import json
from collections.abc import Sequence
from datetime import date, timedelta
from hashlib import sha256
from itertools import product
from typing import Any
from uuid import UUID, uuid4

from benchmarks.kpis.dataset import INGESTED_KPIS, TODAY

RECORD = """
mutation($input: KpiRecordMeasurementsInput!) {
  kpiRecordMeasurements(input: $input) { outcomes errors { index code message } } }"""
RESTATE = """
mutation($input: KpiRestateMeasurementInput!) {
  kpiRestateMeasurement(input: $input) { errors { code message } } }"""
ROWS = 1_000
DAYS = ROWS // INGESTED_KPIS

FLOOR_MAY_RECORD = """
SELECT count(*) FROM kpis k WHERE k.tenant_id = $1 AND k.id = ANY($2) AND k.state = 'active'
 AND NOT EXISTS (SELECT FROM kpi_definitions d
  WHERE d.tenant_id = $1 AND d.kpi_id = k.id AND d.formula IS NOT NULL)"""
"""Whether values of these KPIs are recorded; the actor may record those of the whole tenant."""

FLOOR_RECORD = """
INSERT INTO kpi_measurements (tenant_id, id, kpi_id, period_ordinal, starts_on, state, value,
  source, recorded_by_id, recorded_at, revision)
SELECT $1, r.id, r.kpi_id, r.day - date '0001-01-01' + 1, r.day, 'measured', r.value::numeric,
  'entered', $2, now(), 1
FROM unnest($3::uuid[], $4::uuid[], $5::date[], $6::text[]) AS r (id, kpi_id, day, value)
ON CONFLICT (tenant_id, kpi_id, member_id, period_ordinal)
DO UPDATE SET value = excluded.value, recorded_at = excluded.recorded_at,
  revision = kpi_measurements.revision + 1
RETURNING CASE revision WHEN 1 THEN 'CREATED' ELSE 'UPDATED' END"""
FLOOR_JOURNAL = """
WITH clock AS (INSERT INTO tenant_clocks (tenant_id, clock, number) VALUES ($1, 'journal', $4)
 ON CONFLICT (tenant_id, clock) DO UPDATE SET number = tenant_clocks.number + excluded.number
 RETURNING number)
INSERT INTO journal (tenant_id, id, number, seq, entity, entity_id, action, actor_id, changes,
  recorded_at)
SELECT $1, gen_random_uuid(), c.number - $4 + r.n, r.n, 'kpi', r.kpi_id, 'measured', $2,
 json_build_object('measurements', $5::int, 'first_day', $6::text, 'last_day', $7::text)::jsonb,
 now()
FROM unnest($3::uuid[]) WITH ORDINALITY AS r (kpi_id, n), clock c"""
FLOOR_KEY = """
INSERT INTO idempotency_keys (tenant_id, member_id, key, fingerprint, used_at)
VALUES ($1, $2, $3, $4, now())"""


def list_days(number: int) -> list[date]:
    """Return the days of a batch; each one has other days."""
    last = TODAY - timedelta(days=number * DAYS)
    return [last - timedelta(days=each) for each in range(DAYS)]


def build_rows(kpi_ids: Sequence[UUID], number: int) -> dict[str, Any]:
    """Return the variables of a batch."""
    pairs = product(kpi_ids, list_days(number))
    rows = [
        {"kpiId": f"kpi_{id}", "day": f"{day}", "value": f"{number}.{index % 97}"}
        for index, (id, day) in enumerate(pairs)
    ]
    return {"input": {"rows": rows}}


async def record_by_hand(pool: Any, tenant: UUID, actor: UUID, variables: dict[str, Any]) -> bytes:
    """Record the same rows by hand, and return their outcomes.

    The key of the batch has a fingerprint, and each KPI an entry in the journal.
    """
    rows = variables["input"]["rows"]
    ids = [UUID(each["kpiId"].removeprefix("kpi_")) for each in rows]
    days = [date.fromisoformat(each["day"]) for each in rows]
    fingerprint = sha256(json.dumps(variables, sort_keys=True).encode()).digest()
    kpi_ids = [*dict.fromkeys(ids)]
    async with pool.acquire() as connection:
        await connection.execute(f"BEGIN; SET LOCAL app.tenant_id = '{tenant}'")
        await connection.execute(FLOOR_KEY, tenant, actor, str(uuid4()), fingerprint)
        assert await connection.fetchval(FLOOR_MAY_RECORD, tenant, kpi_ids) == len(kpi_ids)
        written = await connection.fetch(
            FLOOR_RECORD,
            *(tenant, actor, [uuid4() for _ in rows]),
            *(ids, days, [each["value"] for each in rows]),
        )
        first, last = str(min(days)), str(max(days))
        await connection.execute(
            *(FLOOR_JOURNAL, tenant, actor, kpi_ids, len(kpi_ids)),
            *(len(rows) // len(kpi_ids), first, last),
        )
        await connection.execute("COMMIT")
    return json.dumps({"outcomes": [each[0] for each in written]}).encode()
