"""The use case of a check-in: about today or a day in the past, new or instead of another one."""

from collections.abc import Collection
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from domain.goals.check_ins import REASON, CheckIn, Placement
from domain.goals.model import Goal
from domain.kernel.errors import Code, Invalid, NotPermitted
from domain.kernel.fields import check_required
from domain.kernel.unit_of_work import Work
from domain.tenants import Tenant


async def check_in(
    work: Work,
    id: UUID,
    *,
    values: Collection[tuple[UUID, Decimal]],
    effective_on: date | None = None,
    corrects_id: UUID | None = None,
    reason: str | None = None,
    expected_version: int | None = None,
    **report: Any,
) -> CheckIn:
    """Check in on a goal, by default about today, or about the day of the corrected check-in.

    `values` are key results with their new values.
    Raises what `Work.get` raises, Invalid, and NotPermitted for an actor who is no person.
    """
    goal = await work.get(Goal, id, to=Goal.CHECK_IN, expected_version=expected_version)
    author_id = work.actor.person_id
    if author_id is None:
        raise NotPermitted("Only a person can check in. Sign in as one.")
    others: Collection[CheckIn] = goal.check_ins
    day = effective_on or work.actor.today
    if corrects_id or any(each.effective_on > day for each in others):
        others = await work.list_parts(CheckIn, goal_id=goal.id)
    corrects = _find_corrected(others, corrects_id, reason)
    if corrects and effective_on is None:
        day = corrects.effective_on
    if corrects is None or corrects.effective_on != day:
        _require_started(goal, day, work.actor.today)
    await _require_day(work, day)
    placement = Placement(effective_on=day, others=others, corrects=corrects, reason=reason)
    reported = _map_by_key_result(values)
    return goal.check_in(author_id, values=reported, at=work.now, placement=placement, **report)


def _map_by_key_result(values: Collection[tuple[UUID, Decimal]]) -> dict[UUID, Decimal]:
    by_key_result = dict(values)
    if len(by_key_result) != len(values):
        message = "A key result has two values. Give each one value."
        raise Invalid(message, "values", code=Code.NOT_UNIQUE)
    return by_key_result


def _find_corrected(
    check_ins: Collection[CheckIn], id: UUID | None, reason: str | None
) -> CheckIn | None:
    """Return the check-in to correct, or None. Raises Invalid."""
    if id is None:
        if REASON.check(reason, "reason") is not None:
            message = "A reason is only for corrections. Name a check-in in `corrects`, or omit it."
            raise Invalid(message, "reason")
        return None
    found = next((each for each in check_ins if each.id == id), None)
    if found is None:
        raise Invalid(
            "The goal has no such check-in. Look at its check-ins again.",
            "corrects",
            code=Code.REFERENCE_NOT_FOUND,
        )
    if any(each.corrects_id == id for each in check_ins):
        message = "This check-in is corrected already. Correct the one that replaces it."
        raise Invalid(message, "corrects")
    check_required(REASON, reason, "reason")
    return found


def _require_started(goal: Goal, day: date, today: date) -> None:
    """Refuse a past day before the goal started. Today is allowed: an active goal is worked on.

    Raises Invalid.
    """
    if day < min(goal.starts_on, today):
        message = f"The goal starts on {goal.starts_on}. Choose that day or a later one."
        raise Invalid(message, "effectiveOn", code=Code.OUT_OF_RANGE)


async def _require_day(work: Work, day: date) -> None:
    """Refuse a day in the future, and one before those that the tenant allows. Raises Invalid."""
    today = work.actor.today
    if day > today:
        message = "A check-in is about today or an earlier day. Choose one of these."
        raise Invalid(message, "effectiveOn", code=Code.OUT_OF_RANGE)
    if day == today:
        return
    tenant = await work.find(Tenant, id=UUID(str(work.actor.tenant_id)))
    days = tenant.check_in_backdating_days if tenant else 0
    if (today - day).days > days:
        earliest = today - timedelta(days=days)
        raise Invalid(
            f"The check-in is about {day}, and the settings of the tenant allow {earliest} and"
            " later days. Choose one of these, or ask an admin to raise `checkInBackdatingDays`.",
            "effectiveOn",
            code=Code.OUT_OF_RANGE,
        )
