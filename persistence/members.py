"""Members and roles: who may enter a tenant, and how grants are kept."""

from sqlalchemy import Boolean, Column, Text, Uuid

from domain.kernel.permissions import Permission, Population
from domain.members import MemberStatus
from persistence.kernel.tables import (
    Word,
    indexed,
    part_of,
    part_table,
    points_to,
    tenant_table,
    unique,
)

roles = tenant_table(
    "roles",
    Column("key", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("description", Text),
    Column("is_built_in", Boolean, nullable=False),
    unique("key"),
    indexed("name", "id"),
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
)

members = tenant_table(
    "members",
    Column("person_id", Uuid, nullable=False),
    Column("subject", Text, nullable=False),
    Column("status", Word(MemberStatus), nullable=False),
    points_to("person_id", "people"),
    unique("person_id"),
    unique("subject"),
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
)
