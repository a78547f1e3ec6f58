"""The platform: who operates all tenants, and what they do with them."""

from domain.platform.acts import MAY, Act, OperatorRole
from domain.platform.deletions import (
    GRACE_DAYS,
    Erasure,
    cancel_deletion,
    require_due,
    schedule_deletion,
)
from domain.platform.operations import (
    FileHead,
    FileOrigin,
    OperationKind,
    OperationState,
    TenantFile,
    TenantOperation,
)
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
    "GRACE_DAYS",
    "MAY",
    "Act",
    "Erasure",
    "FileHead",
    "FileOrigin",
    "FirstAdmin",
    "OperationKind",
    "OperationState",
    "Operator",
    "OperatorRole",
    "PlatformWork",
    "TenantFile",
    "TenantOperation",
    "add_operator",
    "cancel_deletion",
    "configure_tenant",
    "create_tenant",
    "remove_operator",
    "require_due",
    "resume_tenant",
    "schedule_deletion",
    "set_operator_role",
    "suspend_tenant",
]
