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
    READ_OPERATORS = "read_operators"
    READ_AUDIT_LOG = "read_audit_log"
    TENANT_CREATE = "tenant_create"
    TENANT_CONFIGURE = "tenant_configure"
    TENANT_SUSPEND = "tenant_suspend"
    TENANT_RESUME = "tenant_resume"
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
    Act.READ_OPERATORS: _OWNING,
    Act.READ_AUDIT_LOG: _OWNING,
    Act.TENANT_CREATE: _OPERATING,
    Act.TENANT_CONFIGURE: _OPERATING,
    Act.TENANT_SUSPEND: _OPERATING,
    Act.TENANT_RESUME: _OPERATING,
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
