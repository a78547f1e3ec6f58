"""Sync runs in the graph: the rows that another system sends together, and undoing them."""

from api.sync_runs import runs, undoing
from api.sync_runs.runs import SyncRun

__all__ = ["SyncRun", "runs", "undoing"]
