"""The unit of work of the rows of a batch: what is asked for each row is answered from memory."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from domain.kernel.aggregate import Aggregate
from domain.kernel.unique_claims import UniqueClaim
from domain.kernel.unit_of_work import Work


class BatchWork:
    """A unit of work that takes each lock once, reads trees once, and checks claims at the end.

    Everything else goes to the unit of work of the request. Use cases work with either.
    """

    def __init__(self, work: Work) -> None:
        self._work = work
        self._held = set[tuple[str, ...]]()
        self._trees = dict[type, dict[UUID, UUID | None]]()
        self.open_claims = list[UniqueClaim]()
        self.known = dict[UUID, Any]()
        """The aggregates of the rows by their ids, as they are in memory."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._work, name)

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

    async def ancestors(self, kind: type[Aggregate], id: UUID) -> Collection[UUID]:
        """Return the ancestors of a node, by the rows applied so far."""
        if kind not in self._trees:
            rows = await self._work.run_statement(f"tree_of_{kind.NAME}")
            self._trees[kind] = {each[0]: each[1] for each in rows}
        found, above = list[UUID](), self._find_parent(kind, id)
        while above is not None and above not in found:
            found.append(above)
            above = self._find_parent(kind, above)
        return found

    def _find_parent(self, kind: type[Aggregate], id: UUID) -> UUID | None:
        if id in self.known:
            parent_id: UUID | None = self.known[id].parent_id
            return parent_id
        return self._trees[kind].get(id)

    async def _hold(self, lock: tuple[str, ...]) -> None:
        if lock not in self._held:
            name, *arguments = lock
            await getattr(self._work, f"lock_{name}")(*arguments)
            self._held.add(lock)
