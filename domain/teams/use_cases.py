"""Use cases of teams: changes that need organizations, people or the tree of teams."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, TypedDict, Unpack
from uuid import UUID

from domain import custom_fields, organizations
from domain.custom_fields import GivenValue
from domain.kernel.actions import Action
from domain.kernel.errors import Code, Invalid, StateConflict
from domain.kernel.faults import raise_faults
from domain.kernel.fields import new_values
from domain.kernel.guarded_values import NoneOrAfter
from domain.kernel.identity import OrganizationId, PersonId, TeamId
from domain.kernel.nesting import new_period_inside
from domain.kernel.periods import Period
from domain.kernel.permissions import Population
from domain.kernel.unit_of_work import Work
from domain.organizations import Organization
from domain.people import KNOW_JOBS, Person
from domain.self_appointment import (
    LEAD,
    REASON,
    authorize,
    check_reason,
    hold_all,
    list_permissions,
)
from domain.teams.model import (
    FULL_SHARE,
    SHARE,
    TEAM_IN_TEAM,
    TEAM_IN_UNIT,
    Membership,
    Team,
    TeamRole,
)


async def create(
    work: Work,
    *,
    organization_id: UUID,
    parent_id: UUID | None = None,
    starts_on: date | None = None,
    ends_on: date | None = None,
    custom_values: Sequence[GivenValue] | None = None,
    **details: Any,
) -> Team:
    """Create a team inside the dates of its unit and its parent. Raises Invalid, NotPermitted.

    Without `custom_values` no custom field is required.
    """
    await work.lock_tree(Team.NAME)
    unit = await organizations.reference_place(work, organization_id, "organizationId")
    parent = await work.reference(Team, parent_id, "parentId")
    await _require_place(work, organization_id, parent_id)
    organizations.ensure_not_over(unit, work.actor.today, "organizationId")
    _ensure_open(parent, work.actor.today)
    period = new_period_inside(
        starts_on or work.actor.today, ends_on, (TEAM_IN_UNIT, unit), (TEAM_IN_TEAM, parent)
    )
    team = Team(
        tenant_id=work.actor.tenant_id,
        organization_id=OrganizationId(organization_id),
        parent_id=TeamId(parent_id) if parent_id else None,
        starts_on=period.starts_on,
        ends_on=period.ends_on,
        **new_values(Team, details),
    )
    if custom_values is not None:
        await custom_fields.set_first_values(work, team, custom_values)
    team.record_event("created")
    await work.add(team, to=Team.CREATE)
    return team


async def edit(
    work: Work,
    id: UUID,
    *,
    custom_values: Sequence[GivenValue] = (),
    expected_version: int | None = None,
    **details: Any,
) -> Team:
    """Change the editable fields of a team. Raises what `Work.get` raises, and Invalid."""
    team = await work.get(Team, id, to=Team.EDIT, expected_version=expected_version)
    details |= await custom_fields.resolve(work, team, custom_values, is_new=False)
    team.edit(**details)
    return team


class TeamPlacement(TypedDict, total=False):
    """The place of a team. An attribute that is left out stays unchanged."""

    organization_id: UUID
    parent_id: UUID | None


async def move(
    work: Work,
    id: UUID,
    *,
    self_appointment_reason: str | None = None,
    expected_version: int | None = None,
    **placement: Unpack[TeamPlacement],
) -> Team:
    """Move a team to another organization or below another team.

    Raises what `Work.get` raises, NotPermitted where the actor may not create teams there, or with
    SELF_APPOINTMENT would lead the team there, and Invalid (REFERENCE_NOT_FOUND, REFERENCE_CYCLE).
    """
    await work.lock_tree(Team.NAME)
    team = await work.get(Team, id, to=Team.MOVE, expected_version=expected_version)
    reason = check_reason(self_appointment_reason)
    unit = await organizations.reference_place(
        work, placement.get("organization_id"), "organizationId"
    )
    above = await work.reference(Team, placement.get("parent_id"), "parentId")
    if above is not None and await work.is_permitted(above, to=LEAD):
        await _authorize_lead(work, team, reason, "parentId")
    unit_id = placement.get("organization_id", team.organization_id)
    parent_id = placement.get("parent_id", team.parent_id)
    await _require_place(work, unit_id, parent_id)
    organizations.ensure_not_over(unit, work.actor.today, "organizationId")
    _ensure_open(above, work.actor.today)
    raise_faults((*TEAM_IN_UNIT.find_misfits(team, unit), *TEAM_IN_TEAM.find_misfits(team, above)))
    parent_ancestors = await work.ancestors(Team, parent_id) if parent_id else ()
    team.move(OrganizationId(unit_id), TeamId(parent_id) if parent_id else None, parent_ancestors)
    return team


async def close(
    work: Work, id: UUID, *, ends_on: date | None = None, expected_version: int | None = None
) -> Team:
    """Close a team, by default today, or set another end within those of its unit and parent.

    Raises what `Work.get` raises, StateConflict while teams below it are open, and Invalid where
    they end later.
    """
    await work.lock_tree(Team.NAME)
    team = await work.get(Team, id, to=Team.CLOSE, expected_version=expected_version)
    await organizations.hold_open(work, team.organization_id)
    ends_on = work.actor.today if ends_on is None else ends_on
    await TEAM_IN_TEAM.ensure_none_outlasts(work, team, ends_on)
    for nesting in (TEAM_IN_UNIT, TEAM_IN_TEAM):
        await nesting.ensure_end_inside(work, team, ends_on)
    team.close(ends_on)
    return team


async def reopen(work: Work, id: UUID, *, expected_version: int | None = None) -> Team:
    """Remove the end of a team. Memberships that ended with it stay ended.

    Raises what `Work.get` raises, and StateConflict where it has no end, or its unit or the team
    above has one.
    """
    await work.lock_tree(Team.NAME)
    team = await work.get(Team, id, to=Team.REOPEN, expected_version=expected_version)
    await organizations.hold_open(work, team.organization_id)
    for nesting in (TEAM_IN_UNIT, TEAM_IN_TEAM):
        await nesting.ensure_reopenable(work, team)
    team.reopen()
    return team


async def close_organization(
    work: Work, id: UUID, *, ends_on: date | None = None, expected_version: int | None = None
) -> Organization:
    """Close a unit that has no open teams, and no people from that day on.

    People with a planned departure belong to it until they have left, and those with a planned
    transfer until their day, because not everyone who closes units may know of it. A transfer into
    the unit that the actor may not know becomes one into no unit.

    Raises what `organizations.get_to_close` raises, also for teams, and StateConflict while people
    belong to it.
    """
    ends_on = work.actor.today if ends_on is None else ends_on
    unit = await organizations.get_to_close(work, id, ends_on, expected_version=expected_version)
    await TEAM_IN_UNIT.ensure_none_outlasts(work, unit, ends_on)
    unknown = await _find_unknown_plans(work, id, ends_on)
    unit.close(ends_on)
    for person_id in unknown:
        person = await work.find(Person, id=person_id)
        assert person is not None, "The person was found in this transaction."
        person.give_up_planned_unit(OrganizationId(id), today=work.actor.today, at=work.now)
    return unit


async def _find_unknown_plans(work: Work, id: UUID, ends_on: date) -> list[UUID]:
    """Return who would be in a unit after its end by a plan that the actor may not know.

    Raises StateConflict while people belong to it then, as far as the actor may know.
    """
    today, unknown = work.actor.today, []
    is_occupied = await work.count(
        Person, organization_id=id, unit_changes_on=None, left_on=NoneOrAfter(today)
    )
    for each in () if is_occupied else await work.list_occupants(id, ends_on):
        is_known = await work.is_permitted(each, to=KNOW_JOBS)
        if each.stays if is_known else each.organization_id == id:
            is_occupied = 1
        elif each.stays:
            unknown.append(each.id)
    if is_occupied:
        raise StateConflict("People still belong to this unit. Move them elsewhere first.")
    return unknown


async def add_member(  # noqa: PLR0913 - the fields of a membership
    work: Work,
    id: UUID,
    person_id: UUID,
    *,
    role: TeamRole = TeamRole.MEMBER,
    share: Annotated[int, SHARE] = FULL_SHARE,
    starts_on: date | None = None,
    ends_on: date | None = None,
    self_appointment_reason: Annotated[str | None, REASON] = None,
    expected_version: int | None = None,
) -> Membership:
    """Add a person to a team.

    It starts in an employment; for actors who may not see that, today or later. After a last day
    that the actor may not see, the membership is stored and has no effect.
    Raises what `Work.get` raises, Invalid, and NotPermitted with SELF_APPOINTMENT where the actor
    would lead the team, or get rights over the person as its lead.
    """
    await work.lock_tree(Person.NAME)  # no employment is corrected before the membership is stored
    team = await work.get(Team, id, to=Team.ADD_MEMBER, expected_version=expected_version)
    reason = check_reason(self_appointment_reason)
    known = ("left_on", "hired_on", "employments")
    person = await work.reference(Person, person_id, "personId", reading=known)
    if role is TeamRole.LEAD and person_id == work.actor.person_id:
        await _authorize_lead(work, team, reason, "role")
    elif person is not None:
        await _authorize_member(work, team, person, reason)
    starts_on = starts_on or work.actor.today
    if person and person.has_left(starts_on):
        message = f"{person.describe_departure('This person')} Choose somebody else."
        raise Invalid(message, "personId")
    return team.add_member(
        PersonId(person_id),
        role=role,
        share=share,
        starts_on=starts_on,
        ends_on=ends_on,
        employment=_find_employment(person, starts_on, ends_on, work.actor.today),
    )


def _find_employment(
    person: Person | None, starts_on: date, ends_on: date | None, today: date
) -> Period | None:
    """Return the employment that a new membership lies in, as far as the actor may see it.

    A departure ends a membership without an end by itself, so it is no limit. Raises Invalid where
    only a later first day is safe, because the actor does not see the first day of employment.
    """
    employment = person.find_nearest_employment(starts_on) if person else None
    if person is None or employment is None:
        if person and person.hired_on > today:
            message = "This person has not started yet. Add them on their first day, or ask HR."
            raise Invalid(message, "personId")
        if starts_on < today:
            message = "You may not see since when they are employed. Choose today or a later day."
            raise Invalid(message, "startsOn", code=Code.OUT_OF_RANGE)
        return None
    is_ended_by_departure = ends_on is None and employment is person.latest_employment
    return Period(employment.hired_on, None if is_ended_by_departure else employment.left_on)


def _ensure_open(parent: Team | None, today: date) -> None:
    """Raise Invalid where the team that another one is placed below has ended."""
    if parent is not None and parent.ends_on is not None and parent.ends_on <= today:
        raise Invalid("This team has ended. Choose another, or reopen it.", "parentId")


async def _require_place(work: Work, unit_id: UUID, parent_id: UUID | None) -> None:
    """Raise NotPermitted where the actor may not create teams in this place."""
    place = Team(
        tenant_id=work.actor.tenant_id,
        organization_id=OrganizationId(unit_id),
        parent_id=TeamId(parent_id) if parent_id else None,
        name="",
        starts_on=work.actor.today,
    )
    await work.require(place, to=Team.CREATE)


async def change_membership(  # noqa: PLR0913 - the fields of a membership
    work: Work,
    id: UUID,
    membership_id: UUID,
    *,
    role: TeamRole | None = None,
    share: Annotated[int | None, SHARE] = None,
    starts_on: date | None = None,
    self_appointment_reason: Annotated[str | None, REASON] = None,
    expected_version: int | None = None,
) -> Membership:
    """Change a person's part or share in a team, by default from today.

    Raises what `Work.get` raises, Invalid, and NotPermitted with SELF_APPOINTMENT where the actor
    would lead the team.
    """
    team = await work.get(Team, id, to=Team.CHANGE_MEMBERSHIP, expected_version=expected_version)
    reason = check_reason(self_appointment_reason)
    membership = team.get_membership(membership_id)
    if role is TeamRole.LEAD and membership.person_id == work.actor.person_id:
        await _authorize_lead(work, team, reason, "role")
    return team.change_membership(
        membership_id, role=role, share=share, starts_on=starts_on or work.actor.today
    )


async def _authorize_lead(work: Work, team: Team, reason: str | None, *field: str) -> None:
    """Refuse to make the actor a lead of a team that the actor does not lead yet.

    Raises NotPermitted with SELF_APPOINTMENT, and Invalid.
    """
    if not await work.is_permitted(team, to=LEAD):
        await authorize(work, team, reason, *field)


async def _authorize_member(work: Work, team: Team, person: Person, reason: str | None) -> None:
    """Refuse to give the actor, as the team's lead, new rights over a person.

    Leads have such rights only by grants over the teams that they lead. Raises NotPermitted with
    SELF_APPOINTMENT, and Invalid.
    """
    permissions = list_permissions(work.actor, Population.TEAMS_LED)
    held = Action("add", hold_all(permissions, Person.OWNER_ATTRIBUTES))
    if not permissions or await work.is_permitted(person, to=held):
        return
    if await work.is_permitted(team, to=LEAD):
        await authorize(work, team, reason, "personId")
