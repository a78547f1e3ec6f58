"""Retention policies: what a dry run counts is what the daily task removes."""

from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest

from domain.kernel.background_tasks import build_system_actor
from domain.retention import APPLYING
from persistence.unit_of_work.work import work
from tests.api.company import Company
from tests.factories.row_hashes import hash_tables

pytestmark = pytest.mark.anyio

SELECTION = "retentionPolicy { dataKind days version } preview { days { day count } }"
HISTORY = """{ retentionPolicies { nodes { dataKind days
    history { nodes { action changes { field after } } } } } }"""


async def set_policy(company: Company, kind: str, days: int | None, **more: Any) -> Any:
    return await company.mutate(
        "ruler", "retentionPolicySet", SELECTION, dataKind=kind, days=days, **more
    )


async def run_task(company: Company, writing: asyncpg.Pool) -> None:
    """Run the daily task, as a worker does."""
    now = datetime.combine(company.graph.now.date(), datetime.min.time(), UTC)
    actor = build_system_actor(company.tenant_id, now.date(), APPLYING)
    async with work(writing, actor, now=now, request_id="task") as task:
        await APPLYING.run(task)


async def read_status(company: Company, name: str) -> str:
    query = "query($id: ID!) { person(by: { id: $id }) { recordStatus } }"
    id = company.encode_id("person", name)
    return str((await company.query("hr", query, id=id))["person"]["recordStatus"])


async def test_a_dry_run_counts_and_changes_nothing(company: Company, owner: Any) -> None:
    async with owner.transaction(readonly=True):
        before = await hash_tables(owner, company.tenant_id)
    payload = await set_policy(company, "LEAVERS", 365, dryRun=True)
    assert payload["errors"] == []
    assert payload["retentionPolicy"] is None
    assert payload["preview"]["days"] == [{"day": "2026-06-15", "count": 1}]
    async with owner.transaction(readonly=True):
        assert await hash_tables(owner, company.tenant_id) == before


async def test_leavers_are_erased_by_the_daily_task(
    company: Company, writing: asyncpg.Pool
) -> None:
    await set_policy(company, "LEAVERS", 365)
    await run_task(company, writing)
    assert await read_status(company, "alumna") == "ERASED"
    assert await read_status(company, "mara") == "CURRENT"
    (policy,) = (await company.query("ruler", HISTORY))["retentionPolicies"]["nodes"]
    assert [each["action"] for each in policy["history"]["nodes"]] == ["APPLIED", "SET"]
    assert policy["history"]["nodes"][0]["changes"] == [{"field": "removedCount", "after": 1}]
    await run_task(company, writing)
    again = (await company.query("ruler", HISTORY))["retentionPolicies"]["nodes"]
    assert again == [policy]


async def test_a_legal_hold_keeps_a_leaver(company: Company, writing: asyncpg.Pool) -> None:
    person_id = company.encode_id("person", "alumna")
    held = await company.mutate(
        "hr", "legalHoldPlace", "legalHold { id }", personId=person_id, reason="Case 1"
    )
    assert held["errors"] == []
    payload = await set_policy(company, "LEAVERS", 365)
    assert payload["preview"]["days"] == []
    await run_task(company, writing)
    assert await read_status(company, "alumna") == "CURRENT"


async def test_without_days_everything_is_kept(company: Company, writing: asyncpg.Pool) -> None:
    await set_policy(company, "LEAVERS", 365)
    ended = await set_policy(company, "LEAVERS", None)
    assert ended["retentionPolicy"] == {"dataKind": "LEAVERS", "days": None, "version": 2}
    await run_task(company, writing)
    assert await read_status(company, "alumna") == "CURRENT"


async def test_feedback_that_is_old_enough_is_deleted(
    company: Company, writing: asyncpg.Pool, owner: Any
) -> None:
    count = "SELECT count(*) FROM feedbacks WHERE tenant_id = $1"

    async def count_feedback() -> int:
        async with owner.transaction(readonly=True):
            await owner.execute(f"SET LOCAL app.tenant_id = '{company.tenant_id}'")
            return int(await owner.fetchval(count, company.tenant_id))

    assert await count_feedback() > 0
    payload = await set_policy(company, "FEEDBACK", 30)
    due = sum(each["count"] for each in payload["preview"]["days"] if each["day"] == "2026-06-15")
    before = await count_feedback()
    await run_task(company, writing)
    assert before - await count_feedback() == due


async def test_comments_of_surveys_have_a_clock_of_their_own(company: Company) -> None:
    payload = await set_policy(company, "SURVEY_COMMENTS", 30)
    assert payload["errors"] == []
    assert payload["retentionPolicy"] == {"dataKind": "SURVEY_COMMENTS", "days": 30, "version": 1}


@pytest.mark.parametrize("days", [29, 36_501])
async def test_too_few_or_too_many_days_are_refused(company: Company, days: int) -> None:
    payload = await set_policy(company, "LEAVERS", days)
    assert [(each["code"], each["field"]) for each in payload["errors"]] == [
        ("OUT_OF_RANGE", ["days"])
    ]
