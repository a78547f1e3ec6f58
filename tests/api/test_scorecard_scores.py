"""The overall score of a scorecard: what counts, what is missing, and what each viewer gets."""

from typing import Any

import asyncpg

from tests.api.company import Company
from tests.api.test_subscriptions import next_event
from tests.factories.kpi_measurements import measure

SCORE = """score {
  method value gap coverage isProvisional sentence
  parts {
    entry { kpi { name } } weight status period points contribution missing isProvisional isOverdue
  }
}"""
FIGURES = "score { value gap coverage isProvisional sentence }"


async def read(company: Company, who: str, scorecard: str = "shared", fields: str = FIGURES) -> Any:
    id = company.encode_id("scorecard", scorecard)
    found = await company.query(who, f'{{ scorecard(by: {{ id: "{id}" }}) {{ {fields} }} }}')
    return found["scorecard"]["score"]


async def set_target(company: Company, kpi: str, value: str) -> None:
    payload = await company.mutate(
        "hr",
        "kpiSetTarget",
        "kpi { id }",
        id=company.encode_id("kpi", kpi),
        value=value,
        startsOn="2026-01-01",
    )
    assert payload["errors"] == []


async def weigh(company: Company, **weights: int) -> None:
    entries = [
        {"kpiId": company.encode_id("kpi", kpi), "weight": weight}
        for kpi, weight in weights.items()
    ]
    id = company.encode_id("scorecard", "shared")
    payload = await company.mutate(
        "mara", "scorecardEdit", "scorecard { id }", id=id, entries=entries
    )
    assert payload["errors"] == []


async def test_a_score_is_the_weighted_mean_of_points(company: Company, pool: asyncpg.Pool) -> None:
    """By hand: green with weight 3 and amber with weight 1 are (3 + 0.5) / 4."""
    await weigh(company, shared=3, in_unit=1, named=2)
    await set_target(company, "in_unit", "100")
    await measure(pool, company.kpis["shared"], {"2026-05-01": "0.97"})
    await measure(pool, company.kpis["in_unit"], {"2026-05-01": "95"})
    await measure(pool, company.kpis["named"], {"2026-05-01": "4"})
    found = await read(company, "mara", fields=SCORE)
    assert found == {
        "method": "STATUS_POINTS",
        "value": 0.875,
        "gap": None,
        "coverage": 0.666666666667,
        "isProvisional": False,
        "sentence": "88 %: 1 green, 1 amber, 0 red, by their weights. Without 1 KPI: 1 no target.",
        "parts": [
            {
                "entry": {"kpi": {"name": "On-time delivery"}},
                "weight": 3,
                "status": "GREEN",
                "period": "2026-05",
                "points": 1.0,
                "contribution": 0.75,
                "missing": None,
                "isProvisional": False,
                "isOverdue": False,
            },
            {
                "entry": {"kpi": {"name": "Cost per parcel"}},
                "weight": 1,
                "status": "AMBER",
                "period": "2026-05",
                "points": 0.5,
                "contribution": 0.125,
                "missing": None,
                "isProvisional": False,
                "isOverdue": False,
            },
            {
                "entry": {"kpi": {"name": "Absence"}},
                "weight": 2,
                "status": "NO_TARGET",
                "period": "2026-05",
                "points": None,
                "contribution": None,
                "missing": "NO_TARGET",
                "isProvisional": False,
                "isOverdue": False,
            },
        ],
    }


async def test_each_viewer_gets_the_score_of_what_they_see(
    company: Company, pool: asyncpg.Pool
) -> None:
    await weigh(company, shared=1, named=1)
    await set_target(company, "named", "5")
    await measure(pool, company.kpis["shared"], {"2026-05-01": "0.97"})
    await measure(pool, company.kpis["named"], {"2026-05-01": "1"})
    assert (await read(company, "mara"))["value"] == 0.5
    assert await read(company, "boss") == {
        "value": 1.0,
        "gap": None,
        "coverage": 1.0,
        "isProvisional": False,
        "sentence": "100 %: 1 green, 0 amber, 0 red, by their weights.",
    }


async def test_a_score_says_what_is_provisional_and_what_is_overdue(
    company: Company, pool: asyncpg.Pool
) -> None:
    await weigh(company, shared=1, in_unit=1)
    await set_target(company, "in_unit", "100")
    await measure(pool, company.kpis["shared"], {"2026-06-01": "0.5"})
    await measure(pool, company.kpis["in_unit"], {"2026-02-01": "200"})
    assert await read(company, "mara") == {
        "value": 0.5,
        "gap": None,
        "coverage": 1.0,
        "isProvisional": True,
        "sentence": "50 %: 1 green, 0 amber, 1 red, by their weights. Not over yet: 1."
        " Next value overdue: 1.",
    }
    id = company.encode_id("scorecard", "shared")
    past = await company.query(
        "mara",
        f'{{ scorecard(by: {{ id: "{id}" }}) {{ score(asOf: "2026-02-28") {{ sentence }} }} }}',
    )
    assert past["scorecard"]["score"]["sentence"] == (
        "100 %: 1 green, 0 amber, 0 red, by their weights. Without 1 KPI: 1 not measured."
        " Not over yet: 1."
    )


async def test_without_anything_to_count_there_is_no_score(
    company: Company, pool: asyncpg.Pool
) -> None:
    nothing = {"value": None, "isProvisional": False}
    assert await read(company, "mara", "in_unit") == nothing | {
        "gap": "NO_KPIS",
        "coverage": None,
        "sentence": "There is no score: the scorecard has no KPIs.",
    }
    assert await read(company, "mara") == nothing | {
        "gap": "NOTHING_TO_COUNT",
        "coverage": 0.0,
        "sentence": "There is no score: no KPI has both a value and a target.",
    }
    await measure(pool, company.kpis["shared"], {"2026-05-01": "0.97"})
    await weigh(company, shared=0)
    assert (await read(company, "mara"))["gap"] == "NO_WEIGHTS"


async def test_archived_kpis_do_not_count(company: Company, pool: asyncpg.Pool) -> None:
    await measure(pool, company.kpis["shared"], {"2026-05-01": "0.97"})
    id = company.encode_id("kpi", "shared")
    await company.mutate("mara", "kpiArchive", "kpi { id }", id=id)
    found = await read(company, "mara", fields="score { gap parts { missing } }")
    assert found["gap"] == "NOTHING_TO_COUNT"
    assert [each["missing"] for each in found["parts"]] == [
        "ARCHIVED",
        "NOT_MEASURED",
        "NOT_MEASURED",
    ]


async def test_withheld_values_do_not_count(company: Company, pool: asyncpg.Pool) -> None:
    await weigh(company, shared=1, in_unit=1)
    await set_target(company, "in_unit", "100")
    await measure(pool, company.kpis["shared"], {"2026-05-01": "0.97"})
    id = company.encode_id("kpi", "in_unit")
    edited = await company.mutate("hr", "kpiEdit", "kpi { id }", id=id, describesPeople=True)
    assert edited["errors"] == []
    recorded = await company.select_graph("hr").mutate(
        "hr",
        "mutation($input: KpiRecordMeasurementsInput!)"
        " { kpiRecordMeasurements(input: $input) { outcomes } }",
        rows=[{"kpiId": id, "period": "2026-05", "value": "200", "itemCount": 3}],
    )
    assert recorded["outcomes"] == ["CREATED"]
    found = await read(company, "mara", fields=f"{FIGURES[:-2]} parts {{ status missing }} }}")
    assert (found["value"], found["coverage"]) == (1.0, 0.5)
    assert found["sentence"] == (
        "100 %: 1 green, 0 amber, 0 red, by their weights. Without 1 KPI: 1 withheld."
    )
    withheld = {"status": "SUPPRESSED", "missing": "SUPPRESSED"}
    assert found["parts"] == [{"status": "GREEN", "missing": None}, withheld]


async def test_a_measured_value_reaches_the_open_scorecard_with_its_score(
    company: Company,
) -> None:
    await weigh(company, shared=1)
    id = company.encode_id("scorecard", "shared")
    live = await company.graph.subscribe(
        "boss",
        f'subscription {{ scorecardChanged(id: "{id}") {{ scorecard {{ {FIGURES} }} }} }}',
    )
    recorded = await company.select_graph("mara").mutate(
        "mara",
        "mutation($input: KpiRecordMeasurementsInput!)"
        " { kpiRecordMeasurements(input: $input) { outcomes } }",
        rows=[{"kpiId": company.encode_id("kpi", "shared"), "period": "2026-05", "value": "0.97"}],
    )
    assert recorded["outcomes"] == ["CREATED"]
    event = (await next_event(live))["data"]["scorecardChanged"]
    assert event["scorecard"]["score"]["value"] == 1.0
