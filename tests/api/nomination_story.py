"""A running cycle of the company in which people are nominated, for tests."""

from datetime import UTC, datetime
from typing import Any

import asyncpg

from domain.kernel.background_tasks import build_system_actor
from domain.reviews.cycles import NOMINATION_TASK, OPEN_TASK
from domain.task_handlers import TASK_HANDLERS
from persistence.unit_of_work import work as unit
from tests.api.company import Company
from tests.api.test_review_cycle_launch import WITH_MANAGERS

LAUNCHED_AT = datetime(2026, 7, 1, tzinfo=UTC)
SECTION = {
    "key": "work",
    "title": "Work",
    "questions": [{"key": "well", "kind": "TEXT", "text": "What went well?"}],
}
PHASES = [
    {"kind": "NOMINATION", "startsOn": "2026-07-01", "lastDay": "2026-07-10"},
    {"kind": "PEERS", "startsOn": "2026-07-01", "lastDay": "2026-07-31"},
    {"kind": "MANAGER", "startsOn": "2026-08-01", "lastDay": "2026-08-15"},
]
REVIEWEE = {"nominators": ["REVIEWEE", "MANAGER", "HR"], "leastNominees": 2, "mostNominees": 3}
ROUNDS = """query($direction: ReviewDirection!) { reviewNominationRounds(
  where: { direction: { eq: $direction } }) { totalCount nodes {
  id version updatedAt status cycle { name } subject { name } viewerCan
  proposals { person { name } }
  nominees { person { name } } nominations(orderBy: [{ field: CREATED_AT }]) {
  totalCount nodes { id version status nominee { name } review { status declineReason } } } } } }"""
TASKS = """{ viewer { tasks(orderBy: [{ field: DUE_ON }]) { nodes { kind dueOn subject {
  ... on ReviewNominationRound { subject { name } cycle { name } }
  ... on ReviewNomination { round { subject { name } cycle { name } } } } } } } }"""
NAME = "Summer"
"""The name of the cycle. The company has others, which have rounds, too."""


def select_round(nodes: Any, about: str) -> Any:
    """Return the round of the cycle about a person; None without one."""
    found = [each for each in nodes if each["cycle"]["name"] == NAME]
    return next((each for each in found if each["subject"]["name"].startswith(about)), None)


class Nominations:
    """The nominations about Mara, whose manager is Boss."""

    def __init__(self, company: Company, writing: asyncpg.Pool) -> None:
        self.company, self.writing = company, writing
        self.cycle_id = company.encode_id("reviewcycle", "whole")

    async def launch(
        self, direction: str = "PEER", *, phases: Any = PHASES, changes: Any = None, **rules: Any
    ) -> None:
        """Launch a cycle of those with a manager, in which this direction is nominated."""
        template = await self._publish_template()
        directions = [
            {"direction": "MANAGER", "templateId": template},
            {"direction": direction, "templateId": template, **rules},
        ]
        lonely = self.company.people.keys() - {*WITH_MANAGERS, "alumna"}
        reason = {"kind": "EXCLUDED", "reason": "Founder."}
        selections = [reason | {"personId": self.person(each)} for each in sorted(lonely)]
        input = {"directions": directions, "phases": phases, "selections": selections, "name": NAME}
        await self.do_as_hr("reviewCycleEdit", **input, **(changes or {}))
        await self.do_as_hr("reviewCycleLaunch")
        await self.follow()

    async def follow(self) -> None:
        """Let workers do what the cycle asks for."""
        cycle_id = str(self.company.review_cycles["whole"].id)
        for kind in (OPEN_TASK, NOMINATION_TASK):
            await self.run_task(kind, cycle_id=cycle_id)

    async def run_task(self, kind: str, **arguments: str) -> None:
        handler = TASK_HANDLERS[kind]
        actor = build_system_actor(self.company.tenant_id, LAUNCHED_AT.date(), handler)
        async with unit.work(self.writing, actor, now=LAUNCHED_AT) as begun:
            await handler.run(begun, **arguments)

    async def do_as_hr(self, verb: str, **input: Any) -> None:
        payload = await self.company.mutate(
            "hr", verb, "reviewCycle { status }", id=self.cycle_id, **input
        )
        assert payload["errors"] == [], payload

    def person(self, name: str) -> str:
        return self.company.encode_id("person", name)

    async def read(self, who: str, direction: str = "PEER", about: str = "Mara") -> Any:
        """Return the round about a person, as somebody sees it; None where they see none."""
        found = await self.company.query(who, ROUNDS, direction=direction)
        return select_round(found["reviewNominationRounds"]["nodes"], about)

    async def list_statuses(self, direction: str = "PEER", about: str = "Mara") -> dict[str, str]:
        """Return the status of each nomination by the first name of the nominee, as HR."""
        found = await self.read("hr", direction, about)
        nodes = found["nominations"]["nodes"]
        return {each["nominee"]["name"].split()[0].lower(): each["status"] for each in nodes}

    async def nominate(
        self, who: str, person: str, *, direction: str = "PEER", about: str = "Mara", **input: Any
    ) -> Any:
        """Nominate a person; return the codes and messages of errors."""
        current = await self.read("hr", direction, about)
        payload = await self.company.mutate(
            who,
            "reviewNominate",
            "reviewNominationRound { version }",
            id=current["id"],
            personId=self.person(person),
            **input,
        )
        return payload["errors"]

    async def withdraw(self, who: str, person: str) -> Any:
        current = await self.read("hr")
        payload = await self.company.mutate(
            *(who, "reviewWithdrawNomination", "reviewNominationRound { version }"),
            id=current["id"],
            personId=self.person(person),
        )
        return payload["errors"]

    async def find(self, person: str, about: str = "Mara") -> str:
        """Return the id of the nomination of a person."""
        found = await self.read("hr", about=about)
        name = self.company.people[person].name
        ids = [e["id"] for e in found["nominations"]["nodes"] if e["nominee"]["name"] == name]
        return str(ids[-1])

    async def decide(self, who: str, verb: str, person: str, **input: Any) -> Any:
        """Approve or reject the nomination of a person; return the errors."""
        payload = await self.company.mutate(
            who,
            f"review{verb}Nomination",
            "reviewNomination { status }",
            id=await self.find(person),
            **input,
        )
        return payload["errors"]

    async def find_form(self, who: str, direction: str = "PEER") -> Any:
        """Return the form that somebody writes about Mara."""
        query = f"""{{ reviews(where: {{ direction: {{ eq: {direction} }} }}) {{ nodes {{
            id version status dueOn isShown writer {{ name }} subject {{ name }} }} }} }}"""
        nodes = (await self.company.query(who, query))["reviews"]["nodes"]
        name = self.company.people[who].name
        return next((each for each in nodes if (each["writer"] or {}).get("name") == name), None)

    async def find_packet(self) -> str:
        """Return the id of Mara's packet."""
        query = """query($id: ID!) { reviewCycle(by: { id: $id }) { packets { nodes {
            id subject { name } } } } }"""
        found = await self.company.query("hr", query, id=self.cycle_id)
        nodes = found["reviewCycle"]["packets"]["nodes"]
        (id,) = [each["id"] for each in nodes if each["subject"]["name"].startswith("Mara")]
        return str(id)

    async def decline(self, who: str, reason: str = "We never worked together.") -> Any:
        form = await self.find_form(who)
        payload = await self.company.mutate(
            *(who, "reviewDeclineNomination", "review { status }"), id=form["id"], reason=reason
        )
        return payload["errors"]

    async def list_tasks(self, who: str) -> list[tuple[str, str]]:
        """Return the kind and the due day of the tasks because of nominations about Mara."""
        nodes = (await self.company.query(who, TASKS))["viewer"]["tasks"]["nodes"]
        kinds = ("REVIEW_NOMINATE", "REVIEW_APPROVE_NOMINATION", "REVIEW_REPLACE_WRITER")
        found = []
        for each in (each for each in nodes if each["kind"] in kinds):
            current = each["subject"].get("round") or each["subject"]
            if current["cycle"]["name"] == NAME and current["subject"]["name"].startswith("Mara"):
                found.append((each["kind"], each["dueOn"]))
        return found

    async def _publish_template(self) -> str:
        made = await self.company.mutate(
            *("hr", "reviewTemplateCreate", "reviewTemplate { id }"),
            name="For everybody",
            sections=[SECTION],
        )
        id = str(made["reviewTemplate"]["id"])
        await self.company.mutate("hr", "reviewTemplatePublish", "reviewTemplate { id }", id=id)
        return id
