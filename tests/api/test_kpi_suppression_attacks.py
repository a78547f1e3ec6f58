"""Attempts to learn a value about few people from what is shown around it."""

from types import SimpleNamespace
from typing import Any

import asyncpg
import pytest

from api.kernel.schema.global_ids import decode_id
from tests.api.company import Company
from tests.api.test_computed_kpis import inputs
from tests.api.test_kpi_measurements import RECORD
from tests.api.test_kpi_suppression import define_people, read, record, states
from tests.factories.actors import NOW
from tests.factories.alerts import evaluate

UNITS = {"Sales": 4, "Office": 16, "Technology": 26}
"""The people of each slice. The total minus the other two is the first one."""
OFFICES = {"North": 23, "South": 23}
SLICES = """query($id: ID!) { kpi(by: { id: $id }) {
  measurements { nodes { value } } measurementRevisions { nodes { value } }
  dimensions { members { code measurements { nodes { state value } }
    measurementRevisions { nodes { state value reason } } } } } }"""


async def set_dimension(company: Company, id: str, codes: Any, **details: Any) -> None:
    """Declare a dimension, by default that of the units."""
    made = await company.mutate(
        "hr",
        "kpiSetDimension",
        "kpi { id }",
        id=id,
        members=[{"code": each, "name": each} for each in codes],
        **{"key": "unit", "name": "Unit"} | details,
    )
    assert made["errors"] == []


async def record_slices(company: Company, id: str, slices: Any, **more: Any) -> None:
    """Record the value 1 for slices of January, each about so many people."""
    row = {"kpiId": id, "period": "2026-01", "dimension": "unit", "value": "1", **more}
    rows = [row | {"member": each, "itemCount": people} for each, people in slices.items()]
    made = await company.select_graph("hr").mutate("hr", RECORD, rows=rows)
    assert made["errors"] == []


async def read_slices(company: Company, id: str, field: str = "measurements") -> dict[str, Any]:
    """Return the values, or the earlier ones, of each slice of January."""
    found = await company.query("hr", SLICES, id=id)
    return {
        member["code"]: [each["value"] for each in member[field]["nodes"]]
        for dimension in found["kpi"]["dimensions"]
        for member in dimension["members"]
    }


HIDDEN = {"Sales": [None], "Office": [None], "Technology": ["1"]}


async def test_a_dimension_that_becomes_complete_does_not_tell_a_slice(company: Company) -> None:
    id = await define_people(company, "Leavers")
    await set_dimension(company, id, UNITS)
    await record_slices(company, id, UNITS)
    assert await read_slices(company, id) == HIDDEN | {"Office": ["1"]}
    await set_dimension(company, id, UNITS, isComplete=True)
    assert await states(company, id) == [("MEASURED", "3")]
    assert await read_slices(company, id) == HIDDEN
    await set_dimension(company, id, UNITS, isComplete=False)
    assert await states(company, id) == []
    assert await read_slices(company, id) == HIDDEN | {"Office": ["1"]}


async def test_a_formula_that_gives_the_total_does_not_tell_a_slice(company: Company) -> None:
    source = await define_people(company, "Notices")
    await set_dimension(company, source, UNITS)
    await record(company, source, 1, "3", itemCount=46)
    id = await define_people(company, "Leavers")
    await set_dimension(company, id, UNITS)
    await record_slices(company, source, UNITS)
    formula = {"formula": "notices", "inputs": inputs(notices=source), "reason": "Now counted."}
    made = await company.mutate(
        "hr", "kpiRedefine", "kpi { id }", id=id, startsOn="2026-01-01", **formula
    )
    assert made["errors"] == []
    assert await states(company, id) == [("MEASURED", "3")]
    assert await read_slices(company, id) == HIDDEN


async def test_the_slices_of_another_dimension_do_not_tell_a_slice(company: Company) -> None:
    id = await define_people(company, "Leavers")
    await set_dimension(company, id, UNITS)
    await set_dimension(company, id, OFFICES, key="office", name="Office")
    await record_slices(company, id, UNITS)
    await record_slices(company, id, OFFICES, dimension="office")
    assert await read_slices(company, id) == HIDDEN | {"North": ["1"], "South": ["1"]}


async def test_earlier_values_do_not_tell_a_slice(company: Company) -> None:
    """The hidden value may be an earlier one, and an earlier total may be without it."""
    id = await define_people(company, "Leavers")
    await set_dimension(company, id, ("Office", "Technology"), isComplete=True)
    large = {"Office": 16, "Technology": 26}
    await record_slices(company, id, large)
    await record_slices(company, id, large, comment="Checked.")
    revised = "measurementRevisions"
    assert await read_slices(company, id, revised) == {"Office": ["1"], "Technology": ["1"]}
    await set_dimension(company, id, UNITS, isComplete=True)
    await record_slices(company, id, UNITS, comment="Checked.")
    found = (await company.query("hr", SLICES, id=id))["kpi"]
    assert found["measurements"]["nodes"] == [{"value": "3"}]
    assert {each["value"] for each in found[revised]["nodes"]} == {None}
    assert await read_slices(company, id) == HIDDEN
    assert await read_slices(company, id, revised) == {
        "Sales": [],
        "Office": [None],
        "Technology": [None],
    }
    await company.mutate("admin", "tenantEdit", "tenant { id }", suppressionThreshold=6)
    assert (await read_slices(company, id, revised))["Office"] == [None]


async def test_a_corrected_number_of_people_hides_the_earlier_value(company: Company) -> None:
    id = await define_people(company, "Leavers")
    await record(company, id, 1, "2", itemCount=5)
    await record(company, id, 1, "2", itemCount=4)
    document = (
        "query($id: ID!) { kpi(by: { id: $id }) { measurementRevisions { nodes { state } } } }"
    )
    found = await company.query("hr", document, id=id)
    assert found["kpi"]["measurementRevisions"]["nodes"] == [{"state": "SUPPRESSED"}]


async def test_the_history_does_not_repeat_why_a_value_about_people_was_corrected(
    company: Company,
) -> None:
    id = await define_people(company, "Leavers")
    await record(company, id, 1, "2", itemCount=4)
    (stored,) = await read(company, id)
    for verb, details in (
        ("kpiRestateMeasurement", {"value": "3", "itemCount": 4}),
        ("kpiWithdrawMeasurement", {}),
    ):
        reason = {"reason": "Anna and Ben left, not only Anna."}
        made = await company.mutate(
            "hr", verb, "kpi { id }", id=id, measurementId=stored["id"], **details | reason
        )
        assert made["errors"] == []
    document = """query($id: ID!) { kpi(by: { id: $id }) { history { nodes {
      action effectiveOn changes { field after } } } } }"""
    history = (await company.query("hr", document, id=id))["kpi"]["history"]["nodes"]
    corrected = {each["action"]: each for each in history if "MEASUREMENT_" in each["action"]}
    assert corrected.keys() == {"MEASUREMENT_RESTATED", "MEASUREMENT_WITHDRAWN"}
    for each in corrected.values():
        assert (each["effectiveOn"], each["changes"]) == ("2026-01-01", [])


@pytest.mark.parametrize("who", ["mara", "hr"])
async def test_an_owner_does_not_let_denominators_say_that_there_are_enough_people(
    company: Company, who: str
) -> None:
    id = company.encode_id("kpi", "shared")
    edited = await company.mutate(who, "kpiEdit", "kpi { id }", id=id, describesPeople=True)
    assert edited["errors"] == []
    changes = {"unitName": "hours per employee", "reason": "A better name."}
    made = await company.mutate(who, "kpiRedefine", "kpi { id }", id=id, **changes)
    faults = [(each["code"], each["field"]) for each in made["errors"]]
    assert faults == ([("NOT_PERMITTED", ["unitName"])] if who == "mara" else [])


async def test_a_year_with_a_suppressed_value_raises_no_alert(
    company: Company, writing: asyncpg.Pool
) -> None:
    """The values that are shown are behind the target of the year, all values are not."""
    id = await define_people(company, "Hours of training")
    target = {"id": id, "startsOn": "2026-01-01", "value": "1000", "span": "FISCAL_YEAR"}
    made = await company.mutate("hr", "kpiSetTarget", "kpi { id }", **target)
    assert made["errors"] == []
    for month, value, people in ((1, "100", 300), (2, "300", 4), (3, "100", 300)):
        await record(company, id, month, value, itemCount=people)
    kpi: Any = SimpleNamespace(id=decode_id(id, "kpi"))
    await evaluate(writing, company.tenant_id, NOW, kpi)
    document = """query($id: ID!) { kpi(by: { id: $id }) {
      alerts { nodes { condition } } status(asOf: "2026-03-31") { status } } }"""
    found = (await company.query("hr", document, id=id))["kpi"]
    assert found["status"] == {"status": "SUPPRESSED"}
    assert [each["condition"] for each in found["alerts"]["nodes"]] == ["OVERDUE"]
