"""A partner system that synchronizes and follows, and repeats each request until it succeeds."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from tests.resilience.harness import Client

BATCH = 25
RETRY_TIMEOUT = 300.0
SNAPSHOT = "{ changesSnapshot(types: [PERSON]) { cursor } }"
CHANGES = """query($after: String!) { changes(after: $after, types: [PERSON], first: 200) {
  changes { changeId kind nodeId isDue node { ... on Person { id name jobTitle } } }
  typesToRead endCursor hasMore } }"""
PEOPLE = """query($after: String) { people(first: 100, after: $after) {
  nodes { id name jobTitle } pageInfo { endCursor hasNextPage } } }"""
GIVE_HR_ROLE = """
INSERT INTO role_assignments (tenant_id, id, member_id, role_id)
SELECT m.tenant_id, gen_random_uuid(), m.id, r.id
FROM members m JOIN roles r ON r.tenant_id = m.tenant_id AND r.key = 'hr'
WHERE m.tenant_id = $1"""
PAYLOADS = {
    "syncRunStart": "syncRun { id }",
    "syncRunFinish": "syncRun { status endedCount }",
    "peopleUpsert": "outcomes",
    "webhookCreate": "webhook { id }",
}
Objects = dict[str, dict[str, Any]]


async def let_hire(owner: asyncpg.Connection, tenant_id: Any) -> None:
    """Let the only member of a tenant hire people, too."""
    await owner.execute(f"SET app.tenant_id = '{tenant_id}'")
    await owner.execute(GIVE_HR_ROLE, tenant_id)


@dataclass
class Partner:
    """The partner, its copy of people, and the changes that it has read."""

    client: Client
    cursor: str = ""
    copy: Objects = field(default_factory=dict)
    changes: set[tuple[str, bool]] = field(default_factory=set)
    """The ids of changes, and whether their day has come. What is read again counts once."""

    batch_count: int = 0
    retry_count: int = 0

    async def ask(self, query: str, *, key: str | None = None, **variables: Any) -> Any:
        """Return the data of a request, which is repeated until it is answered."""
        async with asyncio.timeout(RETRY_TIMEOUT):
            while True:
                outcome = await self.client.execute(query, key=key, **variables)
                if outcome.status == 200 and not outcome.body.get("errors"):
                    if not outcome.is_unread:
                        return outcome.body["data"]
                else:
                    assert outcome.status in (0, 503), outcome
                self.retry_count += 1
                await asyncio.sleep(0.1)

    async def change(self, verb: str, *, key: str | None = None, **input: Any) -> Any:
        """Return the payload of a mutation that succeeds."""
        camel = f"{verb[0].upper()}{verb[1:]}Input"
        document = f"""mutation($input: {camel}!) {{
          {verb}(input: $input) {{ {PAYLOADS[verb]} errors {{ code message }} }} }}"""
        payload = (await self.ask(document, key=key, input=input))[verb]
        assert payload["errors"] == [], payload
        return payload

    async def sync(self, number: int, count: int) -> Any:
        """Send everybody with the job title of this run; return the finished run."""
        started = await self.change(
            "syncRunStart", key=f"start {number}", source="hris", kind="FULL", types=["PERSON"]
        )
        run_id = started["syncRun"]["id"]
        rows = [_build_row(n, f"Title {number}") for n in range(count)]
        for start in range(0, count, BATCH):
            batch = rows[start : start + BATCH]
            await self.change("peopleUpsert", syncRunId=run_id, rows=batch)
            self.batch_count += 1
        last_day = "2026-01-31"
        finished = await self.change(
            "syncRunFinish", key=f"finish {number}", id=run_id, lastDay=last_day
        )
        return finished["syncRun"]

    async def begin(self) -> None:
        """Take a cursor, and then a copy of everybody."""
        self.cursor = (await self.ask(SNAPSHOT))["changesSnapshot"]["cursor"]
        self.copy = await self.read_all()

    async def read_all(self) -> Objects:
        """Return everybody by their ids."""
        found, after = Objects(), None
        while True:
            page = (await self.ask(PEOPLE, after=after))["people"]
            found |= {each["id"]: each for each in page["nodes"]}
            after = page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                return found

    async def follow(self) -> None:
        """Apply all changes after the cursor to the copy."""
        has_more = True
        while has_more:
            page = (await self.ask(CHANGES, after=self.cursor))["changes"]
            for each in page["changes"]:
                self.changes.add((each["changeId"], each["isDue"]))
                if each["node"] is not None:
                    self.copy[each["nodeId"]] = each["node"]
            if page["typesToRead"]:
                self.copy = await self.read_all()
            self.cursor, has_more = page["endCursor"], page["hasMore"]


def _build_row(n: int, title: str) -> dict[str, Any]:
    row = {
        "externalReference": {"source": "hris", "id": f"P-{n}"},
        "givenName": f"Person {n}",
        "hiredOn": "2026-01-01",
        "jobTitle": title,
        "employeeNumber": f"N-{n}",
    }
    manager = {"externalReference": {"source": "hris", "id": f"P-{n // 6}"}}
    return row | {"manager": manager} if n else row
