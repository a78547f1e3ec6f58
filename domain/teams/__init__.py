"""Teams: who works together, under which organization, as what and for how much of their time."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import ClassVar, TypedDict, Unpack
from uuid import UUID

from domain import organizations
from domain.kernel.access import HasStarted, Holds, InheritedFrom, Is, Leads, OwnerAttributes
from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate, Part
from domain.kernel.errors import Code, Invalid, StateConflict
from domain.kernel.identity import OrganizationId, PersonId, TeamId
from domain.kernel.periods import Period
from domain.kernel.permissions import Permission
from domain.kernel.text import multi_line, single_line
from domain.kernel.unit_of_work import Work
from domain.organizations import Organization
from domain.people import Person

FULL_SHARE = 100
"""All of somebody's time, in percent."""

OWNER_ATTRIBUTES = OwnerAttributes(team="id", organization="organization_id")
PARENT_OWNER_ATTRIBUTES = OwnerAttributes(team="parent_id", organization="organization_id")
MANAGE = Holds(Permission.TEAMS_MANAGE, over=OWNER_ATTRIBUTES)
LEAD_OR_MANAGE = Leads(OwnerAttributes(team="id")) | MANAGE
SEE = Holds(Permission.DIRECTORY_READ, over=OWNER_ATTRIBUTES) | LEAD_OR_MANAGE
SEE_PLANNED_OF_TEAM = InheritedFrom("team_id", "team", LEAD_OR_MANAGE)


class TeamRole(StrEnum):
    """The part that somebody plays in a team."""

    MEMBER = "member"
    LEAD = "lead"


@dataclass(kw_only=True, eq=False)
class Membership(Part):
    """A person's time in a team. A change of role or share begins a new one, so history stays."""

    NAME = "membership"
    SEE = (
        HasStarted("starts_on") & (Is("person_id") | InheritedFrom("team_id", "team", SEE))
        | SEE_PLANNED_OF_TEAM
    )
    GUARDED: ClassVar = {"ends_on": HasStarted("ends_on") | SEE_PLANNED_OF_TEAM}

    team_id: UUID
    person_id: PersonId
    role: TeamRole = TeamRole.MEMBER
    share: int = FULL_SHARE
    starts_on: date
    ends_on: date | None = None

    @property
    def period(self) -> Period:
        """The days of the membership."""
        return Period(self.starts_on, self.ends_on)


class TeamDetails(TypedDict, total=False):
    """What may be changed about a team; what is left out stays."""

    name: str
    description: str | None


@dataclass(kw_only=True, eq=False)
class Team(Aggregate):
    """A group of people under an organization, possibly below another team."""

    NAME = "team"
    OWNER_ATTRIBUTES = OWNER_ATTRIBUTES
    SEE = SEE
    SEE_PLANNED = LEAD_OR_MANAGE
    SEE_HISTORY = LEAD_OR_MANAGE | Holds(Permission.AUDIT_READ, over=OWNER_ATTRIBUTES)
    CREATE: ClassVar = Action(
        "create", Holds(Permission.TEAMS_MANAGE, over=PARENT_OWNER_ATTRIBUTES)
    )
    EDIT: ClassVar = Action("edit", LEAD_OR_MANAGE)
    ADD_MEMBER: ClassVar = Action("add_member", LEAD_OR_MANAGE)
    CHANGE_MEMBERSHIP: ClassVar = Action("change_membership", LEAD_OR_MANAGE)
    END_MEMBERSHIP: ClassVar = Action("end_membership", LEAD_OR_MANAGE)
    MOVE: ClassVar = Action("move", MANAGE)
    CLOSE: ClassVar = Action("close", MANAGE)
    REOPEN: ClassVar = Action("reopen", MANAGE)
    ACTIONS = (EDIT, ADD_MEMBER, CHANGE_MEMBERSHIP, END_MEMBERSHIP, MOVE, CLOSE, REOPEN)
    SEARCH_ATTRIBUTES = ("name",)

    organization_id: OrganizationId
    parent_id: TeamId | None = None
    name: str
    description: str | None = None
    starts_on: date
    ends_on: date | None = None
    memberships: list[Membership] = field(default_factory=list)

    def edit(self, **details: Unpack[TeamDetails]) -> None:
        """Change the name or the description. Raises Invalid."""
        values: dict[str, object] = {}
        if "name" in details:
            values["name"] = single_line("The name", details["name"], "name")
        if "description" in details:
            values["description"] = _normalize_description(details["description"])
        self.update_attributes("edited", values)

    def move(
        self,
        organization_id: OrganizationId,
        parent_id: TeamId | None,
        parent_ancestors: Collection[UUID],
    ) -> None:
        """Place the team elsewhere, with all below it. Raises Invalid with REFERENCE_CYCLE."""
        if parent_id is not None and self.id in (parent_id, *parent_ancestors):
            raise Invalid(
                "A team cannot stand below itself. Choose a team outside of it.",
                "parentId",
                code=Code.REFERENCE_CYCLE,
            )
        self.update_attributes(
            "moved", {"organization_id": organization_id, "parent_id": parent_id}
        )

    def close(self, ends_on: date) -> None:
        """Say from which day on the team is no more; memberships end with it. Raises Invalid."""
        Period(self.starts_on, ends_on)
        for each in self.memberships:
            if each.ends_on is None or each.ends_on > ends_on:
                each.ends_on = max(each.starts_on, ends_on)
        self.update_attributes("closed", {"ends_on": ends_on}, effective_on=ends_on)

    def reopen(self) -> None:
        """Let the team go on; who belongs to it is to be said anew.

        Raises StateConflict where no end of it is set.
        """
        if self.ends_on is None:
            raise StateConflict("No end of this team is set, so there is nothing to reopen.")
        self.update_attributes("reopened", {"ends_on": None})

    def add_member(
        self,
        person_id: PersonId,
        *,
        role: TeamRole = TeamRole.MEMBER,
        share: int = FULL_SHARE,
        starts_on: date,
        ends_on: date | None = None,
    ) -> Membership:
        """Take somebody in. Raises Invalid, with NOT_UNIQUE where they are in at that time."""
        period = Period(starts_on, ends_on)
        if not Period(self.starts_on, self.ends_on).covers(starts_on):
            raise Invalid(
                "The team does not exist on that day. Choose a day within its dates.",
                "startsOn",
                code=Code.OUT_OF_RANGE,
            )
        if any(
            each.person_id == person_id and _overlaps(each, period) for each in self.memberships
        ):
            raise Invalid(
                "This person is in the team in that time already. Change that membership.",
                "personId",
                code=Code.NOT_UNIQUE,
            )
        membership = self._create_membership(person_id, role, share, period)
        self.record_event("member_added", effective_on=starts_on)
        return membership

    def change_membership(
        self,
        membership_id: UUID,
        *,
        role: TeamRole | None = None,
        share: int | None = None,
        starts_on: date,
    ) -> Membership:
        """Give somebody another part or share from a day on. Raises Invalid."""
        old = self.get_membership(membership_id)
        if not old.period.covers(starts_on):
            raise Invalid(
                "The membership does not run on that day. Choose a day within it.",
                "startsOn",
                code=Code.OUT_OF_RANGE,
            )
        role = role or old.role
        share = old.share if share is None else share
        if (role, share) == (old.role, old.share):
            return old
        period = Period(starts_on, old.ends_on)
        membership = self._create_membership(old.person_id, role, share, period)
        old.ends_on = starts_on
        self.record_event("membership_changed", effective_on=starts_on)
        return membership

    def end_membership(self, membership_id: UUID, ends_on: date) -> Membership:
        """Let somebody go from a day on; the end may come sooner than was said, not later.

        Raises Invalid.
        """
        membership = self.get_membership(membership_id)
        Period(membership.starts_on, ends_on)
        if membership.ends_on is not None and membership.ends_on < ends_on:
            raise Invalid(
                "The membership ends before that day. Add the person again instead.",
                "endsOn",
                code=Code.OUT_OF_RANGE,
            )
        if membership.ends_on != ends_on:
            membership.ends_on = ends_on
            self.record_event("membership_ended", effective_on=ends_on)
        return membership

    def get_membership(self, id: UUID) -> Membership:
        """One of the team's memberships. Raises Invalid with REFERENCE_NOT_FOUND."""
        for each in self.memberships:
            if each.id == id:
                return each
        raise Invalid(
            "The team has no such membership. Look at its members again.",
            "membershipId",
            code=Code.REFERENCE_NOT_FOUND,
        )

    def _create_membership(
        self, person_id: PersonId, role: TeamRole, share: int, period: Period
    ) -> Membership:
        if not 0 <= share <= FULL_SHARE:
            raise Invalid("A share is a percentage from 0 to 100.", "share", code=Code.OUT_OF_RANGE)
        membership = Membership(
            tenant_id=self.tenant_id,
            team_id=self.id,
            person_id=person_id,
            role=role,
            share=share,
            starts_on=period.starts_on,
            ends_on=period.ends_on,
        )
        self.memberships.append(membership)
        return membership


async def create(
    work: Work,
    *,
    organization_id: UUID,
    name: str,
    parent_id: UUID | None = None,
    description: str | None = None,
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> Team:
    """Form a team. Raises Invalid and NotPermitted."""
    await work.lock_tree(Team.NAME)
    await organizations.reference_open_organization(work, organization_id, "organizationId")
    await work.reference(Team, parent_id, "parentId")
    period = Period(starts_on or work.actor.today, ends_on)
    team = Team(
        tenant_id=work.actor.tenant_id,
        organization_id=OrganizationId(organization_id),
        parent_id=TeamId(parent_id) if parent_id else None,
        name=single_line("The name", name, "name"),
        description=_normalize_description(description),
        starts_on=period.starts_on,
        ends_on=period.ends_on,
    )
    team.record_event("created")
    await work.add(team, to=Team.CREATE)
    return team


class TeamPlacement(TypedDict, total=False):
    """Where a team may be placed; what is left out stays."""

    organization_id: UUID
    parent_id: UUID | None


async def move(
    work: Work, id: UUID, *, expected_version: int | None = None, **placement: Unpack[TeamPlacement]
) -> Team:
    """Place a team under another organization or team.

    Raises what `Work.get` raises, NotPermitted where the actor has no say over the new place, and
    Invalid (REFERENCE_NOT_FOUND, REFERENCE_CYCLE).
    """
    await work.lock_tree(Team.NAME)
    team = await work.get(Team, id, to=Team.MOVE, expected_version=expected_version)
    await organizations.reference_open_organization(
        work, placement.get("organization_id"), "organizationId"
    )
    await work.reference(Team, placement.get("parent_id"), "parentId")
    unit = OrganizationId(placement.get("organization_id", team.organization_id))
    parent = placement.get("parent_id", team.parent_id)
    parent_ancestors = await work.ancestors(Team, parent) if parent else ()
    team.move(unit, TeamId(parent) if parent else None, parent_ancestors)
    await work.require(team, to=Team.CREATE)
    return team


async def close(
    work: Work, id: UUID, *, ends_on: date | None = None, expected_version: int | None = None
) -> Team:
    """End a team, today or on another day.

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
    """End a unit in which nothing and nobody is left.

    Raises what `organizations.close` raises, and StateConflict while teams or people are in it.
    """
    unit = await organizations.close(work, id, ends_on=ends_on, expected_version=expected_version)
    if await work.count(Team, organization_id=id, ends_on=None):
        raise StateConflict("There are open teams in this unit. Move or close them first.")
    if await work.count(Person, organization_id=id, left_on=None):
        raise StateConflict("People still belong to this unit. Move them elsewhere first.")
    return unit


async def add_member(  # noqa: PLR0913 (a membership is said in one breath)
    work: Work,
    id: UUID,
    person_id: UUID,
    *,
    role: TeamRole = TeamRole.MEMBER,
    share: int = FULL_SHARE,
    starts_on: date | None = None,
    ends_on: date | None = None,
    expected_version: int | None = None,
) -> Team:
    """Take somebody into a team. Raises what `Work.get` raises, and Invalid."""
    team = await work.get(Team, id, to=Team.ADD_MEMBER, expected_version=expected_version)
    person = await work.reference(Person, person_id, "personId")
    starts_on = starts_on or work.actor.today
    if person and person.has_left(starts_on):
        raise Invalid("This person has left by then. Choose somebody else.", "personId")
    team.add_member(
        PersonId(person_id), role=role, share=share, starts_on=starts_on, ends_on=ends_on
    )
    return team


def _overlaps(membership: Membership, period: Period) -> bool:
    return membership.ends_on != membership.starts_on and membership.period.overlaps(period)


def _normalize_description(text: str | None) -> str | None:
    return multi_line("The description", text, "description")
