"""Access in the graph: who may do what, and why."""

from api.access.explaining import AccessCondition, AccessExplanation, access_explain
from api.access.matrix import PermissionCondition, PermissionRule

__all__ = [
    "AccessCondition",
    "AccessExplanation",
    "PermissionCondition",
    "PermissionRule",
    "access_explain",
]
