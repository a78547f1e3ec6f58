"""Use cases of teams: changes that need organizations, people or the tree of teams."""

from datetime import date
from typing import Annotated, Any, TypedDict, Unpack
from uuid import UUID

from domain import organizations
from domain.kernel.errors import Invalid, StateConflict
from domain.kernel.fields import new_values
from domain.kernel.guarded_values import NoneOrAfter
from domain.kernel.identity import OrganizationId, PersonId, TeamId
from domain.kernel.periods import new_period
from domain.kernel.unit_of_work import Work
from domain.organizations import Organization
from domain.people import Person
from domain.teams.model import FULL_SHARE, SHARE, Team, TeamRole


async def create(
    work: Work,
    *,
    organization_id: UUID,
    parent_id: UUID | None = None,
    starts_on: date | None = None,
    ends_on: date | None = None,
    **details: Any,
) -> Team:
    """Create a team. Raises Invalid and NotPermitted."""
    await work.lock_tree(Team.NAME)
    unit = await work.reference(Organization, organization_id, "organizationId")
    await work.reference(Team, parent_id, "parentId")
    await _require_place(work, organization_id, parent_id)
    organizations.ensure_open(unit, work.actor.today, "organizationId")
    period = new_period(starts_on or work.actor.today, ends_on)
    team = Team(
        tenant_id=work.actor.tenant_id,
        organization_id=OrganizationId(organization_id),
        parent_id=TeamId(parent_id) if parent_id else None,
        starts_on=period.starts_on,
        ends_on=period.ends_on,
        **new_values(Team, details),
    )
    team.record_event("created")
    await work.add(team, to=Team.CREATE)
    return team


class TeamPlacement(TypedDict, total=False):
    """The place of a team. An attribute that is left out stays unchanged."""

    organization_id: UUID
    parent_id: UUID | None


async def move(
    work: Work, id: UUID, *, expected_version: int | None = None, **placement: Unpack[TeamPlacement]
) -> Team:
    """Move a team to another organization or below another team.

    Raises what `Work.get` raises, NotPermitted where the actor may not create teams there, and
    Invalid (REFERENCE_NOT_FOUND, REFERENCE_CYCLE).
    """
    await work.lock_tree(Team.NAME)
    team = await work.get(Team, id, to=Team.MOVE, expected_version=expected_version)
    unit = await work.reference(Organization, placement.get("organization_id"), "organizationId")
    await work.reference(Team, placement.get("parent_id"), "parentId")
    unit_id = placement.get("organization_id", team.organization_id)
    parent_id = placement.get("parent_id", team.parent_id)
    await _require_place(work, unit_id, parent_id)
    organizations.ensure_open(unit, work.actor.today, "organizationId")
    parent_ancestors = await work.ancestors(Team, parent_id) if parent_id else ()
    team.move(OrganizationId(unit_id), TeamId(parent_id) if parent_id else None, parent_ancestors)
    return team


async def close(
    work: Work, id: UUID, *, ends_on: date | None = None, expected_version: int | None = None
) -> Team:
    """Close a team, by default today.

    Raises what `Work.get` raises, Invalid, and StateConflict while teams below it are open.
    """
    await work.lock_tree(Team.NAME)
    team = await work.get(Team, id, to=Team.CLOSE, expected_version=expected_version)
    if await work.count(Team, parent_id=team.id, ends_on=None):
        raise StateConflict("There are open teams below this one. Move or close them first.")
    team.close(ends_on or work.actor.today)
    return team


async def close_organization(
    work: Work, id: UUID, *, ends_on: date | None = None, expected_version: int | None = None
) -> Organization:
    """Close a unit that has no open teams and no people.

    People with a planned departure belong to it until they have left, because not everyone who
    closes units may know of it.

    Raises what `organizations.close` raises, and StateConflict while teams or people belong to it.
    """
    unit = await organizations.close(work, id, ends_on=ends_on, expected_version=expected_version)
    if await work.count(Team, organization_id=id, ends_on=None):
        raise StateConflict("There are open teams in this unit. Move or close them first.")
    if await work.count(Person, organization_id=id, left_on=NoneOrAfter(work.actor.today)):
        raise StateConflict("People still belong to this unit. Move them elsewhere first.")
    return unit


async def add_member(  # noqa: PLR0913 - the fields of a membership
    work: Work,
    id: UUID,
    person_id: UUID,
    *,
    role: TeamRole = TeamRole.MEMBER,
    share: Annotated[int, SHARE] = FULL_SHARE,
    starts_on: date | None = None,
    ends_on: date | None = None,
    expected_version: int | None = None,
) -> Team:
    """Add a person to a team. Raises what `Work.get` raises, and Invalid.

    After a last day that the actor may not see, the membership is stored and has no effect.
    """
    team = await work.get(Team, id, to=Team.ADD_MEMBER, expected_version=expected_version)
    person = await work.reference(Person, person_id, "personId", reading=("left_on",))
    starts_on = starts_on or work.actor.today
    if person and person.has_left(starts_on):
        raise Invalid("This person has left by then. Choose somebody else.", "personId")
    team.add_member(
        PersonId(person_id), role=role, share=share, starts_on=starts_on, ends_on=ends_on
    )
    return team


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
