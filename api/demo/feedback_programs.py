"""A finished feedback program of the demo: about the employee, from all sides."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from random import Random
from uuid import UUID

from api.demo.people import Employee
from api.demo.simulation import Simulation
from domain.feedback_programs import (
    FeedbackProgram,
    FeedbackProgramAudience,
    FeedbackProgramMode,
    FeedbackProgramRater,
    RaterGroup,
)
from domain.feedback_programs.counting import Ballot, Count
from domain.feedback_programs.forms import Form, load_form
from domain.feedback_programs.launching import invite
from domain.feedback_programs.wording import explain
from domain.reviews import ReviewTemplate

TITLE = "From all sides"
SELF, MANAGER, PEER, _, OTHER, EXTERNAL, _ = RaterGroup
PEERS, OTHERS, ABSENT = 8, 8, 2
"""How many are asked in each group, and how many of them do not answer."""

CUSTOMERS = tuple(f"Buyer of customer {n}" for n in range(1, 9))

TEXTS = (
    "Ask earlier when something is unclear.",
    "Keep the short notes after each handover.",
    "Say no more often.",
)
MOODS = {SELF: 4.2, MANAGER: 3.6, PEER: 3.9, OTHER: 3.3, EXTERNAL: 4.4}


class FeedbackPrograms:
    """A program of the employee, counted in memory, so that no ballot is ever stored."""

    def __init__(self, simulation: Simulation, template: ReviewTemplate) -> None:
        self.simulation, self.work, self.template = simulation, simulation.work, template
        self.random = Random(TITLE)

    async def build(self) -> None:
        """Launch the program, and publish its results, after everything else has happened."""
        end = datetime.combine(self.simulation.today, time(0), UTC)
        for at, action in (
            (end - timedelta(seconds=40), self._launch),
            (end - timedelta(seconds=20), self._publish),
        ):
            await self.simulation.perform(at, self.simulation.hr, action)
            await self.work.flush()

    async def _launch(self) -> None:
        groups = self._choose_raters()
        self.form = await load_form(self.work, self.template)
        self.program = FeedbackProgram.launch(
            self.simulation.tenant_id,
            next(each.id for each, group in groups if group is SELF),
            self.template.id,
            today=self.work.actor.today,
            title=TITLE,
            introduction="Five questions. Ten minutes are enough.",
            mode=FeedbackProgramMode.ANONYMOUS,
            audience=FeedbackProgramAudience.SUBJECT_AND_MANAGER,
            closes_on=self.work.actor.today,
        )
        self.raters = invite(self.program, {each.id: group for each, group in groups}, CUSTOMERS)
        self.program.explanation = explain(self.program, asks_outside=True)
        self.program.ballot_length = self.form.ballot_length
        await self.work.add(self.program, to=FeedbackProgram.LAUNCH)
        await self.simulation.attribute(self.program)

    def _choose_raters(self) -> list[tuple[Employee, RaterGroup]]:
        """Return the employee, the manager, and those nearest to them first."""
        accounts = {each.account.key: each for each in self.simulation.employees if each.account}
        subject = accounts["employee"]
        manager = subject.manager
        assert manager is not None, "The employee has a manager."
        today = self.work.actor.today
        others = [
            each
            for each in self.simulation.employees
            if each is not subject and each is not manager and each.person.works_here(today)
        ]
        others.sort(key=lambda each: (each.manager is not manager, each.team is not subject.team))
        asked = others[: PEERS + OTHERS]
        return [
            (subject, SELF),
            (manager, MANAGER),
            *((each, PEER) for each in asked[:PEERS]),
            *((each, OTHER) for each in asked[PEERS:]),
        ]

    async def _publish(self) -> None:
        ballots = [
            Ballot(each, dict(self._draw_answers(self.form, each.rater_group)))
            for group in MOODS
            for each in self._list_respondents(group)
        ]
        count = Count(self.program, self.form, ballots, self.raters)
        self.program.close()
        self.work.write_records(added=count.list_published())
        self.program.response_count = count.count_responses()
        self.program.publish()
        await self.simulation.attribute(self.program)

    def _list_respondents(self, group: RaterGroup) -> Sequence[FeedbackProgramRater]:
        found = [each for each in self.raters if each.rater_group is group]
        return found[ABSENT:] if len(found) > ABSENT else found

    def _draw_answers(self, form: Form, group: RaterGroup) -> Iterator[tuple[UUID, int | str]]:
        for question in form.questions:
            if question.levels:
                level = round(self.random.gauss(MOODS[group], 0.8))
                yield question.id, min(max(level, 1), question.levels)
            elif self.random.random() < 0.5 or group in (SELF, MANAGER):
                yield question.id, self.random.choice(TEXTS)
