"""Dimensions and slices of KPIs: declared, recorded, corrected, and who sees them."""

from typing import Any

from tests.api.company import Company
from tests.api.test_kpi_measurements import errors, record, stored

MEMBERS = "members { code name isArchived organization { name } measurements { nodes { value } } }"
DIMENSIONS = f"""query($id: ID!) {{ kpi(by: {{ id: $id }}) {{ version
  dimensions {{ key name unknownMembers isComplete {MEMBERS} }} }} }}"""
SLICES = """query($id: ID!) { kpi(by: { id: $id }) {
  measurements { nodes { value member { code } } }
  dimensions { members { id code measurements { totalCount nodes {
    id value revision member { code dimension { key } } } }
    measurementRevisions { nodes { value reason member { code } } } } } } }"""


async def set_dimension(
    company: Company, *members: dict[str, Any], who: str = "mara", **more: Any
) -> Any:
    """Set the dimension of regions, and return the payload."""
    given = {"id": company.encode_id("kpi", "shared"), "key": "region", "name": "Region"} | more
    selection = "kpi { version dimensions { key } }"
    named = [{"name": each["code"]} | each for each in members]
    return await company.mutate(who, "kpiSetDimension", selection, **given, members=named)


async def set_regions(company: Company, **more: Any) -> None:
    """Declare three regions: one is open, one confined to operations, and one to sales."""
    ops, sales = (company.encode_id("org", each) for each in ("ops", "sales"))
    payload = await set_dimension(
        company,
        {"code": "south", "name": "South"},
        {"code": "North", "organizationId": ops},
        {"code": "east", "organizationId": sales},
        **more,
    )
    assert payload["errors"] == []


def region(member: str, value: str = "1", period: str = "2026-03") -> dict[str, Any]:
    """Return a row of a region."""
    return {"dimension": "region", "member": member, "period": period, "value": value}


async def list_members(company: Company, who: str = "mara") -> list[Any]:
    """Return the members that somebody sees: code, name, archived or not, and values."""
    found = await company.query(who, DIMENSIONS, id=company.encode_id("kpi", "shared"))
    return [
        (
            each["code"],
            each["name"],
            each["isArchived"],
            [one["value"] for one in each["measurements"]["nodes"]],
        )
        for dimension in found["kpi"]["dimensions"]
        for each in dimension["members"]
    ]


async def test_a_dimension_has_members_in_their_order(company: Company) -> None:
    await set_regions(company)
    found = await company.query("mara", DIMENSIONS, id=company.encode_id("kpi", "shared"))
    (dimension,) = found["kpi"]["dimensions"]
    assert found["kpi"]["version"] == 2
    assert {name: dimension[name] for name in ("key", "name", "unknownMembers", "isComplete")} == {
        "key": "region",
        "name": "Region",
        "unknownMembers": "REFUSE",
        "isComplete": False,
    }
    assert [
        (each["code"], each["name"], each["organization"]) for each in dimension["members"]
    ] == [
        ("south", "South", None),
        ("North", "North", {"name": "Operations"}),
        ("east", "east", {"name": "Sales"}),
    ]


async def test_the_same_dimension_again_changes_nothing(company: Company) -> None:
    await set_regions(company)
    await set_regions(company)
    found = await company.query("mara", DIMENSIONS, id=company.encode_id("kpi", "shared"))
    assert found["kpi"]["version"] == 2


async def test_a_value_of_a_slice_is_created_then_unchanged_then_updated(company: Company) -> None:
    await set_regions(company)
    total = {"period": "2026-03", "value": "3"}
    made = await record(company, region("south"), region("north", "2"), total, who="mara")
    assert made["outcomes"] == ["CREATED"] * 3
    again = await record(company, region("SOUTH"), region(" north", "2.5"), who="mara")
    assert again["outcomes"] == ["UNCHANGED", "UPDATED"]
    assert await stored(company) == [("2026-03", "3", 1)]
    found = (await company.query("mara", SLICES, id=company.encode_id("kpi", "shared")))["kpi"]
    assert found["measurements"]["nodes"] == [{"value": "3", "member": None}]
    (south, north, east) = found["dimensions"][0]["members"]
    assert [each["value"] for each in south["measurements"]["nodes"]] == ["1"]
    (value,) = north["measurements"]["nodes"]
    assert (value["value"], value["revision"]) == ("2.5", 2)
    assert value["member"] == {"code": "North", "dimension": {"key": "region"}}
    assert [each["value"] for each in north["measurementRevisions"]["nodes"]] == ["2"]
    assert east["measurements"]["totalCount"] == 0


async def test_a_row_names_both_dimension_and_member_and_both_are_known(company: Company) -> None:
    await set_regions(company)
    payload = await record(
        company,
        region("south") | {"dimension": None},
        region("south") | {"member": None},
        region("sout"),
        region("mars"),
        region("south") | {"dimension": "regoin", "period": "2026-13"},
        region("south"),
        region("South", "2"),
        who="mara",
    )
    assert payload["outcomes"] == [*["REJECTED"] * 5, "CREATED", "REJECTED"]
    assert errors(payload) == [
        (0, ["rows", "0", "dimension"], "REQUIRED"),
        (1, ["rows", "1", "member"], "REQUIRED"),
        (2, ["rows", "2", "member"], "REFERENCE_NOT_FOUND"),
        (3, ["rows", "3", "member"], "REFERENCE_NOT_FOUND"),
        (4, ["rows", "4", "period"], "OUT_OF_RANGE"),
        (4, ["rows", "4", "dimension"], "REFERENCE_NOT_FOUND"),
        (6, ["rows", "6", "period"], "NOT_UNIQUE"),
    ]
    messages = [each["message"] for each in payload["errors"]]
    assert messages[2] == "The dimension region has no member sout. Did you mean south?"
    assert messages[5] == "This KPI has no dimension regoin. Did you mean region?"
    assert await list_members(company) == [
        ("south", "South", False, ["1"]),
        ("North", "North", False, []),
        ("east", "east", False, []),
    ]


async def test_a_dimension_may_create_unknown_members(company: Company) -> None:
    await set_dimension(company, {"code": "south"}, unknownMembers="CREATE")
    rehearsal = await record(company, region("west"), who="mara", dryRun=True)
    assert rehearsal["outcomes"] == ["CREATED"]
    assert len(await list_members(company)) == 1
    payload = await record(
        company, region("west"), region("WEST", "2", "2026-04"), region("far", "x"), who="mara"
    )
    assert payload["outcomes"] == ["CREATED", "CREATED", "REJECTED"]
    assert await list_members(company) == [
        ("south", "south", False, []),
        ("west", "west", False, ["1", "2"]),
    ]


async def test_a_member_without_values_is_removed_and_one_with_values_archived(
    company: Company,
) -> None:
    await set_regions(company)
    await record(company, region("north"), who="mara")
    await set_dimension(company, {"code": "west"})
    assert await list_members(company) == [
        ("west", "west", False, []),
        ("North", "North", True, ["1"]),
    ]
    refused = await record(company, region("north", "2", "2026-04"), who="mara")
    assert [each["message"] for each in refused["errors"]] == [
        "North is archived. Set the dimension with it, or choose another."
    ]
    await set_dimension(company, {"code": "west"}, {"code": "NORTH", "name": "The north"})
    assert await list_members(company) == [
        ("west", "west", False, []),
        ("NORTH", "The north", False, ["1"]),
    ]


async def test_wrong_dimensions_change_nothing(company: Company) -> None:
    ops = company.encode_id("org", "ops")
    payload = await set_dimension(
        company, {"code": "a", "organizationId": ops}, {"code": "b"}, unknownMembers="CREATE"
    )
    assert [(each["code"], each["field"]) for each in payload["errors"]] == [
        ("INVALID", ["unknownMembers"])
    ]
    far = company.encode_id("person", "mara")
    payload = await set_dimension(
        company,
        {"code": "a", "organizationId": far},
        {"code": "A"},
        {"code": " ", "name": "x" * 101},
        key="The region",
        name="",
    )
    found = [(each["code"], each["field"]) for each in payload["errors"]]
    assert found == [
        ("INVALID_FORMAT", ["key"]),
        ("INVALID_FORMAT", ["members", "0", "organizationId"]),
        ("REQUIRED", ["members", "2", "code"]),
        ("TOO_LONG", ["members", "2", "name"]),
        ("REQUIRED", ["name"]),
    ]
    twice = await set_dimension(company, {"code": "north"}, {"code": "NORTH "})
    assert [(each["code"], each["field"]) for each in twice["errors"]] == [
        ("NOT_UNIQUE", ["members", "1"])
    ]
    assert await list_members(company) == []


async def test_a_dimension_is_removed_while_it_never_had_values(company: Company) -> None:
    await set_regions(company)
    id = company.encode_id("kpi", "shared")
    await record(company, region("south"), who="mara")
    for key, code in (("region", "INVALID"), ("depot", "REFERENCE_NOT_FOUND")):
        refused = await company.mutate("mara", "kpiRemoveDimension", "kpi { id }", id=id, key=key)
        assert [(each["code"], each["field"]) for each in refused["errors"]] == [(code, ["key"])]
    await set_dimension(company, {"code": "a"}, key="depot", name="Depot")
    done = await company.mutate(
        "mara", "kpiRemoveDimension", "kpi { dimensions { key } }", id=id, key="depot"
    )
    assert done["kpi"] == {"dimensions": [{"key": "region"}]}


async def test_a_value_of_a_slice_is_restated_and_withdrawn(company: Company) -> None:
    await set_regions(company)
    await record(company, region("south"), region("east", "7"), who="mara")
    kpi = company.encode_id("kpi", "shared")
    found = (await company.query("mara", SLICES, id=kpi))["kpi"]["dimensions"][0]["members"]
    ids = {each["code"]: [one["id"] for one in each["measurements"]["nodes"]] for each in found}
    for verb, code, more in (
        ("kpiRestateMeasurement", "south", {"value": "2"}),
        ("kpiWithdrawMeasurement", "east", {}),
    ):
        payload = await company.mutate(
            *("mara", verb, "kpi { id }"),
            **{"id": kpi, "measurementId": ids[code][0], "reason": f"About {code}."} | more,
        )
        assert payload["errors"] == []
    assert await list_members(company) == [
        ("south", "South", False, ["2"]),
        ("North", "North", False, []),
        ("east", "east", False, []),
    ]
    history = """query($id: ID!) { kpi(by: { id: $id }) { history { nodes {
      action effectiveOn changes { field after } } } } }"""
    entries = (await company.query("mara", history, id=kpi))["kpi"]["history"]["nodes"]
    withdrawn, restated, *_ = entries
    assert withdrawn == {"action": "MEASUREMENT_WITHDRAWN", "effectiveOn": None, "changes": []}
    assert restated["effectiveOn"] == "2026-03-01"
    assert restated["changes"] == [{"field": "reason", "after": "About south."}]


async def test_a_confined_member_is_seen_by_its_unit_and_those_who_manage_the_kpi(
    company: Company,
) -> None:
    await set_regions(company)
    await record(company, region("south"), region("north"), region("east"), who="mara")
    seen = {
        who: [code for code, *_ in await list_members(company, who)]
        for who in ("mara", "hr", "hr_ops", "peer", "boss", "analyst", "former", "chief")
    }
    everything = ["south", "North", "east"]
    assert seen == {
        "mara": everything,
        "hr": everything,
        "hr_ops": everything,
        "peer": ["south", "North"],
        "boss": ["south", "North"],
        "analyst": everything,
        "former": ["south", "east"],
        "chief": ["south", "east"],
    }


async def test_a_hidden_member_and_its_values_answer_like_random_ids(company: Company) -> None:
    await set_regions(company)
    await record(company, region("east"), who="mara")
    kpi = company.encode_id("kpi", "shared")
    members = (await company.query("mara", SLICES, id=kpi))["kpi"]["dimensions"][0]["members"]
    east = members[2]
    node = "query($id: ID!) { node(id: $id) { id } }"
    for id in (east["id"], east["measurements"]["nodes"][0]["id"]):
        assert await company.query("chief", node, id=id) == {"node": {"id": id}}
        assert await company.query("peer", node, id=id) == {"node": None}


async def test_the_history_counts_no_values_of_confined_members(company: Company) -> None:
    await set_regions(company)
    await record(company, region("south"), region("north"), {"period": "2026-02", "value": "3"})
    await record(company, region("east"))
    history = """query($id: ID!) { kpi(by: { id: $id }) { history(first: 3) { nodes {
      action changes { field after } } } } }"""
    found = await company.query("mara", history, id=company.encode_id("kpi", "shared"))
    last, first, declared = found["kpi"]["history"]["nodes"]
    assert last == {"action": "MEASURED", "changes": []}
    assert {each["field"]: each["after"] for each in first["changes"]} == {
        "firstDay": "2026-02-01",
        "lastDay": "2026-03-01",
        "measurements": 2,
    }
    assert declared["action"] == "DIMENSION_SET"
