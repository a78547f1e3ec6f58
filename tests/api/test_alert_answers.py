"""What people make of alerts: they hand them on, and set goals because of them."""

from typing import Any

import asyncpg
import pytest

from tests.api.company import Company
from tests.api.watched_kpi import Watched

pytestmark = pytest.mark.anyio

ASSIGNED = "alert { status isAssigned dueOn recipient { name } }"
PROPOSAL = """query($id: ID!) { node(id: $id) { ... on Alert { goal { title } proposedGoal {
  title dueOn keyResults { title startValue targetValue kpi { id } } } } } }"""
OUTCOMES = """query($id: ID!) { node(id: $id) { ... on AlertRule { outcomes {
  raised acknowledged withAction recovered unanswered } } } }"""


@pytest.fixture
def watched(company: Company, writing: asyncpg.Pool) -> Watched:
    return Watched(company, writing)


async def raise_alert(watched: Watched) -> Any:
    await watched.add_rule("RED", daysToAnswer=2)
    await watched.record(m2026_05="0.85")
    await watched.evaluate()
    (alert,) = await watched.list_alerts()
    return alert


async def assign(watched: Watched, alert: Any, person: str, who: str = "mara") -> Any:
    id = watched.company.encode_id("person", person)
    return await watched.company.mutate(who, "alertAssign", ASSIGNED, id=alert["id"], personId=id)


async def test_an_alert_is_the_task_of_the_person_to_whom_it_is_handed(watched: Watched) -> None:
    """The worker does not give it back to the owner, but asks the next in line."""
    alert = await raise_alert(watched)
    await watched.snooze("mara", alert, "2026-06-20")
    assert (await assign(watched, alert, "lead"))["alert"] == {
        "status": "OPEN",
        "isAssigned": True,
        "dueOn": "2026-06-17",
        "recipient": {"name": "Lead Okafor"},
    }
    await watched.evaluate()
    assert [await watched.list_tasks(each) for each in ("mara", "lead")] == [[], ["2026-06-17"]]
    assert (await assign(watched, alert, "boss", who="lead"))["errors"] == []
    answered = await watched.answer("boss", alert, "I talk to the depot.")
    assert answered["alert"]["status"] == "ACKNOWLEDGED"
    refused = await assign(watched, alert, "lead")
    assert [each["code"] for each in refused["errors"]] == ["STATE_CONFLICT"]


async def test_an_alert_is_handed_only_to_people_who_see_the_kpi(
    company: Company, writing: asyncpg.Pool
) -> None:
    watched = Watched(company, writing, "named")
    alert = {"id": company.encode_id("alert", "of_named")}
    for person in ("boss", "former"):
        refused = await assign(watched, alert, person)
        assert [(each["code"], each["field"]) for each in refused["errors"]] == [
            ("INVALID", ["personId"])
        ]
        assert await watched.list_tasks(person) == [] if person == "boss" else True
    assert (await assign(watched, alert, "hr"))["alert"]["recipient"] == {"name": "Hr Okafor"}


async def test_a_goal_is_proposed_from_the_leading_drivers_that_are_behind(
    watched: Watched,
) -> None:
    company = watched.company
    alert = await raise_alert(watched)
    rows = list[dict[str, str]]()
    for name, target, value, influence in (
        ("in_unit", "9", "3.5", "LEADING"),
        ("of_team", "40", "30", "LAGGING"),
        ("named", "8", "4", "LEADING"),
    ):
        id = company.encode_id("kpi", name)
        rows.append({"kpiId": id, "period": "2026-05", "value": value})
        for verb, details in (
            ("kpiEdit", {"parentId": watched.id, "influence": influence}),
            ("kpiSetTarget", {"startsOn": "2026-01-01", "value": target}),
        ):
            payload = await company.mutate("mara", verb, "kpi { id }", id=id, **details)
            assert payload["errors"] == []
    await company.mutate("mara", "kpiRecordMeasurements", "outcomes", rows=rows)

    found = (await company.query("boss", PROPOSAL, id=alert["id"]))["node"]
    in_unit = {"id": company.encode_id("kpi", "in_unit")}
    assert found == {
        "goal": None,
        "proposedGoal": {
            "title": "Recover On-time delivery",
            "dueOn": "2026-09-14",
            "keyResults": [
                {
                    "title": "Cost per parcel",
                    "startValue": "3.5",
                    "targetValue": "9",
                    "kpi": in_unit,
                }
            ],
        },
    }
    seen = (await company.query("mara", PROPOSAL, id=alert["id"]))["node"]["proposedGoal"]
    assert [each["startValue"] for each in seen["keyResults"]] == ["4", "3.5"]

    proposed = seen["keyResults"][1]
    made = await company.mutate(
        "mara",
        "goalCreate",
        "goal { id keyResults { nodes { currentValue } } }",
        title=seen["title"],
        startsOn="2026-05-01",
        dueOn=seen["dueOn"],
        keyResults=[
            {key: proposed[key] for key in ("title", "startValue", "targetValue")}
            | {"kpiId": proposed["kpi"]["id"], "kpiBasis": "LATEST"}
        ],
    )
    assert made["goal"]["keyResults"] == {"nodes": [{"currentValue": "3.5"}]}
    goal_id = made["goal"]["id"]
    linked = await company.mutate(
        "mara", "alertSetGoal", "alert { goal { title } }", id=alert["id"], goalId=goal_id
    )
    assert linked["alert"] == {"goal": {"title": "Recover On-time delivery"}}


async def test_a_rule_says_what_became_of_its_alerts(watched: Watched) -> None:
    """A colleague who does not see the action item does not count it."""
    company = watched.company
    rule = await watched.add_rule("RED")
    for value in ("0.85", "0.96"):
        await watched.record(m2026_03=value)
        await watched.evaluate()
    await watched.record(m2026_04="0.80")
    await watched.evaluate()
    await watched.record(m2026_05="0.96")
    await watched.evaluate()
    await watched.record(m2026_05="0.85", m2026_04="0.96")
    await watched.evaluate()
    alert, *_ = await watched.list_alerts()
    await watched.answer("mara", alert, "Looking.")
    await company.mutate(
        "mara", "actionItemCreate", "actionItem { id }", title="Ask", alertId=alert["id"]
    )
    counts = {"raised": 3, "acknowledged": 1, "recovered": 1, "unanswered": 2}
    for who, with_action in (("mara", 1), ("analyst", 0)):
        found = await company.query(who, OUTCOMES, id=rule)
        assert found["node"]["outcomes"] == counts | {"withAction": with_action}
