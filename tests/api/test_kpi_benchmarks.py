"""Benchmarks of KPIs: imported in batches, and beside the points of a series."""

from typing import Any

import pytest

from tests.api.company import Company

pytestmark = pytest.mark.anyio

READ = """query($id: ID!, $to: Date, $cohort: String, $interval: KpiFrequency) {
  kpi(by: { id: $id }) {
    benchmarks { nodes { cohort startsOn median sampleSize } }
    history(first: 1) { nodes { action } }
    series(to: $to, cohort: $cohort, interval: $interval, compareTo: BENCHMARK) { points {
      period value comparison { value difference sentence }
      benchmark { sentence position benchmark { cohort startsOn } } } } } }"""
STUDY = {
    "source": "Parcel study",
    "cohort": "Carriers",
    "startsOn": "2025-01-01",
    "lastDay": "2025-12-31",
    "unit": "NUMBER",
    "sampleSize": 41,
    "lowerQuartile": "0.9",
    "median": "0.93",
    "upperQuartile": "0.96",
}


async def send(company: Company, *rows: dict[str, Any], who: str = "mara", **more: Any) -> Any:
    known = {"kpiId": company.encode_id("kpi", "shared")}
    sent = [STUDY | known | each for each in rows]
    return await company.mutate(
        who, "kpiImportBenchmarks", "outcomes kpis { id }", rows=sent, **more
    )


async def read(company: Company, who: str = "mara", **arguments: Any) -> Any:
    id = company.encode_id("kpi", "shared")
    return (await company.query(who, READ, id=id, to="2026-03-31", **arguments))["kpi"]


async def test_the_same_batch_changes_nothing_when_it_is_sent_again(company: Company) -> None:
    rows = ({}, {"cohort": "Grocers"})
    checked = await send(company, *rows, dryRun=True)
    assert checked["outcomes"] == ["CREATED", "CREATED"]
    assert (await read(company))["benchmarks"]["nodes"] == []
    assert (await send(company, *rows))["outcomes"] == ["CREATED", "CREATED"]
    assert (await send(company, *rows))["outcomes"] == ["UNCHANGED", "UNCHANGED"]
    mixed = await send(
        company, {"median": "0.94"}, {"cohort": "Grocers"}, {"startsOn": "2024-01-01"}
    )
    assert mixed["outcomes"] == ["UPDATED", "UNCHANGED", "CREATED"]
    found = await read(company, "analyst")
    assert sorted(
        (each["cohort"], each["startsOn"], each["median"]) for each in found["benchmarks"]["nodes"]
    ) == [
        ("Carriers", "2024-01-01", "0.93"),
        ("Carriers", "2025-01-01", "0.94"),
        ("Grocers", "2025-01-01", "0.93"),
    ]
    assert (await read(company))["history"]["nodes"] == [{"action": "BENCHMARKS_IMPORTED"}]


async def test_a_refused_row_says_why_and_refuses_only_itself(company: Company) -> None:
    payload = await send(
        company,
        {"unit": "SHARE"},
        {"currency": "EUR"},
        {"lastDay": "2024-12-31", "median": "0.89", "cohort": "Grocers"},
        {},
        {"median": "0.95"},
        {"source": " "},
        {"kpiId": company.encode_id("kpi", "of_sales")},
    )
    assert payload["outcomes"] == [*["REJECTED"] * 3, "CREATED", *["REJECTED"] * 3]
    assert [(each["code"], each["field"]) for each in payload["errors"]] == [
        ("INVALID", ["rows", "0", "unit"]),
        ("INVALID", ["rows", "1", "currency"]),
        ("OUT_OF_RANGE", ["rows", "2", "lastDay"]),
        ("OUT_OF_RANGE", ["rows", "2", "median"]),
        ("NOT_UNIQUE", ["rows", "4", "startsOn"]),
        ("REQUIRED", ["rows", "5", "source"]),
        ("REFERENCE_NOT_FOUND", ["rows", "6", "kpiId"]),
    ]
    assert len((await read(company))["benchmarks"]["nodes"]) == 1
    assert (await send(company, {}, who="boss"))["outcomes"] == ["REJECTED"]


async def test_each_point_is_compared_with_the_benchmark_of_its_time(company: Company) -> None:
    """A later study begins in February; a value on a quartile belongs to the better part."""
    await company.mutate(
        "mara",
        "kpiRecordMeasurements",
        "outcomes",
        rows=[
            {"kpiId": company.encode_id("kpi", "shared"), "period": period, "value": value}
            for period, value in (("2025-12", "0.96"), ("2026-01", "0.92"), ("2026-02", "0.92"))
        ],
    )
    later = {"startsOn": "2026-02-01", "lastDay": "2026-06-30", "cohort": "Grocers"}
    quartiles = {"lowerQuartile": "0.8", "median": "0.9", "upperQuartile": "0.95"}
    await send(company, {}, later | quartiles)
    points = {each["period"]: each for each in (await read(company))["series"][0]["points"]}
    assert points["2025-12"]["benchmark"] == {
        "sentence": "Parcel study (Carriers, 41, until 2025-12-31): half of them lie from 0.90 to"
        " 0.96, with the median 0.93. The value is in the best quarter.",
        "position": "BEST_QUARTER",
        "benchmark": {"cohort": "Carriers", "startsOn": "2025-01-01"},
    }
    assert points["2025-12"]["comparison"] == {
        "value": "0.93",
        "difference": "0.03",
        "sentence": "Compared with the median of the benchmark: +0.03 (+3.2 %), better.",
    }
    positions = {
        period: each["benchmark"]["position"]
        for period, each in points.items()
        if each["benchmark"]
    }
    assert {period: each for period, each in positions.items() if each} == {
        "2025-12": "BEST_QUARTER",
        "2026-01": "WORSE_THAN_MEDIAN",
        "2026-02": "BETTER_THAN_MEDIAN",
    }
    carriers = (await read(company, cohort="Carriers"))["series"][0]["points"]
    assert carriers[-2]["benchmark"]["benchmark"]["cohort"] == "Carriers"
    yearly = (await read(company, interval="ANNUAL"))["series"][0]["points"]
    assert [each["benchmark"] for each in yearly] == [None] * len(yearly)
