"""Live calibration sessions: events, changes at once, and what stops a lock."""

import asyncio
from typing import Any

import asyncpg

from api.kernel.schema.global_ids import encode_id
from domain.reviews import CalibrationSession
from domain.reviews.packets import ReviewPacketStatus
from persistence.unit_of_work import work as unit
from tests.api.company import Company, _save
from tests.api.test_calibration import Story, codes
from tests.api.test_subscriptions import next_event
from tests.factories.actors import NOW, an_admin
from tests.factories.calibration import a_row
from tests.factories.reviews import a_packet

LISTEN = """subscription($id: ID!) { calibrationSessionChanged(id: $id) {
  calibrationSession { status subjects { level { position } } } hiddenCalibrationSessionId } }"""


async def test_a_change_is_sent_to_those_who_see_the_row(company: Company) -> None:
    story = Story(company, "shown")
    sent = {
        who: await company.graph.subscribe(who, LISTEN, id=story.id)
        for who in ("boss", "lead", "hr")
    }
    refused = await company.graph.subscribe("mara", LISTEN, id=story.id)
    assert b'"code":"NOT_FOUND"' in refused.body

    async def receive(who: str, seconds: float = 20) -> Any:
        event = await next_event(sent[who], seconds)
        return event and event["data"]["calibrationSessionChanged"]

    await story.adjust("ruler", company.encode_id("calibrationsubject", "shown_lead"), 3)
    for who in ("boss", "hr"):
        levels = (await receive(who))["calibrationSession"]["subjects"]
        assert sorted(each["level"]["position"] for each in levels) == [2, 2, 3]
    # The first event of the person themselves is about somebody else.
    await story.adjust("ruler", company.encode_id("calibrationsubject", "shown_mara"), 1)
    levels = (await receive("lead"))["calibrationSession"]["subjects"]
    assert sorted(each["level"]["position"] for each in levels) == [1, 2]
    await story.act("ruler", "Lock")
    assert (await receive("lead"))["hiddenCalibrationSessionId"] == story.id
    for each in sent.values():
        await each.aclose()


async def test_the_cursor_of_the_tenant_does_not_tell_of_changes(company: Company) -> None:
    """A member who sees no change would know that it is one of their own row."""
    story, cursor = Story(company, "shown"), "{ tenant { changeCursor } }"
    before = await company.query("lead", cursor)
    row = company.encode_id("calibrationsubject", "shown_lead")
    assert (await story.adjust("ruler", row, 3))["errors"] == []
    assert await company.query("lead", cursor) == before


async def test_changes_at_once_are_all_kept_in_one_order(company: Company) -> None:
    story = Story(company, "shown")
    rows = [company.encode_id("calibrationsubject", f"shown_{who}") for who in ("mara", "lead")]
    given = [(rows[n % 2], 1 + (n // 2) % 3, f"Change {n}") for n in range(8)]
    payloads = await asyncio.gather(*(story.adjust("ruler", *each) for each in given))
    assert [each["errors"] for each in payloads] == [[]] * 8
    levels = dict.fromkeys(rows, 2)
    nodes = (await company.query("ruler", REPLAY, id=story.id))["calibrationSession"]["adjustments"]
    for each in nodes["nodes"][1:]:  # the first one is there from the beginning
        row = each["subject"]["id"]
        assert each["before"] == {"position": levels[row]}
        levels[row] = each["after"]["position"]
    found = {each["id"]: each["level"] for each in (await story.read("ruler"))["subjects"]}
    assert {row: {"position": level} for row, level in levels.items()} == {
        row: found[row] for row in rows
    }


REPLAY = """query($id: ID!) { calibrationSession(by: { id: $id }) { adjustments {
  nodes { subject { id } before { position } after { position } } } } }"""


async def test_a_facilitator_whom_a_merge_made_a_row_locks_without_it(
    company: Company, writing: asyncpg.Pool
) -> None:
    story, former = Story(company, "shown"), company.people["former"]
    packet = a_packet(former, company.people["boss"], ReviewPacketStatus.DECIDED)
    packet.level, packet.decided_at = 2, NOW
    packet.scale_id = company.rating_scales["published"].id
    row = a_row(company.calibrations.sessions["shown"], packet, former)
    row.level = 3
    await _save(writing, company.tenant_id, [packet], [row])
    assert await story.list_names("former") == ["Lead", "Mara", "Peer"]
    assert await story.list_names("ruler") == ["Former", "Lead", "Mara", "Peer"]
    assert codes(await story.adjust("former", encode_id("calibrationsubject", row.id), 1)) == [
        "NOT_FOUND"
    ]
    lock = "lock { changedCount unchangedCount leftOutCount }"
    locked = await company.mutate("former", "calibrationSessionLock", lock, id=story.id)
    assert locked["lock"] == {"changedCount": 0, "unchangedCount": 3, "leftOutCount": 0}
    level = "query($id: ID!) { reviewPacket(by: { id: $id }) { level { position } } }"
    id = encode_id("reviewpacket", packet.id)
    assert (await company.query("ruler", level, id=id))["reviewPacket"] == {
        "level": {"position": 2}
    }


async def test_binding_guidance_stops_a_lock_of_enough_rows(
    company: Company, writing: asyncpg.Pool
) -> None:
    story, people = Story(company, "shown"), company.people
    session, rows, packets = company.calibrations.sessions["shown"], [], []
    for _ in range(17):
        packet = a_packet(people["newcomer"], people["boss"], ReviewPacketStatus.DECIDED)
        packet.level, packet.decided_at, packet.scale_id = 2, NOW, session.scale_id
        packets.append(packet)
        rows.append(a_row(session, packet, people["newcomer"]))
    await _save(writing, company.tenant_id, packets, rows)
    async with unit.work(writing, an_admin(company.tenant_id), now=NOW) as begun:
        (stored,) = await begun.load_all(CalibrationSession, [session.id])
        stored.max_gap = 35
    refused = await story.act("ruler", "Lock")
    assert codes(refused) == ["STATE_CONFLICT"]
    assert "40 points from its guidance, and 35 are allowed" in refused["errors"][0]["message"]
    for each in (await story.read("ruler"))["subjects"][:2]:
        assert (await story.adjust("ruler", each, 3))["errors"] == []
    assert (await story.act("ruler", "Lock"))["errors"] == []
