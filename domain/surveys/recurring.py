"""Use cases of schedules of surveys: create one, and launch what is due."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from domain.kernel.errors import Invalid, LimitExceeded, StateConflict
from domain.kernel.faults import FaultCollector
from domain.kernel.fields import new_values
from domain.kernel.identity import OrganizationId
from domain.kernel.permissions import Permission
from domain.kernel.unit_of_work import Work
from domain.recurrences import RecurringTasks
from domain.recurrences.model import check_recurrence
from domain.surveys.bank import RETIRED, SurveyBankQuestion
from domain.surveys.enums import SurveyQuestionKind, SurveyStatus
from domain.surveys.model import MAX_COMMENT_QUESTIONS, Survey
from domain.surveys.schedules import SurveySchedule
from domain.surveys.use_cases import require_unit, send


async def create_schedule(
    work: Work,
    organization_id: UUID | None,
    questions: Sequence[tuple[UUID, bool]],
    *,
    rule: str,
    starts_on: date | None = None,
    **details: Any,
) -> SurveySchedule:
    """Ask questions of the bank on each day of a rule; the first day may be today.

    Raises NotPermitted, and Invalid with all faults.
    """
    await require_unit(work, organization_id)
    faults, values, planned = FaultCollector(), dict[str, Any](), dict[str, Any]()
    with faults.collect():
        values = new_values(SurveySchedule, details)
    with faults.collect():
        planned |= check_recurrence(rule, starts_on, work.actor.today)
    with faults.collect():
        await _check_questions(work, questions)
    faults.raise_all()
    schedule = SurveySchedule(
        tenant_id=work.actor.tenant_id,
        organization_id=None if organization_id is None else OrganizationId(organization_id),
        **values,
        **planned,
    )
    schedule.ask(questions)
    schedule.record_event("created")
    await work.add(schedule, to=SurveySchedule.CREATE)
    await SCHEDULES.enqueue(work, schedule)
    return schedule


async def _check_questions(work: Work, questions: Sequence[tuple[UUID, bool]]) -> None:
    """Check the questions of a schedule. Raises Invalid with all faults."""
    faults, comments = FaultCollector(), 0
    for index, (id, is_required) in enumerate(questions):
        path = "questions", str(index)
        with faults.collect():
            question = await work.reference(
                SurveyBankQuestion, id, "questions", str(index), "questionId"
            )
            assert question is not None, "The id is given."
            is_comment = question.kind is SurveyQuestionKind.COMMENT
            comments += is_comment
            if question.status is RETIRED:
                raise Invalid("This question is retired. Choose another.", *path, "questionId")
            if is_comment and is_required:
                message = "A COMMENT cannot be required. Leave this out."
                raise Invalid(message, *path, "isRequired")
            if is_comment and comments > MAX_COMMENT_QUESTIONS:
                message = f"At most {MAX_COMMENT_QUESTIONS} are for comments. Remove this one."
                raise LimitExceeded(message, *path, "questionId")
    faults.raise_all()


async def _launch(work: Work, schedule: SurveySchedule, day: date) -> None:
    """Launch the survey of a day. Raises what a launch raises, before anything has changed."""
    id, status = [schedule.id], [SurveyStatus.OPEN]
    if await work.find_values(Survey, ("id",), schedule_id=id, status=status):
        raise StateConflict("The survey before is still open.")
    ids = [each.question_id for each in schedule.questions]
    bank = {each.id: each for each in await work.load_all(SurveyBankQuestion, ids)}
    survey = build_survey(schedule, [bank[id] for id in ids], day, work.actor.today)
    await send(work, survey)


def build_survey(
    schedule: SurveySchedule, bank: Sequence[SurveyBankQuestion], day: date, today: date
) -> Survey:
    """Return the survey of a day of a schedule, which is launched today."""
    survey = Survey.launch(
        schedule.tenant_id,
        schedule.organization_id,
        [
            {name: getattr(question, name) for name in ("kind", "text", "highest_rating")}
            | {"is_required": each.is_required, "choices": []}
            for question, each in zip(bank, schedule.questions, strict=True)
        ],
        today=today,
        closes_on=today + timedelta(days=schedule.open_days - 1),
        **schedule.list_terms(),
    )
    survey.schedule_id, survey.occurs_on = schedule.id, day
    for question, each in zip(bank, survey.questions, strict=True):
        each.bank_question_id = question.id
        each.highest_unfavorable = question.highest_unfavorable
        each.lowest_favorable = question.lowest_favorable
    return survey


SCHEDULES = RecurringTasks(
    "surveys.recur", SurveySchedule, _launch, frozenset({Permission.SURVEYS_MANAGE})
)
