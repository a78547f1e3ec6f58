"""The background task of what recurs: it makes what is due, and waits for the next day."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar
from uuid import UUID

from domain.kernel.actions import Action
from domain.kernel.background_tasks import BackgroundTask, TaskHandler
from domain.kernel.errors import Invalid, LimitExceeded, Refusal, StateConflict
from domain.kernel.permissions import Permission
from domain.kernel.unit_of_work import Work
from domain.recurrences.model import ACTIVE, Recurring, SkipReason, check_changes
from domain.tenants import load_tenant

Schedule = TypeVar("Schedule", bound=Recurring)

Make = Callable[[Work, Schedule, date], Awaitable[None]]
"""Makes what is due on a day. It raises a refusal before it has changed anything, or not at all."""

REASONS: Mapping[type[Refusal], SkipReason] = {
    Invalid: SkipReason.TOO_FEW_PEOPLE,
    LimitExceeded: SkipReason.LIMIT_EXCEEDED,
    StateConflict: SkipReason.STILL_OPEN,
}


@dataclass(frozen=True)
class RecurringTasks(Generic[Schedule]):
    """The background task of a kind of schedule. `kind` is the kind of the task."""

    kind: str
    schedule: type[Schedule]
    make: Make[Schedule]
    permissions: frozenset[Permission]

    async def enqueue(self, work: Work, schedule: Schedule) -> None:
        """Let a worker make what is due on the next day, once it begins in the tenant's zone."""
        if schedule.status is ACTIVE and schedule.recurs_on is not None:
            begin = (await load_tenant(work)).begin_day(schedule.recurs_on)
            arguments = {"schedule_id": str(schedule.id)}
            work.enqueue(BackgroundTask(self.kind, arguments, str(schedule.id), begin))

    async def edit(
        self,
        work: Work,
        id: UUID,
        *,
        to: Action,
        expected_version: int | None = None,
        **details: Any,
    ) -> Schedule:
        """Change when it recurs, or what is made later. What was made stays as it is.

        Raises what `Work.get` raises, and Invalid with all faults.
        """
        schedule = await work.get(self.schedule, id, to=to, expected_version=expected_version)
        values = check_changes(schedule, details, work.actor.today)
        schedule.change(values, work.actor.today)
        await self.enqueue(work, schedule)
        return schedule

    def list_handlers(self) -> Mapping[str, TaskHandler]:
        """Return the handler by kind of task."""
        return {self.kind: TaskHandler(self._run, self.permissions)}

    async def _run(self, work: Work, *, schedule_id: str) -> None:
        """Make what is due, at most once for each day, because the schedule is locked."""
        for schedule in await work.load_all(self.schedule, [UUID(schedule_id)], locks=True):
            day = schedule.find_due(work.actor.today)
            if schedule.status is ACTIVE and day is not None:
                await self._make(work, schedule, day)
            await self.enqueue(work, schedule)

    async def _make(self, work: Work, schedule: Schedule, day: date) -> None:
        try:
            await self.make(work, schedule, day)
        except Refusal as refusal:
            schedule.skip(day, REASONS.get(type(refusal), SkipReason.NOT_POSSIBLE))
        else:
            schedule.occur(day)
