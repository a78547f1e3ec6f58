"""Teams: groups of people under an organization, with their roles and shares of time."""

from domain.teams.model import NESTINGS, Membership, Team, TeamReference, TeamRole
from domain.teams.policy import PARENT_OWNER_ATTRIBUTES, SEE_PLANNED_OF_TEAM
from domain.teams.use_cases import (
    TeamPlacement,
    add_member,
    change_membership,
    close,
    close_organization,
    create,
    edit,
    move,
    reopen,
)

__all__ = [
    "NESTINGS",
    "PARENT_OWNER_ATTRIBUTES",
    "SEE_PLANNED_OF_TEAM",
    "Membership",
    "Team",
    "TeamPlacement",
    "TeamReference",
    "TeamRole",
    "add_member",
    "change_membership",
    "close",
    "close_organization",
    "create",
    "edit",
    "move",
    "reopen",
]
