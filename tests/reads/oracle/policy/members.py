"""Who may see and change members, roles and the tenant."""

from tests.reads.dataset import Row
from tests.reads.oracle.policy.access_check import AccessCheck
from tests.reads.oracle.relationships import OracleCaller, ResourceOwner


def get_member_owner(who: OracleCaller, member: Row) -> ResourceOwner:
    person = member["person_id"]
    return ResourceOwner(person=person, unit=who.facts.find_unit_id(person))


def can_manage_member(who: OracleCaller, member: Row) -> bool:
    return who.holds("members:manage", get_member_owner(who, member))


def _can_explain(who: OracleCaller, member: Row) -> bool:
    owner = get_member_owner(who, member)
    return (
        member["person_id"] == who.id
        or who.holds("members:manage", owner)
        or who.holds("audit:read", owner)
    )


def _can_preview(who: OracleCaller, member: Row) -> bool:
    owner = get_member_owner(who, member)
    looks_after = who.holds("members:manage", owner) or who.holds("audit:read", owner)
    return looks_after and who.holds_over_everyone("directory:read")


def can_see_member(who: OracleCaller, member: Row) -> bool:
    mine = member["person_id"] == who.id
    return mine or who.holds("members:read", get_member_owner(who, member))


def can_see_role(who: OracleCaller, _: Row) -> bool:
    return who.has_permission("members:read")


def require_tenant_wide_grant(permission: str) -> AccessCheck:
    """Require a grant over everyone, for what belongs to the tenant as a whole."""
    return lambda who, _: who.holds_over_everyone(permission)


OPEN = ("active", "suspended")
MEMBER_ACTIONS: list[tuple[str, AccessCheck, tuple[str, ...]]] = [
    ("INVITE", can_manage_member, ("invited", "removed")),
    ("ASSIGN_ROLE", can_manage_member, ("active",)),
    ("REVOKE_ROLE", can_manage_member, OPEN),
    ("CHANGE_SUBJECT", can_manage_member, (*OPEN, "removed")),
    ("SUSPEND", can_manage_member, ("active",)),
    ("ACTIVATE", can_manage_member, ("suspended",)),
    ("REMOVE", can_manage_member, ("invited", *OPEN)),
    ("RESTORE", can_manage_member, ("removed",)),
    ("EXPLAIN", _can_explain, ()),
    ("PREVIEW", _can_preview, ()),
]
