"""Appeals against reviews: from the statement to the second signature."""

from datetime import date, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from api.kernel.schema.global_ids import decode_id
from domain.kernel.identity import PersonId
from domain.reviews import CalibrationSubject
from domain.reviews.calibration import CalibrationStatus
from tests.api.company import MEMBER_NAMES, Company, _save
from tests.api.mutation_inputs import build_input
from tests.api.test_reviews import DUE, Story
from tests.factories.actors import NOW
from tests.factories.calibration import a_session

APPEAL = """reviewAppeal { id status answer viewerCan levelBefore { label } levelAfter { label }
 levelReasonBefore contentHashBefore contentHashAfter }"""
READ = "query($id: ID!) { reviewAppeal(by: { id: $id }) { id status statement } }"
SIGNED = "query($id: ID!) { reviewPacket(by: { id: $id }) { contentHash signedAt levelReason } }"
STATE = "nodes { id version updatedAt }"
TASKS = """{ viewer { tasks { nodes { kind dueOn subject { __typename } } } } }"""


class Appeal:
    """The appeal of Mara against a review that Boss decided and shared, with level 2."""

    def __init__(self, story: Story) -> None:
        self.story, self.company = story, story.company
        self.id = ""

    async def file(self, who: str = "mara", statement: str = "The second month is missing.") -> Any:
        payload = await self.company.mutate(
            who, "reviewAppealFile", APPEAL, packetId=self.story.packet, statement=statement
        )
        if payload["reviewAppeal"]:
            self.id = payload["reviewAppeal"]["id"]
        return payload

    async def act(self, who: str, verb: str, **input: Any) -> Any:
        return await self.company.mutate(who, f"reviewAppeal{verb}", APPEAL, id=self.id, **input)

    async def assign(self, who: str = "hr", to: str = "admin", **input: Any) -> Any:
        return await self.act(who, "Assign", personId=self.story.person(to), **input)

    async def list_tasks(self, who: str) -> list[str]:
        """Return the kinds of the tasks of somebody about packets and appeals."""
        nodes = (await self.company.query(who, TASKS))["viewer"]["tasks"]["nodes"]
        assert all(each["subject"] for each in nodes)
        return sorted(each["kind"] for each in nodes if "REVIEW_" in each["kind"])

    async def find_asked(self, kind: str) -> list[str]:
        """Return the HR officers who have a task of this kind."""
        officers = ("hr", "hr_ops", "hr_far", "ruler")
        return [each for each in officers if kind in await self.list_tasks(each)]

    async def find_readers(self) -> set[str]:
        """Return who sees the appeal."""
        found = set()
        for who in (*MEMBER_NAMES[:-1], "ruler"):
            seen = await self.company.query(who, READ, id=self.id)
            if seen["reviewAppeal"] is not None:
                found.add(who)
        return found


def list_codes(payload: Any) -> list[str]:
    return [each["code"] for each in payload["errors"]]


async def share(company: Company, **input: Any) -> Story:
    """Return the story of Mara's review, which is shared."""
    story = Story(company)
    await story.open(secondLevelId=story.person("lead"), **input)
    for who, text in (("mara", "Much."), ("boss", "Some."), ("peer", "All.")):
        await story.write(who, text)
    await story.act("boss", "Decide", level=2, reason="On the whole.")
    assert (await story.act("boss", "Share"))["errors"] == []
    return story


@pytest.fixture
async def appeal(company: Company) -> Appeal:
    """Return an appeal that can be filed."""
    return Appeal(await share(company))


async def test_an_appeal_that_changes_the_level_leads_to_a_second_signature(
    appeal: Appeal,
) -> None:
    story, company = appeal.story, appeal.company
    await story.act("mara", "Acknowledge")
    first = (await company.query("mara", SIGNED, id=story.packet))["reviewPacket"]["contentHash"]
    filed = (await appeal.file())["reviewAppeal"]
    assert (filed["status"], filed["levelBefore"]) == ("FILED", {"label": "Meets"})
    assert filed["contentHashBefore"] == first
    assert filed["viewerCan"] == ["WITHDRAW"]
    assert await appeal.find_asked("REVIEW_APPEAL_ASSIGN") == ["hr_ops"]
    assert (await appeal.assign())["reviewAppeal"]["status"] == "UNDER_REVIEW"
    assert await appeal.find_asked("REVIEW_APPEAL_ASSIGN") == []
    assert await appeal.list_tasks("admin") == ["REVIEW_APPEAL_DECIDE"]
    before = len(await appeal.list_tasks("mara"))
    decided = await appeal.act("admin", "Decide", level=3, answer="The month was excellent.")
    assert decided["errors"] == []
    changed = decided["reviewAppeal"]
    assert (changed["status"], changed["levelAfter"]) == ("CHANGED", {"label": "Above"})
    assert changed["levelReasonBefore"] == "On the whole."
    assert len(await appeal.list_tasks("mara")) == before + 1
    assert (await company.query("mara", SIGNED, id=story.packet))["reviewPacket"] == {
        "contentHash": None,
        "signedAt": None,
        "levelReason": "The month was excellent.",
    }
    signed = (await story.act("mara", "Acknowledge"))["reviewPacket"]
    assert (signed["status"], signed["level"]) == ("ACKNOWLEDGED", {"label": "Above"})
    second = (await company.query("mara", SIGNED, id=story.packet))["reviewPacket"]["contentHash"]
    assert second == changed["contentHashAfter"] != first
    history = "query($id: ID!) { reviewPacket(by: { id: $id }) { history { nodes { action } } } }"
    entries = (await company.query("hr", history, id=story.packet))["reviewPacket"]["history"]
    assert [each["action"] for each in entries["nodes"]][:4] == [
        *("ACKNOWLEDGED", "LEVEL_CHANGED", "ACKNOWLEDGED", "SHARED"),
    ]
    assert list_codes(await appeal.file()) == ["STATE_CONFLICT"]


async def test_an_appeal_may_leave_the_review_as_it_is(appeal: Appeal) -> None:
    await appeal.file()
    await appeal.assign()
    same = await appeal.act("admin", "Decide", level=2, answer="No.")
    assert [(each["code"], each["field"]) for each in same["errors"]] == [("INVALID", ["level"])]
    outside = await appeal.act("admin", "Decide", level=4, answer="Yes.")
    assert [(each["code"], each["field"]) for each in outside["errors"]] == [
        ("OUT_OF_RANGE", ["level"])
    ]
    upheld = (await appeal.act("admin", "Decide", answer="We read it again."))["reviewAppeal"]
    assert (upheld["status"], upheld["answer"]) == ("UPHELD", "We read it again.")
    assert (upheld["levelAfter"], upheld["contentHashAfter"]) == (None, None)
    assert (await appeal.story.act("mara", "Acknowledge"))["reviewPacket"]["level"] == {
        "label": "Meets"
    }


async def test_who_reads_an_appeal_and_what_the_one_who_decides_reads(appeal: Appeal) -> None:
    await appeal.file()
    parties = {"mara", "boss", "lead", "hr", "hr_ops", "ruler"}
    assert await appeal.find_readers() == parties
    assert (await appeal.story.see("admin")) == ([], {})
    await appeal.assign()
    assert await appeal.find_readers() == parties | {"admin"}
    # Like a manager: no answer that is for HR only.
    forms = {"SELF": ["went_well"], "MANAGER": ["went_well"], "PEER": ["went_well"]}
    assert await appeal.story.see("admin") == (["SHARED"], forms)
    await appeal.assign(to="chief")
    assert await appeal.story.see("admin") == ([], {})
    assert await appeal.find_readers() == parties | {"chief"}
    assert (await appeal.act("mara", "Withdraw"))["reviewAppeal"]["status"] == "WITHDRAWN"
    assert await appeal.list_tasks("chief") == []
    assert await appeal.find_readers() == parties


async def test_no_version_of_the_review_tells_that_an_appeal_is_assigned(appeal: Appeal) -> None:
    """Writers see their form, and managers above the packet, but neither sees the appeal."""
    versions = f"query {{ reviewPackets({DUE}) {{ {STATE} }} reviews({DUE}) {{ {STATE} }} }}"
    watchers = ("peer", "boss", "chief")
    await appeal.file()
    before = [await appeal.company.query(who, versions) for who in watchers]
    assert [len(each["reviews"]["nodes"]) for each in before] == [1, 3, 3]
    appeal.company.graph.now += timedelta(hours=1)
    assert (await appeal.assign())["errors"] == []
    assert [await appeal.company.query(who, versions) for who in watchers] == before
    await appeal.act("mara", "Withdraw")
    assert [await appeal.company.query(who, versions) for who in watchers] == before


async def test_nobody_who_took_part_decides_an_appeal(appeal: Appeal) -> None:
    await appeal.file()
    for who in ("mara", "boss", "lead", "peer"):
        refused = await appeal.assign(to=who)
        assert [(each["code"], each["field"]) for each in refused["errors"]] == [
            ("INVALID", ["personId"])
        ], who
    late = await appeal.assign(dueOn="2020-01-01")
    assert [(each["code"], each["field"]) for each in late["errors"]] == [
        ("OUT_OF_RANGE", ["dueOn"])
    ]
    for nobody in ("mara", "boss", "lead"):
        assert list_codes(await appeal.assign(nobody)) == ["NOT_PERMITTED"], nobody
    assert list_codes(await appeal.act("hr", "Decide", answer="No.")) == ["NOT_PERMITTED"]
    assert await appeal.find_readers() == {"mara", "boss", "lead", "hr", "hr_ops", "ruler"}


async def test_hr_who_decided_the_level_assigns_no_appeal(company: Company) -> None:
    story = Story(company)
    await story.open()
    await story.write("boss", "Some.")
    await story.act("hr", "Decide", level=1)
    await story.act("hr", "Share")
    appeal = Appeal(story)
    await appeal.file()
    assert list_codes(await appeal.assign("hr")) == ["NOT_PERMITTED"]
    assert await appeal.find_asked("REVIEW_APPEAL_ASSIGN") == ["hr_ops"]
    assert (await appeal.assign("hr_ops"))["errors"] == []


async def test_hr_who_approved_the_level_assigns_no_appeal(company: Company) -> None:
    story = Story(company)
    await story.open(secondLevelId=story.person("lead"))
    await story.write("boss", "Some.")
    await story.act("boss", "Decide", level=1)
    assert (await story.act("hr", "Approve"))["errors"] == []
    await story.act("boss", "Share")
    appeal = Appeal(story)
    await appeal.file()
    assert list_codes(await appeal.assign("hr")) == ["NOT_PERMITTED"]
    assert await appeal.find_asked("REVIEW_APPEAL_ASSIGN") == ["hr_ops"]
    assert (await appeal.assign("hr_ops"))["errors"] == []


async def test_nobody_who_calibrated_the_level_decides_an_appeal(
    appeal: Appeal, writing: asyncpg.Pool
) -> None:
    company = appeal.company
    people, cycle = company.people, company.calibrations.cycles["decided"]
    id = decode_id(appeal.story.packet, "reviewpacket")
    rows = []
    for status, member in (("locked", "former"), ("cancelled", "analyst")):
        session = a_session(cycle, [people["chief"]], [people[member]], CalibrationStatus(status))
        row = CalibrationSubject(
            tenant_id=company.tenant_id,
            session_id=session.id,
            packet_id=id,
            scale_id=session.scale_id,
            person_id=PersonId(people["mara"].id),
            manager_id=PersonId(people["boss"].id),
            decided_at=NOW,
            original_level=2,
            level=2,
        )
        rows += [[session], [row]]
    await _save(writing, company.tenant_id, *rows)
    await appeal.file()
    for who in ("chief", "former"):
        refused = await appeal.assign(to=who)
        assert [(each["code"], each["field"]) for each in refused["errors"]] == [
            ("INVALID", ["personId"])
        ], who
    # A session that was cancelled has changed no level.
    assert (await appeal.assign(to="analyst"))["errors"] == []


async def test_an_appeal_is_filed_once_in_time_and_by_the_reviewed_person(
    appeal: Appeal, owner: asyncpg.Connection
) -> None:
    company, packet = appeal.company, appeal.story.packet
    for stranger, code in (("boss", "NOT_PERMITTED"), ("peer", "REFERENCE_NOT_FOUND")):
        assert list_codes(await appeal.file(stranger)) == [code]
    assert [
        (each["code"], each["field"]) for each in (await appeal.file(statement=" "))["errors"]
    ] == [("REQUIRED", ["statement"])]
    await appeal.file()
    assert list_codes(await appeal.file()) == ["STATE_CONFLICT"]
    await appeal.act("mara", "Withdraw")
    can = "query($id: ID!) { reviewPacket(by: { id: $id }) { viewerCan } }"

    async def may_file() -> bool:
        seen = await company.query("mara", can, id=packet)
        return "FILE_REVIEW_APPEAL" in seen["reviewPacket"]["viewerCan"]

    assert await may_file()
    async with owner.transaction():
        await owner.execute(f"SET LOCAL app.tenant_id = '{company.tenant_id}'")
        await owner.execute("UPDATE review_packets SET appeal_until = '2020-01-01'")
    assert not await may_file()
    assert list_codes(await appeal.file()) == ["STATE_CONFLICT"]


async def test_a_review_may_take_no_appeals(company: Company) -> None:
    story = await share(company, appealDays=0)
    until = "query($id: ID!) { reviewPacket(by: { id: $id }) { appealUntil } }"
    assert (await company.query("mara", until, id=story.packet))["reviewPacket"] == {
        "appealUntil": None
    }
    assert list_codes(await Appeal(story).file()) == ["STATE_CONFLICT"]


async def test_the_tenant_says_how_many_days_there_are_for_an_appeal(company: Company) -> None:
    edit = "mutation { tenantEdit(input: { appealDays: 3 }) { tenant { appealDays } } }"
    found = await company.query("admin", edit)
    assert found["tenantEdit"]["tenant"] == {"appealDays": 3}
    given = build_input(company, "reviewCycleCreate")
    for more, days in (({}, 3), ({"appealDays": 0}, 0)):
        made = await company.mutate(
            *("hr", "reviewCycleCreate", "reviewCycle { appealDays }"), **given | more
        )
        assert made["reviewCycle"] == {"appealDays": days}
    story = await share(company)
    query = "query($id: ID!) { reviewPacket(by: { id: $id }) { sharedAt appealUntil } }"
    packet = (await company.query("hr", query, id=story.packet))["reviewPacket"]
    until = date.fromisoformat(packet["appealUntil"])
    assert (until - datetime.fromisoformat(packet["sharedAt"]).date()).days == 3


async def test_a_dispute_is_a_task_of_the_second_level(company: Company) -> None:
    story = await share(company)
    await story.act("mara", "Dispute", statement="I did more.")
    appeal = Appeal(story)
    assert await appeal.list_tasks("lead") == ["REVIEW_RESOLVE"]
    assert list_codes(await appeal.file()) == ["STATE_CONFLICT"]
    await story.act("lead", "Resolve", resolution="We talked.")
    assert await appeal.list_tasks("lead") == []


async def test_a_dispute_without_a_second_level_is_a_task_of_hr(company: Company) -> None:
    story = Story(company)
    await story.open()
    await story.write("boss", "Some.")
    await story.act("boss", "Decide", level=2)
    await story.act("boss", "Share")
    await story.act("mara", "Dispute", statement="I did more.")
    assert await Appeal(story).find_asked("REVIEW_RESOLVE") == ["hr_ops"]
    await story.act("hr", "Resolve", resolution="We talked.")
    assert await Appeal(story).find_asked("REVIEW_RESOLVE") == []
