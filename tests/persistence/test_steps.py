"""Steps of a unit of work: what is undone, what is kept, and what a write compares."""

from random import Random
from typing import Any

import pytest

from domain.goals import Goal
from domain.kernel.identity import TenantId
from persistence.kernel.mapping.state import EntityState, capture_state
from persistence.unit_of_work import tracked
from tests.conftest import OpenWork, SaveAggregates
from tests.factories.actors import an_actor, an_admin
from tests.factories.goals import a_goal
from tests.factories.people import a_person

pytestmark = pytest.mark.anyio

KINDS = ["keep", "keep", "undo"]
LIST_TITLES = "SELECT title FROM goals WHERE tenant_id = $1 ORDER BY id"


@pytest.mark.parametrize("seed", range(12))
async def test_only_what_is_not_undone_is_stored(
    keep: SaveAggregates, work: OpenWork, tenant_id: TenantId, seed: int
) -> None:
    """Any order of changes, writes and undone steps, against a list of titles."""
    random, mara = Random(seed), a_person(tenant_id)
    goals = sorted((a_goal(mara, "0") for _ in range(4)), key=lambda each: each.id)
    await keep(mara, *goals)
    titles = first = ["0"] * len(goals)
    async with work(an_actor(tenant_id, mara)) as open:
        for step in range(1, 25):
            before = titles
            open.begin_step()
            for place in random.sample(range(len(goals)), random.choice([0, 1, 2])):
                title = f"{step}"
                goal = await open.get(Goal, goals[place].id, to=Goal.EDIT)
                if random.random() < 0.3:
                    await open.flush()  # what a step uses may change after a write
                goal.edit(title=title)
                titles = [*titles[:place], title, *titles[place + 1 :]]
            if random.random() < 0.5:
                await open.flush()
            match random.choice(KINDS if step % 6 else [*KINDS, "undo all"]):
                case "undo":
                    await open.undo_step()
                    titles = before
                case "undo all":
                    await open.undo_steps_after(0)
                    titles = first
            found = await (await open.get_connection()).fetch(LIST_TITLES, tenant_id)
            assert [row["title"] for row in found] == titles
        open.keep_steps()
        goal = await open.get(Goal, goals[0].id, to=Goal.EDIT)
        goal.edit(title="last")
    async with work(an_admin(tenant_id)) as open:
        found = await (await open.get_connection()).fetch(LIST_TITLES, tenant_id)
    assert [row["title"] for row in found] == ["last", *titles[1:]]


async def test_the_last_steps_compare_no_more_than_the_first(
    keep: SaveAggregates, work: OpenWork, tenant_id: TenantId, monkeypatch: pytest.MonkeyPatch
) -> None:
    mara = a_person(tenant_id)
    goals = [a_goal(mara) for _ in range(20)]
    await keep(mara, *goals)
    compared = list[Any]()

    def capture(entity: Any) -> EntityState:
        compared.append(entity)
        return capture_state(entity)

    monkeypatch.setattr(tracked, "capture_state", capture)
    async with work(an_actor(tenant_id, mara)) as open:
        for each in goals:
            await open.get(Goal, each.id, to=Goal.EDIT)
        for each in goals:
            open.begin_step()
            (await open.get(Goal, each.id, to=Goal.EDIT)).edit(title="new")
            await open.flush()
        assert len(compared) < 5 * len(goals)
        open.keep_steps()
