"""Use cases of retention policies: setting one, and what it would remove."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from domain.kernel.unit_of_work import Work
from domain.retention.model import DAYS, RetentionKind, RetentionPolicy

LEAVERS, FEEDBACK, SURVEY_COMMENTS = RetentionKind
DUE_BY_DAY: Mapping[RetentionKind, str] = {each: f"due by day: {each}" for each in RetentionKind}
DUE_IDS: Mapping[RetentionKind, str] = {each: f"due ids: {each}" for each in RetentionKind}
"""Declared statements. Each takes the number of days and the last day; ids also a maximum."""

PREVIEW_DAYS = 30


@dataclass(frozen=True)
class DueDay:
    """How many objects a policy removes on a day; what is due already counts for today."""

    day: date
    count: int


async def set_policy(work: Work, kind: RetentionKind, days: int | None) -> RetentionPolicy:
    """Keep data of a kind for so many days; None means for ever. Raises NotPermitted and Invalid.

    The daily task applies it. To set the same days again changes nothing.
    """
    policy = RetentionPolicy(tenant_id=work.actor.tenant_id, data_kind=kind)
    await work.require(policy, to=RetentionPolicy.CREATE)
    days = _check(days)
    await work.lock_value(RetentionPolicy.NAME, kind)
    found = await work.find(RetentionPolicy, data_kind=kind)
    if found is None:
        policy.days = days
        policy.record_event("set")
        await work.add(policy, to=RetentionPolicy.CREATE)
        return policy
    found.set_days(days)
    return found


async def preview(work: Work, kind: RetentionKind, days: int | None) -> list[DueDay]:
    """Return what a policy would remove today and in the next days. It changes nothing.

    Raises NotPermitted and Invalid.
    """
    policy = RetentionPolicy(tenant_id=work.actor.tenant_id, data_kind=kind)
    await work.require(policy, to=RetentionPolicy.CREATE)
    if _check(days) is None:
        return []
    today = work.actor.today
    until = today + timedelta(days=PREVIEW_DAYS)
    rows = await work.run_statement(DUE_BY_DAY[kind], days=days, until=until)
    counts = dict[date, int]()
    for day, count in rows:
        counts[max(day, today)] = counts.get(max(day, today), 0) + count
    return [DueDay(day, counts[day]) for day in sorted(counts)]


def _check(days: int | None) -> int | None:
    return None if days is None else DAYS.check(days, "days")
