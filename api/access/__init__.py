"""Access in the graph: who may do what, and why."""

from api.access.explaining import AccessCondition, AccessExplanation, access_explain
from api.access.matrix import PermissionCondition, PermissionRule
from api.access.previews import AccessPreview, access_preview
from api.access.role_diff import RoleDiff, RoleDiffEntry, role_diff
from api.access.viewer import ActionReason, ViewerAction, VisibilityReason

__all__ = [
    "AccessCondition",
    "AccessExplanation",
    "AccessPreview",
    "ActionReason",
    "PermissionCondition",
    "PermissionRule",
    "RoleDiff",
    "RoleDiffEntry",
    "ViewerAction",
    "VisibilityReason",
    "access_explain",
    "access_preview",
    "role_diff",
]
