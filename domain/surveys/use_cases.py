"""Use cases of surveys: launch, answer, close, cancel; and the tasks that count the ballots."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any
from uuid import UUID

from domain.ballots import (
    BallotTasks,
    deal_batches,
    get_invited,
    seal_answers,
    withdraw_answers,
)
from domain.ballots.voting import Opened
from domain.kernel.actions import Action
from domain.kernel.background_tasks import TaskHandler
from domain.kernel.errors import Invalid, LimitExceeded
from domain.kernel.identity import OrganizationId, PersonId
from domain.kernel.unit_of_work import Work
from domain.organizations import Organization
from domain.people.staff import list_staff
from domain.surveys.cells import CellPlan
from domain.surveys.counting import Ballot, count, count_responses
from domain.surveys.enums import SurveyStatus
from domain.surveys.measured_kpis import measure_kpis
from domain.surveys.model import Survey
from domain.surveys.records import SurveyInvitation
from domain.surveys.responses import SurveyAnswer, check_answers

MAX_INVITED, MAX_OPEN = 50_000, 20


async def launch(
    work: Work,
    organization_id: UUID | None,
    questions: Sequence[Mapping[str, Any]],
    **details: Any,
) -> Survey:
    """Launch a survey among all who work in a unit or below it today; None is the whole tenant.

    Raises NotPermitted, Invalid and LimitExceeded.
    """
    await require_unit(work, organization_id)
    unit_id = None if organization_id is None else OrganizationId(organization_id)
    tenant_id, today = work.actor.tenant_id, work.actor.today
    survey = Survey.launch(tenant_id, unit_id, questions, today=today, **details)
    await send(work, survey)
    return survey


async def require_unit(work: Work, organization_id: UUID | None) -> None:
    """Check that the actor may launch surveys of a unit; None is the whole tenant.

    Raises NotPermitted and Invalid.
    """
    unit_id = None if organization_id is None else OrganizationId(organization_id)
    await work.reference(Organization, organization_id, "organizationId")
    actor = work.actor
    example = Survey(
        tenant_id=actor.tenant_id, organization_id=unit_id, title="", closes_on=actor.today
    )
    await work.require(example, to=Survey.LAUNCH)


async def send(work: Work, survey: Survey) -> None:
    """Invite all who work there today, give the survey its key, and store it.

    Raises Invalid and LimitExceeded.
    """
    await _check_open_count(work, survey)
    invitations = await _invite(work, survey)
    survey.public_key = work.ballot_keys.create(survey.id)
    await work.add(survey, to=Survey.LAUNCH)
    work.write_records(added=invitations)
    await TASKS.enqueue_closing(work, survey)


async def respond(work: Work, id: UUID, answers: Sequence[SurveyAnswer]) -> Survey:
    """Seal the answers of the actor, in place of earlier ones. The journal has nothing of it.

    Raises Invalid, StateConflict and NotPermitted.
    """
    survey, invitation = await _get_invited(work, id, Survey.RESPOND)
    await seal_answers(work, survey, invitation, check_answers(survey, answers))
    return survey


async def withdraw_response(work: Work, id: UUID) -> Survey:
    """Remove the ballot of the actor. Raises Invalid, StateConflict and NotPermitted."""
    survey, invitation = await _get_invited(work, id, Survey.WITHDRAW_RESPONSE)
    await withdraw_answers(work, survey, invitation)
    return survey


async def close(work: Work, id: UUID, *, expected_version: int | None = None) -> Survey:
    """Close a survey before its day. Raises what `get` raises."""
    survey = await work.get(Survey, id, to=Survey.CLOSE, expected_version=expected_version)
    survey.close()
    TASKS.enqueue_counting(work, survey)
    return survey


async def cancel(work: Work, id: UUID, *, expected_version: int | None = None) -> Survey:
    """Cancel a survey: its ballots are destroyed unread. Raises what `get` raises."""
    survey = await work.get(Survey, id, to=Survey.CANCEL, expected_version=expected_version)
    survey.cancel()
    TASKS.enqueue_counting(work, survey)
    return survey


async def _publish(work: Work, survey: Survey, opened: Sequence[Opened[SurveyInvitation]]) -> None:
    """Publish the results of a closed survey."""
    units = [each.invitation.find_cell(survey.organization_id) for each in opened]
    found = [
        Ballot(unit, each.answers)
        for unit, each in zip(units, opened, strict=True)
        if each.answers is not None
    ]
    parents = await _find_parents(work, survey, [each.invitation for each in opened])
    work.write_records(added=count(survey, found, units, parents))
    survey.response_count = count_responses(survey, found)
    survey.publish()
    await measure_kpis(work, survey)


TASKS = BallotTasks("surveys", Survey, SurveyInvitation, _publish)
BALLOT_HANDLERS: Mapping[str, TaskHandler] = TASKS.list_handlers()
CLOSE, COUNT, DESTROY_KEY = BALLOT_HANDLERS


async def _check_open_count(work: Work, survey: Survey) -> None:
    """Check how many surveys are open in the unit. Raises LimitExceeded."""
    unit, status = [survey.organization_id], [SurveyStatus.OPEN]
    found = await work.find_values(Survey, ("id",), organization_id=unit, status=status)
    if len(found) >= MAX_OPEN:
        message = f"At most {MAX_OPEN} surveys of a unit are open at a time. Close or cancel one."
        raise LimitExceeded(message, "organizationId")


async def _invite(work: Work, survey: Survey) -> list[SurveyInvitation]:
    """Return the invitations of all who work there today. Raises Invalid and LimitExceeded."""
    staff = await list_staff(work, survey.organization_id)
    invitations = [
        SurveyInvitation(
            tenant_id=survey.tenant_id,
            survey_id=survey.id,
            person_id=PersonId(id),
            organization_id=None if unit is None else OrganizationId(unit),
            closes_on=survey.closes_on,
        )
        for id, unit in staff
    ]
    if len(invitations) < survey.min_invited:
        message = (
            f"Fewer than {survey.min_invited} people work there. With a threshold of"
            f" {survey.threshold}, the results could tell that all took part. Choose a larger unit,"
            " or a lower threshold."
        )
        raise Invalid(message, "organizationId")
    if len(invitations) > MAX_INVITED:
        message = f"A survey has at most {MAX_INVITED:,} people. Choose a smaller unit."
        raise LimitExceeded(message, "organizationId")
    survey.invited_count = len(invitations)
    units = [each.organization_id for each in invitations]
    parents = await _load_parents(work, units)
    plan = CellPlan(units, parents, top=survey.organization_id, needed=survey.min_invited)
    for each in invitations:
        each.cells = tuple(map(str, plan.find_path(each.organization_id)))
    deal_batches(invitations, survey.batch_size)
    return invitations


async def _find_parents(
    work: Work, survey: Survey, invitations: Sequence[SurveyInvitation]
) -> dict[UUID, UUID | None]:
    """Return the parents of cells as of the launch, or of units today for an earlier release."""
    if any(each.cells is None for each in invitations):
        return await _load_parents(work, [each.organization_id for each in invitations])
    paths = {each.cells or () for each in invitations}
    ends = [[*map(UUID, path), survey.organization_id] for path in paths]
    return {low: high for path in ends for low, high in pairwise(path) if low is not None}


async def _load_parents(work: Work, units: Sequence[UUID | None]) -> dict[UUID, UUID | None]:
    """Return the parents of these units and of all above them."""
    parents = dict[UUID, UUID | None]()
    level = {each for each in units if each is not None}
    while level:
        rows = await work.find_values(Organization, ("id", "parent_id"), id=[*level])
        parents |= {row[0]: row[1] for row in rows}
        level = {each for each in parents.values() if each is not None} - parents.keys()
        if not rows:
            break
    return parents


async def _get_invited(work: Work, id: UUID, action: Action) -> tuple[Survey, SurveyInvitation]:
    """Return an open survey with the invitation of the actor. Raises what `get_invited` raises."""
    refusal = "Only people who worked in the unit at the launch were invited to this survey."
    kinds = Survey, SurveyInvitation
    return await get_invited(work, kinds, id, action, field="surveyId", refusal=refusal)
