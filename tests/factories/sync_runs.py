"""Sync runs for tests."""

from collections.abc import Mapping
from datetime import date, timedelta

from domain.kernel.aggregate import Aggregate
from domain.members import Member
from domain.sync_runs import SyncRun, SyncRunKind, SyncRunStatus
from tests.factories.actors import NOW


def build_sync_runs(members: Mapping[str, Member]) -> dict[str, Aggregate]:
    """Build an open run of an admin who is HR, one of HR, and a blocked one."""
    return {
        "open": a_sync_run(members["ruler"]),
        "of_hr": a_sync_run(members["hr"]),
        "blocked": a_sync_run(members["hr"], SyncRunStatus.BLOCKED),
    }


def a_sync_run(starter: Member, status: SyncRunStatus = SyncRunStatus.OPEN) -> SyncRun:
    """Build a full run of people that somebody has started."""
    return SyncRun(
        tenant_id=starter.tenant_id,
        source="hris",
        kind=SyncRunKind.FULL,
        types=("person",),
        started_by_id=starter.id,
        status=status,
        undoable_until=NOW + timedelta(days=30),
        left_on=date(2026, 6, 1) if status is SyncRunStatus.BLOCKED else None,
    )
