"""Managers as they were known at a moment: corrections, late entries, departures and merges."""

from datetime import timedelta
from typing import Any

import pytest

from tests.api.company import Company
from tests.factories.actors import NOW

READ = """query($id: ID!, $day: Date, $moment: DateTime) { person(by: { id: $id }) {
    manager(asOf: $day, knownAt: $moment) { name }
    dottedManagers(asOf: $day, knownAt: $moment) { nodes { name } }
} }"""
DAY = "2026-06-10"


def after(days: int) -> str:
    """Return a moment an hour after the company was made, or days later."""
    return (NOW + timedelta(days=days, hours=1)).isoformat()


async def change(company: Company, days: int, verb: str, **input: Any) -> None:
    """Change Mara, some days after the company was made."""
    company.graph.now = NOW + timedelta(days=days)
    given = {"id": company.encode_id("person", "mara"), "reason": "Entered late."} | input
    payload = await company.mutate("hr", verb, "person { id }", **given)
    assert payload["errors"] == []


async def read(company: Company, who: str, moment: str | None, day: str = DAY) -> Any:
    id = company.encode_id("person", "mara")
    found = (await company.query(who, READ, id=id, day=day, moment=moment))["person"]
    dotted = [each["name"] for each in found["dottedManagers"]["nodes"]]
    return found["manager"] and found["manager"]["name"], dotted


async def correct_line(company: Company, days: int = 2) -> None:
    line = company.encode_part_id("line", company.people["mara"].lines[1:2])
    manager = company.encode_id("person", "lead")
    await change(company, days, "personCorrectLine", lineId=line, managerId=manager)


async def test_a_corrected_line_is_read_as_it_was_known(company: Company) -> None:
    await correct_line(company)
    assert await read(company, "hr", None) == ("Lead Okafor", ["Analyst Okafor"])
    assert await read(company, "hr", after(2)) == ("Lead Okafor", ["Analyst Okafor"])
    assert await read(company, "hr", after(1)) == ("Boss Okafor", ["Analyst Okafor"])
    before_all = (NOW - timedelta(days=1)).isoformat()
    assert await read(company, "hr", before_all) == (None, [])


async def test_a_line_that_was_entered_late_was_not_known_before(company: Company) -> None:
    manager = company.encode_id("person", "lead")
    await change(
        company,
        2,
        "personAddPastLine",
        managerId=manager,
        startsOn="2026-06-05",
        endsOn="2026-06-12",
    )
    days = "2026-06-04", DAY, "2026-06-13"
    assert [(await read(company, "hr", None, day))[0] for day in days] == [
        "Boss Okafor",
        "Lead Okafor",
        "Boss Okafor",
    ]
    assert [(await read(company, "hr", after(1), day))[0] for day in days] == ["Boss Okafor"] * 3


async def test_each_of_several_changes_is_known_for_its_time(company: Company) -> None:
    await correct_line(company, days=2)
    line = company.encode_part_id("line", company.people["mara"].lines[1:2])
    back = company.encode_id("person", "chief")
    await change(company, 4, "personCorrectLine", lineId=line, managerId=back)
    found = [(await read(company, "hr", after(days)))[0] for days in (1, 3, 5)]
    assert found == ["Boss Okafor", "Lead Okafor", "Chief Okafor"]


async def test_a_departure_that_was_entered_late_was_not_known_before(company: Company) -> None:
    boss = company.encode_id("person", "boss")
    company.graph.now = NOW + timedelta(days=2)
    payload = await company.mutate(
        "hr", "personDepart", "person { id }", id=boss, lastDay="2026-06-08"
    )
    assert payload["errors"] == []
    assert (await read(company, "hr", None))[0] is None
    assert (await read(company, "hr", after(1)))[0] == "Boss Okafor"
    assert (await read(company, "hr", after(3)))[0] is None
    # Tenant admins plan for people, but see no facts of their employments.
    assert (await read(company, "admin", after(1)))[0] is None


async def test_a_planned_departure_that_was_cancelled_was_known(company: Company) -> None:
    boss = company.encode_id("person", "boss")
    for days, verb, more in (
        (2, "personDepart", {"lastDay": "2026-08-31"}),
        (4, "personCancelDeparture", {}),
    ):
        company.graph.now = NOW + timedelta(days=days)
        payload = await company.mutate("hr", verb, "person { id }", id=boss, **more)
        assert payload["errors"] == []
    later = "2026-09-15"
    found = [(await read(company, "hr", after(days), later))[0] for days in (1, 3, 5)]
    assert found == ["Boss Okafor", None, "Boss Okafor"]
    found = [(await read(company, "admin", after(days), later))[0] for days in (1, 3, 5)]
    assert found == ["Boss Okafor"] * 3


@pytest.mark.parametrize("who", ["mara", "boss", "peer", "lead", "analyst"])
async def test_only_who_may_plan_reads_what_was_known(company: Company, who: str) -> None:
    await correct_line(company)
    assert await read(company, who, None) == ("Lead Okafor", ["Analyst Okafor"])
    assert await read(company, who, after(1)) == (None, [])


async def test_what_is_written_twice_at_once_is_known_once(company: Company, owner: Any) -> None:
    await correct_line(company, days=0)
    async with owner.transaction():
        await owner.execute(f"SET LOCAL app.tenant_id = '{company.tenant_id}'")
        assert await owner.fetchval("SELECT count(*) FROM superseded_lines") == 0
