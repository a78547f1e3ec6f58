"""Computed KPIs in the graph: recorded inputs give results, in the same transaction."""

import asyncio
from typing import Any

from tests.api.company import Company

MONEY = {"unit": "MONEY", "currency": "EUR", "timeAggregation": "SUM", "sliceAggregation": "SUM"}
RECORD = """mutation($input: KpiRecordMeasurementsInput!) { kpiRecordMeasurements(input: $input) {
  outcomes errors { index field code message } } }"""
RESULTS = """query($id: ID!) { kpi(by: { id: $id }) { measurements { nodes {
  period state value gap explanation source revision recordedBy { name } } }
  history(first: 5) { nodes { action } } } }"""


async def define(company: Company, name: str, **definition: Any) -> str:
    made = await company.mutate(
        "hr",
        "kpiCreate",
        "kpi { id }",
        name=name,
        frequency="MONTHLY",
        scope={"organizationId": company.encode_id("org", "ops")},
        startsOn="2026-01-01",
        definition=definition,
    )
    assert made["errors"] == []
    id: str = made["kpi"]["id"]
    return id


def inputs(**ids: str) -> list[dict[str, str]]:
    return [{"alias": alias, "kpiId": id} for alias, id in ids.items()]


async def record(company: Company, *values: tuple[str, str, str]) -> Any:
    rows = [{"kpiId": id, "period": period, "value": value} for id, period, value in values]
    return await company.select_graph("hr").mutate("hr", RECORD, rows=rows)


async def read(company: Company, id: str) -> list[Any]:
    found = await company.query("hr", RESULTS, id=id)
    nodes: list[Any] = found["kpi"]["measurements"]["nodes"]
    return nodes


async def test_recorded_inputs_give_results_up_to_the_top(company: Company) -> None:
    revenue, cost = [await define(company, each, **MONEY) for each in ("Sales", "Cost")]
    margin = await define(
        company,
        "Margin",
        unit="SHARE",
        formula="(revenue - cost) / revenue",
        inputs=inputs(revenue=revenue, cost=cost),
    )
    growth = await define(
        company,
        "Growth of margin",
        unit="PERCENTAGE_POINTS",
        formula="margin - lag(margin, 1)",
        inputs=inputs(margin=margin),
    )
    answer = await record(company, (revenue, "2026-04", "200"), (revenue, "2026-05", "300"))
    assert answer == {"outcomes": ["CREATED", "CREATED"], "errors": []}
    computed = {"source": "COMPUTED", "recordedBy": None}
    missing = {"state": "NOT_MEASURED", "value": None, "gap": "NOT_MEASURED", **computed}
    missing |= {"explanation": "Not measured: cost.", "revision": 1}
    assert await read(company, margin) == [
        {"period": "2026-04", **missing},
        {"period": "2026-05", **missing},
    ]
    await record(company, (cost, "2026-04", "150"), (cost, "2026-05", "200"))
    known = {"state": "MEASURED", "gap": None, "explanation": None, "revision": 2, **computed}
    assert await read(company, margin) == [
        {"period": "2026-04", "value": "0.25", **known},
        {"period": "2026-05", "value": "0.333333333333", **known},
    ]
    april, may = await read(company, growth)
    assert (april["gap"], april["explanation"]) == ("NOT_MEASURED", "Not measured: margin.")
    assert (may["value"], may["revision"]) == ("8.3333333333", 2)
    history = (await company.query("hr", RESULTS, id=growth))["kpi"]["history"]["nodes"]
    assert [each["action"] for each in history] == ["MEASURED", "MEASURED", "CREATED"]


async def test_values_of_a_computed_kpi_are_not_recorded(company: Company) -> None:
    cost = await define(company, "Cost", **MONEY)
    double = await define(company, "Double", **MONEY, formula="cost * 2", inputs=inputs(cost=cost))
    answer = await record(company, (double, "2026-05", "1"), (cost, "2026-05", "4"))
    assert answer == {
        "outcomes": ["REJECTED", "CREATED"],
        "errors": [
            {
                "index": 0,
                "code": "INVALID",
                "field": ["rows", "0", "kpiId"],
                "message": "This KPI is computed in 2026-05. Record values of its inputs instead.",
            }
        ],
    }
    assert [each["value"] for each in await read(company, double)] == ["8"]


async def test_a_formula_computes_what_is_there_already(company: Company) -> None:
    cost = await define(company, "Cost", **MONEY)
    await record(company, (cost, "2026-04", "5"), (cost, "2026-05", "7"))
    double = await define(company, "Double", **MONEY, formula="cost * 2", inputs=inputs(cost=cost))
    assert [each["value"] for each in await read(company, double)] == ["10", "14"]
    changed = await company.mutate(
        "hr",
        "kpiRedefine",
        "kpi { id }",
        id=double,
        startsOn="2026-05-01",
        formula="cost * 3",
        reason="We count anew.",
    )
    assert changed["errors"] == []
    assert [each["value"] for each in await read(company, double)] == ["10", "21"]


async def test_inputs_that_change_at_the_same_time_lose_no_result(company: Company) -> None:
    sales, cost = [await define(company, each, **MONEY) for each in ("Sales", "Cost")]
    given = inputs(sales=sales, cost=cost)
    profit = await define(company, "Profit", **MONEY, formula="sales - cost", inputs=given)
    for number in range(1, 9):
        answers = await asyncio.gather(
            record(company, (sales, "2026-05", str(number * 10))),
            record(company, (cost, "2026-05", str(number))),
        )
        assert [each["errors"] for each in answers] == [[], []]
        assert [each["value"] for each in await read(company, profit)] == [str(number * 9)]
