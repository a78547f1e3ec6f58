"""Members and roles: tables, mapping and read models of accounts and their grants."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Select,
    Text,
    and_,
    cast,
    exists,
    func,
    literal_column,
    not_,
    or_,
    select,
)

from domain.kernel.access import EVERYBODY
from domain.members import FIND_EXPIRED, Member, MemberStatus, RoleAssignment
from domain.roles import TENANT_ADMIN, Role, RoleGrant
from persistence.access.assignment_terms import has_begun, is_not_over, is_running
from persistence.access.rules_to_sql import compile_rule, has_left
from persistence.concept import register_concept, register_part
from persistence.kernel.mapping.registry import map_children
from persistence.kernel.schema.columns import columns_of
from persistence.kernel.schema.tables import (
    aggregate_table,
    entity_table,
    parent_foreign_key,
    shared_alias,
    tenant_foreign_key,
    tenant_index,
    tenant_unique,
)
from persistence.organizations import ORGANIZATION
from persistence.people import PERSON, people
from persistence.reading.json_output import literal_text, to_json_value
from persistence.reading.read_model import ROOT, FieldContext, ReadModel, Row, Sql
from persistence.reading.relations import (
    add_lookup,
    by_column,
    tenant_subquery,
    via_link_table,
)
from persistence.tenants import TENANT
from persistence.unit_of_work.declared_statements import declare_statement

roles = aggregate_table(
    "roles",
    *columns_of(Role),
    tenant_unique("key"),
    tenant_index("name_sort_key", "id"),
    prefix="role",
)

role_grants = entity_table(
    "role_grants",
    *columns_of(RoleGrant),
    parent_foreign_key("role_id", "roles"),
    tenant_foreign_key("kpi_id", "kpis"),
    tenant_index("role_id", "permission", "id"),
    tenant_index("organization_id"),
    tenant_index("kpi_id"),
    prefix="grant",
)

members = aggregate_table(
    "members",
    *columns_of(Member),
    tenant_unique("person_id"),
    tenant_unique("subject"),
    tenant_index("invitation_hash", unique=True),
    tenant_index("invited_email"),
    prefix="member",
)

role_assignments = entity_table(
    "role_assignments",
    *columns_of(RoleAssignment),
    parent_foreign_key("member_id", "members"),
    tenant_foreign_key("role_id", "roles"),
    CheckConstraint("expires_at > starts_at", name="term"),
    tenant_index("member_id", "role_id"),
    tenant_index("role_id", "member_id"),
    tenant_index("organization_id"),
    prefix="assignment",
)

ROLE = register_concept(
    Role,
    roles,
    order=("name",),
    is_in_feed=True,
    grants=map_children(
        RoleGrant,
        role_grants,
        parent_column="role_id",
        order_columns=("permission", "population", "id"),
    ),
)
ROLE_GRANT = register_part(RoleGrant, role_grants, order=("permission", "id"))
MEMBER = register_concept(
    Member,
    members,
    order=("id",),
    is_in_feed=True,
    assignments=map_children(
        RoleAssignment, role_assignments, parent_column="member_id", order_columns=("id",)
    ),
)
ASSIGNMENT = register_part(RoleAssignment, role_assignments, order=("id",))
VIEWER = ReadModel(
    "Viewer",
    members,
    see=EVERYBODY,
    shown_in_previews=frozenset({"id", "member", "person", "roles", "permissions", "tenant"}),
)
"""Only who reads sees it. Who reads a preview sees the account of the person with its roles."""


def _has_left(context: FieldContext, person_id: Sql) -> Sql:
    """Build the condition that a person has left by today, which ends their roles."""
    return has_left(context.facts, context.facts.today(), person_id)


def _is_held(assignment: Row, role: Row, context: FieldContext) -> Sql:
    """Build the condition that somebody who has not left holds the role, or will, by this."""
    member = shared_alias(members)
    person_id = tenant_subquery(
        context, member, member.c.person_id, member.c.id == assignment.c.member_id
    )
    return and_(
        assignment.c.role_id == role.c.id,
        is_not_over(assignment),
        not_(_has_left(context, person_id.scalar_subquery())),
    )


def _is_role_held(role: Row, context: FieldContext) -> Sql:
    assignment = shared_alias(role_assignments)
    held = _is_held(assignment, role, context)
    return exists(tenant_subquery(context, assignment, literal_column("1"), held))


ROLE.list_of("grants", ROLE_GRANT, lambda row, grant, _: grant.c.role_id == row.c.id)
ROLE.many("assignments", ASSIGNMENT, lambda row, each, context: _is_held(each, row, context))
ROLE_GRANT.one(
    "organization", ORGANIZATION, lambda row, each, _: each.c.id == row.c.organization_id
)
ROLE_GRANT.one("role", ROLE, lambda row, role, _: role.c.id == row.c.role_id)
ASSIGNMENT.one("role", ROLE, lambda row, role, _: role.c.id == row.c.role_id)
ASSIGNMENT.one("member", MEMBER, lambda row, member, _: member.c.id == row.c.member_id)
ASSIGNMENT.one(
    "organization", ORGANIZATION, lambda row, each, _: each.c.id == row.c.organization_id
)
MEMBER.one("person", PERSON, lambda row, person, _: person.c.id == row.c.person_id)
MEMBER.value("is_service_client", lambda row, _: row.c.person_id.is_(None))
MEMBER.list_of(
    "assignments",
    ASSIGNMENT,
    lambda row, each, context: and_(
        each.c.member_id == row.c.id, is_not_over(each), not_(_has_left(context, row.c.person_id))
    ),
)
PERSON.one("member", MEMBER, lambda row, member, _: member.c.person_id == row.c.id)
ROLE.blocker(
    "delete",
    lambda row, context: or_(row.c.is_built_in, _is_role_held(row, context)),
)


def _build_admin_condition(
    context: FieldContext, person_id: Sql, *, is_only_admin: bool, counts_plans: bool
) -> Sql:
    """Whether this person is a tenant admin over everyone; or `alone`, whether nobody else is.

    With `counts_plans`, people with a planned departure do not count.
    """
    role, each, member, human = (t.alias() for t in (roles, role_assignments, members, people))
    tenant = context.facts.tenant()
    holder: Select[Any] = select(literal_column("1")).where(
        *(table.c.tenant_id == tenant for table in (role, each, member, human)),
        role.c.key == literal_text(TENANT_ADMIN),
        each.c.role_id == role.c.id,
        each.c.organization_id.is_(None),
        each.c.expires_at.is_(None),
        has_begun(each),
        member.c.id == each.c.member_id,
        member.c.status == literal_text(MemberStatus.ACTIVE),
        human.c.id == member.c.person_id,
        human.c.left_on.is_(None)
        if counts_plans
        else or_(human.c.left_on.is_(None), human.c.left_on > context.facts.today()),
        human.c.id != person_id if is_only_admin else human.c.id == person_id,
    )
    found = exists(holder.correlate_except(role, each, member, human))
    return not_(found) if is_only_admin else found


def _build_last_admin_condition(
    get_person_id: Callable[[Row], Sql], *, counts_plans: bool
) -> Callable[[Row, FieldContext], Sql]:
    """Whether the tenant would have no admin otherwise (see `members.ensure_admin_remains`)."""

    def build(row: Row, context: FieldContext) -> Sql:
        person_id = get_person_id(row)
        return and_(
            *(
                _build_admin_condition(
                    context, person_id, is_only_admin=is_only_admin, counts_plans=counts_plans
                )
                for is_only_admin in (False, True)
            )
        )

    return build


def _has_irrevocable_role(row: Row, context: FieldContext) -> Sql:
    """Return whether a member has a role that the actor may not revoke."""
    held = role_assignments.alias()
    # As a query: a row source with a constant condition makes PostgreSQL 15 and 16 read the
    # tenant of the policy while they plan, and a statement enters its tenant later.
    is_refused = select(not_(compile_rule(RoleAssignment.DELEGATE.rule, context.facts, held)))
    return exists(
        select(literal_column("1"))
        .where(
            held.c.tenant_id == context.facts.tenant(),
            held.c.member_id == row.c.id,
            is_refused.correlate(held).scalar_subquery(),
        )
        .correlate_except(held)
    )


_is_last_admin = _build_last_admin_condition(lambda row: row.c.person_id, counts_plans=False)
for _action in ("remove", "suspend"):
    MEMBER.blocker(
        _action,
        lambda row, context: or_(_is_last_admin(row, context), _has_irrevocable_role(row, context)),
    )
for _action in ("change_subject", "explain", "preview", "invite"):
    MEMBER.blocker(_action, lambda row, _: row.c.person_id.is_(None))
MEMBER.blocker(
    "restore",
    lambda row, _: (
        row.c.subject == func.concat("invited-", func.replace(cast(row.c.id, Text), "-", ""))
    ),
)
PERSON.blocker("depart", _build_last_admin_condition(lambda row: row.c.id, counts_plans=True))


def _build_permission_names(row: Row, context: FieldContext) -> Sql:
    """Select the names of the permissions that a member's roles grant over any population."""
    each, grant = role_assignments.alias(), role_grants.alias()
    names = (
        select(func.distinct(to_json_value(grant.c.permission)).label("name"))
        .where(
            each.c.tenant_id == context.facts.tenant(),
            each.c.member_id == row.c.id,
            is_running(each),
            grant.c.tenant_id == context.facts.tenant(),
            grant.c.role_id == each.c.role_id,
        )
        .order_by("name")
        .correlate_except(each, grant)
    )
    return func.array_to_json(func.array(names.scalar_subquery()), type_=JSON)


VIEWER.value("id", lambda row, _: row.c.id, prefix="viewer")
VIEWER.one("member", MEMBER, lambda row, member, _: member.c.id == row.c.id)
VIEWER.one("person", PERSON, lambda row, person, _: person.c.id == row.c.person_id)
VIEWER.list_of(
    "roles",
    ROLE,
    via_link_table(
        role_assignments, "member_id", "role_id", lambda assignment, _: is_running(assignment)
    ),
)
VIEWER.value("permissions", _build_permission_names)
VIEWER.one("tenant", TENANT, lambda row, tenant, _: tenant.c.id == row.c.tenant_id)

ROOT.one("viewer", VIEWER, lambda _, row, context: row.c.id == context.bind_member_id())
add_lookup("member", MEMBER, subject=by_column("subject"))
add_lookup("role", ROLE, key=by_column("key"))
declare_statement(
    FIND_EXPIRED,
    """
    SELECT id, member_id FROM role_assignments
    WHERE tenant_id = $1 AND expires_at <= now()
    ORDER BY expires_at LIMIT $2""",
    "maximum",
)
