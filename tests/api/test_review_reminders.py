"""Reminders of what is due in a cycle: who gets them, when, and how often."""

from datetime import UTC, datetime
from typing import Any

import asyncpg

from domain.kernel.identity import PersonId
from domain.reviews import ReviewPacket
from domain.reviews.cycles import OPEN_TASK, REMIND_TASK
from persistence.unit_of_work import work as unit
from tests.api.company import Company
from tests.api.test_review_cycle_launch import do, exclude_all_without_manager, run_task
from tests.factories.actors import NOW, an_admin

TASKS = """{ viewer { tasks(where: { kind: { eq: REVIEW } }) { nodes {
  dueOn remindedAt remindersSent subject { ... on Review { id direction } } } } } }"""


def at(month: int, day: int, hour: int = 9) -> datetime:
    """Return a moment of 2026."""
    return datetime(2026, month, day, hour, tzinfo=UTC)


async def launch(company: Company, writing: asyncpg.Pool, **changes: Any) -> None:
    """Launch a cycle whose forms of people about themselves are due on Wednesday, July 15."""
    await exclude_all_without_manager(company, **changes)
    await do(company, "reviewCycleLaunch", "reviewCycle { status }")
    await run_task(writing, company, OPEN_TASK, at(7, 1))


async def read_own(company: Company, who: str = "mara") -> Any:
    """Return the task of somebody to write about themselves in the cycle."""
    found = (await company.query(who, TASKS))["viewer"]["tasks"]["nodes"]
    other = company.encode_id("review", "of_mara")  # due on the same day, in no cycle
    (task,) = (
        each
        for each in found
        if each["subject"]["direction"] == "SELF"
        and each["dueOn"] == "2026-07-15"
        and each["subject"]["id"] != other
    )
    return task["remindersSent"], task["remindedAt"]


async def test_people_are_reminded_once_at_each_stage(
    company: Company, writing: asyncpg.Pool
) -> None:
    await launch(company, writing)
    sent = []
    for moment in (at(7, 7), at(7, 8, 7), at(7, 8), at(7, 8, 10), at(7, 13), at(7, 20), at(7, 20)):
        await run_task(writing, company, REMIND_TASK, moment)
        sent.append((await read_own(company))[0])
    # Nothing a day early or before 8:00; once seven days before, three before, three days late.
    assert sent == [0, 0, 1, 1, 2, 3, 3]
    assert (await read_own(company))[1] == "2026-07-20T09:00:00+00:00"
    assert (await read_own(company, "boss"))[0] == 3


async def test_a_reminder_is_an_event_that_hr_reads_and_no_new_version(
    company: Company, writing: asyncpg.Pool
) -> None:
    await launch(company, writing)
    query = """query($id: ID!) { reviewCycle(by: { id: $id }) {
      reviews(where: { direction: { eq: SELF }, subject: { givenName: { eq: "Mara" } } }) { nodes {
      version history { nodes { action changes { field after } } } } } } }"""
    await run_task(writing, company, REMIND_TASK, at(7, 8))
    found = await company.query("hr", query, id=company.encode_id("reviewcycle", "whole"))
    (form,) = found["reviewCycle"]["reviews"]["nodes"]
    entry = form["history"]["nodes"][0]
    assert (form["version"], entry["action"]) == (1, "REMINDED")
    assert entry["changes"] == [{"field": "stage", "after": -7}]


async def test_hours_are_those_of_the_person(company: Company, writing: asyncpg.Pool) -> None:
    await launch(company, writing)
    mara = company.encode_id("person", "mara")
    moved = await company.mutate(
        "hr", "personEdit", "person { id }", id=mara, timeZone="Pacific/Auckland"
    )
    assert moved["errors"] == []
    # In Auckland it is twelve hours later: 20:30 on the seventh, then 8:30 on the eighth.
    for moment, expected in ((at(7, 8, 8), (0, 1)), (at(7, 7, 20), (1, 1))):
        await run_task(writing, company, REMIND_TASK, moment)
        assert ((await read_own(company))[0], (await read_own(company, "boss"))[0]) == expected


async def test_who_is_away_or_has_submitted_gets_none(
    company: Company, writing: asyncpg.Pool
) -> None:
    await launch(company, writing)
    mara = company.encode_id("person", "mara")
    away = await company.mutate(
        *("hr", "personStartLeave", "person { id }"), id=mara, startsOn="2026-07-06"
    )
    assert away["errors"] == []
    found = await company.query(
        "peer",
        """{ reviews(where: { dueOn: { eq: "2026-07-15" }, direction: { eq: SELF } }) {
        nodes { id } } }""",
    )
    (form,) = found["reviews"]["nodes"]
    for key, answer in (("went_well", {"text": "All."}), ("stays", {"choiceKey": "yes"})):
        saved = await company.mutate(
            *("peer", "reviewSaveAnswer", "review { id }"), id=form["id"], questionKey=key, **answer
        )
        assert saved["errors"] == []
    done = await company.mutate("peer", "reviewSubmit", "review { id }", id=form["id"])
    assert done["errors"] == []
    await run_task(writing, company, REMIND_TASK, at(7, 8))
    assert (await read_own(company))[0] == 0
    assert (await read_own(company, "boss"))[0] == 1
    history = """query($id: ID!) { review(by: { id: $id }) {
      history { nodes { action } } } }"""
    entries = (await company.query("hr", history, id=form["id"]))["review"]["history"]["nodes"]
    assert "REMINDED" not in {each["action"] for each in entries}


async def test_a_later_due_day_begins_the_stages_anew(
    company: Company, writing: asyncpg.Pool
) -> None:
    await launch(company, writing)
    await run_task(writing, company, REMIND_TASK, at(7, 13))
    packets = """{ reviewPackets(where: { dueOn: { eq: "2026-08-15" }
      subject: { givenName: { eq: "Mara" } } }) { nodes { id } } }"""
    (packet,) = (await company.query("hr", packets))["reviewPackets"]["nodes"]
    extended = await company.mutate(
        *("hr", "reviewExtend", "reviewPacket { id }"),
        id=packet["id"],
        dueOn="2026-08-29",
        reason="She was ill.",
    )
    assert extended["errors"] == []
    await run_task(writing, company, REMIND_TASK, at(7, 22))
    (task,) = [
        each
        for each in (await company.query("mara", TASKS))["viewer"]["tasks"]["nodes"]
        if each["dueOn"] == "2026-07-29"
    ]
    assert task["remindersSent"] == 2


async def test_without_a_rule_nobody_is_reminded(company: Company, writing: asyncpg.Pool) -> None:
    await launch(company, writing, reminderDays=[], overdueReminderDays=0)
    for moment in (at(7, 8), at(7, 13), at(7, 30)):
        await run_task(writing, company, REMIND_TASK, moment)
    assert (await read_own(company))[0] == 0


async def test_the_second_level_is_asked_about_a_late_review_and_nobody_else(
    company: Company, writing: asyncpg.Pool
) -> None:
    await launch(company, writing, escalationDays=4, reminderDays=[], overdueReminderDays=0)
    packets = """{ reviewPackets(where: { dueOn: { eq: "2026-08-15" }
      subject: { givenName: { eq: "Mara" } } }) { nodes { id } } }"""
    (packet,) = (await company.query("hr", packets))["reviewPackets"]["nodes"]
    async with unit.work(writing, an_admin(company.tenant_id), now=NOW) as begun:
        mara, cycle = company.people["mara"].id, company.review_cycles["whole"].id
        stored = await begun.find_all(ReviewPacket, subject_id=[mara], cycle_id=[cycle])
        stored[0].second_level_id = PersonId(company.people["chief"].id)
        stored[0].record_event("reminded")
    asked = """{ viewer { tasks(where: { kind: { eq: REVIEW_ESCALATION } }) { nodes { dueOn
      subject { ... on ReviewPacket { subject { name } } } } } } }"""

    async def read(who: str) -> Any:
        return (await company.query(who, asked))["viewer"]["tasks"]["nodes"]

    await run_task(writing, company, REMIND_TASK, at(8, 19))  # three working days late
    assert await read("chief") == []
    await run_task(writing, company, REMIND_TASK, at(8, 20))
    about = {"subject": {"name": "Mara Okafor"}}
    assert await read("chief") == [{"dueOn": "2026-08-15", "subject": about}]
    assert [await read(each) for each in ("boss", "mara", "hr", "lead")] == [[]] * 4
    extended = await company.mutate(
        *("hr", "reviewExtend", "reviewPacket { id }"),
        id=packet["id"],
        dueOn="2026-08-29",
        reason="Boss was ill.",
    )
    assert extended["errors"] == []
    assert await read("chief") == []
