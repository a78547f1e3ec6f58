"""Backdated changes by several people are journaled to each of them, in one transaction."""

from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from domain.goals import Goal, Visibility
from domain.kernel.identity import TenantId
from persistence.unit_of_work.backdated import backdated_work
from tests.conftest import SaveAggregates
from tests.factories.actors import NOW, an_admin
from tests.factories.goals import a_goal
from tests.factories.people import a_person

YESTERDAY, LAST_WEEK = NOW - timedelta(days=1), NOW - timedelta(days=7)
JOURNAL_SQL = """
SELECT action, actor_id, recorded_at FROM journal
WHERE tenant_id = $1 AND entity = 'goal' ORDER BY id
"""
GOAL_DATES_SQL = (
    "SELECT title, created_at, updated_at FROM goals WHERE tenant_id = $1 ORDER BY title"
)


async def fetch_rows(owner: Any, tenant_id: TenantId, sql: str) -> list[tuple[Any, ...]]:
    async with owner.transaction():
        await owner.execute(f"SET LOCAL app.tenant_id = '{tenant_id}'")
        return [tuple(row) for row in await owner.fetch(sql, tenant_id)]


async def test_each_act_has_its_actor_and_time(
    writing: asyncpg.Pool, keep: SaveAggregates, owner: Any, tenant_id: TenantId
) -> None:
    mara, ben = a_person(tenant_id), a_person(tenant_id, "Ben")
    await keep(mara, ben)
    hers, his = (
        a_goal(mara, "Hers", Visibility.PUBLIC),
        a_goal(ben, "His", Visibility.PUBLIC),
    )

    async with backdated_work(writing, an_admin(tenant_id), now=NOW) as work:
        for goal, person, at in ((hers, mara, LAST_WEEK), (his, ben, YESTERDAY)):
            await work.act_as(an_admin(tenant_id, person), at)
            await work.add(goal, to=Goal.CREATE)
            goal.record_event("drafted")
            work.attribute_change(goal)
        await work.act_as(an_admin(tenant_id, ben), NOW, aggregate_id=hers.id)
        hers.edit(title="Hers, said better")
        work.attribute_change(hers)

    assert await fetch_rows(owner, tenant_id, JOURNAL_SQL) == [
        ("drafted", mara.id, LAST_WEEK),
        ("drafted", ben.id, YESTERDAY),
        ("edited", ben.id, NOW),
    ]
    assert await fetch_rows(owner, tenant_id, GOAL_DATES_SQL) == [
        ("Hers, said better", LAST_WEEK, NOW),
        ("His", YESTERDAY, YESTERDAY),
    ]


async def test_an_interrupted_import_saves_nothing(
    writing: asyncpg.Pool, keep: SaveAggregates, owner: Any, tenant_id: TenantId
) -> None:
    mara = a_person(tenant_id)
    await keep(mara)

    async def broken_off() -> None:
        async with backdated_work(writing, an_admin(tenant_id, mara), now=NOW) as work:
            await work.add(a_goal(mara, "Hers", Visibility.PUBLIC), to=Goal.CREATE)
            await work.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await broken_off()

    assert await fetch_rows(owner, tenant_id, GOAL_DATES_SQL) == []
