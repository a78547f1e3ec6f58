"""Reviews in the graph: from opening a packet to the signature, and who reads what on the way."""

import asyncio
from typing import Any

import pytest

from api.kernel.schema.global_ids import decode_id
from domain.kernel.wanted import Wanted
from persistence.unit_of_work.record_sets import RecordSets
from tests.api.company import Company
from tests.factories.row_hashes import hash_tables

PACKET = "reviewPacket { id version status level { label } levelReason statement viewerCan }"
REVIEW = "review { id version status viewerCan answers { question { key } answerVersion text } }"
ANSWERS = "answers { question { key } text choiceKey }"
DUE = 'where: {dueOn: {eq: "2026-08-15"}}'
FORMS = f"totalCount nodes {{ direction status {ANSWERS} }}"
SEEN = (
    f"query {{ reviewPackets({DUE}) {{ totalCount nodes {{ status reviews {{ {FORMS} }} }} }}"
    f" reviews({DUE}) {{ {FORMS} }} }}"
)
"""Other packets of the company are due on another day."""


class Story:
    """The review of Mara: by herself, by her manager Boss, and by a peer."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.packet = ""

    async def open(self, who: str = "boss", **input: Any) -> Any:
        template = self.company.encode_id("reviewtemplate", "published")
        orders = [
            {"direction": direction, "writerId": self.person(writer), "templateId": template}
            for direction, writer in (("SELF", "mara"), ("MANAGER", "boss"), ("PEER", "peer"))
        ]
        given = {
            "subjectId": self.person("mara"),
            "startsOn": "2026-01-01",
            "lastDay": "2026-06-30",
            "dueOn": "2026-08-15",
            "scaleId": self.company.encode_id("ratingscale", "published"),
            "reviews": orders,
        }
        payload = await self.company.mutate(who, "reviewPacketCreate", PACKET, **given | input)
        if payload["reviewPacket"]:
            self.packet = payload["reviewPacket"]["id"]
        return payload

    def person(self, name: str) -> str:
        return self.company.encode_id("person", name)

    async def find_form(self, who: str) -> str:
        """Return the id of the form that somebody writes."""
        query = f"query {{ reviews({DUE}) {{ nodes {{ id writer {{ id }} }} }} }}"
        nodes = (await self.company.query(who, query))["reviews"]["nodes"]
        (id,) = [each["id"] for each in nodes if each["writer"]["id"] == self.person(who)]
        return str(id)

    async def save(self, who: str, key: str, version: int | None = None, **values: Any) -> Any:
        given = {
            "id": await self.find_form(who),
            "questionKey": key,
            "expectedAnswerVersion": version,
        }
        return await self.company.mutate(who, "reviewSaveAnswer", REVIEW, **given | values)

    async def write(self, who: str, text: str) -> None:
        """Answer all questions, and submit."""
        await self.save(who, "went_well", text=text)
        await self.save(who, "stays", choiceKey="yes")
        id = await self.find_form(who)
        payload = await self.company.mutate(who, "reviewSubmit", REVIEW, id=id)
        assert payload["errors"] == []

    async def act(self, who: str, verb: str, **input: Any) -> Any:
        """Do something with the packet."""
        return await self.company.mutate(who, f"review{verb}", PACKET, id=self.packet, **input)

    async def see(self, who: str) -> Any:
        """Return the packets and the forms that somebody sees, with their answers."""
        seen = await self.company.query(who, SEEN)
        packets, forms = seen["reviewPackets"], seen["reviews"]
        for each in (packets, forms, *(one["reviews"] for one in packets["nodes"])):
            assert each["totalCount"] == len(each["nodes"])
        found = {
            each["direction"]: sorted(one["question"]["key"] for one in each["answers"])
            for each in forms["nodes"]
        }
        return [each["status"] for each in packets["nodes"]], found


BOTH = ["stays", "went_well"]
ONE = ["went_well"]


async def test_who_reads_what_before_and_after_sharing(company: Company) -> None:
    story = Story(company)
    assert (await story.open())["errors"] == []
    everything = {"SELF": [], "MANAGER": [], "PEER": []}
    assert await story.see("mara") == ([], {"SELF": []})
    assert await story.see("hr") == (["COLLECTING"], everything)
    assert await story.see("hr_far") == ([], {})
    for who, text in (("mara", "Much."), ("boss", "Some."), ("peer", "All.")):
        await story.save(who, "went_well", text=text)
    assert await story.see("boss") == (["COLLECTING"], {"MANAGER": ONE})
    assert await story.see("hr") == (["COLLECTING"], everything)
    for who in ("mara", "boss", "peer"):
        await story.save(who, "stays", choiceKey="yes")
        id = await story.find_form(who)
        await company.mutate(who, "reviewSubmit", REVIEW, id=id)
    assert (await story.act("boss", "Decide", level=2))["errors"] == []
    # The second question is for HR only: not even the manager reads what others answered.
    submitted = {"SELF": ONE, "MANAGER": BOTH, "PEER": ONE}
    assert await story.see("boss") == (["DECIDED"], submitted)
    assert await story.see("hr") == (["DECIDED"], dict.fromkeys(submitted, BOTH))
    assert await story.see("mara") == ([], {"SELF": BOTH})
    assert await story.see("peer") == ([], {"PEER": BOTH})
    for nobody in ("admin", "chief", "lead", "analyst", "former"):
        assert await story.see(nobody) == ([], {}), nobody
    await story.act("boss", "Share")
    assert await story.see("mara") == (["SHARED"], {"SELF": BOTH, "MANAGER": ONE})
    assert await story.see("peer") == ([], {"PEER": BOTH})
    assert await story.see("chief") == (["SHARED"], dict.fromkeys(submitted, ONE))
    assert await story.see("admin") == ([], {})


async def test_two_devices_never_lose_text(company: Company, owner: Any) -> None:
    story = Story(company)
    await story.open()
    first = await story.save("mara", "went_well", text="From the phone")
    assert first["review"]["status"] == "DRAFT"
    (answer,) = first["review"]["answers"]
    assert answer == {
        "question": {"key": "went_well"},
        "answerVersion": 1,
        "text": "From the phone",
    }
    async with owner.transaction(readonly=True):
        before = await hash_tables(owner, company.tenant_id)
    for stale in (None, 2):
        payload = await story.save("mara", "went_well", stale, text="From the office")
        assert [(each["code"], each["field"]) for each in payload["errors"]] == [
            ("VERSION_CONFLICT", ["expectedAnswerVersion"])
        ]
        assert "version 1 now" in payload["errors"][0]["message"]
    async with owner.transaction(readonly=True):
        assert await hash_tables(owner, company.tenant_id) == before
    again = await story.save("mara", "went_well", 1, text="Both")
    assert [(each["answerVersion"], each["text"]) for each in again["review"]["answers"]] == [
        (2, "Both")
    ]
    assert again["review"]["version"] == first["review"]["version"]


async def test_of_many_devices_at_once_one_changes_an_answer(company: Company) -> None:
    story = Story(company)
    await story.open()
    await story.save("mara", "stays", choiceKey="yes")  # so a first answer changes no version
    for version in (None, 1):
        saves = [story.save("mara", "went_well", version, text=f"{version} {n}") for n in range(8)]
        payloads = await asyncio.gather(*saves)
        errors = [(each["code"], each["field"]) for one in payloads for each in one["errors"]]
        assert errors == [("VERSION_CONFLICT", ["expectedAnswerVersion"])] * 7
        texts = [f"{version} {n}" for n, each in enumerate(payloads) if not each["errors"]]
        saved = next(each["review"]["answers"] for each in payloads if not each["errors"])
        (answer,) = [each for each in saved if each["question"]["key"] == "went_well"]
        assert (answer["answerVersion"], [answer["text"]]) == ((version or 0) + 1, texts)


async def test_a_form_that_is_handed_in_meanwhile_keeps_what_was_handed_in(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = Story(company)
    await story.open()
    await story.save("mara", "went_well", text="Much.")
    await story.save("mara", "stays", choiceKey="yes")
    id = await story.find_form("mara")
    handed_in, read = list[Any](), RecordSets.read

    async def read_slowly(work: RecordSets, *wanted: Wanted) -> Any:
        found = await read(work, *wanted)
        if not handed_in:
            handed_in.append(await company.mutate("mara", "reviewSubmit", REVIEW, id=id))
        return found

    monkeypatch.setattr(RecordSets, "read", read_slowly)
    late = await story.save("mara", "went_well", 1, text="Late")
    assert [each["code"] for each in late["errors"]] == ["STATE_CONFLICT"]
    assert handed_in[0]["errors"] == []
    seen = await company.query("mara", f'query {{ review(by: {{id: "{id}"}}) {{ {ANSWERS} }} }}')
    assert sorted(each["text"] or "" for each in seen["review"]["answers"]) == ["", "Much."]


async def test_a_first_answer_of_another_device_meanwhile_is_kept(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = Story(company)
    await story.open()
    await story.save("mara", "stays", choiceKey="yes")  # so a first answer changes no version
    faster, read = list[Any](), RecordSets.read

    async def read_slowly(work: RecordSets, *wanted: Wanted) -> Any:
        found = await read(work, *wanted)
        if not faster:
            faster.append(None)
            faster.append(await story.save("mara", "went_well", text="From the phone"))
        return found

    monkeypatch.setattr(RecordSets, "read", read_slowly)
    late = await story.save("mara", "went_well", text="From the office")
    assert [(each["code"], each["field"]) for each in late["errors"]] == [
        ("VERSION_CONFLICT", ["expectedAnswerVersion"])
    ]
    assert "version 1 now" in late["errors"][0]["message"]
    assert faster[1]["errors"] == []
    texts = {each["question"]["key"]: each["text"] for each in late["review"]["answers"]}
    assert texts == {"stays": None, "went_well": "From the phone"}


async def test_a_form_is_submitted_complete_and_reopened_with_a_reason(company: Company) -> None:
    story = Story(company)
    await story.open()
    id = await story.find_form("boss")
    payload = await company.mutate("boss", "reviewSubmit", REVIEW, id=id)
    assert [(each["code"], each["field"]) for each in payload["errors"]] == [
        ("REQUIRED", ["answers", "went_well"]),
        ("REQUIRED", ["answers", "stays"]),
    ]
    await story.write("boss", "Some.")
    refused = await story.save("boss", "went_well", 1, text="Late")
    assert [each["code"] for each in refused["errors"]] == ["STATE_CONFLICT"]
    await story.act("boss", "Decide", level=1)
    reopened = await company.mutate("boss", "reviewReopen", REVIEW, id=id, reason="A typing error.")
    assert reopened["review"]["status"] == "DRAFT"
    assert (await story.see("hr"))[0] == ["COLLECTING"]
    assert (await story.save("boss", "went_well", 1, text="Better"))["errors"] == []


async def test_answers_to_questions_that_are_not_asked_any_more_are_deleted(
    company: Company,
) -> None:
    story = Story(company)
    conditional = {
        "key": "missed",
        "kind": "TEXT",
        "text": "What was missed?",
        "conditionKey": "good",
        "conditionComparison": "EQUALS",
        "conditionValue": "false",
    }
    questions = [{"key": "good", "kind": "BOOLEAN", "text": "Was it good?"}, conditional]
    section = {"key": "results", "title": "Results", "questions": questions}
    input = {"name": "Probation", "sections": [section]}
    made = await company.mutate("hr", "reviewTemplateCreate", "reviewTemplate { id }", **input)
    id = made["reviewTemplate"]["id"]
    await company.mutate("hr", "reviewTemplatePublish", "reviewTemplate { id }", id=id)
    order = {"direction": "MANAGER", "writerId": story.person("boss"), "templateId": id}
    assert (await story.open(reviews=[order]))["errors"] == []
    await story.save("boss", "good", isTrue=False)
    await story.save("boss", "missed", text="Too harsh, I take it back.")
    await story.save("boss", "good", 1, isTrue=True)
    form = await story.find_form("boss")
    submitted = await company.mutate("boss", "reviewSubmit", REVIEW, id=form)
    keys = [each["question"]["key"] for each in submitted["review"]["answers"]]
    assert (submitted["errors"], keys) == ([], ["good"])


async def test_a_manager_who_became_the_reviewed_person_decides_nothing(
    company: Company, owner: Any
) -> None:
    """A merge of two people can do that."""
    story = Story(company)
    await story.open()
    await story.write("peer", "All.")
    mara = company.people["mara"].id
    async with owner.transaction():
        await owner.execute(f"SET LOCAL app.tenant_id = '{company.tenant_id}'")
        for table, key in (("review_packets", "id"), ("reviews", "packet_id")):
            await owner.execute(
                f"UPDATE {table} SET manager_id = $1 WHERE {key} = $2",
                mara,
                decode_id(story.packet, "reviewpacket"),
            )
    assert await story.see("mara") == ([], {"SELF": []})
    refused = await story.act("mara", "Decide", level=2)
    assert [each["code"] for each in refused["errors"]] == ["NOT_FOUND"]
    assert (await story.see("hr"))[0] == ["COLLECTING"]


async def test_answers_fit_their_question(company: Company) -> None:
    story = Story(company)
    await story.open()
    for key, values, expected in (
        ("unknown", {"text": "x"}, [("REFERENCE_NOT_FOUND", ["questionKey"])]),
        (
            "went_well",
            {"level": 1, "isTrue": False},
            [("INVALID", ["level"]), ("INVALID", ["isTrue"])],
        ),
        ("stays", {"choiceKey": "maybe"}, [("REFERENCE_NOT_FOUND", ["choiceKey"])]),
    ):
        payload = await story.save("mara", key, **values)
        found = [(each["code"], each["field"]) for each in payload["errors"]]
        assert found == expected, key
    assert (await story.see("mara"))[1] == {"SELF": []}


async def test_a_packet_ends_with_a_signature_or_a_dispute(company: Company) -> None:
    story = Story(company)
    await story.open()
    await story.write("boss", "Some.")
    assert [each["code"] for each in (await story.act("mara", "Acknowledge"))["errors"]] == [
        "NOT_FOUND"
    ]
    wrong = await story.act("boss", "Decide", level=4)
    assert [(each["code"], each["field"]) for each in wrong["errors"]] == [
        ("OUT_OF_RANGE", ["level"])
    ]
    await story.act("boss", "Decide", level=2, reason="On the whole.")
    shared = (await story.act("boss", "Share"))["reviewPacket"]
    assert shared["level"] == {"label": "Meets"}
    disputed = (await story.act("mara", "Dispute", statement="I did more."))["reviewPacket"]
    assert (disputed["status"], disputed["statement"]) == ("DISPUTED", "I did more.")
    hashes = "query($id: ID!) { reviewPacket(by: {id: $id}) { contentHash signedAt resolution } }"
    first = (await company.query("mara", hashes, id=story.packet))["reviewPacket"]["contentHash"]
    assert len(first) == 64
    assert [
        each["code"] for each in (await story.act("boss", "Resolve", resolution="No."))["errors"]
    ] == ["NOT_PERMITTED"]
    await story.act("hr", "Resolve", resolution="We talked about it.")
    answered = (await company.query("mara", hashes, id=story.packet))["reviewPacket"]
    assert answered == {"contentHash": None, "signedAt": None, "resolution": "We talked about it."}
    signed = (await story.act("mara", "Acknowledge"))["reviewPacket"]
    assert (signed["status"], signed["viewerCan"]) == ("ACKNOWLEDGED", ["FILE_REVIEW_APPEAL"])
    assert (await company.query("mara", hashes, id=story.packet))["reviewPacket"][
        "contentHash"
    ] == first


async def test_nobody_is_hr_for_their_own_review(company: Company) -> None:
    story = Story(company)
    template = company.encode_id("reviewtemplate", "published")
    order = {"direction": "MANAGER", "writerId": story.person("chief"), "templateId": template}
    about_hr = {"subjectId": story.person("hr"), "reviews": [order]}
    own = await story.open("hr", managerId=story.person("chief"), **about_hr)
    assert [each["code"] for each in own["errors"]] == ["NOT_PERMITTED"]
    assert (await story.open("ruler", managerId=story.person("chief"), **about_hr))["errors"] == []
    assert await story.see("hr") == ([], {})
    assert (await story.see("ruler"))[0] == ["COLLECTING"]


async def test_a_stand_in_writes_for_somebody_absent(company: Company) -> None:
    story = Story(company)
    await story.open()
    id = await story.find_form("boss")
    input = {"id": id, "personId": story.person("lead"), "reason": "Boss is ill."}
    assert [
        each["code"]
        for each in (await company.mutate("boss", "reviewSetStandIn", REVIEW, **input))["errors"]
    ] == ["NOT_PERMITTED"]
    await company.mutate("hr", "reviewSetStandIn", REVIEW, **input)
    for key, values in (("went_well", {"text": "For Boss."}), ("stays", {"choiceKey": "no"})):
        await company.mutate("lead", "reviewSaveAnswer", REVIEW, id=id, questionKey=key, **values)
    await company.mutate("lead", "reviewSubmit", REVIEW, id=id)
    shown = "status writer { id } submittedBy { id } standInReason"
    query = f"query($id: ID!) {{ review(by: {{id: $id}}) {{ {shown} }} }}"
    assert (await company.query("boss", query, id=id))["review"] == {
        "status": "SUBMITTED",
        "writer": {"id": story.person("boss")},
        "submittedBy": {"id": story.person("lead")},
        "standInReason": "Boss is ill.",
    }


async def test_what_somebody_has_to_do_is_among_their_tasks(company: Company) -> None:
    story = Story(company)
    await story.open()

    async def list_kinds(who: str) -> list[str]:
        shown = "nodes { kind subject { __typename } }"
        query = f"query {{ viewer {{ tasks({DUE}) {{ {shown} }} }} }}"
        nodes = (await company.query(who, query))["viewer"]["tasks"]["nodes"]
        assert all(each["subject"] for each in nodes)
        return sorted(each["kind"] for each in nodes)

    assert await list_kinds("mara") == ["REVIEW"]
    assert await list_kinds("boss") == ["REVIEW", "REVIEW_SHARE"]
    await story.write("mara", "Much.")
    await story.act("boss", "Decide", level=2)
    assert await list_kinds("mara") == []
    await story.act("boss", "Share")
    assert await list_kinds("mara") == ["REVIEW_SIGN"]
    assert await list_kinds("boss") == []
    assert await list_kinds("peer") == []
