"""What operators begin with all data of a tenant is done once, by a worker, as the commands do."""

import asyncio
import gzip
import json
import os
from collections.abc import AsyncIterator
from typing import Any

import pytest

from api.commands import tenant_operations
from api.identity.receipts import verify_receipt
from domain.kernel.identity import generate_id
from persistence.embedded import DatabaseUrls
from persistence.kernel.wire_format import decode_id
from tests.api.served_platform import ServedPlatform, a_slug, serve_platform
from tests.api.test_platform import AUDIT, SANDBOX

pytestmark = pytest.mark.anyio

EDIT_TENANT = """mutation($name: String!) {
  tenantEdit(input: { name: $name }) { errors { code } } }"""
DELETION = """query($slug: String!) {
  tenantDeletion(slug: $slug) { erasedFrom begunAt receipt } }"""
LIST = """query($slug: String!, $first: Int! = 25, $after: String) {
  tenantOperations(where: { slug: $slug }, first: $first, after: $after) {
    nodes { kind state } pageInfo { hasNextPage endCursor } } }"""


@pytest.fixture(scope="module")
async def platform(
    addresses: DatabaseUrls, tmp_path_factory: pytest.TempPathFactory, owner: Any
) -> AsyncIterator[ServedPlatform]:
    await owner.execute("DELETE FROM directory.operators")
    await owner.execute("DELETE FROM directory.tenant_operations")
    async with serve_platform(addresses, tmp_path_factory.mktemp("platform")) as served:
        yield served


async def rename(platform: ServedPlatform, slug: str, name: str) -> None:
    answer = await platform.ask_tenant(slug, EDIT_TENANT, name=name)
    assert answer.json()["data"]["tenantEdit"]["errors"] == []


async def read_name(platform: ServedPlatform, slug: str) -> Any:
    return (await platform.ask_tenant(slug, "{ tenant { name } }")).json()["data"]["tenant"]["name"]


async def list_actions(platform: ServedPlatform, slug: str) -> list[str]:
    query = "{ tenant { history { nodes { action } } } }"
    answer = (await platform.ask_tenant(slug, query)).json()
    return [each["action"] for each in answer["data"]["tenant"]["history"]["nodes"]]


async def list_acts(platform: ServedPlatform, slug: str) -> list[str]:
    found = await platform.query(AUDIT, slug=slug)
    return [each["act"] for each in found["platformAuditLog"]["nodes"]]


async def list_codes(platform: ServedPlatform, verb: str, **input: Any) -> Any:
    payload = await platform.mutate(verb, **input)
    return [(each["code"], each["field"]) for each in payload["errors"]]


def read_lines(data: bytes) -> list[bytes]:
    return gzip.decompress(data).splitlines()


async def test_an_exported_tenant_is_erased_and_imported_as_it_was(
    platform: ServedPlatform, owner: Any
) -> None:
    slug = await platform.create()
    exported = await platform.finish("tenantExport", slug=slug)
    assert (exported["kind"], exported["state"], exported["operatorName"]) == (
        "EXPORT",
        "DONE",
        "owner",
    )
    first = await platform.download(exported["file"]["path"])
    assert first.headers["content-type"] == "application/gzip"
    assert str(len(first.content)) == exported["file"]["size"]
    assert exported["rowCount"] == sum(
        each.startswith(b'{"tenant_id"') for each in read_lines(first.content)
    )
    rest = await platform.download(exported["file"]["path"], range="bytes=100-")
    assert (rest.status_code, rest.content) == (206, first.content[100:])
    assert (await list_actions(platform, slug))[0] == "EXPORTED"

    await platform.mutate("tenantScheduleDeletion", slug=slug, days=0)
    erased = await platform.finish("tenantErase", slug=slug)
    statement = json.loads(verify_receipt(platform.settings, erased["receipt"]))
    assert statement["tenant"]["slug"] == slug
    assert (await platform.download(exported["file"]["path"])).status_code == 404
    assert [*platform.settings.tenant_file_folder.glob("*")] == []

    file = await platform.upload(first.content, part_size=1_000)
    planned = await platform.finish("tenantImport", file=file, dryRun=True)
    assert planned["plan"]["refusals"] == []
    assert {"table": "tenants", "rowsNow": 0, "rowsInFile": 1, "removed": 0, "added": 1} in (
        planned["plan"]["tables"]
    )
    assert await platform.query(f'{{ tenant(slug: "{slug}") {{ slug }} }}') == {"tenant": None}
    imported = await platform.finish("tenantImport", file=file)
    assert (imported["state"], imported["rowCount"]) == ("DONE", exported["rowCount"])
    assert "Its issuers were not taken" in imported["notes"][0]
    again = await platform.finish("tenantExport", slug=slug)
    second = (await platform.download(again["file"]["path"])).content
    assert read_lines(second)[1:] == read_lines(first.content)[1:]

    assert await list_acts(platform, slug) == [
        "TENANT_FILE_DOWNLOAD", "TENANT_EXPORT", "TENANT_IMPORT", "TENANT_IMPORT", "TENANT_ERASE",
        "TENANT_SCHEDULE_DELETION", "TENANT_FILE_DOWNLOAD", "TENANT_FILE_DOWNLOAD",
        "TENANT_EXPORT", "TENANT_CREATE",
    ]  # fmt: skip
    kept = await owner.fetch("SELECT input FROM directory.tenant_operations")
    assert {row["input"] for row in kept} == {None}


async def test_a_tenant_is_restored_in_place_and_its_present_data_is_a_file(
    platform: ServedPlatform,
) -> None:
    slug = await platform.create()
    file = (await platform.finish("tenantExport", slug=slug))["file"]["id"]
    await rename(platform, slug, "Renamed")
    planned = await platform.finish("tenantRestore", file=file, inPlace={"slug": slug}, dryRun=True)
    changed = {each["table"]: each["removed"] for each in planned["plan"]["tables"]}
    assert changed["tenants"] == 1
    assert await read_name(platform, slug) == "Renamed"

    restored = await platform.finish("tenantRestore", file=file, inPlace={"slug": slug})

    assert restored["state"] == "DONE", restored
    assert await read_name(platform, slug) == "Acme"
    assert (await list_actions(platform, slug))[0] == "RESTORED"
    kept = (await platform.download(restored["file"]["path"])).content
    assert any(b'"name":"Renamed"' in each for each in read_lines(kept))
    other = await platform.create()
    assert await list_codes(platform, "tenantRestore", file=file, inPlace={"slug": other}) == [
        ("INCONSISTENT", ["file"])
    ]
    input = {"slug": slug, "discardsPresentData": True}
    discarded = await platform.finish("tenantRestore", file=file, inPlace=input)
    assert (discarded["state"], discarded["file"]) == ("DONE", None)


async def test_a_tenant_is_restored_beside_and_cloned(platform: ServedPlatform, owner: Any) -> None:
    slug = await platform.create()
    file = (await platform.finish("tenantExport", slug=slug))["file"]["id"]

    restored = await platform.finish("tenantRestore", file=file, beside={"slug": f"{slug}-b"})
    cloned = await platform.finish(
        "tenantClone",
        by="operator",
        slug=slug,
        newSlug=f"{slug}-s",
        name="Sandbox",
        admin={**SANDBOX, "workEmail": f"ada@{slug}-s.example"},
        withPeople=True,
    )

    assert (restored["state"], restored["slug"], restored["newSlug"]) == ("DONE", f"{slug}-b", None)
    assert (cloned["state"], cloned["slug"], cloned["newSlug"]) == ("DONE", slug, f"{slug}-s")
    assert await read_name(platform, f"{slug}-s") == "Sandbox"
    assert (await list_actions(platform, slug))[:2] == ["CLONED", "EXPORTED"]
    assert await list_acts(platform, f"{slug}-b") == ["TENANT_RESTORE"]
    for taken in (f"{slug}-b", f"{slug}-s"):
        assert await list_codes(platform, "tenantRestore", file=file, beside={"slug": taken}) == [
            ("NOT_UNIQUE", ["beside", "slug"])
        ]
    assert await owner.fetchval("SELECT count(*) FROM directory.tenant_creations") == 0


async def test_a_scheduled_deletion_is_cancelled_and_not_erased_before_its_day(
    platform: ServedPlatform,
) -> None:
    slug, tenant = await platform.create(), "tenant { status erasedFrom }"
    await platform.mutate("tenantSuspend", slug=slug)

    closed = (await platform.mutate("tenantScheduleDeletion", tenant, slug=slug))["tenant"]
    early = await platform.mutate("tenantErase", slug=slug)
    again = await platform.mutate("tenantScheduleDeletion", slug=slug, days=0)
    deletion = await platform.query(DELETION, slug=slug)
    kept = await platform.mutate("tenantCancelDeletion", tenant, by="operator", slug=slug)

    assert closed["status"] == "CLOSING"
    assert closed["erasedFrom"] is not None
    assert [each["message"][: len(slug) + 8] for each in early["errors"]] == [f"{slug} is kept"]
    assert [each["code"] for each in again["errors"]] == ["STATE_CONFLICT"]
    scheduled = {"erasedFrom": closed["erasedFrom"], "begunAt": None, "receipt": None}
    assert deletion == {"tenantDeletion": scheduled}
    assert await platform.query(DELETION, slug=slug) == {"tenantDeletion": None}
    assert kept["tenant"] == {"status": "SUSPENDED", "erasedFrom": None}
    assert await list_codes(platform, "tenantCancelDeletion", slug=slug) == [
        ("STATE_CONFLICT", None)
    ]
    assert await list_codes(platform, "tenantScheduleDeletion", slug=slug, days=366) == [
        ("OUT_OF_RANGE", ["days"])
    ]
    assert await list_acts(platform, slug) == [
        "TENANT_CANCEL_DELETION", "TENANT_SCHEDULE_DELETION", "TENANT_SUSPEND", "TENANT_CREATE",
    ]  # fmt: skip
    await platform.mutate("tenantResume", slug=slug)
    assert (await list_actions(platform, slug))[1:3] == ["DELETION_CANCELLED", "DELETION_SCHEDULED"]


async def test_a_tenant_has_one_operation_at_a_time(platform: ServedPlatform) -> None:
    slug = await platform.create()
    begin = "tenantOperation { id }"

    keyed = [platform.mutate("tenantExport", begin, key=f"k-{slug}", slug=slug) for _ in range(20)]
    found = await asyncio.gather(*keyed)
    refused = await asyncio.gather(
        *(platform.mutate("tenantExport", begin, slug=slug) for _ in range(20))
    )

    assert len({each["tenantOperation"]["id"] for each in found}) == 1
    assert {each["errors"][0]["code"] for each in refused} == {"STATE_CONFLICT"}
    clone = {"newSlug": f"{slug}-s", "name": "Sandbox", "admin": SANDBOX}
    assert await list_codes(platform, "tenantClone", slug=slug, **clone) == [
        ("STATE_CONFLICT", None)
    ]
    assert (await platform.query(LIST, slug=slug))["tenantOperations"]["nodes"] == [
        {"kind": "EXPORT", "state": "QUEUED"}
    ]
    assert await platform.work() == 1
    assert await platform.work() == 0
    assert (await platform.finish("tenantExport", slug=slug))["state"] == "DONE"
    page = (await platform.query(LIST, slug=slug, first=1))["tenantOperations"]
    assert page["pageInfo"]["hasNextPage"] is True
    after = page["pageInfo"]["endCursor"]
    rest = (await platform.query(LIST, slug=slug, first=1, after=after))["tenantOperations"]
    assert (rest["nodes"], rest["pageInfo"]["hasNextPage"]) == (page["nodes"], False)


async def test_all_faults_of_an_input_are_reported_and_nothing_is_begun(
    platform: ServedPlatform,
) -> None:
    slug = await platform.create()
    input = {"newSlug": "No Slug", "name": " ", "admin": {**SANDBOX, "workEmail": "nobody"}}
    assert sorted(await list_codes(platform, "tenantClone", slug=slug, **input)) == [
        ("INVALID_FORMAT", ["admin", "workEmail"]),
        ("INVALID_FORMAT", ["newSlug"]),
        ("REQUIRED", ["name"]),
    ]
    assert await list_codes(platform, "tenantMove", slug=slug, database="nowhere") == [
        ("NOT_FOUND", ["database"])
    ]
    assert await list_codes(platform, "tenantExport", slug=a_slug()) == [("NOT_FOUND", ["slug"])]
    assert await list_codes(
        platform, "tenantRestore", file="tenantfile_00000000-0000-0000-0000-000000000000"
    ) == [("INCONSISTENT", ["beside"])]
    assert (await platform.query(LIST, slug=slug))["tenantOperations"]["nodes"] == []


async def test_a_file_is_sent_in_order_and_refused_if_it_is_damaged(
    platform: ServedPlatform,
) -> None:
    made = await platform.mutate("tenantFileCreate", "tenantFile { id path }", size="8")
    path, file = made["tenantFile"]["path"], made["tenantFile"]["id"]
    sent = [
        (await platform.send_part(path, offset, data, by=by)).status_code
        for offset, data, by in (
            (4, b"late", "owner"), (0, b"1234", "operator"), (0, b"1234", "owner"),
            (0, b"1234", "owner"), (4, b"56789", "owner"),
        )
    ]  # fmt: skip
    assert sent == [409, 403, 200, 409, 413]
    assert await list_codes(platform, "tenantImport", file=file) == [("INVALID", ["file"])]
    assert (await platform.send_part(path, 4, b"5678")).json() == {"size": 8}
    assert await list_codes(platform, "tenantImport", file=file) == [("INVALID", ["file"])]
    unknown = path[:-8] + "00000000"
    missing = [
        (await platform.download(each)).json()["errors"][0]["message"]
        for each in (unknown, "platform/files/person_00000000000000000000000000")
    ]
    assert missing == ["There is no such file, or not any more. Send it again."] * 2
    assert await list_codes(platform, "tenantFileCreate", size="0.5") == [
        ("INVALID_FORMAT", ["size"])
    ]
    assert await list_codes(platform, "tenantFileCreate", size="30000000000") == [
        ("OUT_OF_RANGE", ["size"])
    ]


async def test_only_owners_read_a_file(platform: ServedPlatform) -> None:
    slug = await platform.create()
    path = (await platform.finish("tenantExport", slug=slug))["file"]["path"]

    answers = [(await platform.download(path, by=by)).status_code for by in ("operator", "reader")]
    nobody = await platform.client.get(f"/{path}")

    assert (answers, nobody.status_code) == ([403, 403], 401)
    assert "TENANT_FILE_DOWNLOAD" not in await list_acts(platform, slug)


async def test_expired_files_are_removed_and_others_stay(
    platform: ServedPlatform, owner: Any
) -> None:
    slug = await platform.create()
    kept, expired = [
        (await platform.finish("tenantExport", slug=slug))["file"]["path"] for _ in range(2)
    ]
    folder = platform.settings.tenant_file_folder
    (folder / "notes.trellis").write_text("not of Trellis")
    beginning = folder / f"{generate_id()}.trellis.partial"
    beginning.write_text("of a process that was killed")
    id = decode_id(expired.rpartition("/")[2], "tenantfile")
    await owner.execute("UPDATE directory.tenant_files SET kept_until = now() WHERE id = $1", id)
    assert (await platform.download(expired)).status_code == 404
    for each in folder.glob("*"):
        os.utime(each, (0, 0))

    await tenant_operations.remove_expired(platform.database, platform.settings)

    assert (await platform.download(kept)).status_code == 200
    assert not (folder / f"{id}.trellis").exists()
    assert not beginning.exists()
    assert (folder / "notes.trellis").exists()
