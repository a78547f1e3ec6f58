"""The pulse of the demo: the same questions each quarter, their trend, and a KPI of it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from random import Random
from typing import Any
from uuid import UUID

from api.demo.simulation import Simulation
from domain import kpis
from domain.kpis import Kpi, KpiFrequency, KpiScope, KpiScopeKind
from domain.kpis.own_data.measures import KpiMeasure
from domain.kpis.own_data.measuring import measure
from domain.surveys import (
    SCHEDULES,
    Survey,
    SurveyAudience,
    SurveyBankQuestion,
    SurveyQuestionKind,
    SurveySchedule,
)
from domain.surveys.counting import Ballot, count, count_responses
from domain.surveys.recurring import build_survey

TITLE = "Quarterly pulse"
RATING, RECOMMENDATION = SurveyQuestionKind.RATING, SurveyQuestionKind.RECOMMENDATION
QUESTIONS: tuple[dict[str, Any], ...] = (
    {"kind": RECOMMENDATION, "text": "How likely are you to recommend us as a place to work?"},
    {"kind": RATING, "text": "I am content with my work."},
)
OPEN_DAYS, FIRST_DAYS_AGO, MONTHS_BETWEEN = 10, 300, 3
SHARE_OF_RESPONDENTS = 0.6
MOODS = (6.9, 7.3, 7.8, 7.6)
"""The mean recommendation of each quarter."""


class Pulse:
    """A schedule of the whole tenant. It is counted in memory, so no ballot is ever stored."""

    def __init__(self, simulation: Simulation) -> None:
        self.simulation, self.work = simulation, simulation.work
        self.random = Random(TITLE)
        self.schedule: SurveySchedule
        self.bank: list[SurveyBankQuestion]
        self.kpi: Kpi

    def plan(self) -> None:
        """Plan the schedule, its surveys and the KPI."""
        state = self.simulation.random.getstate()
        first = self.simulation.today - timedelta(days=FIRST_DAYS_AGO)
        self._perform(first, self._create)
        days = [first + timedelta(days=91 * each) for each in range(len(MOODS))]
        for day, mood in zip(days, MOODS, strict=True):
            if day + timedelta(days=OPEN_DAYS) < self.simulation.today:
                surveys = list[Survey]()
                self._perform(day, partial(self._launch, surveys, day), hour=7)
                self._perform(
                    day + timedelta(days=OPEN_DAYS), partial(self._publish, surveys, mood)
                )
        self._perform(self.simulation.today - timedelta(days=1), self._measure, hour=20)
        self.simulation.random.setstate(state)  # so that the rest of the history stays as it is

    def _perform(self, day: date, action: Any, hour: int = 6) -> None:
        at = datetime.combine(day, time(hour), UTC)
        self.simulation.schedule(at, self.simulation.hr, action)

    async def _create(self) -> None:
        tenant_id, today = self.simulation.tenant_id, self.work.actor.today
        self.bank = [SurveyBankQuestion.create(tenant_id, **each) for each in QUESTIONS]
        for each in self.bank:
            await self.work.add(each, to=SurveyBankQuestion.CREATE)
        await self.work.flush()
        self.schedule = SurveySchedule(
            tenant_id=tenant_id,
            title=TITLE,
            introduction="Two questions each quarter. Nobody can tell who answered what.",
            open_days=OPEN_DAYS,
            audience=SurveyAudience.EVERYONE,
            rule=f"FREQ=MONTHLY;INTERVAL={MONTHS_BETWEEN};BYMONTHDAY={min(today.day, 28)}",
            starts_on=today,
        )
        self.schedule.ask([(each.id, False) for each in self.bank])
        self.schedule.plan(today - timedelta(days=1))
        self.schedule.record_event("created")
        await self.work.add(self.schedule, to=SurveySchedule.CREATE)
        await self.simulation.attribute(self.schedule, *self.bank)
        await self.work.flush()
        await self._define_kpi(today)

    async def _define_kpi(self, today: date) -> None:
        top = next(
            each for each in self.simulation.organizations.values() if each.parent_id is None
        )
        self.kpi = await kpis.create(
            self.work,
            KpiScope(KpiScopeKind.ORGANIZATION, top.id),
            {
                "measure": KpiMeasure.SURVEY_SCORE,
                "survey_schedule_id": self.schedule.id,
                "survey_question_id": self.bank[0].id,
            },
            name="eNPS of the pulse",
            owner_id=self.simulation.hr.id,
            frequency=KpiFrequency.QUARTERLY,
            starts_on=today,
        )
        await self.simulation.attribute(self.kpi)

    async def _launch(self, surveys: list[Survey], day: date) -> None:
        survey = build_survey(self.schedule, self.bank, day, self.work.actor.today)
        self.people = [
            each.person for each in self.simulation.employees if each.person.works_here(day)
        ]
        survey.invited_count = len(self.people)
        await self.work.add(survey, to=Survey.LAUNCH)
        self.schedule.occur(day)
        await self.simulation.attribute(survey, self.schedule)
        surveys.append(survey)

    async def _publish(self, surveys: list[Survey], mood: float) -> None:
        (survey,) = surveys
        ballots = [
            Ballot(each.organization_id, dict(self._draw_answers(survey, mood)))
            for each in self.people
            if self.random.random() < SHARE_OF_RESPONDENTS
        ]
        invited = [each.organization_id for each in self.people]
        parents = {each.id: each.parent_id for each in self.simulation.organizations.values()}
        survey.close()
        self.work.write_records(added=count(survey, ballots, invited, parents))
        survey.response_count = count_responses(survey, ballots)
        survey.publish()
        await self.simulation.attribute(survey)

    async def _measure(self) -> None:
        await self.work.flush()
        await SCHEDULES.enqueue(self.work, self.schedule)
        await measure(self.work, kpi_id=str(self.kpi.id))

    def _draw_answers(self, survey: Survey, mood: float) -> Iterator[tuple[UUID, int | str]]:
        drawn = self.random.gauss(mood, 2)
        for each in survey.questions:
            if each.kind is RECOMMENDATION:
                yield each.id, min(max(round(drawn), 0), 10)
            else:
                yield each.id, min(max(round(drawn / 2), 1), each.highest_rating)
