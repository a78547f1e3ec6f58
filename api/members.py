"""Members and roles in the graph: who may sign in, and what their roles let them do."""

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
from domain import members, people, roles
from domain.kernel.identity import OrganizationId
from domain.kernel.permissions import Grant, Permission, Population
from domain.kernel.unit_of_work import Work
from domain.members import MemberStatus
from persistence.members import ASSIGNMENT, MEMBER, ROLE, ROLE_GRANT, VIEWER
from persistence.reading.read_model import ROOT

if TYPE_CHECKING:
    from api.organizations import Organization
    from api.people import Person
    from api.tenants import Tenant

graph_enum(
    MemberStatus,
    "Whether a member may sign in.",
    active="They may.",
    removed="They may no longer.",
)
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


@part(ASSIGNMENT, order_by=("id",))
class RoleAssignment:
    """A role that a member holds, over the whole tenant or one organization subtree."""

    role: "Role | None" = one("The role.")
    member: "Member | None" = one("The member.")
    organization: "Organization | None" = one("The organization that it is confined to, if any.")


@node(ROLE, where=("id", "key", "name", "is_built_in"), order_by=("name", "key", "created_at"))
class Role:
    """A named set of grants; some are built in, and tenants add their own."""

    key: str = value("The short name; no two roles have the same.")
    name: str = value("What it is called.")
    description: str | None = value("What it is for.")
    is_built_in: bool = value("Whether every tenant starts with it.")
    grants: list[RoleGrant] = list_of("What it lets its holders do.")
    assignments: Connection[RoleAssignment] = many("Who holds it.")


@node(
    MEMBER,
    where=("id", "status", "subject", "created_at", "person"),
    order_by=("created_at", "updated_at"),
)
class Member:
    """A person who may sign in."""

    status: MemberStatus = value("Whether they may sign in.")
    subject: str = value("How the identity provider knows them.")
    person: "Person | None" = one("The person.")
    assignments: list[RoleAssignment] = list_of("The roles that they hold.")


@part(VIEWER)
class Viewer:
    """Whoever asks."""

    person: "Person | None" = one("The viewer as a person.")
    member: Member | None = one("The viewer as a member.")
    tenant: "Tenant | None" = one("The tenant.")
    roles: list[Role] = list_of("The roles that the viewer holds.")
    permissions: list[Permission] = value(
        "What these roles allow, over whomever; viewerCan of a thing says it exactly."
    )


@queries(ROOT)
class MemberQueries:
    """Questions about the viewer, members and roles."""

    viewer: Viewer | None = one("Whoever asks.")
    member: Member | None = one(
        "One member.", id=argument(strawberry.ID, "Its id.", is_required=True)
    )
    members: Connection[Member] = many("The members whom the viewer may see.")
    role: Role | None = one("One role.", id=argument(strawberry.ID, "Its id.", is_required=True))
    roles: Connection[Role] = many("The roles that the viewer may see.")


@input_type()
class MemberCreateInput:
    """Somebody to be let in."""

    person_id: UUID = input_field("The person.", id_prefix="person")
    subject: str = input_field("How the identity provider knows them; tokens carry it.")


@input_type()
class MemberAssignRoleInput:
    """A role for a member."""

    id: UUID = input_field("The member.", id_prefix="member")
    role_id: UUID = input_field("The role.", id_prefix="role")
    organization_id: UUID | None = input_field(
        "The organization to confine it to; the whole tenant unless said.", id_prefix="org"
    )
    expected_version: int | None = expected_version_field()


@input_type()
class MemberRevokeRoleInput:
    """A role to be taken back."""

    id: UUID = input_field("The member.", id_prefix="member")
    assignment_id: UUID = input_field("The assignment.", id_prefix="assignment")
    expected_version: int | None = expected_version_field()


@input_type()
class MemberRemoveInput:
    """Somebody to be let in no longer."""

    id: UUID = input_field("The member.", id_prefix="member")
    expected_version: int | None = expected_version_field()


@input_type()
class MemberRestoreInput:
    """Somebody to be let in again."""

    id: UUID = input_field("The member.", id_prefix="member")
    expected_version: int | None = expected_version_field()


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


@input_type()
class RoleDeleteInput:
    """A role that is no longer needed."""

    id: UUID = input_field("The role.", id_prefix="role")
    expected_version: int | None = expected_version_field()


@mutation(Member)
async def member_create(work: Work, input: MemberCreateInput) -> members.Member:
    """Let a person in, without roles yet."""
    return await people.create_member(work, input.person_id, input.subject)


@mutation(Member)
async def member_assign_role(work: Work, input: MemberAssignRoleInput) -> members.Member:
    """Hand a role to a member."""
    return await members.assign_role(
        work,
        input.id,
        input.role_id,
        organization_id=input.organization_id,
        expected_version=input.expected_version,
    )


@mutation(Member)
async def member_revoke_role(work: Work, input: MemberRevokeRoleInput) -> members.Member:
    """Take a role back from a member."""
    version = input.expected_version
    return await members.revoke_role(work, input.id, input.assignment_id, expected_version=version)


@mutation(Member)
async def member_remove(work: Work, input: MemberRemoveInput) -> members.Member:
    """Let a member in no longer; their roles are gone too."""
    return await members.remove(work, input.id, expected_version=input.expected_version)


@mutation(Member)
async def member_restore(work: Work, input: MemberRestoreInput) -> members.Member:
    """Let a removed member in again, without roles."""
    kind, version = members.Member, input.expected_version
    member = await work.get(kind, input.id, to=kind.RESTORE, expected_version=version)
    member.restore()
    return member


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


@mutation(Role)
async def role_delete(work: Work, input: RoleDeleteInput) -> None:
    """Delete a role of the tenant's own that nobody holds; the payload's role is null."""
    await members.delete_role(work, input.id, expected_version=input.expected_version)


def _build_grant(input: GrantInput) -> Grant:
    unit = input.organization_id
    population = input.population or Population.EVERYONE
    return Grant(input.permission, population, OrganizationId(unit) if unit else None)
