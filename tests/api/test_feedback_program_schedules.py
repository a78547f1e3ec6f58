"""Schedules of feedback programs: a 360 of each manager on the days of a rule."""

from typing import Any
from uuid import UUID

import asyncpg
import pytest

from api.kernel.schema.global_ids import decode_id
from domain.feedback_programs.schedules import LAUNCH
from domain.kernel.background_tasks import build_system_actor
from domain.task_handlers import TASK_HANDLERS
from persistence.unit_of_work.work import work
from tests.api.company import Company
from tests.factories.actors import NOW, TODAY

pytestmark = pytest.mark.anyio

SEE = """query($id: ID!) { feedbackProgramSchedule(by: { id: $id }) {
  recursOn lastOccurredOn programs { nodes {
    occursOn closesOn mode status subject { name } schedule { id } } } } }"""


class Yearly:
    """A schedule of HR about managers of a company."""

    def __init__(self, company: Company, writing: asyncpg.Pool) -> None:
        self.company, self.writing, self.id = company, writing, ""

    async def create(self, who: str = "hr", **more: Any) -> Any:
        input = {
            "title": "From all sides",
            "population": "MANAGERS",
            "mode": "IDENTIFIED",
            "audience": "SUBJECT_MANAGER_AND_HR",
            "rule": "FREQ=YEARLY",
            "templateId": self.company.encode_id("reviewtemplate", "rated"),
            **more,
        }
        selection = "feedbackProgramSchedule { id }"
        payload = await self.company.mutate(
            who, "feedbackProgramScheduleCreate", selection, **input
        )
        if payload["feedbackProgramSchedule"]:
            self.id = payload["feedbackProgramSchedule"]["id"]
        return payload

    async def run(self, kind: str, **arguments: str) -> list[Any]:
        handler = TASK_HANDLERS[kind]
        actor = build_system_actor(self.company.tenant_id, TODAY, handler)
        async with work(self.writing, actor, now=NOW) as begun:
            await handler.run(begun, **arguments)
            return [each.arguments for each in begun._tasks if each.kind == LAUNCH]

    async def recur(self) -> list[Any]:
        id = str(decode_id(self.id, "programschedule"))
        return await self.run("feedback_programs.recur", schedule_id=id)

    async def see(self) -> Any:
        found = await self.company.query("hr", SEE, id=self.id)
        return found["feedbackProgramSchedule"]


@pytest.fixture
def yearly(company: Company, writing: asyncpg.Pool) -> Yearly:
    return Yearly(company, writing)


async def test_a_program_about_each_manager_is_launched_once(yearly: Yearly) -> None:
    assert (await yearly.create())["errors"] == []
    tasks = await yearly.recur()
    people = yearly.company.people
    assert {UUID(each["person_id"]) for each in tasks} == {people["boss"].id, people["chief"].id}
    assert await yearly.recur() == []
    for arguments in (*tasks, *tasks):  # A task may run twice.
        assert await yearly.run(LAUNCH, **arguments) == []
    seen = await yearly.see()
    launched = {
        "occursOn": "2026-06-15",
        "closesOn": "2026-06-28",
        "mode": "IDENTIFIED",
        "status": "OPEN",
        "schedule": {"id": yearly.id},
    }
    found = sorted(seen["programs"]["nodes"], key=lambda each: each["subject"]["name"])
    assert found == [
        launched | {"subject": {"name": "Boss Okafor"}},
        launched | {"subject": {"name": "Chief Okafor"}},
    ]
    assert (seen["lastOccurredOn"], seen["recursOn"]) == ("2026-06-15", "2027-06-15")
    edited = await yearly.company.mutate(
        *("hr", "feedbackProgramScheduleEdit", "feedbackProgramSchedule { recursOn openDays }"),
        id=yearly.id,
        rule="FREQ=MONTHLY",
        openDays=21,
    )
    assert edited["feedbackProgramSchedule"] == {"recursOn": "2026-07-15", "openDays": 21}
    assert (await yearly.see())["programs"] == seen["programs"]


async def test_who_has_too_few_raters_or_an_open_program_gets_none(yearly: Yearly) -> None:
    ops = yearly.company.encode_id("org", "ops")
    await yearly.create(population="EVERYONE", mode="ANONYMOUS", organizationId=ops)
    tasks = await yearly.recur()
    assert len(tasks) > 3
    for arguments in tasks:
        await yearly.run(LAUNCH, **arguments)
    assert (await yearly.see())["programs"]["nodes"] == []


async def test_all_faults_of_a_schedule_are_reported_together(yearly: Yearly) -> None:
    draft = yearly.company.encode_id("reviewtemplate", "draft")
    refused = await yearly.create(title="Refused", rule="FREQ=SOMETIMES", templateId=draft)
    assert [(each["code"], each["field"]) for each in refused["errors"]] == [
        ("INVALID", ["rule"]),
        ("INVALID", ["templateId"]),
    ]
    titles = '{ feedbackProgramSchedules(where: { title: { eq: "Refused" } }) { totalCount } }'
    found = await yearly.company.query("hr", titles)
    assert found["feedbackProgramSchedules"]["totalCount"] == 0
