"""The tree of drivers of KPIs, and their groups."""

from typing import Any

import pytest

from api.kernel.schema.global_ids import encode_id
from domain.kernel.identity import generate_id
from tests.api.company import Company

TREE = "kpi { id version parent { name } drivers { totalCount nodes { name influence } } }"


async def edit(company: Company, who: str, kpi: str, **more: Any) -> Any:
    id = company.encode_id("kpi", kpi)
    return await company.mutate(who, "kpiEdit", TREE, id=id, **more)


async def read(company: Company, who: str, kpi: str, fields: str) -> Any:
    id = company.encode_id("kpi", kpi)
    answer = await company.query(who, f'{{ kpi(by: {{ id: "{id}" }}) {{ {fields} }} }}')
    return answer["kpi"]


async def link(company: Company, child: str, parent: str) -> None:
    payload = await edit(company, "mara", child, parentId=company.encode_id("kpi", parent))
    assert payload["errors"] == []


async def test_a_kpi_shows_what_drives_it_in_the_order_of_names(company: Company) -> None:
    await link(company, "of_team", "shared")
    shared = company.encode_id("kpi", "shared")
    payload = await edit(company, "mara", "in_unit", parentId=shared, influence="LEADING")
    assert payload["kpi"]["parent"] == {"name": "On-time delivery"}
    assert await read(company, "mara", "shared", "drivers { nodes { name influence } }") == {
        "drivers": {
            "nodes": [
                {"name": "Cost per parcel", "influence": "LEADING"},
                {"name": "Late parcels", "influence": None},
            ]
        }
    }


async def test_drivers_and_parents_that_are_hidden_do_not_exist(company: Company) -> None:
    await link(company, "named", "shared")
    fields = "drivers { totalCount nodes { name } }"
    assert (await read(company, "chief", "shared", fields))["drivers"] == {
        "totalCount": 0,
        "nodes": [],
    }
    await link(company, "shared", "in_unit")
    assert await read(company, "analyst", "shared", "parent { name }") == {
        "parent": {"name": "Cost per parcel"}
    }
    assert (await edit(company, "mara", "in_unit", visibility="NAMED"))["errors"] == []
    assert await read(company, "analyst", "shared", "parent { name }") == {"parent": None}
    filtered = '{ kpis(where: { parent: { name: { eq: "Cost per parcel" } } }) { totalCount } }'
    assert (await company.query("analyst", filtered))["kpis"]["totalCount"] == 0


async def test_a_hidden_parent_is_refused_like_one_that_does_not_exist(company: Company) -> None:
    hidden = company.encode_id("kpi", "of_sales")
    refused = await edit(company, "mara", "shared", parentId=hidden)
    unknown = await edit(company, "mara", "shared", parentId=encode_id("kpi", generate_id()))
    assert refused == unknown
    assert [each["code"] for each in refused["errors"]] == ["REFERENCE_NOT_FOUND"]
    assert (await read(company, "mara", "shared", "version"))["version"] == 1


async def test_a_kpi_drives_neither_itself_nor_what_drives_it(company: Company) -> None:
    await link(company, "in_unit", "shared")
    await link(company, "of_team", "in_unit")
    for parent in ("shared", "in_unit", "of_team"):
        refused = await edit(company, "mara", "shared", parentId=company.encode_id("kpi", parent))
        assert [(each["code"], each["field"]) for each in refused["errors"]] == [
            ("REFERENCE_CYCLE", ["parentId"])
        ], parent
    assert await read(company, "mara", "shared", "version parent { name }") == {
        "version": 1,
        "parent": None,
    }


async def test_a_tree_has_at_most_ten_levels(company: Company) -> None:
    scope = {"organizationId": company.encode_id("org", "ops")}
    input = {"frequency": "MONTHLY", "scope": scope, "definition": {}}
    parent = None
    for level in range(10):
        made = await company.mutate(
            "hr", "kpiCreate", "kpi { id }", name=f"Level {level}", parentId=parent, **input
        )
        assert made["errors"] == []
        parent = made["kpi"]["id"]
    deeper = await company.mutate(
        "hr", "kpiCreate", "kpi { id }", name="Level 10", parentId=parent, **input
    )
    assert [(each["code"], each["field"]) for each in deeper["errors"]] == [
        ("LIMIT_EXCEEDED", ["parentId"])
    ]
    found = await company.query("hr", '{ kpis(search: "level") { totalCount } }')
    assert found["kpis"]["totalCount"] == 10


async def test_an_archived_parent_stays_but_gets_no_new_drivers(company: Company) -> None:
    await link(company, "in_unit", "shared")
    id = company.encode_id("kpi", "shared")
    await company.mutate("mara", "kpiArchive", "kpi { id }", id=id)
    assert (await edit(company, "mara", "in_unit", parentId=id, name="Cost"))["errors"] == []
    refused = await edit(company, "mara", "of_team", parentId=id)
    assert [(each["code"], each["field"]) for each in refused["errors"]] == [
        ("INVALID", ["parentId"])
    ]
    await company.mutate("mara", "kpiRestore", "kpi { id }", id=id)
    await link(company, "of_team", "shared")


@pytest.mark.parametrize("asked", ["Network", "nETWORK"])
async def test_kpis_are_found_by_their_groups(company: Company, asked: str) -> None:
    made = await edit(company, "mara", "shared", groups=["Network", " Customers "])
    assert made["errors"] == []
    answer = await company.query(
        "mara",
        f'{{ kpis(where: {{ groups: {{ has: "{asked}" }} }}) {{ nodes {{ name groups }} }} }}',
    )
    assert answer["kpis"]["nodes"] == [
        {"name": "On-time delivery", "groups": ["Network", "Customers"]}
    ]


async def test_groups_have_a_length_and_a_number_and_come_once(company: Company) -> None:
    given = ["Network", "NETWORK", "x" * 51, " "]
    refused = await edit(company, "mara", "shared", groups=given)
    assert [(each["code"], each["field"]) for each in refused["errors"]] == [
        ("NOT_UNIQUE", ["groups", "1"]),
        ("TOO_LONG", ["groups", "2"]),
        ("REQUIRED", ["groups", "3"]),
    ]
    many = await edit(company, "mara", "shared", groups=[f"Group {n}" for n in range(11)])
    assert [(each["code"], each["field"]) for each in many["errors"]] == [
        ("LIMIT_EXCEEDED", ["groups"])
    ]
    assert await read(company, "mara", "shared", "version groups") == {"version": 1, "groups": []}
