"""Aggregates that are loaded to be read only, and found again by a use case."""

import pytest

from domain.goals import Goal
from domain.kernel.identity import TenantId
from tests.conftest import OpenWork, SaveAggregates
from tests.factories.actors import an_actor, an_admin
from tests.factories.goals import a_goal
from tests.factories.people import a_person

pytestmark = pytest.mark.anyio


async def test_what_was_only_read_is_written_once_a_use_case_finds_it(
    keep: SaveAggregates, work: OpenWork, tenant_id: TenantId
) -> None:
    """Many may be loaded that nobody changes; a later query for one lets it be changed."""
    mara = a_person(tenant_id)
    got, found = a_goal(mara), a_goal(mara, title="Old title")
    await keep(mara, got, found)

    async with work(an_actor(tenant_id, mara)) as open:
        await open.load_all(Goal, [got.id, found.id], keeps_state=True)
        (await open.get(Goal, got.id, to=Goal.EDIT)).title = "New title"
        other = await open.find(Goal, title="Old title")
        assert other is not None
        other.title = "Another title"

    async with work(an_admin(tenant_id)) as open:
        stored = await open.load_all(Goal, [got.id, found.id])
    assert [each.title for each in stored] == ["New title", "Another title"]
