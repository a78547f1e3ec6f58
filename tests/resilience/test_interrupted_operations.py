"""An operation whose worker is killed is continued by another, and nothing is done twice."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from api.commands import operation_acts, tenant_operations
from persistence.embedded import DatabaseUrls
from persistence.kernel.wire_format import decode_id
from persistence.platform import operations
from tests.api.served_platform import ServedPlatform, serve_platform
from tests.api.test_platform import SANDBOX
from tests.api.test_platform_operations import LIST, read_name, rename

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
async def platform(
    addresses: DatabaseUrls, tmp_path_factory: pytest.TempPathFactory, owner: Any
) -> AsyncIterator[ServedPlatform]:
    await owner.execute("DELETE FROM directory.operators")
    await owner.execute("DELETE FROM directory.tenant_operations")
    async with serve_platform(addresses, tmp_path_factory.mktemp("platform")) as served:
        yield served


async def begin(platform: ServedPlatform, verb: str, **input: Any) -> UUID:
    begun = await platform.mutate(verb, "tenantOperation { id }", **input)
    assert begun["errors"] == []
    return decode_id(begun["tenantOperation"]["id"], "tenantoperation")


async def kill_worker(owner: Any) -> operations.Lease:
    """Lease an operation as a worker that is killed, so that its lease ends."""
    lease = await operations.claim_operation(owner)
    assert lease is not None
    await owner.execute(
        "UPDATE directory.tenant_operations SET leased_until = now() - interval '1 second'"
        " WHERE id = $1",
        lease.operation.id,
    )
    return lease


async def test_another_worker_continues_after_a_kill_and_the_late_one_stores_nothing(
    platform: ServedPlatform, owner: Any
) -> None:
    slug = await platform.create()
    id = await begin(platform, "tenantExport", slug=slug)
    late = await kill_worker(owner)

    assert await platform.work() == 1

    sql = "SELECT * FROM directory.tenant_operations WHERE id = $1"
    row = await owner.fetchrow(sql, id)
    assert (row["state"], row["attempts"]) == ("done", 2)
    await operations.finish_operation(owner, late, operations.Failure("INVALID", "Late."))
    assert not await operations.extend_lease(owner, late)
    assert row == await owner.fetchrow(sql, id)


async def test_an_interrupted_restore_in_place_is_not_made_twice(
    platform: ServedPlatform, owner: Any
) -> None:
    slug = await platform.create()
    file = (await platform.finish("tenantExport", slug=slug))["file"]["id"]
    await begin(platform, "tenantRestore", file=file, inPlace={"slug": slug})
    lease = await kill_worker(owner)
    await rename(platform, slug, "Changed since")

    await platform.work()

    found = await owner.fetchrow(
        "SELECT state, error_message FROM directory.tenant_operations WHERE id = $1",
        lease.operation.id,
    )
    assert tuple(found) == ("failed", operation_acts.INTERRUPTED_IN_PLACE)
    assert await read_name(platform, slug) == "Changed since"


async def test_an_operation_whose_process_is_killed_again_and_again_fails(
    platform: ServedPlatform, owner: Any
) -> None:
    slug = await platform.create()
    id = await begin(platform, "tenantExport", slug=slug)
    for _ in range(operations.MAX_ATTEMPTS):
        await kill_worker(owner)
    await platform.work()
    sql = "SELECT state, error_message FROM directory.tenant_operations WHERE id = $1"
    assert tuple(await owner.fetchrow(sql, id)) == ("failed", tenant_operations.KILLED_TOO_OFTEN)
    assert [*platform.settings.tenant_file_folder.glob(f"{id}*")] == []


async def test_a_clone_that_was_killed_leaves_no_rows_and_is_made_by_the_next_worker(
    platform: ServedPlatform, owner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    slug = await platform.create()
    clone = {"newSlug": f"{slug}-s", "name": "Sandbox", "admin": SANDBOX}
    id = await begin(platform, "tenantClone", slug=slug, **clone)

    async def die(*_: object) -> None:
        raise asyncio.CancelledError

    with monkeypatch.context() as patch:
        patch.setattr("persistence.tenant_lifecycle.cloning.TenantClone.copy_rest", die)
        patch.setattr("api.commands.tenants._remove_rows", die)  # the process is gone
        patch.setattr("api.commands.tenant_operations.operations.finish_operation", die)
        with pytest.raises(asyncio.CancelledError):
            await platform.work()
    count = "SELECT count(*) FROM roles"
    assert await count_rows(owner, id, count) > 0
    await owner.execute(
        "UPDATE directory.tenant_operations SET leased_until = now() - interval '1 second'"
        " WHERE finished_at IS NULL"
    )

    assert await platform.work() == 1

    sql = "SELECT id FROM directory.tenants WHERE slug = $1"
    assert await owner.fetchval(sql, f"{slug}-s") == id
    assert await count_rows(owner, id, count) > 0
    assert (await platform.query(LIST, slug=f"{slug}-s"))["tenantOperations"]["nodes"] == [
        {"kind": "CLONE", "state": "DONE"}
    ]


async def count_rows(owner: Any, tenant_id: UUID, sql: str) -> int:
    async with owner.transaction():
        await owner.execute(f"SET LOCAL app.tenant_id = '{tenant_id}'")
        return int(await owner.fetchval(f"{sql} WHERE tenant_id = $1", tenant_id))


async def test_what_another_worker_has_done_before_it_was_killed_is_not_done_again(
    platform: ServedPlatform, owner: Any
) -> None:
    slug = await platform.create()
    file = (await platform.finish("tenantExport", slug=slug))["file"]["id"]
    await platform.finish("tenantRestore", file=file, beside={"slug": f"{slug}-b"})
    done = "UPDATE directory.tenant_operations SET finished_at = NULL, leased_until = now(), input"
    await owner.execute(
        f'{done} = \'{{"is_beside": true, "database": null}}\' WHERE slug = $1', f"{slug}-b"
    )

    await platform.work()

    sql = "SELECT state, result FROM directory.tenant_operations WHERE slug = $1"
    state, result = await owner.fetchrow(sql, f"{slug}-b")
    assert (state, json.loads(result)["notes"]) == ("done", [operation_acts.DONE_BEFORE])
