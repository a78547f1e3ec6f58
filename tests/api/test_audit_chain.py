"""The seals of a tenant's audit log in the database: erasures and merges are no fault."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest
import typer

from api.commands import audit, audit_commands
from api.commands.database_url import Database
from domain.kernel.audit_chain import BATCH_SIZE, seal_entries
from domain.kernel.errors import NotFound
from domain.kernel.identity import TenantId
from persistence import audit_sealing
from persistence.audit_verification import ChainHead, ChainReport, verify_chain
from persistence.embedded import DatabaseUrls
from tests.api.company import Company
from tests.conftest import OpenWork
from tests.factories.actors import an_actor

CONFIRMED = {"reason": "REQUESTED"}


@asynccontextmanager
async def enter(owner: asyncpg.Connection, tenant_id: TenantId) -> AsyncIterator[None]:
    """Open a transaction of the owner of the schema inside the tenant."""
    async with owner.transaction():
        await owner.execute(f"SET LOCAL app.tenant_id = '{tenant_id}'")
        yield


async def seal(work: OpenWork, tenant_id: TenantId) -> None:
    async with work(an_actor(tenant_id)) as open:
        await seal_entries(open)


async def verify(
    owner: asyncpg.Connection, tenant_id: TenantId, known: ChainHead | None = None
) -> ChainReport:
    async with enter(owner, tenant_id):
        return await verify_chain(owner, tenant_id, known)


async def change(owner: asyncpg.Connection, tenant_id: TenantId, sql: str, *values: Any) -> None:
    """Change rows as somebody with all rights in the database."""
    async with enter(owner, tenant_id):
        done = await owner.execute(f"{sql} AND tenant_id = $1", tenant_id, *values)
    assert int(done.split()[-1]) > 0, sql


async def count_sealings(owner: asyncpg.Connection, tenant_id: TenantId) -> int:
    """Return the number of tasks that seal the tenant's log."""
    sql = "SELECT count(*) FROM background_tasks WHERE tenant_id = $1 AND kind = 'audit.seal'"
    async with enter(owner, tenant_id):
        return int(await owner.fetchval(sql, tenant_id))


async def depart_and_erase(company: Company, name: str) -> None:
    """Erase a person, whose name is in the log then."""
    id = company.encode_id("person", name)
    given = {"id": id, "name": "Somebody Else"}
    for verb, input in (
        ("personEdit", given),
        ("personDepart", {"id": id, "lastDay": "2026-06-12", "reason": "Retires"}),
        ("personErase", {"id": id, "confirmName": "Somebody Else", "reason": "REQUESTED"}),
    ):
        payload = await company.mutate("ruler", verb, "person { id }", **input)
        assert payload["errors"] == [], verb


async def test_erasures_and_merges_are_sealed_again(
    company: Company, work: OpenWork, owner: asyncpg.Connection
) -> None:
    tenant_id = company.tenant_id
    first = await verify(owner, tenant_id)
    assert (first.head, first.sealed, first.faults) == (ChainHead(0, ""), 0, [])
    assert first.unsealed > 0
    await seal(work, tenant_id)
    before = await verify(owner, tenant_id)
    assert (before.unsealed, before.rewritten, before.faults) == (0, 0, [])
    await depart_and_erase(company, "peer")
    duplicate = company.encode_id("person", "alumna")
    input = {"id": company.encode_id("person", "mara"), "duplicateId": duplicate, "reason": "Twice"}
    assert (await company.mutate("hr", "personMerge", "person { id }", **input))["errors"] == []

    waiting = await verify(owner, tenant_id)
    assert (waiting.sealed, waiting.faults) == (before.sealed, [])
    await seal(work, tenant_id)
    after = await verify(owner, tenant_id, before.head)

    assert after.faults == []
    assert after.rewritten > 0
    assert after.head.position == after.sealed + after.rewritten
    async with enter(owner, tenant_id):
        destroyed = await owner.fetchval(
            "SELECT count(*) FROM journal_seals WHERE tenant_id = $1 AND salt IS NULL", tenant_id
        )
    assert destroyed == after.rewritten


async def test_withdrawn_feedback_is_sealed_again(
    company: Company, work: OpenWork, owner: asyncpg.Connection
) -> None:
    about = {"personId": company.encode_id("person", "mara"), "text": "Well done."}
    mode = {"mode": "CONFIDENTIAL", "audience": "SUBJECT"}
    given = await company.mutate("peer", "feedbackGive", "feedback { id }", **about, **mode)
    await seal(work, company.tenant_id)
    id = given["feedback"]["id"]
    payload = await company.mutate("peer", "feedbackWithdraw", "errors { message }", id=id)
    assert payload["errors"] == []

    assert (await verify(owner, company.tenant_id)).faults == []
    await seal(work, company.tenant_id)
    after = await verify(owner, company.tenant_id)

    assert after.faults == []
    assert after.rewritten > 0


async def test_what_the_owner_of_the_database_changes_is_found(
    company: Company, work: OpenWork, owner: asyncpg.Connection
) -> None:
    tenant_id = company.tenant_id
    await seal(work, tenant_id)
    kept = (await verify(owner, tenant_id)).head
    number = kept.position - 1
    for sql in (
        'UPDATE journal SET changes = \'{"title": [null, "Forged"]}\' WHERE number = $2',
        "UPDATE journal SET actor_id = gen_random_uuid() WHERE number = $2",
        "UPDATE journal SET recorded_at = recorded_at - interval '1 us' WHERE number = $2",
        "UPDATE journal_seals SET salt = NULL WHERE number = $2",
        "DELETE FROM journal_seals WHERE number = $2",
        "DELETE FROM journal WHERE number = $2",
    ):
        await change(owner, tenant_id, sql, number)
        faults = (await verify(owner, tenant_id)).faults
        assert faults != [], sql
        assert str(number) in faults[0], sql
    await change(owner, tenant_id, "DELETE FROM journal_seals WHERE number > $2", 0)
    await seal(work, tenant_id)
    assert (
        f"The seals after position {number} are missing."
        in (await verify(owner, tenant_id, ChainHead(number + 1, kept.hash))).faults
    )


async def test_a_long_log_is_sealed_in_several_runs(
    company: Company, work: OpenWork, owner: asyncpg.Connection
) -> None:
    tenant_id = company.tenant_id
    async with enter(owner, tenant_id):
        await owner.execute(
            "INSERT INTO journal (tenant_id, id, number, seq, entity, entity_id, action, changes,"
            " recorded_at) SELECT tenant_id, gen_random_uuid(), clock.number + n, n, 'goal',"
            " gen_random_uuid(), 'edited', '{}', now()"
            " FROM tenant_clocks clock, generate_series(1, $2::int) n"
            " WHERE tenant_id = $1 AND clock = 'journal'",
            tenant_id,
            BATCH_SIZE,
        )
        sql = "UPDATE tenant_clocks SET number = number + $2 WHERE tenant_id = $1"
        await owner.execute(f"{sql} AND clock = 'journal'", tenant_id, BATCH_SIZE)
    await seal(work, tenant_id)
    first = await verify(owner, tenant_id)
    assert (first.sealed, first.faults) == (BATCH_SIZE, [])
    assert await count_sealings(owner, tenant_id) == 1
    await seal(work, tenant_id)
    assert (await verify(owner, tenant_id)).unsealed == 0


async def test_a_change_lets_a_worker_seal_soon(
    company: Company,
    owner: asyncpg.Connection,
    writing: asyncpg.Pool,
    slug: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(audit_sealing, "INTERVAL", 0.05)
    async with audit_sealing.seal_changes(writing):
        id = company.encode_id("person", "peer")
        await company.mutate("ruler", "personEdit", "person { id }", id=id, name="Somebody Else")
        assert slug
        for _ in range(100):
            if await count_sealings(owner, company.tenant_id):
                break
            await asyncio.sleep(0.05)
    assert await count_sealings(owner, company.tenant_id) == 1


async def test_a_tenant_of_another_database_gets_no_task(
    company: Company, owner: asyncpg.Connection, writing: asyncpg.Pool, slug: str
) -> None:
    sql = "UPDATE directory.tenants SET database = $2 WHERE slug = $1"
    await owner.execute(sql, slug, "east")
    try:
        await audit_sealing.enqueue_sealing(writing, company.tenant_id)
    finally:
        # A server does not start where a tenant lives in a database that it does not know.
        await owner.execute(sql, slug, None)
    assert await count_sealings(owner, company.tenant_id) == 0


async def test_the_command_names_the_faults(
    company: Company,
    work: OpenWork,
    owner: asyncpg.Connection,
    addresses: DatabaseUrls,
    slug: str,
) -> None:
    database = Database(addresses.serving, addresses.owner)
    await seal(work, company.tenant_id)
    ((name, head),) = await audit.read_heads(database, slug)
    assert (name, head) == (slug, (await verify(owner, company.tenant_id)).head)
    ((_, report),) = await audit.verify_tenants(database, slug, head)
    assert report.faults == []
    forged = ChainHead(head.position, "0" * 64)
    ((_, report),) = await audit.verify_tenants(database, slug, forged)
    assert report.faults == [f"The seal at position {head.position} has another hash."]
    with pytest.raises(NotFound):
        await audit.read_heads(database, "nobody")


@pytest.mark.parametrize("head", ["x", "1:ab", "-1:" + "0" * 64])
def test_a_malformed_seal_is_refused(head: str) -> None:
    with pytest.raises(typer.BadParameter, match="position:hash"):
        audit_commands.verify("north", head)


@pytest.fixture
async def slug(company: Company, owner: asyncpg.Connection) -> str:
    """Register the company in the directory."""
    slug = f"audited-{company.tenant_id}"
    await owner.execute(
        "INSERT INTO directory.tenants (id, slug, status) VALUES ($1, $2, 'active')"
        " ON CONFLICT (id) DO UPDATE SET slug = excluded.slug",
        company.tenant_id,
        slug,
    )
    return slug
