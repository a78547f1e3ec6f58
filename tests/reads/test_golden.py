"""Golden queries with their stored statements and answers; GOLDEN=write accepts changes."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from persistence.registry import metadata
from tests.reads.dataset import TenantDataset
from tests.reads.engine_fixture import execute_document
from tests.reads.statement_recorder import StatementRecorder, format_sql

GOLDEN = Path(__file__).parent / "golden"
NAMES = sorted(each.stem for each in GOLDEN.glob("*.graphql"))
TENANT_TABLES = {each.name for each in metadata.tables.values() if each.schema is None}


async def run_golden_query(
    name: str, watched: StatementRecorder, world: TenantDataset
) -> tuple[list[str], Any]:
    """Run a golden query; return its statements and its answer."""
    document = (GOLDEN / f"{name}.graphql").read_text()
    subject, variables = document.splitlines()[0].removeprefix("# ").split(" ", 1)
    answer = await execute_document(
        watched.create_engine(), world, subject, document, json.loads(variables)
    )
    return await watched.take_reads(), answer["data"]


@pytest.mark.anyio
@pytest.mark.parametrize("name", NAMES)
async def test_a_golden_query_takes_the_golden_statements_and_gives_the_golden_answer(
    name: str, watched: StatementRecorder, tenants: dict[str, TenantDataset]
) -> None:
    reads, answer = await run_golden_query(name, watched, tenants["northwind"])
    _assert_golden(name, "sql", "\n".join(map(format_sql, reads)))
    _assert_golden(name, "json", json.dumps(answer, indent=2, ensure_ascii=False) + "\n")


def _assert_golden(name: str, kind: str, text: str) -> None:
    file = GOLDEN / f"{name}.{kind}"
    if os.environ.get("GOLDEN") == "write":
        file.write_text(text)
    assert file.read_text() == text, f"{file.name} differs. If it should, run with GOLDEN=write."


@pytest.mark.anyio
@pytest.mark.parametrize("name", NAMES)
async def test_every_scan_of_a_tenant_table_begins_at_the_tenant(
    name: str, watched: StatementRecorder, tenants: dict[str, TenantDataset]
) -> None:
    world = tenants["northwind"]
    reads, _ = await run_golden_query(name, watched, world)
    for sql in reads:
        scans = list(find_tenant_scans(await explain(watched, world, sql)))
        assert scans
        assert not [each for each in scans if not is_indexed_by_tenant(each)]


@pytest.mark.anyio
@pytest.mark.parametrize("name", NAMES)
async def test_every_table_of_a_statement_is_confined_to_the_tenant_by_the_statement_itself(
    name: str, watched: StatementRecorder, tenants: dict[str, TenantDataset]
) -> None:
    reads, _ = await run_golden_query(name, watched, tenants["northwind"])
    for sql in reads:
        assert not find_unconfined_aliases(sql)


def test_a_table_that_is_not_confined_is_noticed() -> None:
    sql = 'SELECT 1 FROM goals AS "~1", people AS people_1 WHERE "~1".tenant_id = $1::UUID'
    assert find_unconfined_aliases(sql) == ["people_1"]


def find_unconfined_aliases(sql: str) -> list[str]:
    """Find the aliases of tenants' tables without a condition on the tenant at each occurrence."""
    tables = "|".join(TENANT_TABLES)
    aliases = re.findall(rf'(?:FROM|JOIN|,)\s+(?:{tables}) AS ("~\d+"|\w+)', sql)
    return [
        each
        for each in dict.fromkeys(aliases)
        if sql.count(f"{each}.tenant_id = $") < aliases.count(each)
    ]


async def explain(watched: StatementRecorder, world: TenantDataset, sql: str) -> Any:
    """Explain the generic plan, as large tables would get it."""
    connection = watched.connection
    nulls = ", ".join(["NULL"] * len(set(re.findall(r"\$\d+", sql))))
    async with connection.transaction():
        await connection.execute(f"SET LOCAL app.tenant_id = '{world.tenant_id}'")
        await connection.execute("SET LOCAL enable_seqscan = off")
        await connection.execute(f"PREPARE golden AS {sql}")
        execute = f"EXECUTE golden{f'({nulls})' if nulls else ''}"
        found = await connection.fetchval(f"EXPLAIN (FORMAT JSON) {execute}")
        await connection.execute("DEALLOCATE golden")
    return json.loads(found)


def find_tenant_scans(plan: Any) -> Iterator[dict[str, Any]]:
    """Find every node of a plan that reads a tenant's table."""
    if isinstance(plan, list):
        for each in plan:
            yield from find_tenant_scans(each)
    elif isinstance(plan, dict):
        if plan.get("Relation Name") in TENANT_TABLES and plan.get("Schema") != "directory":
            yield plan
        for each in plan.values():
            yield from find_tenant_scans(each)


def is_indexed_by_tenant(scan: dict[str, Any]) -> bool:
    """Return whether the scan enters an index with the tenant."""
    if scan["Node Type"] == "Bitmap Heap Scan":
        return all("tenant_id = " in each["Index Cond"] for each in _find_index_scans(scan))
    return "tenant_id = " in scan.get("Index Cond", "")


def _find_index_scans(scan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if scan["Node Type"] == "Bitmap Index Scan":
        yield scan
    for each in scan.get("Plans", ()):
        yield from _find_index_scans(each)
