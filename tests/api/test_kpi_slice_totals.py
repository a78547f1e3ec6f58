"""Totals that follow from the slices of a complete dimension."""

from typing import Any

from tests.api.company import Company
from tests.api.test_kpi_measurements import record, stored
from tests.api.test_kpi_slices import region, set_dimension

TOTAL = """query($id: ID!) { kpi(by: { id: $id }) {
  measurements { nodes { id period state value numerator denominator itemCount source recordedBy {
    name } } } measurementRevisions { nodes { value source replacedBy { name } } }
  dimensions { members { code measurements { nodes { id value } } } } } }"""
REGIONS = ({"code": "south"}, {"code": "north"})


async def define(company: Company, **rule: Any) -> None:
    """Let the KPI combine its slices by a rule, and declare two regions that are all of it."""
    payload = await company.mutate(
        *("mara", "kpiRedefine", "kpi { id }"),
        **{"id": company.encode_id("kpi", "shared"), "startsOn": "2026-01-01"} | rule,
        reason="So it is combined.",
    )
    assert payload["errors"] == []
    await set_dimension(company, *REGIONS, isComplete=True)


async def read(company: Company) -> Any:
    """Return the KPI with its totals and slices."""
    return (await company.query("mara", TOTAL, id=company.encode_id("kpi", "shared")))["kpi"]


async def test_a_total_is_derived_when_all_slices_are_measured(company: Company) -> None:
    await define(company, sliceAggregation="SUM")
    await record(company, region("south", "1.5") | {"itemCount": 3}, who="mara")
    assert await stored(company) == []
    await record(company, region("north", "2") | {"itemCount": 4}, who="mara")
    (total,) = (await read(company))["measurements"]["nodes"]
    total.pop("id")
    assert total == {
        "period": "2026-03",
        "state": "MEASURED",
        "value": "3.5",
        "numerator": None,
        "denominator": None,
        "itemCount": 7,
        "source": "DERIVED",
        "recordedBy": None,
    }


async def test_a_ratio_is_the_sum_of_numerators_over_that_of_denominators(company: Company) -> None:
    ratio = {"form": "RATIO", "timeAggregation": "SUM", "denominatorTimeAggregation": "SUM"}
    await define(company, **ratio, sliceAggregation="SUM")
    parts = {"south": ("50", "100"), "north": ("90", "900")}
    for member, (numerator, denominator) in parts.items():
        row = region(member) | {"numerator": numerator, "denominator": denominator}
        await record(company, {**row, "value": None}, who="mara")
    (total,) = (await read(company))["measurements"]["nodes"]
    assert (total["value"], total["numerator"], total["denominator"]) == ("0.14", "140", "1000")


async def test_a_mean_is_weighted_by_items_where_all_slices_have_some(company: Company) -> None:
    await define(company, sliceAggregation="MEAN")
    await record(
        company,
        region("south", "10") | {"itemCount": 1},
        region("north", "20") | {"itemCount": 3},
        region("south", "10", "2026-04") | {"itemCount": 1},
        region("north", "20", "2026-04"),
        who="mara",
    )
    totals = (await read(company))["measurements"]["nodes"]
    assert [each["value"] for each in totals] == ["17.5", "15"]


async def test_a_median_has_no_total(company: Company) -> None:
    await define(company, sliceAggregation="NONE")
    await record(company, region("south"), region("north"), who="mara")
    assert await stored(company) == []


async def test_a_total_follows_its_slices_and_goes_with_them(company: Company) -> None:
    await define(company, sliceAggregation="SUM")
    await record(company, region("south"), region("north", "2"), who="mara")
    await record(company, region("north", "4"), who="mara")
    assert await stored(company) == [("2026-03", "5", 2)]
    found = await read(company)
    assert found["measurementRevisions"]["nodes"] == [
        {"value": "3", "source": "DERIVED", "replacedBy": None}
    ]
    kpi, total = company.encode_id("kpi", "shared"), found["measurements"]["nodes"][0]["id"]
    refused = await company.mutate(
        *("mara", "kpiWithdrawMeasurement", "kpi { id }"),
        id=kpi,
        measurementId=total,
        reason="Wrong.",
    )
    assert [each["field"] for each in refused["errors"]] == [["measurementId"]]
    south = found["dimensions"][0]["members"][0]["measurements"]["nodes"][0]["id"]
    await company.mutate(
        *("mara", "kpiWithdrawMeasurement", "kpi { id }"),
        id=kpi,
        measurementId=south,
        reason="Wrong.",
    )
    assert await stored(company) == []


async def test_a_recorded_total_wins_until_it_is_withdrawn(company: Company) -> None:
    await define(company, sliceAggregation="SUM")
    await record(company, region("south"), region("north", "2"), who="mara")
    payload = await record(company, {"period": "2026-03", "value": "3"}, who="mara")
    assert payload["outcomes"] == ["UPDATED"]
    await record(company, region("south", "7"), who="mara")
    (total,) = (await read(company))["measurements"]["nodes"]
    assert (total["value"], total["source"]) == ("3", "ENTERED")
    await company.mutate(
        *("mara", "kpiWithdrawMeasurement", "kpi { id }"),
        id=company.encode_id("kpi", "shared"),
        measurementId=total["id"],
        reason="Wrong.",
    )
    (total,) = (await read(company))["measurements"]["nodes"]
    assert (total["value"], total["source"]) == ("9", "DERIVED")


async def test_a_new_member_changes_no_total_of_the_past(company: Company) -> None:
    await define(company, sliceAggregation="SUM")
    await record(company, region("south"), region("north", "2"), who="mara")
    await set_dimension(company, *REGIONS, {"code": "west"}, isComplete=True)
    assert await stored(company) == [("2026-03", "3", 1)]
    april = region("south", "1", "2026-04"), region("north", "1", "2026-04")
    await record(company, *april, region("north", "4"), who="mara")
    assert await stored(company) == [("2026-03", "5", 2)]


async def test_a_dimension_that_becomes_complete_gives_the_totals_of_all_its_periods(
    company: Company,
) -> None:
    await define(company, sliceAggregation="SUM")
    await set_dimension(company, *REGIONS, isComplete=False)
    await record(company, region("south"), region("north", "2"), who="mara")
    assert await stored(company) == []
    await set_dimension(company, *REGIONS, isComplete=True)
    assert await stored(company) == [("2026-03", "3", 1)]
    await set_dimension(company, *REGIONS, isComplete=False)
    assert await stored(company) == []


async def test_what_reads_the_total_is_computed_in_the_same_transaction(company: Company) -> None:
    await define(company, sliceAggregation="SUM")
    made = await company.mutate(
        *("hr", "kpiCreate", "kpi { id }"),
        name="Twice",
        frequency="MONTHLY",
        scope={"organizationId": company.encode_id("org", "ops")},
        definition={
            "formula": "2 * x",
            "inputs": [{"alias": "x", "kpiId": company.encode_id("kpi", "shared")}],
        },
    )
    await record(company, region("south"), region("north", "2"), who="mara")
    found = await company.query("hr", TOTAL, id=made["kpi"]["id"])
    assert [each["value"] for each in found["kpi"]["measurements"]["nodes"]] == ["6"]


async def test_a_total_counts_suppressed_slices_and_is_suppressed_by_its_own_people(
    company: Company,
) -> None:
    await define(company, sliceAggregation="SUM")
    id = company.encode_id("kpi", "shared")
    march = region("south") | {"itemCount": 3}, region("north", "2") | {"itemCount": 40}
    april = [each | {"period": "2026-04", "itemCount": 2} for each in march]
    await record(company, *march, *april, who="mara")
    await company.mutate("hr", "kpiEdit", "kpi { id }", id=id, describesPeople=True)
    found = await read(company)
    totals = [(each["state"], each["value"]) for each in found["measurements"]["nodes"]]
    assert totals == [("MEASURED", "3"), ("SUPPRESSED", None)]
    slices = [
        one["value"]
        for member in found["dimensions"][0]["members"]
        for one in member["measurements"]["nodes"]
    ]
    assert slices == [None] * 4
    await company.mutate("hr", "kpiEdit", "kpi { id }", id=id, describesPeople=False)
    assert await stored(company) == [("2026-03", "3", 1), ("2026-04", "3", 1)]


WARNED = """mutation($input: KpiRecordMeasurementsInput!) { kpiRecordMeasurements(input: $input) {
  outcomes warnings { index code field message } errors { code } } }"""
QUALITY = "query($id: ID!) { kpi(by: { id: $id }) { quality { code passes } } }"


async def find_warnings(company: Company, *rows: Any, **more: Any) -> list[Any]:
    """Record rows, and return the warnings."""
    id = company.encode_id("kpi", "shared")
    given = [{"kpiId": id, "period": "2026-03"} | each for each in rows]
    made = await company.select_graph("mara").mutate("mara", WARNED, rows=given, **more)
    assert made["errors"] == []
    return [(each["index"], each["code"], each["field"][2]) for each in made["warnings"]]


async def adds_up(company: Company, who: str = "mara") -> bool:
    """Return the answer of the check."""
    found = await company.query(who, QUALITY, id=company.encode_id("kpi", "shared"))
    answers = {each["code"]: each["passes"] for each in found["kpi"]["quality"]}
    return bool(answers["SLICES_ADD_UP"])


async def test_slices_that_do_not_add_up_to_the_total_are_a_warning(company: Company) -> None:
    await define(company, sliceAggregation="SUM", decimals=1)
    slices = region("south", "1.53"), region("north", "2")
    assert await find_warnings(company, slices[0], {"value": "3.46"}) == []
    found = await find_warnings(company, *slices, {"value": "3.4"}, dryRun=True)
    assert found == [(index, "INCONSISTENT", "value") for index in range(3)]
    assert await find_warnings(company, slices[1]) == []
    assert await adds_up(company)
    assert await find_warnings(company, {"value": "4"}) == [(0, "INCONSISTENT", "value")]
    assert not await adds_up(company)
    ratio = {"form": "RATIO", "timeAggregation": "SUM", "denominatorTimeAggregation": "SUM"}
    changed = await company.mutate(
        *("mara", "kpiRedefine", "kpi { id }"),
        **{"id": company.encode_id("kpi", "shared"), "startsOn": "2026-05-01"} | ratio,
        reason="A ratio.",
    )
    assert changed["errors"] == []
    may = [{"period": "2026-05", "numerator": "1", "denominator": each} for each in ("2", "4", "8")]
    parts = [
        each | {"dimension": "region", "member": code}
        for each, code in zip(may[:2], ("south", "north"), strict=True)
    ]
    assert await find_warnings(company, *parts, may[2]) == [
        (index, "INCONSISTENT", "numerator") for index in range(3)
    ]


async def test_what_somebody_may_not_see_makes_no_warning(company: Company) -> None:
    """A guessed total would tell a confined slice, or one about few people."""
    await define(company, sliceAggregation="SUM")
    north = {"code": "north", "organizationId": company.encode_id("org", "sales")}
    await set_dimension(company, {"code": "south"}, north, isComplete=True)
    slices = region("south", "1"), region("north", "2") | {"itemCount": 3}
    assert await find_warnings(company, *slices, {"value": "9"}) != []
    assert not await adds_up(company)
    assert await adds_up(company, "peer")
    await company.mutate(
        *("hr", "kpiEdit", "kpi { id }"),
        id=company.encode_id("kpi", "shared"),
        describesPeople=True,
    )
    guess = {"value": "9", "itemCount": 100}
    assert "INCONSISTENT" not in {code for _, code, _ in await find_warnings(company, guess)}
    assert await adds_up(company)
