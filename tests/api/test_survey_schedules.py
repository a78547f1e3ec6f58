"""Schedules of surveys: a pulse from its questions to a trend, and to a KPI."""

from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from api.kernel.schema.global_ids import decode_id
from domain.kernel.background_tasks import build_system_actor
from domain.kpis.own_data.tasks import MEASURE
from domain.surveys.use_cases import CLOSE, COUNT, DESTROY_KEY
from domain.task_handlers import TASK_HANDLERS
from persistence.unit_of_work import work as unit
from tests.api.company import Company
from tests.factories.actors import NOW, TODAY

pytestmark = pytest.mark.anyio

SCHEDULE = """query($id: ID!, $question: ID!) { surveySchedule(by: { id: $id }) {
  recursOn lastOccurredOn skippedOn skipReason
  surveys { nodes { id status occursOn closesOn questions {
    id kind lowestFavorable bankQuestion { id } } } }
  trend(where: { scope: { eq: OVERALL }, bankQuestion: { id: { eq: $question } } }
        orderBy: [{ field: OCCURS_ON }]) {
    nodes { occursOn answerCount score favorableShare unfavorableShare } } } }"""
VALUES = """query($id: ID!) { kpi(by: { id: $id }) { measuredValue { state value itemCount }
  definition { unit unitName surveySchedule { title } surveyQuestion { text } }
  measurements { nodes { period state value itemCount source } } } }"""
PEOPLE = ("mara", "boss", "chief", "peer", "lead", "hr", "hr_ops", "hr_far", "admin", "analyst")
ASKED = "Would you recommend us?"


class Pulse:
    """A schedule of a company that asks one question each month."""

    def __init__(self, company: Company, writing: asyncpg.Pool) -> None:
        self.company, self.writing, self.today = company, writing, TODAY
        self.id, self.question, self.tasks = "", "", list[str]()

    async def change(self, verb: str, selection: str, who: str = "hr", **input: Any) -> Any:
        payload = await self.company.mutate(who, verb, selection, **input)
        assert payload["errors"] == [], payload
        return payload

    async def create(self, **more: Any) -> None:
        made = await self.change(
            "surveyBankQuestionCreate",
            "surveyBankQuestion { id }",
            kind="RECOMMENDATION",
            text=ASKED,
        )
        self.question = made["surveyBankQuestion"]["id"]
        made = await self.change(
            "surveyScheduleCreate",
            "surveySchedule { id }",
            **{"title": "Monthly pulse", "rule": "FREQ=MONTHLY", "openDays": 1} | more,
            questions=[{"questionId": self.question, "isRequired": True}],
        )
        self.id = made["surveySchedule"]["id"]

    async def work(self, kind: str, **arguments: str) -> None:
        handler, now = TASK_HANDLERS[kind], NOW + (self.today - TODAY)
        actor = build_system_actor(self.company.tenant_id, self.today, handler)
        async with unit.work(self.writing, actor, now=now) as begun:
            await handler.run(begun, **arguments)
            self.tasks = [each.kind for each in begun._tasks]

    async def recur(self) -> None:
        await self.work("surveys.recur", schedule_id=str(decode_id(self.id, "surveyschedule")))

    async def see(self, who: str = "hr") -> Any:
        variables = {"id": self.id, "question": self.question}
        return (await self.company.query(who, SCHEDULE, **variables))["surveySchedule"]

    async def answer(self, *numbers: int) -> None:
        survey = (await self.see())["surveys"]["nodes"][0]
        for who, number in zip(PEOPLE, numbers, strict=False):
            answers = [{"questionId": survey["questions"][0]["id"], "number": number}]
            await self.change(
                "surveyRespond", "survey { id }", who, surveyId=survey["id"], answers=answers
            )
        id = str(decode_id(survey["id"], "survey"))
        for kind in (CLOSE, COUNT, DESTROY_KEY):
            await self.work(kind, survey_id=id)
            if kind == COUNT:
                self.counted = self.tasks

    async def define_kpi(self, who: str = "hr", unit: str = "hq", **more: Any) -> Any:
        definition = {
            "measure": "SURVEY_SCORE",
            "surveyScheduleId": self.id,
            "surveyQuestionId": self.question,
        }
        return await self.company.mutate(
            who,
            "kpiCreate",
            "kpi { id }",
            name="eNPS",
            frequency="MONTHLY",
            scope={"organizationId": self.company.encode_id("org", unit)},
            startsOn="2026-01-01",
            definition=definition | more,
        )

    async def measure(self, kpi: str) -> Any:
        await self.work(MEASURE, kpi_id=str(decode_id(kpi, "kpi")))
        return (await self.company.query("hr", VALUES, id=kpi))["kpi"]


@pytest.fixture
def pulse(company: Company, writing: asyncpg.Pool) -> Pulse:
    return Pulse(company, writing)


async def test_a_pulse_recurs_and_its_trend_feeds_a_kpi(pulse: Pulse) -> None:
    await pulse.create(audience="EVERYONE")
    kpi = (await pulse.define_kpi())["kpi"]["id"]
    for _ in range(2):  # A task may run twice.
        await pulse.recur()
    seen = await pulse.see()
    assert [
        (each["status"], each["occursOn"], each["closesOn"]) for each in seen["surveys"]["nodes"]
    ] == [("OPEN", "2026-06-15", "2026-06-15")]
    (asked,) = seen["surveys"]["nodes"][0]["questions"]
    assert (asked["lowestFavorable"], asked["bankQuestion"]["id"]) == (9, pulse.question)
    assert (seen["recursOn"], seen["trend"]["nodes"]) == ("2026-07-15", [])
    await pulse.answer(10, 10, 10, 10, 10, 9, 7, 7, 0, 0)
    assert MEASURE in pulse.counted

    pulse.today = TODAY + timedelta(days=30)
    await pulse.recur()
    await pulse.answer(0, 0, 0, 0, 0)
    pulse.today = TODAY + timedelta(days=61)
    await pulse.recur()
    await pulse.answer(10, 10)  # too few

    june = {"occursOn": "2026-06-15", "answerCount": 10, "score": "50"}
    july = {"occursOn": "2026-07-15", "answerCount": 5, "score": "-50"}
    trend = [
        june | {"favorableShare": "0.5", "unfavorableShare": "0"},
        july | {"favorableShare": None, "unfavorableShare": None},
    ]
    for who, expected in (("hr", trend), ("mara", trend)):
        assert (await pulse.see(who))["trend"]["nodes"] == expected, who
    found = await pulse.measure(kpi)
    assert found["definition"] == {
        "unit": "NUMBER",
        "unitName": "points",
        "surveySchedule": {"title": "Monthly pulse"},
        "surveyQuestion": {"text": ASKED},
    }
    measured = {"state": "MEASURED", "source": "DERIVED"}
    assert found["measurements"]["nodes"] == [
        measured | {"period": "2026-06", "value": "50", "itemCount": 10},
        measured | {"period": "2026-07", "value": "-50", "itemCount": 5},
        {
            "period": "2026-08",
            "state": "SUPPRESSED",
            "value": None,
            "itemCount": None,
            "source": "DERIVED",
        },
    ]
    assert found["measuredValue"] == {"state": "MEASURED", "value": "50", "itemCount": 10}


async def test_results_for_managers_make_no_trend_for_others(pulse: Pulse) -> None:
    await pulse.create()
    await pulse.recur()
    await pulse.answer(*[9] * 10)
    assert len((await pulse.see())["trend"]["nodes"]) == 1
    for who in ("mara", "admin", "hr_ops"):
        assert (await pulse.see(who))["trend"]["nodes"] == [], who


async def test_while_a_survey_is_open_the_next_one_is_skipped(pulse: Pulse) -> None:
    await pulse.create(rule="FREQ=DAILY", openDays=3)
    await pulse.recur()
    pulse.today = TODAY + timedelta(days=1)
    await pulse.recur()
    seen = await pulse.see()
    assert len(seen["surveys"]["nodes"]) == 1
    assert (seen["skippedOn"], seen["skipReason"]) == ("2026-06-16", "STILL_OPEN")
    assert (seen["lastOccurredOn"], seen["recursOn"]) == ("2026-06-15", "2026-06-17")


async def test_too_few_people_are_never_asked(pulse: Pulse) -> None:
    await pulse.create(organizationId=pulse.company.encode_id("org", "dock"))
    await pulse.recur()
    seen = await pulse.see()
    assert seen["surveys"]["nodes"] == []
    assert (seen["skippedOn"], seen["skipReason"]) == ("2026-06-15", "TOO_FEW_PEOPLE")
    assert pulse.tasks == ["surveys.recur"]


async def test_only_who_manages_surveys_lets_a_kpi_show_them(pulse: Pulse) -> None:
    await pulse.create()
    other = pulse.company.encode_id("bankquestion", "expected")
    for refused, expected in (
        (await pulse.define_kpi("hr_ops", "ops"), ("NOT_PERMITTED", "surveyScheduleId")),
        (await pulse.define_kpi(surveyQuestionId=None), ("REQUIRED", "surveyQuestionId")),
        (await pulse.define_kpi(surveyQuestionId=other), ("INVALID", "surveyQuestionId")),
    ):
        (error,) = refused["errors"]
        assert (error["code"], error["field"][1:]) == (expected[0], [expected[1]])
    kpis = '{ kpis(where: { name: { eq: "eNPS" } }) { totalCount } }'
    assert (await pulse.company.query("hr", kpis))["kpis"]["totalCount"] == 0


async def test_an_edit_changes_what_comes_later_and_never_makes_a_day_twice(pulse: Pulse) -> None:
    await pulse.create(openDays=2)
    await pulse.recur()
    launched = (await pulse.see())["surveys"]
    edit, fields = "surveyScheduleEdit", "surveySchedule { version title openDays rule recursOn }"

    async def refuse(**input: Any) -> Any:
        payload = await pulse.company.mutate("hr", edit, fields, id=pulse.id, **input)
        return [(each["code"], each["field"]) for each in payload["errors"]]

    assert await refuse(title=" ", openDays=0) == [
        ("REQUIRED", ["title"]),
        ("OUT_OF_RANGE", ["openDays"]),
    ]
    assert await refuse(rule="FREQ=SOMETIMES", startsOn="2026-06-14") == [
        ("OUT_OF_RANGE", ["startsOn"]),
        ("INVALID", ["rule"]),
    ]
    assert await refuse(title="Late", expectedVersion=1) == [
        ("VERSION_CONFLICT", ["expectedVersion"])
    ]
    before = (await pulse.see())["recursOn"]
    assert before == "2026-07-15"
    given = {"title": "Weekly pulse", "openDays": 1, "rule": "FREQ=WEEKLY;BYDAY=MO"}
    edited = await pulse.change(edit, fields, id=pulse.id, expectedVersion=2, **given)
    assert edited["surveySchedule"] == given | {"version": 3, "recursOn": "2026-06-22"}
    await pulse.recur()
    assert (await pulse.see())["surveys"] == launched
    await pulse.answer()
    pulse.today = TODAY + timedelta(days=7)
    await pulse.recur()
    later, first = (await pulse.see())["surveys"]["nodes"]
    assert (later["occursOn"], later["closesOn"]) == ("2026-06-22", "2026-06-22")
    assert (first["occursOn"], first["closesOn"]) == ("2026-06-15", "2026-06-16")
    await pulse.change("surveyScheduleEnd", "surveySchedule { id }", id=pulse.id)
    assert await refuse(title="Late") == [("STATE_CONFLICT", None)]
