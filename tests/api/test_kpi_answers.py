"""The status, the trend and the series of KPIs, with the figures that explain them."""

from decimal import Decimal
from typing import Any

import asyncpg
import pytest

from domain.kernel.background_tasks import build_system_actor
from domain.kpis import Kpi, KpiDirection, KpiForm, KpiFrequency, KpiUnit, TimeAggregation
from domain.task_handlers import TASK_HANDLERS
from domain.working_days import FOLLOW_CALENDARS
from persistence.unit_of_work import work as unit
from tests.api.company import Company
from tests.conftest import SAVE
from tests.factories.actors import NOW, TODAY, an_admin
from tests.factories.kpi_measurements import measure
from tests.factories.kpis import BEGUN_ON, a_kpi

pytestmark = pytest.mark.anyio

FLOW = {"time_aggregation": TimeAggregation.SUM, "unit": KpiUnit.MONEY, "currency": "EUR"}
RATIO = {
    "unit": KpiUnit.SHARE,
    "decimals": 1,
    "form": KpiForm.RATIO,
    "time_aggregation": TimeAggregation.SUM,
    "denominator_time_aggregation": TimeAggregation.SUM,
}


async def add(
    company: Company, pool: asyncpg.Pool, target: dict[str, Any] | None = None, **definition: Any
) -> Kpi:
    """Store a KPI of Mara, with a target of 2026."""
    ops, mara = company.units["ops"], company.people["mara"]
    frequency = definition.pop("frequency", KpiFrequency.MONTHLY)
    kpi = a_kpi(ops, mara, "Measured", frequency=frequency, **definition)
    if target is not None:
        numbers = {name: Decimal(x) if name != "span" else x for name, x in target.items()}
        kpi.set_target(numbers, BEGUN_ON, 10, at=NOW)
    kpi.events.clear()
    async with unit.work(pool, an_admin(company.tenant_id), now=NOW) as begun:
        await begun.add(kpi, to=SAVE)
    company.kpis["measured"] = kpi
    return kpi


async def read(company: Company, selection: str, who: str = "mara") -> Any:
    query = f"query($id: ID!) {{ kpi(by: {{ id: $id }}) {{ {selection} }} }}"
    found = await company.query(who, query, id=company.encode_id("kpi", "measured"))
    return found["kpi"]


STATUS = "status { status sentence period value expectedValue attainment gap isProvisional }"


async def test_a_missed_target_is_amber_within_the_tolerance(
    company: Company, pool: asyncpg.Pool
) -> None:
    kpi = await add(company, pool, {"value": "0.95", "amber_from": "0.9"}, **RATIO)
    await measure(pool, kpi, {"2026-03-01": "0.97", "2026-04-01": "0.9443"})
    assert (await read(company, STATUS))["status"] == {
        "status": "AMBER",
        "sentence": "2026-04: 94.4 %, amber. The target is at least 95.0 %;"
        " the difference is -0.6 points.",
        "period": "2026-04",
        "value": "0.9443",
        "expectedValue": "0.95",
        "attainment": 0.994,
        "gap": "-0.0057",
        "isProvisional": False,
    }
    found = await read(company, 'status(asOf: "2026-03-31") { status period isProvisional }')
    assert found["status"] == {"status": "GREEN", "period": "2026-03", "isProvisional": True}


async def test_a_value_that_rounds_to_its_target_shows_more_digits(
    company: Company, pool: asyncpg.Pool
) -> None:
    kpi = await add(company, pool, {"value": "0.9"}, **RATIO)
    await measure(pool, kpi, {"2026-04-01": "0.89996"})
    found = await read(company, "status { status sentence }")
    assert found["status"]["sentence"].startswith("2026-04: 89.996 %, amber. The target is at")


async def test_sentences_group_the_digits_before_the_decimal_point(
    company: Company, pool: asyncpg.Pool
) -> None:
    kpi = await add(company, pool, {"value": "24934817.5"}, **FLOW)
    await measure(pool, kpi, {"2026-04-01": "-999", "2026-05-01": "24934817.4999994"})
    found = await read(company, "status { sentence } trend { sentence }")
    assert found["status"]["sentence"] == (
        "2026-05: 24,934,817.4999994 EUR, amber. The target is at least 24,934,817.50 EUR;"
        " the difference is 0.00 EUR."
    )
    assert found["trend"]["sentence"] == (
        "2026-05: 24,934,817.50 EUR. Compared with 2026-04: +24,935,816.50 EUR (+2,496,077.7 %),"
        " better. There is no value to compare in 2025-05."
    )


async def test_a_sum_is_compared_with_what_is_due_by_now(
    company: Company, pool: asyncpg.Pool
) -> None:
    kpi = await add(company, pool, {"value": "300"}, **FLOW)
    await measure(pool, kpi, {"2026-06-01": "140"})
    assert (await read(company, STATUS))["status"] == {
        "status": "AMBER",
        "sentence": "2026-06, not over yet: 140.00 EUR, amber. The target is at least 300.00 EUR,"
        " of which 150.00 EUR is due by now; the difference is -10.00 EUR.",
        "period": "2026-06",
        "value": "140",
        "expectedValue": "150",
        "attainment": pytest.approx(140 / 300),
        "gap": "-10",
        "isProvisional": True,
    }


async def test_an_open_period_is_paced_by_the_working_days_of_the_tenant(
    company: Company, pool: asyncpg.Pool, writing: asyncpg.Pool
) -> None:
    """22 days of June are no weekends, and one of these is free. Today is 15 June."""
    kpi = await add(company, pool, {"value": "420"}, **FLOW)
    await measure(pool, kpi, {"2026-05-01": "420", "2026-06-01": "180"})
    home = company.encode_id("calendar", "home")
    day = {"day": "2026-06-05", "isWorking": False, "occasion": "Outing"}
    await company.mutate("ruler", "workCalendarSetDay", "workCalendar { id }", id=home, **day)
    handler = TASK_HANDLERS[FOLLOW_CALENDARS]
    actor = build_system_actor(company.tenant_id, TODAY, handler)
    for _ in range(2):
        async with unit.work(writing, actor, now=NOW) as begun:
            await handler.run(begun)
    wanted = {"expectedValue": "200", "gap": "-20", "status": "AMBER"}
    found = await read(company, f'{STATUS} series(from: "2026-05-01") {{ points {{ status }} }}')
    assert found["status"] == found["status"] | wanted
    assert (
        "of which 200.00 EUR is due by now, after 10 of 21 working days;"
        in (found["status"]["sentence"])
    )
    assert [each["status"] for each in found["series"][0]["points"]] == ["GREEN", "AMBER"]
    located = {"id": home, "location": "Lisbon"}
    await company.mutate("ruler", "workCalendarEdit", "workCalendar { id }", **located)
    async with unit.work(writing, actor, now=NOW) as begun:
        await handler.run(begun)
    assert (await read(company, "status { expectedValue }"))["status"] == {"expectedValue": "210"}


async def test_a_target_of_the_fiscal_year_is_compared_with_the_sum_so_far(
    company: Company, pool: asyncpg.Pool
) -> None:
    kpi = await add(company, pool, {"value": "1200", "span": "fiscal_year"}, **FLOW)
    months = {f"2026-0{month}-01": "100" for month in range(1, 6)} | {"2025-12-01": "900"}
    await measure(pool, kpi, months)
    found = await read(company, "status { status value comparedValue expectedValue attainment }")
    assert found["status"] == {
        "status": "GREEN",
        "value": "100",
        "comparedValue": "500",
        "expectedValue": "496.438356164384",  # 1,200 / 365 days x 151 days
        "attainment": pytest.approx(500 / 1200),
    }


async def test_nothing_measured_and_nothing_asked_for_are_said_plainly(
    company: Company, pool: asyncpg.Pool
) -> None:
    kpi = await add(company, pool)
    selection = "status { status sentence daysOverdue target { id } } trend { sentence }"
    assert await read(company, selection) == {
        "status": {
            "status": "NOT_MEASURED",
            "sentence": "There is no value yet.",
            "daysOverdue": None,
            "target": None,
        },
        "trend": {"sentence": "No period with a value is over yet."},
    }
    await measure(pool, kpi, {"2026-03-01": "7", "2026-04-01": None})
    found = await read(company, "status { status sentence daysOverdue }")
    assert found["status"] == {
        "status": "NOT_APPLICABLE",
        "sentence": "2026-04: the KPI does not apply.",
        "daysOverdue": 8,  # the value of May was due on 7 June
    }
    found = await read(company, 'status(asOf: "2026-03-20") { status sentence attainment gap }')
    assert found["status"] == {
        "status": "NO_TARGET",
        "sentence": "2026-03, not over yet: 7.00. There is no target.",
        "attainment": None,
        "gap": None,
    }


CHANGE = "period value difference relativeDifference kind sentence"
TREND = f"trend {{ period previousPeriod {{ {CHANGE} }} previousYear {{ {CHANGE} }} }}"


async def test_a_trend_has_points_and_a_relative_difference(
    company: Company, pool: asyncpg.Pool
) -> None:
    kpi = await add(company, pool, **RATIO, direction=KpiDirection.DOWN)
    values = {"2025-05-01": "0", "2026-04-01": "0.42", "2026-05-01": "0.45", "2026-06-01": "0.1"}
    await measure(pool, kpi, values)
    assert (await read(company, TREND))["trend"] == {
        "period": "2026-05",  # June is not over yet
        "previousPeriod": {
            "period": "2026-04",
            "value": "0.42",
            "difference": "3",
            "relativeDifference": pytest.approx(0.0714285714),
            "kind": "WORSE",
            "sentence": "Compared with 2026-04: +3.0 points (+7.1 %), worse.",
        },
        "previousYear": {
            "period": "2025-05",
            "value": "0",
            "difference": "45",
            "relativeDifference": None,
            "kind": "WORSE",
            "sentence": "Compared with 2025-05: +45.0 points, worse.",
        },
    }


async def test_a_difference_of_percentage_points_has_no_percentage(
    company: Company, pool: asyncpg.Pool
) -> None:
    kpi = await add(company, pool, unit=KpiUnit.PERCENTAGE_POINTS, decimals=1)
    await measure(pool, kpi, {"2026-04-01": "2.5", "2026-05-01": "-3.71"})
    assert (await read(company, TREND))["trend"]["previousPeriod"] == {
        "period": "2026-04",
        "value": "2.5",
        "difference": "-6.21",
        "relativeDifference": None,
        "kind": "WORSE",
        "sentence": "Compared with 2026-04: -6.2 points, worse.",
    }


async def test_week_53_has_no_week_in_the_year_before(company: Company, pool: asyncpg.Pool) -> None:
    kpi = await add(company, pool, frequency=KpiFrequency.WEEKLY)
    await measure(pool, kpi, {"2020-12-28": "5", "2020-12-21": "-5"})
    assert (await read(company, TREND))["trend"] == {
        "period": "2020-W53",
        "previousPeriod": {
            "period": "2020-W52",
            "value": "-5",
            "difference": "10",
            "relativeDifference": 2.0,
            "kind": "BETTER",
            "sentence": "Compared with 2020-W52: +10.00 (+200.0 %), better.",
        },
        "previousYear": {
            "period": None,
            "value": None,
            "difference": None,
            "relativeDifference": None,
            "kind": None,
            "sentence": "The year before has no such period.",
        },
    }


POINT = "period state value target status isProvisional"


async def test_a_series_keeps_its_gaps(company: Company, pool: asyncpg.Pool) -> None:
    kpi = await add(company, pool, {"value": "5"})
    await measure(pool, kpi, {"2026-03-01": "7", "2026-04-01": None, "2026-06-01": "0"})
    series = f'series(from: "2026-03-10", to: "2026-06-30") {{ interval points {{ {POINT} }} }}'
    (found,) = (await read(company, series))["series"]
    rows = [list(each.values()) for each in found["points"]]
    assert found["interval"] == "MONTHLY"
    assert rows == [
        ["2026-03", "MEASURED", "7", "5", "GREEN", False],
        ["2026-04", "NOT_APPLICABLE", None, "5", "NOT_APPLICABLE", False],
        ["2026-05", "NOT_MEASURED", None, "5", "NOT_MEASURED", False],
        ["2026-06", "MEASURED", "0", "5", "RED", True],
    ]


async def test_a_series_has_thirteen_points_and_never_more_than_400(
    company: Company, pool: asyncpg.Pool
) -> None:
    await add(company, pool, frequency=KpiFrequency.DAILY)
    (usual,) = (await read(company, "series { points { period } }"))["series"]
    assert [each["period"] for each in usual["points"]] == [
        f"2026-06-{day:02}" for day in range(3, 16)
    ]
    (most,) = (await read(company, 'series(from: "2001-01-01") { points { period } }'))["series"]
    assert (len(most["points"]), most["points"][-1]) == (400, {"period": "2026-06-15"})


async def test_ratios_are_added_up_before_they_are_divided(
    company: Company, pool: asyncpg.Pool
) -> None:
    kpi = await add(company, pool, {"value": "0.2"}, **RATIO)
    await measure(pool, kpi, {"2026-01-01": ("50", "100"), "2026-03-01": ("90", "900")})
    selection = "period value target status measuredPeriods expectedPeriods"
    series = f'series(from: "2026-01-01", interval: QUARTERLY) {{ points {{ {selection} }} }}'
    (found,) = (await read(company, series))["series"]
    assert found["points"][0] == {
        "period": "FY2026-Q1",
        "value": "0.14",
        "target": "0.2",
        "status": "RED",
        "measuredPeriods": 2,
        "expectedPeriods": 3,
    }


@pytest.mark.parametrize(
    ("aggregation", "value", "target"),
    [
        (TimeAggregation.SUM, "60", "60"),
        (TimeAggregation.MEAN, "20", "20"),
        (TimeAggregation.FIRST, "10", "20"),
        (TimeAggregation.LAST, "30", "20"),
        (TimeAggregation.MIN, "10", "20"),
        (TimeAggregation.MAX, "30", "20"),
        (TimeAggregation.COUNT, "3", "20"),
    ],
)
async def test_longer_periods_follow_the_rule_of_the_kpi(
    company: Company, pool: asyncpg.Pool, aggregation: TimeAggregation, value: str, target: str
) -> None:
    kpi = await add(company, pool, {"value": "20"}, time_aggregation=aggregation)
    values = {"2026-01-01": "10", "2026-02-01": "20", "2026-03-01": "30"}
    await measure(pool, kpi, values, items={"2026-01-01": 1, "2026-02-01": 1, "2026-03-01": 8})
    series = 'series(to: "2026-03-31", interval: QUARTERLY) { points { value target } }'
    (found,) = (await read(company, series))["series"]
    assert found["points"][-1] == {"value": value, "target": target}


@pytest.mark.parametrize(
    ("frequency", "interval", "problem"),
    [
        (KpiFrequency.WEEKLY, "MONTHLY", "The values of this KPI are weekly. Such periods"),
        (KpiFrequency.MONTHLY, "DAILY", "The values of this KPI are monthly. Such periods"),
        (KpiFrequency.MONTHLY, "ANNUAL", "The values of this KPI cannot be combined over time,"),
    ],
)
async def test_what_cannot_be_combined_is_refused_with_a_sentence(
    company: Company, pool: asyncpg.Pool, frequency: KpiFrequency, interval: str, problem: str
) -> None:
    await add(company, pool, frequency=frequency)
    (found,) = (
        await read(company, f"series(interval: {interval}) {{ problem points {{ value }} }}")
    )["series"]
    assert (found["problem"][: len(problem)], found["points"]) == (problem, [])


async def test_points_are_compared_with_the_year_before_and_with_the_target(
    company: Company, pool: asyncpg.Pool
) -> None:
    kpi = await add(company, pool, {"value": "8"})
    await measure(pool, kpi, {"2025-05-01": "5", "2026-04-01": "8", "2026-05-01": "6"})
    found = {
        name: (
            await read(
                company,
                f'series(to: "2026-05-31", compareTo: {name})'
                " { points { comparison { value difference kind } } }",
            )
        )["series"][0]["points"][-1]["comparison"]
        for name in ("PREVIOUS_YEAR", "PREVIOUS_PERIOD", "TARGET")
    }
    assert found == {
        "PREVIOUS_YEAR": {"value": "5", "difference": "1", "kind": "BETTER"},
        "PREVIOUS_PERIOD": {"value": "8", "difference": "-2", "kind": "WORSE"},
        "TARGET": {"value": "8", "difference": "-2", "kind": "WORSE"},
    }


async def test_who_does_not_see_a_kpi_gets_no_answer_about_it(
    company: Company, pool: asyncpg.Pool
) -> None:
    kpi = await add(company, pool, {"value": "8"})
    await measure(pool, kpi, {"2026-05-01": "6"})
    assert await read(company, f"{STATUS} series {{ points {{ value }} }}", "nobody") is None
