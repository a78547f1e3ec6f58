"""Alerts about slices of a KPI: one for each slice, seen by those who see it."""

from typing import Any

import asyncpg
import pytest

from tests.api.company import Company
from tests.api.test_kpi_signals import RESISTANCE
from tests.api.test_kpi_slices import region, set_dimension, set_regions
from tests.api.watched_kpi import Watched

ALERTS = """query($id: ID!) { kpi(by: { id: $id }) {
  alerts(orderBy: [{ field: CREATED_AT }]) { nodes {
    id status closeReason member { code } sentence recipient { name } figures { value status } } }
  alertRules { nodes { dimension { key } member { code } outcomes { raised } } } } }"""
CHARTS = """query($id: ID!) { kpi(by: { id: $id }) { dimensions { members { code
  naturalLimits { state points mean upperLimit } limitsByBaseline { points }
  signals(from: "2025-01-01") { period value rule } } } } }"""
TASKS = """{ viewer { tasks(where: { kind: { eq: ALERT } }) { nodes {
  subject { ... on Alert { member { code } } } } } } }"""


@pytest.fixture
def watched(company: Company, writing: asyncpg.Pool) -> Watched:
    return Watched(company, writing)


async def record(watched: Watched, *rows: dict[str, Any]) -> None:
    made = await watched.company.mutate(
        "mara",
        "kpiRecordMeasurements",
        "outcomes",
        rows=[each | {"kpiId": watched.id} for each in rows],
    )
    assert made["errors"] == []


async def list_alerts(watched: Watched, who: str = "mara") -> list[Any]:
    found = await watched.company.query(who, ALERTS, id=watched.id)
    return found["kpi"]["alerts"]["nodes"]


async def list_rules(watched: Watched, who: str) -> list[Any]:
    found = await watched.company.query(who, ALERTS, id=watched.id)
    return [
        (each["dimension"], each["member"], each["outcomes"]["raised"])
        for each in found["kpi"]["alertRules"]["nodes"]
        if each["dimension"]
    ]


def list_slices(alerts: list[Any], status: str = "OPEN") -> set[str]:
    return {each["member"]["code"] for each in alerts if each["status"] == status}


async def see_all_below(watched: Watched, threshold: str = "10", **more: Any) -> None:
    await set_regions(watched.company)
    await watched.add_rule("BELOW", threshold=threshold, dimension="region", **more)


async def test_each_slice_has_an_alert_of_its_own(watched: Watched) -> None:
    await see_all_below(watched)
    await record(
        watched,
        region("south", "3", "2026-04"),
        region("North", "12", "2026-04"),
        region("east", "5", "2026-04"),
        {"period": "2026-04", "value": "1"},
    )
    await watched.evaluate()
    alerts = await list_alerts(watched)
    assert list_slices(alerts) == {"south", "east"}
    (south,) = (each for each in alerts if each["member"]["code"] == "south")
    assert south["sentence"] == (
        "South: 2026-04: 3.00. There is no target. The alert is for values below 10.00."
    )
    assert south["figures"] == {"value": "3", "status": "NO_TARGET"}
    await watched.evaluate()
    assert [each["id"] for each in await list_alerts(watched)] == [each["id"] for each in alerts]


async def test_a_slice_recovers_alone(watched: Watched) -> None:
    await see_all_below(watched)
    await record(watched, region("south", "3", "2026-04"), region("North", "4", "2026-04"))
    await watched.evaluate()
    await record(watched, region("south", "11", "2026-05"))
    await watched.evaluate()
    alerts = await list_alerts(watched)
    assert (list_slices(alerts), list_slices(alerts, "CLOSED")) == ({"North"}, {"south"})
    await record(watched, region("south", "2", "2026-05"))
    await watched.evaluate()
    again = await list_alerts(watched)
    assert list_slices(again) == {"North", "south"}
    assert len(again) == 2  # that of April has become one that lasts until May


async def test_a_rule_may_look_at_one_member(watched: Watched) -> None:
    await see_all_below(watched, member="SOUTH")
    await record(watched, region("south", "3", "2026-04"), region("North", "4", "2026-04"))
    await watched.evaluate()
    assert list_slices(await list_alerts(watched)) == {"south"}
    assert await list_rules(watched, "boss") == [({"key": "region"}, {"code": "south"}, 1)]


async def test_slices_are_compared_with_targets_of_their_own(watched: Watched) -> None:
    await set_regions(watched.company)
    await watched.add_rule("RED", dimension="region")
    await watched.company.mutate(
        "mara",
        "kpiSetTarget",
        "kpi { id }",
        id=watched.id,
        startsOn="2026-01-01",
        value="8",
        tolerancePercent=10,
        dimension="region",
        member="south",
    )
    await record(watched, region("south", "3", "2026-04"), region("North", "0", "2026-04"))
    await watched.evaluate()
    (alert,) = await list_alerts(watched)
    assert alert["figures"] == {"value": "3", "status": "RED"}
    assert alert["sentence"].startswith("South: 2026-04: 3.00, red. The target is at least 8.00;")


async def test_the_alert_of_a_confined_slice_is_seen_by_those_who_see_the_slice(
    watched: Watched,
) -> None:
    """Mara owns the KPI; boss is of operations, far away is sales."""
    await see_all_below(watched)
    await record(
        watched,
        region("south", "3", "2026-04"),
        region("North", "4", "2026-04"),
        region("east", "5", "2026-04"),
    )
    await watched.evaluate()
    assert list_slices(await list_alerts(watched)) == {"south", "North", "east"}
    assert list_slices(await list_alerts(watched, "boss")) == {"south", "North"}
    assert list_slices(await list_alerts(watched, "former")) == {"south", "east"}
    rules = {who: await list_rules(watched, who) for who in ("mara", "boss", "former")}
    assert {who: found[0][2] for who, found in rules.items()} == {"mara": 3, "boss": 2, "former": 2}


async def test_a_rule_about_a_confined_member_is_hidden_with_it(watched: Watched) -> None:
    await see_all_below(watched, member="east")
    assert await list_rules(watched, "mara") == [({"key": "region"}, {"code": "east"}, 0)]
    assert await list_rules(watched, "boss") == []


async def test_nobody_is_asked_about_a_slice_that_they_may_not_see(watched: Watched) -> None:
    boss = watched.company.encode_id("person", "boss")
    await see_all_below(watched, recipientId=boss, escalationLevels=2)
    await record(watched, region("North", "4", "2026-04"), region("east", "5", "2026-04"))
    await watched.evaluate()
    asked = {each["member"]["code"]: each["recipient"] for each in await list_alerts(watched)}
    owner, boss_name = "Mara Okafor", watched.company.people["boss"].name
    assert asked == {"North": {"name": boss_name}, "east": {"name": owner}}
    await watched.evaluate(days=30)
    for who in ("boss", "chief"):
        tasks = (await watched.company.query(who, TASKS))["viewer"]["tasks"]["nodes"]
        assert all(each["subject"] for each in tasks)
        assert "east" not in {
            each["subject"]["member"]["code"] for each in tasks if each["subject"]["member"]
        }


async def test_an_alert_of_a_hidden_slice_answers_like_an_unknown_one(watched: Watched) -> None:
    await see_all_below(watched, member="east")
    await record(watched, region("east", "5", "2026-04"))
    await watched.evaluate()
    (alert,) = await list_alerts(watched)
    unknown = "alert_01890000-0000-7000-8000-000000000000"
    answers = [
        (await watched.answer("boss", {"id": id}, reason="Looking."))["errors"]
        for id in (alert["id"], unknown)
    ]
    assert answers[0] == answers[1]
    assert [each["code"] for each in answers[0]] == ["NOT_FOUND"]
    answered = await watched.answer("mara", alert, reason="Looking.")
    assert answered["errors"] == []


async def test_alerts_of_archived_members_are_closed(watched: Watched) -> None:
    await see_all_below(watched)
    await record(watched, region("south", "3", "2026-04"), region("North", "4", "2026-04"))
    await watched.evaluate()
    await set_dimension(watched.company, {"code": "south"})
    await watched.evaluate()
    alerts = await list_alerts(watched)
    assert (list_slices(alerts), list_slices(alerts, "CLOSED")) == ({"south"}, {"North"})


async def test_a_suppressed_slice_raises_no_alert(watched: Watched) -> None:
    await see_all_below(watched)
    await record(watched, region("south", "3", "2026-04") | {"itemCount": 2})
    await watched.evaluate()
    assert list_slices(await list_alerts(watched)) == {"south"}
    await watched.company.mutate(
        "mara", "kpiEdit", "kpi { id }", id=watched.id, describesPeople=True
    )
    (alert,) = await list_alerts(watched)
    assert alert["figures"] == {"value": None, "status": "SUPPRESSED"}
    await watched.evaluate()
    (alert,) = await list_alerts(watched)
    assert (alert["status"], alert["closeReason"]) == ("CLOSED", "CAUSE_REMOVED")
    assert "3" not in alert["sentence"].replace("2026", "")


async def test_a_rule_names_slices_that_the_kpi_has(watched: Watched) -> None:
    await set_regions(watched.company)
    given = {"kpiId": watched.id, "condition": "RED"}
    faults = {
        "dimension": {"dimension": "regoin"},
        "member": {"dimension": "region", "member": "sout"},
    }
    for field, more in faults.items():
        refused = await watched.company.mutate(
            "mara", "alertRuleCreate", "alertRule { id }", **given, **more
        )
        (error,) = refused["errors"]
        assert (error["code"], error["field"]) == ("REFERENCE_NOT_FOUND", [field])
        assert "Did you mean" in error["message"]
    alone = await watched.company.mutate(
        "mara", "alertRuleCreate", "alertRule { id }", **given, member="south"
    )
    assert [(each["code"], each["field"]) for each in alone["errors"]] == [
        ("REQUIRED", ["dimension"])
    ]


async def test_a_slice_has_limits_signals_and_alerts_of_its_own(watched: Watched) -> None:
    """The resistances of Wheeler and Chambers, and a value outside of their limits."""
    await set_regions(watched.company)
    reset = {"id": watched.id, "startsOn": "2026-01-01", "reason": "By mistake."}
    await watched.company.mutate("mara", "kpiRemoveBaseline", "kpi { id }", **reset)
    await watched.add_rule("SIGNAL", dimension="region")
    months = [f"{each // 12}-{each % 12 + 1:02}" for each in range(2025 * 12 + 1, 2026 * 12 + 5)]
    pairs = [*zip(months, RESISTANCE.split(), strict=True)]
    await record(
        watched,
        *(region("south", value, month) for month, value in pairs),
        *(region("east", str(10 + index % 2), month) for index, month in enumerate(months)),
        *({"period": month, "value": "7"} for month in months),
    )
    members = await list_charts(watched, "mara")
    limits = {"state": "FIRM", "points": 16, "mean": "4135.5", "upperLimit": "5082.282667"}
    assert members["south"]["naturalLimits"] == limits
    assert members["south"]["limitsByBaseline"] == [{"points": 16}]
    assert members["south"]["signals"] == [
        {"period": "2026-05", "value": "5200", "rule": "OUTSIDE_LIMITS"}
    ]
    assert (members["east"]["naturalLimits"]["mean"], members["east"]["signals"]) == ("10.5", [])
    empty = {"state": "TOO_FEW_POINTS", "points": 0, "mean": None, "upperLimit": None}
    assert members["North"] == {
        "naturalLimits": empty,
        "signals": [],
        "limitsByBaseline": [{"points": 0}],
    }
    assert "east" not in await list_charts(watched, "peer")

    await watched.evaluate()
    assert list_slices(await list_alerts(watched)) == {"south"}
    await record(watched, region("south", "4400", "2026-05"))
    await watched.evaluate()
    assert list_slices(await list_alerts(watched), "CLOSED") == {"south"}
    corrected = (await list_charts(watched, "mara"))["south"]["signals"]
    assert [each["period"] for each in corrected] == ["2025-02"]


async def list_charts(watched: Watched, who: str) -> dict[str, Any]:
    found = await watched.company.query(who, CHARTS, id=watched.id)
    (region,) = found["kpi"]["dimensions"]
    return {each.pop("code"): each for each in region["members"]}
