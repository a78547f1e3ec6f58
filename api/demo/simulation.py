"""Simulation of a tenant's history: actions scheduled and performed in order of time."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, time, timedelta
from heapq import heappop, heappush
from inspect import isawaitable
from itertools import count
from random import Random

from api.demo.calendar import choose_time
from api.demo.dataset import Dataset
from api.demo.people import Employee, WorkTeam
from api.demo.schema import TenantData, Weights
from domain.kernel.access import Actor
from domain.kernel.aggregate import Aggregate
from domain.organizations import Organization
from domain.provisioning import build_provisioning_actor
from persistence.unit_of_work.backdated import BackdatedWork

BATCH_SIZE = 150
"""How many aggregates are written together."""

NOTICE = timedelta(days=6)
"""How long before the day HR enters changes."""

Action = Callable[[], Awaitable[object] | None]
Report = Callable[[str, int, int], None]


class Simulation:
    """One tenant with its schedule and its unit of work. Nothing happens after yesterday."""

    hr: Employee

    def __init__(
        self,
        work: BackdatedWork,
        dataset: Dataset,
        tenant: TenantData,
        today: date,
        report: Report,
    ) -> None:
        self.work, self.dataset, self.tenant, self.today = work, dataset, tenant, today
        self.since, self.tenant_id = work.now, work.actor.tenant_id
        self.random = Random(tenant.slug)
        self.grants = build_provisioning_actor(self.tenant_id, today).grants
        self.units = {path[0].code: path for path in tenant.company.walk()}
        self.organizations: dict[str, Organization] = {}
        self.seats: dict[str, Employee] = {}
        self.employees: list[Employee] = []
        self.teams: list[WorkTeam] = []
        self._schedule: list[
            tuple[datetime, int, Employee | WorkTeam, Action, tuple[Aggregate, ...]]
        ] = []
        self._numbers, self._done, self._report = count(), 0, report
        self._changed: list[Aggregate] = []

    def draw(self, weights: Weights) -> str:
        """Return one of the keys, at random."""
        return self.random.choices(list(weights), list(weights.values()))[0]

    def draw_day(self, nearest: int, farthest: int) -> date:
        """Return a day between these two, which are relative to today."""
        return self.today + timedelta(days=self.random.randint(nearest, farthest))

    def schedule(
        self, when: date, author: Employee | WorkTeam, action: Action, *subjects: Aggregate
    ) -> None:
        """Let somebody change something at a time, or on a day before today."""
        if not isinstance(when, datetime):
            if when >= self.today:
                return
            when = choose_time(when, author.site.time_zone, self.today, self.random)
        at = max(when, self.work.now + timedelta(minutes=self.random.randint(5, 60)))
        heappush(self._schedule, (at, next(self._numbers), author, action, subjects))

    def enter(self, day: date, action: Action, *subjects: Aggregate) -> None:
        """Let HR change something some days before it counts."""
        self.schedule(min(day, self.today) - NOTICE, self.hr, action, *subjects)

    async def attribute(self, *aggregates: Aggregate) -> None:
        """Attribute what the present action does to these aggregates to its author."""
        for each in aggregates:
            await self.work.act_as(self.work.actor, self.work.now, each.id)
            self._changed.append(each)

    async def run(self) -> None:
        """Perform everything that is scheduled until yesterday."""
        end = datetime.combine(self.today, time(0), UTC) - timedelta(minutes=1)
        while self._schedule and self._schedule[0][0] <= end:
            at, _, author, action, subjects = heappop(self._schedule)
            await self.perform(at, author, action, *subjects)
        await self.work.flush()
        self._report(self.tenant.settings["name"], self._done, self._done)

    async def perform(
        self,
        at: datetime,
        author: Employee | WorkTeam | None,
        action: Action,
        *subjects: Aggregate,
    ) -> None:
        """Let somebody change these subjects, and what the action attributes to them."""
        person_id = author.lead.id if author else None
        actor = Actor(self.tenant_id, at.date(), person_id=person_id, grants=self.grants)
        await self.work.act_as(actor, at)
        await self.attribute(*subjects)
        result = action()
        if isawaitable(result):
            await result
        for each in self._changed:
            self.work.attribute_change(each)
        self._changed.clear()
        self._done += 1
        if self.work.pending_count >= BATCH_SIZE:
            await self.work.flush()
            name = self.tenant.settings["name"]
            self._report(name, self._done, self._done + len(self._schedule))
