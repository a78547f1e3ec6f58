"""Departures through the graph: what ends with them, and who may know of it in advance."""

from typing import Any

import pytest

from tests.api.company import Company

PLACE = """query($boss: ID!, $mara: ID!, $lead: ID!, $team: ID!, $day: Date) {
    boss: person(by: {id: $boss}) { ...Place }
    mara: person(by: {id: $mara}) { ...Place }
    lead: person(by: {id: $lead}) { ...Place }
    team(by: {id: $team}) {
        people(asOf: $day) { totalCount nodes { name } }
        leads(asOf: $day) { nodes { name } }
        memberships(asOf: $day) { nodes { startsOn endsOn person { name } } }
    }
    overPeriods: people(where: { memberships: { some: { endsOn: { isNull: false } } } }) {
        totalCount
    }
}
fragment Place on Person {
    worksHere
    manager(asOf: $day) { name }
    managementChain(asOf: $day) { name }
    reports(asOf: $day, depth: 5) { totalCount nodes { name } }
    dottedManagers(asOf: $day) { nodes { name } }
    dottedReports(asOf: $day) { nodes { name } }
    reportingLines { kind startsOn endsOn manager { name } }
    memberships(asOf: $day) { nodes { startsOn endsOn team { name } } }
    teamsLed(asOf: $day) { nodes { name } }
    unassignedReports { nodes { name } }
    member { assignments { role { key } } }
}"""
DAYS = (None, "2026-06-14", "2026-09-01", "2026-12-01")
LAST_DAY = "2026-08-31"


async def read_places(company: Company, who: str, day: str | None = None) -> Any:
    ids = {each: company.encode_id("person", each) for each in ("boss", "mara", "lead")}
    team = company.encode_id("team", "dispatch")
    return await company.query(who, PLACE, **ids, team=team, day=day)


async def depart(company: Company, name: str, last_day: str, **more: str) -> Any:
    return await company.mutate(
        "hr",
        "personDepart",
        "person { unassignedReports { totalCount nodes { name } } }",
        id=company.encode_id("person", name),
        lastDay=last_day,
        **more,
    )


@pytest.mark.parametrize("who", ["admin", "analyst", "lead", "peer", "former", "hr_far"])
async def test_a_planned_departure_ends_nothing_for_those_who_may_not_know(
    company: Company, who: str
) -> None:
    before = [await read_places(company, who, day) for day in DAYS]
    for name in ("boss", "mara"):
        assert (await depart(company, name, LAST_DAY))["errors"] == []
    assert [await read_places(company, who, day) for day in DAYS] == before


async def test_hr_sees_what_a_planned_departure_ends(company: Company) -> None:
    payload = await depart(company, "boss", LAST_DAY)
    assert payload["person"]["unassignedReports"] == {
        "totalCount": 2,
        "nodes": [{"name": "Mara Okafor"}, {"name": "Peer Okafor"}],
    }
    now, later = [await read_places(company, "hr", day) for day in (None, "2026-09-01")]
    assert (now["mara"]["manager"], later["mara"]["manager"]) == ({"name": "Boss Okafor"}, None)
    assert now["mara"]["reportingLines"][-1]["endsOn"] == LAST_DAY
    assert later["boss"]["reports"]["totalCount"] == 0
    assert later["boss"]["managementChain"] == []


async def test_a_departure_ends_lines_memberships_and_rights_on_its_day(company: Company) -> None:
    hired_on = "query($id: ID!) { person(by: {id: $id}) { hiredOn } }"
    mara = company.encode_id("person", "mara")
    assert (await company.query("chief", hired_on, id=mara))["person"]["hiredOn"] is not None
    before = await read_places(company, "peer")
    for name in ("boss", "lead"):
        assert (await depart(company, name, "2026-06-14"))["errors"] == []

    found = await read_places(company, "peer")
    assert found["mara"]["manager"] is None
    assert found["mara"]["managementChain"] == []
    assert found["mara"]["reportingLines"][-1]["endsOn"] == "2026-06-14"
    assert found["boss"]["reports"]["nodes"] == []
    assert (found["lead"]["worksHere"], found["lead"]["teamsLed"]["nodes"]) == (False, [])
    assert found["team"]["people"]["nodes"] == [{"name": "Mara Okafor"}]
    assert found["team"]["leads"]["nodes"] == []
    assert (await read_places(company, "admin"))["lead"]["member"] == {"assignments": []}
    past = await read_places(company, "peer", "2026-06-14")
    assert past["mara"]["manager"] == {"name": "Boss Okafor"}
    assert (await company.query("chief", hired_on, id=mara))["person"]["hiredOn"] is None

    for name in ("boss", "lead"):
        id = company.encode_id("person", name)
        cancelled = await company.mutate("hr", "personCancelDeparture", "person { id }", id=id)
        assert cancelled["errors"] == []
    assert await read_places(company, "peer") == before
    assert (await company.query("chief", hired_on, id=mara))["person"]["hiredOn"] is not None


@pytest.mark.parametrize("who", ["boss", "chief"])
async def test_unassigned_reports_hide_planned_lines_from_those_who_may_not_plan(
    company: Company, who: str
) -> None:
    mara, chief = company.encode_id("person", "mara"), company.encode_id("person", "chief")
    assert (await depart(company, "boss", LAST_DAY))["errors"] == []
    before = await read_places(company, who)
    assert len(before["boss"]["unassignedReports"]["nodes"]) == 2
    planned = {"id": mara, "managerId": chief, "startsOn": "2026-08-01"}
    payload = await company.mutate("hr", "personAssignManager", "person { id }", **planned)
    assert payload["errors"] == []
    assert await read_places(company, who) == before
    assert (await read_places(company, "hr"))["boss"]["unassignedReports"]["nodes"] == [
        {"name": "Peer Okafor"}
    ]


async def test_a_successor_takes_over_in_the_same_mutation(company: Company) -> None:
    payload = await depart(
        company, "boss", LAST_DAY, successorId=company.encode_id("person", "lead")
    )
    assert payload["errors"] == []
    assert payload["person"]["unassignedReports"]["totalCount"] == 0
    later = await read_places(company, "hr", "2026-09-01")
    assert later["lead"]["reports"]["nodes"] == [{"name": "Mara Okafor"}, {"name": "Peer Okafor"}]
    assert later["mara"]["manager"] == {"name": "Lead Okafor"}
    id = company.encode_id("person", "boss")
    await company.mutate("hr", "personCancelDeparture", "person { id }", id=id)
    assert (await read_places(company, "hr", "2026-09-01"))["mara"]["manager"] == {
        "name": "Boss Okafor"
    }


async def test_a_refused_successor_leaves_everything_as_it_was(company: Company) -> None:
    before = await read_places(company, "hr", "2026-09-01")
    payload = await company.mutate(
        "hr_ops",
        "personDepart",
        "person { id }",
        id=company.encode_id("person", "boss"),
        lastDay=LAST_DAY,
        successorId=company.encode_id("person", "boss"),
    )
    assert [(each["code"], each["field"]) for each in payload["errors"]] == [
        ("INVALID", ["successorId"])
    ]
    assert await read_places(company, "hr", "2026-09-01") == before


async def test_a_rehire_begins_with_nothing_of_before(company: Company) -> None:
    await depart(company, "lead", "2026-06-10")
    await depart(company, "boss", "2026-06-10")
    for name in ("lead", "boss"):
        rehired = await company.mutate(
            "hr", "personRehire", "person { worksHere }", id=company.encode_id("person", name)
        )
        assert rehired == {"person": {"worksHere": True}, "errors": []}
    found = await read_places(company, "hr")
    assert found["boss"]["reports"]["totalCount"] == 0
    assert found["boss"]["managementChain"] == []
    assert found["lead"]["memberships"]["nodes"] == []
    assert found["mara"]["reportingLines"][-1]["endsOn"] == "2026-06-10"
    assert found["lead"]["member"] == {"assignments": []}
    assert (await company.query("lead", "{ viewer { permissions } }"))["viewer"] == {
        "permissions": []
    }


async def test_an_open_leave_ends_with_a_departure(company: Company) -> None:
    await depart(company, "peer", "2026-06-10")
    rehired = await company.mutate(
        "hr",
        "personRehire",
        "person { employmentStatus leaves { startsOn endsOn } }",
        id=company.encode_id("person", "peer"),
    )
    assert rehired["person"] == {
        "employmentStatus": "EMPLOYED",
        "leaves": [{"startsOn": "2026-06-01", "endsOn": "2026-06-10"}],
    }


@pytest.mark.parametrize("manager", [None, "boss"])
async def test_a_handover_is_refused_by_the_lines_that_the_actor_may_know(
    company: Company, manager: str | None
) -> None:
    """Neither a planned line of somebody else's report nor a planned end changes the answer."""
    later = "chief" if manager else "boss"
    for name, day in ((manager, None), (later, "2026-07-01")):
        if name:
            payload = await company.mutate(
                "hr",
                "personAssignManager",
                "person { id }",
                id=company.encode_id("person", "former"),
                managerId=company.encode_id("person", name),
                startsOn=day,
            )
            assert payload["errors"] == []
    payload = await company.mutate(
        "hr_ops",
        "personDepart",
        "person { id }",
        id=company.encode_id("person", "boss"),
        lastDay=LAST_DAY,
        successorId=company.encode_id("person", "lead"),
    )
    assert [each["code"] for each in payload["errors"]] == (["NOT_PERMITTED"] if manager else [])


async def change(company: Company, who: str, verb: str, name: str, **more: Any) -> list[str]:
    """Send a mutation about a person; return the codes of its errors."""
    id = company.encode_id("person", name)
    payload = await company.mutate(who, verb, "person { id }", id=id, **more)
    return [each["code"] for each in payload["errors"]]


LINES = """query($id: ID!) { person(by: {id: $id}) {
    reportingLines { startsOn endsOn manager { name } }
} }"""


@pytest.mark.parametrize("has_plan", [False, True])
async def test_a_handover_is_corrected_also_for_reports_that_the_actor_does_not_know(
    company: Company, *, has_plan: bool
) -> None:
    """HR of a unit is refused neither a correction nor a cancellation by a plan of another unit."""
    boss, lead = (company.encode_id("person", each) for each in ("boss", "lead"))
    if has_plan:
        plan = {"managerId": boss, "startsOn": "2026-07-01"}
        assert await change(company, "hr", "personAssignManager", "former", **plan) == []
    days = ("2026-08-31", "2026-09-30")
    handover = {"lastDay": days[0], "successorId": lead}
    assert await change(company, "hr", "personDepart", "boss", **handover) == []
    assert await change(company, "hr_ops", "personDepart", "boss", lastDay=days[1]) == []
    former = company.encode_id("person", "former")
    found = (await company.query("hr", LINES, id=former))["person"]["reportingLines"]
    lines = {(each["manager"]["name"], each["startsOn"], each["endsOn"]) for each in found}
    planned = {
        ("Boss Okafor", "2026-07-01", days[1]),
        ("Lead Okafor", "2026-10-01", None),
    }
    assert {each for each in lines if each[2] is None or each[1] <= each[2]} == (
        planned if has_plan else set()
    )
    assert await change(company, "hr_ops", "personCancelDeparture", "boss") == []
    found = (await company.query("hr", LINES, id=former))["person"]["reportingLines"]
    open_lines = [each["manager"]["name"] for each in found if each["endsOn"] is None]
    assert open_lines == (["Boss Okafor"] if has_plan else [])
