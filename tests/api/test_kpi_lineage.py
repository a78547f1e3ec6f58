"""The lineage of KPIs: what a KPI depends on and what depends on it, as the viewer may see it."""

from typing import Any

from tests.api.company import Company
from tests.api.test_computed_kpis import MONEY, define, inputs, record

LINEAGE = """lineage {
  direction depth kind kpi { name }
  object { __typename ... on Kpi { name } ... on Scorecard { name }
    ... on KeyResult { name: title } ... on Alert { name: period } }
}"""
USED_BY = "usedBy { nodes { kpi { name } period value } }"
Link = tuple[str, int, str, str, str]


async def read(company: Company, who: str, kpi: str) -> list[Link]:
    id = company.encode_id("kpi", kpi)
    answer = await company.query(who, f'{{ kpi(by: {{ id: "{id}" }}) {{ {LINEAGE} }} }}')
    return [
        (
            each["direction"],
            each["depth"],
            each["kind"],
            each["kpi"]["name"],
            each["object"]["name"],
        )
        for each in answer["kpi"]["lineage"]
    ]


async def compute(company: Company, kpi: str, formula: str, **inputs: str) -> None:
    named = [
        {"alias": alias, "kpiId": company.encode_id("kpi", of)} for alias, of in inputs.items()
    ]
    payload = await company.mutate(
        "ruler",
        "kpiRedefine",
        "kpi { id }",
        id=company.encode_id("kpi", kpi),
        formula=formula,
        inputs=named,
        reason="It is computed from now on.",
    )
    assert payload["errors"] == []


async def edit(company: Company, kpi: str, **input: Any) -> None:
    payload = await company.mutate(
        "ruler", "kpiEdit", "kpi { id }", id=company.encode_id("kpi", kpi), **input
    )
    assert payload["errors"] == []


async def test_a_lineage_has_each_step_on_both_sides(company: Company) -> None:
    await compute(company, "in_unit", "late * 2", late="of_team")
    await compute(company, "of_sales", "cost + 1", cost="in_unit")
    await edit(company, "named", parentId=company.encode_id("kpi", "in_unit"))
    assert await read(company, "ruler", "in_unit") == [
        ("UPSTREAM", 1, "DRIVER", "Cost per parcel", "Absence"),
        ("UPSTREAM", 1, "FORMULA_INPUT", "Cost per parcel", "Late parcels"),
        ("DOWNSTREAM", 1, "ALERT", "Cost per parcel", "2026-01"),
        ("DOWNSTREAM", 1, "FORMULA_INPUT", "Cost per parcel", "Revenue"),
        *[
            ("DOWNSTREAM", depth, "SCORECARD", kpi, scorecard)
            for depth, kpi, scorecard in (
                (1, "Cost per parcel", "Network"),
                (2, "Revenue", "Sales"),
            )
        ],
    ]
    assert [each[1:] for each in await read(company, "ruler", "of_team")][:3] == [
        (1, "FORMULA_INPUT", "Late parcels", "Cost per parcel"),
        (1, "SCORECARD", "Late parcels", "Night"),
        (2, "ALERT", "Cost per parcel", "2026-01"),
    ]


async def test_what_is_behind_a_hidden_kpi_is_not_found(company: Company) -> None:
    await compute(company, "in_unit", "late * 2", late="of_team")
    await compute(company, "of_sales", "cost + 1", cost="in_unit")
    await edit(company, "in_unit", visibility="NAMED")
    await edit(company, "of_sales", visibility="TENANT")
    await edit(company, "of_team", visibility="TENANT")
    await edit(company, "shared", parentId=company.encode_id("kpi", "in_unit"))
    assert [
        each for each in await read(company, "analyst", "of_sales") if each[2] != "SCORECARD"
    ] == []
    assert "Cost per parcel" not in str(await read(company, "analyst", "shared"))
    assert [each[4] for each in await read(company, "ruler", "of_sales")][:2] == [
        "Cost per parcel",
        "On-time delivery",
    ]


async def test_a_ring_of_formulas_and_drivers_ends(company: Company) -> None:
    await compute(company, "in_unit", "late * 2", late="of_team")
    await edit(company, "in_unit", parentId=company.encode_id("kpi", "of_team"))
    found = [each for each in await read(company, "ruler", "of_team") if each[2] != "SCORECARD"]
    assert found == [
        ("UPSTREAM", 1, "DRIVER", "Late parcels", "Cost per parcel"),
        ("UPSTREAM", 2, "FORMULA_INPUT", "Cost per parcel", "Late parcels"),
        ("DOWNSTREAM", 1, "FORMULA_INPUT", "Late parcels", "Cost per parcel"),
        ("DOWNSTREAM", 2, "ALERT", "Cost per parcel", "2026-01"),
        ("DOWNSTREAM", 2, "DRIVER", "Cost per parcel", "Late parcels"),
    ]


async def test_a_lineage_has_the_key_results_of_visible_goals(company: Company) -> None:
    shared = company.encode_id("kpi", "shared")
    for visibility, title in (("PUBLIC", "In time"), ("PRIVATE", "Not too late")):
        key_result = {"title": title, "startValue": "0", "targetValue": "1", "kpiId": shared}
        payload = await company.mutate(
            "mara",
            "goalCreate",
            "goal { id }",
            title=title,
            startsOn="2026-01-01",
            dueOn="2026-12-31",
            visibility=visibility,
            keyResults=[key_result | {"kpiBasis": "LATEST"}],
        )
        id = payload["goal"]["id"]
        assert (await company.mutate("mara", "goalActivate", "goal { id }", id=id))["errors"] == []
    for who, names in (("mara", {"In time", "Not too late"}), ("analyst", {"In time"})):
        found = await read(company, who, "shared")
        assert {each[4] for each in found if each[2] == "KEY_RESULT"} == names


async def test_a_corrected_value_names_the_results_that_had_used_it(company: Company) -> None:
    sales, cost = [await define(company, each, **MONEY) for each in ("Sales", "Cost")]
    margin = await define(
        company, "Margin", **MONEY, formula="s - c", inputs=inputs(s=sales, c=cost)
    )
    floor = await define(
        company, "Floor", **MONEY, formula="max(s, 10 EUR)", inputs=inputs(s=sales)
    )
    await define(company, "Twice", **MONEY, formula="m * 2", inputs=inputs(m=margin))
    await record(company, (sales, "2026-04", "5"), (cost, "2026-04", "3"), (sales, "2026-05", "9"))
    fields = "measurements { nodes { id value revisions { nodes { value " + USED_BY + " } } } }"
    before = await company.query("hr", f'{{ kpi(by: {{ id: "{sales}" }}) {{ {fields} }} }}')
    payload = await company.mutate(
        "hr",
        "kpiRestateMeasurement",
        f"kpi {{ {fields} }}",
        id=sales,
        measurementId=before["kpi"]["measurements"]["nodes"][0]["id"],
        value="6",
        reason="A late invoice.",
    )
    assert payload["errors"] == []
    (revision,) = payload["kpi"]["measurements"]["nodes"][0]["revisions"]["nodes"]
    results = [
        (each["kpi"]["name"], each["period"], each["value"]) for each in revision["usedBy"]["nodes"]
    ]
    assert (revision["value"], sorted(results)) == (
        "5",
        [("Margin", "2026-04", "2"), ("Twice", "2026-04", "4")],
    )
    assert (await read_values(company, floor)) == ["10", "10"]


async def read_values(company: Company, id: str) -> list[str]:
    found = await company.query(
        "hr", f'{{ kpi(by: {{ id: "{id}" }}) {{ measurements {{ nodes {{ value }} }} }} }}'
    )
    return [each["value"] for each in found["kpi"]["measurements"]["nodes"]]
