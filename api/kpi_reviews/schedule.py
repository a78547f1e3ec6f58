"""The graph type of a schedule of KPI reviews."""

from datetime import date
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from api.kernel.schema.declarations import (
    Connection,
    graph_enum,
    look_up,
    many,
    node,
    one,
    queries,
    value,
)
from api.kernel.schema.inputs import input_field, input_type
from api.kernel.schema.subscriptions import change_subscription
from domain.kpi_reviews import KpiReviewScheduleStatus, KpiReviewSubjectKind
from persistence.kpi_reviews import KPI_REVIEW_SCHEDULE
from persistence.reading.read_model import ROOT

if TYPE_CHECKING:
    from api.kpi_reviews.review import KpiReview
    from api.kpis import Kpi
    from api.people import Person
    from api.scorecards import Scorecard

graph_enum(
    KpiReviewScheduleStatus,
    "Whether there will be further reviews.",
    active="There will be further ones, unless the rule has no further day.",
    ended="There will be none.",
)
graph_enum(
    KpiReviewSubjectKind,
    "The type of what is reviewed.",
    kpi="A `Kpi`.",
    scorecard="A `Scorecard`, with all its KPIs.",
)

KpiReviewSubject = Annotated[
    "Kpi | Scorecard",
    strawberry.union("KpiReviewSubject", description="What is reviewed: a KPI or a scorecard."),
]


@node(
    KPI_REVIEW_SCHEDULE,
    where=(
        "id",
        "subject_kind",
        "starts_on",
        "due_on",
        "last_held_on",
        "status",
        "created_at",
        "updated_at",
        "subject",
        "owner",
    ),
    order_by=("starts_on", "due_on", "status", "created_at", "updated_at"),
)
class KpiReviewSchedule:
    """The days on which a KPI or a scorecard is reviewed, and who does it.

    It is seen by those who see what is reviewed, by its owner and its participants.
    """

    subject_kind: KpiReviewSubjectKind = value("The type of what is reviewed.")
    subject: KpiReviewSubject | None = one("What is reviewed. Null when the viewer may not see it.")
    owner: "Person | None" = one(
        "The person who holds the reviews. Null when the viewer may not see them."
    )
    participants: Connection["Person"] = many("The people who take part.", usual_size=3)
    rule: str = value(
        "The rule by which the days recur, as RFC 5545 writes it: `FREQ=MONTHLY;BYDAY=1MO` is the"
        " first Monday of each month."
    )
    starts_on: date = value("The first day from which the rule counts.")
    recurs_on: date | None = value(
        "The day of the rule for which no review was held yet. Null when there is no further one."
    )
    due_on: date | None = value(
        "The day by which the next review should be held: the day of the rule, or the next working"
        " day of its owner. A day in the past means that it is overdue. Null when there is none."
    )
    last_held_on: date | None = value("The day of the last review. Null before the first one.")
    status: KpiReviewScheduleStatus = value("Whether there will be further reviews.")
    reviews: Connection["KpiReview"] = many("The reviews that were held, the last one first.")


@input_type(one_of=True)
class KpiReviewScheduleBy:
    """Identifies a schedule of KPI reviews by exactly one of these."""

    id: UUID | None = input_field("The schedule's id.")


@queries(ROOT)
class KpiReviewScheduleQueries:
    """Root fields of schedules of KPI reviews."""

    kpi_review_schedule: KpiReviewSchedule | None = look_up(
        "A schedule of KPI reviews. Null when there is none, or when the viewer may not see it.",
        "KpiReviewScheduleBy",
        "How the schedule is identified.",
    )
    kpi_review_schedules: Connection[KpiReviewSchedule] = many(
        "All schedules of KPI reviews that the viewer may see."
    )


kpi_review_schedule_changed = change_subscription(KpiReviewSchedule)
