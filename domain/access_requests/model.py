"""The aggregate of an access request: a change of rights that waits for a second admin."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from domain.kernel.access import Has, Holds, InheritedFrom, Is, IsAnother, Lacks, OwnerAttributes
from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate, Part
from domain.kernel.background_tasks import BackgroundTask
from domain.kernel.erasure import erase_personal_values
from domain.kernel.fields import PERSONAL, MultiLine
from domain.kernel.identity import OrganizationId, PersonId
from domain.kernel.lifecycle import Lifecycle
from domain.kernel.permissions import Grant, Permission, Population
from domain.kernel.todos import TaskKind, Todo

EXPIRE = "access_request.expire"
REASON = MultiLine("The reason", max_length=1_000)
DECISION_REASON = MultiLine("The reason", max_length=1_000)


class AccessRequestKind(StrEnum):
    """What an access request would change."""

    ASSIGN_ROLE = "assign_role"
    SET_GRANTS = "set_grants"
    END_APPROVAL = "end_approval"


class AccessRequestStatus(StrEnum):
    """What has become of an access request."""

    PENDING = "pending"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


ASSIGN_ROLE, SET_GRANTS, END_APPROVAL = AccessRequestKind
PENDING, APPROVED, REFUSED, WITHDRAWN, EXPIRED = AccessRequestStatus
LIFECYCLE = Lifecycle[AccessRequestStatus](
    {PENDING: frozenset({APPROVED, REFUSED, WITHDRAWN, EXPIRED})}
)

PERMISSIONS = {
    ASSIGN_ROLE: Permission.MEMBERS_MANAGE,
    SET_GRANTS: Permission.ROLES_MANAGE,
    END_APPROVAL: Permission.SETTINGS_MANAGE,
}
"""The permission that the change needs. Who approves needs it as well."""

OWNER_ATTRIBUTES = OwnerAttributes(person="person_id")
MAKE = (
    Has("kind", ASSIGN_ROLE) & Holds(Permission.MEMBERS_MANAGE, over=OWNER_ATTRIBUTES)
    | Has("kind", SET_GRANTS) & Holds(Permission.ROLES_MANAGE)
    | Has("kind", END_APPROVAL) & Holds(Permission.SETTINGS_MANAGE)
)
"""To make the change, where it needs no approval."""
ASK = MAKE & Is("requester_id")
DECIDE = MAKE & IsAnother("requester_id") & (Lacks("person_id") | IsAnother("person_id"))
"""Neither who asks nor who gains decides. `use_cases` also refuses who has the changed role."""
AUDIT = Holds(Permission.AUDIT_READ)
SEE = Is("requester_id") | MAKE | AUDIT


@dataclass(kw_only=True, eq=False)
class AccessRequestGrant(Part):
    """A grant that the role would have; it would lose all others."""

    NAME = "access_request_grant"
    SEE = InheritedFrom("access_request_id", "access_request", SEE)

    access_request_id: UUID
    permission: Permission
    population: Population = Population.EVERYONE
    organization_id: OrganizationId | None = None
    kpi_id: UUID | None = None

    @property
    def grant(self) -> Grant:
        """The grant as a value."""
        return Grant(self.permission, self.population, self.organization_id, self.kpi_id)


@dataclass(kw_only=True, eq=False)
class AccessRequest(Aggregate):
    """A change of rights, who asks for it and why, and who may approve it until `due_on`.

    `person_id` is who gains by the assignment of a role; a service client has no person.
    """

    NAME = "access_request"
    LABEL = "access request"
    OWNER_ATTRIBUTES = OWNER_ATTRIBUTES
    SEE = SEE
    SEE_HISTORY = AUDIT
    KNOWN_FACTS = frozenset({"kind", "status", "requester_id", "person_id"})
    CREATE: ClassVar = Action("create", ASK)
    APPROVE: ClassVar = Action("approve", DECIDE, PENDING)
    REFUSE: ClassVar = Action("refuse", DECIDE, PENDING)
    WITHDRAW: ClassVar = Action("withdraw", Is("requester_id"), PENDING)
    ACTIONS = (APPROVE, REFUSE, WITHDRAW)
    EVENTS = ("requested", "approved", "refused", "withdrawn", "expired", "erased")

    kind: AccessRequestKind
    requester_id: PersonId
    member_id: UUID | None = None
    person_id: PersonId | None = None
    role_id: UUID | None = None
    organization_id: OrganizationId | None = None
    starts_at: datetime | None = None
    expires_at: datetime | None = None
    reason: Annotated[str, REASON, PERSONAL]
    due_on: date
    status: AccessRequestStatus = PENDING
    decided_by_id: PersonId | None = None
    decided_at: datetime | None = None
    decision_reason: Annotated[str | None, DECISION_REASON, PERSONAL] = None
    grants: list[AccessRequestGrant] = field(default_factory=list)
    approver_ids: set[PersonId] = field(default_factory=set)

    def list_todos(self) -> Iterator[Todo]:
        """Yield that those who may approve it decide until its last day."""
        if self.status is PENDING:
            for each in sorted(self.approver_ids):
                yield Todo(each, self.due_on, TaskKind.ACCESS_REQUEST)

    def add_grant(self, grant: Grant) -> None:
        """Add a grant that the role would have."""
        self.grants.append(
            AccessRequestGrant(
                tenant_id=self.tenant_id,
                access_request_id=self.id,
                permission=grant.permission,
                population=grant.population,
                organization_id=grant.organization_id,
                kpi_id=grant.kpi_id,
            )
        )

    def decide(
        self, status: AccessRequestStatus, by: PersonId, at: datetime, reason: str | None
    ) -> None:
        """Approve or refuse it. Raises StateConflict."""
        self.status = LIFECYCLE.transition(self.status, status)
        self.decided_by_id, self.decided_at, self.decision_reason = by, at, reason
        # The entry names both people: its actor, and who asked.
        self.record_event(str(status), person_id=self.requester_id)

    def withdraw(self) -> None:
        """Take it back. Raises StateConflict."""
        self.status = LIFECYCLE.transition(self.status, WITHDRAWN)
        self.record_event("withdrawn")

    def expire(self) -> None:
        """Close it, because nobody has decided in time. Raises StateConflict."""
        self.status = LIFECYCLE.transition(self.status, EXPIRED)
        self.record_event("expired")

    def erase(self) -> None:
        """Remove the reasons, which may name people."""
        erase_personal_values(self, "Erased")
        self.record_event("erased")

    def build_expiry(self, at: datetime) -> BackgroundTask:
        """Return the task that closes it at a moment, when nobody has decided."""
        return BackgroundTask(EXPIRE, {"request_id": str(self.id)}, str(self.id), at)
