"""Members: the people who may sign in, and the roles that they hold."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from domain.kernel.access import Holds, Is, Place, Via
from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate, Part
from domain.kernel.identity import OrganizationId, PersonId
from domain.kernel.permissions import Permission

PLACE = Place(person="person_id")
SEE = Is("person_id") | Holds(Permission.MEMBERS_READ, over=PLACE)
MANAGE = Holds(Permission.MEMBERS_MANAGE, over=PLACE)


class MemberStatus(StrEnum):
    """Whether a member may sign in."""

    ACTIVE = "active"
    REMOVED = "removed"


@dataclass(kw_only=True, eq=False)
class RoleAssignment(Part):
    """A role that a member holds, over the whole tenant or one organization subtree."""

    NAME = "assignment"
    SEE = Via("member_id", "member", SEE)
    REACH: ClassVar = Action(
        "reach", Holds(Permission.MEMBERS_MANAGE, over=Place(organization="organization_id"))
    )

    member_id: UUID
    role_id: UUID
    organization_id: OrganizationId | None = None


@dataclass(kw_only=True, eq=False)
class Member(Aggregate):
    """A person who may sign in, known to the identity provider as `subject`."""

    NAME = "member"
    PLACE = PLACE
    SEE = SEE
    HISTORY = Holds(Permission.AUDIT_READ, over=PLACE)
    CREATE: ClassVar = Action("create", MANAGE)
    ASSIGN_ROLE: ClassVar = Action("assign_role", MANAGE, MemberStatus.ACTIVE)
    REVOKE_ROLE: ClassVar = Action("revoke_role", MANAGE, MemberStatus.ACTIVE)
    REMOVE: ClassVar = Action("remove", MANAGE, MemberStatus.ACTIVE)
    RESTORE: ClassVar = Action("restore", MANAGE, MemberStatus.REMOVED)
    ACTIONS = (ASSIGN_ROLE, REVOKE_ROLE, REMOVE, RESTORE)

    person_id: PersonId
    subject: str
    status: MemberStatus = MemberStatus.ACTIVE
    assignments: list[RoleAssignment] = field(default_factory=list)
