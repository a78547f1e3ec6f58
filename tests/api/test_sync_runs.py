"""Sync runs: what they count, whom a full one ends, what blocks it, and who may approve."""

from typing import Any

import asyncpg
import pytest

from api.kernel.schema.global_ids import decode_id, encode_id
from domain import sync_runs
from domain.kernel.background_tasks import build_system_actor
from domain.kernel.identity import generate_id
from domain.service_clients import build_subject
from domain.task_handlers import TASK_HANDLERS
from persistence.unit_of_work.work import work
from tests.api.company import Company
from tests.factories.actors import NOW, TODAY

pytestmark = pytest.mark.anyio

RUN = """syncRun { id source kind types status lastDay endedCount viewerCan startedBy { id }
    counts { type created updated unchanged deferred rejected }
    issues { type externalId code field }
    missingPeople { totalCount nodes { name } } endedPeople { nodes { name } } }"""
ROWS = "outcomes stored"
LAST_DAY = "2026-05-31"


def person(id: str, source: str = "hris", **values: Any) -> dict[str, Any]:
    """Return a row about somebody with this id in the HR system."""
    reference = {"source": source, "id": id}
    return {"externalReference": reference, "givenName": id, "hiredOn": "2026-01-01"} | values


def count(**counts: int) -> dict[str, Any]:
    """Return the counts of rows about people."""
    none = dict.fromkeys(("created", "updated", "unchanged", "deferred", "rejected"), 0)
    return {"type": "PERSON"} | none | counts


def get_client(company: Company) -> str:
    """Return the subject of a service client with the rights of HR."""
    return build_subject(company.clients.clients["wide"].id)


async def start(company: Company, who: str = "hr", **input: Any) -> Any:
    payload = await company.mutate(
        who, "syncRunStart", RUN, **{"source": "hris", "kind": "FULL"} | input
    )
    assert payload["errors"] == []
    return payload["syncRun"]


async def send(company: Company, run: Any, *rows: Any, who: str = "hr", **more: Any) -> Any:
    input = {"rows": list(rows), "syncRunId": run["id"], **more}
    return await company.mutate(who, "peopleUpsert", ROWS, **input)


async def finish(company: Company, run: Any, who: str = "hr", **more: Any) -> Any:
    more = {"lastDay": LAST_DAY} | more
    return await company.mutate(who, "syncRunFinish", RUN, id=run["id"], **more)


async def approve(company: Company, run: Any, who: str = "hr") -> Any:
    return await company.mutate(who, "syncRunApprove", RUN, id=run["id"])


async def read_run(company: Company, run: Any, who: str = "hr") -> Any:
    query = f"query($id: ID!) {{ {RUN.replace('syncRun', 'syncRun(by: { id: $id })', 1)} }}"
    return (await company.query(who, query, id=run["id"]))["syncRun"]


async def read_last_days(company: Company, who: str = "hr") -> dict[str, str | None]:
    query = "{ people(first: 100) { nodes { name lastDay references { source } } } }"
    found = (await company.query(who, query))["people"]["nodes"]
    return {each["name"]: each["lastDay"] for each in found if each["references"]}


def show(payload: Any) -> list[tuple[str, Any]]:
    return [(each["code"], each["field"]) for each in payload["errors"]]


async def test_a_full_run_ends_the_few_who_are_missing_and_a_delta_run_nobody(
    company: Company,
) -> None:
    staff = [person(f"P{n}") for n in range(20)]
    delta = await start(company, kind="DELTA", types=["PERSON"])
    assert (delta["status"], delta["types"], delta["counts"]) == ("OPEN", ["PERSON"], [])
    assert delta["startedBy"] == {"id": company.encode_id("member", "hr")}
    others = [person("Else", "payroll"), person("Alumna", lastDay="2026-03-31")]
    await company.mutate("hr", "peopleUpsert", ROWS, rows=others)
    await send(company, delta, *staff, person("Later", hiredOn="2026-06-01"))
    await send(company, delta, staff[0] | {"givenName": "Ada", "name": "Ada"}, dryRun=True)
    done = (await finish(company, delta))["syncRun"]
    assert (done["status"], done["counts"]) == ("FINISHED", [count(created=21)])
    assert (done["lastDay"], done["endedCount"], done["viewerCan"]) == (None, 0, ["UNDO"])

    run = await start(company)
    # Refused rows are sent rows: nobody leaves because of a mistake in a row.
    wrong = [staff[1] | {"timeZone": "Mars"}, person("X", "payroll"), staff[2] | {"id": "nobody"}]
    answer = await send(company, run, *wrong, *staff[3:10])
    assert answer["outcomes"] == ["REJECTED"] * 3 + ["UNCHANGED"] * 7
    await send(company, run, *staff[10:], mode="ALL_OR_NOTHING")
    found = await read_run(company, run)
    assert found["counts"] == [count(unchanged=17, rejected=3)]
    issues = {(each["externalId"], each["code"], each["field"]) for each in found["issues"]}
    assert issues == {
        ("P1", "INVALID_FORMAT", "timeZone"),
        (None, "INCONSISTENT", "externalReference"),
        ("P2", "INVALID_FORMAT", "id"),
    }
    await send(company, run, staff[1], staff[2])
    assert [each["externalId"] for each in (await read_run(company, run))["issues"]] == [None]
    assert show(await finish(company, run, lastDay=None)) == [("REQUIRED", ["lastDay"])]
    assert show(await finish(company, run, maxEndedPercent=6)) == [
        ("OUT_OF_RANGE", ["maxEndedPercent"])
    ]
    done = (await finish(company, run))["syncRun"]
    assert (done["status"], done["endedCount"], done["lastDay"]) == ("FINISHED", 1, LAST_DAY)
    assert (done["endedPeople"]["nodes"], done["missingPeople"]["nodes"]) == ([{"name": "P0"}], [])
    expected = {each["givenName"]: None for each in staff}
    expected |= {"P0": LAST_DAY, "Else": None, "Alumna": "2026-03-31", "Later": None}
    assert await read_last_days(company) == expected
    assert show(await send(company, run, staff[0])) == [("STATE_CONFLICT", ["syncRunId"])]


async def test_too_many_missing_people_wait_for_the_approval_of_a_person(company: Company) -> None:
    client = get_client(company)
    staff = [person(f"P{n}") for n in range(4)]
    await company.mutate("hr", "peopleUpsert", ROWS, rows=staff)
    run = await start(company, client)
    await send(company, run, *staff[:2], person("New"), who=client)
    blocked = (await finish(company, run, client))["syncRun"]
    assert (blocked["status"], blocked["endedCount"]) == ("BLOCKED", 0)
    assert blocked["issues"] == [
        {"type": None, "externalId": None, "code": "MASS_CHANGE_BLOCKED", "field": None}
    ]
    assert [each["name"] for each in blocked["missingPeople"]["nodes"]] == ["P2", "P3"]
    assert set((await read_last_days(company)).values()) == {None}
    (refused,) = (await approve(company, run, client))["errors"]
    assert (refused["code"], refused["message"]) == (
        "NOT_PERMITTED",
        "A service client may not approve a blocked run. Ask a person who manages people.",
    )
    assert set((await read_last_days(company)).values()) == {None}
    # Who has left meanwhile keeps the day.
    await company.mutate("hr", "peopleUpsert", ROWS, rows=[staff[3] | {"lastDay": "2026-04-30"}])
    done = (await approve(company, run))["syncRun"]
    assert (done["status"], done["endedCount"]) == ("FINISHED", 1)
    assert done["endedPeople"]["nodes"] == [{"name": "P2"}]
    days = await read_last_days(company)
    assert (days["P2"], days["P3"], days["P0"]) == (LAST_DAY, "2026-04-30", None)
    assert show(await approve(company, run)) == [("STATE_CONFLICT", None)]
    # A lower guard than 5 percent counts.
    lower = await start(company)
    await send(company, lower, staff[0], person("New"))
    assert (await finish(company, lower, maxEndedPercent=0))["syncRun"]["status"] == "BLOCKED"


async def test_only_its_starter_writes_a_run_and_others_do_not_learn_of_it(
    company: Company,
) -> None:
    client, row = get_client(company), person("P0")
    run = await start(company, client, kind="DELTA", types=["PERSON"])
    unknown = {"id": encode_id("syncrun", generate_id())}
    for who in ("hr_ops", "mara", "analyst"):
        assert await read_run(company, run, who) is None
        listed = await company.query(who, "{ syncRuns { totalCount } }")
        assert listed == {"syncRuns": {"totalCount": 0}}
        for verb in (finish, approve):
            answers = [await verb(company, each, who) for each in (run, unknown)]
            assert answers[0] == answers[1]
            assert show(answers[0]) == [("NOT_FOUND", ["id"])]
        sent = [await send(company, each, row, who=who) for each in (run, unknown)]
        assert sent[0] == sent[1]
        assert show(sent[0]) == [("REFERENCE_NOT_FOUND", ["syncRunId"])]
        payload = await company.mutate(who, "syncRunStart", RUN, source="hris", kind="DELTA")
        assert show(payload) == [("NOT_PERMITTED", None)]
    # Somebody else who manages all people reads it.
    assert show(await send(company, run, row, who="hr")) == [("NOT_PERMITTED", None)]
    assert show(await finish(company, run)) == [("NOT_PERMITTED", None)]
    unit = {"externalReference": {"source": "hris", "id": "U"}, "kind": "UNIT", "code": "U"}
    input = {"rows": [unit | {"name": "U"}], "syncRunId": run["id"]}
    payload = await company.mutate(client, "organizationsUpsert", ROWS, **input)
    assert show(payload) == [("INCONSISTENT", ["syncRunId"])]
    found = await read_run(company, run)
    assert (found["status"], found["counts"], found["issues"]) == ("OPEN", [], [])
    assert (await send(company, run, row, who=client))["outcomes"] == ["CREATED"]


async def test_a_run_is_abandoned_after_a_day_and_its_lists_are_deleted_after_a_month(
    company: Company, owner: asyncpg.Connection, writing: asyncpg.Pool
) -> None:
    staff = [person("P0"), person("P1")]
    await company.mutate("hr", "peopleUpsert", ROWS, rows=staff)
    left, blocked = await start(company), await start(company)
    for run in (left, blocked):
        await send(company, run, staff[0] | {"timeZone": "Mars"})
    await finish(company, blocked)
    query = "SELECT kind, due_at FROM background_tasks WHERE tenant_id = $1"
    async with owner.transaction():
        await owner.execute(f"SET LOCAL app.tenant_id = '{company.tenant_id}'")
        waiting = [(kind, at - NOW) for kind, at in await owner.fetch(query, company.tenant_id)]
    assert sorted((kind, after.days) for kind, after in waiting if "sync" in kind) == [
        *[("sync_run.abandon", 1)] * 2,
        *[("sync_run.forget", 30)] * 2,
    ]
    for kind in (sync_runs.ABANDON, sync_runs.FORGET):
        for run in (left, blocked):
            await run_task(company, writing, kind, run)
    assert (await read_run(company, left))["status"] == "ABANDONED"
    assert show(await send(company, left, staff[0])) == [("STATE_CONFLICT", ["syncRunId"])]
    assert show(await finish(company, left)) == [("STATE_CONFLICT", None)]
    assert (await read_run(company, left))["issues"] == []
    # What is to be approved stays, and so do the issues beside it.
    found = await read_run(company, blocked)
    assert ([each["code"] for each in found["issues"]], found["missingPeople"]["totalCount"]) == (
        ["INVALID_FORMAT", "MASS_CHANGE_BLOCKED"],
        1,
    )
    await approve(company, blocked)
    await run_task(company, writing, sync_runs.FORGET, blocked)
    found = await read_run(company, blocked)
    assert (found["issues"], found["endedPeople"]["nodes"], found["endedCount"]) == ([], [], 1)


async def run_task(company: Company, writing: asyncpg.Pool, kind: str, run: Any) -> None:
    """Run a task of a run as a worker does."""
    handler = TASK_HANDLERS[kind]
    actor = build_system_actor(company.tenant_id, TODAY, handler)
    async with work(writing, actor, now=NOW) as begun:
        await handler.run(begun, run_id=str(decode_id(run["id"], "syncrun")))


async def test_an_erasure_deletes_the_issues_of_the_person(company: Company) -> None:
    gone, stays = (person(each, lastDay="2026-03-31") for each in ("Gone", "Stays"))
    await company.mutate("hr", "peopleUpsert", ROWS, rows=[gone, stays])
    run = await start(company, "ruler", kind="DELTA")
    await send(company, run, *(each | {"timeZone": "Mars"} for each in (gone, stays)), who="ruler")
    query = "query($by: PersonBy!) { person(by: $by) { id } }"
    external = {"external": gone["externalReference"]}
    found = (await company.query("hr", query, by=external))["person"]
    payload = await company.mutate(
        *("ruler", "personErase", "person { id }"),
        id=found["id"],
        confirmName="Gone",
        reason="REQUESTED",
    )
    assert payload["errors"] == []
    issues = (await read_run(company, run))["issues"]
    assert [each["externalId"] for each in issues] == ["Stays"]
