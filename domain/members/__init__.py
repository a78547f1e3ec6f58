"""Members: the accounts of people and service clients who may sign in, and their roles."""

from domain.members.expiring import EXPIRE, EXPIRY, FIND_EXPIRED
from domain.members.model import (
    OPEN,
    SUBJECT,
    Invitation,
    Member,
    MemberStatus,
    RoleAssignment,
)
from domain.members.subject_changes import MAX_SUBJECT_CHANGES, SubjectChange, change_subjects
from domain.members.terms import LASTING, Term
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
    "EXPIRE",
    "EXPIRY",
    "FIND_EXPIRED",
    "LASTING",
    "MAX_SUBJECT_CHANGES",
    "OPEN",
    "SUBJECT",
    "Invitation",
    "Member",
    "MemberStatus",
    "RoleAssignment",
    "SubjectChange",
    "Term",
    "activate",
    "assign_role",
    "change_subject",
    "change_subjects",
    "create",
    "delete_role",
    "ensure_admin_remains",
    "find_unheld_roles",
    "remove",
    "revoke_role",
    "set_role_grants",
    "suspend",
]
