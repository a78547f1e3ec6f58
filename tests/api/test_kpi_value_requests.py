"""Values that are due: who is asked for them, and by which day."""

from typing import Any

import asyncpg
import pytest

from tests.api.company import Company
from tests.api.test_kpi_recorders import set_recorders
from tests.api.watched_kpi import Watched

TASKS = """{ viewer { tasks(where: { kind: { eq: KPI_VALUE } }) { nodes {
  dueOn subject { ... on Kpi { name } } } } } }"""
DUE = """query($id: ID!) { kpi(by: { id: $id }) {
  status { nextPeriod nextDueOn daysOverdue } quality { code passes } } }"""


@pytest.fixture
def watched(company: Company, writing: asyncpg.Pool) -> Watched:
    return Watched(company, writing)


async def list_wanted(watched: Watched, who: str) -> list[Any]:
    found = await watched.company.query(who, TASKS)
    return [(each["dueOn"], each["subject"]) for each in found["viewer"]["tasks"]["nodes"]]


async def read_due(watched: Watched) -> tuple[Any, ...]:
    kpi = (await watched.company.query("mara", DUE, id=watched.id))["kpi"]
    passes = {each["code"]: each["passes"] for each in kpi["quality"]}
    return (*kpi["status"].values(), passes["MEASURED_ON_TIME"])


async def edit(watched: Watched, **details: Any) -> None:
    payload = await watched.company.mutate(
        "mara", "kpiEdit", "kpi { id }", id=watched.id, **details
    )
    assert payload["errors"] == []


async def test_recorders_are_asked_for_a_value_from_the_end_of_its_period_on(
    watched: Watched,
) -> None:
    await set_recorders(watched.company, "peer", "boss", kpi="shared")
    await watched.record(m2026_04="0.96")
    assert await watched.evaluate() is None
    name = watched.company.kpis["shared"].name
    for each in ("peer", "boss"):
        assert await list_wanted(watched, each) == [("2026-06-07", {"name": name})]
    assert await list_wanted(watched, "mara") == []  # the owner has the alert

    await watched.record(m2026_05="0.96")
    assert await watched.evaluate() == "2026-07-01"
    assert await list_wanted(watched, "peer") == []
    assert await watched.evaluate(days=16) is None
    assert await list_wanted(watched, "peer") == [("2026-07-07", {"name": name})]


async def test_who_enters_no_values_any_more_is_not_asked(watched: Watched) -> None:
    await set_recorders(watched.company, "peer", kpi="shared")
    await watched.record(m2026_04="0.96")
    await watched.evaluate()
    await set_recorders(watched.company, "boss", kpi="shared")
    await watched.evaluate()
    assert await list_wanted(watched, "peer") == []
    assert len(await list_wanted(watched, "boss")) == 1
    await watched.company.mutate("mara", "kpiArchive", "kpi { id }", id=watched.id)
    await watched.evaluate()
    assert await list_wanted(watched, "boss") == []


async def test_a_value_may_be_due_in_working_days(watched: Watched) -> None:
    """May ends on a Sunday; the tenth working day after it is Monday, 15 June, without holidays."""
    await edit(watched, dueAfterDays=10, dueInWorkingDays=True)
    await watched.record(m2026_04="0.96")
    assert await read_due(watched) == ("2026-05", None, 0, True)
    await watched.evaluate()
    assert await read_due(watched) == ("2026-05", "2026-06-12", 3, False)
    await add_holiday(watched.company, "2026-06-11")
    await watched.evaluate()
    assert await read_due(watched) == ("2026-05", "2026-06-15", 0, True)


async def add_holiday(company: Company, day: str) -> None:
    home = company.encode_id("calendar", "home")
    input = {"id": home, "day": day, "isWorking": False, "occasion": "Move"}
    made = await company.mutate("ruler", "workCalendarSetDay", "workCalendar { id }", **input)
    assert made["errors"] == []


async def test_an_alert_about_an_overdue_value_counts_working_days_too(watched: Watched) -> None:
    await edit(watched, dueAfterDays=9, dueInWorkingDays=True)
    await watched.add_rule("OVERDUE")
    await watched.record(m2026_04="0.96")
    await watched.evaluate()
    (alert,) = await watched.list_alerts()
    assert alert["sentence"] == (
        "The value of 2026-05 was expected 9 working days after 2026-05-31."
    )
    await edit(watched, dueAfterDays=11)
    await watched.evaluate()
    (alert,) = await watched.list_alerts()
    assert alert["status"] == "CLOSED"


async def test_an_evaluation_that_is_repeated_asks_nobody_again(
    watched: Watched, writing: asyncpg.Pool
) -> None:
    await set_recorders(watched.company, "peer", kpi="shared")
    await watched.record(m2026_04="0.96")
    await watched.evaluate()
    before = await list_ids(watched)
    await watched.evaluate()
    assert await list_ids(watched) == before != []


async def list_ids(watched: Watched) -> list[Any]:
    found = await watched.company.query("peer", "{ viewer { tasks { nodes { id dueOn } } } }")
    return found["viewer"]["tasks"]["nodes"]
