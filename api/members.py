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
from api.kernel.schema.inputs import input_field, input_type
from api.kernel.schema.mutations import mutation
from api.kernel.schema.verbs import verb
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


@mutation(Member)
async def member_create(work: Work, input: MemberCreateInput) -> members.Member:
    """Let a person in, without roles yet."""
    return await people.create_member(work, input.person_id, input.subject)


member_assign_role = verb(
    Member,
    members.Member.ASSIGN_ROLE,
    "Assign a role to a member. Assigning it again changes nothing.",
    use_case=members.assign_role,
    role_id=input_field("The role.", id_prefix="role"),
    organization_id=input_field(
        "The organization that the role is limited to, with all below it. Default: no limit.",
        id_prefix="org",
    ),
)
member_revoke_role = verb(
    Member,
    members.Member.REVOKE_ROLE,
    "Take a role from a member. The last tenant admin keeps that role.",
    use_case=members.revoke_role,
    assignment_id=input_field("The role assignment.", id_prefix="assignment"),
)
member_remove = verb(
    Member,
    members.Member.REMOVE,
    "Bar a member from signing in, and revoke all their roles. The last tenant admin stays.",
    use_case=members.remove,
)
member_restore = verb(
    Member,
    members.Member.RESTORE,
    "Let a removed member sign in again. They have no roles at first.",
)
