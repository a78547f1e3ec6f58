"""Inputs of formulas that change or are archived: what is refused, and what stays as it was."""

import asyncio
from typing import Any

import asyncpg
import pytest

from domain.kpis.enums import KpiUnit
from domain.kpis.use_cases import redefine as redefine_kpi
from persistence.unit_of_work import work as unit
from tests.api.company import Company
from tests.api.test_computed_kpis import read, record
from tests.api.test_kpi_formulas import MONEY, SHARE, define, define_id, inputs, redefine
from tests.factories.actors import NOW, an_admin

WAITS_FOR_LOCK = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)"
MISFITS = "Formulas of other KPIs do not fit this definition:"
ADVICE = "Take this KPI out of them first, or create a new KPI."
NOW_A_SHARE = {"unit": "SHARE", "currency": None}
DEFINITIONS = """query($id: ID!) { kpi(by: { id: $id }) {
  version definitions { nodes { startsOn unit unitName currency timeAggregation } } } }"""


async def read_definitions(company: Company, id: str) -> Any:
    return (await company.query("hr", DEFINITIONS, id=id))["kpi"]


async def hide(company: Company, id: str) -> None:
    edited = await company.mutate("hr", "kpiEdit", "kpi { id }", id=id, visibility="NAMED")
    assert edited["errors"] == []


async def archive(company: Company, id: str) -> None:
    archived = await company.mutate("hr", "kpiArchive", "kpi { state }", id=id)
    assert archived == {"kpi": {"state": "ARCHIVED"}, "errors": []}


@pytest.mark.parametrize(
    ("frequency", "formula", "changes", "field"),
    [
        ("MONTHLY", "a + 100 EUR", NOW_A_SHARE, "unit"),
        ("MONTHLY", "a + 100 EUR", {"currency": "USD"}, "currency"),
        ("MONTHLY", "a + 100 EUR", {"unitName": "EUR per parcel"}, "unitName"),
        ("QUARTERLY", "a", {"timeAggregation": "NONE"}, "timeAggregation"),
        (
            "MONTHLY",
            "year_to_date(a)",
            {"timeAggregation": "NONE", "sliceAggregation": "NONE"},
            "timeAggregation",
        ),
    ],
)
async def test_a_definition_that_a_formula_does_not_fit_is_refused_with_the_names(
    company: Company, frequency: str, formula: str, changes: dict[str, Any], field: str
) -> None:
    cost = await define_id(company, "Cost", **MONEY)
    for name in ("Twice", "Result"):
        made = await company.mutate(
            "hr",
            "kpiCreate",
            "kpi { id }",
            name=name,
            frequency=frequency,
            scope={"organizationId": company.encode_id("org", "ops")},
            startsOn="2026-01-01",
            definition={**MONEY, "formula": formula, "inputs": inputs(a=cost)},
        )
        assert made["errors"] == []
    await define_id(company, "Fits", formula="a / a", inputs=inputs(a=cost))
    before = await read_definitions(company, cost)
    refused = await redefine(company, cost, **changes)
    assert refused == {
        "kpi": None,
        "errors": [
            {
                "code": "INVALID",
                "message": f"{MISFITS} Result, Twice. {ADVICE}",
                "field": [field],
            }
        ],
    }
    assert await read_definitions(company, cost) == before


async def test_dependents_that_the_actor_may_not_see_are_neither_named_nor_counted(
    company: Company,
) -> None:
    cost = await define_id(company, "Cost", **MONEY)
    boss = company.encode_id("person", "boss")
    owned = await company.mutate("hr", "kpiEdit", "kpi { id }", id=cost, ownerId=boss)
    assert owned["errors"] == []
    for name in ("Secret one", "Secret two"):
        secret = await define_id(company, name, **MONEY, formula="a", inputs=inputs(a=cost))
        await hide(company, secret)
    before = await read_definitions(company, cost)
    alone = await redefine(company, cost, "boss", currency="USD")
    hidden = "a KPI that you may not see"
    assert [each["message"] for each in alone["errors"]] == [f"{MISFITS} {hidden}. {ADVICE}"]
    await define_id(company, "Result", **MONEY, formula="a", inputs=inputs(a=cost))
    both = await redefine(company, cost, "boss", currency="USD")
    assert [each["message"] for each in both["errors"]] == [f"{MISFITS} Result, {hidden}. {ADVICE}"]
    assert await read_definitions(company, cost) == before


async def test_a_formula_has_to_fit_on_the_days_on_which_it_reads_the_kpi(
    company: Company,
) -> None:
    cost = await define_id(company, "Cost", **MONEY)
    result = await define_id(company, "Result", **MONEY, formula="a", inputs=inputs(a=cost))
    refused = await redefine(company, cost, startsOn="2026-07-01", **NOW_A_SHARE)
    assert [each["field"] for each in refused["errors"]] == [["unit"]]
    ended = await redefine(company, result, startsOn="2026-07-01", formula=None, inputs=[])
    assert ended["errors"] == []
    early = await redefine(company, cost, startsOn="2026-06-30", **NOW_A_SHARE)
    assert [each["field"] for each in early["errors"]] == [["unit"]]
    changed = await redefine(company, cost, startsOn="2026-07-01", **NOW_A_SHARE)
    assert changed["errors"] == []
    again = await redefine(
        company, result, startsOn="2026-07-01", formula="a * 5 EUR", inputs=inputs(a=cost)
    )
    assert again["errors"] == []


async def test_a_new_formula_has_to_fit_inputs_that_change_after_its_first_day(
    company: Company,
) -> None:
    cost = await define_id(company, "Cost", **MONEY)
    assert (await redefine(company, cost, **NOW_A_SHARE))["errors"] == []
    refused = await define(company, "Result", **MONEY, formula="a", inputs=inputs(a=cost))
    assert refused == {
        "kpi": None,
        "errors": [
            {
                "code": "INVALID",
                "message": "Line 1, column 1: The formula results in a share,"
                " but the unit of the KPI is EUR. Change one of the two."
                " It is so from 2026-06-01 on, because an input changes then.",
                "field": ["definition", "formula"],
            }
        ],
    }


async def test_what_an_input_was_before_the_first_day_of_a_formula_does_not_matter(
    company: Company,
) -> None:
    cost = await define_id(company, "Cost", **SHARE)
    euros = {"unit": "MONEY", "currency": "EUR"}
    assert (await redefine(company, cost, **euros))["errors"] == []
    made = await company.mutate(
        "hr",
        "kpiCreate",
        "kpi { name }",
        name="Result",
        frequency="MONTHLY",
        scope={"organizationId": company.encode_id("org", "ops")},
        startsOn="2026-06-01",
        definition={**MONEY, "formula": "a", "inputs": inputs(a=cost)},
    )
    assert made == {"kpi": {"name": "Result"}, "errors": []}
    earlier = await redefine(company, cost, startsOn="2026-03-01", unit="NUMBER")
    assert earlier["errors"] == []


async def test_a_formula_that_begins_to_read_a_kpi_waits_for_its_new_unit(
    company: Company, writing: asyncpg.Pool, owner: Any
) -> None:
    cost = company.kpis["in_unit"]
    a = inputs(a=company.encode_id("kpi", "in_unit"))
    async with unit.work(writing, an_admin(company.tenant_id), now=NOW) as begun:
        await redefine_kpi(begun, cost.id, {"unit": KpiUnit.SHARE}, reason="We count anew.")
        creating = asyncio.create_task(define(company, "Result", formula="a + 1", inputs=a))
        while not creating.done() and not await owner.fetchval(WAITS_FOR_LOCK):  # noqa: ASYNC110 - the server waits
            await asyncio.sleep(0)
    refused = await creating
    assert [each["field"] for each in refused["errors"]] == [["definition", "formula"]]


async def test_an_archived_kpi_is_no_new_input_and_stays_where_it_is_one(
    company: Company,
) -> None:
    cost, sales = [await define_id(company, each, **MONEY) for each in ("Cost", "Sales")]
    result = await define_id(company, "Result", **MONEY, formula="a", inputs=inputs(a=cost))
    await record(company, (cost, "2026-05", "7"))
    await archive(company, cost)
    await archive(company, sales)
    expected = {
        "code": "INVALID",
        "message": "This KPI is archived. Restore it, or choose another.",
    }
    refused = await define(company, "New", **MONEY, formula="a", inputs=inputs(a=cost))
    place = ["definition", "inputs", "0", "kpiId"]
    assert refused == {"kpi": None, "errors": [{**expected, "field": place}]}
    template = await company.mutate(
        "hr",
        "kpiFromTemplate",
        "kpi { id }",
        name="New",
        template="on_time_delivery",
        scope={"organizationId": company.encode_id("org", "ops")},
        inputs=inputs(delivered=cost),
    )
    assert template == {"kpi": None, "errors": [{**expected, "field": place[1:]}]}
    found = await company.query("hr", '{ kpis(search: "New") { totalCount } }')
    assert found["kpis"]["totalCount"] == 0
    both = {"formula": "a - b", "inputs": inputs(a=cost, b=sales)}
    before = await read_definitions(company, result)
    refused = await redefine(company, result, **both)
    assert refused["errors"] == [{**expected, "field": ["inputs", "1", "kpiId"]}]
    assert await read_definitions(company, result) == before
    assert [each["value"] for each in await read(company, result)] == ["7"]
    kept = await redefine(company, result, startsOn="2026-05-01", formula="a * 2")
    assert kept["errors"] == []
    assert kept["kpi"]["definition"]["formula"] == "a * 2"
    assert [each["value"] for each in await read(company, result)] == ["14"]


async def test_a_formula_of_an_archived_kpi_is_not_broken_either(company: Company) -> None:
    cost = await define_id(company, "Cost", **MONEY)
    result = await define_id(company, "Result", **SHARE, formula="a / a", inputs=inputs(a=cost))
    assert (await redefine(company, result, formula="a / 5 EUR"))["errors"] == []
    await archive(company, result)
    refused = await redefine(company, cost, currency="USD")
    assert [(each["field"], each["message"]) for each in refused["errors"]] == [
        (["currency"], f"{MISFITS} Result. {ADVICE}")
    ]
