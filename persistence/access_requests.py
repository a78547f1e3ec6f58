"""Access requests: tables, mapping and read model, and who may approve one."""

from sqlalchemy import Column, Uuid, and_, exists, literal_column, or_

from domain.access_requests import (
    FIND_APPROVERS,
    AccessRequest,
    AccessRequestGrant,
    AccessRequestKind,
)
from domain.members import MemberStatus
from persistence.access.assignment_terms import RUNNING, is_not_over
from persistence.concept import register_concept, register_part
from persistence.kernel.mapping.registry import map_children
from persistence.kernel.schema.columns import columns_of
from persistence.kernel.schema.tables import (
    aggregate_table,
    entity_table,
    link_table,
    parent_foreign_key,
    register_link_collection,
    shared_alias,
    tenant_foreign_key,
    tenant_index,
)
from persistence.kernel.sql_literals import literal_text
from persistence.kernel.wire_format import encode_id_sql
from persistence.kpis import KPI
from persistence.members import MEMBER, ROLE, role_assignments
from persistence.organizations import ORGANIZATION
from persistence.people import PERSON
from persistence.reading.read_model import FieldContext, Row, Sql
from persistence.reading.relations import add_lookup, tenant_subquery
from persistence.unit_of_work.declared_statements import declare_statement

access_requests = aggregate_table(
    "access_requests",
    *columns_of(AccessRequest),
    tenant_foreign_key("member_id", "members"),
    tenant_index("created_at", "id"),
    tenant_index("status", "role_id"),
    tenant_index("requester_id"),
    tenant_index("person_id"),
    tenant_index("decided_by_id"),
    tenant_index("member_id"),
    tenant_index("organization_id"),
    prefix="accessrequest",
)
"""The role has no foreign key: a request stays when its role is deleted."""

access_request_grants = entity_table(
    "access_request_grants",
    *columns_of(AccessRequestGrant),
    parent_foreign_key("access_request_id", "access_requests"),
    tenant_foreign_key("kpi_id", "kpis"),
    tenant_index("access_request_id", "permission", "id"),
    tenant_index("organization_id"),
    tenant_index("kpi_id"),
    prefix="accessrequestgrant",
)

access_request_approvers = link_table(
    "access_request_approvers",
    Column("access_request_id", Uuid, nullable=False),
    Column("person_id", Uuid, nullable=False),
    parent_foreign_key("access_request_id", "access_requests"),
    tenant_foreign_key("person_id", "people"),
    tenant_index("person_id", "access_request_id"),
    key=("access_request_id", "person_id"),
)
register_link_collection(
    access_requests,
    "approver_ids",
    access_request_approvers,
    owner_column="access_request_id",
    target_column="person_id",
)

ACCESS_REQUEST = register_concept(
    AccessRequest,
    access_requests,
    order=("-created_at",),
    affects_access=False,
    grants=map_children(
        AccessRequestGrant,
        access_request_grants,
        parent_column="access_request_id",
        order_columns=("permission", "population", "id"),
    ),
)
ACCESS_REQUEST_GRANT = register_part(
    AccessRequestGrant, access_request_grants, order=("permission", "id")
)
ACCESS_REQUEST.one("requester", PERSON, lambda row, each, _: each.c.id == row.c.requester_id)
ACCESS_REQUEST.one("person", PERSON, lambda row, each, _: each.c.id == row.c.person_id)
ACCESS_REQUEST.one("decided_by", PERSON, lambda row, each, _: each.c.id == row.c.decided_by_id)
ACCESS_REQUEST.one("member", MEMBER, lambda row, member, _: member.c.id == row.c.member_id)
ACCESS_REQUEST.one("role", ROLE, lambda row, role, _: role.c.id == row.c.role_id)
ACCESS_REQUEST.one(
    "organization", ORGANIZATION, lambda row, unit, _: unit.c.id == row.c.organization_id
)
ACCESS_REQUEST.list_of(
    "grants", ACCESS_REQUEST_GRANT, lambda row, grant, _: grant.c.access_request_id == row.c.id
)
ACCESS_REQUEST_GRANT.one(
    "organization", ORGANIZATION, lambda row, unit, _: unit.c.id == row.c.organization_id
)
ACCESS_REQUEST_GRANT.one("kpi", KPI, lambda row, kpi, _: kpi.c.id == row.c.kpi_id)
ACCESS_REQUEST_GRANT.value("kpi_id", lambda grant, _: encode_id_sql(KPI.prefix, grant.c.kpi_id))
add_lookup("access_request", ACCESS_REQUEST)


def _cannot_be_decided(row: Row, context: FieldContext) -> Sql:
    """Build whether its last day is over, or the actor has the role whose grants change."""
    held = shared_alias(role_assignments)
    conditions = (
        held.c.role_id == row.c.role_id,
        held.c.member_id == context.facts.account(),
        is_not_over(held),
    )
    has_role = exists(tenant_subquery(context, held, literal_column("1"), *conditions))
    is_set_grants = row.c.kind == literal_text(AccessRequestKind.SET_GRANTS)
    return or_(row.c.due_on < context.facts.today(), and_(is_set_grants, has_role))


for _action in ("approve", "refuse"):
    ACCESS_REQUEST.blocker(_action, _cannot_be_decided)

declare_statement(
    FIND_APPROVERS,
    f"""
    SELECT DISTINCT m.person_id, m.id
    FROM role_grants g
    JOIN role_assignments a ON a.tenant_id = $1 AND a.role_id = g.role_id
    JOIN members m ON m.tenant_id = $1 AND m.id = a.member_id
    WHERE g.tenant_id = $1 AND g.permission = $2
      AND m.status = '{MemberStatus.ACTIVE}' AND m.person_id IS NOT NULL
      AND {RUNNING.format("a")}
    ORDER BY m.person_id LIMIT 100""",
    "permission",
)
