"""Search among 50,000 people uses an index, whatever the words."""

import json
import time
from datetime import date
from typing import Any

import asyncpg
import pytest

from tests.reads.dataset import BIG_ID, TenantDataset, a_world
from tests.reads.dataset_loader import load_dataset
from tests.reads.engine_fixture import execute_document
from tests.reads.statement_recorder import StatementRecorder
from tests.reads.test_golden import explain, find_tenant_scans, is_indexed_by_tenant

PERSON_COUNT = 50_000
INSERT_PEOPLE = f"""
WITH crowd AS (
    SELECT md5('big' || n)::uuid AS id, 'Given' || n % 977 AS given, 'Family' || n AS family,
           'person' || n || '@big.example' AS email, n
    FROM generate_series(1, {PERSON_COUNT}) AS n
), hired AS (
    INSERT INTO people (tenant_id, id, version, created_at, updated_at, given_name, family_name,
                        name, work_email, hired_on)
    SELECT $1, id, 1, now(), now(), given, family, given || ' ' || family, email, '2020-01-01'
    FROM crowd
)
INSERT INTO words (tenant_id, entity, word, entity_id)
SELECT $1, 'person', word, id FROM crowd,
    unnest(ARRAY[lower(given), lower(family), 'person' || n, 'big', 'example']) AS word
"""
SEARCH_QUERY = """
query Find($words: String!) { people(search: $words, first: 10) { totalCount nodes { name } } }
"""


@pytest.fixture(scope="module")
async def big(owner: asyncpg.Connection, pool: asyncpg.Pool) -> TenantDataset:
    """Load a tenant of 50,000 people and its few members."""
    world = a_world("big", BIG_ID, 14, date(2026, 6, 15), size=12)
    await load_dataset(owner, pool, world)
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(f"SET LOCAL app.tenant_id = '{BIG_ID}'")
        await connection.execute("SET LOCAL statement_timeout = '60s'")
        await connection.execute(INSERT_PEOPLE, BIG_ID, timeout=60)
    await owner.execute("ANALYZE people")
    await owner.execute("ANALYZE words")
    return world


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("words", "total"),
    [("FAMILY4321", 11), ("given97 family1", 88), ("fámily49999", 1), ("big person777", 11)],
)
async def test_a_search_finds_whom_its_words_begin_by_looking_into_the_index_of_words(
    big: TenantDataset, watched: StatementRecorder, words: str, total: int
) -> None:
    engine = watched.create_engine()
    await execute_document(engine, big, "employee", SEARCH_QUERY, {"words": words})
    (sql,) = await watched.take_reads()
    started = time.perf_counter()
    answer = await execute_document(engine, big, "employee", SEARCH_QUERY, {"words": words})
    print(f"{words}: {(time.perf_counter() - started) * 1000:.1f} ms")  # noqa: T201
    assert answer["data"]["people"]["totalCount"] == total
    scans = list(find_tenant_scans(await explain(watched, big, sql)))
    assert all(is_indexed_by_tenant(each) for each in scans)
    found = [each for each in scans if each["Relation Name"] == "words"]
    people = [each for each in scans if each["Relation Name"] == "people"]
    assert found
    assert all("(id = " in each["Index Cond"] for each in people)
    assert all(_is_bounded_by_word(each) for each in found)


def _is_bounded_by_word(scan: dict[str, Any]) -> bool:
    """Return whether the index is entered with both ends of the word's range."""
    text = json.dumps([scan.get("Index Cond"), scan.get("Plans", [])])
    return "word >= " in text.replace("(word)::text", "word") and "word < " in text
