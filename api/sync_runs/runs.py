"""Sync runs in the graph: the rows that another system sends together, and their outcomes."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from api.kernel.schema.declarations import (
    Connection,
    graph_enum,
    list_of,
    look_up,
    many,
    node,
    one,
    part,
    queries,
    value,
)
from api.kernel.schema.inputs import input_field, input_type
from api.kernel.schema.mutations import mutation
from api.kernel.schema.verbs import verb
from api.people import Person
from domain import sync_runs
from domain.kernel.external_references import SOURCE
from domain.kernel.unit_of_work import Work
from domain.sync_runs import ALL_TYPES, SyncRunKind, SyncRunStatus, SyncRunType
from persistence.reading.read_model import ROOT
from persistence.sync_runs import SYNC_RUN, SYNC_RUN_COUNTS, SYNC_RUN_ISSUE

if TYPE_CHECKING:
    from api.members import Member

graph_enum(
    SyncRunKind,
    "Whether a sync run has all people of its source, or a part of them.",
    full=(
        "It has a row for all people who work, according to the source. People of the source"
        " without a row have left."
    ),
    delta=(
        "It has rows for what has changed, or for a part of the people. People without a row stay"
        " as they are."
    ),
)
graph_enum(
    SyncRunStatus,
    "The state of a sync run.",
    open="It accepts rows.",
    finished="It is done.",
    blocked="More people are without a row than it may end. It waits for `syncRunApprove`.",
    abandoned="Nobody finished it within 24 hours. It ended no employment.",
    undoing="A part of its changes is undone. Repeat `syncRunUndo` to undo the rest.",
    undone="Its changes are undone, except those that `issues` lists.",
)
graph_enum(
    SyncRunType,
    "What rows of a sync run are about.",
    person="People, by `peopleUpsert`.",
    organization="Units, by `organizationsUpsert`.",
    team="Teams, by `teamsUpsert`.",
    goal="Goals, by `goalsUpsert`.",
)


@part(SYNC_RUN_COUNTS)
class SyncRunCounts:
    """How many rows of one type had which outcome. A row that is sent twice counts twice."""

    type: SyncRunType = value("What the rows are about.")
    created: int = value("Rows that created an object.")
    updated: int = value("Rows that changed an object.")
    unchanged: int = value("Rows that were equal to what is stored, or older than it.")
    deferred: int = value("Rows that were stored, and wait for an object that they refer to.")
    rejected: int = value("Rows that were refused.")


@part(SYNC_RUN_ISSUE)
class SyncRunIssue:
    """What was wrong with a row when it was sent last, or with the run.

    After `syncRunUndo` also what was left as it is. It holds no values of the row. The message was
    in `errors` of the upsert.
    """

    type: SyncRunType | None = value(
        "What the row is about. Null for what is wrong with the run: MASS_CHANGE_BLOCKED."
    )
    external_id: str | None = value(
        "The id of the object in the source. Null when the row had none, and for the run."
    )
    code: str = value(
        "The code of the error, as in `errors` of the upsert. For what was not undone, it is that"
        " of a `SyncRunUndoConflict`."
    )
    field: str | None = value(
        "The field of the row, such as `manager.id`. Null for the row as a whole."
    )


@node(
    SYNC_RUN,
    where=("id", "source", "kind", "status", "created_at"),
    order_by=("created_at", "updated_at"),
)
class SyncRun:
    """The rows that another system sends as one import, and their outcomes."""

    source: str = value("The other system.")
    kind: SyncRunKind = value("Whether it has all people of its source, or a part of them.")
    types: list[SyncRunType] = value("The types of objects that its rows are about.")
    status: SyncRunStatus = value("The state.")
    started_by: "Member | None" = one(
        "The account that started it, of a person or a service client. Null when the viewer may not"
        " see it."
    )
    last_day: date | None = value(
        "The last day for people without a row. Null while the run is OPEN, and for a run that"
        " ends nobody."
    )
    ended_count: int = value("The number of employments that the run has ended.")
    finished_at: datetime | None = value(
        "When it was finished. Null for a run that was not, or not yet."
    )
    undoable_until: datetime | None = value(
        "Until when `syncRunUndo` can undo it: 30 days after its start. Null for a run of an"
        " earlier release, which cannot be undone."
    )
    counts: list[SyncRunCounts] = list_of("The outcomes of its rows by type.")
    issues: list[SyncRunIssue] = list_of(
        "What was wrong: the first 200 errors of its rows, why the run is blocked, and what was not"
        " undone. They are deleted after 30 days."
    )
    missing_people: Connection[Person] = many(
        "The people without a row, whose employments end when a BLOCKED run is approved. Empty for"
        " other runs."
    )
    ended_people: Connection[Person] = many(
        "The people whose employment the run ended. `issues` has those whose departure was"
        " refused. The list is deleted after 30 days, unless the run is blocked."
    )


@input_type(one_of=True)
class SyncRunBy:
    """Identifies a sync run by exactly one of these."""

    id: UUID | None = input_field("The sync run's id.")


@queries(ROOT)
class SyncRunQueries:
    """Root fields of sync runs."""

    sync_run: SyncRun | None = look_up(
        "A sync run. Null when there is none, or when the viewer may not see it.",
        "SyncRunBy",
        "How the sync run is identified.",
    )
    sync_runs: Connection[SyncRun] = many(
        "The sync runs of the tenant, the newest first, if the viewer may manage people and"
        " employments in the whole tenant."
    )


@input_type()
class SyncRunStartInput:
    """Input of `syncRunStart`."""

    source: Annotated[str, SOURCE] = input_field("The other system.")
    kind: SyncRunKind = input_field(
        "Use FULL only when the rows have everybody who works according to the source: the"
        " employments of people without a row are ended."
    )
    types: list[SyncRunType] | None = input_field(
        "The types of objects that its rows are about. Default: all types.",
        max_items=len(ALL_TYPES),
    )


@mutation(SyncRun)
async def sync_run_start(work: Work, input: SyncRunStartInput) -> sync_runs.SyncRun:
    """Start a sync run. Finish it within 24 hours; otherwise it is ABANDONED."""
    types = ALL_TYPES if input.types is None else input.types
    return await sync_runs.start(work, input.source, input.kind, types)


sync_run_finish = verb(
    SyncRun,
    sync_runs.SyncRun.FINISH,
    "Finish a sync run that you started. A FULL run of people ends the employments of the people"
    " of its source who have no row in it. If they are more than `maxEndedPercent` or more than"
    " 250, it ends nobody and is BLOCKED until `syncRunApprove`.",
    use_case=sync_runs.finish,
    left_on=input_field(
        "The last day for people without a row. Required for a FULL run of people, ignored for"
        " other runs.",
        graph_name="lastDay",
        is_period_end=True,
    ),
    max_ended_percent=input_field(
        "The highest percentage of the people of the source whose employments the run may end. It"
        " never ends more than 250. Default: 5."
    ),
)
sync_run_approve = verb(
    SyncRun,
    sync_runs.SyncRun.APPROVE,
    "End the employments of the people without a row in a BLOCKED run, at most 250 at once: repeat"
    " the mutation until the run is FINISHED. Service clients may not approve.",
    use_case=sync_runs.approve,
)
