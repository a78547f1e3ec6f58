"""Roles in the graph: types, queries and mutations."""

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
from api.kernel.schema.field_inputs import given_values
from api.kernel.schema.inputs import (
    expected_version_field,
    input_field,
    input_type,
)
from api.kernel.schema.mutations import mutation
from api.kernel.schema.verbs import edit_verb, verb
from api.self_appointment import self_appointment_field
from domain import access_requests, members, roles
from domain.kernel.fields import get_rule
from domain.kernel.identity import OrganizationId
from domain.kernel.permissions import Grant, Permission, Population
from domain.kernel.unit_of_work import Work
from domain.roles.model import MAX_GRANTS
from domain.self_appointment import REASON
from persistence.members import ROLE, ROLE_GRANT
from persistence.reading.read_model import ROOT

if TYPE_CHECKING:
    from api.kpis.kpi import Kpi
    from api.members import RoleAssignment
    from api.organizations import Organization

graph_enum(
    Population,
    "The people a grant covers.",
    everyone="Everyone in the tenant.",
    organization="The people of one organization and of all units below it.",
    teams_led="The people of the teams the member leads, and of teams below those.",
    reporting_chain="The people below the member in the primary reporting line.",
    self="Only the member.",
    kpi="One KPI, with `KPIS_RECORD` only. Without effect where the role is assigned for an"
    " organization.",
)
_PERMISSION_DESCRIPTIONS = {
    Permission.AUDIT_READ: "Read the audit log.",
    Permission.DIRECTORY_READ: "Read the directory: people, teams and organizations.",
    Permission.EMPLOYMENT_MANAGE: (
        "Change employment: hiring, jobs, leave, departure, employee numbers."
    ),
    Permission.EMPLOYMENT_READ: "Read employment dates, status, jobs and employee numbers.",
    Permission.FEEDBACK_READ_AUTHORS: (
        "Look up who wrote confidential feedback, by `feedbackRevealAuthor`. Each look is in the"
        " audit log. It opens no feedback."
    ),
    Permission.GOALS_MANAGE: "Change goals that are not private.",
    Permission.GOALS_READ: "Read public goals.",
    Permission.ISSUERS_MANAGE: "Register, test, change and remove identity providers.",
    Permission.KPIS_MANAGE: "Define KPIs and scorecards.",
    Permission.KPIS_READ: "Read KPIs that are not for named people only.",
    Permission.KPIS_RECORD: "Enter and correct values of KPIs, and so see these KPIs.",
    Permission.MEMBERS_MANAGE: "Create and remove members, and assign roles.",
    Permission.MEMBERS_READ: "Read members and roles.",
    Permission.ORGANIZATIONS_MANAGE: "Change organizations.",
    Permission.PEOPLE_CORRECT: (
        "Correct recorded facts of the past, together with `PEOPLE_MANAGE` and `EMPLOYMENT_MANAGE`."
    ),
    Permission.PEOPLE_ERASE: "Erase the personal values of people who have left.",
    Permission.PEOPLE_HOLD: "Place, read and release legal holds of people.",
    Permission.PEOPLE_EXPORT: "Export what is stored about other people.",
    Permission.PEOPLE_MANAGE: "Change directory entries of people.",
    Permission.PEOPLE_MERGE: (
        "Merge two records of one human, together with `EMPLOYMENT_MANAGE` and `MEMBERS_READ`."
    ),
    Permission.REVIEWS_MANAGE: "Prepare rating scales, and whatever else reviews need.",
    Permission.ROLES_MANAGE: "Change roles.",
    Permission.SETTINGS_MANAGE: "Change the tenant's settings.",
    Permission.SETTINGS_READ: "Read the tenant's settings.",
    Permission.SURVEYS_MANAGE: "Launch, schedule, close and cancel surveys, and read their results."
    " Over everyone: also keep the question bank.",
    Permission.TEAMS_MANAGE: "Change teams.",
}
graph_enum(
    Permission,
    "What a grant allows its holder to do.",
    **{each.name.lower(): text for each, text in _PERMISSION_DESCRIPTIONS.items()},
)


@part(ROLE_GRANT)
class RoleGrant:
    """One permission of a role, for one group of people."""

    role: "Role | None" = one("The role. Never null for a viewer who may see roles.")
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
        "The id of that KPI, also where `kpi` is null: send it back to `roleSetGrants` to keep the"
        " grant. Null for other populations."
    )


@node(ROLE, where=("id", "key", "name", "is_built_in"), order_by=("name", "key", "created_at"))
class Role:
    """A named set of grants. Some roles are built in; tenants add their own."""

    key: str = value("The short name for programs, unique in the tenant.")
    name: str = value("The name.")
    description: str | None = value("What the role is for. Null when nothing was entered.")
    is_built_in: bool = value("Whether the role is built in. Built-in roles cannot be deleted.")
    grants: list[RoleGrant] = list_of("What the role allows.")
    assignments: Connection["RoleAssignment"] = many("The assignments of the role to members.")


@input_type(one_of=True)
class RoleBy:
    """Identifies a role by exactly one of these."""

    id: UUID | None = input_field("The role's id.")
    key: str | None = input_field(
        "The role's short name, such as `hr`.", rule=get_rule(roles.Role, "key")
    )


@queries(ROOT)
class RoleQueries:
    """Root fields of roles."""

    role: Role | None = look_up(
        "A role. Null when there is none, or when the viewer may not see roles.",
        "RoleBy",
        "How the role is identified.",
    )
    roles: Connection[Role] = many("All roles the viewer may see.")


@input_type()
class GrantInput:
    """A permission for a group of people."""

    permission: Permission = input_field("What the grant allows.")
    population: Population | None = input_field("The people it covers. Default: EVERYONE.")
    organization_id: UUID | None = input_field(
        "The organization. Required for population ORGANIZATION, not allowed for others.",
        id_prefix="org",
    )
    kpi_id: UUID | None = input_field(
        "The KPI. Required for population KPI, not allowed for others.", id_prefix="kpi"
    )


def build_grant(input: GrantInput) -> Grant:
    """Return the grant that an input describes."""
    unit = input.organization_id
    population = input.population or Population.EVERYONE
    return Grant(input.permission, population, OrganizationId(unit) if unit else None, input.kpi_id)


@input_type(creates=Role)
class RoleCreateInput:
    """Input of `roleCreate`."""

    key: str = input_field(
        "The short name for programs, unique in the tenant: lower-case letters, digits and `_`."
    )
    grants: list[GrantInput] | None = input_field(
        "What the role allows, 200 grants at most.", max_items=MAX_GRANTS, unique_by=build_grant
    )


@input_type()
class RoleSetGrantsInput:
    """Input of `roleSetGrants`."""

    id: UUID = input_field("Id of the Role.", id_prefix="role")
    grants: list[GrantInput] = input_field(
        "The complete new list of grants, 200 at most. Others are removed.",
        max_items=MAX_GRANTS,
        unique_by=build_grant,
    )
    self_appointment_reason: Annotated[str | None, REASON] = self_appointment_field()
    expected_version: int | None = expected_version_field()


@mutation(Role)
async def role_create(work: Work, input: RoleCreateInput) -> roles.Role:
    """Create a custom role."""
    return await roles.create(
        work,
        key=input.key,
        grants=[build_grant(each) for each in input.grants or ()],
        **given_values(input, roles.Role),
    )


role_edit = edit_verb(Role, roles.Role.EDIT, "Edit a role's name or description.")


@mutation(Role)
async def role_set_grants(work: Work, input: RoleSetGrantsInput) -> roles.Role:
    """Replace all grants of a role. The tenant admin keeps those to manage members and roles."""
    return await access_requests.set_role_grants(
        work,
        input.id,
        [build_grant(each) for each in input.grants],
        self_appointment_reason=input.self_appointment_reason,
        expected_version=input.expected_version,
    )


role_delete = verb(
    Role,
    roles.Role.DELETE,
    "Delete a custom role that no member holds. The payload's `role` is null on success.",
    use_case=members.delete_role,
)
