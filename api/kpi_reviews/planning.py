"""Mutations that plan KPI reviews, and hold one."""

from datetime import date
from typing import Annotated
from uuid import UUID

import strawberry

from api.kernel.schema.inputs import (
    expected_version_field,
    input_field,
    input_type,
    provided_fields,
    today_field,
)
from api.kernel.schema.mutations import mutation
from api.kernel.schema.verbs import verb
from api.kpi_reviews.review import KpiReview
from api.kpi_reviews.schedule import KpiReviewSchedule
from api.recurrences import ABOUT_RULE
from domain import kpi_reviews
from domain.kernel.unit_of_work import Work
from domain.kpi_reviews import (
    DECISION,
    MAX_DECISIONS,
    NOTE,
    RULE,
    KpiReviewSubject,
    KpiReviewSubjectKind,
)


@input_type(one_of=True)
class KpiReviewSubjectInput:
    """What is reviewed: exactly one of these."""

    kpi_id: UUID | None = input_field("The KPI.", id_prefix="kpi")
    scorecard_id: UUID | None = input_field(
        "The scorecard, with all its KPIs.", id_prefix="scorecard"
    )


@input_type()
class KpiReviewScheduleCreateInput:
    """Input of `kpiReviewScheduleCreate`."""

    subject: KpiReviewSubjectInput = input_field("What is reviewed. It never changes.")
    rule: Annotated[str, RULE] = input_field(ABOUT_RULE)
    starts_on: date | None = today_field(
        "The first day from which the rule counts: today or a later day, in the next ten years."
    )
    owner_id: UUID | None = input_field(
        "The person who holds the reviews. Default: the viewer.", id_prefix="person"
    )
    participant_ids: list[UUID] | None = input_field(
        "The people who take part. At most 100. Default: none.", id_prefix="person", max_items=100
    )


@input_type()
class KpiReviewScheduleEditInput:
    """Input of `kpiReviewScheduleEdit`.

    Fields that are left out stay unchanged.
    """

    id: UUID = input_field("Id of the KpiReviewSchedule.", id_prefix="kpischedule")
    rule: strawberry.Maybe[str] = input_field(ABOUT_RULE, rule=RULE)
    starts_on: strawberry.Maybe[date] = input_field(
        "The first day from which the rule counts: today or a later day, in the next ten years."
    )
    owner_id: strawberry.Maybe[UUID] = input_field(
        "The person who holds the reviews.", id_prefix="person"
    )
    participant_ids: strawberry.Maybe[list[UUID]] = input_field(
        "The complete new list of participants. At most 100. Empty removes all.",
        id_prefix="person",
        max_items=100,
    )
    expected_version: int | None = expected_version_field()


@input_type()
class KpiReviewHoldInput:
    """Input of `kpiReviewHold`."""

    schedule_id: UUID = input_field("The schedule.", id_prefix="kpischedule")
    note: Annotated[str | None, NOTE] = input_field("A note on the review. Default: none.")
    decisions: list[str] | None = input_field(
        f"What was decided. {MAX_DECISIONS} decisions at most. Default: none.",
        rule=DECISION,
        max_items=MAX_DECISIONS,
    )


@mutation(KpiReviewSchedule)
async def kpi_review_schedule_create(
    work: Work, input: KpiReviewScheduleCreateInput
) -> kpi_reviews.KpiReviewSchedule:
    """Plan reviews of a KPI or a scorecard. The next one is among the tasks of its owner."""
    return await kpi_reviews.create_schedule(
        work,
        _resolve_subject(input.subject),
        rule=input.rule,
        starts_on=input.starts_on,
        owner_id=input.owner_id,
        participant_ids=input.participant_ids or (),
    )


@mutation(KpiReviewSchedule)
async def kpi_review_schedule_edit(
    work: Work, input: KpiReviewScheduleEditInput
) -> kpi_reviews.KpiReviewSchedule:
    """Change when reviews are held, and by whom. A new rule plans the next day from today on."""
    given = provided_fields(input, "rule", "starts_on", "owner_id", "participant_ids")
    return await kpi_reviews.edit_schedule(
        work, input.id, expected_version=input.expected_version, **given
    )


kpi_review_schedule_end = verb(
    KpiReviewSchedule,
    kpi_reviews.KpiReviewSchedule.END,
    "Plan no further reviews. Those that were held stay.",
)


@mutation(KpiReview)
async def kpi_review_hold(work: Work, input: KpiReviewHoldInput) -> kpi_reviews.KpiReview:
    """Hold the next review today. It keeps the figures that the viewer sees, and the decisions."""
    return await kpi_reviews.hold(
        work,
        input.schedule_id,
        note=input.note,
        decisions=input.decisions or (),
    )


def _resolve_subject(input: KpiReviewSubjectInput) -> KpiReviewSubject:
    if input.kpi_id is not None:
        return KpiReviewSubject(KpiReviewSubjectKind.KPI, input.kpi_id)
    assert input.scorecard_id is not None, "A @oneOf input has one field."
    return KpiReviewSubject(KpiReviewSubjectKind.SCORECARD, input.scorecard_id)
