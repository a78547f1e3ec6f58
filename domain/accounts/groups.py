"""Groups as an identity provider describes them: teams, with the people who are in them today."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from domain import teams
from domain.accounts.external_ids import change_external_id
from domain.kernel.actions import Action
from domain.kernel.errors import Invalid
from domain.kernel.faults import FaultCollector
from domain.kernel.unit_of_work import Work
from domain.organizations import Organization
from domain.teams import Team

SEE_TEAM = Action("see", Team.SEE)


@dataclass(frozen=True)
class GroupChanges:
    """What changes of a group. A name of None stays; so does the id, unless it is changed."""

    name: str | None = None
    changes_external_id: bool = False
    external_id: str | None = None
    added: Collection[UUID] = ()
    removed: Collection[UUID] = ()


async def create_group(work: Work, changes: GroupChanges) -> UUID:
    """Create a team in the one unit at the top of the tenant. Raises what `teams.create` raises.

    Raises Invalid where the tenant has several such units, because a group says nothing of its
    place.
    """
    name: Any = changes.name
    team = await teams.create(work, organization_id=await _find_top(work), name=name)
    await work.flush()
    await change_group(work, team.id, changes)
    return team.id


async def change_group(
    work: Work, id: UUID, changes: GroupChanges, *, expected_version: int | None = None
) -> None:
    """Apply changes to a team, all or none. Raises what the verbs raise."""
    team = await work.get(Team, id, to=SEE_TEAM, expected_version=expected_version)
    if expected_version is not None:
        work.check_unchanged(team)
    faults = FaultCollector()
    if changes.name is not None and changes.name != team.name:
        with faults.collect():
            await work.get(Team, id, to=Team.EDIT)
            team.edit(name=changes.name)
    if changes.changes_external_id:
        with faults.collect():
            await change_external_id(work, Team, id, changes.external_id)
    if changes.removed:
        await work.get(Team, id, to=Team.END_MEMBERSHIP)
        _remove(work, team, changes.removed)
    for person_id in changes.added:
        with faults.collect():
            await teams.add_member(work, id, person_id)
    faults.raise_all()


def _remove(work: Work, team: Team, people: Collection[UUID]) -> None:
    """End the memberships of these people that run today; those to come stay."""
    today = work.actor.today
    for each in list(team.memberships):
        if each.person_id in people and each.period.covers(today):
            team.end_membership(each.id, today)


async def _find_top(work: Work) -> UUID:
    """Return the unit that has none above it. Raises Invalid unless there is one."""
    found = await work.find_values(Organization, ("id", "ends_on"), parent_id=[None])
    today = work.actor.today
    open_units: list[UUID] = [id for id, end in found if end is None or end > today]
    if len(open_units) != 1:
        raise Invalid(
            "The place of a new team is not clear, because there is not exactly one unit at the"
            " top. Create the team in Trellis under this name, and assign the group again.",
            "name",
        )
    return open_units[0]
