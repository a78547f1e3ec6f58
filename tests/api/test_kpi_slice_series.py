"""Series of the slices of a KPI, and their targets: for each viewer those that they may see."""

from typing import Any

from tests.api.company import Company
from tests.api.test_kpi_measurements import record
from tests.api.test_kpi_slices import region, set_regions

SERIES = """query($id: ID!, $by: String, $from: Date!, $to: Date!, $interval: KpiFrequency,
    $compareTo: KpiComparison) {
  kpi(by: { id: $id }) {
    series(by: $by, from: $from, to: $to, interval: $interval, compareTo: $compareTo) {
      problem member { code } points { period state value target status measuredPeriods
        comparison { value difference } } } } }"""
SPRING = {"from": "2026-03-01", "to": "2026-04-30"}
TARGETS = """query($id: ID!) { kpi(by: { id: $id }) { targets { nodes { value member { code } } }
  dimensions { members { code targets { nodes { value lastDay reason member { code } } } } } } }"""


async def read_series(
    company: Company, who: str = "mara", by: str | None = "region", **more: Any
) -> Any:
    """Return the series of a KPI by member."""
    variables = {"id": company.encode_id("kpi", "shared"), "by": by} | SPRING | more
    return (await company.query(who, SERIES, **variables))["kpi"]["series"]


def values(series: Any) -> dict[str | None, list[str | None]]:
    """Return the values of each member, in the order of the members."""
    return {
        each["member"] and each["member"]["code"]: [point["value"] for point in each["points"]]
        for each in series
    }


async def record_spring(company: Company) -> None:
    """Record March and April of two regions, and March of the total."""
    rows = region("south", "1"), region("east", "5"), region("east", "7", "2026-04")
    payload = await record(company, *rows, {"period": "2026-03", "value": "9"}, who="mara")
    assert payload["errors"] == []


async def test_a_series_has_each_member_in_order_and_the_total_without_by(
    company: Company,
) -> None:
    await set_regions(company)
    await record_spring(company)
    assert values(await read_series(company)) == {
        "south": ["1", None],
        "North": [None, None],
        "east": ["5", "7"],
    }
    assert values(await read_series(company, by=None)) == {None: ["9", None]}


async def test_a_series_has_only_members_that_the_viewer_may_see(company: Company) -> None:
    await set_regions(company)
    await record_spring(company)
    assert values(await read_series(company, "peer")) == {"south": ["1", None], "North": [None] * 2}
    assert values(await read_series(company, "chief")) == {
        "south": ["1", None],
        "east": ["5", "7"],
    }
    assert values(await read_series(company, "peer", by=None)) == {None: ["9", None]}


async def test_an_unknown_dimension_and_one_of_hidden_members_have_the_same_problem(
    company: Company,
) -> None:
    sales = company.encode_id("org", "sales")
    await company.mutate(
        *("mara", "kpiSetDimension", "kpi { id }"),
        id=company.encode_id("kpi", "shared"),
        key="depot",
        name="Depot",
        members=[{"code": "far", "name": "Far", "organizationId": sales}],
    )
    (unknown,) = await read_series(company, "peer", by="region")
    (hidden,) = await read_series(company, "peer", by="depot")
    assert unknown == hidden
    assert unknown == {
        "member": None,
        "points": [],
        "problem": "This KPI has no dimension with this key, or no member of it that you may see."
        " Read `dimensions`, and choose the key of one.",
    }


async def test_slices_are_combined_over_time_and_compared(company: Company) -> None:
    await company.mutate(
        *("mara", "kpiRedefine", "kpi { id }"),
        id=company.encode_id("kpi", "shared"),
        startsOn="2026-01-01",
        timeAggregation="SUM",
        reason="It adds up.",
    )
    await set_regions(company)
    await record_spring(company)
    quarters = await read_series(company, interval="QUARTERLY", compareTo="PREVIOUS_PERIOD")
    east = quarters[2]["points"]
    assert [(each["value"], each["measuredPeriods"]) for each in east] == [("5", 1), ("7", 1)]
    assert east[1]["comparison"] == {"value": "5", "difference": "2"}
    assert values(quarters)["south"] == ["1", None]


async def test_a_slice_has_only_a_target_of_its_own(company: Company) -> None:
    await set_regions(company)
    await record_spring(company)
    id = company.encode_id("kpi", "shared")
    east_slice = {"id": id, "dimension": "region", "member": "EAST"}
    payload = await company.mutate(
        *("mara", "kpiSetTarget", "kpi { targets { totalCount } }"),
        **east_slice
        | {"value": "6", "amberFrom": "5", "startsOn": "2026-01-01", "reason": "Agreed."},
    )
    assert payload == {"kpi": {"targets": {"totalCount": 1}}, "errors": []}
    series = {each["member"]["code"]: each["points"] for each in await read_series(company)}
    assert [(each["target"], each["status"]) for each in series["east"]] == [
        ("6", "AMBER"),
        ("6", "GREEN"),
    ]
    assert [each["status"] for each in series["south"]] == ["NO_TARGET", "NOT_MEASURED"]
    (total,) = await read_series(company, by=None)
    assert total["points"][0]["target"] == "0.95"
    ended = await company.mutate(
        *("mara", "kpiEndTarget", "kpi { id }"),
        **east_slice | {"lastDay": "2026-03-31", "reason": "Closed."},
    )
    assert ended["errors"] == []
    found = (await company.query("chief", TARGETS, id=id))["kpi"]
    assert found["targets"]["nodes"] == [{"value": "0.95", "member": None}]
    south, east = found["dimensions"][0]["members"]
    assert south["targets"]["nodes"] == []
    assert east["targets"]["nodes"] == [
        {"value": "6", "lastDay": "2026-03-31", "reason": "Closed.", "member": {"code": "east"}}
    ]


async def test_the_history_says_nothing_of_a_target_of_a_confined_member(company: Company) -> None:
    await set_regions(company)
    id = company.encode_id("kpi", "shared")
    for member in ("south", "east"):
        await company.mutate(
            *("mara", "kpiSetTarget", "kpi { id }"),
            id=id,
            dimension="region",
            member=member,
            value="6",
            reason=f"About {member}.",
        )
    history = """query($id: ID!) { kpi(by: { id: $id }) { history(first: 2) { nodes {
      action effectiveOn changes { field after } } } } }"""
    east, south = (await company.query("mara", history, id=id))["kpi"]["history"]["nodes"]
    assert east == {"action": "TARGET_SET", "effectiveOn": None, "changes": []}
    assert {each["field"]: each["after"] for each in south["changes"]} == {
        "reason": "About south.",
        "dimension": "region",
        "member": "south",
    }


async def test_a_target_of_an_unknown_slice_is_refused(company: Company) -> None:
    await set_regions(company, unknownMembers="REFUSE")
    id = company.encode_id("kpi", "shared")
    found = [
        await company.mutate("mara", "kpiSetTarget", "kpi { id }", id=id, value="1", **name)
        for name in (
            {"dimension": "region"},
            {"member": "south"},
            {"dimension": "region", "member": "mars"},
        )
    ]
    assert [(each["code"], each["field"]) for payload in found for each in payload["errors"]] == [
        ("REQUIRED", ["member"]),
        ("REQUIRED", ["dimension"]),
        ("REFERENCE_NOT_FOUND", ["member"]),
    ]
