"""Sync runs: the rows that another system sends together, and who is missing among them."""

from domain.sync_runs.finishing import MAX_PERCENT, approve, finish
from domain.sync_runs.model import (
    ALL_TYPES,
    SyncRun,
    SyncRunCounts,
    SyncRunIssue,
    SyncRunKind,
    SyncRunPerson,
    SyncRunRow,
    SyncRunStatus,
    SyncRunType,
)
from domain.sync_runs.recording import apply_rows_in_run, erase_issues
from domain.sync_runs.starting import ABANDON, ABANDONING, FORGET, FORGETTING, start

__all__ = [
    "ABANDON",
    "ABANDONING",
    "ALL_TYPES",
    "FORGET",
    "FORGETTING",
    "MAX_PERCENT",
    "SyncRun",
    "SyncRunCounts",
    "SyncRunIssue",
    "SyncRunKind",
    "SyncRunPerson",
    "SyncRunRow",
    "SyncRunStatus",
    "SyncRunType",
    "apply_rows_in_run",
    "approve",
    "erase_issues",
    "finish",
    "start",
]
