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
    "What the rows of a sync run are.",
    full="All people who work, according to the source. Those without a row have left.",
    delta="What has changed, or a part of the people. Nobody is missing.",
)
graph_enum(
    SyncRunStatus,
    "What became of a sync run.",
    open="It takes rows.",
    finished="It is done.",
    blocked="More people are missing than it may end. It waits for `syncRunApprove`.",
    abandoned="Nobody finished it within a day. It ended nobody.",
)
graph_enum(
    SyncRunType,
    "What rows of a sync run are about.",
    person="People, by `peopleUpsert`.",
    organization="Units, by `organizationsUpsert`.",
    team="Teams, by `teamsUpsert`.",
)


@part(SYNC_RUN_COUNTS)
class SyncRunCounts:
    """How many rows of one type had which outcome. A row that is sent twice counts twice."""

    type: SyncRunType = value("What the rows are about.")
    created: int = value("Rows that created an object.")
    updated: int = value("Rows that changed one.")
    unchanged: int = value("Rows with what was stored already.")
    deferred: int = value("Rows that were stored, and wait for an object that they refer to.")
    rejected: int = value("Rows that were refused.")


@part(SYNC_RUN_ISSUE)
class SyncRunIssue:
    """What was wrong with a row when it was sent last, or with the run.

    It has no values of the row. The answer to the row had the message.
    """

    type: SyncRunType | None = value(
        "What the row is about. Null for what is wrong with the run: MASS_CHANGE_BLOCKED."
    )
    external_id: str | None = value(
        "The id of the object in the source. Null when the row had none, and for the run."
    )
    code: str = value("The code of the error, as in `errors` of the answer.")
    field: str | None = value(
        "The field of the row, such as `manager.id`. Null for the row as a whole."
    )


@node(
    SYNC_RUN,
    where=("id", "source", "kind", "status", "created_at"),
    order_by=("created_at", "updated_at"),
)
class SyncRun:
    """Rows that another system sends together."""

    source: str = value("The other system.")
    kind: SyncRunKind = value("What its rows are.")
    types: list[SyncRunType] = value("What its rows are about.")
    status: SyncRunStatus = value("What became of it.")
    started_by: "Member | None" = one(
        "The account that started it, of a person or a service client. Null when the viewer may not"
        " see it."
    )
    last_day: date | None = value(
        "The last day of those who are missing. Null before the end, and where nobody can be."
    )
    ended_count: int = value("How many employments it has ended.")
    finished_at: datetime | None = value("When it was finished. Null before.")
    counts: list[SyncRunCounts] = list_of("The outcomes of its rows by type.")
    issues: list[SyncRunIssue] = list_of(
        "What was wrong: the first 200 faults of its rows, and why it is blocked. They are deleted"
        " after 30 days."
    )
    missing_people: Connection[Person] = many(
        "Of a blocked run, those without a row, whose employments wait for the approval. Empty"
        " otherwise."
    )
    ended_people: Connection[Person] = many(
        "Those whose employment the run ended. `issues` has those whose departure was refused. The"
        " list is deleted after 30 days, unless the run is blocked."
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
        "FULL only where the rows have everybody who works according to the source."
    )
    types: list[SyncRunType] | None = input_field(
        "What its rows are about. Default: all types.", max_items=len(ALL_TYPES)
    )


@mutation(SyncRun)
async def sync_run_start(work: Work, input: SyncRunStartInput) -> sync_runs.SyncRun:
    """Start a sync run. Finish it within a day, or it is abandoned."""
    types = ALL_TYPES if input.types is None else input.types
    return await sync_runs.start(work, input.source, input.kind, types)


sync_run_finish = verb(
    SyncRun,
    sync_runs.SyncRun.FINISH,
    "Finish a sync run that one started. A FULL one ends the employments of the people of its"
    " source who have no row in it. If they are too many, it ends nobody and is BLOCKED.",
    use_case=sync_runs.finish,
    left_on=input_field(
        "The last day of those who are missing. Required for a FULL run of people, ignored for"
        " others.",
        graph_name="lastDay",
        is_period_end=True,
    ),
    max_ended_percent=input_field(
        "How many of the people of the source it may end, in percent. It never ends more than 250."
        " Default: 5."
    ),
)
sync_run_approve = verb(
    SyncRun,
    sync_runs.SyncRun.APPROVE,
    "End the employments of those who are missing in a BLOCKED run, at most 250 at once: send it"
    " again until the run is FINISHED. Only a person may, no service client.",
    use_case=sync_runs.approve,
)
