"""KPI reviews: when they are due, what they keep, and who sees it."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import asyncpg
import pytest

from api.kernel.schema.global_ids import encode_id
from domain.kpis import KpiFrequency, KpiTargetKind, KpiTargetSpan, TimeAggregation
from persistence.unit_of_work import work as unit
from tests.api.company import Company
from tests.conftest import SAVE
from tests.factories.actors import NOW, an_admin
from tests.factories.kpi_measurements import measure
from tests.factories.kpis import BEGUN_ON, a_kpi

RANGE = KpiTargetKind.BETWEEN
YEAR, WEEKLY = KpiTargetSpan.FISCAL_YEAR, {"frequency": KpiFrequency.WEEKLY}

SCHEDULE = "kpiReviewSchedule { id version status recursOn dueOn lastHeldOn }"
ENTRIES = """entries { kpi { name } status period isProvisional value comparedValue targetValue
  targetUpperValue isRestated }"""
REVIEW = f"kpiReview {{ id heldOn dueOn note decisions {{ text }} {ENTRIES} }}"
TASKS = """{ viewer { tasks(where: { kind: { eq: KPI_REVIEW } }) { nodes { kind dueOn subject {
  ... on KpiReviewSchedule { rule subject { ... on Scorecard { name } ... on Kpi { name } } }
} } } } }"""

KEPT = """query($id: ID!) { kpi(by: { id: $id }) { measurementRevisions { nodes { value
  reviews { nodes { id } } } } } }"""


async def plan(company: Company, who: str = "mara", **more: Any) -> Any:
    subject = {"scorecardId": company.encode_id("scorecard", "shared")}
    input = {"subject": subject, "rule": "FREQ=MONTHLY;BYMONTHDAY=20"}
    return await company.mutate(who, "kpiReviewScheduleCreate", SCHEDULE, **input | more)


async def plan_id(company: Company, **more: Any) -> str:
    payload = await plan(company, **more)
    assert payload["errors"] == []
    id: str = payload["kpiReviewSchedule"]["id"]
    return id


async def hold(company: Company, schedule_id: str, who: str = "mara", **more: Any) -> Any:
    return await company.mutate(who, "kpiReviewHold", REVIEW, scheduleId=schedule_id, **more)


def ask_names(id: str) -> str:
    return f'{{ kpiReview(by: {{ id: "{id}" }}) {{ entries {{ kpi {{ name }} }} }} }}'


async def test_a_review_on_a_free_day_is_due_on_the_next_working_day(company: Company) -> None:
    """20 June 2026 is a Saturday."""
    payload = await plan(company)
    assert payload["errors"] == []
    made = payload["kpiReviewSchedule"]
    assert made | {"id": ""} == {
        "id": "",
        "version": 1,
        "status": "ACTIVE",
        "recursOn": "2026-06-20",
        "dueOn": "2026-06-22",
        "lastHeldOn": None,
    }
    assert (await company.query("mara", TASKS))["viewer"]["tasks"]["nodes"] == [
        {
            "kind": "KPI_REVIEW",
            "dueOn": "2026-06-22",
            "subject": {"rule": "FREQ=MONTHLY;BYMONTHDAY=20", "subject": {"name": "Network"}},
        }
    ]


async def test_an_overdue_review_stays_a_task_until_it_is_held(company: Company) -> None:
    id = await plan_id(company)
    company.graph.now += timedelta(days=70)  # 24 August: two further days have passed
    assert (await company.query("mara", TASKS))["viewer"]["tasks"]["nodes"][0]["dueOn"] == (
        "2026-06-22"
    )
    held = await hold(company, id)
    assert held["errors"] == []
    assert (held["kpiReview"]["heldOn"], held["kpiReview"]["dueOn"]) == ("2026-08-24", "2026-06-22")
    found = await company.query(
        "mara", f'{{ kpiReviewSchedule(by: {{ id: "{id}" }}) {{ recursOn dueOn lastHeldOn }} }}'
    )
    assert found["kpiReviewSchedule"] == {
        "recursOn": "2026-09-20",
        "dueOn": "2026-09-21",
        "lastHeldOn": "2026-08-24",
    }


async def test_a_review_keeps_what_was_looked_at(company: Company, pool: asyncpg.Pool) -> None:
    await measure(pool, company.kpis["shared"], {"2026-05-01": "0.93", "2026-04-01": "0.99"})
    id = await plan_id(company)
    held = await hold(company, id, note="All there.", decisions=["Ask the depots.", "Hire two."])
    assert held["errors"] == []
    review = held["kpiReview"]
    assert [each["text"] for each in review["decisions"]] == ["Ask the depots.", "Hire two."]
    assert review["entries"][0] == {
        "kpi": {"name": "On-time delivery"},
        "status": "AMBER",
        "period": "2026-05",
        "isProvisional": False,
        "value": "0.93",
        "comparedValue": "0.93",
        "targetValue": "0.95",
        "targetUpperValue": None,
        "isRestated": False,
    }
    assert [each["status"] for each in review["entries"]] == [
        "AMBER",
        "NOT_MEASURED",
        "NOT_MEASURED",
    ]
    recorded = await company.select_graph("mara").mutate(
        "mara",
        "mutation($input: KpiRecordMeasurementsInput!)"
        " { kpiRecordMeasurements(input: $input) { outcomes } }",
        rows=[{"kpiId": company.encode_id("kpi", "shared"), "period": "2026-05", "value": "0.97"}],
    )
    assert recorded["outcomes"] == ["UPDATED"]
    found = await company.query(
        "mara", f'{{ kpiReview(by: {{ id: "{review["id"]}" }}) {{ {ENTRIES} }} }}'
    )
    entry = found["kpiReview"]["entries"][0]
    assert (entry["value"], entry["status"], entry["isRestated"]) == ("0.93", "AMBER", True)
    kept = await company.query("mara", KEPT, id=company.encode_id("kpi", "shared"))
    (replaced,) = kept["kpi"]["measurementRevisions"]["nodes"]
    assert replaced == {"value": "0.93", "reviews": {"nodes": [{"id": review["id"]}]}}


FLOW = {"time_aggregation": TimeAggregation.SUM}
CASES: dict[str, tuple[dict[str, Any], dict[str, Any] | None, dict[str, Any]]] = {
    "A year so far": ({}, {"value": 1200, "span": YEAR}, {"2026-01-01": 50, "2026-05-01": 600}),
    "An open month": ({}, {"value": 100}, {"2026-06-01": 49}),
    "A year of weeks": (WEEKLY, {"value": 520, "span": YEAR}, {"2026-01-01": 9, "2026-06-10": 7}),
    "A range": (
        {},
        {"value": 10, "upper_value": 20, "kind": RANGE},
        {"2026-04-01": 21},
    ),
    "An earlier target": ({}, {"value": 10, "ends_on": date(2026, 3, 1)}, {"2026-04-01": 5}),
    "Zero of a year": ({}, {"value": 1200, "span": YEAR}, {"2026-02-01": 30, "2026-05-01": 0}),
    "Not applicable": ({}, {"value": 10}, {"2026-05-01": None}),
    "Not measured": ({}, {"value": 10}, {}),
    "No target": ({}, None, {"2026-05-01": 5}),
    "A later month": ({}, {"value": 10}, {"2026-05-01": 5, "2026-08-01": 50}),
}
"""The frequency of a KPI, its target of 2026, and its values."""


async def test_an_entry_has_the_figures_of_the_status(company: Company, pool: asyncpg.Pool) -> None:
    ops, mara = company.units["ops"], company.people["mara"]
    kpis = [a_kpi(ops, mara, name, **case[0] | FLOW) for name, case in CASES.items()]
    async with unit.work(pool, an_admin(company.tenant_id), now=NOW) as begun:
        for kpi, (_, target, _) in zip(kpis, CASES.values(), strict=True):
            if target is not None:
                details = {k: Decimal(v) if isinstance(v, int) else v for k, v in target.items()}
                ends_on = details.pop("ends_on", None)
                kpi.set_target(details, BEGUN_ON, 10, at=NOW).ends_on = ends_on
            kpi.events.clear()
            await begun.add(kpi, to=SAVE)
    for kpi, (_, _, values) in zip(kpis, CASES.values(), strict=True):
        await measure(pool, kpi, values)
    made = await company.mutate(
        "hr",
        "scorecardCreate",
        "scorecard { id }",
        name="Cases",
        scope={"organizationId": company.encode_id("org", "ops")},
        entries=[{"kpiId": encode_id("kpi", each.id)} for each in kpis],
    )
    subject = {"scorecardId": made["scorecard"]["id"]}
    schedule = (await plan(company, "hr", subject=subject))["kpiReviewSchedule"]["id"]
    fields = "status period isProvisional value comparedValue"
    held = await company.mutate(
        "hr",
        "kpiReviewHold",
        f"kpiReview {{ entries {{ {fields} kpi {{ name status {{ {fields} }} }} }} }}",
        scheduleId=schedule,
    )
    assert held["errors"] == []
    found = held["kpiReview"]["entries"]
    assert [each["kpi"]["name"] for each in found] == [*CASES]
    for entry in found:
        kpi = entry.pop("kpi")
        assert entry == kpi["status"], kpi["name"]


async def test_readers_see_the_entries_of_the_kpis_that_they_see(company: Company) -> None:
    id = await plan_id(company)
    held = await hold(company, id)
    assert len(held["kpiReview"]["entries"]) == 3
    query = ask_names(held["kpiReview"]["id"])
    seen = {
        who: [
            each["kpi"]["name"]
            for each in (await company.query(who, query))["kpiReview"]["entries"]
        ]
        for who in ("peer", "boss", "analyst")
    }
    assert seen == {
        "peer": ["On-time delivery", "Cost per parcel", "Absence"],
        "boss": ["On-time delivery", "Cost per parcel"],
        "analyst": ["On-time delivery", "Cost per parcel"],
    }
    assert (await company.query("nobody", query)) == {"kpiReview": None}
    history = "{ auditLog(first: 20) { nodes { entity changes { field after } } } }"
    assert "0.9" not in str(await company.query("ruler", history))


async def test_what_the_holder_may_not_see_is_not_kept(company: Company) -> None:
    id = await plan_id(company, ownerId=company.encode_id("person", "boss"))
    held = await hold(company, id, "boss")
    assert [each["kpi"]["name"] for each in held["kpiReview"]["entries"]] == [
        "On-time delivery",
        "Cost per parcel",
    ]
    query = ask_names(held["kpiReview"]["id"])
    assert len((await company.query("mara", query))["kpiReview"]["entries"]) == 2


@pytest.mark.parametrize(
    "rule",
    [
        *("FREQ=SECONDLY", "FREQ=MONTHLY;BYHOUR=3", "FREQ=MONTHLY;BYMONTHDAY=31;BYSETPOS=2"),
        *("monthly", "FREQ=DAILY;BYDAY=MO", "FREQ=MONTHLY;COUNT=3;UNTIL=20270101"),
        *("FREQ=MONTHLY;FREQ=DAILY", "FREQ=MONTHLY;UNTIL=20261399", "FREQ=WEEKLY;BYDAY=1MO"),
    ],
)
async def test_rules_that_cannot_be_used_are_refused(company: Company, rule: str) -> None:
    refused = await plan(company, rule=rule)
    assert [(each["code"], each["field"]) for each in refused["errors"]] == [("INVALID", ["rule"])]
    found = await company.query("mara", "{ kpiReviewSchedules { totalCount } }")
    assert found["kpiReviewSchedules"]["totalCount"] == 3


async def test_all_faults_of_a_schedule_are_told(company: Company) -> None:
    refused = await plan(
        company,
        rule="FREQ=HOURLY",
        startsOn="2026-06-01",
        ownerId="person_00000000-0000-7000-8000-000000000000",
        participantIds=["person_00000000-0000-7000-8000-000000000000"],
    )
    assert sorted((each["code"], each["field"]) for each in refused["errors"]) == [
        ("INVALID", ["rule"]),
        ("OUT_OF_RANGE", ["startsOn"]),
        ("REFERENCE_NOT_FOUND", ["ownerId"]),
        ("REFERENCE_NOT_FOUND", ["participantIds", "0"]),
    ]


async def test_an_ended_schedule_asks_for_nothing(company: Company) -> None:
    id = await plan_id(company)
    ended = await company.mutate("mara", "kpiReviewScheduleEnd", SCHEDULE, id=id)
    assert ended["kpiReviewSchedule"]["status"] == "ENDED"
    assert (await company.query("mara", TASKS))["viewer"]["tasks"]["nodes"] == []
    assert (await hold(company, id))["errors"][0]["code"] == "STATE_CONFLICT"


async def test_a_new_rule_plans_the_next_day(company: Company) -> None:
    id = await plan_id(company)
    edited = await company.mutate(
        "mara", "kpiReviewScheduleEdit", SCHEDULE, id=id, rule="FREQ=WEEKLY;BYDAY=WE"
    )
    assert edited["errors"] == []
    assert edited["kpiReviewSchedule"]["dueOn"] == "2026-06-17"
    emptied = await company.mutate("mara", "kpiReviewScheduleEdit", SCHEDULE, id=id, rule=" ")
    assert [(each["code"], each["field"]) for each in emptied["errors"]] == [("REQUIRED", ["rule"])]


async def test_what_is_archived_is_not_reviewed(company: Company) -> None:
    subject = {"kpiId": company.encode_id("kpi", "archived")}
    refused = await plan(company, subject=subject)
    assert [each["field"] for each in refused["errors"]] == [["subject", "kpiId"]]
    id = await plan_id(company, subject={"kpiId": company.encode_id("kpi", "shared")})
    shared = company.encode_id("kpi", "shared")
    await company.mutate("mara", "kpiArchive", "kpi { id }", id=shared)
    assert (await hold(company, id))["errors"][0]["code"] == "STATE_CONFLICT"


async def test_an_action_item_names_the_review_that_it_came_out_of(company: Company) -> None:
    review = (await hold(company, await plan_id(company)))["kpiReview"]["id"]
    made = await company.mutate(
        "mara",
        "actionItemCreate",
        "actionItem { review { heldOn } }",
        title="Ask the depots",
        reviewId=review,
    )
    assert made == {"actionItem": {"review": {"heldOn": "2026-06-15"}}, "errors": []}
    query = f'{{ kpiReview(by: {{ id: "{review}" }}) {{ actionItems {{ nodes {{ title }} }} }} }}'
    found = await company.query("mara", query)
    assert found["kpiReview"]["actionItems"]["nodes"] == [{"title": "Ask the depots"}]
