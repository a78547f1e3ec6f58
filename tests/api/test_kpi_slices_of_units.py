"""KPIs from Trellis's own data by unit: members follow the tree, and small units are hidden."""

from typing import Any

import asyncpg
import pytest

from domain.kernel.counted_people import COUNT_PEOPLE
from domain.kpis.own_data.tasks import MEASURE
from tests.api.company import Company
from tests.api.test_kpis_from_own_data import Firm

pytestmark = pytest.mark.anyio

SLICES = """query($id: ID!) { kpi(by: { id: $id }) { version
  measurements(last: 1) { nodes { state value } }
  dimensions { key membersFrom members { code name isArchived unit { code }
    organization { code } measurements(last: 1) { nodes { state value source } }
    measurementRevisions { totalCount } } } } }"""
REVISIONS = """query($id: ID!) { kpi(by: { id: $id }) { dimensions { members { code
  measurementRevisions(first: 1) { nodes { state value itemCount } } } } } }"""
SET = "kpi { id dimensions { members { code } } }"
HIDDEN = ("SUPPRESSED", None)


class DividedFirm(Firm):
    """The dock, with the units NORTH, SOUTH and EAST below it."""

    async def open(self, code: str, parent: str | None = None) -> str:
        details = {"code": code, "name": code.title(), "kind": "SITE", "startsOn": "2020-01-01"}
        parent = parent or self.scope["organizationId"]
        made = await self.change(
            "organizationCreate", "organization { id }", parentId=parent, **details
        )
        id: str = made["organization"]["id"]
        return id

    async def fill(self, unit: str, count: int, hired_on: str = "2025-01-01") -> list[str]:
        details = {"givenName": "Ines", "hiredOn": hired_on, "organizationId": unit}
        made = [await self.change("personHire", "person { id }", **details) for _ in range(count)]
        return [each["person"]["id"] for each in made]

    async def follow(self, measure: str, **more: Any) -> str:
        details = {"frequency": "MONTHLY", "startsOn": "2026-01-01", "scope": self.scope} | more
        made = await self.change(
            "kpiCreate", "kpi { id }", name=measure, definition={"measure": measure}, **details
        )
        id: str = made["kpi"]["id"]
        return id

    async def divide(self, *ids: str, members_from: str = "UNITS") -> Any:
        for id in ids:
            made = await self.change(
                *("kpiSetDimension", SET),
                id=id,
                key="unit",
                name="Unit",
                membersFrom=members_from,
            )
        return [each["code"] for each in made["kpi"]["dimensions"][0]["members"]]

    async def look(self, id: str, who: str = "hr") -> dict[str, Any]:
        """Return state and value of the last month, of the total and of each open member."""
        kpi = (await self.company.query(who, SLICES, id=id))["kpi"]
        of_total = {None: kpi["measurements"]["nodes"]}
        members = [each for one in kpi["dimensions"] for each in one["members"]]
        found = {each["code"]: each["measurements"]["nodes"] for each in members}
        return {
            code: (nodes[0]["state"], nodes[0]["value"]) if nodes else None
            for code, nodes in (of_total | found).items()
        }


@pytest.fixture
def firm(company: Company, writing: asyncpg.Pool) -> DividedFirm:
    return DividedFirm(company, writing)


async def test_slices_follow_the_tree_and_a_small_unit_hides_a_second_one(
    firm: DividedFirm,
) -> None:
    units = {code: await firm.open(code) for code in ("NORTH", "SOUTH", "EAST")}
    for code, count in {"NORTH": 8, "SOUTH": 6, "EAST": 3}.items():
        await firm.fill(units[code], count)
    await firm.fill(firm.scope["organizationId"], 7)
    headcount = await firm.follow("HEADCOUNT_END")
    assert await firm.divide(headcount) == ["EAST", "NORTH", "SOUTH", "DOCK (rest)"]
    assert headcount in await firm.list_waiting(MEASURE)
    await firm.measure(headcount)
    shown = {None: ("MEASURED", "24"), "NORTH": ("MEASURED", "8"), "DOCK (rest)": ("MEASURED", "7")}
    assert await firm.look(headcount) == {**shown, "SOUTH": HIDDEN, "EAST": HIDDEN}

    moved = {"id": units["EAST"], "parentId": units["NORTH"]}
    await firm.change("organizationMove", "organization { id }", **moved)
    await firm.measure(headcount)
    with_north = {"NORTH": ("MEASURED", "11"), "SOUTH": ("MEASURED", "6"), "EAST": None}
    assert await firm.look(headcount) == shown | with_north
    found = await firm.company.query("hr", REVISIONS, id=headcount)
    kept = {
        each["code"]: each["measurementRevisions"]["nodes"][0]
        for each in found["kpi"]["dimensions"][0]["members"]
        if each["measurementRevisions"]["nodes"]
    }
    withheld = {"state": "SUPPRESSED", "value": None, "itemCount": None}
    assert kept == dict.fromkeys(("NORTH", "EAST"), withheld)
    back = {"id": units["EAST"], "parentId": firm.scope["organizationId"]}
    await firm.change("organizationMove", "organization { id }", **back)

    await firm.fill(units["EAST"], 2)
    await firm.measure(headcount)
    shown |= {None: ("MEASURED", "26"), "EAST": ("MEASURED", "5"), "SOUTH": ("MEASURED", "6")}
    assert await firm.look(headcount) == shown

    await firm.change("organizationMove", "organization { id }", **moved)
    assert await firm.list_waiting(COUNT_PEOPLE)
    await firm.run(COUNT_PEOPLE)
    await firm.open("WEST")
    await firm.measure(headcount)
    shown |= {"NORTH": ("MEASURED", "13"), "EAST": None, "WEST": None}
    assert await firm.look(headcount) == shown
    kpi = (await firm.company.query("hr", SLICES, id=headcount))["kpi"]
    (dimension,), version = kpi["dimensions"], kpi["version"]
    assert [(each["code"], each["isArchived"]) for each in dimension["members"]] == [
        *(("NORTH", False), ("SOUTH", False), ("WEST", False), ("DOCK (rest)", False)),
        ("EAST", True),
    ]
    east = dimension["members"][-1]
    assert east["measurementRevisions"]["totalCount"] > 0
    assert [each["unit"]["code"] for each in dimension["members"]] == [
        *("NORTH", "SOUTH", "WEST", "DOCK", "EAST"),
    ]

    renamed = {"id": units["SOUTH"], "code": "SUD", "name": "Le sud"}
    await firm.change("organizationEdit", "organization { id }", **renamed)
    await firm.change("organizationMove", "organization { id }", **back)
    await firm.measure(headcount)
    shown |= {"NORTH": ("MEASURED", "8"), "EAST": ("MEASURED", "5")}
    shown["SUD"] = shown.pop("SOUTH")
    assert await firm.look(headcount) == shown
    kpi = (await firm.company.query("hr", SLICES, id=headcount))["kpi"]
    assert kpi["version"] == version
    assert not any(each["isArchived"] for each in kpi["dimensions"][0]["members"])

    await firm.change(
        *("kpiSetDimension", SET),
        id=headcount,
        key="unit",
        name="Unit",
        membersFrom="LIST",
        members=[{"code": "NORTH", "name": "North"}],
    )
    await firm.measure(headcount)
    assert {*(await firm.look(headcount)).items()} == {
        (None, ("MEASURED", "26")),
        *((code, None) for code in ("NORTH", "EAST", "SUD", "DOCK (rest)")),
    }


async def test_turnover_by_unit_follows_its_inputs(firm: DividedFirm) -> None:
    north, south = await firm.open("NORTH"), await firm.open("SOUTH")
    people = await firm.fill(north, 8)
    await firm.fill(south, 5)
    made = await firm.change(
        "kpiFromTemplate",
        "kpi { id definition { inputs { kpi { id } } } }",
        template="employee_turnover",
        variant="mean_headcount",
        scope=firm.scope,
        startsOn="2026-01-01",
        measuresOwnData=True,
    )
    turnover = made["kpi"]["id"]
    inputs = [each["kpi"]["id"] for each in made["kpi"]["definition"]["inputs"]]
    unit = {"id": turnover, "key": "unit", "name": "Unit", "membersFrom": "UNITS"}
    assert (
        await firm.refuse("kpiSetDimension", "kpi", **unit)
        == [("REFERENCE_NOT_FOUND", ["membersFrom"])] * len(inputs) * 3
    )
    await firm.divide(*inputs, turnover)
    await firm.change("personDepart", "person { id }", id=people[0], lastDay="2026-06-10")
    await firm.measure(*inputs)
    shown = {None: ("MEASURED", "0.08"), "SOUTH": ("MEASURED", "0"), "DOCK (rest)": None}
    assert await firm.look(turnover) == {**shown, "NORTH": ("MEASURED", "0.133333333333")}

    await firm.fill(await firm.open("WEST"), 5)
    await firm.measure(*inputs)
    shown |= {None: ("MEASURED", "0.057142857143"), "WEST": ("MEASURED", "0")}
    assert await firm.look(turnover) == {**shown, "NORTH": ("MEASURED", "0.133333333333")}

    await firm.divide(inputs[0], members_from="CONFINED_UNITS")
    assert {*await firm.look(turnover, "mara")} == {None}
    assert (await firm.look(turnover, "hr"))["NORTH"] == ("MEASURED", "0.133333333333")


async def test_units_are_refused_where_nobody_could_measure_them(firm: DividedFirm) -> None:
    await firm.open("NORTH")
    headcount = await firm.follow("HEADCOUNT_END")
    team = {"teamId": firm.company.encode_id("team", "dispatch")}
    unit = {"key": "unit", "name": "Unit", "membersFrom": "UNITS"}
    row = [{"code": "a", "name": "A"}]
    at = ("INVALID", ["membersFrom"])
    for id, more, refused in (
        (await firm.follow("HEADCOUNT_END", scope=team), {}, [at]),
        (await firm.follow("VOLUNTARY_LEAVERS"), {}, [at]),
        (firm.company.encode_id("kpi", "in_unit"), {}, [at]),
        (headcount, {"members": row}, [("INVALID", ["members"])]),
        (
            headcount,
            {"unknownMembers": "CREATE", "members": row},
            [("INVALID", ["unknownMembers"]), ("INVALID", ["members"])],
        ),
        (headcount, {"membersFrom": "LIST"}, [("REQUIRED", ["members"])]),
    ):
        assert await firm.refuse("kpiSetDimension", "kpi", id=id, **(unit | more)) == refused
        assert (await firm.company.query("hr", SLICES, id=id))["kpi"]["dimensions"] == []
    await firm.divide(headcount)
    again = {**unit, "id": headcount, "key": "place"}
    assert await firm.refuse("kpiSetDimension", "kpi", **again) == [at]
    owned = await firm.follow("JOINERS", ownerId=firm.company.encode_id("person", "mara"))
    payload = await firm.company.mutate("mara", "kpiSetDimension", SET, id=owned, **unit)
    assert [(each["code"], each["field"]) for each in payload["errors"]] == [
        ("NOT_PERMITTED", ["membersFrom"])
    ]
    assert (await firm.company.query("hr", SLICES, id=owned))["kpi"]["dimensions"] == []
