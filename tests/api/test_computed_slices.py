"""Slices of computed KPIs: the formula of each member, who sees it, and what it must not tell."""

from typing import Any

from tests.api.company import Company
from tests.api.test_computed_kpis import MONEY, define, inputs
from tests.api.test_kpi_measurements import RECORD
from tests.api.test_kpi_suppression import PEOPLE, define_people, describe
from tests.api.test_kpi_suppression_attacks import (
    HIDDEN,
    UNITS,
    read_slices,
    record_slices,
    set_dimension,
)

SLICES = """query($id: ID!) { kpi(by: { id: $id }) {
  measurements { nodes { period value revision } }
  history { nodes { action actor { name } changes { field after } } }
  dimensions { members { code organization { name } measurements { nodes {
    period state value explanation revision source } } } } } }"""
REVISIONS = """query($id: ID!) { kpi(by: { id: $id }) {
  measurements { nodes { value } } measurementRevisions { nodes { value } } } }"""


async def declare(company: Company, id: str, *members: Any, who: str = "hr", **more: Any) -> Any:
    """Set the dimension of regions, and return the faults; a member is a code, or an input."""
    rows = [each if isinstance(each, dict) else {"code": each} for each in members]
    made = await company.mutate(
        *(who, "kpiSetDimension", "kpi { id }"),
        **{"id": id, "key": "region", "name": "Region"} | more,
        members=[{"name": each["code"]} | each for each in rows],
    )
    return [(each["field"], each["message"]) for each in made["errors"]]


async def enter(company: Company, id: str, period: str, who: str = "hr", **slices: str) -> None:
    """Record slices of a period, and as `total` that."""
    rows = [
        {"kpiId": id, "period": period, "value": value}
        | ({} if member == "total" else {"dimension": "region", "member": member})
        for member, value in slices.items()
    ]
    made = await company.select_graph(who).mutate(who, RECORD, rows=rows)
    assert made["errors"] == []


async def read(company: Company, id: str, who: str = "hr") -> Any:
    """Return the values, with their revisions, of the slices that somebody sees."""
    found = (await company.query(who, SLICES, id=id))["kpi"]
    return {
        member["code"]: [
            (each["value"], each["revision"]) for each in member["measurements"]["nodes"]
        ]
        for dimension in found["dimensions"]
        for member in dimension["members"]
    } | {"total": [(each["value"], each["revision"]) for each in found["measurements"]["nodes"]]}


async def test_a_formula_has_a_value_for_each_member_that_its_inputs_have(company: Company) -> None:
    sales, cost = [await define(company, each, **MONEY) for each in ("Sales", "Cost")]
    share = {"unit": "SHARE", "timeAggregation": "NONE"}
    both = inputs(sales=sales, cost=cost)
    margin = await define(company, "Margin", **share, formula="(sales - cost) / sales", inputs=both)
    part = await define(
        company, "Part", **share, formula="share_of_total(sales)", inputs=inputs(sales=sales)
    )
    assert await declare(company, sales, "north", "south", "west") == []
    place = "Line 1, column 10: "
    assert await declare(company, margin, "north", unknownMembers="CREATE") == [
        (
            ["unknownMembers"],
            "A formula makes no members. Choose REFUSE, and name those that it is for.",
        ),
        (
            ["members", "0", "code"],
            f"{place}cost has no dimension region. Declare it there first.",
        ),
    ]
    assert await declare(company, cost, "North", "south") == []
    assert await declare(company, margin, "north", "west") == [
        (
            ["members", "1", "code"],
            f"{place}cost has no member west in its dimension region. Declare it there first.",
        ),
    ]
    await enter(company, sales, "2026-03", total="400", north="100", south="200")
    await enter(company, cost, "2026-03", total="100", north="60")
    for id in (margin, part):
        assert await declare(company, id, "north", "south") == []
    assert await read(company, margin) == {
        "north": [("0.4", 1)],
        "south": [(None, 1)],
        "total": [("0.75", 2)],
    }
    found = (await company.query("hr", SLICES, id=margin))["kpi"]
    south = found["dimensions"][0]["members"][1]["measurements"]["nodes"][0]
    assert (south["state"], south["explanation"]) == ("NOT_MEASURED", "Not measured: cost.")
    assert await read(company, part) == {
        "north": [("0.25", 1)],
        "south": [("0.5", 1)],
        "total": [("1", 1)],
    }
    await enter(company, sales, "2026-03", north="120")
    assert await read(company, margin) == {
        "north": [("0.5", 2)],
        "south": [(None, 1)],
        "total": [("0.75", 2)],
    }
    await enter(company, sales, "2026-03", total="500")
    assert (await read(company, part))["south"] == [("0.4", 2)]
    rows = [
        {
            "kpiId": margin,
            "period": "2026-03",
            "dimension": "region",
            "member": "north",
            "value": "1",
        }
    ]
    refused = await company.select_graph("hr").mutate("hr", RECORD, rows=rows)
    assert [each["field"] for each in refused["errors"]] == [["rows", "0", "kpiId"]]


async def test_a_new_formula_fits_the_members_of_its_kpi(company: Company) -> None:
    sales, cost = [await define(company, each, **MONEY) for each in ("Sales", "Cost")]
    double = await define(
        company, "Double", **MONEY, formula="sales * 2", inputs=inputs(sales=sales)
    )
    for id in (sales, double):
        assert await declare(company, id, "north") == []
    await enter(company, sales, "2026-03", north="7")
    changes = {
        "formula": "sales +\n cost",
        "inputs": inputs(sales=sales, cost=cost),
        "reason": "New.",
    }
    redefine = ("hr", "kpiRedefine", "kpi { id }")
    made = await company.mutate(*redefine, id=double, startsOn="2026-01-01", **changes)
    assert [(each["field"], each["message"]) for each in made["errors"]] == [
        (["formula"], "Line 2, column 2: cost has no dimension region. Declare it there first.")
    ]
    assert (await read(company, double))["north"] == [("14", 1)]
    ops = company.encode_id("org", "ops")
    assert await declare(company, cost, {"code": "north", "organizationId": ops}) == []
    await enter(company, cost, "2026-03", north="1")
    made = await company.mutate(*redefine, id=double, startsOn="2026-01-01", **changes)
    assert made["errors"] == []
    assert (await read(company, double))["north"] == [("8", 2)]
    assert "north" not in await read(company, double, "chief")


async def test_a_slice_is_confined_where_one_of_an_input_is(company: Company) -> None:
    ops, far = (company.encode_id("org", each) for each in ("ops", "sales"))
    sales, cost = [await define(company, each, **MONEY) for each in ("Sales", "Cost")]
    both = inputs(sales=sales, cost=cost)
    profit = await define(company, "Profit", **MONEY, formula="sales - cost", inputs=both)
    double = await define(company, "Double", **MONEY, formula="p * 2", inputs=inputs(p=profit))
    assert await declare(company, sales, {"code": "north", "organizationId": ops}, "south") == []
    assert await declare(company, cost, "north", "south") == []
    north = {"code": "north", "organizationId": far}
    assert await declare(company, profit, north, "south") == [
        (
            ["members", "0", "organizationId"],
            "Line 1, column 1: sales confines north to another organization.",
        ),
    ]
    for id in (profit, double):
        assert await declare(company, id, "north", "south") == []
    for id in (sales, cost):
        await enter(company, id, "2026-03", north="3", south="1")
    assert (await read(company, double, "peer")).keys() == {"north", "south", "total"}
    assert (await read(company, double, "chief")).keys() == {"south", "total"}
    measured = {"firstDay": "2026-03-01", "lastDay": "2026-03-01", "measurements": 1}
    history = (await company.query("hr", SLICES, id=double))["kpi"]["history"]["nodes"]
    counted = [{one["field"]: one["after"] for one in each["changes"]} for each in history[:2]]
    assert counted == [measured, measured]
    assert await declare(company, cost, "north", {"code": "south", "organizationId": far}) == []
    assert (await read(company, double, "peer")).keys() == {"north", "total"}
    last = (await company.query("hr", SLICES, id=double))["kpi"]["history"]["nodes"][0]
    assert (last["action"], last["actor"]) == ("DIMENSION_SET", None)
    refused = await declare(company, cost, {"code": "north", "organizationId": far}, "south")
    assert [field for field, _ in refused] == [["members", "0", "organizationId"]]
    assert await declare(company, cost, "south") == []
    assert (await read(company, cost)).keys() == {"south", "north", "total"}


async def test_a_hidden_member_of_an_input_counts_as_unknown(company: Company) -> None:
    far = company.encode_id("org", "sales")
    sales = await define(company, "Sales", **MONEY)
    assert await declare(company, sales, "south", {"code": "east", "organizationId": far}) == []
    double = await define(company, "Double", **MONEY, formula="s * 2", inputs=inputs(s=sales))
    mara = company.encode_id("person", "mara")
    await company.mutate("hr", "kpiEdit", "kpi { id }", id=double, ownerId=mara)
    answers = [
        await declare(company, double, code, who="mara") for code in ("east", "nowhere", "south")
    ]
    field, message = answers[0][0]
    assert answers == [answers[0], [(field, message.replace("east", "nowhere"))], []]


async def test_slices_of_results_do_not_tell_a_slice_about_few_people(company: Company) -> None:
    """A slice that is hidden beside another one is hidden in all that is computed from it."""
    leavers = await define_people(company, "Leavers")
    await set_dimension(company, leavers, UNITS)
    formulas = {
        "Copy": "l * 1",
        "Share": "share_of_total(l)",
        "Later": "lag(l, 1)",
        "Above": "c * 2",
    }
    made = dict[str, str]()
    for name, formula in formulas.items():
        read_by = {"c": made["Copy"]} if name == "Above" else {"l": leavers}
        definition = PEOPLE | ({"unit": "SHARE", "unitName": None} if name == "Share" else {})
        made[name] = await define(
            company, name, **definition, formula=formula, inputs=inputs(**read_by)
        )
        await set_dimension(company, made[name], UNITS)
    await record_slices(company, leavers, UNITS)
    shown = HIDDEN | {"Office": ["1"]}
    assert await read_slices(company, made["Copy"]) == shown
    total = [{"kpiId": leavers, "period": "2026-01", "value": "4", "itemCount": 46}]
    await company.select_graph("hr").mutate("hr", RECORD, rows=total)
    assert await read_slices(company, leavers) == HIDDEN
    assert await read_slices(company, made["Copy"]) == HIDDEN
    assert await read_slices(company, made["Above"]) == HIDDEN | {"Technology": ["2"]}
    assert await read_slices(company, made["Share"]) == HIDDEN | {"Technology": ["0.25"]}
    await record_slices(company, leavers, UNITS, period="2026-02")
    assert (await read_slices(company, made["Later"])) == {
        "Sales": [None, None],
        "Office": [None, None],
        "Technology": [None, "1"],
    }
    for id in made.values():
        assert await describe(company, id, people=True) == []
        found = await read_slices(company, id, "measurementRevisions")
        assert {value for each in found.values() for value in each} <= {None}
    assert await read_slices(company, made["Copy"]) == {
        "Sales": [None, None],
        "Office": [None, "1"],
        "Technology": ["1", "1"],
    }


async def test_what_was_computed_from_an_earlier_total_does_not_tell_a_slice(
    company: Company,
) -> None:
    """The total was derived without the hidden slice before, and so was the result."""
    leavers = await define_people(company, "Leavers")
    double = await define(company, "Double", **PEOPLE, formula="l * 2", inputs=inputs(l=leavers))
    above = await define(company, "Above", **PEOPLE, formula="d * 3", inputs=inputs(d=double))
    await set_dimension(company, leavers, ("Office", "Technology"), isComplete=True)
    await record_slices(company, leavers, {"Office": 16, "Technology": 26})
    await record_slices(company, leavers, {"Office": 16}, value="3")
    revised = {id: (await company.query("hr", REVISIONS, id=id))["kpi"] for id in (double, above)}
    assert [each["measurementRevisions"]["nodes"] for each in revised.values()] == [
        [{"value": "4"}],
        [{"value": "12"}],
    ]
    await set_dimension(company, leavers, UNITS, isComplete=True)
    await record_slices(company, leavers, {"Sales": 4})
    for id, value in ((double, "10"), (above, "30")):
        found = (await company.query("hr", REVISIONS, id=id))["kpi"]
        assert found["measurements"]["nodes"] == [{"value": value}]
        assert found["measurementRevisions"]["nodes"] == [{"value": None}] * 2
