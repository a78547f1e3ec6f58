"""Row-level security is the net, not the filter: with the net taken away, nothing else is found.

Two tenants hold the same ids, in a database of its own whose policies are switched off. A
statement that forgets its tenant finds everything twice, or the other tenant's version of it.
"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from anyio import to_thread

from domain import members, organizations, people, roles
from domain.goals import Goal
from domain.kernel.access import Relationships
from domain.kernel.identity import TenantId, generate_id
from domain.members import Member
from domain.organizations import Organization
from domain.people import Person
from domain.roles import Role
from domain.teams import Team
from persistence.access.relationships import Subjects, load_relationships
from persistence.access.subscriber_actors import SubscriberActors
from persistence.embedded import DatabaseUrls
from persistence.kernel.pools import (
    connect,
    create_read_pool,
    create_write_pool,
    derive_serving_url,
    strip_driver,
)
from persistence.kernel.schema.migrations import migrate
from persistence.unit_of_work import work as unit
from tests.access_equivalence.equivalence import Deciding, Tally
from tests.access_equivalence.random_organizations import an_organization
from tests.access_equivalence.test_metamorphic import a_twin
from tests.conftest import SAVE
from tests.factories.actor_loading import load_actor_or_denial
from tests.factories.actors import NOW, an_admin
from tests.factories.goals import a_goal
from tests.factories.tenants import a_registered_tenant
from tests.isolation.sql_attacks import enter, fingerprint
from tests.reads.dataset import Row, World
from tests.reads.dataset_loader import load
from tests.reads.oracle.relationships import Facts

pytestmark = pytest.mark.anyio

TABLES = "SELECT relname FROM pg_class WHERE relrowsecurity AND relkind = 'r' ORDER BY 1"
SEED = 72
LATEST = "SELECT max(xid) FROM journal"
TOLD = """
INSERT INTO journal (tenant_id, id, xid, seq, entity, entity_id, action, changes, recorded_at)
VALUES ($1, $2, $3, -1, 'goal', $4, 'drafted', '{}', now())
"""
EVERYBODY_ABOVE_EVERYBODY = [
    f"INSERT INTO {closure} (tenant_id, descendant_id, ancestor_id, depth{more})"
    f" SELECT $1, below.id, above.id, 9{values} FROM {nodes} below, {nodes} above"
    " WHERE below.tenant_id = $1 AND above.tenant_id = $1 AND below.id <> above.id"
    " ON CONFLICT DO NOTHING"
    for closure, nodes, more, values in (
        ("organization_closure", "organizations", "", ""),
        ("team_closure", "teams", "", ""),
        ("reporting_closure", "people", ", starts_on", ", DATE '2000-01-01'"),
    )
]
"""What the other tenant says of where its things stand, so that it shows who heard it."""


@dataclass
class Twins:
    """A tenant and another one with the same ids, on connections that no policy holds."""

    owner: asyncpg.Connection
    writing: asyncpg.Pool
    world: World
    other: World
    tables: list[str]
    heard: set[str] = field(default_factory=set)

    @property
    def tenant_id(self) -> TenantId:
        return TenantId(self.world.tenant_id)

    @asynccontextmanager
    async def work(self) -> AsyncIterator[unit.Work]:
        """A unit of work whose statements are heard."""
        async with unit.work(self.writing, an_admin(self.tenant_id), now=NOW) as begun:
            driver: Any = await begun.get_connection()
            driver.add_query_logger(self._hear)
            yield begun
            await begun.flush()
            driver.remove_query_logger(self._hear)
        assert self.loose == []

    def _hear(self, said: Any) -> None:
        self.heard.add(" ".join(said.query.split()))

    @property
    def asked(self) -> list[str]:
        """The statements about tenants' tables."""
        return [each for each in self.heard if self._named.search(each)]

    @property
    def loose(self) -> list[str]:
        """Those that do not confine every table to the tenant."""
        confined = re.compile(r"tenant_id (?:= |IN )|tenant_id, \w+\.\w+\) IN")
        return [
            each
            for each in self.asked
            if len(self._named.findall(each)) > len(confined.findall(each))
        ]

    @property
    def _named(self) -> re.Pattern[str]:
        return re.compile(rf"(?:FROM|JOIN|UPDATE|,) (?:{'|'.join(self.tables)})(?= |\)|$)")

    async def untouched(self) -> list[str]:
        """A hash of all that the other tenant has."""
        async with self.owner.transaction():
            return await fingerprint(self.owner, self.tables, self.other.tenant_id)


@pytest.fixture(scope="module")
async def twins(addresses: DatabaseUrls, owner: asyncpg.Connection) -> AsyncIterator[Twins]:
    name = f"{await owner.fetchval('SELECT current_database()')}_without_the_net"
    await owner.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    await owner.execute(f"CREATE DATABASE {name}")
    url = strip_driver(addresses.owner).set(database=name).render_as_string(hide_password=False)
    await to_thread.run_sync(migrate, url)
    own, pool = await connect(url), await create_read_pool(derive_serving_url(url))
    writing = await create_write_pool(derive_serving_url(url))
    try:
        world = an_organization(await a_registered_tenant(own), SEED, people=18)
        await load(own, pool, world)
        other = a_twin(world, await a_registered_tenant(own))
        await load(own, pool, other)
        tables = [row[0] for row in await own.fetch(TABLES)]
        for each in tables:
            await own.execute(f"ALTER TABLE {each} DISABLE ROW LEVEL SECURITY")
            await own.execute(
                f"ALTER POLICY own_rows ON {each} USING (tenant_id IS NOT NULL)"
                " WITH CHECK (tenant_id IS NOT NULL)"
            )
        for each in EVERYBODY_ABOVE_EVERYBODY:
            await own.execute(each, other.tenant_id)
        yield Twins(own, writing, world, other, tables)
    finally:
        await pool.close()
        await writing.close()
        await own.close()
        await owner.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


async def test_the_net_is_gone(twins: Twins) -> None:
    async with twins.owner.transaction():
        await enter(twins.owner, twins.tenant_id)
        found = await twins.owner.fetchval("SELECT count(DISTINCT tenant_id) FROM goals")
    assert found == 2


async def test_check_list_and_oracle_agree_all_the_same(twins: Twins) -> None:
    tally = Tally()
    async with twins.work() as begun:
        await Deciding(begun, twins.world).decide(tally, 10_000)
    assert tally.wrong == []
    assert tally.made > 5_000


async def test_where_things_stand_is_told_of_what_was_named_alone(twins: Twins) -> None:
    facts, tables = Facts(twins.world), twins.world.tables
    people, teams, units = tables["people"], tables["teams"], tables["organizations"]
    async with twins.work() as begun:
        for person, team, own in zip(people, teams * 18, units * 18, strict=False):
            named = Subjects({person["id"]}, {team["id"]}, {own["id"]})
            found = await load_relationships(
                await begun.get_connection(), twins.tenant_id, begun.actor.today, named
            )
            assert found == _standing(facts, begun.actor.today, person, team, own)


def _standing(facts: Facts, today: date, person: Row, team: Row, own: Row) -> Relationships:
    """Where these three stand, by walking."""
    groups = {team["id"]: frozenset(each["id"] for each in facts.up(team))}
    mine = [
        facts.by_id[each["team_id"]] for each in facts.memberships(today, person_id=person["id"])
    ]
    above = frozenset(each["id"] for group in mine for each in facts.up(group))
    managers = frozenset(facts.managers(person["id"], today))
    unit_of = {own["id"]: own["id"], team["id"]: team["organization_id"]}
    unit_of |= {person["id"]: person["organization_id"]} if person["organization_id"] else {}
    return Relationships(
        managers={person["id"]: managers} if managers else {},
        teams=groups | ({person["id"]: above} if above else {}),
        organizations=unit_of,
        organization_paths={
            each: frozenset(up["id"] for up in facts.up(facts.by_id[each]))
            for each in set(unit_of.values())
        },
    )


async def test_questions_about_the_tenant_as_a_whole_count_its_own(twins: Twins) -> None:
    facts = Facts(twins.world)
    async with twins.work() as begun:
        for kind, table in ((Organization, "organizations"), (Team, "teams")):
            for row in twins.world.tables[table]:
                above = [each["id"] for each in facts.up(row)][1:]
                assert list(await begun.ancestors(kind, row["id"])) == above
        for row in twins.world.tables["people"]:
            tomorrow = begun.actor.today + timedelta(1)
            managers = await begun.managers_between(row["id"], begun.actor.today, tomorrow)
            assert sorted(managers) == sorted(facts.managers(row["id"], begun.actor.today))
        for row in twins.world.tables["roles"]:
            assert sorted(await begun.role_holders(row["id"])) == _holders(facts, row["id"])
        assert await begun.count(Goal) == len(twins.world.tables["goals"])
        found = await begun.find(Person, id=twins.world.tables["people"][0]["id"])
        assert found is not None
        assert found.tenant_id == twins.tenant_id


def _holders(facts: Facts, role_id: UUID) -> list[UUID]:
    """Active members with the role over everything, who have no last day; once for each time."""
    held = facts.rows("role_assignments", role_id=role_id, organization_id=None)
    found = [facts.by_id[each["member_id"]] for each in held]
    staying = [each for each in found if facts.by_id[each["person_id"]]["left_on"] is None]
    return sorted(each["person_id"] for each in staying if each["status"] == "active")


async def test_what_one_tenant_does_leaves_the_other_as_it_is(twins: Twins) -> None:
    before = await twins.untouched()
    tables = twins.world.tables
    first, last = tables["people"][0]["id"], tables["people"][-1]["id"]
    async with twins.work() as begun:
        person = await begun.get(Person, first, to=Person.EDIT)
        person.edit(given_name="Somebody", family_name="Else", name="Somebody Else")
    async with twins.work() as begun:
        await people.assign_manager(begun, last, first)
    async with twins.work() as begun:
        unit_id = tables["organizations"][-1]["id"]
        await organizations.move(begun, unit_id, parent_id=None)
    async with twins.work() as begun:
        group = await begun.get(Team, tables["teams"][-1]["id"], to=Team.EDIT)
        group.edit(name="Another name")
        goal = await begun.get(Goal, _open(tables["goals"]), to=Goal.EDIT)
        goal.edit(title="Another title", viewer_ids=[])
    async with twins.work() as begun:
        role = await begun.get(Role, tables["roles"][-1]["id"], to=Role.EDIT)
        await roles.set_grants(begun, role.id, ())
        active = next(each["id"] for each in tables["members"] if each["status"] == "active")
        await members.assign_role(begun, active, role.id)
        await begun.get(Member, active, to=Member.ASSIGN_ROLE)
    assert await twins.untouched() == before


def _open(goals: list[dict[str, Any]]) -> UUID:
    """A goal that may still be edited by whoever manages goals."""
    return next(
        each["id"]
        for each in goals
        if each["status"] == "active" and each["visibility"] != "private"
    )


async def test_who_listens_is_told_by_their_own_tenant_alone(twins: Twins) -> None:
    subjects = [each["subject"] for each in twins.world.tables["members"]]
    async with twins.work() as begun:
        connection, attendance = await begun.get_connection(), SubscriberActors(twins.tenant_id)
        found = await attendance.resolve(connection, subjects, NOW)
        assert await attendance.resolve(connection, subjects, NOW) == found
        for subject in subjects:
            assert found[subject] == await load_actor_or_denial(
                connection, twins.tenant_id, subject, NOW
            )


async def test_what_was_made_together_is_the_tenants_own(twins: Twins) -> None:
    async with twins.work() as begun:
        owner = await begun.find(Person, id=twins.world.tables["people"][0]["id"])
        assert owner is not None
        goals = [a_goal(owner, title) for title in ("First", "Second")]
        for each in goals:
            await begun.add(each, to=SAVE)
    other = twins.other.tenant_id
    for told, xid in ((goals[0].id, 1), (generate_id(), await twins.owner.fetchval(LATEST))):
        await twins.owner.execute(TOLD, other, UUID(int=told.int & 0xFF), xid, told)
    async with twins.work() as begun:
        assert await begun.batch_of("goal", goals[0].id) == [each.id for each in goals]
    await twins.owner.execute("DELETE FROM journal WHERE tenant_id = $1 AND seq = -1", other)


async def test_every_statement_confines_every_table_to_the_tenant(twins: Twins) -> None:
    """Comes last: it looks at what the others said, each of which has looked for itself."""
    assert twins.loose == []
    assert len(twins.asked) > 50
