"""A running cycle of the demo: peers are proposed and approved, and write."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from api.demo.people import Employee
from api.demo.simulation import Action, Simulation
from domain.kernel.unit_of_work import Work
from domain.reviews import ReviewCycle, ReviewDirection, ReviewNomination, ReviewNominationRound
from domain.reviews.cycles import ReviewPhaseKind
from domain.reviews.cycles.enums import PHASE_OF_DIRECTION
from domain.reviews.cycles.opening import open_packets
from domain.reviews.cycles.participants import join
from domain.reviews.cycles.plan import PlannedParticipant, PlannedReview
from domain.reviews.nominations import ReviewNominator, deciding, nominating
from domain.reviews.nominations.following import update_nominations
from domain.reviews.scales import RatingScale
from domain.reviews.templates import ReviewTemplate

LAUNCHED, PROPOSED, APPROVED = (timedelta(days=each) for each in (12, 9, 6))
"""How long ago the cycle was launched, peers were proposed, and one of them approved."""

PERIOD = timedelta(days=182)
PHASES = (
    (ReviewPhaseKind.NOMINATION, 14),
    (ReviewPhaseKind.SELF, 21),
    (ReviewPhaseKind.PEERS, 28),
    (ReviewPhaseKind.MANAGER, 42),
)
"""The phases, each with the days from the launch to its end."""

NOMINATIONS = {"nominators": tuple(ReviewNominator), "least_nominees": 2, "most_nominees": 5}


class Cycles:
    """The builder of the cycle of one unit, in which an employee and their manager take part."""

    def __init__(
        self,
        simulation: Simulation,
        template: ReviewTemplate,
        peer_template: ReviewTemplate,
        scale: RatingScale,
    ) -> None:
        self.simulation, self.work, self.scale = simulation, simulation.work, scale
        rules: dict[str, Any] = {"direction": ReviewDirection.PEER, "template_id": peer_template.id}
        own = [
            {"direction": each, "template_id": template.id}
            for each in (ReviewDirection.SELF, ReviewDirection.MANAGER)
        ]
        self.directions = [*own, rules | NOMINATIONS]

    def plan(self, manager: Employee, employee: Employee) -> None:
        """Plan the launch for an employee, and for those who report to a manager of their unit."""
        self._schedule(LAUNCHED, self.simulation.hr, lambda: self._launch(manager, employee))

    def _plan_proposals(self, manager: Employee, employee: Employee) -> None:
        """Plan that the employee proposes two colleagues, and that one of them is approved.

        What somebody else proposes waits for the manager.
        """
        lead = employee.manager
        assert lead is not None
        first, second = [e for e in self._list_reports(lead) if e is not employee][:2]
        author, other = [e for e in self._list_reports(manager) if e is not employee][:2]
        for proposer, peer in ((employee, first), (employee, second), (author, other)):
            self._schedule(PROPOSED, proposer, partial(self._propose, proposer, peer))
        self._schedule(APPROVED, lead, lambda: self._approve(employee, first))

    def _list_reports(self, manager: Employee) -> list[Employee]:
        people = self.simulation.employees
        return [each for each in people if each.manager is manager and each.person.left_on is None]

    def _schedule(self, ago: timedelta, author: Employee, action: Action) -> None:
        self.simulation.schedule(self.simulation.today - ago, author, action)

    async def _launch(self, manager: Employee, employee: Employee) -> None:
        people = list(dict.fromkeys((employee, *self._list_reports(manager))))
        await launch(
            self.work,
            people,
            directions=self.directions,
            phases=PHASES,
            name="Growth reviews",
            organization_id=manager.person.organization_id,
            scale_id=self.scale.id,
            period=PERIOD,
        )
        self._plan_proposals(manager, employee)

    async def _propose(self, employee: Employee, colleague: Employee) -> None:
        (current,) = await self.work.find_all(ReviewNominationRound, subject_id=[employee.id])
        await self.simulation.attribute(current)
        await nominating.nominate(self.work, current.id, colleague.id)
        await self.work.flush()

    async def _approve(self, employee: Employee, colleague: Employee) -> None:
        keys = {"subject_id": [employee.id], "nominee_id": [colleague.id]}
        (nomination,) = await self.work.find_all(ReviewNomination, **keys)
        await self.simulation.attribute(nomination)
        await deciding.approve(self.work, nomination.id)
        await self.work.flush()


async def launch(
    work: Work,
    people: Sequence[Employee],
    *,
    directions: Sequence[Mapping[str, Any]],
    phases: Sequence[tuple[ReviewPhaseKind, int]],
    period: timedelta,
    **details: Any,
) -> ReviewCycle:
    """Launch a cycle of these people, whose period ends yesterday, and open their packets.

    Each phase has the days from today to its end. `details` are attributes of the cycle.
    """
    today, tenant_id = work.now.date(), work.actor.tenant_id
    days = [
        {"kind": kind, "starts_on": today, "last_day": today + timedelta(days=count)}
        for kind, count in phases
    ]
    cycle = ReviewCycle.create(
        tenant_id,
        {"directions": directions, "phases": days, "selections": []},
        starts_on=today - period,
        last_day=today - timedelta(days=1),
        advances_by_date=False,
        **details,
    )
    await work.add(cycle, to=ReviewCycle.CREATE)
    await work.flush()
    cycle.launch(at=work.now)
    joined = [join(tenant_id, cycle.id, _plan(each, cycle, period), today) for each in people]
    work.write_records(added=joined)
    await work.flush()
    for follow in (open_packets, update_nominations):
        await follow(work, cycle_id=str(cycle.id))
        await work.flush()
    return cycle


def _plan(person: Employee, cycle: ReviewCycle, period: timedelta) -> PlannedParticipant:
    manager = person.manager
    assert manager is not None
    templates = {each.direction: each.template_id for each in cycle.directions}
    writers = {ReviewDirection.SELF: person, ReviewDirection.MANAGER: manager}
    reviews = [
        PlannedReview(
            direction,
            templates[direction],
            writer.id,
            cycle.find_last_day(PHASE_OF_DIRECTION[direction]),
        )
        for direction, writer in writers.items()
    ]
    return PlannedParticipant(person.id, period.days, manager.id, reviews)
