"""Roles: named sets of grants. Some are built in; tenants change their grants and add their own."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import ClassVar, TypedDict, Unpack
from uuid import UUID

from domain.kernel import text
from domain.kernel.access import Holds, InheritedFrom
from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate, Part
from domain.kernel.errors import Code, Invalid, LimitExceeded, StateConflict
from domain.kernel.identity import OrganizationId, TenantId
from domain.kernel.permissions import Grant, Permission, Population
from domain.kernel.unit_of_work import Work
from domain.organizations import Organization

SEE = Holds(Permission.MEMBERS_READ, anywhere=True)
MANAGE = Holds(Permission.ROLES_MANAGE)
MAX_GRANTS = 200


@dataclass(frozen=True)
class BuiltInRole:
    """A role that every tenant starts with, its permissions held over everyone."""

    key: str
    name: str
    description: str
    permissions: tuple[Permission, ...]


TENANT_ADMIN = "tenant_admin"

BUILT_IN_ROLES = (
    BuiltInRole(
        TENANT_ADMIN,
        "Tenant admin",
        "Runs the tenant: directory, members, roles and settings; no employment facts.",
        (
            Permission.AUDIT_READ,
            Permission.DIRECTORY_READ,
            Permission.GOALS_READ,
            Permission.MEMBERS_MANAGE,
            Permission.MEMBERS_READ,
            Permission.ORGANIZATIONS_MANAGE,
            Permission.PEOPLE_MANAGE,
            Permission.ROLES_MANAGE,
            Permission.SETTINGS_MANAGE,
            Permission.SETTINGS_READ,
            Permission.TEAMS_MANAGE,
        ),
    ),
    BuiltInRole(
        "hr",
        "HR",
        "Looks after people, their employment and all goals that are not private.",
        (
            Permission.AUDIT_READ,
            Permission.DIRECTORY_READ,
            Permission.EMPLOYMENT_MANAGE,
            Permission.EMPLOYMENT_READ,
            Permission.GOALS_MANAGE,
            Permission.GOALS_READ,
            Permission.MEMBERS_READ,
            Permission.ORGANIZATIONS_MANAGE,
            Permission.PEOPLE_MANAGE,
            Permission.SETTINGS_READ,
            Permission.TEAMS_MANAGE,
        ),
    ),
    BuiltInRole(
        "employee",
        "Employee",
        "Reads the directory and public goals; manages what is their own.",
        (Permission.DIRECTORY_READ, Permission.GOALS_READ),
    ),
    BuiltInRole(
        "analyst",
        "Analyst",
        "Reads the directory and public goals in order to count them.",
        (Permission.DIRECTORY_READ, Permission.GOALS_READ),
    ),
    BuiltInRole(
        "integration", "Integration", "A service client; the tenant says what it may do.", ()
    ),
)
"""The rows that a new tenant's roles start from (design §2)."""

REQUIRED_ADMIN_GRANTS = frozenset(
    Grant(each)
    for each in (Permission.MEMBERS_MANAGE, Permission.MEMBERS_READ, Permission.ROLES_MANAGE)
)
"""What a tenant admin cannot lose: without these nobody could give anything back."""


@dataclass(kw_only=True, eq=False)
class RoleGrant(Part):
    """One permission that a role hands out, over one population."""

    NAME = "grant"
    SEE = InheritedFrom("role_id", "role", SEE)

    role_id: UUID
    permission: Permission
    population: Population = Population.EVERYONE
    organization_id: OrganizationId | None = None

    @property
    def grant(self) -> Grant:
        """The value that the access rules ask for."""
        return Grant(self.permission, self.population, self.organization_id)


class RoleDetails(TypedDict, total=False):
    """What may be changed about a role; what is left out stays."""

    name: str
    description: str | None


@dataclass(kw_only=True, eq=False)
class Role(Aggregate):
    """What a group of members may do."""

    NAME = "role"
    SEE = SEE
    SEE_HISTORY = Holds(Permission.AUDIT_READ)
    CREATE: ClassVar = Action("create", MANAGE)
    EDIT: ClassVar = Action("edit", MANAGE)
    SET_GRANTS: ClassVar = Action("set_grants", MANAGE)
    DELETE: ClassVar = Action("delete", MANAGE)
    ACTIONS = (EDIT, SET_GRANTS, DELETE)
    SEARCH_ATTRIBUTES = ("name",)

    key: str
    name: str
    description: str | None = None
    is_built_in: bool = False
    grants: list[RoleGrant] = field(default_factory=list)

    def edit(self, **details: Unpack[RoleDetails]) -> None:
        """Change the name or the description. Raises Invalid."""
        values: dict[str, object] = {}
        if "name" in details:
            values["name"] = text.single_line("The name", details["name"], "name", max_length=100)
        if "description" in details:
            values["description"] = _normalize_description(details["description"])
        self.update_attributes("edited", values)

    def set_grants(self, grants: Collection[Grant]) -> None:
        """Hand out exactly these grants from now on.

        Raises Invalid for a grant without the organization it needs, LimitExceeded, and
        StateConflict where the tenant admin would lose what keeps the tenant governable.
        """
        requested = dict.fromkeys(grants)
        if len(requested) > MAX_GRANTS:
            raise LimitExceeded(f"A role has {MAX_GRANTS} grants at most.", "grants")
        for index, grant in enumerate(requested):
            _check_population(grant, index)
        if self.key == TENANT_ADMIN and not requested.keys() >= REQUIRED_ADMIN_GRANTS:
            raise StateConflict(
                "The tenant admin keeps members:read, members:manage and roles:manage over"
                " everyone. Leave these three in.",
                "grants",
            )
        current = {each.grant for each in self.grants}
        for part in [each for each in self.grants if each.grant not in requested]:
            self.grants.remove(part)
        for grant in requested:
            if grant not in current:
                self.add_grant(grant)
        if current != requested.keys():
            self.record_event("grants_set")

    def add_grant(self, grant: Grant) -> None:
        """Add one grant to those that the role hands out."""
        self.grants.append(
            RoleGrant(
                tenant_id=self.tenant_id,
                role_id=self.id,
                permission=grant.permission,
                population=grant.population,
                organization_id=grant.organization_id,
            )
        )


def create_built_in_roles(tenant_id: TenantId) -> list[Role]:
    """The roles of a new tenant."""
    roles = []
    for each in BUILT_IN_ROLES:
        role = Role(
            tenant_id=tenant_id,
            key=each.key,
            name=each.name,
            description=each.description,
            is_built_in=True,
        )
        role.record_event("created")
        for permission in each.permissions:
            role.add_grant(Grant(permission))
        roles.append(role)
    return roles


async def create(
    work: Work,
    *,
    key: str,
    name: str,
    description: str | None = None,
    grants: Collection[Grant] = (),
) -> Role:
    """Add a role of the tenant's own. Raises Invalid, NotPermitted, LimitExceeded."""
    normalized_key = text.validate_key("The key", key, "key")
    if await work.find(Role, key=normalized_key):
        raise Invalid(f"There is a role {normalized_key} already.", "key", code=Code.NOT_UNIQUE)
    role = Role(
        tenant_id=work.actor.tenant_id,
        key=normalized_key,
        name=text.single_line("The name", name, "name", max_length=100),
        description=_normalize_description(description),
    )
    role.record_event("created")
    await work.add(role, to=Role.CREATE)
    await _set_grants(work, role, grants)
    return role


async def set_grants(
    work: Work, role_id: UUID, grants: Collection[Grant], *, expected_version: int | None = None
) -> Role:
    """Change what a role hands out. Raises what `Work.get` and `Role.set_grants` raise."""
    role = await work.get(Role, role_id, to=Role.SET_GRANTS, expected_version=expected_version)
    await _set_grants(work, role, grants)
    return role


async def _set_grants(work: Work, role: Role, grants: Collection[Grant]) -> None:
    for index, grant in enumerate(grants):
        await work.reference(
            Organization, grant.organization_id, "grants", str(index), "organizationId"
        )
    role.set_grants(grants)


def _check_population(grant: Grant, index: int) -> None:
    if (grant.population is Population.ORGANIZATION) != (grant.organization_id is not None):
        raise Invalid(
            "A grant names an organization exactly when its population is one. Correct either.",
            *("grants", index, "organizationId"),
        )


def _normalize_description(value: str | None) -> str | None:
    return text.multi_line("The description", value, "description", max_length=1_000)
