"""The mutation that compares the rights of members before and after a change of a role."""

from datetime import datetime
from uuid import UUID

import strawberry

from api.kernel.schema.declarations import TYPES, get_read_model, graph_enum
from api.kernel.schema.global_ids import encode_id
from api.kernel.schema.inputs import input_field, input_type
from api.kernel.schema.mutations import Computed, mutation
from api.members import Member
from api.organizations import Organization
from api.roles import GrantInput, Role, build_grant
from domain import role_diff as domain
from domain.kernel.errors import Invalid
from domain.kernel.permissions import Permission, Population
from domain.kernel.unit_of_work import Work
from domain.members import LASTING, Term
from domain.role_diff import GrantChange
from domain.roles.model import MAX_GRANTS

MAX_MEMBERS = 100

graph_enum(
    GrantChange,
    "Whether members would get a grant or lose it.",
    gained="They would get it. Nothing that they hold covers all of it.",
    lost="They would lose it. Nothing that they keep covers all of it.",
)


@strawberry.type(description="A grant that members would get or lose.")
class RoleDiffEntry:
    """A grant that members would get or lose."""

    change: GrantChange = strawberry.field(description="Whether they would get it or lose it.")
    permission: Permission = strawberry.field(description="What the grant allows.")
    population: Population = strawberry.field(
        description="The people it covers, within the organization if there is one."
    )
    organization_id: strawberry.ID | None = strawberry.field(
        description="The organization that limits it, by the grant or by the assignment. Null when"
        " nothing limits it."
    )
    kpi_id: strawberry.ID | None = strawberry.field(
        description="The KPI of population KPI. Null for other populations."
    )
    member_count: int = strawberry.field(description="How many members, of those the viewer sees.")
    member_ids: list[strawberry.ID] = strawberry.field(
        description=f"Their ids, the first {MAX_MEMBERS} at most."
    )


@strawberry.type(description="What a change of a role would give to members and take from them.")
class RoleDiff:
    """What a change of a role would give and take."""

    entries: list[RoleDiffEntry] = strawberry.field(
        description="Each grant that members would get or lose. Empty when nobody's rights change."
    )


for each in (RoleDiffEntry, RoleDiff):
    TYPES[each.__name__] = each


@input_type()
class RoleDiffAssignInput:
    """A member who would get the role."""

    member_id: UUID = input_field("The member.", id_prefix="member")
    organization_id: UUID | None = input_field(
        "The organization that the role is limited to, with all below it. Default: no limit.",
        id_prefix="org",
    )
    starts_at: datetime | None = input_field(
        "The moment from which the role would count. Default: at once."
    )
    expires_at: datetime | None = input_field(
        "The moment from which it would count no longer. Default: no end."
    )


@input_type()
class RoleDiffInput:
    """Input of `roleDiff`: the role, and exactly one of the three changes."""

    role_id: UUID = input_field("The role.", id_prefix="role")
    grants: list[GrantInput] | None = input_field(
        "The complete new list of grants, as for `roleSetGrants`, 200 at most. Default: they stay.",
        max_items=MAX_GRANTS,
        unique_by=build_grant,
    )
    assign: RoleDiffAssignInput | None = input_field(
        "A member who would get the role, as by `memberAssignRole`. Default: nobody."
    )
    revoke_id: UUID | None = input_field(
        "Id of the RoleAssignment that `memberRevokeRole` would take away. Default: none.",
        id_prefix="assignment",
    )


@mutation(Role, computes={"diff": RoleDiff})
async def role_diff(work: Work, input: RoleDiffInput) -> Computed:
    """Compare the rights of members before and after a change of a role. It changes nothing.

    It needs the right to make the change. Only active members whom the viewer sees are compared.
    Roles that begin later count as held. What a member holds for a part of a new term only, they
    would get.
    """
    changes = (input.grants, input.assign, input.revoke_id)
    if len([each for each in changes if each is not None]) != 1:
        raise Invalid("Give exactly one of grants, assign and revokeId.")
    given = input.assign
    change = domain.RoleChange(
        grants=None if input.grants is None else [build_grant(each) for each in input.grants],
        assigned=(given.member_id, given.organization_id) if given else None,
        term=Term(given.starts_at, given.expires_at) if given else LASTING,
        revoked_id=input.revoke_id,
    )
    role, found = await domain.compare_role(work, input.role_id, change)
    return Computed(role.id, RoleDiff(entries=[_build_entry(each) for each in found]))


def _build_entry(found: domain.GrantDifference) -> RoleDiffEntry:
    grant, members = found.grant, sorted(each.id for each in found.members)
    return RoleDiffEntry(
        change=found.change,
        permission=grant.permission,
        population=grant.population,
        organization_id=_encode(get_read_model(Organization).prefix, grant.organization_id),
        kpi_id=_encode("kpi", grant.kpi_id),
        member_count=len(members),
        member_ids=[
            strawberry.ID(encode_id(get_read_model(Member).prefix, id))
            for id in members[:MAX_MEMBERS]
        ],
    )


def _encode(prefix: str, id: UUID | None) -> strawberry.ID | None:
    return None if id is None else strawberry.ID(encode_id(prefix, id))
