"""The unit of work of the rows of a batch: what is asked for each row is answered from memory."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from domain.kernel.aggregate import Aggregate
from domain.kernel.unique_claims import UniqueClaim
from domain.kernel.unit_of_work import Work
from domain.kernel.upserts.line_graph import LINES_ABOVE, LineGraph


class BatchWork:
    """A unit of work that takes each lock once, reads trees once, and checks claims at the end.

    Everything else goes to the unit of work of the request. Use cases work with either.
    """

    def __init__(self, work: Work) -> None:
        self._work, self.actor = work, work.actor
        self._held = set[tuple[str, ...]]()
        self._parents = dict[UUID, UUID | None]()
        self.lines = LineGraph()
        self.open_claims = list[UniqueClaim]()
        self.known = dict[UUID, Any]()
        """The aggregates of the rows by their ids, as they are in memory."""

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._work, name)
        if callable(found):
            setattr(self, name, found)  # so that it is found at once the next time
        return found

    def forget_locks(self) -> None:
        """Take all locks again: an undone step may have lost them."""
        self._held.clear()

    async def lock_tree(self, tree: str) -> None:
        """Lock a tree, once."""
        await self._hold(("tree", tree))

    async def lock_value(self, attribute: str, value: str) -> None:
        """Lock a value, once."""
        await self._hold(("value", attribute, value))

    async def lock_values(self, attribute: str, values: Collection[str]) -> None:
        """Lock several values in one statement, each once."""
        missing = [each for each in values if ("value", attribute, each) not in self._held]
        if missing:
            await self._work.lock_values(attribute, missing)
            self._held.update(("value", attribute, each) for each in missing)

    async def load_tree(self, statement: str, ids: Collection[UUID]) -> None:
        """Load what is above these objects, once and before any row."""
        rows = await self._work.run_statement(statement, ids=[*ids])
        if statement == LINES_ABOVE:
            self.lines = LineGraph.create(rows)
        else:
            self._parents = {each[0]: each[1] for each in rows}

    async def ancestors(self, _: type[Aggregate], id: UUID) -> Collection[UUID]:
        """Return the ancestors of a node, by the rows applied so far."""
        found, above = list[UUID](), self._find_parent(id)
        while above is not None and above not in found:
            found.append(above)
            above = self._find_parent(above)
        return found

    def _find_parent(self, id: UUID) -> UUID | None:
        if id in self.known:
            parent_id: UUID | None = self.known[id].parent_id
            return parent_id
        return self._parents.get(id)

    async def managers_between(
        self, person_id: UUID, since: date, until: date | None
    ) -> Collection[UUID]:
        """Return all above a person in a period, by the rows applied so far."""
        today = self.actor.today
        return self.lines.list_above(self.known, person_id, (since, until or date.max), today)

    async def _hold(self, lock: tuple[str, ...]) -> None:
        if lock not in self._held:
            name, *arguments = lock
            await getattr(self._work, f"lock_{name}")(*arguments)
            self._held.add(lock)
