"""The graph types of a KPI review that was held."""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from api.kernel.schema.declarations import (
    Connection,
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
from api.kernel.schema.subscriptions import change_subscription
from api.kpi_reviews.schedule import KpiReviewSchedule
from domain.kpi_reviews import MAX_DECISIONS
from domain.kpis import KpiTargetStatus
from domain.scorecards import MAX_ENTRIES
from persistence.kpi_reviews import KPI_REVIEW, KPI_REVIEW_DECISION, KPI_REVIEW_ENTRY
from persistence.reading.read_model import ROOT

if TYPE_CHECKING:
    from api.action_items import ActionItem
    from api.kpis import Kpi
    from api.people import Person

figure = value
"""The attribute `value` hides the function of that name in a class."""


@part(KPI_REVIEW_DECISION)
class KpiReviewDecision:
    """What was decided in a review."""

    position: int = value("The place of the decision, from 0.")
    text: str = value("The decision.")


@part(KPI_REVIEW_ENTRY)
class KpiReviewEntry:
    """What was known of a KPI in a review: its newest period, and the target. It never changes."""

    position: int = figure(
        "The place of the entry, from 0. Places of entries that the viewer may not see are left"
        " out."
    )
    kpi: "Kpi | None" = one("The KPI. Never null.")
    status: KpiTargetStatus = figure(
        "How the value compared with the target. SUPPRESSED also when one of the values that were"
        " compared was suppressed after the review."
    )
    period: str | None = figure(
        "The label of the period, such as `2026-03`. Null when nothing was measured yet."
    )
    starts_on: date | None = figure("The first day of the period. Null when there was none.")
    last_day: date | None = figure("The last day of the period. Null when there was none.")
    is_provisional: bool = figure("Whether the period was not over yet.")
    value: Decimal | None = figure("The value. Null when there was none, or it is suppressed.")
    compared_value: Decimal | None = figure(
        "The value that was compared: for a target of a fiscal year the sum of the year so far."
        " Null when there was none, or it is suppressed."
    )
    target_value: Decimal | None = figure(
        "The target, or the lower end of a range. Null when there was none."
    )
    target_upper_value: Decimal | None = figure("The upper end of a range. Null for other targets.")
    is_restated: bool = figure(
        "Whether the value of this period was corrected or withdrawn after the review."
    )


@node(
    KPI_REVIEW,
    where=("id", "held_on", "due_on", "note", "created_at", "schedule", "held_by"),
    order_by=("held_on", "due_on", "created_at"),
)
class KpiReview:
    """A review that was held: what was looked at, and what was decided. It never changes.

    Two people may see different entries of it: each sees those whose KPI they may see.
    """

    schedule: KpiReviewSchedule | None = one("The schedule that asked for it. Never null.")
    held_on: date = value("The day on which it was held.")
    due_on: date = value("The day by which it was due.")
    held_by: "Person | None" = one(
        "Who held it. Null when it was no person, or the viewer may not see them."
    )
    note: str | None = value("A note on the review. Null when nothing was entered.")
    entries: list[KpiReviewEntry] = list_of(
        "The KPIs as the one who held the review saw them on that day, in the order of the"
        f" scorecard; {MAX_ENTRIES} at most. Those that the viewer may not see are left out.",
        usual_size=10,
    )
    decisions: list[KpiReviewDecision] = list_of(
        f"What was decided; {MAX_DECISIONS} at most.", usual_size=3
    )
    action_items: Connection["ActionItem"] = many(
        "Action items that came out of the review, and that the viewer may see.", usual_size=3
    )


@input_type(one_of=True)
class KpiReviewBy:
    """Identifies a KPI review by exactly one of these."""

    id: UUID | None = input_field("The review's id.")


@queries(ROOT)
class KpiReviewQueries:
    """Root fields of KPI reviews."""

    kpi_review: KpiReview | None = look_up(
        "A KPI review. Null when there is none, or when the viewer may not see it.",
        "KpiReviewBy",
        "How the review is identified.",
    )
    kpi_reviews: Connection[KpiReview] = many(
        "All KPI reviews that the viewer may see, the last one first."
    )


kpi_review_changed = change_subscription(KpiReview)
