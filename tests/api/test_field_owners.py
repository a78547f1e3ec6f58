"""Field owners: rows of other sources leave a field as it is, and say so."""

from typing import Any

import pytest

from tests.api.company import Company
from tests.api.test_sync_runs import finish, person, read_run, show, start
from tests.api.undone_runs import UNDO

pytestmark = pytest.mark.anyio

PAYLOAD = """outcomes people { id jobTitle location manager { name } lastDay employeeNumber }
    warnings { index code field message } differences { field }"""
OWNERS = [
    {"field": each, "source": "hris"}
    for each in ("PERSON_JOB_TITLE", "PERSON_MANAGER", "PERSON_LAST_DAY", "PERSON_EMPLOYEE_NUMBER")
]
LEFT_OUT = "The source hris owns this field, so the value was left out. Change it there."


async def send(company: Company, *rows: Any, who: str = "hr", **more: Any) -> Any:
    return await company.mutate(who, "peopleUpsert", PAYLOAD, rows=list(rows), **more)


async def declare(company: Company, *owners: Any) -> None:
    fields = "tenant { fieldOwners { field source } }"
    payload = await company.mutate("ruler", "tenantEdit", fields, fieldOwners=list(owners))
    assert payload["errors"] == []
    found = payload["tenant"]["fieldOwners"]
    assert sorted(found, key=str) == sorted(owners, key=str)


def show_warnings(payload: Any) -> list[tuple[int, str, str]]:
    return [(each["index"], each["code"], each["field"][-1]) for each in payload["warnings"]]


async def test_only_the_owner_changes_a_field_of_the_people_it_knows(company: Company) -> None:
    known = person("Ada", jobTitle="Clerk")
    ada, ben = [each["id"] for each in (await send(company, known, person("Ben")))["people"]]
    payroll = {"externalReference": {"source": "payroll", "id": "7"}}
    await send(company, {"id": ada, **payroll})
    await declare(company, *OWNERS)
    row = payroll | {"jobTitle": "Boss", "location": "Bern", "manager": {"id": ben}}
    row |= {"lastDay": "2026-05-31"}
    tried = await send(company, row, dryRun=True)
    sent = await send(company, row)
    assert sent["warnings"] == tried["warnings"]
    assert show_warnings(sent) == [
        (0, "FIELD_OWNED", each) for each in ("jobTitle", "manager", "lastDay")
    ]
    assert {each["message"] for each in sent["warnings"]} == {LEFT_OUT}
    assert (sent["outcomes"], sent["differences"]) == (["UPDATED"], [{"field": "location"}])
    assert sent["people"] == [
        {
            "id": ada,
            "jobTitle": "Clerk",
            "location": "Bern",
            "manager": None,
            "lastDay": None,
            "employeeNumber": None,
        }
    ]
    # The value that is there is no conflict, and a row without a source is not one of the owner.
    again = await send(company, payroll | {"jobTitle": "Clerk"}, {"id": ben, "jobTitle": "Boss"})
    assert again["outcomes"] == ["UNCHANGED", "UNCHANGED"]
    assert show_warnings(again) == [(1, "FIELD_OWNED", "jobTitle")]
    # Nobody owns the fields of somebody whom the owner does not know.
    new = await send(company, person("Cleo", "payroll", jobTitle="Cook"))
    changed = await send(
        company, person("Cleo", "payroll", jobTitle="Chef"), known | {"jobTitle": "Head"}
    )
    assert (new["warnings"], changed["warnings"]) == ([], [])
    assert [each["jobTitle"] for each in changed["people"]] == ["Chef", "Head"]
    # People still edit everything, and without owners all sources do.
    edited = await company.mutate(
        "hr", "personChangeJob", "person { jobTitle }", id=ada, jobTitle="Lead"
    )
    assert edited["person"] == {"jobTitle": "Lead"}
    await declare(company)
    sent = await send(company, payroll | {"jobTitle": "Boss"})
    assert (sent["people"][0]["jobTitle"], sent["warnings"]) == ("Boss", [])


async def test_a_run_of_another_source_lists_conflicts_and_ends_nobody_of_the_owner(
    company: Company,
) -> None:
    await send(company, person("Ada", jobTitle="Clerk"))
    ada = (await send(company, person("Ada")))["people"][0]["id"]
    payroll = [person(f"P{n}", "payroll") for n in range(39)]
    await send(company, *payroll)
    await send(company, {"id": ada, "externalReference": {"source": "payroll", "id": "A"}})
    await declare(company, *OWNERS)
    run = await start(company, source="payroll")
    row = {"externalReference": {"source": "payroll", "id": "A"}, "jobTitle": "Boss"}
    await send(company, row, *payroll, syncRunId=run["id"])
    expected = {"type": "PERSON", "externalId": "A", "code": "FIELD_OWNED"}
    assert (await read_run(company, run))["issues"] == [expected | {"field": "jobTitle"}]
    await finish(company, run)
    full = await start(company, source="payroll")
    await send(company, *payroll[1:], syncRunId=full["id"])
    done = (await finish(company, full))["syncRun"]
    assert (done["status"], done["endedPeople"]["nodes"]) == ("FINISHED", [{"name": "P0"}])
    assert done["issues"] == [expected | {"field": None}]
    # Undoing a run is no row of a source.
    own = await start(company, source="hris", kind="DELTA")
    await send(company, person("Ada", jobTitle="Head"), syncRunId=own["id"])
    await company.mutate("hr", "syncRunUndo", UNDO, id=own["id"])
    assert (await send(company, person("Ada")))["people"][0]["jobTitle"] == "Clerk"


async def test_a_warning_does_not_tell_a_value_that_the_caller_may_not_see(
    company: Company,
) -> None:
    await send(company, person("Ada", employeeNumber="A-1"))
    ada = (await send(company, person("Ada")))["people"][0]["id"]
    await declare(company, *OWNERS)
    grants = [{"permission": each} for each in ("DIRECTORY_READ", "PEOPLE_MANAGE")]
    role = {"key": "directory_only", "name": "Directory", "grants": grants}
    made = await company.mutate("ruler", "roleCreate", "role { id }", **role)
    assigned = {"id": company.encode_id("member", "analyst"), "roleId": made["role"]["id"]}
    await company.mutate("ruler", "memberAssignRole", "member { id }", **assigned)
    guesses = [
        await send(company, {"id": ada, "employeeNumber": each}, who="analyst")
        for each in ("A-1", "A-2")
    ]
    assert guesses[0] == guesses[1]
    assert show_warnings(guesses[0]) == [(0, "FIELD_OWNED", "employeeNumber")]


async def test_owners_name_a_source_and_each_field_once(company: Company) -> None:
    wrong = [OWNERS[0] | {"source": "No Source!"}, OWNERS[1], OWNERS[1]]
    payload = await company.mutate("ruler", "tenantEdit", "tenant { id }", fieldOwners=wrong)
    assert [each for each in show(payload) if each[1][0] == "fieldOwners"] == show(payload)
    assert {each[0] for each in show(payload)} == {"INVALID_FORMAT", "NOT_UNIQUE"}
    refused = await company.mutate("hr", "tenantEdit", "tenant { id }", fieldOwners=OWNERS)
    assert show(refused) == [("NOT_PERMITTED", None)]
    found = await company.query("hr", "{ tenant { fieldOwners { field } } }")
    assert found == {"tenant": {"fieldOwners": []}}


async def test_who_waits_for_a_source_that_lost_a_field_waits_on(company: Company) -> None:
    """Payroll named a manager who was not known before HR came to own managers."""
    boss = {"externalReference": {"source": "payroll", "id": "boss"}}
    row = person("Ada", "payroll") | {"manager": boss}
    waiting = await send(company, row)
    assert waiting["outcomes"] == ["DEFERRED"]
    await send(company, person("Ada", "hris") | {"id": waiting["people"][0]["id"]})
    await declare(company, *OWNERS)
    new = boss | {"givenName": "Boss", "hiredOn": "2026-01-01"}
    assert (await send(company, new))["outcomes"] == ["CREATED"]
    found = await send(company, {"id": waiting["people"][0]["id"]})
    assert found["people"][0]["manager"] is None
