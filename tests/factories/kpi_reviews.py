"""KPI reviews for tests."""

from datetime import date

from domain.kernel.identity import PersonId
from domain.kpi_reviews import KpiReview, KpiReviewSchedule, KpiReviewSubjectKind
from domain.kpis import Kpi
from domain.people import Person
from domain.scorecards import Scorecard
from domain.working_days import WorkingDays

TODAY = date(2026, 6, 15)


def a_review_schedule(
    subject: Kpi | Scorecard, owner: Person, *participants: Person
) -> KpiReviewSchedule:
    """Build the schedule of a review on the 20th of each month."""
    schedule = KpiReviewSchedule(
        tenant_id=subject.tenant_id,
        subject_kind=KpiReviewSubjectKind(subject.NAME),
        kpi_id=subject.id if isinstance(subject, Kpi) else None,
        scorecard_id=subject.id if isinstance(subject, Scorecard) else None,
        owner_id=PersonId(owner.id),
        rule="FREQ=MONTHLY;BYMONTHDAY=20",
        starts_on=TODAY,
        participant_ids={PersonId(each.id) for each in participants},
    )
    schedule.plan(TODAY, WorkingDays())
    return schedule


def a_review(schedule: KpiReviewSchedule, holder: Person) -> KpiReview:
    """Build a review with one decision and without entries."""
    review = KpiReview.create(
        schedule.tenant_id,
        schedule,
        date(2026, 5, 20),
        date(2026, 5, 21),
        PersonId(holder.id),
        decisions=["Ask the depots."],
    )
    review.events.clear()
    return review
