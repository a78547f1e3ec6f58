"""Access requests: changes of rights that a second admin approves."""

from domain.access_requests.model import (
    DECISION_REASON,
    EXPIRE,
    REASON,
    AccessRequest,
    AccessRequestGrant,
    AccessRequestKind,
    AccessRequestStatus,
)
from domain.access_requests.requiring import (
    assign_role,
    refuse_new_role,
    refuse_setting_change,
    set_role_grants,
)
from domain.access_requests.use_cases import (
    EXPIRY,
    FIND_APPROVERS,
    approve,
    erase_requests,
    refuse,
    request_end,
    request_grants,
    request_role,
)

__all__ = [
    "DECISION_REASON",
    "EXPIRE",
    "EXPIRY",
    "FIND_APPROVERS",
    "REASON",
    "AccessRequest",
    "AccessRequestGrant",
    "AccessRequestKind",
    "AccessRequestStatus",
    "approve",
    "assign_role",
    "erase_requests",
    "refuse",
    "refuse_new_role",
    "refuse_setting_change",
    "request_end",
    "request_grants",
    "request_role",
    "set_role_grants",
]
