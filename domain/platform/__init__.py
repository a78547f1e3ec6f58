"""The platform: who operates all tenants, and what they do with them."""

from domain.platform.acts import MAY, Act, OperatorRole
from domain.platform.operators import Operator, add_operator, remove_operator, set_operator_role
from domain.platform.tenants import (
    FirstAdmin,
    configure_tenant,
    create_tenant,
    resume_tenant,
    suspend_tenant,
)
from domain.platform.work import PlatformWork

__all__ = [
    "MAY",
    "Act",
    "FirstAdmin",
    "Operator",
    "OperatorRole",
    "PlatformWork",
    "add_operator",
    "configure_tenant",
    "create_tenant",
    "remove_operator",
    "resume_tenant",
    "set_operator_role",
    "suspend_tenant",
]
