"""Members in the graph: who may sign in, and which roles they hold."""

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
)
from api.kernel.schema.mutations import mutation
from domain import members, people
from domain.kernel.permissions import Permission
from domain.kernel.unit_of_work import Work
from domain.members import MemberStatus
from persistence.members import ASSIGNMENT, MEMBER, VIEWER
from persistence.reading.read_model import ROOT

if TYPE_CHECKING:
    from api.organizations import Organization
    from api.people import Person
    from api.roles import Role
    from api.tenants import Tenant

graph_enum(
    MemberStatus,
    "Whether a member may sign in.",
    active="They may.",
    removed="They may no longer.",
)


@part(ASSIGNMENT, order_by=("id",))
class RoleAssignment:
    """A role that a member holds, over the whole tenant or one organization subtree."""

    role: "Role | None" = one("The role.")
    member: "Member | None" = one("The member.")
    organization: "Organization | None" = one("The organization that it is confined to, if any.")


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
    roles: list["Role"] = list_of("The roles that the viewer holds.")
    permissions: list[Permission] = value(
        "What these roles allow, over whomever; viewerCan of a thing says it exactly."
    )


@queries(ROOT)
class MemberQueries:
    """Questions about the viewer and members."""

    viewer: Viewer | None = one("Whoever asks.")
    member: Member | None = one(
        "One member.", id=argument(strawberry.ID, "Its id.", is_required=True)
    )
    members: Connection[Member] = many("The members whom the viewer may see.")


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
