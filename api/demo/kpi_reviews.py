"""The reviews of a scorecard in the demo: their schedule, and one that was held."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from api.demo.people import Employee
from api.demo.simulation import Simulation
from domain import action_items, kpi_reviews
from domain.kpi_reviews import KpiReviewSubject, KpiReviewSubjectKind

DAYS_AFTER_REPORT = timedelta(days=3)
RULE = "FREQ=MONTHLY;BYMONTHDAY=10"
NOTE = "The first review. Absence is as it was last year."
DECISIONS = ("Keep the target of on-time delivery.", "Look at the cost per parcel of each route.")
TODO = "Bring the cost per parcel of the five longest routes"


class Reviews:
    """The reviews of a scorecard by HR, who asks a manager for one action."""

    def __init__(self, simulation: Simulation, scorecard_id: UUID, helper: Employee) -> None:
        self.simulation, self.work = simulation, simulation.work
        self.subject = KpiReviewSubject(KpiReviewSubjectKind.SCORECARD, scorecard_id)
        self.helper = helper
        self.schedule_id: UUID

    def plan(self, reports: Sequence[date]) -> None:
        """Plan the schedule after the last report but two, and a review after the next one."""
        begins_on, held_on = (each + DAYS_AFTER_REPORT for each in reports[-3:-1])
        self.simulation.schedule(begins_on, self.simulation.hr, self._begin)
        self.simulation.schedule(held_on, self.simulation.hr, self._hold)

    async def _begin(self) -> None:
        made = await kpi_reviews.create_schedule(
            self.work, self.subject, rule=RULE, participant_ids={self.helper.id}
        )
        self.schedule_id = made.id
        await self.work.flush()

    async def _hold(self) -> None:
        held = await kpi_reviews.hold(self.work, self.schedule_id, note=NOTE, decisions=DECISIONS)
        await self.work.flush()
        await action_items.create(self.work, title=TODO, owner_id=self.helper.id, review_id=held.id)
        await self.work.flush()
