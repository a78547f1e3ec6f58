"""Sharing the reviews of a cycle: by managers, on a day, or all at once."""

from datetime import UTC, datetime
from typing import Any

import asyncpg

from domain.reviews.cycles import OPEN_TASK, SHARE_TASK
from tests.api.company import Company
from tests.api.test_review_cycle_launch import do, exclude_all_without_manager, run_task

NOW = datetime(2026, 6, 14, 9, tzinfo=UTC)
PACKETS = """query($id: ID!) { reviewCycle(by: { id: $id }) { releasedAt packets { nodes {
 id status release viewerCan subject { id } reviews { nodes { id direction } } } } } }"""
PACKET = "reviewPacket { id status }"
TASKS = """{ viewer { tasks(where: { kind: { eq: REVIEW_SHARE } }) { nodes {
 subject { ... on ReviewPacket { id } } } } } }"""


class Cycle:
    """A cycle about Mara, her peer and their manager Boss, with a rule of sharing."""

    def __init__(self, company: Company, writing: asyncpg.Pool) -> None:
        self.company, self.writing = company, writing

    async def launch(self, **rule: Any) -> None:
        scale = self.company.encode_id("ratingscale", "published")
        await exclude_all_without_manager(self.company, scaleId=scale, **rule)
        await do(self.company, "reviewCycleLaunch", "reviewCycle { status }")
        await run_task(self.writing, self.company, OPEN_TASK, NOW)

    async def read(self) -> dict[str, Any]:
        """Return the packets by the name of their subject."""
        id = self.company.encode_id("reviewcycle", "whole")
        found = (await self.company.query("hr", PACKETS, id=id))["reviewCycle"]
        names = {self.company.encode_id("person", each): each for each in ("mara", "peer", "boss")}
        return {names[each["subject"]["id"]]: each for each in found["packets"]["nodes"]}

    async def act(self, who: str, verb: str, subject: str, **input: Any) -> list[str]:
        """Do something with the packet of a person, and return the codes of the errors."""
        id = (await self.read())[subject]["id"]
        payload = await self.company.mutate(who, f"review{verb}", PACKET, id=id, **input)
        return [each["code"] for each in payload["errors"]]

    async def run(self, now: datetime = NOW) -> dict[str, tuple[str, str]]:
        """Let a worker share; return status and rule of each packet."""
        await run_task(self.writing, self.company, SHARE_TASK, now)
        packets = await self.read()
        return {name: (each["status"], each["release"]) for name, each in packets.items()}

    async def list_own(self, who: str) -> set[str]:
        """Return whose packets somebody has the task to share."""
        nodes = (await self.company.query(who, TASKS))["viewer"]["tasks"]["nodes"]
        ids = {each["subject"]["id"] for each in nodes if each["subject"]}
        return {name for name, each in (await self.read()).items() if each["id"] in ids}


async def test_all_reviews_of_a_cycle_are_shared_at_once(
    company: Company, writing: asyncpg.Pool
) -> None:
    cycle = Cycle(company, writing)
    await cycle.launch(release="ALL_AT_ONCE")
    assert await cycle.list_own("boss") == {"mara", "peer"}
    assert await cycle.act("boss", "Decide", "mara", level=2) == []
    assert await cycle.list_own("boss") == {"peer"}
    for who in ("boss", "hr"):
        assert await cycle.act(who, "Share", "mara") == ["STATE_CONFLICT"]
    assert "SHARE" not in (await cycle.read())["mara"]["viewerCan"]
    held = dict.fromkeys(("mara", "peer", "boss"), ("COLLECTING", "ALL_AT_ONCE"))
    assert await cycle.run() == held | {"mara": ("DECIDED", "ALL_AT_ONCE")}
    await do(company, "reviewCycleShare", "reviewCycle { releasedAt }")
    left = dict.fromkeys(("peer", "boss"), ("COLLECTING", "BY_MANAGER"))
    shared = left | {"mara": ("SHARED", "ALL_AT_ONCE")}
    assert await cycle.run() == shared
    assert await cycle.run() == shared  # a second run does nothing
    assert await cycle.act("boss", "Decide", "peer", level=1) == []
    assert await cycle.list_own("boss") == {"peer"}
    assert await cycle.act("boss", "Share", "peer") == []


async def test_reviews_are_shared_on_their_day(company: Company, writing: asyncpg.Pool) -> None:
    cycle = Cycle(company, writing)
    await cycle.launch(release="ON_DATE", releaseOn="2026-06-20")
    await cycle.act("boss", "Decide", "mara", level=2)
    assert await cycle.act("boss", "Share", "mara") == ["STATE_CONFLICT"]
    early = datetime(2026, 6, 20, 11, 59, tzinfo=UTC)
    assert (await cycle.run(early))["mara"] == ("DECIDED", "ON_DATE")
    begun_everywhere = datetime(2026, 6, 20, 12, tzinfo=UTC)
    found = await cycle.run(begun_everywhere)
    assert (found["mara"], found["peer"]) == (("SHARED", "ON_DATE"), ("COLLECTING", "BY_MANAGER"))


async def test_a_manager_who_is_still_writing_keeps_the_review(
    company: Company, writing: asyncpg.Pool
) -> None:
    cycle = Cycle(company, writing)
    await cycle.launch(release="ALL_AT_ONCE")
    (form,) = [
        each["id"]
        for each in (await cycle.read())["mara"]["reviews"]["nodes"]
        if each["direction"] == "MANAGER"
    ]
    answer = {"id": form, "questionKey": "went_well", "text": "Much."}
    await company.mutate("boss", "reviewSaveAnswer", "review { id }", **answer)
    await cycle.act("boss", "Decide", "mara", level=2)
    await do(company, "reviewCycleShare", "reviewCycle { releasedAt }")
    assert (await cycle.run())["mara"] == ("DECIDED", "BY_MANAGER")


async def test_hr_may_share_all_where_managers_share(
    company: Company, writing: asyncpg.Pool
) -> None:
    cycle = Cycle(company, writing)
    await cycle.launch()
    await cycle.act("boss", "Decide", "mara", level=2)
    await do(company, "reviewCycleShare", "reviewCycle { releasedAt }")
    found = await cycle.run()
    assert (found["mara"], found["peer"]) == (
        ("SHARED", "BY_MANAGER"),
        ("COLLECTING", "BY_MANAGER"),
    )


async def test_only_a_rule_with_a_day_takes_one(company: Company) -> None:
    id = company.encode_id("reviewcycle", "whole")
    for input, code in (
        ({"release": "ON_DATE"}, "REQUIRED"),
        ({"release": "ALL_AT_ONCE", "releaseOn": "2026-06-20"}, "INVALID"),
    ):
        payload = await company.mutate(
            "hr", "reviewCycleEdit", "reviewCycle { id }", id=id, **input
        )
        assert [(each["code"], each["field"]) for each in payload["errors"]] == [
            (code, ["releaseOn"])
        ]
