"""One KPI of the demo that is off track: its alert, and what people do about it."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from api.demo.people import Employee
from api.demo.simulation import Simulation
from domain import action_items, alerts
from domain.action_items import ActionItem
from domain.alerts import Alert, AlertCondition
from domain.kernel.access import Actor
from domain.kpis import Kpi

DONE, OPEN = "Check the promised days of all routes", "Agree later departures with the two hubs"
REASON = "Two hubs load later than planned since the new timetable. We talk to both this week."
NOTE = "The promised days are right; the trucks leave too early."
OFF_TRACK = AlertCondition.AMBER_OR_RED
ONE_DAY = timedelta(days=1)
REPORTS_BACK = 3
"""The report after which the alert is opened; the step of the values in `kpis.yaml` is before."""


class OffTrack:
    """The alerts of one KPI, of which its owner answers one with two action items."""

    def __init__(self, simulation: Simulation, kpi: Kpi, owner: Employee) -> None:
        self.simulation, self.work = simulation, simulation.work
        self.kpi, self.owner = kpi, owner
        is_manager = (e for e in simulation.employees if e.account and e.account.key == "manager")
        self.helper = next(is_manager, owner)

    async def watch(self) -> None:
        """Let the KPI raise alerts: after two periods that are not green, and about signals."""
        await alerts.create_rule(self.work, self.kpi.id, OFF_TRACK, periods=2)
        await alerts.create_rule(self.work, self.kpi.id, AlertCondition.SIGNAL)
        await self.work.flush()

    def plan(self, reports: Sequence[date]) -> None:
        """Plan what happens after some of the last reports."""
        found_on, owner = reports[-REPORTS_BACK] + ONE_DAY, self.owner
        for each in (found_on, reports[-1] + ONE_DAY):
            self.simulation.schedule(each, owner, self._evaluate)
        self.simulation.schedule(found_on + 2 * ONE_DAY, owner, self._answer)
        self.simulation.schedule(found_on + 16 * ONE_DAY, owner, self._complete)

    async def _evaluate(self) -> None:
        """Evaluate the KPI as a worker does, as Trellis itself."""
        by = self.work.actor
        await self.work.act_as(Actor(by.tenant_id, by.today, grants=by.grants), self.work.now)
        await alerts.evaluate(self.work, kpi_id=str(self.kpi.id))
        await self.work.flush()

    async def _answer(self) -> None:
        keys: dict[str, list[Any]]
        keys = {"kpi_id": [self.kpi.id], "status": ["open"], "condition": [OFF_TRACK]}
        for each in await self.work.find_all(Alert, **keys):
            await alerts.acknowledge(self.work, each.id, reason=REASON)
            later = self.simulation.today + 14 * ONE_DAY
            for title, due_on in ((DONE, None), (OPEN, later)):
                await action_items.create(
                    self.work,
                    title=title,
                    owner_id=self.helper.id,
                    alert_id=each.id,
                    due_on=due_on,
                )
        await self.work.flush()

    async def _complete(self) -> None:
        keys: dict[str, list[Any]]
        keys = {"kpi_id": [self.kpi.id], "status": ["open"], "owner_id": [self.helper.id]}
        for each in await self.work.find_all(ActionItem, **keys):
            if each.title == DONE:
                each.complete(NOTE)
        await self.work.flush()
