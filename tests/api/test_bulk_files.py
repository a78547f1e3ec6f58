"""The files of bulk operations: parts of uploads, signed addresses, and who may use them."""

import asyncio
import hashlib
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import httpx
import pytest

from api.bulk_processing.addresses import FileAddresses, Purpose
from api.bulk_processing.route import MAX_DOWNLOADS
from api.bulk_processing.transfers import Results, Transfers
from api.http.routes import build_application
from api.kernel.schema.global_ids import encode_id
from domain.kernel.identity import TenantId, generate_id
from tests.api.bulk_story import OPERATION, UPLOAD, BulkStory
from tests.api.company import Company
from tests.api.small_graph import a_wire

pytestmark = pytest.mark.anyio

ROWS = b'{"givenName": "Ada"}\n{"givenName": "Bob"}\n'


@pytest.fixture
def story(company: Company, writing: asyncpg.Pool) -> BulkStory:
    return BulkStory(company, writing)


def read_error(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["errors"][0]["extensions"]["code"]


def build_digest(data: bytes) -> dict[str, str]:
    return {"content-digest": f"sha-256=:{b64encode(hashlib.sha256(data).digest()).decode()}:"}


async def test_a_file_comes_in_parts_each_once(story: BulkStory) -> None:
    made = await story.mutate("hr", "stagedUploadCreate", UPLOAD, format="JSONL")
    path, client = made["address"]["path"], story.client

    async def send(offset: int, data: bytes, **headers: str) -> httpx.Response:
        return await client.put(f"{path}?offset={offset}", content=data, headers=headers)

    assert read_error(await send(0, ROWS, **build_digest(b"other"))) == (400, "BAD_REQUEST")
    assert read_error(await send(5, ROWS)) == (409, "STATE_CONFLICT")
    first = await send(0, ROWS[:25], **build_digest(ROWS[:25]))
    assert first.json() == {"size": 25}
    again = await send(0, ROWS[:25])
    assert again.json()["errors"][0]["extensions"]["size"] == 25
    assert (await send(25, ROWS[25:])).json() == {"size": len(ROWS)}
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert read_error(await client.put(path, content=b"a=b", headers=form))[0] == 415
    assert read_error(await client.put(path, content=b"a" * 5_000_001))[0] == 413
    assert read_error(await client.put(f"{path}?offset=-1", content=b"a"))[0] == 400

    upload = made["stagedUpload"]["id"]
    done, results = await story.run(upload, "hr")
    assert [each["line"] for each in results] == [1, 2]
    assert done["fileSize"] == len(ROWS)
    assert read_error(await send(len(ROWS), b"more")) == (409, "STATE_CONFLICT")


async def test_an_address_holds_for_one_file_one_purpose_and_a_short_time(
    story: BulkStory,
) -> None:
    made = await story.mutate("hr", "stagedUploadCreate", UPLOAD, format="JSONL")
    path, client = made["address"]["path"], story.client
    token = path.rpartition("/")[2]
    await client.put(path, content=ROWS)
    operation, _ = await story.run(made["stagedUpload"]["id"])
    link = "address { path expiresAt }"
    download = await story.mutate("hr", "bulkOperationDownload", link, id=operation["id"])
    results = download["address"]["path"]
    middle = len(token) // 2
    forged = f"{token[:middle]}{'A' if token[middle] != 'A' else 'B'}{token[middle + 1 :]}"
    for method, wrong in [
        ("PUT", f"bulk/uploads/{forged}"),
        ("PUT", f"bulk/uploads/{results.rpartition('/')[2]}"),
        ("PUT", "bulk/uploads/é"),
        ("GET", f"bulk/results/{token}"),
        ("GET", "bulk/results/x"),
    ]:
        answer = await client.request(method, wrong, content=ROWS if method == "PUT" else None)
        assert read_error(answer) == (403, "FORBIDDEN")
    assert (await client.get(results)).status_code == 200
    story.company.graph.now += timedelta(minutes=15)
    assert read_error(await client.get(results)) == (403, "FORBIDDEN")
    story.company.graph.now += timedelta(days=1)
    assert read_error(await client.put(path, content=b"x")) == (403, "FORBIDDEN")


async def test_nobody_else_sees_a_file_or_what_is_done_with_it(story: BulkStory) -> None:
    company, random = story.company, generate_id()
    upload = await story.stage(b'{"givenName": "Ada"}')
    operation, _ = await story.run(upload)
    waiting = await story.start(await story.stage(b'{"givenName": "Bob"}'))
    lists = "{ stagedUploads { totalCount } bulkOperations { totalCount nodes { id } } }"
    own = await company.query("hr", lists)
    assert (own["stagedUploads"]["totalCount"], own["bulkOperations"]["totalCount"]) == (3, 4)
    for who in ("admin", "hr_ops", "mara", "ruler"):
        found = await company.query(who, lists)
        counts = found["stagedUploads"]["totalCount"], found["bulkOperations"]["totalCount"]
        assert counts == ((1, 2) if who == "ruler" else (0, 0))
        look = """query($id: ID!, $file: ID!) {
          bulkOperation(by: { id: $id }) { id } stagedUpload(by: { id: $file }) { id } }"""
        seen = await company.query(who, look, id=operation["id"], file=upload)
        assert seen == {"bulkOperation": None, "stagedUpload": None}
        for verb, selection, id in [
            ("bulkOperationDownload", "address { path }", operation["id"]),
            ("bulkOperationCancel", OPERATION, waiting["id"]),
            ("stagedUploadDelete", "deletedStagedUploadId", upload),
        ]:
            other = encode_id(id.partition("_")[0], random)
            answers = [await company.mutate(who, verb, selection, id=each) for each in (id, other)]
            assert answers[0] == answers[1]
            assert [each["code"] for each in answers[0]["errors"]] == ["NOT_FOUND"]
        run = [
            await company.mutate(
                who, "bulkOperationRun", OPERATION, kind="UPSERT_PEOPLE", uploadId=each
            )
            for each in (upload, encode_id("upload", random))
        ]
        assert run[0] == run[1]
        assert [each["code"] for each in run[0]["errors"]] == ["REFERENCE_NOT_FOUND"]
    assert (await story.read(waiting))["status"] == "CREATED"


async def test_an_address_stands_for_what_its_account_may_do_now(story: BulkStory) -> None:
    operation, _ = await story.run(await story.stage(b'{"givenName": "Ada"}'))
    made = await story.mutate("hr", "stagedUploadCreate", UPLOAD, format="JSONL")
    link = await story.mutate("hr", "bulkOperationDownload", "address { path }", id=operation["id"])
    member = {"id": story.company.encode_id("member", "hr")}
    await story.mutate("ruler", "memberSuspend", "member { id }", **member)
    for answer in (
        await story.client.get(link["address"]["path"]),
        await story.client.put(made["address"]["path"], content=ROWS),
    ):
        assert read_error(answer) == (403, "FORBIDDEN")
    await story.mutate("ruler", "memberActivate", "member { id }", **member)
    assert (await story.client.get(link["address"]["path"])).status_code == 200


async def test_an_audit_tells_who_took_results(story: BulkStory) -> None:
    operation, _ = await story.run(await story.stage(b'{"givenName": "Ada"}'))
    query = """query($id: ID!) { auditLog(where: { subjectId: { eq: $id } }) {
      nodes { action actor { name } } } }"""
    found: Any = await story.company.query("admin", query, id=operation["id"])
    actions = {each["action"] for each in found["auditLog"]["nodes"]}
    assert actions == {"CREATED", "STARTED", "DONE", "DOWNLOADED"}


class WaitingTransfers(Transfers):
    """Transfers whose results open when all requests have come so far or are refused."""

    def __init__(self, count: int) -> None:
        super().__init__()
        vars(self)["barrier"] = asyncio.Barrier(count)

    async def open_results(self, *_: Any) -> Results:
        await asyncio.wait_for(vars(self)["barrier"].wait(), 5)
        return Results(3, is_archive=False)

    async def read_part(self, *_: Any) -> bytes:
        return b"{}\n"


async def test_downloads_that_begin_at_the_same_time_are_counted() -> None:
    wire = a_wire()
    wire.transfers = WaitingTransfers(MAX_DOWNLOADS)
    addresses, tenant_id = FileAddresses(wire.sealing_secret), TenantId(generate_id())
    path, _ = addresses.build(Purpose.RESULTS, tenant_id, generate_id(), datetime.now(UTC))
    transport = httpx.ASGITransport(app=build_application(wire))
    async with httpx.AsyncClient(transport=transport, base_url="http://trellis.test") as client:
        for _ in range(2):  # the places are given back
            answers = await asyncio.gather(*(client.get(path) for _ in range(2 * MAX_DOWNLOADS)))
            statuses = sorted(each.status_code for each in answers)
            assert statuses == [200] * MAX_DOWNLOADS + [429] * MAX_DOWNLOADS
