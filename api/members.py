"""Members in the graph: accounts, the viewer, and mutations of accounts and assignments."""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import strawberry

from api.kernel.schema.declarations import (
    Connection,
    graph_enum,
    list_of,
    look_up,
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
from api.self_appointment import self_appointment_field
from domain import access_requests, members, people
from domain.kernel.permissions import Permission
from domain.kernel.unit_of_work import Work
from domain.members import MemberStatus
from persistence.members import ASSIGNMENT, MEMBER, VIEWER
from persistence.reading.read_model import ROOT

if TYPE_CHECKING:
    from api.organizations import Organization
    from api.people import Person
    from api.reviews.cycles import ReviewCycleSummary
    from api.roles import Role
    from api.service_clients import ServiceClient
    from api.tenants import Tenant
    from api.todos import Task

graph_enum(
    MemberStatus,
    "Whether a member may sign in.",
    invited="The person has not accepted the invitation yet, so nobody may sign in.",
    active="The member may sign in.",
    suspended="The member may not sign in for now. The roles stay.",
    removed="The member may not sign in and holds no roles.",
)


@part(ASSIGNMENT, order_by=("id",))
class RoleAssignment:
    """A role that a member holds, in the whole tenant or in one organization and all below it."""

    role: "Role | None" = one("The role. Null when the viewer may not see roles.")
    member: "Member | None" = one("The member. Null when the viewer may not see the member.")
    organization: "Organization | None" = one(
        "The organization that limits the role. Null when there is no limit, or when the viewer may"
        " not see it."
    )
    starts_at: datetime | None = value(
        "The moment from which it counts. Null when it counts since it was assigned."
    )
    expires_at: datetime | None = value(
        "The moment from which it counts no longer. Null when it has no end."
    )


@node(
    MEMBER,
    where=("id", "status", "subject", "is_service_client", "created_at", "person"),
    order_by=("created_at", "updated_at"),
)
class Member:
    """The account of a person or of a service client: who may sign in, and with which roles."""

    status: MemberStatus = value("Whether the member may sign in.")
    subject: str = value(
        "The `sub` claim of the member's tokens, unique in the tenant. Until an invitation is"
        " accepted, a text that no token has."
    )
    invited_until: datetime | None = value("When the open invitation ends. Null when none is open.")
    person: "Person | None" = one(
        "The person. Null for a service client, or when the viewer may not see them."
    )
    service_client: "ServiceClient | None" = one(
        "The service client. Null for a person, or when the viewer may not see it."
    )
    is_service_client: bool = value("Whether it is the account of a program, not of a person.")
    assignments: list[RoleAssignment] = list_of(
        "The roles the member holds, and those that begin later. One whose `expiresAt` has passed"
        " is left out; the history has `ROLE_EXPIRED`."
    )


@part(VIEWER)
class Viewer:
    """The account that sends the request."""

    id: strawberry.ID = value("An id for the cache of a client. `node` does not accept it.")
    person: "Person | None" = one(
        "The viewer's directory entry. Null for a service client, or when the viewer may not read"
        " it."
    )
    member: Member | None = one("The viewer's account. Null when the viewer may not read it.")
    tenant: "Tenant | None" = one("The viewer's tenant. Never null for a signed-in viewer.")
    roles: list["Role"] = list_of("The roles the viewer holds now.")
    permissions: list[Permission] = value(
        "All permissions of these roles, whatever they cover. For one object, `viewerCan` gives the"
        " exact answer."
    )
    review_cycles: Connection["ReviewCycleSummary"] = many(
        "The review cycles in which the viewer is reviewed, since their launch.", usual_size=3
    )
    tasks: Connection["Task"] = many(
        "What the viewer has to do, the most urgent first. An entry disappears when it is done.",
        usual_size=5,
    )


@input_type(one_of=True)
class MemberBy:
    """Identifies a member by exactly one of these."""

    id: UUID | None = input_field("The member's id.")
    subject: str | None = input_field(
        "The `sub` claim of the member's tokens.", rule=members.SUBJECT
    )


@queries(ROOT)
class MemberQueries:
    """Root fields of the viewer and of members."""

    viewer: Viewer | None = one(
        "The account that sends the request. Never null for a signed-in viewer."
    )
    member: Member | None = look_up(
        "A member. Null when there is none, or when the viewer may not see it.",
        "MemberBy",
        "How the member is identified.",
    )
    members: Connection[Member] = many("All members the viewer may see.")


@input_type(creates=Member)
class MemberCreateInput:
    """Input of `memberCreate`."""

    person_id: UUID = input_field(
        "The person, who must not have left and has no account yet.", id_prefix="person"
    )
    subject: str = input_field("The `sub` claim of the member's tokens, unique in the tenant.")


@mutation(Member)
async def member_create(work: Work, input: MemberCreateInput) -> members.Member:
    """Let a person sign in. The new member has no roles yet."""
    return await people.create_member(work, input.person_id, input.subject)


member_assign_role = verb(
    Member,
    members.Member.ASSIGN_ROLE,
    "Assign a role to a member, possibly for a term. Assigning it again changes the term, or"
    " nothing where it is the same. The last tenant admin keeps that role without an end.",
    use_case=access_requests.assign_role,
    returns_part=RoleAssignment,
    role_id=input_field("The role.", id_prefix="role"),
    organization_id=input_field(
        "The organization that the role is limited to, with all below it. Default: no limit.",
        id_prefix="org",
    ),
    starts_at=input_field("The moment from which the role counts. Default: at once."),
    expires_at=input_field("The moment from which it counts no longer. Default: no end."),
    self_appointment_reason=self_appointment_field(),
)
member_revoke_role = verb(
    Member,
    members.Member.REVOKE_ROLE,
    "Take a role from a member. The last tenant admin keeps that role.",
    use_case=members.revoke_role,
    assignment_id=input_field("The role assignment.", id_prefix="assignment"),
)
member_change_subject = verb(
    Member,
    members.Member.CHANGE_SUBJECT,
    "Change the `sub` claim by which a person signs in. Refused with SELF_APPOINTMENT for a member"
    " who has a role that grants what you do not hold, because you could sign in as the member.",
    use_case=members.change_subject,
    subject=input_field("The new `sub` claim, unique in the tenant."),
)
member_suspend = verb(
    Member,
    members.Member.SUSPEND,
    "Bar a member from signing in for now. Roles, teams, reporting lines and employment stay. The"
    " last tenant admin is refused.",
    use_case=members.suspend,
)
member_activate = verb(
    Member,
    members.Member.ACTIVATE,
    "Let a suspended member sign in again, with the same roles.",
    use_case=members.activate,
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
