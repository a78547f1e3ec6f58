"""Metamorphic tests of access: removing a relation never adds access, and similar laws."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from copy import deepcopy
from functools import cache
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as some
from sqlalchemy import literal, select, union_all

from domain import people
from domain.kernel.access import Actor, Manages
from domain.kernel.errors import Refusal
from domain.kernel.identity import TenantId, generate_id
from domain.kernel.permissions import Permission
from persistence.access.closure_tables import (
    maintain_reporting_closure,
    maintain_tree_closure,
    organization_closure,
    team_closure,
)
from persistence.access.rules_to_sql import compile_rule
from persistence.kernel.mapping.registry import MAPPINGS
from persistence.unit_of_work import work as unit
from tests.access_equivalence.access_questions import list_questions
from tests.access_equivalence.random_organizations import an_organization
from tests.factories.actor_facts import LiteralSqlFacts
from tests.factories.actor_loading import load_actor_or_denial
from tests.factories.actors import NOW, an_admin
from tests.factories.rows import insert_rows
from tests.factories.statements import compile_statement, fetch_rows, lift_timeouts
from tests.factories.tenants import a_registered_tenant
from tests.reads.dataset import Row, TenantDataset
from tests.reads.dataset_loader import load_dataset
from tests.reads.oracle.relationships import DatasetIndex

pytestmark = pytest.mark.anyio

Access = frozenset[tuple[str, UUID]]
RELATIONS = (
    "role_grants",
    "role_assignments",
    "reporting_lines",
    "team_memberships",
    "goal_viewers",
)
EXAMPLE_SETTINGS = settings(
    max_examples=int(os.environ.get("TRELLIS_METAMORPHIC", "4")),
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],  # Each example costs a second: no shrinking.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
REPORTING_LINES = (
    "SELECT person_id, manager_id, kind, starts_on, ends_on FROM reporting_lines"
    " WHERE tenant_id = $1"
)
INTEGERS = some.integers(0, 10_000)
QUESTIONS_BY_NAME = {f"{each.kind.__name__}: {each.name}": each for each in list_questions()}


class StoredOrganization:
    """An organization in the database, with access of its members by the lists."""

    def __init__(self, writing: asyncpg.Pool, world: TenantDataset) -> None:
        self.writing = writing
        self.world = world

    @property
    def tenant_id(self) -> TenantId:
        return TenantId(self.world.tenant_id)

    def pick(self, rows: list[Any], number: int) -> Any:
        return rows[number % len(rows)]

    @asynccontextmanager
    async def open_rolled_back_work(self) -> AsyncIterator[unit.Work]:
        """Open a unit of work that is rolled back."""
        with pytest.raises(RollBackSignal):
            async with unit.work(self.writing, an_admin(self.tenant_id), now=NOW) as begun:
                await lift_timeouts(await begun.get_connection())
                yield begun
                raise RollBackSignal

    async def load_access(self, begun: unit.Work, subject: str) -> Access:
        """Load everything that a member may do, by the lists of every question."""
        actor = await load_actor_or_denial(
            await begun.get_connection(), self.tenant_id, subject, NOW
        )
        if not isinstance(actor, Actor):
            return frozenset()
        sql, values = compile_lists(actor)
        found = await (await begun.get_connection()).fetch(sql, *values)
        return frozenset((name, id) for name, id in found)

    async def rebuild_closures(self, begun: unit.Work) -> None:
        for kept, table in (
            (maintain_tree_closure(organization_closure, "organizations"), "organizations"),
            (maintain_tree_closure(team_closure, "teams"), "teams"),
            (maintain_reporting_closure(), "people"),
        ):
            ids = [row["id"] for row in self.world.tables[table]]
            await kept.rebuild(await begun.get_connection(), self.tenant_id, ids)


@cache
def compile_lists(actor: Actor) -> tuple[str, list[Any]]:
    """Return the statement that lists everything that an actor may do, with its parameters.

    An actor whose facts did not change has the same one: it takes half a second to compile.
    """
    lists, facts = [], LiteralSqlFacts(actor)
    for name, each in QUESTIONS_BY_NAME.items():
        row = each.table.alias()
        mine = (row.c.tenant_id == actor.tenant_id, compile_rule(each.rule, facts, row))
        lists.append(select(literal(name), row.c.id).where(*mine))
    return compile_statement(union_all(*lists))


class RollBackSignal(Exception):
    """Raised to roll a unit of work back."""


@pytest.fixture(scope="module")
async def kept(
    owner: asyncpg.Connection, pool: asyncpg.Pool, writing: asyncpg.Pool
) -> list[StoredOrganization]:
    worlds = []
    for seed in (21, 22):
        world = an_organization(await a_registered_tenant(owner), seed, people=12)
        await load_dataset(owner, pool, world)
        worlds.append(StoredOrganization(writing, world))
    return worlds


@EXAMPLE_SETTINGS
@given(which=INTEGERS, table=some.sampled_from(RELATIONS), row=INTEGERS, subject=INTEGERS)
async def test_removing_a_relation_never_grants_anything(
    kept: list[StoredOrganization], which: int, table: str, row: int, subject: int
) -> None:
    here = kept[which % len(kept)]
    assume(here.world.tables[table])
    gone: Row = here.pick(here.world.tables[table], row)
    subjects = [here.pick(sorted(here.world.subjects), subject + step) for step in range(2)]
    async with here.open_rolled_back_work() as begun:
        before = [await here.load_access(begun, each) for each in subjects]
        key = [name for name in ("tenant_id", "id", "goal_id", "person_id") if name in gone]
        places = " AND ".join(f"{name} = ${number}" for number, name in enumerate(key, 1))
        await (await begun.get_connection()).execute(
            f"DELETE FROM {table} WHERE {places}", *(gone[name] for name in key)
        )
        await here.rebuild_closures(begun)
        after = [await here.load_access(begun, each) for each in subjects]
    for had, has in zip(before, after, strict=True):
        assert has <= had, sorted(has - had)


@EXAMPLE_SETTINGS
@given(which=INTEGERS, subject=INTEGERS, unit_=INTEGERS)
async def test_narrowing_a_role_never_grants_anything(
    kept: list[StoredOrganization], which: int, subject: int, unit_: int
) -> None:
    here = kept[which % len(kept)]
    member = here.pick(here.world.tables["members"], subject)
    async with here.open_rolled_back_work() as begun:
        before = await here.load_access(begun, member["subject"])
        await (await begun.get_connection()).execute(
            "UPDATE role_assignments SET organization_id = $3"
            " WHERE tenant_id = $1 AND member_id = $2 AND organization_id IS NULL",
            here.tenant_id,
            member["id"],
            here.pick(here.world.tables["organizations"], unit_)["id"],
        )
        after = await here.load_access(begun, member["subject"])
    held = here.world.tables["role_assignments"]
    changed = {each["id"] for each in held if each["member_id"] == member["id"]}
    gained = {each for each in after - before if each[1] not in changed}
    assert gained == set()


@EXAMPLE_SETTINGS
@given(which=INTEGERS, person=INTEGERS, boss=INTEGERS)
async def test_a_change_of_manager_bites_in_the_next_transaction(
    kept: list[StoredOrganization], which: int, person: int, boss: int
) -> None:
    here = kept[which % len(kept)]
    moved = here.pick(here.world.tables["people"], person)["id"]
    manager = await _change_manager(here, moved, boss)
    assume(manager is not None)
    async with unit.work(here.writing, an_admin(here.tenant_id), now=NOW) as begun:
        now = _list_manager_ids(await _load_reporting_lines(begun, here), moved)
        assert now[0] == manager
        for each in here.world.tables["people"]:
            manages = await _is_manager_by_rule(begun, here, each["id"], moved)
            assert manages == (each["id"] in now)


async def _change_manager(here: StoredOrganization, moved: UUID, boss: int) -> UUID | None:
    """Give a person the first manager that nothing forbids; return None where there is none."""
    everybody = here.world.tables["people"]
    for step, _ in enumerate(everybody):
        manager: UUID = here.pick(everybody, boss + step)["id"]
        with suppress(Refusal):
            async with unit.work(here.writing, an_admin(here.tenant_id), now=NOW) as begun:
                if (
                    manager
                    in _list_manager_ids(await _load_reporting_lines(begun, here), moved)[:1]
                ):
                    continue
                await people.assign_manager(begun, moved, manager)
            return manager
    return None


async def _load_reporting_lines(begun: unit.Work, here: StoredOrganization) -> list[Row]:
    rows = await (await begun.get_connection()).fetch(REPORTING_LINES, here.tenant_id)
    return [dict(row) for row in rows]


def _list_manager_ids(lines: list[Row], person_id: UUID) -> list[UUID]:
    """List the managers above a person today, by a plain walk over the lines."""
    today = NOW.date()
    world = TenantDataset("walk", generate_id(), today, 0)
    world.tables["reporting_lines"] = lines
    return DatasetIndex(world).list_manager_ids(person_id, today)


async def _is_manager_by_rule(
    begun: unit.Work, here: StoredOrganization, boss: UUID, person_id: UUID
) -> bool:
    row = MAPPINGS[people.Person].table.alias()
    facts = LiteralSqlFacts(Actor(here.tenant_id, NOW.date(), person_id=boss))  # type: ignore[arg-type]
    mine = (row.c.tenant_id == here.tenant_id, row.c.id == person_id)
    found = select(row.c.id).where(*mine, compile_rule(Manages("id"), facts, row))
    return bool(await fetch_rows(await begun.get_connection(), found))


@EXAMPLE_SETTINGS
@given(which=INTEGERS, subject=INTEGERS, seed=INTEGERS)
async def test_unrelated_people_teams_units_and_goals_change_nothing(
    kept: list[StoredOrganization], which: int, subject: int, seed: int
) -> None:
    here = kept[which % len(kept)]
    more = an_organization(here.tenant_id, seed, people=6)
    who = here.pick(sorted(here.world.subjects), subject)
    async with here.open_rolled_back_work() as begun:
        before = await here.load_access(begun, who)
        new = {row["id"] for rows in more.tables.values() for row in rows if "id" in row}
        new.remove(here.tenant_id)
        for table in ("organizations", "people", "teams", "reporting_lines", "team_memberships",
                      "goals", "goal_viewers"):  # fmt: skip
            await insert_rows(await begun.get_connection(), table, _replace_codes(more, table))
        await StoredOrganization(here.writing, more).rebuild_closures(begun)
        after = {each for each in await here.load_access(begun, who) if each[1] not in new}
    assert after == before


def _replace_codes(more: TenantDataset, table: str) -> list[Row]:
    """Return the same rows with unused codes."""
    return [
        row | {"code": f"new {row['code']}"} if "code" in row else row for row in more.tables[table]
    ]


async def test_another_tenant_with_the_same_ids_and_names_changes_nothing(
    kept: list[StoredOrganization], owner: asyncpg.Connection, pool: asyncpg.Pool
) -> None:
    here = kept[0]
    async with here.open_rolled_back_work() as begun:
        before = {each: await here.load_access(begun, each) for each in here.world.subjects}
    twin = a_twin(here.world, await a_registered_tenant(owner))
    await load_dataset(owner, pool, twin)
    async with here.open_rolled_back_work() as begun:
        after = {each: await here.load_access(begun, each) for each in here.world.subjects}
    assert after == before
    there = StoredOrganization(here.writing, twin)
    async with there.open_rolled_back_work() as begun:
        theirs = {each: await there.load_access(begun, each) for each in twin.subjects}
    assert any(len(theirs[each]) > len(before[each]) for each in before), "The twin grants more."


def a_twin(world: TenantDataset, tenant_id: UUID) -> TenantDataset:
    """Build the same organization in another tenant, in which every role grants everything."""
    twin = deepcopy(world)
    twin.tenant_id, twin.slug = tenant_id, f"twin-{tenant_id}"
    for rows in twin.tables.values():
        for row in rows:
            row["tenant_id"] = tenant_id
    twin.tables["tenants"][0]["id"] = tenant_id
    for role in twin.tables["roles"]:
        for permission in Permission:
            twin.add_part("role_grants", role_id=role["id"], permission=permission.value,
                      population="everyone", organization_id=None)  # fmt: skip
    return twin
