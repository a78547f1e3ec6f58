"""Telling questions with their kept statements and answers; GOLDEN=write accepts new ones."""

import json
import os
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from persistence.embedded import DatabaseUrls
from persistence.kernel.pools import connect
from persistence.registry import metadata
from tests.reads.dataset import World
from tests.reads.engine_fixture import ask
from tests.reads.statement_recorder import Watched, readable

GOLDEN = Path(__file__).parent / "golden"
NAMES = sorted(each.stem for each in GOLDEN.glob("*.graphql"))
TENANT_TABLES = {each.name for each in metadata.tables.values() if each.schema is None}


@pytest.fixture
async def watched(addresses: DatabaseUrls) -> AsyncIterator[Watched]:
    connection = await connect(addresses.serving)
    yield Watched(connection)
    await connection.close()


async def answered(name: str, watched: Watched, world: World) -> tuple[list[str], Any]:
    """The statements that a golden question takes, and its answer."""
    document = (GOLDEN / f"{name}.graphql").read_text()
    subject, variables = document.splitlines()[0].removeprefix("# ").split(" ", 1)
    answer = await ask(watched.engine(), world, subject, document, json.loads(variables))
    return await watched.reads(), answer["data"]


@pytest.mark.anyio
@pytest.mark.parametrize("name", NAMES)
async def test_a_telling_question_takes_the_kept_statements_and_gives_the_kept_answer(
    name: str, watched: Watched, tenants: dict[str, World]
) -> None:
    reads, answer = await answered(name, watched, tenants["northwind"])
    _is_kept(name, "sql", "\n".join(map(readable, reads)))
    _is_kept(name, "json", json.dumps(answer, indent=2, ensure_ascii=False) + "\n")


def _is_kept(name: str, kind: str, text: str) -> None:
    file = GOLDEN / f"{name}.{kind}"
    if os.environ.get("GOLDEN") == "write":
        file.write_text(text)
    assert file.read_text() == text, f"{file.name} differs. If it should, run with GOLDEN=write."


@pytest.mark.anyio
@pytest.mark.parametrize("name", NAMES)
async def test_every_scan_of_a_tenant_table_begins_at_the_tenant(
    name: str, watched: Watched, tenants: dict[str, World]
) -> None:
    world = tenants["northwind"]
    reads, _ = await answered(name, watched, world)
    for sql in reads:
        scans = list(scans_of(await plan_of(watched, world, sql)))
        assert scans
        assert not [each for each in scans if not begins_at_the_tenant(each)]


@pytest.mark.anyio
@pytest.mark.parametrize("name", NAMES)
async def test_every_table_of_a_statement_is_confined_to_the_tenant_by_the_statement_itself(
    name: str, watched: Watched, tenants: dict[str, World]
) -> None:
    reads, _ = await answered(name, watched, tenants["northwind"])
    for sql in reads:
        assert not unconfined(sql)


def test_a_table_that_is_not_confined_is_noticed() -> None:
    sql = 'SELECT 1 FROM goals AS "~1", people AS people_1 WHERE "~1".tenant_id = $1::UUID'
    assert unconfined(sql) == ["people_1"]


def unconfined(sql: str) -> list[str]:
    """The aliases of tenants' tables without a condition on the tenant for each time they occur."""
    tables = "|".join(TENANT_TABLES)
    aliases = re.findall(rf'(?:FROM|JOIN|,)\s+(?:{tables}) AS ("~\d+"|\w+)', sql)
    return [
        each
        for each in dict.fromkeys(aliases)
        if sql.count(f"{each}.tenant_id = $") < aliases.count(each)
    ]


async def plan_of(watched: Watched, world: World, sql: str) -> Any:
    """The generic plan, where small tables do not hide what large ones would get."""
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


def scans_of(plan: Any) -> Iterator[dict[str, Any]]:
    """Every node of a plan that reads a tenant's table."""
    if isinstance(plan, list):
        for each in plan:
            yield from scans_of(each)
    elif isinstance(plan, dict):
        if plan.get("Relation Name") in TENANT_TABLES and plan.get("Schema") != "directory":
            yield plan
        for each in plan.values():
            yield from scans_of(each)


def begins_at_the_tenant(scan: dict[str, Any]) -> bool:
    """Whether an index is entered with the tenant."""
    if scan["Node Type"] == "Bitmap Heap Scan":
        return all("tenant_id = " in each["Index Cond"] for each in _leaves(scan))
    return "tenant_id = " in scan.get("Index Cond", "")


def _leaves(scan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if scan["Node Type"] == "Bitmap Index Scan":
        yield scan
    for each in scan.get("Plans", ()):
        yield from _leaves(each)
