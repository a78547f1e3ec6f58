"""Ends of periods are last days in the graph, and the days after them in the database."""

from datetime import date, timedelta
from typing import Any

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from tests.api.company import Company

TODAY = date(2026, 6, 15)
LATEST = date(2199, 12, 31)
STORED_ENDS = {
    "organizations": "ends_on",
    "teams": "ends_on",
    "team_memberships": "ends_on",
    "people": "left_on",
    "employments": "left_on",
    "leaves": "ends_on",
    "reporting_lines": "ends_on",
}
CHANGES = "history(first: 1) { nodes { changes { field after } } }"

last_days = some.dates(TODAY, LATEST) | some.sampled_from([TODAY, LATEST])


class Writer:
    """One caller who writes ends, and reads what the graph and the database say of them."""

    def __init__(self, company: Company, owner: asyncpg.Connection) -> None:
        self.company = company
        self.owner = owner

    async def write(self, verb: str, selection: str, **input: Any) -> Any:
        """Return the object that a mutation changed."""
        payload = await self.company.mutate("ruler", verb, selection, **input)
        assert payload.pop("errors") == []
        (changed,) = payload.values()
        return changed

    async def read_stored_ends(self, table: str) -> set[date]:
        """Return the ends of a table's rows, all of them of this tenant."""
        async with self.owner.transaction():
            await self.owner.execute(f"SET LOCAL app.tenant_id = '{self.company.tenant_id}'")
            rows = await self.owner.fetch(f"SELECT {STORED_ENDS[table]} FROM {table}")
        return {end for (end,) in rows}


@pytest.fixture
def writer(company: Company, owner: asyncpg.Connection) -> Writer:
    """Build a writer for the ruler of the company."""
    return Writer(company, owner)


write_settings = settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
_count = iter(range(10**6))


@pytest.mark.anyio
@write_settings
@given(created=last_days, closed=last_days)
async def test_the_end_of_a_unit_is_read_as_it_was_written(
    writer: Writer, created: date, closed: date
) -> None:
    unit = await writer.write(
        "organizationCreate",
        f"organization {{ id endsOn {CHANGES} }}",
        kind="SITE",
        code=f"S{next(_count)}",
        name="A site",
        endsOn=created.isoformat(),
    )
    assert unit["endsOn"] == created.isoformat()
    assert {"field": "endsOn", "after": created.isoformat()} in unit["history"]["nodes"][0][
        "changes"
    ]
    assert created + timedelta(days=1) in await writer.read_stored_ends("organizations")
    end = {"id": unit["id"], "endsOn": closed.isoformat()}
    unit = await writer.write("organizationClose", "organization { endsOn }", **end)
    assert unit == {"endsOn": closed.isoformat()}
    assert closed + timedelta(days=1) in await writer.read_stored_ends("organizations")


@pytest.mark.anyio
@write_settings
@given(ends=some.tuples(last_days, last_days, last_days).map(sorted))
async def test_the_ends_of_a_team_and_of_a_membership_are_read_as_they_were_written(
    writer: Writer, ends: list[date]
) -> None:
    company, (ended, joined, closed) = writer.company, ends
    team = await writer.write(
        "teamCreate",
        "team { id endsOn }",
        organizationId=company.encode_id("org", "ops"),
        name="A team",
        endsOn=closed.isoformat(),
    )
    selection = "team { memberships { nodes { id endsOn } } }"
    person_id = company.encode_id("person", "peer")
    member = {"id": team["id"], "personId": person_id, "endsOn": joined.isoformat()}
    found = await writer.write("teamAddMember", selection, **member)
    (membership,) = found["memberships"]["nodes"]
    assert (team["endsOn"], membership["endsOn"]) == (closed.isoformat(), joined.isoformat())
    assert closed + timedelta(days=1) in await writer.read_stored_ends("teams")
    assert joined + timedelta(days=1) in await writer.read_stored_ends("team_memberships")
    end = {"id": team["id"], "membershipId": membership["id"], "endsOn": ended.isoformat()}
    found = await writer.write("teamEndMembership", selection, **end)
    assert found["memberships"]["nodes"] == [{**membership, "endsOn": ended.isoformat()}]
    found = await writer.write("teamClose", "team { endsOn }", id=team["id"], endsOn=end["endsOn"])
    assert found == {"endsOn": ended.isoformat()}


@pytest.mark.anyio
@write_settings
@given(ends=some.tuples(last_days, last_days, last_days).map(sorted))
async def test_the_ends_of_a_persons_periods_are_read_as_they_were_written(
    writer: Writer, ends: list[date]
) -> None:
    line_end, leave_end, last_day = ends
    hired = {"givenName": "Nia", "managerId": writer.company.encode_id("person", "boss")}
    person = await writer.write("personHire", "person { id reportingLines { id } }", **hired)
    (line,) = person["reportingLines"]
    ended = {"id": person["id"], "lineId": line["id"], "endsOn": line_end.isoformat()}
    found = await writer.write("personEndLine", "person { reportingLines { endsOn } }", **ended)
    assert found["reportingLines"] == [{"endsOn": line_end.isoformat()}]
    leave = {"id": person["id"], "endsOn": leave_end.isoformat()}
    found = await writer.write("personStartLeave", "person { leaves { endsOn } }", **leave)
    assert found["leaves"] == [{"endsOn": leave_end.isoformat()}]
    selection = f"person {{ lastDay employments {{ lastDay }} {CHANGES} }}"
    departure = {"id": person["id"], "lastDay": last_day.isoformat()}
    found = await writer.write("personDepart", selection, **departure)
    changes = {each["field"]: each["after"] for each in found["history"]["nodes"][0]["changes"]}
    assert (found["lastDay"], found["employments"]) == (
        last_day.isoformat(),
        [{"lastDay": last_day.isoformat()}],
    )
    assert changes["lastDay"] == changes["employments"][0]["lastDay"] == last_day.isoformat()
    for table, day in {
        "reporting_lines": line_end,
        "leaves": leave_end,
        "people": last_day,
        "employments": last_day,
    }.items():
        assert day + timedelta(days=1) in await writer.read_stored_ends(table)


@pytest.mark.anyio
async def test_without_a_last_day_an_employment_ends_at_once(writer: Writer) -> None:
    id = writer.company.encode_id("person", "mara")
    found = await writer.write("personDepart", "person { lastDay employmentStatus }", id=id)
    yesterday = (TODAY - timedelta(days=1)).isoformat()
    assert found == {"lastDay": yesterday, "employmentStatus": "LEFT"}
