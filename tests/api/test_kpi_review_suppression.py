"""Reviews of KPIs about people: nobody reads in them what is withheld elsewhere."""

from datetime import timedelta
from typing import Any

from tests.api.company import Company
from tests.api.test_kpi_measurements import RECORD
from tests.api.test_kpi_suppression import define_people

ENTRIES = "entries { status period value comparedValue isRestated }"
HIDDEN = {"status": "SUPPRESSED", "value": None, "comparedValue": None}


async def record(company: Company, kpi: str, period: str, value: str, people: int) -> str:
    """Record a value about some people, and return the outcome."""
    rows = [{"kpiId": kpi, "period": period, "value": value, "itemCount": people}]
    recorded = await company.select_graph("hr").mutate("hr", RECORD, rows=rows)
    outcome: str = recorded["outcomes"][0]
    company.graph.now += timedelta(minutes=1)
    return outcome


async def hold(company: Company, kpi: str) -> Any:
    """Plan and hold a review of one KPI."""
    schedule = await company.mutate(
        "hr",
        "kpiReviewScheduleCreate",
        "kpiReviewSchedule { id }",
        subject={"kpiId": kpi},
        rule="FREQ=MONTHLY",
    )
    held = await company.mutate(
        "hr",
        "kpiReviewHold",
        f"kpiReview {{ id {ENTRIES} }}",
        scheduleId=schedule["kpiReviewSchedule"]["id"],
    )
    assert held["errors"] == []
    company.graph.now += timedelta(minutes=1)
    return held["kpiReview"]


async def read_entry(company: Company, review: str) -> Any:
    query = f'{{ kpiReview(by: {{ id: "{review}" }}) {{ {ENTRIES} }} }}'
    (entry,) = (await company.query("hr", query))["kpiReview"]["entries"]
    return entry


async def set_yearly_target(company: Company, kpi: str) -> None:
    changed = await company.mutate(
        "hr",
        "kpiSetTarget",
        "kpi { id }",
        id=kpi,
        kind="AT_LEAST",
        value="60",
        span="FISCAL_YEAR",
        startsOn="2026-01-01",
    )
    assert changed["errors"] == []


async def test_a_withheld_value_is_not_kept(company: Company) -> None:
    kpi = await define_people(company, "Sick days")
    assert await record(company, kpi, "2026-05", "7", 3) == "CREATED"
    review = await hold(company, kpi)
    assert review["entries"] == [HIDDEN | {"period": "2026-05", "isRestated": False}]
    assert await record(company, kpi, "2026-05", "7", 30) == "UPDATED"
    assert (await read_entry(company, review["id"]))["value"] is None


async def test_a_value_that_is_withheld_later_is_not_shown_any_more(company: Company) -> None:
    kpi = await define_people(company, "Sick days")
    await record(company, kpi, "2026-05", "7", 30)
    review = await hold(company, kpi)
    assert (review["entries"][0]["status"], review["entries"][0]["value"]) == ("NO_TARGET", "7")
    await record(company, kpi, "2026-05", "6", 3)
    entry = await read_entry(company, review["id"])
    assert entry == HIDDEN | {"period": "2026-05", "isRestated": True}


async def test_a_higher_threshold_hides_what_was_looked_at(company: Company) -> None:
    kpi = await define_people(company, "Sick days")
    await record(company, kpi, "2026-05", "7", 6)
    review = await hold(company, kpi)
    await record(company, kpi, "2026-05", "8", 40)
    assert (await read_entry(company, review["id"]))["value"] == "7"
    changed = await company.mutate(
        "ruler", "tenantEdit", "tenant { suppressionThreshold }", suppressionThreshold=10
    )
    assert changed["errors"] == []
    assert (await read_entry(company, review["id"]))["value"] is None


async def test_a_sum_does_not_tell_a_month_that_is_withheld(company: Company) -> None:
    kpi = await define_people(company, "Sick days")
    await set_yearly_target(company, kpi)
    await record(company, kpi, "2026-04", "5", 30)
    await record(company, kpi, "2026-05", "7", 30)
    review = await hold(company, kpi)
    assert review["entries"][0]["comparedValue"] == "12"
    await record(company, kpi, "2026-04", "4", 3)
    assert (await read_entry(company, review["id"])) == HIDDEN | {
        "period": "2026-05",
        "isRestated": False,
    }
    later = (await hold(company, kpi))["entries"][0]
    assert (later["status"], later["value"], later["comparedValue"]) == ("SUPPRESSED", None, None)
