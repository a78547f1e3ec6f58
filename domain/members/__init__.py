"""Members: the accounts of people and service clients who may sign in, and their roles."""

from domain.members.model import OPEN, SUBJECT, Member, MemberStatus, RoleAssignment
from domain.members.use_cases import (
    activate,
    assign_role,
    change_subject,
    create,
    delete_role,
    ensure_admin_remains,
    find_unheld_roles,
    remove,
    revoke_role,
    set_role_grants,
    suspend,
)

__all__ = [
    "OPEN",
    "SUBJECT",
    "Member",
    "MemberStatus",
    "RoleAssignment",
    "activate",
    "assign_role",
    "change_subject",
    "create",
    "delete_role",
    "ensure_admin_remains",
    "find_unheld_roles",
    "remove",
    "revoke_role",
    "set_role_grants",
    "suspend",
]
