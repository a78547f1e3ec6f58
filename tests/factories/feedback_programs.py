"""Feedback programs for tests, and what a worker does with them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg

from domain.feedback_programs import (
    BALLOT_HANDLERS,
    TASK_HANDLERS,
    FeedbackProgram,
    FeedbackProgramAnswer,
    FeedbackProgramAudience,
    FeedbackProgramMode,
    FeedbackProgramPopulation,
    FeedbackProgramRater,
    FeedbackProgramResult,
    FeedbackProgramSchedule,
    RaterGroup,
)
from domain.feedback_programs.launching import invite
from domain.kernel.aggregate import Part
from domain.kernel.background_tasks import build_system_actor
from domain.kernel.identity import OrganizationId, PersonId, TenantId
from domain.organizations import Organization
from domain.people import Person
from domain.reviews import CompetencyFramework, RatingScale, ReviewTemplate
from domain.reviews.templates import QuestionKind
from persistence.unit_of_work.ballot_keys import get_ballot_keys
from persistence.unit_of_work.work import work
from tests.factories.actors import TODAY
from tests.factories.reviews import a_review_template

CLOSE, COUNT, DESTROY_KEY = BALLOT_HANDLERS
Groups = Mapping[str, str]
CUSTOMERS = tuple(f"{name} at a customer" for name in ("Ada", "Ben", "Cem", "Dea", "Eli"))


def a_rated_template(
    scale: RatingScale, framework: CompetencyFramework, name: str = "From all sides"
) -> ReviewTemplate:
    """Build a published template that raters can fill in."""
    rated = {"scale_id": scale.id, "is_required": False}
    questions: list[dict[str, Any]] = [
        {
            **rated,
            "key": "delivers",
            "kind": QuestionKind.COMPETENCY,
            "text": "Delivers what was agreed.",
            "framework_id": framework.id,
            "competency_key": "delivery",
        },
        {**rated, "key": "listens", "kind": QuestionKind.RATING, "text": "Listens to others."},
        {"key": "more", "kind": QuestionKind.TEXT, "text": "What should this person do more?"},
    ]
    return a_review_template(scale.tenant_id, name, questions=questions)


def a_program(
    subject: Person,
    template: ReviewTemplate,
    people: Mapping[str, Person],
    groups: Groups,
    outside: Sequence[str] = (),
    **details: Any,
) -> tuple[FeedbackProgram, list[FeedbackProgramRater]]:
    """Build an open program with its raters, by name and group."""
    given = {
        "title": "From all sides",
        "mode": FeedbackProgramMode.ANONYMOUS,
        "audience": FeedbackProgramAudience.SUBJECT_AND_MANAGER,
        "closes_on": TODAY,
        "least_peers": 3,
        **details,
    }
    program = FeedbackProgram.launch(
        subject.tenant_id, PersonId(subject.id), template.id, today=TODAY, **given
    )
    asked = {people[name].id: RaterGroup(group) for name, group in groups.items()}
    raters = invite(program, asked, outside)
    program.explanation, program.ballot_length = "What is promised.", 1_000
    program.public_key = get_ballot_keys(program.tenant_id).create(program.id)
    program.events.clear()
    return program, raters


def a_program_schedule(
    template: ReviewTemplate, unit: Organization | None = None, **details: Any
) -> FeedbackProgramSchedule:
    """Build a schedule of programs about the managers of a unit, each year from today on."""
    given: dict[str, Any] = {
        "title": "From all sides",
        "population": FeedbackProgramPopulation.MANAGERS,
        "mode": FeedbackProgramMode.ANONYMOUS,
        "audience": FeedbackProgramAudience.SUBJECT,
        "rule": "FREQ=YEARLY",
        "recurs_on": TODAY,
        **details,
    }
    return FeedbackProgramSchedule(
        tenant_id=template.tenant_id,
        organization_id=OrganizationId(unit.id) if unit else None,
        template_id=template.id,
        starts_on=TODAY,
        **given,
    )


def some_programs(
    people: Mapping[str, Person], template: ReviewTemplate
) -> tuple[dict[str, FeedbackProgram], list[Part]]:
    """Build the programs of a company, with their raters and results."""
    sides = {"mara": "self", "boss": "manager"} | dict.fromkeys(
        ("peer", "lead", "former", "ruler", "hr_ops"), "peer"
    )
    programs, records = dict[str, FeedbackProgram](), list[Part]()
    for name, subject, groups in (
        ("open", "mara", sides),
        ("of_hr", "hr", {"chief": "manager"}),
        ("published", "mara", sides),
    ):
        details: dict[str, Any] = {}
        if name == "published":
            details["mode"] = FeedbackProgramMode.CONFIDENTIAL
        if name == "open":
            details |= {"outside": CUSTOMERS, "least_external": 3}
        programs[name], raters = a_program(people[subject], template, people, groups, **details)
        records += raters if name != "published" else _publish(programs[name], template, people)
    return programs, records


def _publish(
    program: FeedbackProgram, template: ReviewTemplate, people: Mapping[str, Person]
) -> list[Part]:
    """Publish a program, and return its results and one text."""
    rated, _, told = template.list_questions()
    program.close()
    program.publish()
    program.response_count = 5
    program.events.clear()
    return [
        FeedbackProgramResult(
            tenant_id=program.tenant_id,
            feedback_program_id=program.id,
            position=1,
            question_id=rated.id,
            rater_group=RaterGroup.PEER,
            answer_count=5,
            mean=Decimal(2),
        ),
        FeedbackProgramAnswer(
            tenant_id=program.tenant_id,
            feedback_program_id=program.id,
            question_id=told.id,
            rater_group=RaterGroup.PEER,
            is_named=False,
            author_id=PersonId(people["peer"].id),
            text="More drafts.",
        ),
    ]


async def run_tasks_of(
    writing: asyncpg.Pool, tenant_id: TenantId, now: datetime, program_id: UUID, *kinds: str
) -> None:
    """Run tasks of a program as a worker does; by default those that count it."""
    for kind in kinds or (COUNT, DESTROY_KEY):
        handler = TASK_HANDLERS[kind]
        actor = build_system_actor(tenant_id, now.date(), handler)
        async with work(writing, actor, now=now) as begun:
            await handler.run(begun, feedback_program_id=str(program_id))
