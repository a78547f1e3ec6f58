"""Access requests in the graph: changes of rights that a second admin approves."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated
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
from api.people import Person
from api.roles import GrantInput, build_grant
from domain import access_requests
from domain.access_requests import REASON, AccessRequestKind, AccessRequestStatus
from domain.kernel.permissions import Permission, Population
from domain.kernel.unit_of_work import Work
from domain.roles.model import MAX_GRANTS
from persistence.access_requests import ACCESS_REQUEST, ACCESS_REQUEST_GRANT
from persistence.reading.read_model import ROOT

if TYPE_CHECKING:
    from api.kpis.kpi import Kpi
    from api.members import Member
    from api.organizations import Organization
    from api.roles import Role

graph_enum(
    AccessRequestKind,
    "What an access request would change.",
    assign_role="A member would get a role, as by `memberAssignRole`.",
    set_grants="A role would have other grants, as by `roleSetGrants`.",
    end_approval="`Tenant.requiresSecondAdmin` would be turned off.",
)
graph_enum(
    AccessRequestStatus,
    "What has become of an access request.",
    pending="Nobody has decided yet. Nothing has changed.",
    approved="Another admin has approved it, and the change is made.",
    refused="Another admin has refused it. Nothing has changed.",
    withdrawn="Who asked has taken it back. Nothing has changed.",
    expired="Nobody decided until its last day. Nothing has changed.",
)


@part(ACCESS_REQUEST_GRANT)
class AccessRequestGrant:
    """A grant that the role would have."""

    permission: Permission = value("What the grant allows.")
    population: Population = value("The people it covers.")
    organization: "Organization | None" = one(
        "The organization of population ORGANIZATION. Null for other populations, or when the"
        " viewer may not see it."
    )
    kpi: "Kpi | None" = one(
        "The KPI of population KPI. Null for other populations, or when the viewer may not see it."
    )
    kpi_id: strawberry.ID | None = value(
        "The id of that KPI, also where `kpi` is null. Null for other populations."
    )


@node(
    ACCESS_REQUEST,
    where=("id", "kind", "status", "due_on", "requester", "person", "created_at"),
    order_by=("created_at", "due_on"),
)
class AccessRequest:
    """A change of rights that another admin approves. It is made at that moment.

    It is seen by who asked, by those who could make the change, and by those with `AUDIT_READ`.
    """

    kind: AccessRequestKind = value("What would change.")
    status: AccessRequestStatus = value("What has become of it.")
    requester: Person | None = one("Who asked. Null when the viewer may not see them.")
    person: Person | None = one(
        "Who would get the role. Null for other kinds, for a service client, and when the viewer"
        " may not see them."
    )
    member: "Member | None" = one(
        "The account that would get the role. Null for other kinds, and when the viewer may not see"
        " it."
    )
    role: "Role | None" = one(
        "The role. Null for END_APPROVAL, when it is deleted, and when the viewer may not see it."
    )
    organization: "Organization | None" = one(
        "The organization that would limit the role. Null when there is no limit, or when the"
        " viewer may not see it."
    )
    starts_at: datetime | None = value(
        "The moment from which the role would count. Null when it counts from the approval on."
    )
    expires_at: datetime | None = value(
        "The moment from which the role would count no longer. Null when it has no end."
    )
    grants: list[AccessRequestGrant] = list_of(
        "The complete new list of grants. Empty for other kinds than SET_GRANTS."
    )
    reason: str = value("Why it is needed. `Erased` once one of its people is erased.")
    due_on: date = value("The last day on which it can be approved.")
    decided_by: Person | None = one(
        "Who approved or refused it. Null while nobody has, and when the viewer may not see them."
    )
    decided_at: datetime | None = value("When it was approved or refused. Null while nobody has.")
    decision_reason: str | None = value("Why. Null when nothing was entered.")


@input_type(one_of=True)
class AccessRequestBy:
    """Identifies an access request by exactly one of these."""

    id: UUID | None = input_field("The access request's id.")


@queries(ROOT)
class AccessRequestQueries:
    """Root fields of access requests."""

    access_request: AccessRequest | None = look_up(
        "An access request. Null when there is none, or when the viewer may not see it.",
        "AccessRequestBy",
        "How the access request is identified.",
    )
    access_requests: Connection[AccessRequest] = many(
        "The access requests that the viewer may see, the newest first."
    )


@input_type()
class AccessRequestAssignRoleInput:
    """Input of `accessRequestAssignRole`."""

    member_id: UUID = input_field("The member who would get the role.", id_prefix="member")
    role_id: UUID = input_field("The role.", id_prefix="role")
    organization_id: UUID | None = input_field(
        "The organization that the role is limited to, with all below it. Default: no limit.",
        id_prefix="org",
    )
    starts_at: datetime | None = input_field(
        "The moment from which the role counts. Default: from the approval on."
    )
    expires_at: datetime | None = input_field(
        "The moment from which it counts no longer. Default: no end."
    )
    reason: Annotated[str, REASON] = input_field("Why it is needed, for those who decide.")


@mutation(AccessRequest)
async def access_request_assign_role(
    work: Work, input: AccessRequestAssignRoleInput
) -> access_requests.AccessRequest:
    """Ask another admin to assign a role to a member. Nothing changes until it is approved.

    It is refused as `memberAssignRole` would be, except with APPROVAL_REQUIRED. STATE_CONFLICT
    means that nobody else may approve it, or that it is asked for already.
    """
    return await access_requests.request_role(
        work,
        input.member_id,
        input.role_id,
        input.reason,
        organization_id=input.organization_id,
        starts_at=input.starts_at,
        expires_at=input.expires_at,
    )


@input_type()
class AccessRequestSetGrantsInput:
    """Input of `accessRequestSetGrants`."""

    role_id: UUID = input_field("The role.", id_prefix="role")
    grants: list[GrantInput] = input_field(
        "The complete new list of grants, 200 at most. Others would be removed.",
        max_items=MAX_GRANTS,
        unique_by=build_grant,
    )
    reason: Annotated[str, REASON] = input_field("Why it is needed, for those who decide.")


@mutation(AccessRequest)
async def access_request_set_grants(
    work: Work, input: AccessRequestSetGrantsInput
) -> access_requests.AccessRequest:
    """Ask another admin to replace the grants of a role. Nothing changes until it is approved.

    Nobody who has the role may approve it. It is refused as `roleSetGrants` would be, except with
    APPROVAL_REQUIRED. STATE_CONFLICT means that nobody else may approve it, or that it is asked for
    already.
    """
    grants = [build_grant(each) for each in input.grants]
    return await access_requests.request_grants(work, input.role_id, grants, input.reason)


@input_type()
class AccessRequestEndApprovalInput:
    """Input of `accessRequestEndApproval`."""

    reason: Annotated[str, REASON] = input_field("Why, for those who decide.")


@mutation(AccessRequest)
async def access_request_end_approval(
    work: Work, input: AccessRequestEndApprovalInput
) -> access_requests.AccessRequest:
    """Ask another admin to turn `Tenant.requiresSecondAdmin` off.

    STATE_CONFLICT means that nobody else may approve it, or that it is asked for already.
    """
    return await access_requests.request_end(work, input.reason)


access_request_approve = verb(
    AccessRequest,
    access_requests.AccessRequest.APPROVE,
    "Approve a change that another admin asked for, and make it. It needs the right to make the"
    " change, and is refused as the change would be. Refused for who gains by it.",
    use_case=access_requests.approve,
    reason=input_field("Why. Default: nothing is stated."),
)
access_request_refuse = verb(
    AccessRequest,
    access_requests.AccessRequest.REFUSE,
    "Refuse a change that another admin asked for. Nothing changes.",
    use_case=access_requests.refuse,
    reason=input_field("Why. Default: nothing is stated."),
)
access_request_withdraw = verb(
    AccessRequest,
    access_requests.AccessRequest.WITHDRAW,
    "Take back a request that nobody has decided. Only who asked may do this.",
)
