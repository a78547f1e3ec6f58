"""The calibrated session of the demo: a cycle of three units, and the meeting in which it ended."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from random import Random
from typing import Any

from api.demo.people import Employee
from api.demo.simulation import Action, Simulation
from domain.kernel.identity import OrganizationId, PersonId
from domain.reviews import (
    CalibrationSession,
    CalibrationSubject,
    Review,
    ReviewCycle,
    ReviewDirection,
    ReviewPacket,
)
from domain.reviews.calibration import CalibrationAdjustment
from domain.reviews.cycles import ReviewParticipant, ReviewPhaseKind
from domain.reviews.cycles.participants import join
from domain.reviews.cycles.planning import PlannedParticipant
from domain.reviews.scales import RatingScale
from domain.reviews.templates import ReviewTemplate
from domain.reviews.writing import ReviewAnswer, ReviewOrder
from domain.reviews.writing.opening import build_packet

UNIT, UNITS = "ROAD-IB", ("RIB-LH", "RIB-LM", "RIB-FL")
LAUNCHED, DECIDED, HELD, LOCKED = (timedelta(days=each) for each in (75, 40, 30, 29))
"""How long ago the cycle was launched and decided, and the session was held and locked."""

SHARE_OF_CHANGES = 0.6
"""How many of the highest and lowest levels the session changes."""

PERIOD = timedelta(days=181)
GUIDANCE = (5, 15, 60, 15, 5)
RATED = ("agreements", "result", "reliability", "cooperation")
KEPT_TEXT = "The way in which shifts are handed over."
REASONS = (
    "The results are those of the whole team, which was one person short.",
    "Compared with others of the same level, this is what was agreed.",
    "The second half of the period was much better than the first.",
)


class Calibrations:
    """A cycle that was decided by managers and calibrated; its reviews are not shared yet."""

    def __init__(
        self, simulation: Simulation, template: ReviewTemplate, scale: RatingScale
    ) -> None:
        self.simulation, self.work = simulation, simulation.work
        self.template, self.scale = template, scale
        self.random = Random("calibration")
        self.packets = dict[ReviewPacket, Employee]()
        self.managers = dict[PersonId, list[ReviewPacket]]()

    def plan(self, members: Sequence[Employee]) -> None:
        """Plan the cycle, and a session with these members that HR facilitates."""
        self.members = members
        self._schedule(LAUNCHED, self._launch)

    def _schedule(self, ago: timedelta, action: Action) -> None:
        """Let HR do something so many days ago, after what is done now."""
        self.simulation.schedule(self.simulation.today - ago, self.simulation.hr, action)

    async def _launch(self) -> None:
        today, unit = self.simulation.today, self.simulation.organizations[UNIT]
        starts_on, directions = (
            today - LAUNCHED,
            [{"direction": ReviewDirection.MANAGER, "template_id": self.template.id}],
        )
        phases = [
            {"kind": kind, "starts_on": starts_on, "last_day": today + LOCKED}
            for kind in (ReviewPhaseKind.MANAGER, ReviewPhaseKind.CALIBRATION)
        ]
        self.cycle = ReviewCycle.create(
            self.simulation.tenant_id,
            {"directions": directions, "phases": phases, "selections": []},
            organization_id=OrganizationId(unit.id),
            name="Half-year of Road Iberia",
            starts_on=starts_on - PERIOD,
            last_day=starts_on - timedelta(days=1),
            scale_id=self.scale.id,
            advances_by_date=False,
        )
        self.cycle.launch(at=self.work.now)
        await self.work.add(self.cycle, to=ReviewCycle.CREATE)
        await self.simulation.attribute(self.cycle)
        joined = [await self._open(each) for each in self._list_people()]
        self.work.write_records(added=joined)
        await self.work.flush()
        self.waiting_count = len(self.managers)
        for managed in self.managers.values():
            manager = self.packets[managed[0]].manager
            assert manager is not None
            self.simulation.schedule(today - DECIDED, manager, partial(self._decide, managed))

    def _list_people(self) -> list[Employee]:
        today = self.work.now.date()
        return [
            each
            for each in self.simulation.employees
            if each.unit.code in UNITS and each.manager and each.person.works_here(today)
        ]

    async def _open(self, subject: Employee) -> ReviewParticipant:
        manager = subject.manager
        assert manager is not None
        order = ReviewOrder(ReviewDirection.MANAGER, manager.id, self.template.id)
        packet, forms = build_packet(
            self.simulation.tenant_id,
            [order],
            subject_id=subject.id,
            manager_id=manager.id,
            cycle_id=self.cycle.id,
            scale_id=self.scale.id,
            starts_on=self.cycle.starts_on,
            last_day=self.cycle.last_day,
            due_on=self.cycle.phases[-1].last_day,
        )
        await self.work.add(packet, to=ReviewPacket.CREATE)
        await self.work.add(forms[0], to=Review.OPEN_FORM)
        await self.simulation.attribute(packet, forms[0])
        self.packets[packet] = subject
        self.managers.setdefault(manager.id, []).append(packet)
        planned = PlannedParticipant(subject.id, PERIOD.days, manager.id)
        return join(self.simulation.tenant_id, self.cycle.id, planned, self.work.now.date())

    async def _decide(self, packets: Sequence[ReviewPacket]) -> None:
        """Let a manager, who is strict or lenient, submit the forms and decide the levels."""
        habit = self.random.gauss(0, 0.6)
        for packet in packets:
            forms = await self.work.find_all(Review, packet_id=[packet.id])
            good = self.random.gauss(3.1 + habit, 0.8)
            self.work.write_records(added=list(self._answer(forms[0], good)))
            await self.simulation.attribute(packet, forms[0])
            forms[0].start()
            forms[0].submit(packet.manager_id, at=self.work.now)
            level, count = _to_level(good), len(self.scale.levels)
            packet.decide(level, None, count, packet.manager_id, at=self.work.now)
        await self.work.flush()
        self.waiting_count -= 1
        if not self.waiting_count:
            self._schedule(HELD, self._hold)

    def _answer(self, form: Review, good: float) -> Any:
        for question in self.template.list_questions():
            if question.key in RATED or question.key == "keep":
                rated = _to_level(self.random.gauss(good, 0.7)) if question.key in RATED else None
                yield ReviewAnswer(
                    tenant_id=form.tenant_id,
                    review_id=form.id,
                    question_id=question.id,
                    audience=question.audience,
                    level=rated,
                    text=None if rated else KEPT_TEXT,
                )

    async def _hold(self) -> None:
        """Open the session, and change some of the highest and lowest levels."""
        cycle, hr = self.cycle, self.simulation.hr
        cycle.advance(at=self.work.now)
        place = {"cycle_id": cycle.id, "organization_id": cycle.organization_id}
        scales = ("scale_id", "horizontal_scale_id", "vertical_scale_id")
        self.session = CalibrationSession.create(
            self.simulation.tenant_id,
            place | dict.fromkeys(scales, self.scale.id),
            name="Road Iberia: levels of the half-year",
            held_on=self.work.now.date(),
            guidance=GUIDANCE,
            vertical_key="cooperation",
            facilitator_ids={hr.id},
            member_ids={each.id for each in self.members},
        )
        self.session.open(at=self.work.now)
        self.session.show_names()
        await self.work.add(self.session, to=CalibrationSession.CREATE)
        await self.simulation.attribute(cycle, self.session)
        self.rows = [await self._add_row(packet) for packet in self.packets if packet.level]
        await self.work.flush()
        self.work.write_records(added=list(self._adjust(hr.id)))
        self._schedule(LOCKED, self._lock)

    async def _add_row(self, packet: ReviewPacket) -> CalibrationSubject:
        forms = await self.work.find_all(Review, packet_id=[packet.id])
        keys = {each.id: each.key for each in self.template.list_questions()}
        answers = await self.work.find_records(ReviewAnswer, review_id=[forms[0].id])
        rated = {keys[each.question_id]: each.level for each in answers}
        unit = self.packets[packet].person.organization_id
        assert packet.level is not None
        assert packet.decided_at is not None
        row = CalibrationSubject(
            tenant_id=packet.tenant_id,
            session_id=self.session.id,
            packet_id=packet.id,
            scale_id=self.scale.id,
            person_id=packet.subject_id,
            manager_id=packet.manager_id,
            organization_id=OrganizationId(unit) if unit else None,
            decided_at=packet.decided_at,
            original_level=packet.level,
            level=packet.level,
            vertical_rating=rated.get("cooperation"),
        )
        row.calibration_session = self.session  # type: ignore[misc]
        row.record_event("added")
        await self.work.add(row, to=CalibrationSubject.ADD)
        await self.simulation.attribute(row)
        return row

    def _adjust(self, hr_id: PersonId) -> Any:
        made = list[CalibrationAdjustment]()
        for row in self.rows:
            if row.level in (1, len(self.scale.levels)) and self.random.random() < SHARE_OF_CHANGES:
                change = row.adjust(
                    min(max(row.level, 2), len(self.scale.levels) - 1),
                    self.random.choice(REASONS),
                    len(self.scale.levels),
                    len(made) + 1,
                    hr_id,
                    at=self.work.now + timedelta(minutes=2 * len(made)),
                )
                made += [change] if change else []
        return made

    async def _lock(self) -> None:
        """Write all levels back."""
        self.session.lock(at=self.work.now)
        await self.simulation.attribute(self.session)
        by_id = {each.id: each for each in self.packets}
        for row in self.rows:
            packet = by_id[row.packet_id]
            await self.simulation.attribute(packet)
            packet.calibrate(row.level, self.session.id)
        await self.work.flush()


def _to_level(good: float) -> int:
    return min(max(round(good), 1), 5)
