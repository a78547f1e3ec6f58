"""Templates in the graph: found, and made into KPIs with their inputs in one transaction."""

from typing import Any

from tests.api.company import Company

FIELDS = """kpi { name description owner { name } definition {
  formula unit unitName currency direction timeAggregation
  templateKey templateVersion templateVariant
  inputs { alias kpi { name frequency visibility definition {
    unit currency timeAggregation templateKey } } }
} }"""


async def create(company: Company, who: str = "hr", **input: Any) -> Any:
    scope = {"organizationId": company.encode_id("org", "ops")}
    return await company.mutate(who, "kpiFromTemplate", FIELDS, scope=scope, **input)


async def count_kpis(company: Company) -> int:
    found = await company.query("ruler", "{ kpis { totalCount } }")
    count: int = found["kpis"]["totalCount"]
    return count


async def test_the_library_is_searched_by_category_and_text(company: Company) -> None:
    found = await company.query(
        "nobody",
        """{
          all: kpiTemplates { key }
          goals: kpiTemplates(category: GOALS) { key category }
          none: kpiTemplates(category: GOALS, search: "margin") { key }
          turnover: kpiTemplates(search: " Employee  TURNover ") {
            key name version direction unit decimals
            variants { key formula source frequencies inputs { alias unitName timeAggregation } }
          }
        }""",
    )
    assert len(found["all"]) == 41
    assert found["all"][0] == {"key": "gross_margin"}
    assert [each["key"] for each in found["goals"]] == [
        "goal_attainment",
        "check_in_discipline",
        "review_completion",
        "recognition_reach",
    ]
    assert found["none"] == []
    (turnover,) = found["turnover"]
    variants = {each["key"]: each for each in turnover.pop("variants")}
    assert turnover == {
        "key": "employee_turnover",
        "name": "Employee turnover",
        "version": 1,
        "direction": "DOWN",
        "unit": "SHARE",
        "decimals": 1,
    }
    assert variants["sum_of_months"] == {
        "key": "sum_of_months",
        "formula": "leavers / headcount",
        "source": "SHRM",
        "frequencies": ["MONTHLY"],
        "inputs": [
            {"alias": "leavers", "unitName": "employees", "timeAggregation": "SUM"},
            {"alias": "headcount", "unitName": "employees", "timeAggregation": "MEAN"},
        ],
    }


async def test_a_template_makes_a_kpi_and_its_inputs(company: Company) -> None:
    before = await count_kpis(company)
    names = [{"alias": "delivered", "name": "Parcels"}]
    made = await create(
        company, template="cost_per_parcel", currency="EUR", visibility="ORGANIZATION", inputs=names
    )
    assert made["errors"] == []
    parcels, cost = made["kpi"]["definition"].pop("inputs")
    assert made["kpi"] == {
        "name": "Cost per parcel",
        "description": "What the delivery of one parcel costs.",
        "owner": {"name": "Hr Okafor"},
        "definition": {
            "formula": "delivery_cost / delivered",
            "unit": "MONEY",
            "unitName": "EUR per parcel",
            "currency": "EUR",
            "direction": "DOWN",
            "timeAggregation": "NONE",
            "templateKey": "cost_per_parcel",
            "templateVersion": 1,
            "templateVariant": "standard",
        },
    }
    measured = {"frequency": "MONTHLY", "visibility": "ORGANIZATION"}
    definition = {"timeAggregation": "SUM", "templateKey": None}
    money, number = {"unit": "MONEY", "currency": "EUR"}, {"unit": "NUMBER", "currency": None}
    assert parcels == {
        "alias": "delivered",
        "kpi": {"name": "Parcels", "definition": definition | number, **measured},
    }
    assert cost == {
        "alias": "delivery_cost",
        "kpi": {"name": "Delivery cost", "definition": definition | money, **measured},
    }
    assert await count_kpis(company) == before + 3


async def test_all_or_nothing_is_made_of_a_template(company: Company) -> None:
    before = await count_kpis(company)
    for given, errors in (
        ({"template": "absence_rate"}, [("REQUIRED", ["variant"])]),
        (
            {"template": "markup", "frequency": "IRREGULAR"},
            [("INVALID", ["frequency"]), ("REQUIRED", ["currency"])],
        ),
        (
            {
                "template": "on_time_delivery",
                "inputs": [
                    {"alias": "delivered", "kpiId": company.encode_id("kpi", "of_team")},
                    {"alias": "late"},
                ],
            },
            [("REFERENCE_NOT_FOUND", ["inputs", "1", "alias"])],
        ),
        (
            {
                "template": "on_time_delivery",
                "inputs": [{"alias": "delivered", "name": "x" * 201}],
            },
            [("TOO_LONG", ["inputs", "0", "name"])],
        ),
        ({"template": "on_time_delivery", "name": " "}, [("REQUIRED", ["name"])]),
    ):
        refused = await create(company, **given)
        assert refused["kpi"] is None
        assert [(each["code"], each["field"]) for each in refused["errors"]] == errors
    assert await count_kpis(company) == before


async def test_an_input_that_does_not_fit_the_formula_is_refused(company: Company) -> None:
    before = await count_kpis(company)
    euros = await create(company, template="markup", currency="EUR")
    revenue = next(
        each for each in euros["kpi"]["definition"]["inputs"] if each["alias"] == "revenue"
    )
    assert revenue["kpi"]["name"] == "Revenue"
    found = await company.query(
        "hr", '{ kpis(where: { name: { eq: "Cost of goods sold" } }) { nodes { id } } }'
    )
    goods = found["kpis"]["nodes"][0]["id"]
    refused = await create(
        company, template="on_time_delivery", inputs=[{"alias": "delivered", "kpiId": goods}]
    )
    (error,) = refused["errors"]
    assert error["field"] == ["inputs"]
    assert error["message"].startswith("Line 1, column 1: The formula results in parcels per EUR,")
    assert await count_kpis(company) == before + 3
