"""Two cycles of one unit of the demo: one that is over, and one in which people are late.

In both, managers rate the same people. The levels of the first one were calibrated, shared and
signed. Most levels of the second one are decided, and wait for a session.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from uuid import uuid4

from api.demo.people import Employee
from api.demo.review_cycles import launch
from api.demo.review_schema import DemoAnswer
from api.demo.simulation import Action, Simulation
from domain.kernel.identity import OrganizationId, PersonId
from domain.reviews import Review, ReviewCycle, ReviewDirection, ReviewPacket, calibration
from domain.reviews.calibration import CalibrationSubject
from domain.reviews.cycles import ReviewPhaseKind
from domain.reviews.fairness import FairnessValue
from domain.reviews.fairness import use_cases as fairness
from domain.reviews.packets.decisions import Decision, Demands
from domain.reviews.scales import RatingScale
from domain.reviews.templates import ReviewTemplate
from domain.reviews.writing.answers import ReviewAnswer
from domain.reviews.writing.signing import hash_content

UNIT = "RNW-CC"
PERIOD = timedelta(days=182)
PHASES = (
    (ReviewPhaseKind.SELF, 20),
    (ReviewPhaseKind.MANAGER, 40),
    (ReviewPhaseKind.CALIBRATION, 60),
    (ReviewPhaseKind.SHARING, 70),
    (ReviewPhaseKind.SIGN_OFF, 84),
)
"""The phases, each with the days from the launch to its end."""

SELF, MANAGER = ReviewDirection.SELF, ReviewDirection.MANAGER
WRITTEN, CALIBRATED, SHARED, SIGNED, CLOSED = (timedelta(days=n) for n in (15, 50, 65, 72, 85))
"""The days from the launch after which most people have done this."""

RATINGS = (3, 4, 3, 4, 4, 3, 5, 3, 4, 2, 4)
"""The levels that managers choose, one after the other: more of them are high than low."""

GUIDANCE = (5, 15, 60, 15, 5)
LATE = 3
"""How many people of the second cycle nobody has rated yet."""

ATTRIBUTE, GROUPS = "Age group", ("Under 40", "40 and over")
KNOWN = timedelta(days=240)
"""How long ago HR wrote in which group people are: before the first launch, so that it counts."""

ADJUSTMENTS = (
    (4, 3, "Compared with the other teams, the number of solved cases is usual."),
    (4, 3, "The project was planned by somebody else. The rating is about carrying it out."),
    (5, 4, "Very good, but the team lead has known the person for four months only."),
    (2, 3, "Two months of the period were spent in training, as agreed."),
)
"""Levels before and after a discussion, and its reason."""


@dataclass
class Program:
    """A cycle with its forms and packets, by whom they are about."""

    name: str
    launched_on: date
    cycle: ReviewCycle | None = None
    people: list[Employee] = field(default_factory=list)
    packets: dict[PersonId, ReviewPacket] = field(default_factory=dict)
    forms: dict[tuple[PersonId, ReviewDirection], Review] = field(default_factory=dict)
    answers: list[ReviewAnswer] = field(default_factory=list)


class CalibratedCycles:
    """The builder of both cycles."""

    def __init__(
        self,
        simulation: Simulation,
        template: ReviewTemplate,
        scale: RatingScale,
        answers: Mapping[str, tuple[DemoAnswer, ...]],
    ) -> None:
        self.simulation, self.work = simulation, simulation.work
        self.template, self.scale, self.answers = template, scale, answers
        self.questions = {each.key: each for each in template.list_questions()}

    def plan(self) -> None:
        """Plan the cycle that is over, and the one that waits for its calibration."""
        today = self.simulation.today
        self.simulation.schedule(today - KNOWN, self.simulation.hr, self._write_groups)
        over = Program("Customer Care, first half", today - timedelta(days=230))
        running = Program("Customer Care, second half", today - timedelta(days=45))
        for each in (over, running):
            self._plan_day(each, timedelta(), lambda each=each: self._launch(each))  # type: ignore[misc]
            for number in (1, 2):
                days = timedelta(days=PHASES[number - 1][1] + 1)
                self._plan_day(each, days, lambda each=each: self._advance(each))  # type: ignore[misc]
        self._plan_day(over, CALIBRATED, lambda: self._calibrate(over))
        self._plan_day(over, SHARED, lambda: self._share(over))
        self._plan_day(over, CLOSED, lambda: self._advance(over, is_last=True))

    def _plan_day(self, program: Program, later: timedelta, action: Action) -> None:
        hr = self.simulation.hr
        self.simulation.schedule(program.launched_on + later, hr, action)

    async def _write_groups(self) -> None:
        """Write in which group people are, for figures about groups."""
        attribute = await fairness.create(self.work, name=ATTRIBUTE, groups=GROUPS)
        await self.work.flush()
        values = [
            FairnessValue(
                tenant_id=attribute.tenant_id,
                id=uuid4(),
                attribute_id=attribute.id,
                person_id=each.id,
                position=1 + each.number % len(GROUPS),
                written_at=self.work.now,
            )
            for each in self.simulation.employees
        ]
        self.work.write_records(added=values)
        attribute.record_values()

    async def _launch(self, program: Program) -> None:
        found = [each for each in self.simulation.employees if each.unit.code == UNIT]
        program.people = [
            each
            for each in found
            if each.person.left_on is None and each.manager in found and each.manager is not each
        ]
        program.cycle = await launch(
            self.work,
            program.people,
            directions=[{"direction": d, "template_id": self.template.id} for d in (SELF, MANAGER)],
            phases=PHASES,
            name=program.name,
            organization_id=OrganizationId(self.simulation.organizations[UNIT].id),
            scale_id=self.scale.id,
            period=PERIOD,
        )
        packets = await self.work.find_all(ReviewPacket, cycle_id=[program.cycle.id])
        program.packets = {each.subject_id: each for each in packets}
        for form in await self.work.find_all(Review, packet_id=[each.id for each in packets]):
            program.forms[form.subject_id, form.direction] = form
        self._plan_writing(program)

    def _plan_writing(self, program: Program) -> None:
        """Plan that everybody writes but those who are late, and managers decide after that."""
        schedule, day = self.simulation.schedule, program.launched_on
        is_over = day + CLOSED < self.simulation.today
        for number, each in enumerate(program.people):
            is_late = not is_over and number < LATE
            if not is_late:
                schedule(day + WRITTEN, each, partial(self._write, program, each, SELF, number))
        for manager in dict.fromkeys(each.manager for each in program.people):
            if manager is not None:
                at = day + WRITTEN + timedelta(days=15)
                schedule(at, manager, partial(self._decide, program, manager, is_over))

    async def _write(
        self, program: Program, subject: Employee, direction: ReviewDirection, number: int
    ) -> None:
        form = program.forms[subject.id, direction]
        await self.simulation.attribute(form)
        level = RATINGS[number % len(RATINGS)]
        for each in self.answers[direction]:
            question = self.questions[each.question]
            values = each.model_dump(exclude={"question"})
            answer = ReviewAnswer(
                tenant_id=form.tenant_id,
                id=uuid4(),
                review_id=form.id,
                question_id=question.id,
                audience=question.audience,
                **values | ({"level": level} if values["level"] else {"text": values["text"]}),
            )
            program.answers.append(answer)
            self.work.write_records(added=[answer])
        form.start()
        form.submit(self.work.actor.person_id, at=self.work.now)

    async def _decide(self, program: Program, manager: Employee, is_over: bool) -> None:  # noqa: FBT001 - of a partial
        """Write about the own people, and decide their levels."""
        for number, each in enumerate(program.people):
            if each.manager is not manager or (number < LATE and not is_over):
                continue
            await self._write(program, each, MANAGER, number)
            packet = program.packets[each.id]
            await self.simulation.attribute(packet)
            decision = Decision(RATINGS[number % len(RATINGS)], reason="As written in the form.")
            packet.decide(decision, Demands(len(self.scale.levels)), manager.id, at=self.work.now)

    async def _calibrate(self, program: Program) -> None:
        """Compare the levels in a session, adjust some, and write them back."""
        assert program.cycle is not None
        session = await calibration.create(
            self.work,
            program.cycle.id,
            name="Customer Care, first half",
            held_on=self.work.now.date(),
            facilitator_ids={self.simulation.hr.id},
            guidance=GUIDANCE,
        )
        await self.work.flush()
        await calibration.open_session(self.work, session.id)
        session.show_names()
        await self.work.flush()
        rows = await self.work.find_all(CalibrationSubject, session_id=[session.id])
        packets = [program.packets[each.person_id] for each in rows]
        await self.simulation.attribute(session, *rows, *packets)
        await self._adjust(program, rows)
        await calibration.lock(self.work, session.id)

    async def _adjust(self, program: Program, rows: list[CalibrationSubject]) -> None:
        order = {each.id: number for number, each in enumerate(program.people)}
        waiting = sorted(rows, key=lambda each: order[each.person_id])
        for before, after, reason in ADJUSTMENTS:
            row = next((each for each in waiting if each.level == before), None)
            if row is not None:
                waiting.remove(row)
                await calibration.adjust(self.work, row.id, after, reason)
                await self.work.flush()

    async def _share(self, program: Program) -> None:
        """Share all packets at once, and plan that people sign."""
        for each in program.people:
            packet = program.packets[each.id]
            own = [program.forms[each.id, direction] for direction in (SELF, MANAGER)]
            await self.simulation.attribute(packet, *own)
            for form in own:
                form.release()
            packet.share(self.work.now.date(), at=self.work.now, by_cycle=True)
            day = program.launched_on + SIGNED
            if each.person.left_on is None:
                self.simulation.schedule(day, each, partial(self._sign, program, each))

    async def _sign(self, program: Program, subject: Employee) -> None:
        packet = program.packets[subject.id]
        forms = [program.forms[subject.id, direction] for direction in (SELF, MANAGER)]
        await self.simulation.attribute(packet)
        packet.acknowledge(hash_content(packet, forms, program.answers), at=self.work.now)

    async def _advance(self, program: Program, *, is_last: bool = False) -> None:
        """Begin the next phase, or all that are left."""
        cycle = program.cycle
        assert cycle is not None
        await self.simulation.attribute(cycle)
        cycle.advance(at=self.work.now)
        while is_last and cycle.phase is not None:
            cycle.advance(at=self.work.now)
