"""Use cases of action items: changes that name a person, a KPI or a goal."""

from datetime import date
from typing import Any
from uuid import UUID

from domain.action_items.model import ActionItem
from domain.alerts import Alert
from domain.goals import Goal
from domain.kernel.aggregate import set_attributes
from domain.kernel.errors import Invalid
from domain.kernel.faults import FaultCollector
from domain.kernel.fields import new_values
from domain.kernel.identity import PersonId
from domain.kernel.unit_of_work import Work
from domain.kpi_reviews import KpiReview
from domain.kpis import Kpi
from domain.kpis.references import reference_owner
from domain.working_days import add_working_days, find_working_days

USUAL_WORKING_DAYS = 5


async def create(
    work: Work,
    *,
    owner_id: UUID | None = None,
    kpi_id: UUID | None = None,
    goal_id: UUID | None = None,
    alert_id: UUID | None = None,
    review_id: UUID | None = None,
    due_on: date | None = None,
    **details: Any,
) -> ActionItem:
    """Ask a person to do something, by default the actor. Raises Invalid and NotPermitted.

    Without a due day, the owner gets `USUAL_WORKING_DAYS`.
    """
    actor_id = work.actor.person_id
    await reference_owner(work, owner_id)
    due_on = due_on or await _choose_due_day(work, owner_id or actor_id)
    item = ActionItem(
        tenant_id=work.actor.tenant_id,
        title="",
        owner_id=PersonId(owner_id or actor_id or UUID(int=0)),
        creator_id=actor_id,
        due_on=due_on,
        kpi_id=kpi_id,
        goal_id=goal_id,
        alert_id=alert_id,
        review_id=review_id,
    )
    await work.require(item, to=ActionItem.CREATE)
    faults = FaultCollector()
    with faults.collect():
        await _check_subjects_and_due_day(work, item)
    with faults.collect():
        set_attributes(item, new_values(ActionItem, details | {"due_on": due_on}))
    faults.raise_all()
    item.record_event("created")
    await work.add(item, to=ActionItem.CREATE)
    return item


async def _check_subjects_and_due_day(work: Work, item: ActionItem) -> None:
    """Check what an action item is about, and by when. Raises Invalid with all faults."""
    faults = FaultCollector()
    with faults.collect():
        await work.reference(Kpi, item.kpi_id, "kpiId")
    with faults.collect():
        await work.reference(Goal, item.goal_id, "goalId")
    with faults.collect():
        await work.reference(KpiReview, item.review_id, "reviewId")
    with faults.collect():
        await _adopt_kpi(work, item)
    with faults.collect():
        if item.due_on < work.actor.today:
            raise Invalid("The due day is in the past. Choose today or a later day.", "dueOn")
    faults.raise_all()


async def _adopt_kpi(work: Work, item: ActionItem) -> None:
    """Let an action item be about the KPI of its alert. Raises Invalid."""
    alert = await work.reference(Alert, item.alert_id, "alertId")
    if alert is None:
        return
    if item.kpi_id not in (None, alert.kpi_id):
        message = "The alert is about another KPI. Leave the KPI out, or name that of the alert."
        raise Invalid(message, "kpiId")
    item.kpi_id = alert.kpi_id


async def edit(
    work: Work, id: UUID, *, expected_version: int | None = None, **details: Any
) -> ActionItem:
    """Change an open action item. Raises what `Work.get` raises, and Invalid."""
    item = await work.get(ActionItem, id, to=ActionItem.EDIT, expected_version=expected_version)
    owner_id = details.get("owner_id", item.owner_id)
    await reference_owner(work, owner_id if owner_id != item.owner_id else None)
    item.edit(**details)
    return item


async def _choose_due_day(work: Work, owner_id: UUID | None) -> date:
    """Return the due day of a person where none is given."""
    working_days = await find_working_days(work, owner_id)
    return add_working_days(work.actor.today, USUAL_WORKING_DAYS, working_days)
