"""The relations of members, roles, the tenant and its journal."""

from tests.reads.dataset import Row
from tests.reads.oracle.relations.relation import (
    Arguments,
    Relation,
    Relations,
    build_assignment_relation,
    list_history,
    sort_relation,
    to_many,
    to_one,
)
from tests.reads.oracle.relations.review_cycles import list_own_cycles
from tests.reads.oracle.relationships import OracleCaller, is_assignment_running


def _list_roles(who: OracleCaller, row: Row, _: Arguments) -> list[Row]:
    held = who.facts.select_rows("role_assignments", member_id=row["id"])
    ids = {each["role_id"] for each in held if is_assignment_running(each)}
    return [each for each in who.facts.select_rows("roles") if each["id"] in ids]


def _list_tasks(who: OracleCaller, row: Row, _: Arguments) -> list[Row]:
    return who.facts.select_rows("todos", person_id=row["person_id"])


def _list_acting_clients(who: OracleCaller, row: Row, _: Arguments) -> list[Row]:
    return who.facts.select_rows("service_clients", member_id=row["actor_id"])


def _list_granting(who: OracleCaller, row: Row, _: Arguments) -> list[Row]:
    granted = who.facts.select_rows("role_grants")
    return [each for each in granted if each["permission"] in row["needed"]]


RELATIONS: Relations = {
    "Member": {
        "person": to_one("Person", "person_id"),
        "service_client": to_many("ServiceClient", "service_clients", "member_id"),
        "assignments": sort_relation(
            build_assignment_relation("member_id", inherits_visibility=True),
            "id",
        ),
        "history": Relation("JournalEntry", list_history, inherits_visibility=True),
    },
    "Role": {
        "grants": sort_relation(
            to_many("RoleGrant", "role_grants", "role_id", inherits_visibility=True),
            "permission",
            "id",
        ),
        "assignments": build_assignment_relation("role_id"),
        "history": Relation("JournalEntry", list_history, inherits_visibility=True),
    },
    "PermissionRule": {
        "grants": sort_relation(Relation("RoleGrant", _list_granting), "permission", "id"),
    },
    "RoleGrant": {
        "role": to_one("Role", "role_id"),
        "organization": to_one("Organization", "organization_id"),
        "kpi": to_one("Kpi", "kpi_id"),
    },
    "RoleAssignment": {
        "role": to_one("Role", "role_id"),
        "member": to_one("Member", "member_id"),
        "organization": to_one("Organization", "organization_id"),
    },
    "Viewer": {
        "person": to_one("Person", "person_id"),
        "member": to_one("Member", "id"),
        "tenant": to_one("Tenant", "tenant_id"),
        "tasks": Relation("Task", _list_tasks),
        "review_cycles": Relation("ReviewCycleSummary", list_own_cycles, inherits_visibility=True),
        "roles": sort_relation(
            Relation("Role", _list_roles, inherits_visibility=True), "name", "id"
        ),
    },
    "Tenant": {"history": Relation("JournalEntry", list_history, inherits_visibility=True)},
    "JournalEntry": {
        "actor": to_one("Person", "actor_id"),
        "service_client": Relation("ServiceClient", _list_acting_clients),
    },
}
