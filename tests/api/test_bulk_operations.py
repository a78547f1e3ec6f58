"""Bulk operations: rows of files in, what workers do with them, and what stops them."""

from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from api.bulk_processing import rows as bulk_rows
from api.bulk_processing import running
from api.bulk_processing.lines import MAX_LINES, Place, Window, read_lines
from api.bulk_processing.rows import MAX_ROW_FAULTS
from api.kernel.schema.global_ids import decode_id
from domain.bulk_operations import TASK_HANDLERS, BulkOperationKind
from domain.kernel.background_tasks import build_system_actor
from persistence.unit_of_work.work import work
from tests.api.bulk_story import OPERATION, BulkStory, Crash
from tests.api.company import Company

pytestmark = pytest.mark.anyio

FULL = {"mode": "FULL", "source": "hris", "lastDay": "2026-05-31"}


@pytest.fixture
def story(company: Company, writing: asyncpg.Pool) -> BulkStory:
    return BulkStory(company, writing)


@pytest.fixture
def pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let batches have two rows."""
    kind = BulkOperationKind.UPSERT_PEOPLE
    monkeypatch.setitem(bulk_rows.KINDS, kind, ("people_upsert", 2))


def person(id: str, **values: Any) -> dict[str, Any]:
    reference = {"source": "hris", "id": id}
    return {"externalReference": reference, "givenName": id, "hiredOn": "2026-01-01"} | values


def boss(id: str) -> dict[str, Any]:
    return {"externalReference": {"id": id}}


def count(operation: Any) -> dict[str, int]:
    """Return the counts of an operation that are not zero, by their outcomes."""
    names = ("created", "updated", "unchanged", "deferred", "rejected")
    counts = {each: operation[f"{each}Count"] for each in names}
    assert sum(counts.values()) == operation["rowCount"]
    return {name: each for name, each in counts.items() if each}


def show(results: list[Any]) -> list[tuple[int, str, list[tuple[str, list[str]]]]]:
    """Return the line of each row, its outcome, and what is wrong with it."""
    return [
        (
            each["line"],
            each["outcome"],
            [(error["code"], error["field"]) for error in each["errors"]],
        )
        for each in results
    ]


async def read_people(story: BulkStory, who: str = "hr") -> dict[str, Any]:
    """Return the people who came from the HR system, with their last days and managers."""
    query = """{ people(first: 100) { nodes {
      name lastDay manager { name } references { source } } } }"""
    found = (await story.company.query(who, query))["people"]["nodes"]
    return {
        each["name"]: (each["lastDay"], each["manager"] and each["manager"]["name"])
        for each in found
        if each["references"]
    }


async def test_each_row_of_a_file_has_a_result(story: BulkStory, pairs: None) -> None:
    rows = [
        person("Ada", manager=boss("Bob")),
        b"",
        b"no json",
        person("Bob"),
        person("Cid", timeZone="Mars", hiredOn="31/12/2025"),
        person("Dan", salary=1),
        person("Eve", manager=["Bob"]),
        b'{"givenName": "Fay", "givenName": "Fay"}',
        {"externalReference": {"id": "Gus"}, "givenName": "Gus"},
    ]
    upload = await story.stage(*rows)
    done, results = await story.run(upload, source="hris")
    wrong = "INVALID_FORMAT"
    assert show(results) == [
        (1, "DEFERRED", []),
        (3, "REJECTED", [(wrong, [])]),
        (4, "CREATED", []),
        (5, "REJECTED", [(wrong, ["hiredOn"]), (wrong, ["timeZone"])]),
        (6, "REJECTED", [(wrong, ["salary"])]),
        (7, "REJECTED", [(wrong, ["manager"])]),
        (8, "REJECTED", [(wrong, [])]),
        (9, "CREATED", []),
    ]
    assert all(each["message"].endswith(".") for line in results for each in line["errors"])
    assert [each["line"] for each in results if each["id"]] == [1, 4, 9]
    assert (done["status"], count(done)) == ("DONE", {"created": 2, "deferred": 1, "rejected": 5})
    assert done["readSize"] == done["fileSize"] > 0
    assert await read_people(story) == {
        "Ada": (None, "Bob"),
        "Bob": (None, None),
        "Gus": (None, None),
    }

    again, _ = await story.run(upload, source="hris")
    assert count(again) == {"unchanged": 3, "rejected": 5}


async def test_rows_of_junk_have_few_faults(story: BulkStory) -> None:
    junk = {f"field_{n}": n for n in range(9_000)}
    rows = [junk, {"externalReference": junk}, {f"field_{n}": n for n in range(10_001)}]
    _, results = await story.run(await story.stage(*rows), source="hris")
    first, second, third = (each["errors"] for each in results)
    assert [len(first), len(second)] == [MAX_ROW_FAULTS, MAX_ROW_FAULTS]
    assert [(each["code"], each["field"]) for each in third] == [("LIMIT_EXCEEDED", [])]


def test_lines_are_read_in_bounded_parts() -> None:
    data = b"\n" * 30_000 + b"{}\n"
    window = Window(data, 0, is_last=True)
    rows, place = read_lines(window, Place(0, 1), 250)
    assert (rows, place) == ([], Place(MAX_LINES, MAX_LINES + 1))
    rows, place = read_lines(window, place, 250)
    assert ([each.line for each in rows], place.offset) == ([30_001], len(data))


async def test_a_full_run_ends_who_is_missing_and_can_be_undone(story: BulkStory) -> None:
    staff = [person(f"P{n}") for n in range(21)]
    first, _ = await story.run(await story.stage(*staff), **FULL | {"mode": "DELTA"})
    assert (first["syncRun"]["status"], count(first)) == ("FINISHED", {"created": 21})
    before = await read_people(story)

    changed = await story.stage(staff[0] | {"manager": boss("P1")}, *staff[1:20])
    checked, plan = await story.run(changed, dryRun=True, **FULL)
    assert (checked["syncRun"], count(checked)) == (None, {"updated": 1, "unchanged": 19})
    after = {"source": "hris", "id": "P1"}
    assert plan[0]["changes"][0]["field"] == "manager"
    assert plan[0]["changes"][0]["after"] in (after, plan[1]["id"])
    assert await read_people(story) == before

    done, _ = await story.run(changed, **FULL)
    assert (done["syncRun"]["status"], done["syncRun"]["endedCount"]) == ("FINISHED", 1)
    assert await read_people(story) == before | {"P0": (None, "P1"), "P20": ("2026-05-31", None)}

    undone = await story.mutate("hr", "syncRunUndo", "syncRun { status }", id=done["syncRun"]["id"])
    assert undone["syncRun"]["status"] == "UNDONE"
    assert await read_people(story) == before


async def test_a_full_run_with_a_row_that_cannot_be_read_ends_nobody(story: BulkStory) -> None:
    staff = [person(f"P{n}") for n in range(20)]
    await story.run(await story.stage(*staff))
    before = await read_people(story)
    wrong = await story.stage(*staff[1:], staff[0] | {"nickname": "P"})
    done, results = await story.run(wrong, **FULL)
    assert (done["status"], done["failure"]) == ("FAILED", "ROWS_UNREADABLE")
    assert done["syncRun"]["status"] == "OPEN"
    assert len(results) == 20
    assert await read_people(story) == before


async def test_after_a_crash_no_row_is_lost_and_none_is_counted_twice(
    story: BulkStory, pairs: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [person(f"P{n}", manager=boss(f"P{n - 1}") if n else None) for n in range(7)]
    operation = await story.start(await story.stage(*rows), mode="DELTA", source="hris")
    stored = running.advance
    left = iter(["before", "stores", "stores", "before", "stores", "stores"])

    async def crash(*arguments: Any) -> bool:
        if next(left) == "before":
            raise Crash
        return await stored(*arguments)

    monkeypatch.setattr(running, "advance", crash)
    monkeypatch.setattr("api.kernel.execution.changes.to_request_error", lambda error, _: error)
    await story.work(operation)
    assert count(await story.read(operation)) == {}
    await story.work(operation)
    assert count(await story.read(operation)) == {"created": 4}
    await story.work(operation, crashes=True)
    assert (await story.read(operation))["status"] == "DONE"
    await story.work(operation)
    done = await story.read(operation)
    assert (count(done), done["syncRun"]["status"]) == ({"created": 7}, "FINISHED")
    results = await story.download(operation)
    assert [each["line"] for each in results] == [1, 2, 3, 4, 5, 6, 7]
    assert len({each["id"] for each in results}) == 7
    query = "query($id: ID!) { syncRun(by: { id: $id }) { counts { created } } }"
    run = await story.company.query("hr", query, id=done["syncRun"]["id"])
    assert run["syncRun"]["counts"] == [{"created": 7}]


async def test_rights_count_when_the_rows_are_applied(
    story: BulkStory, owner: asyncpg.Connection
) -> None:
    company = story.company
    operation = await story.start(await story.stage(person("Ada")))
    revoked = {"id": company.encode_id("member", "hr")}
    assignments = [str(each.id) for each in company.members["hr"].assignments]
    for each in assignments:
        await story.mutate(
            "ruler",
            "memberRevokeRole",
            "member { id }",
            assignmentId=f"assignment_{each}",
            **revoked,
        )
    await story.work(operation)
    (result,) = await story.download(operation)
    assert [each["code"] for each in result["errors"]] == ["NOT_PERMITTED"]
    later = await story.start(await story.stage(person("Bob")))
    await story.mutate("ruler", "memberSuspend", "member { id }", **revoked)
    await story.work(later)
    await story.mutate("ruler", "memberActivate", "member { id }", **revoked)
    found = await story.read(later)
    assert (found["status"], found["failure"]) == ("FAILED", "OWNER_WITHOUT_ACCESS")
    assert await read_people(story, "ruler") == {}


async def test_an_operation_is_cancelled_between_batches(story: BulkStory, pairs: None) -> None:
    operation = await story.start(await story.stage(*(person(f"P{n}") for n in range(4))))
    cancelled = await story.mutate("hr", "bulkOperationCancel", OPERATION, id=operation["id"])
    assert cancelled["bulkOperation"]["status"] == "CANCELLED"
    await story.work(operation)
    assert await read_people(story) == {}
    assert await story.download(operation) == []


async def test_measurements_and_units_come_in_files_too(story: BulkStory) -> None:
    kpi = story.company.encode_id("kpi", "shared")
    values = [{"kpiId": kpi, "period": "2026-03", "value": each} for each in ("0.93", "many")]
    done, results = await story.run(
        await story.stage(*values, who="mara"), "mara", kind="RECORD_MEASUREMENTS"
    )
    assert show(results) == [(1, "CREATED", []), (2, "REJECTED", [("INVALID_FORMAT", ["value"])])]
    assert "id" not in results[0]
    units = [{"externalReference": {"source": "erp", "id": "1"}, "code": "X", "name": "X"}]
    done, _ = await story.run(
        await story.stage(*units, who="ruler"), "ruler", kind="UPSERT_ORGANIZATIONS"
    )
    assert count(done) == {"rejected": 1}


async def test_goals_come_in_files_and_in_sync_runs(story: BulkStory) -> None:
    owner = {"id": story.company.encode_id("person", "mara")}
    values = {"dueOn": "2026-12-31", "ownerPerson": owner}
    goals = [
        {"externalReference": {"id": "1"}, "title": "First", "parent": boss("2"), **values},
        {"externalReference": {"id": "2"}, "title": "Second", **values},
        {"externalReference": {"id": "3"}, "title": "", **values},
    ]
    run = {"kind": "UPSERT_GOALS", "mode": "DELTA", "source": "okrs"}
    done, results = await story.run(await story.stage(*goals), **run)
    assert show(results) == [
        (1, "CREATED", []),
        (2, "CREATED", []),
        (3, "REJECTED", [("REQUIRED", ["title"])]),
    ]
    assert count(done) == {"created": 2, "rejected": 1}
    again, _ = await story.run(await story.stage(*goals[:2]), **run)
    assert count(again) == {"unchanged": 2}


async def test_what_cannot_run_is_refused_with_all_that_is_wrong(story: BulkStory) -> None:
    empty = await story.mutate("hr", "stagedUploadCreate", "stagedUpload { id }", format="JSONL")
    wrong = {"uploadId": empty["stagedUpload"]["id"], "mode": "FULL", "kind": "UPSERT_PEOPLE"}
    made = await story.company.mutate("hr", "bulkOperationRun", OPERATION, **wrong)
    assert [(each["code"], each["field"]) for each in made["errors"]] == [
        ("INCONSISTENT", ["uploadId"]),
        ("REQUIRED", ["source"]),
        ("REQUIRED", ["lastDay"]),
    ]
    upload = await story.stage(person("Ada"))
    await story.start(upload)  # beside the one of the account that runs
    more = {"uploadId": upload, "kind": "UPSERT_PEOPLE"}
    refused = await story.company.mutate("hr", "bulkOperationRun", OPERATION, **more)
    assert [(each["code"], each["message"]) for each in refused["errors"]] == [
        (
            "LIMIT_EXCEEDED",
            (
                "At most 2 bulk operations of an account run at once. Wait until one of them has"
                " ended, or cancel one."
            ),
        )
    ]
    mara = await story.stage(person("Ada"), who="mara")
    run = {"uploadId": mara, "kind": "UPSERT_PEOPLE", **FULL}
    denied = await story.company.mutate("mara", "bulkOperationRun", OPERATION, **run)
    assert [each["code"] for each in denied["errors"]] == ["NOT_PERMITTED"]


async def test_files_are_deleted_and_late_operations_stopped(story: BulkStory) -> None:
    graph = story.company.graph
    upload = await story.stage(person("Ada"))
    done, _ = await story.run(upload)
    late = await story.start(upload)

    async def run_task(kind: str, name: str, id: str) -> None:
        handler = TASK_HANDLERS[kind]
        actor = build_system_actor(graph.tenant_id, graph.now.date(), handler)
        async with work(story.writing, actor, now=graph.now) as task:
            await handler.run(task, **{name: str(decode_id(id, "bulk", "upload"))})

    await run_task("staged_upload.forget", "upload_id", upload)
    await story.work(late)
    assert (await story.read(late))["failure"] == "FILE_MISSING"
    waiting = await story.start(await story.stage(person("Bob")))
    await run_task("bulk_operation.expire", "operation_id", waiting["id"])
    await run_task("bulk_operation.expire", "operation_id", done["id"])
    assert [(await story.read(each))["failure"] for each in (waiting, done)] == ["TIMEOUT", None]
    address = await story.mutate("hr", "bulkOperationDownload", "address { path }", id=done["id"])
    await run_task("bulk_operation.forget", "operation_id", done["id"])
    graph.now += timedelta(days=7)
    assert (await story.client.get(address["address"]["path"])).status_code == 403
