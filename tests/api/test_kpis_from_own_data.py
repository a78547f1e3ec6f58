"""KPIs that Trellis measures from its own data: nobody enters their values."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from api.kernel.schema.global_ids import decode_id, encode_id
from domain.kernel.background_tasks import build_system_actor
from domain.kernel.counted_people import COUNT_PEOPLE
from domain.kpis.own_data.tasks import MEASURE
from domain.task_handlers import TASK_HANDLERS
from persistence.unit_of_work import work as unit
from tests.api.company import Company
from tests.api.test_kpi_measurements import RECORD
from tests.factories.actors import NOW, TODAY

pytestmark = pytest.mark.anyio

CREATED = """kpi { id describesPeople definition { unit timeAggregation inputs { alias
  kpi { id describesPeople definition { measure unitName timeAggregation } } } } }"""
READ = """query($id: ID!) { kpi(by: { id: $id }) { measurements(last: 3) { nodes {
  id period state value itemCount source revision recordedBy { name }
  revisions { nodes { value source replacedBy { name } } } } } } }"""


AS_OF = """query($id: ID!, $day: Date) { kpi(by: { id: $id }) { measuredValue(asOf: $day) {
  measure period startsOn asOf state value itemCount } } }"""


MEASURES = ("HEADCOUNT_END", "JOINERS", "LEAVERS", "GOAL_ATTAINMENT")


class Firm:
    """A unit of a company, in which HR hires people and creates KPIs."""

    def __init__(self, company: Company, writing: asyncpg.Pool) -> None:
        self.company, self.writing = company, writing
        self.scope = {"organizationId": company.encode_id("org", "dock")}

    async def change(self, verb: str, selection: str, who: str = "hr", **input: Any) -> Any:
        payload = await self.company.mutate(who, verb, selection, **input)
        assert payload["errors"] == [], payload
        return payload

    async def refuse(self, verb: str, node: str, **input: Any) -> list[Any]:
        payload = await self.company.mutate("hr", verb, f"{node} {{ id }}", **input)
        assert payload[node] is None
        return [(each["code"], each["field"]) for each in payload["errors"]]

    async def hire(self, hired_on: str = "2025-01-01") -> str:
        details = {"givenName": "Ines", "hiredOn": hired_on, **self.scope}
        return (await self.change("personHire", "person { id }", **details))["person"]["id"]

    async def list_waiting(self, kind: str) -> list[str]:
        async with unit.work(self.writing, self.system(kind), now=NOW) as open:
            connection = await open.get_connection()
            rows = await connection.fetch(
                "SELECT arguments->>'kpi_id' FROM background_tasks"
                " WHERE tenant_id = $1 AND kind = $2",
                self.company.tenant_id,
                kind,
            )
        return [encode_id("kpi", UUID(each)) if each else "" for (each,) in rows]

    def system(self, kind: str, days: int = 0) -> Any:
        handler = TASK_HANDLERS[kind]
        return build_system_actor(self.company.tenant_id, TODAY + timedelta(days=days), handler)

    async def run(self, kind: str, days: int = 0, **arguments: Any) -> list[Any]:
        now = NOW + timedelta(days=days)
        async with unit.work(self.writing, self.system(kind, days), now=now) as open:
            await TASK_HANDLERS[kind].run(open, **arguments)
            return [(each.kind, each.not_before) for each in open._tasks]

    async def measure(self, *ids: str, days: int = 0) -> None:
        """Do what workers do on a day."""
        for id in ids:
            await self.run(MEASURE, days, kpi_id=str(decode_id(id, "kpi")))

    async def read(self, id: str) -> list[Any]:
        found = await self.company.query("hr", READ, id=id)
        nodes: list[Any] = found["kpi"]["measurements"]["nodes"]
        return nodes

    async def list_values(self, id: str) -> list[Any]:
        return [(each["period"], each["value"]) for each in await self.read(id)]


@pytest.fixture
def firm(company: Company, writing: asyncpg.Pool) -> Firm:
    return Firm(company, writing)


async def test_turnover_feeds_itself_and_follows_what_is_entered_late(firm: Firm) -> None:
    people = [await firm.hire() for _ in range(8)]
    made = await firm.change(
        "kpiFromTemplate",
        CREATED,
        template="employee_turnover",
        variant="mean_headcount",
        scope=firm.scope,
        startsOn="2026-01-01",
        measuresOwnData=True,
    )
    turnover = made["kpi"]["id"]
    inputs = {each["alias"]: each["kpi"] for each in made["kpi"]["definition"]["inputs"]}
    assert [inputs[each]["definition"]["measure"] for each in ("headcount", "leavers")] == [
        *("HEADCOUNT_AVERAGE", "LEAVERS"),
    ]
    assert all(each["describesPeople"] for each in inputs.values())
    headcount, leavers = inputs["headcount"]["id"], inputs["leavers"]["id"]
    assert {headcount, leavers} <= {*await firm.list_waiting(MEASURE)}

    await firm.measure(headcount, leavers)
    for id, value in ((headcount, "8"), (leavers, "0"), (turnover, "0")):
        months = [(f"2026-0{each}", value) for each in (4, 5, 6)]
        assert await firm.list_values(id) == months
    first = (await firm.read(headcount))[0]
    assert (first["source"], first["itemCount"], first["recordedBy"]) == ("DERIVED", 8, None)

    row = {"kpiId": leavers, "period": "2026-05", "value": "3"}
    refused = await firm.company.select_graph("hr").mutate("hr", RECORD, rows=[row])
    assert refused["outcomes"] == ["REJECTED"]
    assert refused["errors"][0]["message"] == (
        "Trellis measures this KPI in 2026-05, from its own data. Correct those data, or redefine"
        " the KPI."
    )
    taken = {"id": headcount, "measurementId": first["id"], "reason": "No."}
    assert await firm.refuse("kpiWithdrawMeasurement", "kpi", **taken) == [
        ("INVALID", ["measurementId"])
    ]
    assert await firm.refuse("kpiRestateMeasurement", "kpi", **taken, value="9") == [
        ("INVALID", ["kpiId"])
    ]
    assert await firm.refuse("kpiEdit", "kpi", id=leavers, describesPeople=False) == [
        ("INVALID", ["describesPeople"])
    ]

    late = {"id": people[0], "lastDay": "2026-04-30"}
    await firm.change("personDepart", "person { id }", **late)
    assert len(await firm.list_waiting(COUNT_PEOPLE)) == 1
    planned = await firm.run(COUNT_PEOPLE)
    assert {*planned} == {(MEASURE, NOW + timedelta(seconds=20))}
    await firm.measure(headcount, leavers)
    assert await firm.list_values(leavers) == [("2026-04", "1"), ("2026-05", "0"), ("2026-06", "0")]
    assert await firm.list_values(headcount) == [
        *(("2026-04", "8"), ("2026-05", "7.5"), ("2026-06", "7")),
    ]
    (restated, *_) = await firm.read(turnover)
    assert (restated["value"], restated["source"], restated["revision"]) == ("0.125", "COMPUTED", 3)
    assert restated["revisions"]["nodes"][0] == {
        "value": "0",
        "source": "COMPUTED",
        "replacedBy": None,
    }
    await firm.measure(headcount, leavers)
    assert (await firm.read(turnover))[0]["revision"] == 3

    twin = await firm.hire("2026-05-05")
    await firm.measure(headcount, leavers)
    assert await firm.list_values(headcount) == [
        *(("2026-04", "8"), ("2026-05", "8"), ("2026-06", "8")),
    ]
    merged = {"id": people[1], "duplicateId": twin, "reason": "The same address."}
    await firm.change("personMerge", "person { id }", "ruler", **merged)
    erased = {"id": people[0], "confirmName": "Ines", "reason": "REQUESTED"}
    await firm.change("personErase", "person { id }", "ruler", **erased)
    await firm.measure(headcount, leavers)
    assert await firm.list_values(leavers) == [("2026-04", "1"), ("2026-05", "0"), ("2026-06", "0")]
    assert await firm.list_values(headcount) == [
        *(("2026-04", "8"), ("2026-05", "7.5"), ("2026-06", "7")),
    ]


async def test_voluntary_leavers_are_shown_for_whole_months_from_five_leavers_on(
    firm: Firm,
) -> None:
    people = [await firm.hire() for _ in range(12)]
    made = await firm.change(
        "kpiFromTemplate",
        CREATED,
        template="voluntary_turnover",
        scope=firm.scope,
        startsOn="2026-01-01",
        measuresOwnData=True,
    )
    inputs = {each["alias"]: each["kpi"] for each in made["kpi"]["definition"]["inputs"]}
    leavers = inputs["voluntary_leavers"]
    assert leavers["definition"]["measure"] == "VOLUNTARY_LEAVERS"
    for day, kinds in {
        "2026-04-10": ["VOLUNTARY"],
        "2026-05-20": ["VOLUNTARY", "VOLUNTARY", "RETIREMENT", "INVOLUNTARY", None],
        "2026-06-10": ["VOLUNTARY"],
    }.items():
        for kind in kinds:
            left = {"id": people.pop(), "lastDay": day, "kind": kind}
            await firm.change("personDepart", "person { id }", **left)
    await firm.measure(*(each["id"] for each in inputs.values()))
    hidden = ("SUPPRESSED", None, None)
    months = {
        each["period"]: (each["state"], each["value"], each["itemCount"])
        for each in await firm.read(leavers["id"])
    }
    assert months == {
        "2026-03": ("MEASURED", "0", 12),
        "2026-04": hidden,
        "2026-05": ("MEASURED", "2", 5),
    }
    turnover = {each["period"]: each["state"] for each in await firm.read(made["kpi"]["id"])}
    assert (turnover["2026-04"], turnover["2026-05"]) == ("SUPPRESSED", "MEASURED")
    for day, wanted in {
        "2026-05-30": hidden,
        "2026-05-31": months["2026-05"],
        "2026-03-31": months["2026-03"],
        "2026-06-15": hidden,
    }.items():
        found = await firm.company.query("hr", AS_OF, id=leavers["id"], day=day)
        value = found["kpi"]["measuredValue"]
        assert (value["state"], value["value"], value["itemCount"]) == wanted, day


async def test_a_few_people_are_not_shown_and_one_event_among_many_is(firm: Firm) -> None:
    people = [await firm.hire() for _ in range(5)]
    team = await firm.change(
        "teamCreate", "team { id }", name="Pair", startsOn="2026-01-01", **firm.scope
    )
    for id in people[:2]:
        added = {"id": team["team"]["id"], "personId": id, "startsOn": "2026-01-01"}
        await firm.change("teamAddMember", "team { id }", **added)
    made = {"frequency": "MONTHLY", "startsOn": "2026-01-01"}
    scopes = {"unit": firm.scope, "team": {"teamId": team["team"]["id"]}}
    ids = dict[tuple[str, str], str]()
    for name, scope in scopes.items():
        for measure in MEASURES:
            definition = {"measure": measure, "direction": "BAND"}
            kpi = await firm.change(
                "kpiCreate", "kpi { id }", name=measure, scope=scope, definition=definition, **made
            )
            ids[name, measure] = kpi["kpi"]["id"]
    await firm.change("personDepart", "person { id }", id=people[0], lastDay="2026-05-10")
    await firm.change("personDepart", "person { id }", id=people[1], lastDay="2026-06-20")
    await firm.measure(*ids.values())

    hidden = ("SUPPRESSED", None, None)
    shown = {
        key: [(each["state"], each["value"], each["itemCount"]) for each in await firm.read(id)]
        for key, id in ids.items()
    }
    assert shown["unit", "HEADCOUNT_END"] == [("MEASURED", "5", 5), hidden, hidden]
    assert shown["unit", "LEAVERS"] == [("MEASURED", "0", 5), ("MEASURED", "1", 5), hidden]
    assert shown["unit", "JOINERS"][:2] == [("MEASURED", "0", 5), ("MEASURED", "0", 5)]
    for measure in ("HEADCOUNT_END", "JOINERS", "LEAVERS"):
        assert shown["team", measure] == [hidden] * 3

    async def look(key: tuple[str, str], day: str | None) -> Any:
        found = await firm.company.query("hr", AS_OF, id=ids[key], day=day)
        value = found["kpi"]["measuredValue"]
        return value["asOf"], value["state"], value["value"], value["itemCount"]

    headcount, leavers = ("unit", "HEADCOUNT_END"), ("unit", "LEAVERS")
    assert await look(headcount, "2026-05-10") == ("2026-05-10", "MEASURED", "5", 5)
    assert await look(headcount, "2026-05-11") == ("2026-05-11", *hidden)
    assert await look(headcount, "2027-01-01") == ("2026-06-15", *hidden)
    assert await look(leavers, "2026-05-09") == ("2026-05-09", "MEASURED", "0", 5)
    assert await look(leavers, "2026-05-10") == ("2026-05-10", "MEASURED", "1", 5)
    for key in (("team", "HEADCOUNT_END"), ("unit", "GOAL_ATTAINMENT")):
        assert await look(key, None) == ("2026-06-15", *hidden)
    assert shown["unit", "GOAL_ATTAINMENT"] == []
    no_measure = await firm.company.query(
        "hr", AS_OF, id=firm.company.encode_id("kpi", "shared"), day=None
    )
    assert no_measure["kpi"]["measuredValue"] is None

    await firm.change(
        "kpiRedefine",
        "kpi { id }",
        id=ids["unit", "LEAVERS"],
        reason="By hand.",
        startsOn="2026-05-01",
        measure=None,
    )
    await firm.measure(ids["unit", "LEAVERS"])
    assert await firm.list_values(ids["unit", "LEAVERS"]) == [
        *(("2026-02", "0"), ("2026-03", "0"), ("2026-04", "0")),
    ]
