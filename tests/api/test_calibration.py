"""Calibration sessions in the graph: from a draft to the lock, and who sees what on the way."""

from typing import Any

from api.kernel.schema.global_ids import decode_id
from tests.api.company import Company
from tests.factories.row_hashes import hash_tables

SESSION = "calibrationSession { id version status namesAreShown viewerCan }"
ROW = "calibrationSubject { id version level { position } viewerCan }"
ROWS = """subjects { id version person { name } manager { name } organization { name }
  packet { id } originalLevel { position } level { position } horizontalRating verticalRating
  viewerCan adjustments { reason before { position } after { position } } }"""
FIGURES = """distribution { count deviation largestGap
    levels { level { position } count originalCount share target gap } }
  leniency { count mean method shrinkage standardDeviation managers { manager { name } count mean
    offset leniency standardDeviation isCentral isOutlier } }
  unitFigures { organization { name } count mean levels { count } }"""
READ = f"""query($id: ID!) {{ calibrationSession(by: {{ id: $id }}) {{
  version status namesAreShown guidance viewerCan {ROWS} {FIGURES}
  adjustments {{ totalCount nodes {{ reason subject {{ id }} adjustedBy {{ name }} }} }} }} }}"""
TASKS = "{ viewer { tasks { nodes { kind dueOn subject { __typename } } } } }"


class Story:
    """A session about Mara, Peer and Lead; Lead is a member, and Boss the manager of the others."""

    def __init__(self, company: Company, name: str = "draft") -> None:
        self.company = company
        self.id = company.encode_id("calibrationsession", name)

    async def act(self, who: str, verb: str, **input: Any) -> Any:
        """Do something with the session."""
        verb = f"calibrationSession{verb}"
        return await self.company.mutate(who, verb, SESSION, id=self.id, **input)

    async def adjust(self, who: str, row: Any, level: int, reason: str = "Talked", **i: Any) -> Any:
        return await self.company.mutate(
            *(who, "calibrationSessionAdjust", ROW),
            id=row if isinstance(row, str) else row["id"],
            level=level,
            reason=reason,
            **i,
        )

    async def read(self, who: str) -> Any:
        return (await self.company.query(who, READ, id=self.id))["calibrationSession"]

    async def list_names(self, who: str) -> list[str]:
        """Return the first names in the rows that somebody sees, or ? without a name."""
        rows = (await self.read(who))["subjects"]
        names = [each["person"]["name"].split()[0] if each["person"] else "?" for each in rows]
        return sorted(names)

    async def find(self, name: str, who: str = "ruler") -> Any:
        """Return the row about a person."""
        rows = (await self.read(who))["subjects"]
        return next(each for each in rows if each["person"]["name"].startswith(name))


def codes(payload: Any) -> list[str]:
    return [each["code"] for each in payload["errors"]]


async def test_a_session_goes_from_draft_to_lock_and_writes_levels_back(company: Company) -> None:
    story = Story(company)
    opened = await story.act("ruler", "Open")
    assert opened["errors"] == []
    assert opened["calibrationSession"]["status"] == "OPEN"
    assert sorted(opened["calibrationSession"]["viewerCan"]) == ["CANCEL", "LOCK", "SHOW_NAMES"]
    assert await story.list_names("ruler") == ["Lead", "Mara", "Peer"]
    row = await story.find("Mara")
    adjusted = await story.adjust("ruler", row, 3, "She saved the launch.")
    assert adjusted["errors"] == []
    assert adjusted["calibrationSubject"]["level"] == {"position": 3}
    packet = company.encode_id("reviewpacket", "decided_mara")
    query = """query($id: ID!) { reviewPacket(by: { id: $id }) {
      version level { position } decidedBy { name } levelReason history(first: 1) { nodes {
        action actor { name } changes { field before after } } } } }"""
    before = (await company.query("hr", query, id=packet))["reviewPacket"]
    assert (before["level"], before["version"]) == ({"position": 2}, 1)
    lock = "lock { changedCount unchangedCount leftOutCount managers { managerId } }"
    locked = await company.mutate(
        "ruler", "calibrationSessionLock", f"{SESSION} {lock}", id=story.id
    )
    boss = company.encode_id("person", "boss")
    assert locked["lock"] == {
        "changedCount": 1,
        "unchangedCount": 2,
        "leftOutCount": 0,
        "managers": [{"managerId": boss}],
    }
    assert locked["calibrationSession"]["viewerCan"] == []
    after = (await company.query("hr", query, id=packet))["reviewPacket"]
    assert (after["level"], after["decidedBy"]) == ({"position": 3}, {"name": "Boss Okafor"})
    (entry,) = after["history"]["nodes"]
    assert entry["action"] == "CALIBRATED"
    assert entry["actor"] == {"name": "Ruler Okafor"}
    changes = {each["field"]: (each["before"], each["after"]) for each in entry["changes"]}
    assert changes["level"] == (2, 3)
    for verb in ("Lock", "Open", "ShowNames"):
        assert codes(await story.act("ruler", verb)) == ["STATE_CONFLICT"], verb
    assert codes(await story.adjust("ruler", row, 1)) == ["STATE_CONFLICT"]
    replay = (await story.read("ruler"))["adjustments"]["nodes"]
    assert [each["reason"] for each in replay] == ["She saved the launch."]


async def test_who_sees_what_in_each_state(company: Company) -> None:
    story = Story(company)
    for who in ("ruler", "former", "hr", "boss", "lead"):
        assert (await story.read(who))["subjects"] == [], who
    strangers = ("mara", "peer", "chief", "admin", "hr_ops", "analyst", "nobody")
    for who in strangers:
        assert await story.read(who) is None, who
    await story.act("former", "Open")
    assert await story.list_names("hr") == ["Lead", "Mara", "Peer"]
    assert await story.list_names("former") == ["Lead", "Mara", "Peer"]
    # Members see no names yet, and nobody their own row.
    assert await story.list_names("boss") == ["?", "?", "?"]
    assert await story.list_names("lead") == ["?", "?"]
    hidden = (await story.read("boss"))["subjects"][0]
    for name in ("person", "manager", "organization", "packet"):
        assert hidden[name] is None
    assert (await story.read("boss"))["unitFigures"] == []
    assert (await story.read("boss"))["leniency"]["managers"] == []
    await story.act("former", "ShowNames")
    assert await story.list_names("boss") == ["Lead", "Mara", "Peer"]
    assert await story.list_names("lead") == ["Mara", "Peer"]
    for who in strangers:
        assert await story.read(who) is None, who
    await story.act("ruler", "Lock")
    for who in ("boss", "lead", *strangers):
        assert await story.read(who) is None, who
    for who in ("ruler", "former", "hr"):
        assert await story.list_names(who) == ["Lead", "Mara", "Peer"]


async def test_a_member_who_is_compared_learns_nothing_of_their_own_row(
    company: Company, owner: Any
) -> None:
    story = Story(company, "shown")
    own = company.encode_id("calibrationsubject", "shown_lead")
    before = await story.read("lead")
    assert before["distribution"]["count"] == 2
    assert before["leniency"]["count"] == 2
    assert [each["count"] for each in before["unitFigures"]] == [2]
    node = "query($id: ID!) { node(id: $id) { __typename } }"
    assert (await company.query("lead", node, id=own))["node"] is None
    assert (await company.query("boss", node, id=own))["node"] == {
        "__typename": "CalibrationSubject"
    }
    async with owner.transaction(readonly=True):
        stored = await hash_tables(owner, company.tenant_id)
    unknown = own[:-12] + "0" * 12
    answers = [await story.adjust("lead", id, 3) for id in (own, unknown)]
    assert answers[0] == answers[1]
    assert codes(answers[0]) == ["NOT_FOUND"]
    async with owner.transaction(readonly=True):
        assert await hash_tables(owner, company.tenant_id) == stored
    assert (await story.adjust("ruler", own, 3, "A year of firsts."))["errors"] == []
    assert await story.read("lead") == before
    assert (await story.read("boss"))["adjustments"]["totalCount"] == 2


async def test_managers_abstain_and_members_wait_for_the_names(company: Company) -> None:
    first, second = Story(company, "open"), Story(company, "shown")
    rows = {each: company.encode_id("calibrationsubject", each) for each in ("open_peer",)}
    assert codes(await first.adjust("lead", rows["open_peer"], 1)) == ["NOT_PERMITTED"]
    peer = await second.find("Peer")
    refused = await second.adjust("boss", peer, 1)
    assert codes(refused) == ["NOT_PERMITTED"]
    assert "you abstain" in refused["errors"][0]["message"]
    assert (await second.find("Peer", "boss"))["viewerCan"] == []
    assert (await second.find("Peer", "lead"))["viewerCan"] == ["ADJUST"]
    assert (await second.adjust("lead", peer, 1))["errors"] == []
    assert codes(await second.adjust("hr", peer, 1)) == ["NOT_PERMITTED"]


async def test_two_facilitators_lose_nothing(company: Company) -> None:
    story = Story(company, "shown")
    row = await story.find("Mara")
    first = await story.adjust("ruler", row, 3, "First", expectedVersion=row["version"])
    assert first["calibrationSubject"]["version"] == row["version"] + 1
    second = await story.adjust("former", row, 1, "Second", expectedVersion=row["version"])
    assert codes(second) == ["VERSION_CONFLICT"]
    assert second["calibrationSubject"]["version"] == row["version"] + 1
    assert second["calibrationSubject"]["level"] == {"position": 3}
    again = await story.adjust("former", row, 1, "Second", expectedVersion=row["version"] + 1)
    assert again["errors"] == []
    same = await story.adjust("former", row, 1, "A second click")
    assert same["calibrationSubject"]["version"] == row["version"] + 2
    session = await story.read("ruler")
    nodes = session["adjustments"]["nodes"]
    assert [each["reason"] for each in nodes] == ["Two goals were missed.", "First", "Second"]
    assert (await story.find("Mara"))["adjustments"] == [
        {"reason": "First", "before": {"position": 2}, "after": {"position": 3}},
        {"reason": "Second", "before": {"position": 3}, "after": {"position": 1}},
    ]


async def test_the_version_of_a_session_is_not_that_of_its_rows(company: Company) -> None:
    story = Story(company, "shown")
    before = (await story.read("lead"))["version"]
    await story.adjust("ruler", company.encode_id("calibrationsubject", "shown_lead"), 3)
    assert (await story.read("lead"))["version"] == before


async def test_a_lock_lists_every_review_that_changed_and_can_leave_them_out(
    company: Company,
) -> None:
    story = Story(company)
    await story.act("ruler", "Open")
    await story.adjust("ruler", await story.find("Peer"), 3)
    packets = {who: company.encode_id("reviewpacket", f"decided_{who}") for who in ("mara", "lead")}
    await company.mutate("boss", "reviewShare", "errors { code }", id=packets["mara"])
    await company.mutate("boss", "reviewDecide", "errors { code }", id=packets["lead"], level=1)
    refused = await story.act("ruler", "Lock")
    assert codes(refused) == ["STATE_CONFLICT"] * 2
    names = [each["person"]["name"].split()[0] for each in (await story.read("ruler"))["subjects"]]
    told = {
        names[int(each["field"][1])]: each["message"].split(" since")[0]
        for each in refused["errors"]
    }
    assert told == {
        "Mara": "This review was shared",
        "Lead": "This review was decided again, or is written again",
    }
    assert (await story.read("ruler"))["status"] == "OPEN"
    lock = "lock { changedCount unchangedCount leftOutCount }"
    locked = await company.mutate(
        *("ruler", "calibrationSessionLock", lock), id=story.id, leavesOutChanged=True
    )
    assert locked["lock"] == {"changedCount": 1, "unchangedCount": 0, "leftOutCount": 2}
    level = "query($id: ID!) { reviewPacket(by: { id: $id }) { level { position } } }"
    found = (await company.query("hr", level, id=packets["lead"]))["reviewPacket"]
    assert found["level"] == {"position": 1}


QUOTAS = """query($id: ID!) { calibrationSession(by: { id: $id }) { quotaFigures {
  manager { name } organization { name } level { position } size count limit isExceeded } } }"""


async def test_a_binding_quota_refuses_the_lock_with_every_fault(
    company: Company, owner: Any
) -> None:
    story = Story(company)
    given = {"quotas": [100, 50, 0], "quotaGroup": "MANAGER", "quotaRounding": "DOWN"}
    wrong = await story.act("hr", "Edit", quotas=[90, 95], guidance=[50, 50])
    assert {each["field"][0] for each in wrong["errors"]} == {"quotas", "guidance"}
    edited = await story.act("hr", "Edit", **given, quotasAreBinding=True)
    assert edited["errors"] == []
    await story.act("ruler", "Open")
    assert (await story.adjust("ruler", await story.find("Mara"), 3))["errors"] == []

    async def read(who: str) -> Any:
        return (await company.query(who, QUOTAS, id=story.id))["calibrationSession"]["quotaFigures"]

    boss = {"manager": {"name": "Boss Okafor"}, "organization": None, "size": 3}
    assert await read("ruler") == [
        boss | {"level": {"position": 2}, "count": 3, "limit": 1, "isExceeded": True},
        boss | {"level": {"position": 3}, "count": 1, "limit": 0, "isExceeded": True},
    ]
    # Whose rows they are is not shown yet. Lead does not count the row about themselves.
    assert await read("boss") == []
    await story.act("ruler", "ShowNames")
    assert [each["size"] for each in await read("lead")] == [2, 2]
    async with owner.transaction(readonly=True):
        stored = await hash_tables(owner, company.tenant_id)
    refused = await story.act("ruler", "Lock")
    assert [(each["code"], each["field"]) for each in refused["errors"]] == [
        ("STATE_CONFLICT", ["quotas", "1"]),
        ("STATE_CONFLICT", ["quotas", "2"]),
    ]
    assert "Of 3 rows of a manager, 3 have" in refused["errors"][0]["message"]
    assert "1 are allowed: 50 percent, rounded down" in refused["errors"][0]["message"]
    async with owner.transaction(readonly=True):
        assert await hash_tables(owner, company.tenant_id) == stored
    for name, level in (("Mara", 2), ("Peer", 1), ("Lead", 1)):
        await story.adjust("ruler", await story.find(name), level)
    assert (await story.act("ruler", "Lock"))["errors"] == []


async def test_a_change_names_the_level_that_was_read(company: Company) -> None:
    story = Story(company, "shown")
    row = await story.find("Mara")
    assert (await story.adjust("ruler", row, 3, before=2))["errors"] == []
    late = await story.adjust("former", row, 1, before=2)
    assert [(each["code"], each["field"]) for each in late["errors"]] == [
        ("VERSION_CONFLICT", ["before"])
    ]
    assert (await story.find("Mara"))["level"] == {"position": 3}
    assert (await story.adjust("former", row, 1, before=3))["errors"] == []


async def test_a_review_is_in_one_open_session_and_never_in_one_of_its_facilitator(
    company: Company,
) -> None:
    story = Story(company)
    await story.act("ruler", "Open")
    fields = {"name": "A second one", "heldOn": "2026-09-02"}
    given = fields | {
        "cycleId": company.encode_id("reviewcycle", "decided"),
        "facilitatorIds": [company.encode_id("person", "mara")],
    }
    made = await company.mutate("hr", "calibrationSessionCreate", SESSION, **given)
    assert made["errors"] == []
    second = Story(company)
    second.id = made["calibrationSession"]["id"]
    refused = await second.act("mara", "Open")
    assert codes(refused) == ["STATE_CONFLICT"]
    assert (await story.act("ruler", "Cancel", reason="Moved"))["errors"] == []
    assert (await second.act("mara", "Open"))["errors"] == []
    assert await second.list_names("mara") == ["Lead", "Peer"]


async def test_tasks_lead_members_and_facilitators_to_the_session(company: Company) -> None:
    async def list_tasks(who: str) -> list[Any]:
        nodes = (await company.query(who, TASKS))["viewer"]["tasks"]["nodes"]
        return [
            (each["kind"], each["dueOn"])
            for each in nodes
            if each["subject"] == {"__typename": "CalibrationSession"}
        ]

    assert await list_tasks("lead") == [("CALIBRATION", "2026-09-01")] * 3
    assert await list_tasks("ruler") == [("CALIBRATION_LOCK", "2026-09-01")] * 3
    assert await list_tasks("mara") == []
    await Story(company, "shown").act("ruler", "Lock")
    assert await list_tasks("lead") == [("CALIBRATION", "2026-09-01")] * 2


async def test_a_draft_names_every_fault_at_once(company: Company) -> None:
    given = {
        "name": "One",
        "heldOn": "2026-09-02",
        "cycleId": company.encode_id("reviewcycle", "decided"),
        "facilitatorIds": [company.encode_id("person", "ruler")],
        "memberIds": [company.encode_id("person", "alumna")],
        "guidance": [50, 50],
        "horizontalKey": "went_well",
        "verticalKey": "stays",
    }
    payload = await company.mutate("hr", "calibrationSessionCreate", SESSION, **given)
    assert [(each["code"], each["field"]) for each in payload["errors"]] == [
        ("INVALID", ["memberIds", "0"]),
        ("OUT_OF_RANGE", ["guidance"]),
        ("REFERENCE_NOT_FOUND", ["horizontalKey"]),
        ("REFERENCE_NOT_FOUND", ["verticalKey"]),
    ]
    alone = await company.mutate(
        *("hr", "calibrationSessionCreate", SESSION), **given | {"facilitatorIds": []}
    )
    assert [(each["code"], each["field"]) for each in alone["errors"]] == [
        ("REQUIRED", ["facilitatorIds"])
    ]
    for cycle, code in (("whole", "STATE_CONFLICT"), ("begun", "INVALID")):
        place = given | {"cycleId": company.encode_id("reviewcycle", cycle)}
        payload = await company.mutate("hr", "calibrationSessionCreate", SESSION, **place)
        assert codes(payload) == [code]


async def test_a_draft_is_edited_by_those_who_manage_the_cycle(company: Company) -> None:
    story = Story(company)
    lead = company.encode_id("person", "lead")
    edited = await story.act("hr", "Edit", memberIds=[lead], name="Later", heldOn="2026-10-01")
    assert edited["errors"] == []
    assert codes(await story.act("boss", "Edit", name="Mine")) == ["NOT_FOUND"]
    assert codes(await story.act("former", "Edit", name="Mine")) == ["NOT_PERMITTED"]
    both = await story.act("hr", "Edit", facilitatorIds=[lead])
    assert [each["field"] for each in both["errors"]] == [["memberIds"]]
    await story.act("ruler", "Open")
    assert codes(await story.act("hr", "Edit", name="Late")) == ["STATE_CONFLICT"]


async def test_the_order_of_discussion_is_kept_and_no_id_tells_a_time(company: Company) -> None:
    story = Story(company)
    await story.act("ruler", "Open")
    ids = [each["id"] for each in (await story.read("boss"))["subjects"]]
    assert ids == [each["id"] for each in (await story.read("ruler"))["subjects"]]
    for each in ids:
        assert decode_id(each, "calibrationsubject").version == 4
