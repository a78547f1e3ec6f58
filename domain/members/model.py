"""The aggregate of a member, with the assignments of roles."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from domain.kernel.access import Holds, InheritedFrom, Is, OwnerAttributes
from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate, Part
from domain.kernel.erasure import erase_personal_values
from domain.kernel.errors import Code, Invalid, StateConflict
from domain.kernel.fields import DERIVED, PERSONAL, SingleLine
from domain.kernel.identity import OrganizationId, PersonId
from domain.kernel.lifecycle import Lifecycle
from domain.kernel.permissions import Permission
from domain.members.terms import LASTING, Term

OWNER_ATTRIBUTES = OwnerAttributes(person="person_id")
SEE = Is("person_id") | Holds(Permission.MEMBERS_READ, over=OWNER_ATTRIBUTES)
MANAGE = Holds(Permission.MEMBERS_MANAGE, over=OWNER_ATTRIBUTES)
AUDIT = Holds(Permission.AUDIT_READ, over=OWNER_ATTRIBUTES)
PREVIEW = (MANAGE | AUDIT) & Holds(Permission.DIRECTORY_READ)
"""The whole directory, because a preview shows what lines, teams and units decide."""


class MemberStatus(StrEnum):
    """Whether a member may sign in."""

    INVITED = "invited"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    REMOVED = "removed"


LIFECYCLE = Lifecycle[MemberStatus](
    {
        MemberStatus.INVITED: frozenset(
            {MemberStatus.INVITED, MemberStatus.ACTIVE, MemberStatus.REMOVED}
        ),
        MemberStatus.ACTIVE: frozenset({MemberStatus.SUSPENDED, MemberStatus.REMOVED}),
        MemberStatus.SUSPENDED: frozenset({MemberStatus.ACTIVE, MemberStatus.REMOVED}),
        MemberStatus.REMOVED: frozenset({MemberStatus.ACTIVE, MemberStatus.INVITED}),
    }
)
OPEN = (MemberStatus.ACTIVE, MemberStatus.SUSPENDED)
"""The states of an account that was used and has not been removed."""


@dataclass(kw_only=True, eq=False)
class RoleAssignment(Part):
    """A role of a member, over the whole tenant or one organization subtree, and for a term.

    The rule of `DELEGATE` limits what an actor may assign: only roles within the organizations
    whose members the actor manages.
    """

    NAME = "assignment"
    SEE = InheritedFrom("member_id", "member", SEE)
    DELEGATE: ClassVar = Action(
        "hand_out",
        Holds(Permission.MEMBERS_MANAGE, over=OwnerAttributes(organization="organization_id")),
    )

    member_id: UUID
    role_id: UUID
    organization_id: OrganizationId | None = None
    starts_at: datetime | None = None
    expires_at: datetime | None = None

    @property
    def term(self) -> Term:
        """The moments between which it counts."""
        return Term(self.starts_at, self.expires_at)


SUBJECT = SingleLine("The subject", max_length=255)


@dataclass(frozen=True)
class Invitation:
    """What proves that somebody is the invited person, and until when.

    A token proves it with the code of this hash; one of the issuer with this key also with this
    verified e-mail address, in the form in which addresses are compared.
    """

    code_hash: str
    expires_at: datetime
    email: str | None = None
    issuer_key: str | None = None


@dataclass(kw_only=True, eq=False)
class Member(Aggregate):
    """An account of a person, or of a service client, which is no person.

    `subject` is the person's id at the identity provider. Until an invitation is accepted, it is a
    text that no provider states.
    """

    NAME = "member"
    OWNER_ATTRIBUTES = OWNER_ATTRIBUTES
    SEE = SEE
    SEE_HISTORY = AUDIT
    KNOWN_FACTS = frozenset({"person_id", "status"})
    CREATE: ClassVar = Action("create", MANAGE)
    ASSIGN_ROLE: ClassVar = Action("assign_role", MANAGE, MemberStatus.ACTIVE)
    REVOKE_ROLE: ClassVar = Action("revoke_role", MANAGE, *OPEN)
    INVITE: ClassVar = Action("invite", MANAGE, MemberStatus.INVITED, MemberStatus.REMOVED)
    CHANGE_SUBJECT: ClassVar = Action("change_subject", MANAGE, *OPEN, MemberStatus.REMOVED)
    SUSPEND: ClassVar = Action("suspend", MANAGE, MemberStatus.ACTIVE)
    ACTIVATE: ClassVar = Action("activate", MANAGE, MemberStatus.SUSPENDED)
    REMOVE: ClassVar = Action("remove", MANAGE, MemberStatus.INVITED, *OPEN)
    RESTORE: ClassVar = Action("restore", MANAGE, MemberStatus.REMOVED)
    EXPLAIN: ClassVar = Action("explain", Is("person_id") | MANAGE | AUDIT, noun="access")
    PREVIEW: ClassVar = Action("preview", PREVIEW, noun="access")
    ACTIONS = (
        *(INVITE, ASSIGN_ROLE, REVOKE_ROLE, CHANGE_SUBJECT, SUSPEND, ACTIVATE, REMOVE, RESTORE),
        *(EXPLAIN, PREVIEW),
    )
    EVENTS = (
        "created",
        "invited",
        "invitation_accepted",
        "role_assigned",
        "role_revoked",
        "role_expired",
        "subject_changed",
        "suspended",
        "activated",
        "removed",
        "restored",
        "self_appointed",
        "feedback_author_revealed",
        "access_explained",
        "access_previewed",
        "erased",
    )
    KEEPS_REDIRECTS = True

    person_id: PersonId | None = None
    subject: Annotated[str, SUBJECT, PERSONAL]
    status: MemberStatus = MemberStatus.ACTIVE
    invited_until: datetime | None = None
    invitation_hash: Annotated[str | None, DERIVED, PERSONAL] = None
    invited_email: Annotated[str | None, DERIVED, PERSONAL] = None
    invited_issuer: Annotated[str | None, DERIVED, PERSONAL] = None
    assignments: list[RoleAssignment] = field(default_factory=list)

    @property
    def is_service_client(self) -> bool:
        """Whether the account is that of a service client."""
        return self.person_id is None

    @property
    def was_never_used(self) -> bool:
        """Whether no invitation to the account was accepted."""
        return self.subject == self.build_open_subject()

    def build_open_subject(self) -> str:
        """Return the subject of the account until an invitation is accepted."""
        return f"invited-{self.id.hex}"

    def invite(self, invitation: Invitation) -> None:
        """Wait for the person to accept. An earlier invitation ends. Raises StateConflict."""
        self.status = LIFECYCLE.transition(self.status, MemberStatus.INVITED)
        self.subject = self.build_open_subject()
        self._set_invitation(invitation)
        self.record_event("invited")

    def accept_invitation(self, subject: str) -> None:
        """Let the account be named by the subject of who accepted. Raises StateConflict."""
        self.status = LIFECYCLE.transition(self.status, MemberStatus.ACTIVE)
        self.subject = subject
        self._set_invitation(None)
        self.record_event("invitation_accepted")

    def _set_invitation(self, invitation: Invitation | None) -> None:
        self.invitation_hash = invitation.code_hash if invitation else None
        self.invited_until = invitation.expires_at if invitation else None
        self.invited_email = invitation.email if invitation else None
        self.invited_issuer = invitation.issuer_key if invitation else None

    def find_assignment(
        self, role_id: UUID, organization_id: OrganizationId | None
    ) -> RoleAssignment | None:
        """Return the assignment of this role with this limit, if there is one."""
        for each in self.assignments:
            if (each.role_id, each.organization_id) == (role_id, organization_id):
                return each
        return None

    def assign_role(
        self, role_id: UUID, organization_id: OrganizationId | None = None, term: Term = LASTING
    ) -> RoleAssignment:
        """Return the assignment of a role, which is created if the member has none like it.

        One that the member has gets the term.
        """
        found = self.find_assignment(role_id, organization_id)
        if found is not None:
            if found.term != term:
                found.starts_at, found.expires_at = term.starts_at, term.expires_at
                self.record_event("role_assigned")
            return found
        assignment = RoleAssignment(
            tenant_id=self.tenant_id,
            member_id=self.id,
            role_id=role_id,
            organization_id=organization_id,
            starts_at=term.starts_at,
            expires_at=term.expires_at,
        )
        self.assignments.append(assignment)
        self.record_event("role_assigned")
        return assignment

    def revoke_role(self, assignment_id: UUID) -> RoleAssignment:
        """Remove an assignment and return it. Raises Invalid where the member has none like it."""
        for each in self.assignments:
            if each.id == assignment_id:
                self.assignments.remove(each)
                self.record_event("role_revoked")
                return each
        raise Invalid(
            "The member does not hold this role. Look at their roles again.",
            "assignmentId",
            code=Code.REFERENCE_NOT_FOUND,
        )

    def expire_role(self, assignment_id: UUID) -> None:
        """Remove an assignment that has ended, if it is still there."""
        for each in self.assignments:
            if each.id == assignment_id:
                self.assignments.remove(each)
                self.record_event("role_expired")
                return

    def revoke_role_of_leaver(self, role_id: UUID) -> None:
        """Revoke all assignments of a role, whose effect ended with the departure."""
        self.assignments[:] = [each for each in self.assignments if each.role_id != role_id]
        self.record_event("role_revoked")

    def revoke_all_roles(self) -> None:
        """Revoke every role, as when a person is hired again."""
        if self.assignments:
            self.assignments.clear()
            self.record_event("role_revoked")

    def change_subject(self, subject: str) -> None:
        """Let the account be named by another subject. Raises Invalid."""
        self.edit_attributes("subject_changed", {"subject": subject})

    def suspend(self) -> None:
        """Bar the member from signing in for now. Roles stay. Raises StateConflict."""
        self.status = LIFECYCLE.transition(self.status, MemberStatus.SUSPENDED)
        self.record_event("suspended")

    def activate(self) -> None:
        """Let a suspended member sign in again, with the same roles. Raises StateConflict."""
        self.status = LIFECYCLE.transition(self.status, MemberStatus.ACTIVE)
        self.record_event("activated")

    def remove(self) -> None:
        """Close the account and remove all its roles. Raises StateConflict."""
        self.status = LIFECYCLE.transition(self.status, MemberStatus.REMOVED)
        self._set_invitation(None)
        self.assignments.clear()
        self.record_event("removed")

    def erase(self) -> None:
        """Close the account for good, without roles and without the person's subject."""
        erase_personal_values(self, f"erased-{self.id.hex}")
        self.status = MemberStatus.REMOVED
        self._set_invitation(None)
        self.assignments.clear()
        self.record_event("erased")

    def restore(self) -> None:
        """Open a removed account again, without roles. Raises StateConflict."""
        if self.was_never_used:
            message = "Nobody has used this account. Invite the person again with `memberInvite`."
            raise StateConflict(message)
        self.status = LIFECYCLE.transition(self.status, MemberStatus.ACTIVE)
        self.record_event("restored")
