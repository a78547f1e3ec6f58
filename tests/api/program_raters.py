"""Raters who are asked about a person of the company, for tests of feedback programs."""

from typing import Any

import asyncpg

from api.kernel.schema.global_ids import decode_id
from tests.api.company import Company
from tests.factories.actors import NOW, TODAY
from tests.factories.feedback_programs import run_tasks_of

LAUNCHED = """feedbackProgram { id status version invitedCount viewerCan explanation
  raters { nodes { person { name } group shownAs hasResponded } } }"""
SEEN = """query($id: ID!) { feedbackProgram(by: { id: $id }) {
  status version invitedCount responseCount viewerCan explanation
  viewerRater { group shownAs hasResponded } raters { totalCount nodes { hasResponded } }
  results(first: 100) { totalCount nodes {
    question { key } competency { key } group answerCount mean gap } }
  answers(first: 100) { totalCount nodes {
    id group question { key } author { name } rating text } } } }"""
TASKS = """{ viewer { tasks(where: { kind: { eq: FEEDBACK_PROGRAM } }) { nodes {
  dueOn subject { ... on FeedbackProgram { id } } } } } }"""


class Asked:
    """A company in which raters are asked about Peer, the report of Boss."""

    def __init__(self, company: Company, writing: asyncpg.Pool, owner: asyncpg.Connection) -> None:
        self.company, self.writing, self.owner = company, writing, owner
        self.id, self.subject = "", "peer"

    async def launch(self, who: str = "hr", **more: Any) -> Any:
        input = {
            "subjectId": self.company.encode_id("person", self.subject),
            "templateId": self.company.encode_id("reviewtemplate", "rated"),
            "title": "From all sides",
            "mode": "ANONYMOUS",
            "audience": "SUBJECT",
            "closesOn": TODAY.isoformat(),
            "leastPeers": 3,
            "raters": self.name(peer="SELF", boss="MANAGER", **dict.fromkeys(self.peers, "PEER")),
            **more,
        }
        payload = await self.company.mutate(who, "feedbackProgramLaunch", LAUNCHED, **input)
        if payload["feedbackProgram"]:
            self.id = payload["feedbackProgram"]["id"]
        return payload

    peers = ("mara", "lead", "former", "hr_ops", "admin", "analyst")

    def name(self, **groups: str | None) -> list[Any]:
        return [
            {"personId": self.company.encode_id("person", who), "group": group}
            for who, group in groups.items()
        ]

    async def answer(self, who: str, level: int, text: str | None = None) -> Any:
        rated = [{"questionKey": key, "level": level} for key in ("delivers", "listens")]
        told = [{"questionKey": "more", "text": text}] if text else []
        return await self.respond(who, [*rated, *told])

    async def respond(self, who: str, answers: list[Any]) -> Any:
        selection = "feedbackProgram { version viewerRater { hasResponded } }"
        return await self.company.mutate(
            who, "feedbackProgramRespond", selection, programId=self.id, answers=answers
        )

    async def see(self, who: str) -> Any:
        return (await self.company.query(who, SEEN, id=self.id))["feedbackProgram"]

    async def list_results(self, who: str, key: str = "delivers") -> dict[str, Any]:
        """Return count, mean and gap of each group about a question."""
        nodes = (await self.see(who))["results"]["nodes"]
        return {
            each["group"]: (each["answerCount"], each["mean"], each["gap"])
            for each in nodes
            if (each["question"] or each["competency"])["key"] == key
        }

    async def list_texts(self, who: str) -> list[Any]:
        nodes = (await self.see(who))["answers"]["nodes"]
        found = [(each["group"], each["author"], each["text"]) for each in nodes if each["text"]]
        return sorted((group, author and author["name"], text) for group, author, text in found)

    async def run(self, *kinds: str) -> None:
        id = decode_id(self.id, "feedbackprogram")
        await run_tasks_of(self.writing, self.company.tenant_id, NOW, id, *kinds)

    async def close(self) -> None:
        payload = await self.company.mutate(
            "hr", "feedbackProgramClose", "feedbackProgram { status }", id=self.id
        )
        assert payload == {"feedbackProgram": {"status": "CLOSED"}, "errors": []}
        await self.run()

    async def fetch(self, table: str, column: str = "t::text") -> list[Any]:
        """Return a column of all rows of a table in the tenant."""
        async with self.owner.transaction():
            await self.owner.execute(f"SET LOCAL app.tenant_id = '{self.company.tenant_id}'")
            sql = f"SELECT {column} FROM {table} t WHERE tenant_id = $1"
            return [row[0] for row in await self.owner.fetch(sql, self.company.tenant_id)]

    async def count_rows(self, table: str) -> int:
        ids = await self.fetch(table, "feedback_program_id")
        return ids.count(decode_id(self.id, "feedbackprogram"))

    async def list_due_days(self, who: str) -> list[str]:
        tasks = (await self.company.query(who, TASKS))["viewer"]["tasks"]["nodes"]
        return [each["dueOn"] for each in tasks if each["subject"]["id"] == self.id]
