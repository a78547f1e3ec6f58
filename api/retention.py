"""Retention policies in the graph: for how long data is kept."""

from datetime import date
from typing import Annotated

import strawberry

from api.kernel.schema.declarations import (
    TYPES,
    Connection,
    graph_enum,
    many,
    node,
    queries,
    value,
)
from api.kernel.schema.inputs import input_field, input_type
from api.kernel.schema.mutations import Computed, mutation
from domain import retention
from domain.kernel.unit_of_work import Work
from domain.retention import RetentionKind
from domain.retention.model import DAYS
from persistence.reading.read_model import ROOT
from persistence.retention import RETENTION_POLICY

graph_enum(
    RetentionKind,
    "What a retention policy removes.",
    leavers="People who have left are erased, as by `personErase`. Days count from the last day.",
    feedback="Feedback is deleted. Days count from the day on which it was given.",
    survey_comments="Comments of surveys are deleted. Days count from the last day to respond.",
)


@node(RETENTION_POLICY, where=("id", "data_kind"), order_by=("data_kind",))
class RetentionPolicy:
    """Sets for how many days data of a kind is kept. A daily task removes what is older."""

    data_kind: RetentionKind = value("What it removes.")
    days: int | None = value("For how many days it is kept. Null means for ever.")


@queries(ROOT)
class RetentionQueries:
    """Root fields of retention policies."""

    retention_policies: Connection[RetentionPolicy] = many(
        "The retention policies, at most one of each kind. Data without a policy is kept for ever."
        " Empty when the viewer may not set them."
    )


@strawberry.type(description="How much a retention policy would remove on a day.")
class RetentionDay:
    """A day of a preview."""

    day: date = strawberry.field(description="The day. What is overdue counts for today.")
    count: int = strawberry.field(
        description="The number of people, or of feedback, or of comments."
    )


@strawberry.type(description="What a retention policy would remove.")
class RetentionPreview:
    """The result of a dry run."""

    days: list[RetentionDay] = strawberry.field(
        description="Today and the next 30 days, without those on which nothing is removed. People"
        " with a legal hold, and feedback by or about them, are not counted."
    )


TYPES["RetentionPreview"] = RetentionPreview


@input_type()
class RetentionPolicySetInput:
    """Input of `retentionPolicySet`."""

    data_kind: RetentionKind = input_field("What is removed.")
    days: Annotated[int | None, DAYS] = input_field(
        "For how many days it is kept. Null, or left out: for ever."
    )
    dry_run: bool | None = input_field(
        "Whether to return what would be removed, and to store nothing. Default: false."
    )


@mutation(RetentionPolicy, computes={"preview": RetentionPreview})
async def retention_policy_set(work: Work, input: RetentionPolicySetInput) -> Computed:
    """Set for how long data of a kind is kept.

    A daily task removes older data for good, except what a legal hold keeps. Make a dry run first.
    It stores nothing: its payload has a `preview` and no `retentionPolicy`.
    """
    days = [
        RetentionDay(day=each.day, count=each.count)
        for each in await retention.preview(work, input.data_kind, input.days)
    ]
    policy = None
    if not input.dry_run:
        policy = await retention.set_policy(work, input.data_kind, input.days)
    return Computed(policy.id if policy else None, RetentionPreview(days=days))
