"""Who may do what on the platform: three roles and the acts of each, as data."""

from collections.abc import Mapping
from enum import StrEnum


class OperatorRole(StrEnum):
    """What an operator of the platform may do."""

    READER = "reader"
    OPERATOR = "operator"
    OWNER = "owner"


class Act(StrEnum):
    """Something that an operator does on the platform."""

    READ_TENANTS = "read_tenants"
    READ_OPERATIONS = "read_operations"
    READ_OPERATORS = "read_operators"
    READ_AUDIT_LOG = "read_audit_log"
    TENANT_CREATE = "tenant_create"
    TENANT_CONFIGURE = "tenant_configure"
    TENANT_SUSPEND = "tenant_suspend"
    TENANT_RESUME = "tenant_resume"
    TENANT_CLONE = "tenant_clone"
    TENANT_MOVE = "tenant_move"
    TENANT_EXPORT = "tenant_export"
    TENANT_IMPORT = "tenant_import"
    TENANT_RESTORE = "tenant_restore"
    TENANT_FILE_CREATE = "tenant_file_create"
    TENANT_FILE_DOWNLOAD = "tenant_file_download"
    TENANT_SCHEDULE_DELETION = "tenant_schedule_deletion"
    TENANT_CANCEL_DELETION = "tenant_cancel_deletion"
    TENANT_ERASE = "tenant_erase"
    OPERATOR_ADD = "operator_add"
    OPERATOR_SET_ROLE = "operator_set_role"
    OPERATOR_REMOVE = "operator_remove"
    ISSUER_REGISTER = "issuer_register"
    ISSUER_REMOVE = "issuer_remove"


_ALL = frozenset(OperatorRole)
_OPERATING = frozenset({OperatorRole.OPERATOR, OperatorRole.OWNER})
_OWNING = frozenset({OperatorRole.OWNER})

MAY: Mapping[Act, frozenset[OperatorRole]] = {
    Act.READ_TENANTS: _ALL,
    Act.READ_OPERATIONS: _ALL,
    Act.READ_OPERATORS: _OWNING,
    Act.READ_AUDIT_LOG: _OWNING,
    Act.TENANT_CREATE: _OPERATING,
    Act.TENANT_CONFIGURE: _OPERATING,
    Act.TENANT_SUSPEND: _OPERATING,
    Act.TENANT_RESUME: _OPERATING,
    Act.TENANT_CLONE: _OPERATING,
    Act.TENANT_MOVE: _OPERATING,
    Act.TENANT_EXPORT: _OWNING,
    Act.TENANT_IMPORT: _OWNING,
    Act.TENANT_RESTORE: _OWNING,
    Act.TENANT_FILE_CREATE: _OWNING,
    Act.TENANT_FILE_DOWNLOAD: _OWNING,
    Act.TENANT_SCHEDULE_DELETION: _OWNING,
    Act.TENANT_CANCEL_DELETION: _OPERATING,
    Act.TENANT_ERASE: _OWNING,
    Act.OPERATOR_ADD: _OWNING,
    Act.OPERATOR_SET_ROLE: _OWNING,
    Act.OPERATOR_REMOVE: _OWNING,
    Act.ISSUER_REGISTER: _OWNING,
    Act.ISSUER_REMOVE: _OWNING,
}
"""The roles that may do each act. An act that is missing here stops the start of the process."""

assert MAY.keys() == set(Act)


def render_act_table() -> str:
    """Return who may do what on the platform as a table in Markdown."""
    lines = ["| act | " + " | ".join(OperatorRole) + " |", "| --- " * 4 + "|"]
    for act, roles in MAY.items():
        marks = " | ".join("yes" if each in roles else "no" for each in OperatorRole)
        lines.append(f"| {act.replace('_', ' ')} | {marks} |")
    return "\n".join(lines) + "\n"
