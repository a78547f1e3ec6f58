"""Statements filter by tenant themselves: without row-level security they find the same rows.

Two tenants hold the same ids, in a separate database whose policies are switched off. A statement
without a condition on the tenant finds rows twice, or the other tenant's version of them.
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

from domain import members, organizations, people
from domain.goals import Goal
from domain.kernel.access import EVERYBODY, Relationships
from domain.kernel.actions import Action
from domain.kernel.identity import TenantId, generate_id
from domain.kernel.periods import Period
from domain.members import Member
from domain.organizations import Organization
from domain.people import Person
from domain.roles import Role
from domain.teams import Team
from persistence.access import known_lines
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
from tests.access_equivalence.equivalence import EquivalenceCheck, Tally
from tests.access_equivalence.random_organizations import an_organization
from tests.access_equivalence.test_metamorphic import a_twin
from tests.conftest import SAVE
from tests.factories.actor_loading import load_actor_or_denial
from tests.factories.actors import NOW, an_admin
from tests.factories.databases import drop_database
from tests.factories.goals import a_goal
from tests.factories.row_hashes import hash_tables
from tests.factories.tenants import a_registered_tenant
from tests.isolation.sql_attacks import enter_tenant
from tests.reads.dataset import Row, TenantDataset
from tests.reads.dataset_loader import load_dataset
from tests.reads.oracle.relationships import DatasetIndex, is_assignment_running

pytestmark = pytest.mark.anyio

PROTECTED_TABLES = "SELECT relname FROM pg_class WHERE relrowsecurity AND relkind = 'r' ORDER BY 1"
SEED = 72
LAST_NUMBER = "SELECT max(number) FROM journal WHERE tenant_id = $1"
INSERT_ENTRY = """
INSERT INTO journal (tenant_id, id, number, seq, entity, entity_id, action, changes, recorded_at)
VALUES ($1, $2, $3, 1, 'goal', $4, 'drafted', '{}', now())
"""
FULL_CLOSURES = [
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
"""The other tenant's closures relate everything, so that reading them shows in the result."""


@dataclass
class TwinTenants:
    """Two tenants with the same ids, on connections without policies."""

    owner: asyncpg.Connection
    writing: asyncpg.Pool
    dataset: TenantDataset
    other_dataset: TenantDataset
    tables: list[str]
    statements: set[str] = field(default_factory=set)

    @property
    def tenant_id(self) -> TenantId:
        return TenantId(self.dataset.tenant_id)

    @asynccontextmanager
    async def open_work(self) -> AsyncIterator[unit.Work]:
        """Open a unit of work whose statements are recorded."""
        async with unit.work(self.writing, an_admin(self.tenant_id), now=NOW) as begun:
            driver: Any = await begun.get_connection()
            driver.add_query_logger(self._record_statement)
            yield begun
            await begun.flush()
            driver.remove_query_logger(self._record_statement)
        assert self.unconfined_statements == []

    def _record_statement(self, said: Any) -> None:
        self.statements.add(" ".join(said.query.split()))

    @property
    def tenant_statements(self) -> list[str]:
        """Return the statements on tenants' tables."""
        return [each for each in self.statements if self._table_pattern.search(each)]

    @property
    def unconfined_statements(self) -> list[str]:
        """Return those that do not confine every table to the tenant."""
        confined = re.compile(r"tenant_id (?:= |IN )|tenant_id, \w+\.\w+\) IN")
        return [
            each
            for each in self.tenant_statements
            if len(self._table_pattern.findall(each)) > len(confined.findall(each))
        ]

    @property
    def _table_pattern(self) -> re.Pattern[str]:
        return re.compile(rf"(?:FROM|JOIN|UPDATE|,) (?:{'|'.join(self.tables)})(?= |\)|$)")

    async def hash_other_tenant(self) -> dict[str, str | None]:
        """Hash all rows of the other tenant."""
        async with self.owner.transaction():
            return await hash_tables(self.owner, self.other_dataset.tenant_id, self.tables)


@pytest.fixture(scope="module")
async def twins(addresses: DatabaseUrls, owner: asyncpg.Connection) -> AsyncIterator[TwinTenants]:
    name = f"{await owner.fetchval('SELECT current_database()')}_without_the_net"
    await drop_database(addresses, name)
    await owner.execute(f"CREATE DATABASE {name}")
    url = strip_driver(addresses.owner).set(database=name).render_as_string(hide_password=False)
    await to_thread.run_sync(migrate, url)
    own, pool = await connect(url), await create_read_pool(derive_serving_url(url))
    writing = await create_write_pool(derive_serving_url(url))
    try:
        world = an_organization(await a_registered_tenant(own), SEED, people=18)
        await load_dataset(own, pool, world)
        other = a_twin(world, await a_registered_tenant(own))
        await load_dataset(own, pool, other)
        tables = [row[0] for row in await own.fetch(PROTECTED_TABLES)]
        for each in tables:
            await own.execute(f"ALTER TABLE {each} DISABLE ROW LEVEL SECURITY")
            await own.execute(
                f"ALTER POLICY own_rows ON {each} USING (tenant_id IS NOT NULL)"
                " WITH CHECK (tenant_id IS NOT NULL)"
            )
        for each in FULL_CLOSURES:
            await own.execute(each, other.tenant_id)
        yield TwinTenants(own, writing, world, other, tables)
    finally:
        await pool.close()
        await writing.close()
        await own.close()
        await drop_database(addresses, name)


async def test_row_level_security_is_off(twins: TwinTenants) -> None:
    async with twins.owner.transaction():
        await enter_tenant(twins.owner, twins.tenant_id)
        found = await twins.owner.fetchval("SELECT count(DISTINCT tenant_id) FROM goals")
    assert found == 2


async def test_check_list_and_oracle_agree_all_the_same(twins: TwinTenants) -> None:
    tally = Tally()
    async with twins.open_work() as begun:
        await EquivalenceCheck(begun, twins.dataset).run(tally, 10_000)
    assert tally.disagreements == []
    assert tally.total > 5_000


async def test_relationships_are_loaded_of_the_named_subjects_alone(twins: TwinTenants) -> None:
    facts, tables = DatasetIndex(twins.dataset), twins.dataset.tables
    people, teams, units = tables["people"], tables["teams"], tables["organizations"]
    async with twins.open_work() as begun:
        for person, team, own in zip(people, teams * 18, units * 18, strict=False):
            named = Subjects({person["id"]}, {team["id"]}, {own["id"]})
            found = await load_relationships(
                await begun.get_connection(), twins.tenant_id, begun.actor.today, named
            )
            assert found == _walk_relationships(facts, begun.actor.today, person, team, own)


def _walk_relationships(
    facts: DatasetIndex, today: date, person: Row, team: Row, own: Row
) -> Relationships:
    """Compute the relationships of these three by walking the rows."""
    groups = {team["id"]: frozenset(each["id"] for each in facts.iterate_ancestors(team))}
    mine = [
        facts.rows_by_id[each["team_id"]]
        for each in facts.list_memberships(today, person_id=person["id"])
    ]
    above = frozenset(each["id"] for group in mine for each in facts.iterate_ancestors(group))
    managers = frozenset(facts.list_manager_ids(person["id"], today))
    unit_of = {own["id"]: own["id"], team["id"]: team["organization_id"]}
    unit_id = facts.find_unit_id(person["id"])
    unit_of |= {person["id"]: unit_id} if unit_id else {}
    return Relationships(
        managers={person["id"]: managers} if managers else {},
        teams=groups | ({person["id"]: above} if above else {}),
        organizations=unit_of,
        organization_paths={
            each: frozenset(up["id"] for up in facts.iterate_ancestors(facts.rows_by_id[each]))
            for each in set(unit_of.values())
        },
    )


async def test_questions_about_the_tenant_as_a_whole_count_its_own(twins: TwinTenants) -> None:
    facts = DatasetIndex(twins.dataset)
    async with twins.open_work() as begun:
        for kind, table in ((Organization, "organizations"), (Team, "teams")):
            for row in twins.dataset.tables[table]:
                above = [each["id"] for each in facts.iterate_ancestors(row)][1:]
                assert list(await begun.ancestors(kind, row["id"])) == above
        for row in twins.dataset.tables["people"]:
            tomorrow = begun.actor.today + timedelta(1)
            managers = await begun.managers_between(row["id"], begun.actor.today, tomorrow)
            assert sorted(managers) == sorted(facts.list_manager_ids(row["id"], begun.actor.today))
        for row in twins.dataset.tables["roles"]:
            assert sorted(
                await begun.role_holders(row["id"], after=date.max)
            ) == _list_role_holders(facts, row["id"])
        assert await begun.count(Goal) == len(twins.dataset.tables["goals"])
        found = await begun.find(Person, id=twins.dataset.tables["people"][0]["id"])
        assert found is not None
        assert found.tenant_id == twins.tenant_id


async def test_lines_are_known_of_the_own_tenant_alone(twins: TwinTenants) -> None:
    planning = Action("plan", EVERYBODY)
    async with twins.open_work() as begun:
        today = begun.actor.today
        ids = [row["id"] for row in twins.dataset.tables["people"]]
        # Known lines go on after a planned departure, because the plan may be hidden.
        staying = {row["id"] for row in twins.dataset.tables["people"] if row["left_on"] is None}
        for period in (
            Period(today, today + timedelta(1)),
            Period(today),
            Period(today + timedelta(30), today + timedelta(60)),
            Period(today - timedelta(60), today - timedelta(30)),
        ):
            days = period.starts_on, period.ends_on
            above = {id: {*await begun.managers_between(id, *days)} for id in ids}
            for id in ids:
                lines = await begun._load_known_lines(known_lines.ABOVE, id, planning)
                assert id not in staying or known_lines.list_above(lines, id, period) == above[id]
                lines = await begun._load_known_lines(known_lines.BELOW, id, planning)
                below = {each.id for each in known_lines.list_below(lines, id, period)}
                assert below & staying == {each for each in staying if id in above[each]}
        found = await begun.find_running_after(Team, today)
        assert {each.tenant_id for each in found} == {twins.tenant_id}


def _list_role_holders(facts: DatasetIndex, role_id: UUID) -> list[UUID]:
    """List active members with the role over everything and no last day, once for each grant."""
    held = facts.select_rows("role_assignments", role_id=role_id, organization_id=None)
    lasting = [each for each in held if is_assignment_running(each) and not each["expires_at"]]
    found = [facts.rows_by_id[each["member_id"]] for each in lasting]
    people = [each for each in found if each["person_id"] is not None]
    staying = [each for each in people if facts.rows_by_id[each["person_id"]]["left_on"] is None]
    return sorted(each["person_id"] for each in staying if each["status"] == "active")


async def test_what_one_tenant_does_leaves_the_other_as_it_is(twins: TwinTenants) -> None:
    await twins.owner.execute("UPDATE reporting_lines SET updated_at = $1", NOW - timedelta(1))
    before = await twins.hash_other_tenant()
    tables = twins.dataset.tables
    employed = [each["id"] for each in tables["people"] if each["hired_on"] <= twins.dataset.today]
    first, last = employed[0], employed[-1]
    async with twins.open_work() as begun:
        person = await begun.get(Person, first, to=Person.EDIT)
        person.edit(given_name="Somebody", family_name="Else", name="Somebody Else")
    async with twins.open_work() as begun:
        await people.assign_manager(begun, last, first)
    managed = next(
        each["person_id"]
        for each in tables["reporting_lines"]
        if each["starts_on"] <= twins.dataset.today and each["ends_on"] is None
        if first not in (each["manager_id"], each["person_id"])
    )
    async with twins.open_work() as begun:  # keeps the line that another one replaces
        await people.assign_manager(begun, managed, first)
    kept = await twins.owner.fetch("SELECT DISTINCT tenant_id FROM superseded_lines")
    assert [row["tenant_id"] for row in kept] == [twins.tenant_id]
    async with twins.open_work() as begun:
        unit_id = tables["organizations"][-1]["id"]
        await organizations.move(begun, unit_id, parent_id=None)
    async with twins.open_work() as begun:
        group = await begun.get(Team, tables["teams"][-1]["id"], to=Team.EDIT)
        group.edit(name="Another name")
        goal = await begun.get(Goal, _find_open_goal(tables["goals"]), to=Goal.EDIT)
        goal.edit(title="Another title", viewer_ids=[])
    async with twins.open_work() as begun:
        role = await begun.get(Role, tables["roles"][-1]["id"], to=Role.EDIT)
        await members.set_role_grants(begun, role.id, ())
        active = next(each["id"] for each in tables["members"] if each["status"] == "active")
        await members.assign_role(begun, active, role.id)
        await begun.get(Member, active, to=Member.ASSIGN_ROLE)
    assert await twins.hash_other_tenant() == before


def _find_open_goal(goals: list[dict[str, Any]]) -> UUID:
    """Find a goal that may be edited with the permission on goals."""
    return next(
        each["id"]
        for each in goals
        if each["status"] == "active" and each["visibility"] != "private"
    )


async def test_subscribers_are_resolved_by_their_own_tenant_alone(twins: TwinTenants) -> None:
    subjects = [each["subject"] for each in twins.dataset.tables["members"]]
    async with twins.open_work() as begun:
        connection, actors = await begun.get_connection(), SubscriberActors(twins.tenant_id)
        found = await actors.resolve(connection, subjects, NOW)
        assert await actors.resolve(connection, subjects, NOW) == found
        for subject in subjects:
            assert found[subject] == await load_actor_or_denial(
                connection, twins.tenant_id, subject, NOW
            )


async def test_what_was_created_in_one_batch_is_the_tenants_own(twins: TwinTenants) -> None:
    async with twins.open_work() as begun:
        owner = await begun.find(Person, id=twins.dataset.tables["people"][0]["id"])
        assert owner is not None
        goals = [a_goal(owner, title) for title in ("First", "Second")]
        for each in goals:
            await begun.add(each, to=SAVE)
    other = twins.other_dataset.tenant_id
    last = await twins.owner.fetchval(LAST_NUMBER, twins.tenant_id)
    for told, number in ((goals[0].id, last + 1_000), (generate_id(), last)):
        await twins.owner.execute(INSERT_ENTRY, other, UUID(int=told.int & 0xFF), number, told)
    async with twins.open_work() as begun:
        assert await begun.batch_of("goal", goals[0].id) == [each.id for each in goals]
    await twins.owner.execute(
        "DELETE FROM journal WHERE tenant_id = $1 AND number >= $2", other, last
    )


async def test_every_statement_confines_every_table_to_the_tenant(twins: TwinTenants) -> None:
    """This test comes last: it checks the statements that all others have sent."""
    assert twins.unconfined_statements == []
    assert len(twins.tenant_statements) > 50
