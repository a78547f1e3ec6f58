"""Roles: named sets of grants. Some are built in; tenants change their grants and add their own."""

from dataclasses import dataclass, field
from typing import ClassVar
from uuid import UUID

from domain.kernel.access import Holds, Via
from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate, Part
from domain.kernel.identity import OrganizationId
from domain.kernel.permissions import Grant, Permission, Population

SEE = Holds(Permission.MEMBERS_READ, anywhere=True)


@dataclass(kw_only=True, eq=False)
class RoleGrant(Part):
    """One permission that a role hands out, over one population."""

    NAME = "grant"
    SEE = Via("role_id", "role", SEE)

    role_id: UUID
    permission: Permission
    population: Population = Population.EVERYONE
    organization_id: OrganizationId | None = None

    @property
    def grant(self) -> Grant:
        """The value that the access rules ask for."""
        return Grant(self.permission, self.population, self.organization_id)


@dataclass(kw_only=True, eq=False)
class Role(Aggregate):
    """What a group of members may do."""

    NAME = "role"
    SEE = SEE
    HISTORY = Holds(Permission.AUDIT_READ)
    CREATE: ClassVar = Action("create", Holds(Permission.ROLES_MANAGE))
    EDIT: ClassVar = Action("edit", Holds(Permission.ROLES_MANAGE))
    ACTIONS = (EDIT,)
    SEARCH = ("name",)

    key: str
    name: str
    description: str | None = None
    is_built_in: bool = False
    grants: list[RoleGrant] = field(default_factory=list)
