"""Teams: who works together, under which organization, in which part and for how much of their time."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from domain.kernel.access import Holds, Is, Leads, Place, Via
from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate, Part
from domain.kernel.identity import OrganizationId, PersonId, TeamId
from domain.kernel.permissions import Permission

PLACE = Place(team="id", organization="organization_id")
ABOVE = Place(team="parent_id", organization="organization_id")
MANAGE = Holds(Permission.TEAMS_MANAGE, over=PLACE)
RUN = Leads(Place(team="id")) | MANAGE
SEE = Holds(Permission.DIRECTORY_READ, over=PLACE) | RUN


class TeamRole(StrEnum):
    """The part that somebody plays in a team."""

    MEMBER = "member"
    LEAD = "lead"


@dataclass(kw_only=True, eq=False)
class Membership(Part):
    """A person's time in a team. A change of role or share is a new membership, so history stays."""

    NAME = "membership"
    SEE = Is("person_id") | Via("team_id", "team", SEE)

    team_id: UUID
    person_id: PersonId
    role: TeamRole = TeamRole.MEMBER
    share: int = 100
    starts_on: date
    ends_on: date | None = None


@dataclass(kw_only=True, eq=False)
class Team(Aggregate):
    """A group of people under an organization, possibly below another team."""

    NAME = "team"
    PLACE = PLACE
    SEE = SEE
    HISTORY = RUN | Holds(Permission.AUDIT_READ, over=PLACE)
    CREATE: ClassVar = Action("create", Holds(Permission.TEAMS_MANAGE, over=ABOVE))
    EDIT: ClassVar = Action("edit", RUN)
    ADD_MEMBER: ClassVar = Action("add_member", RUN)
    CHANGE_MEMBERSHIP: ClassVar = Action("change_membership", RUN)
    END_MEMBERSHIP: ClassVar = Action("end_membership", RUN)
    MOVE: ClassVar = Action("move", MANAGE)
    CLOSE: ClassVar = Action("close", MANAGE)
    REOPEN: ClassVar = Action("reopen", MANAGE)
    ACTIONS = (EDIT, ADD_MEMBER, CHANGE_MEMBERSHIP, END_MEMBERSHIP, MOVE, CLOSE, REOPEN)
    SEARCH = ("name",)

    organization_id: OrganizationId
    parent_id: TeamId | None = None
    name: str
    description: str | None = None
    starts_on: date
    ends_on: date | None = None
    memberships: list[Membership] = field(default_factory=list)
