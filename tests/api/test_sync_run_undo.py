"""Undoing sync runs: the state from before comes back, and what has changed since stays."""

from typing import Any

import asyncpg
import pytest

from api.kernel.schema.global_ids import decode_id, encode_id
from domain import sync_runs
from domain.kernel.identity import generate_id
from tests.api.company import Company
from tests.api.test_sync_runs import get_client, person, read_run, run_task, show, start
from tests.api.undone_runs import (
    UNDO,
    list_differences,
    read_state,
    refer,
    send,
    team,
    undo,
    undo_all,
    unit,
)
from tests.factories.actors import NOW

pytestmark = pytest.mark.anyio


def show_conflicts(payload: Any) -> set[tuple[str, str | None, str]]:
    return {
        (each["externalId"], each["field"], each["code"]) for each in payload["undo"]["conflicts"]
    }


async def find(company: Company, id: str) -> Any:
    """Return the person with an external id."""
    query = """query($by: PersonBy!) { person(by: $by) {
        id jobTitle lastDay employmentStatus manager { name } history(first: 1) {
            nodes { action changes { field after } } } } }"""
    by = {"external": {"source": "hris", "id": id}}
    return (await company.query("ruler", query, by=by))["person"]


async def test_a_dry_run_says_what_the_undoing_does_and_the_same_rows_can_come_again(
    company: Company,
) -> None:
    rows = [person("A", jobTitle="Clerk"), person("B", manager=refer("A"))]
    await send(company, "people", *rows)
    before = await read_state(company)
    run = await start(company, "ruler", kind="DELTA")
    unit_rows = [unit("U", name="New"), unit("V", parent=refer("U"))]
    units = await send(company, "organizations", *unit_rows, run=run)
    new_rows = [
        person("A", jobTitle="Boss", organization=refer("V"), manager=refer("C")),
        person("C", employeeNumber="C-1", workEmail="c@hris.example"),
        person("B", jobTitle="Head", validFrom="2026-09-01"),
    ]
    people = await send(company, "people", *new_rows, run=run)
    changed = await read_state(company)
    tried = await undo(company, run, dryRun=True)
    assert tried["syncRun"]["status"] == "OPEN"
    assert await read_state(company) == changed
    done = await undo(company, run)
    assert done["undo"] == tried["undo"]
    assert done["undo"]["conflicts"] == []
    assert {(each["id"], each["outcome"]) for each in done["undo"]["undone"]} == {
        *((each["id"], "ENDED") for each in units["organizations"]),
        (people["people"][1]["id"], "ENDED"),
        *((each["id"], "RESTORED") for each in (people["people"][0], people["people"][2])),
    }
    after = await read_state(company)
    assert list_differences(before, after) == []
    ghost = after[people["people"][1]["id"]]
    assert [ghost[each] for each in ("employmentStatus", "employeeNumber", "workEmail")] == [
        "LEFT",
        None,
        None,
    ]
    assert ghost["lastDay"] == "2025-12-31"
    assert await find(company, "C") is None
    entry = (await find(company, "B"))["history"]["nodes"][0]
    assert entry["action"] == "JOB_CORRECTED"
    assert {"field": "reason", "after": "A sync run was undone."} in entry["changes"]
    # The run is done with, and the same rows make new objects.
    assert show(await undo(company, run)) == [("STATE_CONFLICT", None)]
    refused = await send(company, "people", new_rows[1], run=run)
    assert show(refused) == [("STATE_CONFLICT", ["syncRunId"])]
    again = await send(company, "organizations", *unit_rows)
    assert again["outcomes"] == ["CREATED"] * 2
    assert (await send(company, "people", *new_rows))["outcomes"] == [
        "UPDATED",
        "CREATED",
        "UPDATED",
    ]


async def test_what_has_changed_since_stays_and_is_a_conflict(company: Company) -> None:
    names = ("Kept", "Edited", "Twice", "Back")
    rows = [person(each, jobTitle="Clerk", location="Here") for each in names]
    await send(company, "people", *rows)
    run = await start(company, "ruler", kind="DELTA")
    changes = {"jobTitle": "Boss", "location": "There"}
    created = [person("New"), person("Boss"), person("Plain")]
    await send(company, "people", *(each | changes for each in rows), *created, run=run)
    await send(company, "people", person("Back", lastDay="2026-05-31"), run=run)
    back = {"hiredOn": "2026-06-15", "lastDay": None}
    await send(company, "people", person("Back") | back, run=run)
    found = {each: (await find(company, each))["id"] for each in (*names, "New", "Boss")}
    edit = "person { id }"
    for name, field, value in (("Edited", "jobTitle", "Chief"), ("Kept", "jobTitle", "Clerk")):
        await company.mutate("hr", "personChangeJob", edit, id=found[name], **{field: value})
    await company.mutate("hr", "personEdit", edit, id=found["New"], timeZone="Europe/Berlin")
    line = {"id": found["Edited"], "managerId": found["Boss"]}
    await company.mutate("hr", "personAssignManager", edit, **line)
    later = await start(company, "ruler", kind="DELTA")
    await send(company, "people", person("Twice", location="Elsewhere"), run=later)
    done = await undo(company, run)
    assert done["syncRun"]["status"] == "UNDONE"
    expected = {
        ("Edited", "jobTitle", "CHANGED_SINCE"),
        ("Twice", "location", "CHANGED_SINCE"),
        ("Back", "hiredOn", "CHANGED_SINCE"),
        ("New", None, "CHANGED_SINCE"),
        ("Boss", None, "IN_USE"),
    }
    assert show_conflicts(done) == expected
    issues = done["syncRun"]["issues"]
    assert {(each["externalId"], each["field"], each["code"]) for each in issues} == expected
    everything = (await read_state(company)).values()
    state = {each["givenName"]: each for each in everything if "givenName" in each}
    assert [(state[each]["jobTitle"], state[each]["location"]) for each in names] == [
        ("Clerk", "Here"),
        ("Chief", "Here"),
        ("Clerk", "Elsewhere"),
        ("Clerk", "Here"),
    ]
    assert [state[each]["employmentStatus"] for each in ("Back", "New", "Boss", "Plain")] == [
        *["EMPLOYED"] * 3,
        "LEFT",
    ]
    # The later run is undone after it, up to what was there then.
    assert (await undo(company, later))["undo"]["conflicts"] == []
    assert (await read_state(company))[found["Twice"]]["location"] == "There"


async def test_runs_are_undone_one_after_the_other_from_the_last_one_on(company: Company) -> None:
    first = await start(company, "ruler", kind="DELTA")
    await send(company, "people", person("A"), person("B"), person("C"), run=first)
    second = await start(company, "ruler", kind="DELTA")
    rows = [person(each, jobTitle="Boss", validFrom="2026-09-01") for each in ("A", "B")]
    await send(company, "people", *rows, run=second)
    b = await find(company, "B")
    await company.mutate("hr", "personEdit", "person { id }", id=b["id"], timeZone="Europe/Berlin")
    tried = await undo(company, first, dryRun=True)
    assert show_conflicts(tried) == {(each, None, "CHANGED_SINCE") for each in ("A", "B")}
    assert await undo_all(company, second) == []
    done = await undo(company, first)
    assert [each["outcome"] for each in done["undo"]["undone"]] == ["ENDED"] * 2
    assert show_conflicts(done) == {("B", None, "CHANGED_SINCE")}


async def test_those_whom_a_full_run_has_ended_work_here_again(company: Company) -> None:
    staff = [person(f"P{n}") for n in range(20)]
    await send(company, "people", *staff)
    planned = await find(company, "P0")
    await company.mutate(
        *("hr", "personDepart", "person { id }"),
        id=planned["id"],
        lastDay="2026-12-31",
        reason="Moves",
        kind="VOLUNTARY",
    )
    before = await read_state(company)
    run = await start(company, "ruler")
    await send(company, "people", *staff[1:], run=run)
    finished = await company.mutate(
        "ruler", "syncRunFinish", "syncRun { endedCount }", id=run["id"], lastDay="2026-05-31"
    )
    assert finished["syncRun"] == {"endedCount": 1}
    assert (await find(company, "P0"))["employmentStatus"] == "LEFT"
    assert await undo_all(company, run) == []
    assert list_differences(before, await read_state(company)) == []


async def test_a_team_that_a_run_has_closed_has_its_members_again(company: Company) -> None:
    made = await send(company, "organizations", unit("U"))
    teams = await send(company, "teams", team("T", "U"))
    assert made["outcomes"] == teams["outcomes"] == ["CREATED"]
    person_id = company.encode_id("person", "peer")
    member = {"id": teams["teams"][0]["id"], "personId": person_id, "startsOn": "2026-02-01"}
    payload = await company.mutate("ruler", "teamAddMember", "team { id }", **member)
    assert payload["errors"] == []
    before = await read_state(company)
    run = await start(company, "ruler", kind="DELTA")
    await send(company, "teams", team("T", "U", endsOn="2026-06-30"), run=run)
    assert list_differences(before, await read_state(company)) != []
    assert await undo_all(company, run) == []
    assert list_differences(before, await read_state(company)) == []


async def test_only_who_manages_all_that_a_run_has_changed_undoes_it(company: Company) -> None:
    run = await start(company, "ruler", kind="DELTA")
    await send(company, "organizations", unit("U"), run=run)
    await send(company, "people", person("A"), run=run)
    state = await read_state(company)
    for who in ("hr_ops", "mara", "analyst"):
        answers = [
            await company.mutate(who, "syncRunUndo", UNDO, id=each)
            for each in (run["id"], encode_id("syncrun", generate_id()))
        ]
        assert answers[0] == answers[1]
        assert show(answers[0]) == [("NOT_FOUND", ["id"])]
    grants = [
        {"permission": each} for each in ("DIRECTORY_READ", "PEOPLE_MANAGE", "EMPLOYMENT_MANAGE")
    ]
    role = {"key": "people_only", "name": "People only", "grants": grants}
    made = await company.mutate("ruler", "roleCreate", "role { id }", **role)
    assigned = {"id": company.encode_id("member", "analyst"), "roleId": made["role"]["id"]}
    payload = await company.mutate("ruler", "memberAssignRole", "member { id }", **assigned)
    assert payload["errors"] == []
    (refused,) = (await undo(company, run, "analyst"))["errors"]
    assert (refused["code"], refused["message"]) == (
        "NOT_PERMITTED",
        (
            "The run changed objects of the type ORGANIZATION, and you may not manage all of them."
            " Ask somebody who may."
        ),
    )
    assert await read_state(company) == state
    # A client of HR undoes a run of people, also one that it has not started.
    other = await start(company, "ruler", kind="DELTA")
    await send(company, "people", person("B"), run=other)
    done = await undo(company, other, get_client(company))
    assert [each["outcome"] for each in done["undo"]["undone"]] == ["ENDED"]


async def count_changes(company: Company, owner: asyncpg.Connection, object_id: str) -> int:
    query = "SELECT count(*) FROM sync_run_changes WHERE object_id = $1"
    async with owner.transaction():
        await owner.execute(f"SET LOCAL app.tenant_id = '{company.tenant_id}'")
        return int(await owner.fetchval(query, decode_id(object_id, "person")))


async def test_what_a_run_changed_is_forgotten_with_the_person_and_after_a_month(
    company: Company, owner: asyncpg.Connection, writing: asyncpg.Pool
) -> None:
    rows = [person(each, lastDay="2026-03-31") for each in ("Gone", "Stays", "Double")]
    await send(company, "people", *rows)
    run = await start(company, "ruler", kind="DELTA")
    await send(company, "people", *(each | {"familyName": "Roe"} for each in rows), run=run)
    ids = {each: (await find(company, each))["id"] for each in ("Gone", "Stays", "Double")}
    assert [await count_changes(company, owner, each) for each in ids.values()] == [2, 2, 2]
    erased = await company.mutate(
        *("ruler", "personErase", "person { id }"),
        id=ids["Gone"],
        confirmName="Gone Roe",
        reason="REQUESTED",
    )
    merged = await company.mutate(
        *("ruler", "personMerge", "person { id }"),
        id=ids["Stays"],
        duplicateId=ids["Double"],
        reason="One person",
    )
    assert (erased["errors"], merged["errors"]) == ([], [])
    assert [await count_changes(company, owner, each) for each in ids.values()] == [0, 4, 0]
    await run_task(company, writing, sync_runs.FORGET, run)
    assert [await count_changes(company, owner, each) for each in ids.values()] == [0, 0, 0]
    async with owner.transaction():
        await owner.execute(f"SET LOCAL app.tenant_id = '{company.tenant_id}'")
        await owner.execute("UPDATE sync_runs SET undoable_until = $1", NOW)
    (refused,) = (await undo(company, run))["errors"]
    assert (refused["code"], refused["message"]) == (
        "STATE_CONFLICT",
        (
            "What this run changed is not kept any more. Correct the objects one by one; the"
            " history of each has the values before."
        ),
    )
    assert (await read_run(company, run, "ruler"))["status"] == "OPEN"


async def test_undoing_does_not_end_the_person_into_whom_one_of_the_run_was_merged(
    company: Company,
) -> None:
    """The version of the one who stays may be the one that the duplicate had."""
    await send(company, "people", person("Stays", workEmail="s@hris.example"))
    run = await start(company, "ruler", kind="DELTA")
    for title in ("Clerk", "Boss"):
        await send(company, "people", person("Double", jobTitle=title), run=run)
    stays, double = [(await find(company, each))["id"] for each in ("Stays", "Double")]
    merged = await company.mutate(
        *("ruler", "personMerge", "person { version }"),
        id=stays,
        duplicateId=double,
        reason="One person",
    )
    assert merged["person"]["version"] == 2
    before = await read_state(company)
    done = await undo(company, run)
    (conflict,) = done["undo"]["conflicts"]
    assert (conflict["id"], conflict["code"]) == (stays, "CHANGED_SINCE")
    assert done["undo"]["undone"] == []
    assert await read_state(company) == before


async def test_a_value_that_somebody_gave_between_two_rows_of_a_run_comes_back(
    company: Company,
) -> None:
    await send(company, "people", person("A", jobTitle="Clerk", givenName="Ann"))
    run = await start(company, "ruler", kind="DELTA")
    await send(company, "people", person("A", jobTitle="Boss", givenName="Wrong"), run=run)
    id = (await find(company, "A"))["id"]
    await company.mutate("hr", "personChangeJob", "person { id }", id=id, jobTitle="Chief")
    await company.mutate("hr", "personEdit", "person { id }", id=id, givenName="Anna")
    await send(company, "people", person("A", jobTitle="Head", givenName="Wrong"), run=run)
    done = await undo(company, run)
    assert done["undo"]["conflicts"] == []
    after = (await read_state(company))[id]
    assert (after["jobTitle"], after["givenName"]) == ("Chief", "Anna")


async def test_who_was_edited_between_two_rows_of_a_later_run_is_not_ended(
    company: Company,
) -> None:
    first = await start(company, "ruler", kind="DELTA")
    await send(company, "people", person("A", jobTitle="Clerk"), run=first)
    id = (await find(company, "A"))["id"]
    second = await start(company, "ruler", kind="DELTA")
    await send(company, "people", person("A", jobTitle="Boss"), run=second)
    await company.mutate("hr", "personEdit", "person { id }", id=id, familyName="Roe")
    await send(company, "people", person("A", jobTitle="Head"), run=second)
    assert await undo_all(company, second) == []
    assert show_conflicts(await undo(company, first)) == {("A", None, "CHANGED_SINCE")}
    assert (await find(company, "A"))["employmentStatus"] == "EMPLOYED"
