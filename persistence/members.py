"""Members and roles: who may enter a tenant, and how grants are kept."""

from sqlalchemy import JSON, Boolean, Column, Text, Uuid, func, select

from domain.kernel.access import EVERYBODY
from domain.kernel.permissions import Permission, Population
from domain.members import Member, MemberStatus, RoleAssignment
from domain.roles import Role, RoleGrant
from persistence.journal import journaled
from persistence.kernel.mapping import keep, parts
from persistence.kernel.tables import (
    Word,
    indexed,
    part_of,
    part_table,
    points_to,
    tenant_table,
    unique,
)
from persistence.organizations import ORGANIZATION
from persistence.people import PERSON
from persistence.reading.links import through
from persistence.reading.readable import ROOT, Ask, Readable, Row, Sql
from persistence.reading.wire import wire
from persistence.tenants import TENANT

roles = tenant_table(
    "roles",
    Column("key", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("description", Text),
    Column("is_built_in", Boolean, nullable=False),
    unique("key"),
    indexed("name", "id"),
    prefix="role",
)

role_grants = part_table(
    "role_grants",
    Column("role_id", Uuid, nullable=False),
    Column("permission", Word(Permission), nullable=False),
    Column("population", Word(Population), nullable=False),
    Column("organization_id", Uuid),
    part_of("role_id", "roles"),
    points_to("organization_id", "organizations"),
    indexed("role_id", "permission", "id"),
    indexed("organization_id"),
    prefix="grant",
)

members = tenant_table(
    "members",
    Column("person_id", Uuid, nullable=False),
    Column("subject", Text, nullable=False),
    Column("status", Word(MemberStatus), nullable=False),
    points_to("person_id", "people"),
    unique("person_id"),
    unique("subject"),
    prefix="member",
)

role_assignments = part_table(
    "role_assignments",
    Column("member_id", Uuid, nullable=False),
    Column("role_id", Uuid, nullable=False),
    Column("organization_id", Uuid),
    part_of("member_id", "members"),
    points_to("role_id", "roles"),
    points_to("organization_id", "organizations"),
    indexed("member_id", "role_id"),
    indexed("role_id", "member_id"),
    indexed("organization_id"),
    prefix="assignment",
)

keep(RoleGrant, role_grants)
keep(
    Role,
    roles,
    grants=parts(RoleGrant, role_grants, by="role_id", order=("permission", "population", "id")),
)
keep(RoleAssignment, role_assignments)
keep(
    Member,
    members,
    assignments=parts(RoleAssignment, role_assignments, by="member_id", order=("id",)),
)

ROLE = Readable.of(Role, roles, "role", order=("name",))
ROLE_GRANT = Readable(
    "RoleGrant", role_grants, "grant", see=RoleGrant.SEE, order=("permission", "id")
)
MEMBER = Readable.of(Member, members, "member", order=("id",))
ASSIGNMENT = Readable(
    "RoleAssignment", role_assignments, "assignment", see=RoleAssignment.SEE, order=("id",)
)
VIEWER = Readable("Viewer", members, see=EVERYBODY)

ROLE.listed("grants", ROLE_GRANT, lambda row, grant, _: grant.c.role_id == row.c.id)
ROLE.many("assignments", ASSIGNMENT, lambda row, each, _: each.c.role_id == row.c.id)
ROLE_GRANT.one(
    "organization", ORGANIZATION, lambda row, each, _: each.c.id == row.c.organization_id
)
ASSIGNMENT.one("role", ROLE, lambda row, role, _: role.c.id == row.c.role_id)
ASSIGNMENT.one("member", MEMBER, lambda row, member, _: member.c.id == row.c.member_id)
ASSIGNMENT.one(
    "organization", ORGANIZATION, lambda row, each, _: each.c.id == row.c.organization_id
)
MEMBER.one("person", PERSON, lambda row, person, _: person.c.id == row.c.person_id)
MEMBER.listed("assignments", ASSIGNMENT, lambda row, each, _: each.c.member_id == row.c.id)
PERSON.one("member", MEMBER, lambda row, member, _: member.c.person_id == row.c.id)
journaled(ROLE)
journaled(MEMBER)


def _permissions(row: Row, ask: Ask) -> Sql:
    """The names of the permissions that a member's roles grant, over whatever population."""
    each, grant = role_assignments.alias(), role_grants.alias()
    names = (
        select(func.distinct(wire(grant.c.permission)).label("name"))
        .where(
            each.c.tenant_id == ask.facts.tenant(),
            each.c.member_id == row.c.id,
            grant.c.tenant_id == ask.facts.tenant(),
            grant.c.role_id == each.c.role_id,
        )
        .order_by("name")
        .correlate_except(each, grant)
    )
    return func.array_to_json(func.array(names.scalar_subquery()), type_=JSON)


VIEWER.one("member", MEMBER, lambda row, member, _: member.c.id == row.c.id)
VIEWER.one("person", PERSON, lambda row, person, _: person.c.id == row.c.person_id)
VIEWER.listed("roles", ROLE, through(role_assignments, "member_id", "role_id"))
VIEWER.value("permissions", _permissions)
VIEWER.one("tenant", TENANT, lambda row, tenant, _: tenant.c.id == row.c.tenant_id)

ROOT.one("viewer", VIEWER, lambda _, row, ask: row.c.id == ask.member())
ROOT.one("member", MEMBER, lambda _, row, ask: row.c.id == ask.identifier("id", prefix="member"))
ROOT.many("members", MEMBER)
ROOT.one("role", ROLE, lambda _, row, ask: row.c.id == ask.identifier("id", prefix="role"))
ROOT.many("roles", ROLE)
