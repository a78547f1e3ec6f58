"""Two packets of the demo: one that was shared with an employee, and one that is being written."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from api.demo.people import Employee
from api.demo.review_schema import DemoAnswer
from api.demo.simulation import Simulation
from domain.reviews import Review, ReviewDirection, ReviewPacket, writing
from domain.reviews.scales import RatingScale
from domain.reviews.templates import ReviewTemplate

OPENED, SELF_WRITTEN, WRITTEN, SHARED = (timedelta(days=each) for each in (40, 30, 20, 15))
"""How long ago the shared packet was opened, written and shared."""

PERIOD = timedelta(days=182)
DAYS = 120
"""The days of work in the period."""

LEVEL = 4
"""What the manager decides, which the score proposes."""


class Packets:
    """The packets that a manager opens for two of their people."""

    def __init__(
        self,
        simulation: Simulation,
        template: ReviewTemplate,
        scale: RatingScale,
        score_rule_id: UUID,
        answers: dict[str, tuple[DemoAnswer, ...]],
    ) -> None:
        self.simulation, self.work = simulation, simulation.work
        self.template, self.scale, self.answers = template, scale, answers
        self.score_rule_id = score_rule_id
        self.packets = dict[int, ReviewPacket]()

    def plan(self, manager: Employee, employee: Employee) -> None:
        """Plan a packet of the employee that is shared, and one of somebody else."""
        today, schedule = self.simulation.today, self.simulation.schedule
        schedule(today - OPENED, manager, lambda: self._open(employee))
        schedule(today - SELF_WRITTEN, employee, lambda: self._write(employee, "self"))
        schedule(today - WRITTEN, manager, lambda: self._write(employee, "manager"))
        schedule(today - SHARED, manager, lambda: self._share(employee))
        schedule(
            today - timedelta(days=5),
            manager,
            lambda: self._open(self._find_other(manager, employee)),
        )

    def _find_other(self, manager: Employee, employee: Employee) -> Employee:
        found = (each for each in self.simulation.employees if each.manager is manager)
        here = (each for each in found if each.person.left_on is None and each is not employee)
        return next(here)

    async def _open(self, subject: Employee) -> None:
        manager, today = subject.manager, self.work.now.date()
        assert manager is not None
        orders = [
            writing.ReviewOrder(direction, each.id, self.template.id)
            for direction, each in (
                (ReviewDirection.SELF, subject),
                (ReviewDirection.MANAGER, manager),
            )
        ]
        self.packets[subject.number] = await writing.open_packet(
            self.work,
            orders,
            subject_id=subject.id,
            manager_id=manager.id,
            scale_id=self.scale.id,
            score_rule_id=self.score_rule_id,
            days=DAYS,
            starts_on=today - PERIOD,
            last_day=today - timedelta(days=1),
            due_on=today + OPENED,
        )
        await self.work.flush()

    async def _write(self, subject: Employee, direction: str) -> None:
        packet = self.packets[subject.number]
        forms = await self.work.find_all(Review, packet_id=[packet.id])
        form = next(each for each in forms if each.direction == direction)
        for each in self.answers[direction]:
            values: dict[str, Any] = each.model_dump()
            key = values.pop("question")
            await writing.save_answer(self.work, form.id, key, None, **values)
        await writing.submit(self.work, form.id)
        await self.work.flush()

    async def _share(self, subject: Employee) -> None:
        packet = self.packets[subject.number]
        await writing.decide(self.work, packet.id, LEVEL, "Reliable, and others learn from it.")
        await writing.share(self.work, packet.id)
        await self.work.flush()
