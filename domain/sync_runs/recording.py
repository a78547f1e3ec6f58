"""Rows that are sent in a run: who may send them, and what is recorded of them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from domain import upserts
from domain.kernel.errors import Code, Invalid, StateConflict
from domain.kernel.external_references import ExternalReference
from domain.kernel.rows import RowOutcome, RowResult, RowResults
from domain.kernel.unit_of_work import Work
from domain.kernel.upserts import ObjectChange, Row, RowKind
from domain.sync_runs.changes import keep_changes
from domain.sync_runs.model import (
    OPEN,
    SyncRun,
    SyncRunCounts,
    SyncRunIssue,
    SyncRunRow,
    SyncRunType,
    build_counts_id,
    build_row_id,
)

LOCK = "sync_run"
MAX_ISSUES = 200
"""How many issues of a run are kept. Its counts have all rejected rows."""


async def apply_rows_in_run(
    work: Work,
    run_id: UUID,
    kind: RowKind,
    rows: Sequence[Row],
    *,
    is_dry_run: bool = False,
    **options: Any,
) -> RowResults:
    """Apply rows of an open run, and record their outcomes in it, except for a dry run.

    Raises Invalid, NotPermitted and StateConflict where the run takes no such rows from the actor.
    """
    await work.lock_value(LOCK, str(run_id))
    run = await work.reference(SyncRun, run_id, "syncRunId")
    assert run is not None, "The id of a run is given."
    type = _check_run(run, work.actor.member_id, kind)
    own_rows = [_check_source(run, each) for each in rows]
    changes = list[ObjectChange]()
    results = await upserts.apply_rows(
        work, kind, own_rows, is_dry_run=is_dry_run, changes=changes, **options
    )
    if not is_dry_run:
        await keep_changes(work, run, kind, changes)
        await _count(work, run, type, results)
        await _keep_issues(work, run, type, own_rows, results.rows)
        if run.ends_people and type is SyncRunType.PERSON:
            await _keep_rows(work, run, own_rows)
    return results


def _check_run(run: SyncRun, member_id: UUID | None, kind: RowKind) -> SyncRunType:
    """Return the type of the rows. Raises NotPermitted, StateConflict and Invalid."""
    run.require_starter(member_id)
    if run.status is not OPEN:
        message = f"The run is {run.status.name}, and takes no more rows. Start a new one."
        raise StateConflict(message, "syncRunId")
    if kind.aggregate.NAME not in run.types:
        message = "The run takes no rows of this type. Start a run that has it in `types`."
        raise Invalid(message, "syncRunId", code=Code.INCONSISTENT)
    return SyncRunType(kind.aggregate.NAME)


def _check_source(run: SyncRun, row: Row) -> Row:
    """Return a row, with a fault where its source is not that of the run."""
    if row.name.source == run.source and row.name.external_id:
        return row
    message = (
        f"In this run each row needs an external id of {run.source}. Add it, or leave out the run."
    )
    fault = Invalid(message, "externalReference", code=Code.INCONSISTENT)
    return replace(row, faults=[*row.faults, fault])


async def _count(work: Work, run: SyncRun, type: SyncRunType, results: RowResults) -> None:
    """Add the outcomes to the counts; of rows that were not stored, those that were rejected."""
    id, outcomes = build_counts_id(run.id, type), Counter(each.outcome for each in results.rows)
    stored = await work.find_records(SyncRunCounts, id=[id])
    counts = next(
        iter(stored),
        SyncRunCounts(tenant_id=run.tenant_id, id=id, sync_run_id=run.id, type=type),
    )
    for outcome, number in outcomes.items():
        if results.are_stored or outcome is RowOutcome.REJECTED:
            setattr(counts, outcome.value, getattr(counts, outcome.value) + number)
    work.write_records(added=[] if stored else [counts], changed=stored)


async def _keep_issues(
    work: Work, run: SyncRun, type: SyncRunType, rows: Sequence[Row], results: Sequence[RowResult]
) -> None:
    """Keep what is wrong with the rows, instead of what was wrong when they were sent before."""
    sent = {each.name.external_id for each in rows}
    kept = await work.find_records(SyncRunIssue, sync_run_id=[run.id])
    settled = [each for each in kept if each.type is type and each.external_id in sent]
    found = [
        issue
        for row, each in zip(rows, results, strict=True)
        for issue in _list_issues(run, type, row, each)
    ]
    free = max(MAX_ISSUES - len(kept) + len(settled), 0)
    work.write_records(added=found[:free], removed=settled)


def _list_issues(
    run: SyncRun, type: SyncRunType, row: Row, result: RowResult
) -> Iterator[SyncRunIssue]:
    external_id = row.name.external_id if row.name.source == run.source else None
    for fault in (*result.faults, *result.warnings):
        field = ".".join(fault.field) or None
        yield run.build_issue(fault.code.value, external_id, type=type, field=field)


async def erase_issues(work: Work, references: Sequence[ExternalReference]) -> None:
    """Forget the issues of rows about somebody with these external references."""
    if references:
        sources = [each.source for each in references]
        ids = [each.external_id for each in references]
        found = await work.find_records(SyncRunIssue, source=sources, external_id=ids)
        work.write_records(removed=found)


async def _keep_rows(work: Work, run: SyncRun, rows: Sequence[Row]) -> None:
    """Remember who has a row, also where it was rejected."""
    named = {each.name.external_id for each in rows if each.name.source == run.source}
    ids = sorted({build_row_id(run.id, each) for each in named if each})
    known = {each.id for each in await work.find_records(SyncRunRow, id=ids)} if ids else set()
    work.write_records(
        added=[
            SyncRunRow(tenant_id=run.tenant_id, id=each, sync_run_id=run.id)
            for each in ids
            if each not in known
        ]
    )
