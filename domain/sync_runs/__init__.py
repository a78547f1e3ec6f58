"""Sync runs: the rows that another system sends together, and who is missing among them."""

from domain.sync_runs.changes import follow_merge, forget_object
from domain.sync_runs.finishing import MAX_PERCENT, approve, finish
from domain.sync_runs.model import (
    ALL_TYPES,
    SyncRun,
    SyncRunChange,
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
from domain.sync_runs.undo_report import UndoConflict, UndoneObject, UndoOutcome, UndoReport
from domain.sync_runs.undoing import MAX_UNDONE, undo

__all__ = [
    "ABANDON",
    "ABANDONING",
    "ALL_TYPES",
    "FORGET",
    "FORGETTING",
    "MAX_PERCENT",
    "MAX_UNDONE",
    "SyncRun",
    "SyncRunChange",
    "SyncRunCounts",
    "SyncRunIssue",
    "SyncRunKind",
    "SyncRunPerson",
    "SyncRunRow",
    "SyncRunStatus",
    "SyncRunType",
    "UndoConflict",
    "UndoOutcome",
    "UndoReport",
    "UndoneObject",
    "apply_rows_in_run",
    "approve",
    "erase_issues",
    "finish",
    "follow_merge",
    "forget_object",
    "start",
    "undo",
]
