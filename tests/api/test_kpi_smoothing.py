"""Moving averages and linear trends of series, checked with published numbers."""

from fractions import Fraction
from typing import Any

import orjson
import pytest

from tests.api.company import Company

RECORD = """mutation($input: KpiRecordMeasurementsInput!) {
  kpiRecordMeasurements(input: $input) { errors { message } } }"""
SERIES = """query($id: ID!, $from: Date, $to: Date, $interval: KpiFrequency, $count: Int) {
  kpi(by: { id: $id }) {
    series(from: $from, to: $to, interval: $interval, movingAverage: $count) {
      linearTrend { state points startsOn lastDay slope intercept rSquared sentence }
      points { period value movingAverage } } } }"""

ANSCOMBE = {
    1: "4.26 5.68 7.24 4.82 6.95 8.81 8.04 8.33 10.84 7.58 9.96",
    2: "3.10 4.74 6.13 7.26 8.14 8.77 9.14 9.26 9.13 8.74 8.10",
    3: "5.39 5.73 6.08 6.42 6.77 7.11 7.46 7.81 8.15 12.74 8.84",
}
"""Anscombe, "Graphs in Statistical Analysis" (1973): y for x from 4 to 14. All three have the line
y = 3.00 + 0.500 x and an r squared of 0.67; with more digits, those below."""
LINES = {
    1: ("0.500090909091", "5.000454545455", 0.666542459509),
    2: ("0.5", "5.000909090909", 0.666242033727),
    3: ("0.499727272727", "5.001363636364", 0.666324041067),
}
RATIO = {
    "form": "RATIO",
    "unit": "SHARE",
    "timeAggregation": "SUM",
    "denominatorTimeAggregation": "SUM",
}


async def record(
    company: Company, *rows: dict[str, Any], frequency: str = "MONTHLY", **definition: Any
) -> str:
    """Record rows of a new KPI, and return its id."""
    input: dict[str, Any] = {
        "name": "Values",
        "frequency": frequency,
        "scope": {"organizationId": company.encode_id("org", "ops")},
        "definition": definition,
    }
    made = await company.mutate("hr", "kpiCreate", "kpi { id }", **input)
    id: str = made["kpi"]["id"]
    recorded = [{"kpiId": id, **row} for row in rows]
    payload = await company.select_graph("hr").mutate("hr", RECORD, rows=recorded)
    assert payload["errors"] == []
    return id


def number(values: str, year: int = 2025) -> list[dict[str, Any]]:
    """Return the rows of values by month; a dash is a hole."""
    return [
        {"period": f"{year + month // 12}-{month % 12 + 1:02}", "value": each}
        for month, each in enumerate(values.split())
        if each != "-"
    ]


async def read(company: Company, id: str, **arguments: Any) -> Any:
    kpi = (await company.query("hr", SERIES, id=id, **arguments))["kpi"]
    (series,) = kpi["series"]
    return series


async def read_averages(company: Company, id: str, count: int, **arguments: Any) -> list[Any]:
    series = await read(company, id, count=count, **arguments)
    return [each["movingAverage"] for each in series["points"]]


@pytest.mark.parametrize("number_of_set", ANSCOMBE)
async def test_the_lines_of_anscombe_are_those_that_he_published(
    company: Company, number_of_set: int
) -> None:
    id = await record(company, *number(ANSCOMBE[number_of_set]), decimals=1)
    trend = (await read(company, id, **{"from": "2025-01-01"}))["linearTrend"]
    slope, intercept, r_squared = LINES[number_of_set]
    assert (trend["state"], trend["points"]) == ("COMPUTED", 11)
    assert (trend["startsOn"], trend["lastDay"]) == ("2025-01-01", "2025-11-30")
    assert (trend["slope"], trend["intercept"]) == (slope, intercept)
    assert trend["rSquared"] == pytest.approx(r_squared, abs=1e-12)
    assert round(Fraction(intercept) - 4 * Fraction(slope), 2) == 3
    assert (round(float(slope), 2), round(trend["rSquared"], 2)) == (0.5, 0.67)
    assert trend["sentence"] == (
        "Least squares through 11 of 18 periods, from 2025-01 to 2025-11: +0.500 a period; the line"
        " explains 67 % of the variation. It assumes that the values follow a straight line,"
        " without seasons."
    )


async def test_a_hole_keeps_its_place_on_the_line(company: Company) -> None:
    id = await record(company, *number("1 2 - 4 5 - - 8 9"))
    trend = (await read(company, id, **{"from": "2025-01-01"}))["linearTrend"]
    assert (trend["points"], trend["slope"], trend["intercept"]) == (6, "1", "1")
    assert trend["rSquared"] == 1


async def test_few_values_have_no_line_and_an_open_period_does_not_count(company: Company) -> None:
    id = await record(company, *number("1 2 3 4 5 6", 2026))
    trend = (await read(company, id))["linearTrend"]
    none = dict.fromkeys(("slope", "intercept", "rSquared"))
    assert trend == none | {
        "state": "TOO_FEW_POINTS",
        "points": 5,
        "startsOn": "2026-01-01",
        "lastDay": "2026-05-31",
        "sentence": "There are 5 values in periods that are over. A linear trend needs 6.",
    }
    trend = (await read(company, await record(company)))["linearTrend"]
    assert (trend["state"], trend["points"], trend["startsOn"]) == ("TOO_FEW_POINTS", 0, None)


async def test_equal_values_have_a_flat_line_without_r_squared(company: Company) -> None:
    id = await record(company, *number("7 7 7 7 7 7"))
    trend = (await read(company, id, **{"from": "2025-01-01"}))["linearTrend"]
    assert (trend["slope"], trend["intercept"], trend["rSquared"]) == ("0", "7", None)


async def test_a_moving_average_reads_before_the_first_point_and_stops_at_holes(
    company: Company,
) -> None:
    id = await record(company, *number("10 20 60 - 10 20 30 50"))
    found = await read_averages(company, id, 3, **{"from": "2025-03-01", "to": "2025-08-31"})
    assert found == ["30", None, None, None, "20", "33.333333333333"]


@pytest.mark.parametrize("count", [-1, 0, 1, 54, 2**31 - 1])
async def test_a_moving_average_of_no_sensible_number_is_refused(
    company: Company, count: int
) -> None:
    id = await record(company, *number("10 20 60"))
    response = await company.select_graph("hr").execute("hr", SERIES, id=id, count=count)
    found = orjson.loads(response.body)
    assert [each["extensions"]["code"] for each in found["errors"]] == ["OUT_OF_RANGE"]
    assert found["errors"][0]["message"] == (
        "A moving average has 2 to 53 periods. Ask for as many."
    )


async def test_an_open_period_has_no_moving_average(company: Company) -> None:
    id = await record(company, *number("10 20 60 30 10 20", 2026))
    assert await read_averages(company, id, 2, **{"from": "2026-05-01"}) == ["20", None]


async def test_a_moving_average_never_averages_ratios(company: Company) -> None:
    """Of 50 of 100 and 90 of 900 the mean of ratios is 0.3, and the right answer is 0.14."""
    rows = [
        {"period": "2025-01", "numerator": "50", "denominator": "100"},
        {"period": "2025-02", "numerator": "90", "denominator": "900"},
    ]
    id = await record(company, *rows, **RATIO)
    days = {"from": "2025-02-01", "to": "2025-02-01"}
    assert await read_averages(company, id, 2, **days) == ["0.14"]


async def test_longer_intervals_are_combined_before_they_are_averaged(company: Company) -> None:
    id = await record(company, *number("1 2 3 4 5 6"), timeAggregation="SUM")
    days = {"from": "2025-01-01", "to": "2025-06-30"}
    quarters = await read_averages(company, id, 2, interval="QUARTERLY", **days)
    assert quarters == [None, "10.5"]
    rows = [
        {"period": f"2025-0{month}", "numerator": "1", "denominator": str(month)}
        for month in range(1, 7)
    ]
    ratio = await record(company, *rows, **RATIO)
    found = await read_averages(company, ratio, 2, interval="QUARTERLY", **days)
    assert found == [None, "0.285714285714"]
