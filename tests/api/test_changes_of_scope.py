"""The feed says which types to read again when people, units and teams move, and only then."""

from datetime import timedelta
from typing import Any

import pytest

from domain.goals import Visibility
from domain.kernel.identity import TenantId
from domain.kernel.permissions import Grant, Permission
from domain.teams import TeamRole
from tests.api.mirror import Mirror, read_page, read_snapshot
from tests.api.test_changes import mutate
from tests.api.world import World, a_world
from tests.conftest import SaveAggregates
from tests.factories.actors import NOW
from tests.factories.annotations import an_annotation
from tests.factories.goals import a_goal
from tests.factories.kpis import a_kpi
from tests.factories.members import a_member, a_role
from tests.factories.organizations import an_organization
from tests.factories.people import a_person
from tests.factories.teams import a_team, add_membership

pytestmark = pytest.mark.anyio

BOTH = [["GOAL", "PERSON"]]


@pytest.fixture
async def world(pool: Any, writing: Any, keep: SaveAggregates, tenant_id: TenantId) -> World:
    return await a_world(pool, writing, keep, tenant_id)


class Company:
    """Two units below a head office: HR of one, a lead, a colleague, and somebody who moves."""

    def __init__(self, tenant_id: TenantId) -> None:
        self.head = an_organization(tenant_id)
        self.north = an_organization(tenant_id, "N", self.head, "North")
        self.south = an_organization(tenant_id, "S", self.head, "South")
        self.people = {
            "hr": a_person(tenant_id, "Hana", organization=self.head),
            "lead": a_person(tenant_id, "Lena", organization=self.south),
            "colleague": a_person(tenant_id, "Colin", organization=self.north),
            "mover": a_person(tenant_id, "Milo", organization=self.south),
        }
        self.team = a_team(self.south)
        add_membership(self.people["lead"], self.team, TeamRole.LEAD)
        grants = (Grant(Permission.GOALS_MANAGE), Grant(Permission.DIRECTORY_READ))
        self.hr_role = a_role(tenant_id, "hr_of_unit", *grants)
        self.reader = a_role(tenant_id, "reader", Grant(Permission.DIRECTORY_READ))
        mover = self.people["mover"]
        self.goals = [
            a_goal(mover, "Ours", visibility=Visibility.ORGANIZATION),
            a_goal(mover, "Chain", visibility=Visibility.REPORTING_CHAIN),
        ]

    async def keep(self, keep: SaveAggregates) -> None:
        """Store everything."""
        await keep(self.head)
        await keep(self.north, self.south, self.hr_role, self.reader, *self.people.values())
        hr = a_member(self.people["hr"], "hr", self.hr_role.id, within=self.north)
        others = (a_member(self.people[who], who, self.reader.id) for who in ("lead", "colleague"))
        await keep(hr, *others, self.team, *self.goals)


async def test_moves_of_people_units_and_members_are_followed_by_those_they_concern(
    world: World, keep: SaveAggregates
) -> None:
    company = Company(world.graph.tenant_id)
    await company.keep(keep)
    mirrors = {who: Mirror(world.graph, who) for who in ("hr", "lead", "colleague")}
    for each in mirrors.values():
        await each.begin()
    mover_id = f"person_{company.people['mover'].id}"
    north_id, south_id = f"org_{company.north.id}", f"org_{company.south.id}"

    async def follow(**told: list[list[str]]) -> None:
        for who, each in mirrors.items():
            each.types_to_read.clear()
            await each.follow()
            assert await each.list_differences() == []
            assert each.types_to_read == told.get(who, [[]]), who

    async def change(verb: str, id: str, **input: Any) -> None:
        await mutate(world, "admin", verb, id=id, **input)

    await change("personEdit", mover_id, givenName="Milan")
    await follow()
    await change("personChangeJob", mover_id, organizationId=north_id)
    await follow(hr=BOTH, lead=BOTH, colleague=BOTH)
    assert len(mirrors["hr"].objects["GOAL"]) == 2
    moved = {"organizationId": south_id, "effectiveOn": "2026-06-17"}
    await change("personChangeJob", mover_id, **moved)
    await follow()
    world.graph.now = NOW + timedelta(days=2)
    await follow(hr=BOTH, lead=BOTH, colleague=BOTH)
    assert mirrors["hr"].objects["GOAL"] == {}
    await change("teamAddMember", f"team_{company.team.id}", personId=mover_id)
    await follow()
    await change("organizationMove", south_id, parentId=north_id)
    await follow(hr=BOTH, lead=BOTH)  # the lead belongs to North now, too
    assert len(mirrors["hr"].objects["GOAL"]) == 2


async def test_a_change_of_who_sees_a_kpi_concerns_its_annotations(
    world: World, keep: SaveAggregates
) -> None:
    head, mara = an_organization(world.graph.tenant_id), world.people["mara"]
    kpi = a_kpi(head, mara)
    await keep(head, kpi, an_annotation(world.graph.tenant_id, mara, kpi))
    cursor = await read_snapshot(world.graph, "ben", ["ANNOTATION"])
    for told, values in (
        ([], {"name": "On-time arrival"}),
        (["ANNOTATION"], {"visibility": "NAMED"}),
        ([], {"name": "Secret"}),
        (["ANNOTATION"], {"visibility": "TENANT"}),
    ):
        await mutate(world, "mara", "kpiEdit", id=f"kpi_{kpi.id}", **values)
        page = await read_page(world.graph, "ben", cursor, ["ANNOTATION"])
        assert (page["changes"], page["typesToRead"]) == ([], told)
        cursor = page["endCursor"]
