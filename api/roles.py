"""Roles in the graph: named sets of grants, and what they let their holders do."""

from typing import TYPE_CHECKING
from uuid import UUID

import strawberry

from api.kernel.schema.declarations import (
    Connection,
    argument,
    graph_enum,
    list_of,
    many,
    node,
    one,
    part,
    queries,
    value,
)
from api.kernel.schema.inputs import (
    expected_version_field,
    input_field,
    input_type,
    provided_fields,
)
from api.kernel.schema.mutations import mutation
from api.kernel.schema.verbs import verb
from domain import members, roles
from domain.kernel.identity import OrganizationId
from domain.kernel.permissions import Grant, Permission, Population
from domain.kernel.unit_of_work import Work
from persistence.members import ROLE, ROLE_GRANT
from persistence.reading.read_model import ROOT

if TYPE_CHECKING:
    from api.members import RoleAssignment
    from api.organizations import Organization

graph_enum(
    Population,
    "Whom a grant reaches.",
    everyone="Everyone in the tenant.",
    organization="An organization with all below it.",
    teams_led="The teams that the member leads, and those below.",
    reporting_chain="Those below the member in the primary line.",
    self="The member.",
)
_PERMISSION_DESCRIPTIONS = {
    Permission.AUDIT_READ: "Reading what happened.",
    Permission.DIRECTORY_READ: "Reading the directory: people, teams and organizations.",
    Permission.EMPLOYMENT_MANAGE: "Changing employment: hiring, leave, leaving, numbers.",
    Permission.EMPLOYMENT_READ: "Reading employment dates, status and numbers.",
    Permission.GOALS_MANAGE: "Changing goals that are not private.",
    Permission.GOALS_READ: "Reading public goals.",
    Permission.MEMBERS_MANAGE: "Letting people in and out, and handing out roles.",
    Permission.MEMBERS_READ: "Reading members and roles.",
    Permission.ORGANIZATIONS_MANAGE: "Changing organizations.",
    Permission.PEOPLE_MANAGE: "Changing what the directory says about people.",
    Permission.ROLES_MANAGE: "Changing roles.",
    Permission.SETTINGS_MANAGE: "Changing the tenant's settings.",
    Permission.SETTINGS_READ: "Reading the tenant's settings.",
    Permission.TEAMS_MANAGE: "Changing teams.",
}
graph_enum(
    Permission,
    "What a grant allows.",
    **{each.name.lower(): text for each, text in _PERMISSION_DESCRIPTIONS.items()},
)


@part(ROLE_GRANT)
class RoleGrant:
    """One permission that a role hands out, over one population."""

    permission: Permission = value("What it allows.")
    population: Population = value("Whom it reaches.")
    organization: "Organization | None" = one("The organization that it reaches, if only one.")


@node(ROLE, where=("id", "key", "name", "is_built_in"), order_by=("name", "key", "created_at"))
class Role:
    """A named set of grants; some are built in, and tenants add their own."""

    key: str = value("The short name; no two roles have the same.")
    name: str = value("What it is called.")
    description: str | None = value("What it is for.")
    is_built_in: bool = value("Whether every tenant starts with it.")
    grants: list[RoleGrant] = list_of("What it lets its holders do.")
    assignments: Connection["RoleAssignment"] = many("Who holds it.")


@queries(ROOT)
class RoleQueries:
    """Questions about roles."""

    role: Role | None = one("One role.", id=argument(strawberry.ID, "Its id.", is_required=True))
    roles: Connection[Role] = many("The roles that the viewer may see.")


@input_type()
class GrantInput:
    """A permission over a population."""

    permission: Permission = input_field("What it allows.")
    population: Population | None = input_field("Whom it reaches; everyone unless said.")
    organization_id: UUID | None = input_field(
        "The organization that it reaches; only for ORGANIZATION.", id_prefix="org"
    )


@input_type()
class RoleCreateInput:
    """A role of the tenant's own."""

    key: str = input_field("The short name, in small letters; no two roles have the same.")
    name: str = input_field("What it is called.")
    description: str | None = input_field("What it is for.")
    grants: list[GrantInput] | None = input_field("What it lets its holders do.")


@input_type()
class RoleEditInput:
    """What to change about a role; what is left out stays."""

    id: UUID = input_field("The role.", id_prefix="role")
    name: strawberry.Maybe[str] = input_field("What it is called.")
    description: strawberry.Maybe[str | None] = input_field("What it is for; null takes it out.")
    expected_version: int | None = expected_version_field()


@input_type()
class RoleSetGrantsInput:
    """What a role is to let its holders do."""

    id: UUID = input_field("The role.", id_prefix="role")
    grants: list[GrantInput] = input_field("All of its grants; others are gone.")
    expected_version: int | None = expected_version_field()


@mutation(Role)
async def role_create(work: Work, input: RoleCreateInput) -> roles.Role:
    """Add a role of the tenant's own."""
    return await roles.create(
        work,
        key=input.key,
        name=input.name,
        description=input.description,
        grants=[_build_grant(each) for each in input.grants or ()],
    )


@mutation(Role)
async def role_edit(work: Work, input: RoleEditInput) -> roles.Role:
    """Change a role's name or description."""
    kind, version = roles.Role, input.expected_version
    role = await work.get(kind, input.id, to=kind.EDIT, expected_version=version)
    role.edit(**provided_fields(input, "name", "description"))
    return role


@mutation(Role)
async def role_set_grants(work: Work, input: RoleSetGrantsInput) -> roles.Role:
    """Say anew what a role lets its holders do."""
    grants = [_build_grant(each) for each in input.grants]
    return await roles.set_grants(work, input.id, grants, expected_version=input.expected_version)


role_delete = verb(
    Role,
    roles.Role.DELETE,
    "Delete a custom role that no member holds. The payload's `role` is null on success.",
    use_case=members.delete_role,
)


def _build_grant(input: GrantInput) -> Grant:
    unit = input.organization_id
    population = input.population or Population.EVERYONE
    return Grant(input.permission, population, OrganizationId(unit) if unit else None)
