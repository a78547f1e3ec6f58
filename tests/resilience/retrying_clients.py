"""Clients that change things at once and repeat each change until it is answered, and the books."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from persistence.kernel.pools import connect
from persistence.tenant_registry import TenantRegistry
from tests.resilience.harness import CREATE, Client, Json, Outcome

AT_ONCE = 8
SECONDS = 60.0
"""Until something is acknowledged again."""

EDIT = """
mutation($input: GoalEditInput!) {
  goalEdit(input: $input) { goal { id version } errors { code message } }
}"""
STATE = """
SELECT g.title, g.description, g.version, j.transactions, j.description AS told
FROM goals g LEFT JOIN (
    SELECT entity_id, count(DISTINCT xid) AS transactions,
           (array_agg(changes->'description'->>1 ORDER BY xid DESC, seq DESC)
            FILTER (WHERE changes ? 'description'))[1] AS description
    FROM journal WHERE entity = 'goal' GROUP BY entity_id) j ON j.entity_id = g.id
"""
UNKNOWN = """
SELECT count(*) FROM journal j
WHERE entity = 'goal' AND NOT EXISTS (SELECT 1 FROM goals g WHERE g.id = j.entity_id)
"""


@dataclass
class Writers:
    """Each drafts a goal and edits it, and then the next one; `before` is told of each number.

    `patience` is for one change, with all its repetitions.
    """

    client: Client
    keyed: bool = True
    patience: float = SECONDS
    before: Callable[[int], None] = lambda _: None
    drafted: set[str] = field(default_factory=set)
    edited: set[str] = field(default_factory=set)
    repeated: int = 0
    _numbers: "count[int]" = field(default_factory=count)

    async def write(self, changes: int) -> None:
        """Make so many changes."""
        await asyncio.gather(*(self._write(lambda: changes) for _ in range(AT_ONCE)))

    async def write_during(self, what: Any) -> None:
        """Write until something else has ended."""
        other = asyncio.ensure_future(what)
        writing = [self._write(lambda: 0 if other.done() else 10**9) for _ in range(AT_ONCE)]
        await asyncio.gather(*writing)
        await other

    async def another_is_acknowledged(self) -> None:
        """Wait until there is something new to lose, however busy the machine is."""
        before = self.acknowledged
        async with asyncio.timeout(SECONDS):
            while self.acknowledged == before:  # noqa: ASYNC110 - nobody tells us
                await asyncio.sleep(0.01)

    @property
    def acknowledged(self) -> int:
        """How many changes were answered with success."""
        return len(self.drafted) + len(self.edited)

    async def _write(self, until: Callable[[], int]) -> None:
        while (number := next(self._numbers)) < until():
            self.before(number)
            title = f"Change {number}"
            made = await self._insist(CREATE, title, {"title": title, "dueOn": "2031-01-31"})
            self.drafted.add(title)
            id_ = made.body["data"]["goalCreate"]["goal"]["id"]
            told = {"id": id_, "description": f"Told by {number}"}
            await self._insist(EDIT, f"Edit {number}", told)
            self.edited.add(title)

    async def _insist(self, query: str, key: str, told: Json) -> Outcome:
        async with asyncio.timeout(self.patience):
            while True:
                sent = key if self.keyed else None
                outcome = await self.client.ask(query, key=sent, input=told)
                if outcome.is_done:
                    return outcome
                self.repeated += 1
                assert outcome.status in (0, 503), outcome
                assert outcome.code in (None, "UNAVAILABLE", "TIMEOUT"), outcome
                await asyncio.sleep(0.02 if outcome.status else 0.1)  # who starts needs the CPU

    async def drafts(self) -> Counter[str]:
        """How often each goal is there in the end."""
        return Counter(await self.client.titles())

    async def audit(self, address: str) -> None:
        """Nothing acknowledged is lost, nothing is there by half, and nothing is there twice."""
        state, unknown = await self._books(address)
        by_title = {row["title"]: row for row in state}
        assert len(by_title) == len(state), "A goal is there twice."
        assert self.drafted <= by_title.keys(), "An acknowledged goal is lost."
        assert unknown == 0, "The journal tells of a goal that is not there."
        for title, row in by_title.items():
            assert row["version"] == row["transactions"], f"{title} is not what its journal says."
            assert row["description"] == row["told"], f"{title} is not what its journal says."
        lost = [each for each in self.edited if by_title[each]["version"] != 2]
        assert not lost, "An acknowledged edit is lost, or was made twice."

    async def _books(self, address: str) -> tuple[list[Any], int]:
        connection = await connect(address)
        try:
            tenant = await TenantRegistry(connection).find_tenant(self.client.slug)
            assert tenant is not None
            async with connection.transaction():
                await connection.execute(f"SET LOCAL app.tenant_id = '{tenant.id}'")
                return await connection.fetch(STATE), await connection.fetchval(UNKNOWN)
        finally:
            await connection.close()
