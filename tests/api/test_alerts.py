"""Alerts about KPIs: opened, answered, escalated and closed by what workers find."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from domain.task_handlers import TASK_HANDLERS
from persistence.worker import Worker
from tests.api.company import Company
from tests.api.watched_kpi import Watched

pytestmark = pytest.mark.anyio


@pytest.fixture
def watched(company: Company, writing: asyncpg.Pool) -> Watched:
    return Watched(company, writing)


async def test_a_red_value_is_a_task_of_the_owner_until_it_is_answered(watched: Watched) -> None:
    await watched.add_rule("RED")
    await watched.record(m2026_04="0.96", m2026_05="0.85")
    assert await watched.evaluate() == "2026-06-19"

    (alert,) = await watched.list_alerts()
    assert alert["sentence"] == (
        "2026-05: 0.85, red. The target is at least 0.95; the difference is -0.10."
    )
    assert alert["figures"] == {
        "period": "2026-05",
        "value": "0.85",
        "status": "RED",
        "target": {"value": "0.95"},
    }
    assert (alert["status"], alert["recipient"]) == ("OPEN", {"name": "Mara Okafor"})
    assert await watched.list_tasks("mara") == ["2026-06-18"]

    silent = await watched.answer("mara", alert, reason=" ")
    assert [(each["code"], each["field"]) for each in silent["errors"]] == [
        ("REQUIRED", ["reason"])
    ]
    assert await watched.list_tasks("mara") == ["2026-06-18"]
    answered = await watched.answer("mara", alert, reason="A depot was closed.")
    assert answered["alert"] == {
        "status": "ACKNOWLEDGED",
        "reason": "A depot was closed.",
        "acknowledgedBy": {"name": "Mara Okafor"},
    }
    assert await watched.list_tasks("mara") == []
    again = await watched.answer("mara", alert, reason="Again.")
    assert [each["code"] for each in again["errors"]] == ["STATE_CONFLICT"]


REVISIONS = """query($id: ID!) { kpi(by: { id: $id }) { measurementRevisions { nodes {
  period value alerts { nodes { id } } } } } }"""


async def test_a_replaced_value_names_the_alerts_that_were_about_it(watched: Watched) -> None:
    await watched.add_rule("RED")
    await watched.record(m2026_03="0.85", m2026_04="0.96", m2026_05="0.84")
    await watched.evaluate()
    (alert,) = await watched.list_alerts()
    assert alert["firstPeriod"] == "2026-05"
    await watched.evaluate(days=1)
    await watched.record(m2026_03="0.86", m2026_05="0.97")
    await watched.evaluate(days=1)  # closes it
    await watched.evaluate(days=2)
    await watched.record(m2026_05="0.98")
    found = await watched.company.query("mara", REVISIONS, id=watched.id)
    revisions = found["kpi"]["measurementRevisions"]["nodes"]
    assert {(each["period"], each["value"]): each["alerts"]["nodes"] for each in revisions} == {
        ("2026-05", "0.97"): [{"id": alert["id"]}],  # recorded before a worker closed the alert
        ("2026-05", "0.84"): [{"id": alert["id"]}],
        ("2026-03", "0.85"): [],
    }
    await watched.evaluate(days=3)
    await watched.record(m2026_05="0.99")
    later = await watched.company.query("mara", REVISIONS, id=watched.id)
    assert later["kpi"]["measurementRevisions"]["nodes"][0] == {
        "period": "2026-05",
        "value": "0.98",
        "alerts": {"nodes": []},
    }


async def test_action_items_are_done_because_of_an_alert(watched: Watched) -> None:
    await watched.add_rule("RED")
    await watched.record(m2026_05="0.85")
    await watched.evaluate()
    (alert,) = await watched.list_alerts()
    selection = "actionItem { kpi { id } alert { id actionItems { nodes { title } } } }"
    wanted = {"title": "Ask the depot", "alertId": alert["id"]}
    made = await watched.company.mutate("mara", "actionItemCreate", selection, **wanted)
    assert made["actionItem"] == {
        "kpi": {"id": watched.id},
        "alert": {"id": alert["id"], "actionItems": {"nodes": [{"title": "Ask the depot"}]}},
    }
    other = watched.company.encode_id("kpi", "in_unit")
    refused = await watched.company.mutate(
        "mara", "actionItemCreate", selection, **wanted, kpiId=other
    )
    assert [(each["code"], each["field"]) for each in refused["errors"]] == [("INVALID", ["kpiId"])]


async def test_an_evaluation_that_is_repeated_changes_nothing(watched: Watched) -> None:
    await watched.add_rule("RED")
    await watched.record(m2026_05="0.85")
    await watched.evaluate()
    before = await watched.list_alerts()
    await watched.evaluate()
    assert await watched.list_alerts() == before != []


async def test_an_alert_lasts_until_the_kpi_recovers(watched: Watched) -> None:
    await watched.add_rule("RED", releasePeriods=2)
    await watched.record(m2026_01="0.80", m2026_02="0.96", m2026_03="0.82")
    await watched.evaluate()
    (alert,) = await watched.list_alerts()
    assert (alert["firstPeriod"], alert["period"], alert["badPeriods"]) == ("2026-01", "2026-03", 2)
    assert alert["sentence"].endswith("is -0.13. Bad periods since 2026-01: 2.")

    await watched.record(m2026_04="0.96")
    await watched.evaluate()
    assert [each["status"] for each in await watched.list_alerts()] == ["OPEN"]
    await watched.record(m2026_05="0.96")
    await watched.evaluate()
    (alert,) = await watched.list_alerts()
    assert (alert["status"], alert["closeReason"]) == ("CLOSED", "RECOVERED")
    assert await watched.list_tasks("mara") == []


async def test_past_episodes_raise_no_alert(watched: Watched) -> None:
    await watched.add_rule("RED")
    await watched.record(m2026_03="0.80", m2026_04="0.82", m2026_05="0.96")
    await watched.evaluate()
    assert await watched.list_alerts() == []


async def test_a_corrected_value_removes_the_cause_and_brings_it_back(watched: Watched) -> None:
    await watched.add_rule("RED")
    await watched.record(m2026_05="0.85")
    await watched.evaluate()
    (alert,) = await watched.list_alerts()
    await watched.answer("mara", alert, reason="Looking.")

    await watched.record(m2026_05="0.95")
    await watched.evaluate()
    (closed,) = await watched.list_alerts()
    assert (closed["status"], closed["closeReason"]) == ("CLOSED", "CAUSE_REMOVED")

    await watched.record(m2026_05="0.86")
    await watched.evaluate()
    (reopened,) = await watched.list_alerts()
    assert (reopened["id"], reopened["status"]) == (alert["id"], "OPEN")
    assert await watched.list_tasks("mara") == ["2026-06-18"]


async def test_missing_values_are_no_recovery(watched: Watched) -> None:
    await watched.add_rule("RED")
    await watched.record(m2026_02="0.85")
    await watched.evaluate()
    assert [each["status"] for each in await watched.list_alerts()] == ["OPEN"]


async def test_a_number_of_periods_in_a_row_raises_an_alert(watched: Watched) -> None:
    await watched.add_rule("AMBER_OR_RED", periods=2)
    await watched.record(m2026_03="0.92")
    await watched.evaluate()
    assert await watched.list_alerts() == []
    await watched.record(m2026_05="0.93")
    await watched.evaluate()
    (alert,) = await watched.list_alerts()
    assert (alert["firstPeriod"], alert["period"]) == ("2026-03", "2026-05")


async def test_a_period_that_is_not_over_raises_no_alert(watched: Watched) -> None:
    await watched.add_rule("RED")
    await watched.record(m2026_06="0.50")
    assert await watched.evaluate() == "2026-07-01"
    assert await watched.list_alerts() == []
    await watched.evaluate(days=16)
    assert [each["period"] for each in await watched.list_alerts()] == ["2026-06"]


async def test_a_threshold_is_left_only_from_the_release_value_on(watched: Watched) -> None:
    await watched.add_rule("BELOW", threshold="0.7", releaseThreshold="0.8")
    await watched.record(m2026_02="0.69")
    await watched.evaluate()
    (alert,) = await watched.list_alerts()
    assert "The alert is for values below 0.70." in alert["sentence"]
    await watched.record(m2026_03="0.79")
    await watched.evaluate()
    assert [each["status"] for each in await watched.list_alerts()] == ["OPEN"]
    await watched.record(m2026_04="0.8")
    await watched.evaluate()
    assert [each["closeReason"] for each in await watched.list_alerts()] == ["RECOVERED"]


async def test_a_status_that_became_worse_asks_until_it_is_as_good_again(watched: Watched) -> None:
    await watched.add_rule("WORSE_STATUS")
    await watched.record(m2026_02="0.85", m2026_03="0.92", m2026_04="0.85")
    await watched.evaluate()
    assert [each["period"] for each in await watched.list_alerts()] == ["2026-04"]
    await watched.record(m2026_05="0.92")
    await watched.evaluate()
    assert [each["closeReason"] for each in await watched.list_alerts()] == ["RECOVERED"]


async def test_an_overdue_value_is_an_alert_of_its_own(watched: Watched) -> None:
    await watched.add_rule("OVERDUE")
    await watched.record(m2026_05="0.96")
    assert await watched.evaluate() == "2026-07-08"
    assert await watched.list_alerts() == []

    await watched.evaluate(days=23)
    (alert,) = await watched.list_alerts()
    assert alert["sentence"] == "The value of 2026-06 was expected by 2026-07-07."
    assert (alert["condition"], alert["status"]) == ("OVERDUE", "OPEN")
    await watched.record(m2026_06="0.97")
    await watched.evaluate(days=23)
    assert [each["closeReason"] for each in await watched.list_alerts()] == ["RECOVERED"]


async def test_a_snoozed_alert_asks_again_on_its_day(watched: Watched) -> None:
    await watched.add_rule("RED")
    await watched.record(m2026_05="0.85")
    await watched.evaluate()
    (alert,) = await watched.list_alerts()
    for until in ("2026-06-15", "2026-09-16"):
        refused = await watched.snooze("mara", alert, until)
        assert [each["code"] for each in refused["errors"]] == ["OUT_OF_RANGE"]
    await watched.snooze("mara", alert, "2026-06-25")
    assert await watched.list_tasks("mara") == []
    assert await watched.evaluate() == "2026-06-25"
    await watched.evaluate(days=9)
    assert await watched.list_tasks("mara") == []
    await watched.evaluate(days=10)
    assert await watched.list_tasks("mara") == ["2026-06-30"]


async def test_an_alert_that_nobody_answers_goes_up_the_line(watched: Watched) -> None:
    await watched.add_rule("RED", daysToAnswer=1, escalationLevels=2)
    await watched.record(m2026_05="0.85")
    assert await watched.evaluate() == "2026-06-17"
    await watched.evaluate(days=1)
    assert [each["escalationLevel"] for each in await watched.list_alerts()] == [0]
    await watched.evaluate(days=2)
    (alert,) = await watched.list_alerts()
    assert (alert["escalationLevel"], alert["escalatedTo"]) == (1, {"name": "Boss Okafor"})
    assert await watched.list_tasks("boss") == ["2026-06-18"]
    assert await watched.list_tasks("mara") == ["2026-06-18"]
    await watched.evaluate(days=4)
    (alert,) = await watched.list_alerts()
    assert (alert["escalationLevel"], alert["escalatedTo"]) == (2, {"name": "Chief Okafor"})
    await watched.evaluate(days=40)
    assert [each["escalationLevel"] for each in await watched.list_alerts()] == [2]

    answered = await watched.answer("chief", alert, reason="I talk to the carrier.")
    assert answered["alert"]["status"] == "ACKNOWLEDGED"
    assert [await watched.list_tasks(each) for each in ("mara", "chief")] == [[], []]


async def test_a_manager_stands_in_for_somebody_who_is_absent(watched: Watched) -> None:
    peer = watched.company.encode_id("person", "peer")
    await watched.add_rule("RED", recipientId=peer)
    await watched.record(m2026_05="0.85")
    await watched.evaluate()
    (alert,) = await watched.list_alerts()
    assert alert["recipient"] == {"name": "Boss Okafor"}


async def test_a_kpi_for_named_people_is_not_escalated(
    company: Company, writing: asyncpg.Pool
) -> None:
    watched = Watched(company, writing, "named")
    await watched.add_rule("ABOVE", threshold="4", daysToAnswer=1)
    await watched.record(m2026_05="5")
    await watched.evaluate()
    await watched.evaluate(days=9)
    alert, _ = await watched.list_alerts()
    assert (alert["recipient"], alert["escalatedTo"]) == ({"name": "Mara Okafor"}, None)
    assert await company.query(
        "boss", "query($id: ID!) { node(id: $id) { id } }", id=alert["id"]
    ) == {"node": None}


async def test_alerts_end_with_their_rule_and_with_their_kpi(watched: Watched) -> None:
    rule = await watched.add_rule("RED")
    await watched.record(m2026_05="0.85")
    await watched.evaluate()
    await watched.company.mutate("mara", "alertRuleDelete", "deletedAlertRuleId", id=rule)
    await watched.evaluate()
    assert [each["closeReason"] for each in await watched.list_alerts()] == ["RULE_DELETED"]

    await watched.add_rule("AMBER_OR_RED")
    await watched.evaluate()
    await watched.company.mutate("mara", "kpiArchive", "kpi { id }", id=watched.id)
    await watched.evaluate()
    assert [each["closeReason"] for each in await watched.list_alerts()] == [
        "KPI_ARCHIVED",
        "RULE_DELETED",
    ]
    await watched.company.mutate("mara", "kpiRestore", "kpi { id }", id=watched.id)
    await watched.evaluate()
    assert [each["status"] for each in await watched.list_alerts()] == ["OPEN", "CLOSED"]


async def test_all_faults_of_a_new_rule_are_named_at_once(watched: Watched) -> None:
    details = {"kpiId": watched.id, "condition": "OVERDUE", "threshold": "1", "periods": 3}
    payload = await watched.company.mutate("mara", "alertRuleCreate", "alertRule { id }", **details)
    assert [(each["code"], each["field"]) for each in payload["errors"]] == [
        ("INVALID", ["threshold"]),
        ("OUT_OF_RANGE", ["periods"]),
    ]


async def test_a_kpi_has_at_most_thirty_rules(watched: Watched) -> None:
    for _ in range(30):
        await watched.add_rule("RED")
    payload = await watched.company.mutate(
        "mara", "alertRuleCreate", "alertRule { id }", kpiId=watched.id, condition="RED"
    )
    assert [(each["code"], each["field"]) for each in payload["errors"]] == [
        ("LIMIT_EXCEEDED", ["kpiId"])
    ]


async def test_a_new_kpi_begins_with_the_usual_rules(company: Company) -> None:
    input = {
        "name": "Returns",
        "scope": {"organizationId": company.encode_id("org", "ops")},
        "frequency": "MONTHLY",
        "definition": {"unit": "NUMBER"},
    }
    made = await company.mutate("hr", "kpiCreate", "kpi { id }", **input)
    document = """query($id: ID!) { kpi(by: { id: $id }) {
        alertRules { nodes { condition daysToAnswer escalationLevels recipient { id } } } } }"""
    found = await company.query("hr", document, id=made["kpi"]["id"])
    assert found["kpi"]["alertRules"]["nodes"] == [
        {"condition": each, "daysToAnswer": 3, "escalationLevels": 1, "recipient": None}
        for each in ("RED", "OVERDUE")
    ]


OTHERS_WAIT = """
INSERT INTO directory.queues (tenant_id, next_due_at)
SELECT id, '9999-01-01' FROM directory.tenants
ON CONFLICT (tenant_id) DO UPDATE SET next_due_at = '9999-01-01'
"""
"""A worker would do what is due in the companies of other tests, such as to close their cycles."""


async def test_a_worker_tells_the_owner_in_seconds(
    watched: Watched, writing: Any, owner: asyncpg.Connection
) -> None:
    """The clock of the worker is that of the machine, so the period is chosen by it."""
    company = watched.company
    company.graph.now = datetime.now(UTC)
    await watched.add_rule("BELOW", threshold="0.9")
    day = (company.graph.now.date() - timedelta(days=60)).isoformat()
    row = {"kpiId": watched.id, "day": day, "value": "0.85"}
    await owner.execute(OTHERS_WAIT)
    await company.mutate("mara", "kpiRecordMeasurements", "outcomes", rows=[row])

    # Without what a worker does regularly for all tenants of the other tests.
    worker = Worker(
        writing, {kind: each for kind, each in TASK_HANDLERS.items() if not each.interval_hours}
    )
    running = asyncio.create_task(worker.run())
    async with asyncio.timeout(30):
        while not (tasks := await watched.list_tasks("mara")):  # noqa: ASYNC110 - in a database
            await asyncio.sleep(0.1)
    worker.stopping.set()
    await running

    assert len(tasks) == 1
    history = """query($id: ID!) { node(id: $id) { ... on Alert {
        history { nodes { action actor { name } } } } } }"""
    (alert,) = await watched.list_alerts()
    found = await company.query("mara", history, id=alert["id"])
    assert found["node"]["history"]["nodes"] == [{"action": "OPENED", "actor": None}]
