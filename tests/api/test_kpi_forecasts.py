"""Forecasts of KPIs, checked with published numbers and with an implementation in Python."""

from datetime import date, timedelta
from decimal import Decimal
from math import sin
from random import Random
from typing import Any

import asyncpg
import orjson
import pytest

from persistence.kpis import forecast_rules as rules
from tests.api.company import Company
from tests.api.test_kpi_smoothing import record
from tests.factories.forecast_reference import (
    find_best,
    find_naive_deviation,
    fit_holt_winters,
    fit_naive,
)

FORECAST = """query($id: ID!, $horizon: Int, $level: KpiForecastLevel) { kpi(by: { id: $id }) {
  forecast(horizon: $horizon, level: $level) {
    state method sentence usedPoints startsOn lastDay seasonLength alpha beta gamma mase
    points { period startsOn lastDay value lowerLimit upperLimit } } } }"""

SALES = """362 385 432 341 382 409 498 387 473 513 582 474
 544 582 681 557 628 707 773 592 627 725 854 661"""
"""NIST/SEMATECH e-Handbook, 6.4.3: quarterly sales."""
DEVIATIONS_95, FIRST_YEAR = 1.959963984540054, 2020


def name_quarters(count: int, year: int = FIRST_YEAR) -> list[str]:
    return [f"FY{year + n // 4}-Q{n % 4 + 1}" for n in range(count)]


async def record_quarters(company: Company, values: list[str], year: int = FIRST_YEAR) -> str:
    rows = [
        {"period": period, "value": value}
        for period, value in zip(name_quarters(len(values), year), values, strict=True)
        if value != "-"
    ]
    return await record(company, *rows, frequency="QUARTERLY")


async def read(company: Company, id: str, **arguments: Any) -> Any:
    return (await company.query("hr", FORECAST, id=id, **arguments))["kpi"]["forecast"]


async def fit(
    pool: asyncpg.Pool, values: list[float], m: int, *parameters: float
) -> tuple[dict[str, float], list[float], list[float]]:
    """Run the SQL of a fit with one point as its grid; return its figures, season and errors."""
    parts = {"history": "$1::float8[]", "n": "cardinality($1::float8[])", "m": "$2::int"}
    parts["needed"] = "9"
    grid = (f"unnest(ARRAY[{each}]::float8[])" for each in parameters)
    template = rules.build_fit(*grid)
    async with pool.acquire() as connection:
        found = await connection.fetchval(f"SELECT {template.format(**parts)}", values, m)
        naive = await connection.fetchval(f"SELECT {rules.NAIVE.format(**parts)}", values, m)
    count = len(rules.FIT_PARTS)
    return dict(zip(rules.FIT_PARTS, found, strict=False)), found[count:], naive


async def test_the_published_sales_have_the_published_forecast(pool: asyncpg.Pool) -> None:
    """The parameters 0.5, 0.1 and 0.3 as in the reference; R calls the last one 0.6."""
    values = [float(each) for each in SALES.split()]
    found, season, naive = await fit(pool, values, 4, 0.5, 0.1, 0.3)
    forecast = [found["level"] + h * found["slope"] + season[(h - 1) % 4] for h in range(1, 7)]
    assert forecast == pytest.approx(
        [740.5104, 813.8467, 896.0329, 732.6823, 807.8070, 881.1432], abs=5e-5
    )
    assert (found["squares"] / 20) ** 0.5 == pytest.approx(34.8869, abs=5e-5)
    assert (naive[0] / 20) ** 0.5 == pytest.approx(74.7258, abs=5e-5)


def test_the_reference_has_the_published_intervals() -> None:
    values = [float(each) for each in SALES.split()]
    best = fit_holt_winters(values, 4, 0.5, 0.1, 0.3)
    intervals = {1: (672.13, 808.89), 4: (633.95, 831.42), 5: (687.71, 927.91)}
    for ahead, (low, high) in intervals.items():
        reach = DEVIATIONS_95 * best.find_deviation(ahead)
        assert best.forecast(ahead) - reach == pytest.approx(low, abs=0.006)
        assert best.forecast(ahead) + reach == pytest.approx(high, abs=0.006)
    naive = fit_naive(values, 4)
    for ahead, (low, high) in {1: (480.5, 773.5), 5: (419.9, 834.1)}.items():
        reach = DEVIATIONS_95 * find_naive_deviation(naive, ahead)
        assert naive.forecast(ahead) - reach == pytest.approx(low, abs=0.06)
        assert naive.forecast(ahead) + reach == pytest.approx(high, abs=0.06)


async def test_sales_are_forecast_by_the_best_parameters_of_the_grid(company: Company) -> None:
    """Four procedures of one library say 716, 718, 721 and 756 for the first quarter."""
    id = await record_quarters(company, SALES.split())
    found = await read(company, id)
    best = find_best([float(each) for each in SALES.split()], 4)
    naive = fit_naive([float(each) for each in SALES.split()], 4)
    assert (found["state"], found["method"]) == ("COMPUTED", "HOLT_WINTERS")
    assert (found["usedPoints"], found["seasonLength"]) == (24, 4)
    assert (found["startsOn"], found["lastDay"]) == ("2020-01-01", "2025-12-31")
    assert (found["alpha"], found["beta"], found["gamma"]) == best.parameters
    assert found["mase"] == pytest.approx(best.size / naive.size)
    assert 716 < float(found["points"][0]["value"]) < 756
    assert [each["period"] for each in found["points"]] == name_quarters(6, 2026)
    check_points(found["points"], best, best.find_deviation)
    alpha, beta, gamma = best.parameters
    assert found["sentence"] == (
        "Additive Holt-Winters from 24 values, from FY2020-Q1 to FY2025-Q4, with the parameters"
        f" {alpha} of the level, {beta} of the slope and {gamma} of the season. One period ahead,"
        f" its errors were {round(100 * found['mase'])} % of those of seasonal naive. The interval"
        " holds 95 % of the values if level, slope and season go on as before and errors do not"
        " follow each other."
    )


def check_points(
    points: Any, best: Any, find_deviation: Any, deviations: float = DEVIATIONS_95
) -> None:
    for ahead, each in enumerate(points, 1):
        value, reach = best.forecast(ahead), deviations * find_deviation(ahead)
        found = [float(each[name]) for name in ("value", "lowerLimit", "upperLimit")]
        assert found == pytest.approx([value, value - reach, value + reach], abs=2e-6)


async def test_random_series_are_forecast_as_in_python(company: Company) -> None:
    random, methods = Random(13), set()
    for _ in range(6):
        count = random.choice([24, 31, 40])
        size = random.choice([1, 30])
        values = [
            Decimal(round(100 + n / 2 + 20 * sin(n * 0.5236) + random.gauss(0, size), 2)).quantize(
                Decimal("0.01")
            )
            for n in range(count)
        ]
        last = 2026 * 12 + 4
        rows = [
            {"period": f"{month // 12}-{month % 12 + 1:02}", "value": str(value)}
            for month, value in enumerate(values, last - count + 1)
        ]
        found = await read(company, await record(company, *rows), horizon=15, level="PERCENT_80")
        numbers = [float(each) for each in values]
        best, naive = find_best(numbers, 12), fit_naive(numbers, 12)
        is_best = best.size < naive.size
        methods.add(found["method"])
        assert found["method"] == ("HOLT_WINTERS" if is_best else "SEASONAL_NAIVE")
        assert len(found["points"]) == 15
        if is_best:
            check_points(found["points"], best, best.find_deviation, 1.2815515655446004)
        else:
            deviations = 1.2815515655446004
            check_points(
                found["points"],
                naive,
                lambda h, naive=naive: find_naive_deviation(naive, h),
                deviations,
            )
    assert methods


async def test_seasons_that_repeat_exactly_are_repeated(company: Company) -> None:
    id = await record_quarters(company, ["1", "2", "3", "4"] * 3, 2023)
    found = await read(company, id, horizon=2)
    assert (found["method"], found["mase"], found["alpha"]) == ("SEASONAL_NAIVE", None, None)
    assert [each["value"] for each in found["points"]] == ["1", "2"]
    assert [each["upperLimit"] for each in found["points"]] == ["1", "2"]
    assert found["sentence"].startswith(
        "Seasonal naive from 12 values, from FY2023-Q1 to FY2025-Q4: each value is that of one"
    )


@pytest.mark.parametrize(
    ("values", "used", "state"),
    [
        ("1 2 3 4 1 2 3 4", 8, "TOO_FEW_POINTS"),
        ("1 2 3 4 1 2 3 4 1", 9, "COMPUTED"),
        ("1 2 3 4 1 2 3 4 1 2 - 3 4 5", 3, "TOO_FEW_POINTS"),
        ("-", 0, "TOO_FEW_POINTS"),
    ],
)
async def test_a_forecast_needs_enough_values_without_a_gap(
    company: Company, values: str, used: int, state: str
) -> None:
    found = await read(company, await record_quarters(company, values.split(), 2022))
    assert (found["state"], found["usedPoints"]) == (state, used)
    if state != "COMPUTED":
        assert (found["points"], found["method"], found["mase"]) == ([], None, None)
        assert "A forecast needs 9" in found["sentence"]


async def test_a_period_that_is_not_over_is_left_out(company: Company) -> None:
    values = [*(["1", "2", "3", "5"] * 3), "1", "99"]
    found = await read(company, await record_quarters(company, values, 2023))
    assert (found["usedPoints"], found["lastDay"]) == (13, "2026-03-31")
    assert found["points"][0]["period"] == "FY2026-Q2"


@pytest.mark.parametrize("frequency", ["ANNUAL", "IRREGULAR"])
async def test_kpis_without_seasons_say_so(company: Company, frequency: str) -> None:
    found = await read(company, await record(company, frequency=frequency))
    assert (found["state"], found["seasonLength"], found["points"]) == ("NO_SEASONS", None, [])
    assert found["sentence"] == (
        f"Values that are {frequency.lower()} have no seasons. Use the linear trend of the series"
        " instead."
    )


@pytest.mark.parametrize("horizon", [-1, 0, 25])
async def test_a_horizon_that_is_too_far_is_refused(company: Company, horizon: int) -> None:
    id = await record_quarters(company, SALES.split())
    response = await company.select_graph("hr").execute("hr", FORECAST, id=id, horizon=horizon)
    found = orjson.loads(response.body)
    assert [each["extensions"]["code"] for each in found["errors"]] == ["OUT_OF_RANGE"]


async def test_weeks_are_forecast_by_their_years(company: Company) -> None:
    """Three years of weeks are the most that is used: 156 of the 160."""
    monday = date(2023, 5, 1)
    rows = [
        {"day": str(monday + timedelta(weeks=n)), "value": str(50 + n % 52 + n // 3)}
        for n in range(160)
    ]
    found = await read(company, await record(company, *rows, frequency="WEEKLY"), horizon=1)
    assert (found["state"], found["seasonLength"], found["usedPoints"]) == ("COMPUTED", 52, 156)
    numbers = [float(50 + n % 52 + n // 3) for n in range(4, 160)]
    best = find_best(numbers, 52)
    assert float(found["points"][0]["value"]) == pytest.approx(best.forecast(1), abs=1e-6)
