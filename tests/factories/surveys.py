"""Surveys for tests, and what a worker does with them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from domain.kernel.background_tasks import build_system_actor
from domain.kernel.identity import OrganizationId, PersonId, TenantId
from domain.organizations import Organization
from domain.people import Person
from domain.surveys import (
    TASK_HANDLERS,
    Survey,
    SurveyBankQuestion,
    SurveyInvitation,
    SurveyQuestionKind,
    SurveySchedule,
)
from domain.surveys.use_cases import COUNT, DESTROY_KEY
from persistence.unit_of_work.ballot_keys import get_ballot_keys
from persistence.unit_of_work.work import work
from tests.factories.actors import TODAY

QUESTIONS: list[dict[str, Any]] = [
    {"kind": SurveyQuestionKind.RATING, "text": "I know what is expected of me."},
    {
        "kind": SurveyQuestionKind.CHOICE,
        "text": "Where do you work?",
        "choices": [{"label": "Here"}, {"label": "Away"}],
    },
    {"kind": SurveyQuestionKind.COMMENT, "text": "What should change?"},
]


def a_survey(
    tenant_id: TenantId, organization_id: OrganizationId | None = None, **details: Any
) -> Survey:
    """Build an open survey without a key."""
    given = {"title": "Pulse", "closes_on": TODAY, "questions": QUESTIONS, **details}
    survey = Survey.launch(tenant_id, organization_id, given.pop("questions"), today=TODAY, **given)
    survey.public_key = get_ballot_keys(tenant_id).create(survey.id)
    survey.events.clear()
    return survey


def invite(survey: Survey, *people: Person) -> list[SurveyInvitation]:
    """Build the invitations of people who have not answered."""
    survey.invited_count = len(people)
    return [
        SurveyInvitation(
            tenant_id=survey.tenant_id,
            survey_id=survey.id,
            person_id=PersonId(each.id),
            organization_id=each.organization_id,
            closes_on=survey.closes_on,
        )
        for each in people
    ]


def a_bank_question(tenant_id: TenantId, **details: Any) -> SurveyBankQuestion:
    """Build a question of the bank, by default the one of the Net Promoter Score."""
    kind = SurveyQuestionKind.RECOMMENDATION
    given = {"kind": kind, "text": "Would you recommend us as a place to work?", **details}
    question = SurveyBankQuestion.create(tenant_id, **given)
    question.events.clear()
    return question


def a_schedule(
    tenant_id: TenantId,
    *questions: SurveyBankQuestion,
    organization_id: OrganizationId | None = None,
    **details: Any,
) -> SurveySchedule:
    """Build a schedule that asks these questions every month, for the first time today."""
    schedule = SurveySchedule(
        tenant_id=tenant_id,
        organization_id=organization_id,
        **{"title": "Pulse", "open_days": 1, "rule": "FREQ=MONTHLY", "starts_on": TODAY, **details},
    )
    schedule.ask([(each.id, False) for each in questions])
    schedule.plan(schedule.starts_on - timedelta(days=1))
    return schedule


def some_schedules(
    tenant_id: TenantId, units: Mapping[str, Organization]
) -> dict[str, dict[str, Any]]:
    """Build the question bank of a company and its schedules, by the prefix of their ids."""
    bank = {
        "recommend": a_bank_question(tenant_id),
        "expected": a_bank_question(
            tenant_id, kind=SurveyQuestionKind.RATING, text="I know what is expected of me."
        ),
    }
    ops = OrganizationId(units["ops"].id)
    schedules = {
        "all": a_schedule(tenant_id, *bank.values()),
        "of_ops": a_schedule(tenant_id, bank["expected"], organization_id=ops),
    }
    return {"bankquestion": bank, "surveyschedule": schedules}


def some_surveys(
    tenant_id: TenantId, units: Mapping[str, Organization], people: Mapping[str, Person]
) -> tuple[dict[str, Survey], list[SurveyInvitation]]:
    """Build the surveys of a company, and their invitations."""
    surveys = {
        "open": a_survey(tenant_id, title="Of all"),
        "of_ops": a_survey(tenant_id, OrganizationId(units["ops"].id), title="Of operations"),
        "closed": a_survey(tenant_id, title="Over"),
    }
    surveys["closed"].close()
    surveys["closed"].events.clear()
    invited = [people[each] for each in ("mara", "boss", "peer", "lead", "hr", "ruler")]
    return surveys, [*invite(surveys["open"], *invited), *invite(surveys["of_ops"], *invited[:3])]


async def run_tasks_of(
    writing: asyncpg.Pool, tenant_id: TenantId, now: datetime, survey_id: UUID, *kinds: str
) -> None:
    """Run tasks of a survey as a worker does; by default those that count it."""
    for kind in kinds or (COUNT, DESTROY_KEY):
        handler = TASK_HANDLERS[kind]
        actor = build_system_actor(tenant_id, now.date(), handler)
        async with work(writing, actor, now=now) as begun:
            await handler.run(begun, survey_id=str(survey_id))
