"""Steps of a unit of work: each can be undone with all that it loaded, changed and wrote.

A batch with an outcome for each row makes a step for each. What a step touches is remembered at the
first touch, so a step costs nothing where it touches nothing. The database has a savepoint only for
a step that writes before the commit. A write compares what the present step has touched, and what
no write has compared yet, so that the last steps of a batch cost no more than the first.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from domain.kernel.background_tasks import BackgroundTask
from persistence.kernel.journal import JournalWriter
from persistence.kernel.mapping.registry import MAPPINGS
from persistence.kernel.pools import Connection
from persistence.unit_of_work.relationship_cache import RelationshipCache
from persistence.unit_of_work.tracked import TrackedAggregate

Restore = Callable[[], None]
Key = tuple[type, UUID]


@dataclass(eq=False)
class Step:
    """What undoes one step: the state of everything that it touched, as it was before.

    An aggregate that the step itself loaded or added has None.
    """

    number: int
    pending_count: int
    task_count: int
    records: Any
    touched: dict[Key, Restore | None] = field(default_factory=dict)
    has_savepoint: bool = False

    @property
    def savepoint(self) -> str:
        """The name of the savepoint in the database."""
        return f"step_{self.number}"


class Steps(ABC):
    """The part of a unit of work that undoes steps."""

    _tracked: dict[Key, TrackedAggregate]
    _flush_candidates: dict[Key, TrackedAggregate]
    _relationships: RelationshipCache
    _journal: JournalWriter
    _records: Any
    _steps: list[Step]
    _step_keys: set[Key]
    """What the present step has loaded, added or written; it may change until the step ends."""

    @property
    @abstractmethod
    def _tasks(self) -> list[BackgroundTask]:
        """The tasks that wait for the commit."""

    @abstractmethod
    async def _begin(self) -> Connection:
        """Begin a transaction, unless it has begun; return its connection."""

    def begin_step(self) -> None:
        """Begin a step."""
        if not self._steps:
            self._steps, self._flush_candidates = [], dict(self._tracked)
        self._step_keys = set()
        number, pending, tasks = len(self._steps), len(self._journal.pending), len(self._tasks)
        self._steps.append(Step(number, pending, tasks, self._records))

    async def undo_step(self) -> None:
        """Undo the last step that was begun."""
        await self._undo_from(len(self._steps) - 1)

    @property
    def step_count(self) -> int:
        """How many steps have begun and may be undone."""
        return len(self._steps)

    async def undo_steps_after(self, count: int) -> None:
        """Undo all steps but the first `count`, the last one first."""
        await self._undo_from(count)

    def keep_steps(self) -> None:
        """Keep what all steps did: none can be undone any more."""
        self._steps = []
        self._flush_candidates = self._tracked

    async def _undo_from(self, position: int) -> None:
        undone, self._steps = self._steps[position:], self._steps[:position]
        for each in reversed(undone):
            self._restore(each)
        first = next((each for each in undone if each.has_savepoint), None)
        if first is not None:
            await (await self._begin()).execute(f"ROLLBACK TO SAVEPOINT {first.savepoint}")
        if undone:
            self._relationships.clear()
        if not self._steps:
            self._flush_candidates = self._tracked

    def _restore(self, step: Step) -> None:
        for key, restore in step.touched.items():
            if restore is not None:
                restore()
                continue
            self._tracked.pop(key, None)
            self._flush_candidates.pop(key, None)
        del self._journal.pending[step.pending_count :]
        del self._tasks[step.task_count :]
        self._records = step.records

    def _remember(self, key: Key) -> None:
        """Remember an aggregate at the first touch of the step, before it changes."""
        if not self._steps or key in self._steps[-1].touched:
            return
        tracked = self._tracked.get(key)
        restore = None if tracked is None else _remember_tracked(self._tracked, key, tracked)
        self._steps[-1].touched[key] = restore

    def _forget_compared(self) -> None:
        """Leave out of the next write what this one has compared and the step does not use."""
        if self._steps:
            found = {key: self._tracked.get(key) for key in self._step_keys}
            self._flush_candidates = {key: each for key, each in found.items() if each}

    async def _remember_before_writing(self) -> None:
        """Remember all that a write may change, and set a savepoint for the step."""
        if not self._steps:
            return
        for key in self._flush_candidates:
            self._remember(key)
        step = self._steps[-1]
        if not step.has_savepoint:
            await (await self._begin()).execute(f"SAVEPOINT {step.savepoint}")
            step.has_savepoint = True


def _remember_tracked(
    all_tracked: dict[Key, TrackedAggregate], key: Key, tracked: TrackedAggregate
) -> Restore:
    values, restore_aggregate = dict(vars(tracked)), _remember_entity(tracked.aggregate)

    def restore() -> None:
        restore_aggregate()
        vars(tracked).update(values)
        all_tracked[key] = tracked

    return restore


def _remember_entity(entity: Any) -> Restore:
    """Return what gives an aggregate or a part, with its parts, its present values again."""
    mapping = MAPPINGS[type(entity)]
    values = dict(vars(entity))
    copies = {
        name: copy(each) for name, each in values.items() if (copy := _COPIES.get(type(each)))
    }
    parts = [_remember_entity(part) for name in mapping.children for part in copies[name]]

    def restore() -> None:
        vars(entity).clear()
        vars(entity).update(values)
        for name, each in copies.items():
            setattr(entity, name, each)
        for each in parts:
            each()

    return restore


_COPIES: dict[type, Callable[[Any], Any]] = {list: list, set: set, dict: dict}
