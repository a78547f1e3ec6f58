"""Reminders of what is to be written, shared and signed in running cycles, by workers.

A reminder is a mark on the task of one person, which nobody else sees, and an event of the form or
the packet. The task runs each hour: it looks at what is to be done at that moment, so who has
done it, or has left, gets none. A stage that was marked is not marked again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from domain.kernel.background_tasks import TaskHandler
from domain.kernel.pauses import with_pauses
from domain.kernel.todos import TaskKind
from domain.kernel.unit_of_work import Work
from domain.reviews.cycles.model import ReviewCycle, build_reminding
from domain.reviews.cycles.reminder_rules import ReminderRule, count_working_days, is_quiet
from domain.reviews.packets import ReviewPacket
from domain.reviews.writing.model import Review
from domain.working_days import WorkCalendar, WorkingDays

CHUNK = 500
"""Tasks that are marked at once."""

HOUR = timedelta(hours=1)
LIST_TASKS = "review_cycle.list_tasks"
MARK_REMINDED = "review_cycle.mark_reminded"
KINDS: Mapping[str, type[Review] | type[ReviewPacket]] = {
    each.NAME: each for each in (Review, ReviewPacket)
}


class DueTask(NamedTuple):
    """A task of a cycle, and where its person is now: the day, the hour and the location."""

    id: UUID
    kind: str
    entity: str
    subject_id: UUID
    due_on: date
    stage: int | None
    today: date
    hour: int
    location: str | None
    can_escalate: bool


@dataclass(frozen=True)
class Reminder:
    """A task whose stage is reached."""

    task: DueTask
    stage: int


@dataclass
class Findings:
    """The tasks whose stage is reached, and the packets that are late for so long."""

    reminders: list[Reminder] = field(default_factory=list)
    late_ids: list[UUID] = field(default_factory=list)


async def remind(work: Work, cycle_id: str) -> None:
    """Mark the tasks of a cycle whose next stage is reached, and look again in an hour."""
    cycle = await work.find(ReviewCycle, id=UUID(cycle_id))
    if cycle is None or not cycle.reminds:
        return
    found = await _find(work, cycle)
    await _mark(work, found.reminders[:CHUNK])
    for packet in await work.load_all(ReviewPacket, found.late_ids[:CHUNK], locks=True):
        packet.escalate()
    is_complete = max(len(found.reminders), len(found.late_ids)) <= CHUNK
    soon = begin_next_hour(work.now) if is_complete else None
    work.enqueue(build_reminding(cycle.id, soon))


REMINDING = TaskHandler(remind)


def begin_next_hour(now: datetime) -> datetime:
    """Return the moment at which the next hour begins."""
    return now.replace(minute=0, second=0, microsecond=0) + HOUR


async def _find(work: Work, cycle: ReviewCycle) -> Findings:
    """Return the tasks whose stage is reached where their person is, outside of quiet hours."""
    latest = work.actor.today + timedelta(days=max((0, *cycle.reminder_days)) + 1)
    rows = await work.run_statement(LIST_TASKS, cycle_id=cycle.id, latest=latest, now=work.now)
    calendars = await _load_calendars(work)
    rule, found = ReminderRule(cycle.reminder_days, cycle.overdue_reminder_days), Findings()
    async for row in with_pauses(rows):
        task = DueTask(*row)
        if is_quiet(task.hour, cycle.quiet_from_hour, cycle.quiet_until_hour):
            continue
        place = calendars.get(task.location) or calendars.get(None) or WorkingDays()
        stage = rule.find_stage(task.due_on, task.today, place)
        if stage is not None and (task.stage is None or task.stage < stage):
            found.reminders.append(Reminder(task, stage))
        if _is_to_be_escalated(cycle, task, place):
            found.late_ids.append(task.subject_id)
    return found


def _is_to_be_escalated(cycle: ReviewCycle, task: DueTask, working_days: WorkingDays) -> bool:
    """Return whether a manager is late with sharing for as long as the cycle says."""
    if task.kind != TaskKind.REVIEW_SHARE or not cycle.escalation_days or not task.can_escalate:
        return False
    return count_working_days(task.due_on, task.today, working_days) >= cycle.escalation_days


async def _load_calendars(work: Work) -> Mapping[str | None, WorkingDays]:
    """Return the working days of each location; those without one under None."""
    calendars = await work.find_all(WorkCalendar, tenant_id=[work.actor.tenant_id])
    return {
        each.location.casefold() if each.location else None: each.working_days for each in calendars
    }


async def _mark(work: Work, reminders: Sequence[Reminder]) -> None:
    """Mark what nobody else has marked or done meanwhile, and record the events."""
    stages = {each.task.id: each.stage for each in reminders}
    marked: set[Any] = {
        id
        for (id,) in await work.run_statement(
            MARK_REMINDED, ids=[*stages], stages=[*stages.values()], now=work.now
        )
    }
    sent = [each for each in reminders if each.task.id in marked]
    for name, kind in KINDS.items():
        by_subject = {each.task.subject_id: each for each in sent if each.task.entity == name}
        for subject in await work.load_all(kind, [*by_subject], keeps_state=True):
            stage = by_subject[subject.id].stage
            subject.record_event("reminded", keeps_version=True, details={"stage": stage})
