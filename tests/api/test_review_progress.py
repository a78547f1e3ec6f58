"""How far a cycle is, in numbers, and who is late."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from domain.kernel.periods import ONE_DAY
from domain.reviews import ReviewDirection
from domain.reviews.packets import ReviewPacketStatus
from domain.reviews.writing import ReviewStatus
from persistence.unit_of_work import work as unit
from tests.api.company import Company
from tests.conftest import SAVE
from tests.factories.actors import NOW, TODAY, an_admin
from tests.factories.reviews import a_form, a_packet

STEPS = "step total started done overdue"
PROGRESS = f"""query($id: ID!) {{ reviewCycle(by: {{ id: $id }}) {{ progress {{
  byStep {{ {STEPS} }} byUnit {{ organization {{ code }} {STEPS} }} }} }} }}"""
LATE = """query($id: ID!) { reviewCycle(by: { id: $id }) {
  reviews(where: { isOverdue: { eq: true } }) { totalCount nodes { direction writer { name } } }
  packets(where: { isOverdue: { eq: true } }) { totalCount } } }"""


async def add_packet(
    company: Company,
    writing: asyncpg.Pool,
    subject: str,
    status: ReviewPacketStatus,
    due_on: date,
    **forms: ReviewStatus,
) -> None:
    """Add a packet to the running cycle, with a form of each of these writers."""
    people, template = company.people, company.review_templates["published"]
    packet = a_packet(people[subject], people["chief"], status)
    packet.cycle_id, packet.due_on = company.review_cycles["begun"].id, due_on
    written = []
    for writer, state in forms.items():
        own = ReviewDirection.SELF if writer == subject else ReviewDirection.PEER
        written.append(a_form(packet, people[writer], template, state, own))
    async with unit.work(writing, an_admin(company.tenant_id), now=NOW) as begun:
        await begun.add(packet, to=SAVE)
        for each in written:
            await begun.add(each, to=SAVE)


async def read(company: Company, who: str, query: str) -> Any:
    found = await company.query(who, query, id=company.encode_id("reviewcycle", "begun"))
    return found["reviewCycle"]


def row(step: str, total: int, started: int, done: int, overdue: int) -> dict[str, Any]:
    numbers = {"total": total, "started": started, "done": done, "overdue": overdue}
    return {"step": step} | numbers


LATER, EARLIER = date(2026, 7, 1), date(2026, 6, 14)


async def test_steps_count_forms_and_packets_for_all_and_by_unit(
    company: Company, writing: asyncpg.Pool
) -> None:
    statuses, states = ReviewPacketStatus, ReviewStatus
    await add_packet(
        *(company, writing, "mara", statuses.COLLECTING, EARLIER),
        mara=states.DRAFT, peer=states.SUBMITTED, lead=states.DECLINED,
    )  # fmt: skip
    for who, status, due_on in (
        ("peer", statuses.DECIDED, LATER),
        ("boss", statuses.ACKNOWLEDGED, EARLIER),
    ):
        await add_packet(company, writing, who, status, due_on, **{who: states.SUBMITTED})
    cancelled = {"analyst": states.CANCELLED}
    await add_packet(company, writing, "analyst", statuses.CANCELLED, EARLIER, **cancelled)
    progress = (await read(company, "hr", PROGRESS))["progress"]
    assert progress["byStep"] == [
        row("SELF", 3, 1, 2, 1),
        row("PEERS", 1, 0, 1, 0),
        row("SHARING", 3, 1, 1, 1),
        row("SIGN_OFF", 3, 0, 1, 0),
    ]
    units = {each["organization"]["code"] for each in progress["byUnit"]}
    total = {each["step"]: 0 for each in progress["byUnit"]}
    for each in progress["byUnit"]:
        total[each["step"]] += each["total"]
    assert total == {"SELF": 3, "PEERS": 1, "SHARING": 3, "SIGN_OFF": 3}
    assert {company.units["ops"].code} <= units
    late = await read(company, "hr", LATE)
    assert late["reviews"] == {
        "totalCount": 1,
        "nodes": [{"direction": "SELF", "writer": {"name": "Mara Okafor"}}],
    }
    assert late["packets"] == {"totalCount": 1}


async def test_no_number_tells_hr_what_is_written_about_themselves(
    company: Company, writing: asyncpg.Pool
) -> None:
    states = ReviewStatus
    before = await read(company, "hr", PROGRESS)
    await add_packet(
        *(company, writing, "hr", ReviewPacketStatus.COLLECTING, EARLIER),
        mara=states.SUBMITTED, peer=states.DRAFT, boss=states.NOT_STARTED,
    )  # fmt: skip
    assert await read(company, "hr", PROGRESS) == before
    late = await read(company, "hr", LATE)
    assert (late["reviews"]["totalCount"], late["packets"]["totalCount"]) == (0, 0)


async def test_nobody_but_hr_of_the_cycle_sees_numbers(
    company: Company, writing: asyncpg.Pool
) -> None:
    await add_packet(company, writing, "mara", ReviewPacketStatus.COLLECTING, EARLIER)
    for who in ("mara", "boss", "chief", "hr_ops", "admin"):
        assert await read(company, who, PROGRESS) is None


@pytest.mark.parametrize("zone", [None, "Pacific/Kiritimati", "Pacific/Pago_Pago"])
async def test_a_form_is_late_at_the_end_of_the_day_where_its_writer_is(
    company: Company, writing: asyncpg.Pool, zone: str | None
) -> None:
    mara = company.encode_id("person", "mara")
    moved = await company.mutate("hr", "personEdit", "person { id }", id=mara, timeZone=zone)
    assert moved["errors"] == []
    days = (TODAY - ONE_DAY, TODAY)
    for day in days:
        collecting = ReviewPacketStatus.COLLECTING
        await add_packet(company, writing, "mara", collecting, day, mara=ReviewStatus.DRAFT)
    utc, there = (datetime.now(ZoneInfo(each)).date() for each in ("UTC", zone or "UTC"))
    late = sum(day < TODAY + (there - utc) for day in days)
    found = await read(company, "hr", LATE)
    assert found["reviews"]["totalCount"] == late
    assert found["packets"]["totalCount"] == 1  # the manager is in the zone of the tenant
    steps = (await read(company, "hr", PROGRESS))["progress"]["byStep"]
    assert {each["step"]: each["overdue"] for each in steps}.pop("SELF") == late
