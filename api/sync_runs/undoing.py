"""The mutation that undoes a sync run, and what it returns."""

from uuid import UUID

import strawberry

from api.kernel.schema.declarations import get_read_model, graph_enum
from api.kernel.schema.global_ids import encode_id
from api.kernel.schema.inputs import expected_version_field, input_field, input_type
from api.kernel.schema.mutations import Computed, mutation
from api.sync_runs.runs import SyncRun
from domain import sync_runs
from domain.kernel.unit_of_work import Work
from domain.sync_runs import SyncRunType, UndoOutcome, UndoReport
from domain.sync_runs.undoing import KINDS

graph_enum(
    UndoOutcome,
    "What `syncRunUndo` did with an object.",
    restored="It has its values from before the run again.",
    ended=(
        "The run had created it. It is ended: a person has never worked, a unit or team is closed."
        " It has no external reference of the source any more."
    ),
)


@strawberry.type(description="An object that `syncRunUndo` has restored or ended.")
class SyncRunUndoneObject:
    """An object that was undone."""

    type: SyncRunType = strawberry.field(description="What it is.")
    id: strawberry.ID = strawberry.field(description="Its id.")
    outcome: UndoOutcome = strawberry.field(description="What was done with it.")


@strawberry.type(
    description="Something that `syncRunUndo` left as it is: a field, or a whole object."
)
class SyncRunUndoConflict:
    """Something that was not undone."""

    type: SyncRunType = strawberry.field(description="The type of the object.")
    id: strawberry.ID = strawberry.field(description="The id of the object.")
    external_id: str | None = strawberry.field(
        description="The id of the object in the source. Null when it has none."
    )
    field: str | None = strawberry.field(
        description="The field, as a row names it. Null for the object as a whole."
    )
    code: str = strawberry.field(
        description=(
            "CHANGED_SINCE: somebody, or another run, has changed it since. IN_USE: the run created"
            " the person, who now has an account, a goal, a team or reports. Otherwise the code of"
            " the error of the mutation that would have undone it."
        )
    )


@strawberry.type(description="What `syncRunUndo` has undone, or would undo in a dry run.")
class SyncRunUndoReport:
    """The result of undoing a part of a run."""

    undone: list[SyncRunUndoneObject] = strawberry.field(
        description="The objects that were restored or ended."
    )
    conflicts: list[SyncRunUndoConflict] = strawberry.field(
        description="What was left as it is, because it has changed since or cannot be undone."
    )
    remaining_count: int = strawberry.field(
        description="How many changes of the run are left. Repeat the mutation until it is 0."
    )


@input_type()
class SyncRunUndoInput:
    """Input of `syncRunUndo`."""

    id: UUID = input_field("The sync run.", id_prefix="syncrun")
    dry_run: bool | None = input_field(
        "Whether to return what would be undone, and to store nothing. Default: false."
    )
    expected_version: int | None = expected_version_field()


@mutation(SyncRun, computes={"undo": SyncRunUndoReport})
async def sync_run_undo(work: Work, input: SyncRunUndoInput) -> Computed:
    """Undo what a sync run changed: objects get the values from before it.

    The newest changes come first, at most 100 at once: repeat the mutation until the run is UNDONE.
    What has changed since stays, and is returned as a conflict. What the run created is ended. A
    value that has counted on past days stays recorded for them. It needs the permissions of the
    upserts over the whole tenant. The run takes no more rows.
    """
    run, report = await sync_runs.undo(
        work,
        input.id,
        is_dry_run=bool(input.dry_run),
        expected_version=input.expected_version,
    )
    return Computed(run.id, _build_report(report))


def _build_report(report: UndoReport) -> SyncRunUndoReport:
    return SyncRunUndoReport(
        undone=[
            SyncRunUndoneObject(
                type=each.type, id=_encode(each.type, each.id), outcome=each.outcome
            )
            for each in report.undone
        ],
        conflicts=[
            SyncRunUndoConflict(
                type=each.type,
                id=_encode(each.type, each.object_id),
                external_id=each.external_id,
                field=each.field,
                code=each.code,
            )
            for each in report.conflicts
        ],
        remaining_count=report.remaining_count,
    )


def _encode(type: SyncRunType, id: UUID) -> strawberry.ID:
    return strawberry.ID(encode_id(get_read_model(KINDS[type].aggregate).prefix, id))
