"""Values about few people: nobody reads them, wherever values are shown."""

import json
from typing import Any

import pytest
from graphql import get_named_type, is_leaf_type, is_object_type, is_required_argument

from api.schema import get_schema
from tests.api.company import Company
from tests.api.test_computed_kpis import define, inputs
from tests.api.test_kpi_measurements import RECORD

PEOPLE = {"timeAggregation": "SUM", "sliceAggregation": "SUM", "unitName": "people"}
READ = """query($id: ID!) { kpi(by: { id: $id }) { measurements { nodes {
  id state value numerator denominator itemCount gap explanation comment revision } } } }"""
ALL = """query($id: ID!, $where: KpiMeasurementWhere) { kpi(by: { id: $id }) {
  status { status sentence }
  filtered: measurements(where: $where, orderBy: [{ field: VALUE }]) {
    totalCount nodes { period state value } }
  years: series(interval: ANNUAL, compareTo: PREVIOUS_YEAR) { points {
    period state value comparedValue itemCount status measuredPeriods
    comparison { sentence value difference } } }
  steps: series(compareTo: PREVIOUS_PERIOD) { points {
    comparison { sentence value difference relativeDifference } } }
  byYear: naturalLimits(byPreviousYear: true) { state points mean }
  history { nodes { action effectiveOn changes { field } } }
} }"""
OWN_FIELDS = {"id", "cursor", "createdAt", "updatedAt", "recordedAt", "replacedAt"}
"""What differs between any two KPIs."""


def list_fields(type_: Any, depth: int) -> list[str]:
    """Return all fields of a type that need no argument, with those of KPI types in it."""
    found = list[str]()
    for name, field in type_.fields.items():
        inner = get_named_type(field.type)
        if name in OWN_FIELDS or any(is_required_argument(each) for each in field.args.values()):
            continue
        if is_leaf_type(inner):
            found.append(name)
        elif depth and inner.name.startswith("Kpi") and is_object_type(inner) and name != "kpi":
            found.append(f"{name} {{ __typename {' '.join(list_fields(inner, depth - 1))} }}")
    return found


HIDDEN = {"value": None, "numerator": None, "denominator": None, "itemCount": None}


async def describe(company: Company, id: str, *, people: bool, who: str = "hr") -> Any:
    """Say whether a KPI describes people."""
    edited = await company.mutate(who, "kpiEdit", "kpi { id }", id=id, describesPeople=people)
    return edited["errors"]


async def define_people(company: Company, name: str, **definition: Any) -> str:
    """Define a KPI about people."""
    id = await define(company, name, **(PEOPLE | definition))
    assert await describe(company, id, people=True) == []
    return id


async def record(company: Company, id: str, month: int, value: str | None, **more: Any) -> None:
    """Record the value of a month of 2026."""
    row = {"kpiId": id, "period": f"2026-{month:02}", "value": value, **more}
    given = {name: each for name, each in row.items() if each is not None}
    made = await company.select_graph("hr").mutate("hr", RECORD, rows=[given])
    assert made["errors"] == []


async def read(company: Company, id: str) -> list[Any]:
    """Return the measurements of a KPI."""
    nodes: list[Any] = (await company.query("hr", READ, id=id))["kpi"]["measurements"]["nodes"]
    return nodes


async def states(company: Company, id: str) -> list[tuple[str, str | None]]:
    """Return the state and the value of each period of a KPI."""
    return [(each["state"], each["value"]) for each in await read(company, id)]


async def test_a_value_about_fewer_than_five_people_is_withheld_from_all(company: Company) -> None:
    id = await define_people(company, "Leavers")
    await record(company, id, 1, "2", itemCount=4, comment="Anna and Ben")
    await record(company, id, 2, "2", itemCount=5)
    await record(company, id, 3, "2")
    few, enough, unknown = await read(company, id)
    for each in (few, unknown):
        assert each == each | HIDDEN | {"state": "SUPPRESSED", "comment": None}
    assert (enough["state"], enough["value"], enough["itemCount"]) == ("MEASURED", "2", 5)


async def test_denominators_that_count_people_say_how_many(company: Company) -> None:
    ratio = {"form": "RATIO", "denominatorTimeAggregation": "SUM"}
    id = await define_people(company, "Training", **ratio, unitName="hours per employee")
    other = await define_people(company, "Absence", **ratio, unitName="days per working day")
    parts = {"numerator": "8", "denominator": "5"}
    for each in (id, other):
        await record(company, each, 1, None, **parts)
        await record(company, each, 2, None, **parts | {"denominator": "4"})
    assert await states(company, id) == [("MEASURED", "1.6"), ("SUPPRESSED", None)]
    assert await states(company, other) == [("SUPPRESSED", None)] * 2


async def test_what_is_computed_from_a_suppressed_value_is_suppressed(company: Company) -> None:
    leavers = await define_people(company, "Leavers")
    formulas = {
        "Doubled": "leavers * 2",
        "Running": "year_to_date(leavers)",
        "Filled": "coalesce(leavers, 0)",
        "Before": "lag(leavers, 1)",
    }
    found = {
        name: await define(company, name, **PEOPLE, formula=formula, inputs=inputs(leavers=leavers))
        for name, formula in formulas.items()
    }
    await record(company, leavers, 1, "2", itemCount=300)
    await record(company, leavers, 2, "3", itemCount=4)
    await record(company, leavers, 3, "1", itemCount=300)
    hidden = ("SUPPRESSED", None)
    assert await states(company, found["Doubled"]) == [("MEASURED", "4"), hidden, ("MEASURED", "2")]
    assert await states(company, found["Running"]) == [("MEASURED", "2"), hidden, hidden]
    assert await states(company, found["Filled"]) == [("MEASURED", "2"), hidden, ("MEASURED", "1")]
    assert (await states(company, found["Before"]))[1:3] == [("MEASURED", "2"), hidden]
    second = (await read(company, found["Doubled"]))[1]
    assert second == second | HIDDEN | {
        "gap": "SUPPRESSED",
        "explanation": "About few people: leavers.",
    }


@pytest.mark.parametrize("change", ["kpi", "tenant"])
async def test_a_later_decision_withholds_values_and_results_and_shows_them_again(
    company: Company, change: str
) -> None:
    leavers = await define(company, "Leavers", **PEOPLE)
    doubled = {"formula": "leavers * 2", "inputs": inputs(leavers=leavers)}
    results = await define(company, "Doubled", **PEOPLE, **doubled)
    if change == "tenant":
        assert await describe(company, leavers, people=True) == []
    await record(company, leavers, 1, "3", itemCount=6)
    await record(company, leavers, 1, "2", itemCount=7)

    async def decide(*, is_hidden: bool) -> None:
        if change == "kpi":
            limit = {"suppressionThreshold": 8}
            await company.mutate("admin", "tenantEdit", "tenant { id }", **limit)
            assert await describe(company, leavers, people=is_hidden) == []
        else:
            limit = {"suppressionThreshold": 8 if is_hidden else 5}
            made = await company.mutate("admin", "tenantEdit", "tenant { id }", **limit)
            assert made["errors"] == []

    revised = (
        "query($id: ID!) { kpi(by: { id: $id }) { measurementRevisions { nodes { value } } } }"
    )

    async def revisions(id: str) -> list[Any]:
        found = await company.query("hr", revised, id=id)
        return [each["value"] for each in found["kpi"]["measurementRevisions"]["nodes"]]

    assert await states(company, results) == [("MEASURED", "4")]
    await decide(is_hidden=True)
    assert await states(company, leavers) == [("SUPPRESSED", None)]
    assert await states(company, results) == [("SUPPRESSED", None)]
    assert set(await revisions(leavers)) == {None}
    assert set(await revisions(results)) == {None}
    await decide(is_hidden=False)
    assert await states(company, leavers) == [("MEASURED", "2")]
    assert await states(company, results) == [("MEASURED", "4")]
    assert await revisions(leavers) == ["3"]
    assert set(await revisions(results)) == {None}  # what was withheld of results stays so


async def test_only_those_who_define_kpis_let_few_people_be_shown(company: Company) -> None:
    id = company.encode_id("kpi", "shared")
    assert await describe(company, id, people=True, who="mara") == []
    (refused,) = await describe(company, id, people=False, who="mara")
    assert (refused["code"], refused["field"]) == ("NOT_PERMITTED", ["describesPeople"])
    shown = await company.query(
        "mara", "query($id: ID!) { kpi(by: { id: $id }) { describesPeople } }", id=id
    )
    assert shown == {"kpi": {"describesPeople": True}}
    assert await describe(company, id, people=False) == []


async def test_answers_do_not_tell_a_suppressed_value(company: Company) -> None:
    """Two KPIs that differ only in one suppressed value answer alike, also to filters."""
    answers = list[str]()
    for hidden in ("2", "97"):
        id = await define_people(company, "Leavers")
        target = {"id": id, "startsOn": "2026-01-01", "value": "10"}
        set_target = await company.mutate("hr", "kpiSetTarget", "kpi { id }", **target)
        assert set_target["errors"] == []
        for month in range(1, 6):
            few = month in (3, 5)
            value = hidden if few else str(10 + month)
            await record(company, id, month, value, itemCount=3 if few else 300)
        await record(company, id, 3, hidden + "1", itemCount=3)
        conditions: list[Any] = [None, {"value": {"gt": "50"}}, {"itemCount": {"lt": 5}}]
        found = [await company.query("hr", ALL, id=id, where=each) for each in conditions]
        for field in list_fields(get_schema()._schema.type_map["Kpi"], 3):
            document = f"query($id: ID!) {{ kpi(by: {{ id: $id }}) {{ {field} }} }}"
            found.append(await company.query("hr", document, id=id))
        answers.append(json.dumps(found))
    assert answers[0] == answers[1]
    everything = json.loads(answers[0])[0]["kpi"]
    assert everything["status"]["status"] == "SUPPRESSED"
    assert everything["status"]["sentence"] == (
        "2026-05: not shown, because it is about few people."
    )
    (year, *_) = everything["years"][0]["points"][-1:]
    assert (year["state"], year["value"], year["measuredPeriods"]) == ("SUPPRESSED", None, 5)


async def test_a_recorder_learns_whether_a_suppressed_value_is_stored(company: Company) -> None:
    id = await define_people(company, "Leavers")
    row = {"kpiId": id, "period": "2026-01", "value": "2", "itemCount": 4}
    graph = company.select_graph("hr")
    outcomes = [
        (await graph.mutate("hr", RECORD, rows=[each]))["outcomes"]
        for each in (row, row, row | {"value": "3"})
    ]
    assert outcomes == [["CREATED"], ["UNCHANGED"], ["UPDATED"]]
    (stored,) = await read(company, id)
    corrected = await company.mutate(
        "hr",
        "kpiRestateMeasurement",
        "kpi { id }",
        id=id,
        measurementId=stored["id"],
        value="3",
        itemCount=9,
        reason="Counted again.",
    )
    assert corrected["errors"] == []
    assert await states(company, id) == [("MEASURED", "3")]


async def test_a_slice_is_hidden_with_the_one_that_the_total_would_tell(company: Company) -> None:
    """The 46 people of a firm: without the second slice, Sales would be the total minus others."""
    id = await define_people(company, "Leavers")
    made = await company.mutate(
        "hr",
        "kpiSetDimension",
        "kpi { id }",
        id=id,
        key="unit",
        name="Unit",
        members=[{"code": each, "name": each} for each in ("Sales", "Technology", "Office")],
    )
    assert made["errors"] == []
    people = {"Technology": 26, "Office": 16, "Sales": 4}

    async def record_slices(*units: str) -> list[str]:
        row = {"kpiId": id, "period": "2026-01", "dimension": "unit"}
        rows = [row | {"member": each, "value": "1", "itemCount": people[each]} for each in units]
        found = await company.select_graph("hr").mutate("hr", RECORD, rows=rows)
        assert found["errors"] == []
        outcomes: list[str] = found["outcomes"]
        return outcomes

    async def shown() -> dict[str, str]:
        found = await company.query(
            "hr",
            "query($id: ID!) { kpi(by: { id: $id }) { dimensions { members {"
            " code measurements { nodes { state } } } } } }",
            id=id,
        )
        (dimension,) = found["kpi"]["dimensions"]
        return {
            each["code"]: each["measurements"]["nodes"][0]["state"] for each in dimension["members"]
        }

    await record_slices(*people)
    alone = {"Technology": "MEASURED", "Office": "MEASURED", "Sales": "SUPPRESSED"}
    assert await shown() == alone
    await record(company, id, 1, "3", itemCount=46)
    assert await shown() == alone | {"Office": "SUPPRESSED"}
    assert await record_slices(*people) == ["UNCHANGED"] * 3
    assert await shown() == alone | {"Office": "SUPPRESSED"}
    people["Sales"] = 5
    await record_slices("Sales")
    assert await shown() == dict.fromkeys(people, "MEASURED")
    assert await describe(company, id, people=False) == []
    people["Sales"] = 4
    await record_slices("Sales")
    assert await shown() == dict.fromkeys(people, "MEASURED")
    assert await describe(company, id, people=True) == []
    assert await shown() == alone | {"Office": "SUPPRESSED"}


async def test_a_recorder_is_warned_of_values_that_nobody_sees(company: Company) -> None:
    id = await define_people(company, "Leavers")
    warned = RECORD.replace("outcomes", "outcomes warnings { index code field message }")
    rows = [
        {"kpiId": id, "period": f"2026-0{number}", "value": "2"} | count
        for number, count in enumerate(({}, {"itemCount": 5}, {"itemCount": 4}), 1)
    ]
    made = await company.select_graph("hr").mutate("hr", warned, rows=rows)
    assert made["outcomes"] == ["CREATED"] * 3
    assert made["errors"] == []
    assert made["warnings"] == [
        {
            "index": 0,
            "code": "REQUIRED",
            "field": ["rows", "0", "itemCount"],
            "message": "Nobody sees a value about an unknown number of people. Send the itemCount.",
        },
        {
            "index": 2,
            "code": "OUT_OF_RANGE",
            "field": ["rows", "2", "itemCount"],
            "message": "Nobody sees this value: it is about fewer than 5 people.",
        },
    ]
