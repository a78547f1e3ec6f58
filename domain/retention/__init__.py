"""Retention: for how long data of a kind is kept, and what removes it every day."""

from domain.retention.applying import APPLY, APPLYING
from domain.retention.model import RetentionKind, RetentionPolicy
from domain.retention.use_cases import DUE_BY_DAY, DUE_IDS, DueDay, preview, set_policy

__all__ = [
    "APPLY",
    "APPLYING",
    "DUE_BY_DAY",
    "DUE_IDS",
    "DueDay",
    "RetentionKind",
    "RetentionPolicy",
    "preview",
    "set_policy",
]
