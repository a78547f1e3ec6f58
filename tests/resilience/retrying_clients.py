"""Clients that retry each change until it is acknowledged, and the audit of the result."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from persistence.kernel.pools import connect
from persistence.tenant_registry import TenantRegistry
from tests.resilience.harness import CREATE_GOAL, Client, Json, Outcome

CONCURRENCY = 8
RETRY_TIMEOUT = 60.0
"""The limit of all retries of a change."""

EDIT = """
mutation($input: GoalEditInput!) {
  goalEdit(input: $input) { goal { id version } errors { code message } }
}"""
STATE = """
SELECT g.title, g.description, g.version, j.transactions, j.description AS told
FROM goals g LEFT JOIN (
    SELECT entity_id, count(DISTINCT number - seq) AS transactions,
           (array_agg(changes->'description'->>1 ORDER BY number DESC)
            FILTER (WHERE changes ? 'description'))[1] AS description
    FROM journal WHERE entity = 'goal' GROUP BY entity_id) j ON j.entity_id = g.id
"""
ORPHANED_ENTRIES = """
SELECT count(*) FROM journal j
WHERE entity = 'goal' AND NOT EXISTS (SELECT 1 FROM goals g WHERE g.id = j.entity_id)
"""


@dataclass
class RetryingClients:
    """Clients that each create and edit one goal after the other.

    `before_change` is called with the number of each change; `timeout` bounds all retries of one.
    """

    client: Client
    has_keys: bool = True
    timeout: float = RETRY_TIMEOUT
    before_change: Callable[[int], None] = lambda _: None
    created_titles: set[str] = field(default_factory=set)
    edited_titles: set[str] = field(default_factory=set)
    retry_count: int = 0
    _counter: "count[int]" = field(default_factory=count)

    async def run_changes(self, changes: int) -> None:
        """Make this many changes."""
        await asyncio.gather(
            *(self._run_changes_until(lambda: changes) for _ in range(CONCURRENCY))
        )

    async def run_changes_during(self, what: Any) -> None:
        """Make changes until the awaitable ends."""
        other = asyncio.ensure_future(what)
        writing = [
            self._run_changes_until(lambda: 0 if other.done() else 10**9)
            for _ in range(CONCURRENCY)
        ]
        await asyncio.gather(*writing)
        await other

    async def wait_for_acknowledgement(self) -> None:
        """Wait until another change is acknowledged, however busy the machine is."""
        before = self.acknowledged_count
        async with asyncio.timeout(RETRY_TIMEOUT):
            while self.acknowledged_count == before:  # noqa: ASYNC110 - nobody tells us
                await asyncio.sleep(0.01)

    @property
    def acknowledged_count(self) -> int:
        """The number of acknowledged changes."""
        return len(self.created_titles) + len(self.edited_titles)

    async def _run_changes_until(self, until: Callable[[], int]) -> None:
        while (number := next(self._counter)) < until():
            self.before_change(number)
            title = f"Change {number}"
            made = await self._retry_until_acknowledged(
                CREATE_GOAL, title, {"title": title, "dueOn": "2031-01-31"}
            )
            self.created_titles.add(title)
            id_ = made.body["data"]["goalCreate"]["goal"]["id"]
            told = {"id": id_, "description": f"Told by {number}"}
            await self._retry_until_acknowledged(EDIT, f"Edit {number}", told)
            self.edited_titles.add(title)

    async def _retry_until_acknowledged(self, query: str, key: str, told: Json) -> Outcome:
        async with asyncio.timeout(self.timeout):
            while True:
                sent = key if self.has_keys else None
                outcome = await self.client.execute(query, key=sent, input=told)
                if outcome.is_acknowledged:
                    return outcome
                self.retry_count += 1
                if (
                    outcome.is_unread
                ):  # the next request needs the id; the key prevents a second one
                    continue
                assert outcome.status in (0, 503), outcome
                assert outcome.code in (None, "UNAVAILABLE", "TIMEOUT"), outcome
                await asyncio.sleep(0.02 if outcome.status else 0.1)  # who starts needs the CPU

    async def count_goals(self) -> Counter[str]:
        """Count how often each goal exists in the end."""
        return Counter(await self.client.list_titles())

    async def assert_consistent(self, address: str) -> None:
        """Assert that no acknowledged change is lost, half done or done twice."""
        state, unknown = await self._load_goals_and_journal(address)
        by_title = {row["title"]: row for row in state}
        assert len(by_title) == len(state), "A goal is there twice."
        assert self.created_titles <= by_title.keys(), "An acknowledged goal is lost."
        assert unknown == 0, "The journal tells of a goal that is not there."
        for title, row in by_title.items():
            assert row["version"] == row["transactions"], f"{title} is not what its journal says."
            assert row["description"] == row["told"], f"{title} is not what its journal says."
        lost = [each for each in self.edited_titles if by_title[each]["version"] != 2]
        assert not lost, "An acknowledged edit is lost, or was made twice."

    async def _load_goals_and_journal(self, address: str) -> tuple[list[Any], int]:
        connection = await connect(address)
        try:
            tenant = await TenantRegistry(connection).find_tenant(self.client.slug)
            assert tenant is not None
            async with connection.transaction():
                await connection.execute(f"SET LOCAL app.tenant_id = '{tenant.id}'")
                return await connection.fetch(STATE), await connection.fetchval(ORPHANED_ENTRIES)
        finally:
            await connection.close()
