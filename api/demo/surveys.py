"""The survey of the demo: launched, answered and counted, with results by unit."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID

from api.demo.simulation import Simulation
from domain.surveys import Survey, SurveyAudience, SurveyQuestionKind
from domain.surveys.counting import Ballot, count, count_responses

TITLE = "Pulse: how work feels"
RATING, RECOMMENDATION = SurveyQuestionKind.RATING, SurveyQuestionKind.RECOMMENDATION
QUESTIONS: list[dict[str, Any]] = [
    {"kind": RATING, "text": "I know what is expected of me.", "is_required": True},
    {"kind": RATING, "text": "I have what I need to do my work well."},
    {"kind": RECOMMENDATION, "text": "Would you recommend us as a place to work?"},
    {"kind": SurveyQuestionKind.COMMENT, "text": "What should change first?"},
]
COMMENTS = (
    "Hand over shifts in writing.",
    "More scanners at the gates.",
    "Plan the peak season earlier.",
    "Fewer meetings on Monday.",
)
SHARE_OF_RESPONDENTS, SHARE_OF_COMMENTS = 0.7, 0.03


class Surveys:
    """A survey of the whole tenant. It is counted in memory, so no ballot is ever stored."""

    def __init__(self, simulation: Simulation) -> None:
        self.simulation, self.work = simulation, simulation.work
        self.random = Random(TITLE)

    async def build(self) -> None:
        """Launch the survey, and publish its results, after everything else has happened."""
        end = datetime.combine(self.simulation.today, time(0), UTC)
        for at, action in (
            (end - timedelta(minutes=30), self._launch),
            (end - timedelta(minutes=1), self._publish),
        ):
            await self.simulation.perform(at, self.simulation.hr, action)
            await self.work.flush()

    async def _launch(self) -> None:
        self.survey = Survey.launch(
            self.simulation.tenant_id,
            None,
            QUESTIONS,
            today=self.work.actor.today,
            title=TITLE,
            introduction="Four questions. Nobody can tell who answered what.",
            closes_on=self.work.actor.today,
            audience=SurveyAudience.EVERYONE,
        )
        self.people = [
            each.person
            for each in self.simulation.employees
            if each.person.works_here(self.work.actor.today)
        ]
        self.survey.invited_count = len(self.people)
        await self.work.add(self.survey, to=Survey.LAUNCH)
        await self.simulation.attribute(self.survey)

    async def _publish(self) -> None:
        ballots = [
            Ballot(each.organization_id, dict(self._draw_answers()))
            for each in self.people
            if self.random.random() < SHARE_OF_RESPONDENTS
        ]
        invited = [each.organization_id for each in self.people]
        parents = {each.id: each.parent_id for each in self.simulation.organizations.values()}
        self.survey.close()
        self.work.write_records(added=count(self.survey, ballots, invited, parents))
        self.survey.response_count = count_responses(self.survey, ballots)
        self.survey.publish()
        await self.simulation.attribute(self.survey)

    def _draw_answers(self) -> Iterator[tuple[UUID, int | str]]:
        """Yield answers that are mostly good. Few write a comment."""
        mood = self.random.gauss(0, 1)
        for each in self.survey.questions:
            if each.kind is RATING:
                yield each.id, min(max(round(3.7 + mood), 1), each.highest_rating)
            elif each.kind is RECOMMENDATION:
                yield each.id, min(max(round(7.6 + 2 * mood), 0), 10)
            elif self.random.random() < SHARE_OF_COMMENTS:
                yield each.id, self.random.choice(COMMENTS)
