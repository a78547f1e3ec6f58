"""Alerts about signals: a worker finds what `Kpi.signals` shows."""

from random import Random
from typing import Any

import asyncpg
import pytest

from tests.api.company import Company
from tests.api.watched_kpi import Watched
from tests.factories.alerts import evaluate_annotations

pytestmark = pytest.mark.anyio

SIGNALS = """query($id: ID!, $byYear: Boolean) { kpi(by: { id: $id }) {
  signals(byPreviousYear: $byYear) { period rule } naturalLimits { state }
  alerts(where: { status: { in: [OPEN] } }) { nodes {
    period signalRule isSignalProvisional rule { byPreviousYear } } } } }"""


@pytest.fixture
async def watched(company: Company, writing: asyncpg.Pool) -> Watched:
    """Return a KPI that has one baseline."""
    watched = Watched(company, writing)
    reset = {"id": watched.id, "startsOn": "2026-01-01", "reason": "The depot is older."}
    payload = await company.mutate("mara", "kpiRemoveBaseline", "kpi { id }", **reset)
    assert payload["errors"] == []
    return watched


def name_month(n: int) -> str:
    return f"{2023 + n // 12}-{n % 12 + 1:02}"


async def read(watched: Watched, *, by_year: bool) -> tuple[dict[str, str], Any]:
    found = (await watched.company.query("mara", SIGNALS, id=watched.id, byYear=by_year))["kpi"]
    (alert,) = [
        each for each in found["alerts"]["nodes"] if each["rule"]["byPreviousYear"] == by_year
    ] or [None]
    return {each["period"]: each["rule"] for each in found["signals"]}, alert


async def test_a_worker_and_readers_see_the_same_signals(watched: Watched) -> None:
    """May 2026 is the newest month that is over. A value may be missing, or be left out."""
    for by_year in (False, True):
        await watched.add_rule("SIGNAL", byPreviousYear=by_year)
    random, opened = Random(3), 0
    outage = {"startsOn": "2024-03-30", "lastDay": "2024-04-02", "isExcludedFromBaselines": True}
    for step in range(6):
        shift = 20 * (step % 2)
        values = {name_month(n): str(random.randint(0, 6)) for n in range(41 - step)}
        values["2026-05"] = str(3 + shift)
        values["2024-04"] = "40"
        await watched.record(**values)
        if step == 2:
            scope = {"organizationId": watched.company.encode_id("org", "hq")}
            made = await watched.company.mutate(
                "hr", "annotationCreate", "annotation { id }", title="Outage", scope=scope, **outage
            )
            assert made["errors"] == []
        if step == 4:
            await watched.company.mutate(
                "mara", "kpiResetBaseline", "kpi { id }", id=watched.id, startsOn="2025-06-01",
                reason="A new depot.",
            )  # fmt: skip
        await watched.evaluate()
        for by_year in (False, True):
            signals, alert = await read(watched, by_year=by_year)
            rule = signals.get("2026-05")
            assert (alert and (alert["period"], alert["signalRule"])) == (
                rule and ("2026-05", rule)
            )
            opened += alert is not None
    assert 0 < opened < 12


async def test_an_alert_names_the_rule_and_ends_when_days_are_left_out(watched: Watched) -> None:
    await watched.add_rule("SIGNAL")
    months = {name_month(n): str(10 + n % 2) for n in range(32, 40)}
    await watched.record(**months, **{"2026-05": "30"})
    await watched.evaluate()
    _, alert = await read(watched, by_year=False)
    assert alert | {"rule": None} == {
        "period": "2026-05",
        "signalRule": "OUTSIDE_LIMITS",
        "isSignalProvisional": True,
        "rule": None,
    }
    (listed,) = await watched.list_alerts()
    says = "The value is outside the natural limits. The limits are provisional."
    assert says in listed["sentence"]
    strike = {"startsOn": "2026-05-04", "isExcludedFromBaselines": True, "title": "Strike"}
    await watched.company.mutate("hr", "annotationCreate", "annotation { id }", **strike)
    waiting = await evaluate_annotations(watched.writing, watched.company.tenant_id)
    assert waiting == [str(watched.company.kpis[watched.name].id)]
    await watched.evaluate()
    (listed,) = await watched.list_alerts()
    assert (listed["status"], listed["closeReason"]) == ("CLOSED", "CAUSE_REMOVED")
